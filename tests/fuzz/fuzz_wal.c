/* fuzz_wal.c - whatever a disk made of SQLite's log, looking at it ends. Input: the
 * file's bytes. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "db/wal.h"

enum { HEAD = 32, FRAME = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct wal_look look;
    int fd = memfd_create("wal", MFD_CLOEXEC);

    PROMISE(fd >= 0 &&
            write(fd, data ? data : (const uint8_t *)"", size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    PROMISE(wal_look(path, &look));
    PROMISE(look.frames >= 0 && look.commits >= 0);
    PROMISE((size_t)(look.frames + look.commits) * (FRAME + 512) <= size);
    close(fd);
    return 0;
}
