/* shim.c - between the program and libc: the nth call fails, or the clock is another.
 *
 * Loaded by LD_PRELOAD into the program that is attacked, and told what to do through
 * a file that the campaign maps too (its path: DRAHT_SHIM; struct told below, and the
 * same in shim.py). Only files below a folder whose path holds "/data/" are touched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum what { NOTHING, MEMORY, WRITE, SYNC, OPEN, RENAME, TRUNCATE, MAP };

struct told {
    _Atomic int64_t clock_ns; /* added to the time of day */
    _Atomic int64_t what;     /* that fails */
    _Atomic int64_t first;    /* the nth such call */
    _Atomic int64_t after;    /* and each later one */
    _Atomic int64_t error;    /* errno */
    _Atomic int64_t hits;     /* such calls since the campaign set it to 0 */
    _Atomic int64_t failed;
    _Atomic int64_t bad; /* the control: memory that is not there, instead of none */
};

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t count, size_t n);
extern void *__libc_realloc(void *p, size_t n);

static struct told *told;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("DRAHT_SHIM");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *p;

    if (fd < 0)
        return;
    p = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (p != MAP_FAILED)
        told = p;
}

static int fails(enum what what)
{
    int64_t n;

    if (!told || atomic_load(&told->what) != (int64_t)what)
        return 0;
    n = atomic_fetch_add(&told->hits, 1) + 1;
    if (n != atomic_load(&told->first) &&
        !(atomic_load(&told->after) && n > atomic_load(&told->first)))
        return 0;
    atomic_fetch_add(&told->failed, 1);
    errno = (int)atomic_load(&told->error);
    return 1;
}

static int is_ours(int fd)
{
    char link[32] = "/proc/self/fd/", path[512], digits[12];
    int at = 12;
    ssize_t n;

    if (!told || !atomic_load(&told->what))
        return 0;
    digits[--at] = 0;
    do
        digits[--at] = (char)('0' + fd % 10);
    while ((fd /= 10) > 0);
    memcpy(link + 14, digits + at, (size_t)(12 - at));
    n = readlink(link, path, sizeof(path) - 1);
    if (n < 0)
        return 0;
    path[n] = 0;
    return strstr(path, "/data/") != NULL;
}

static void *nothing(void)
{
    return atomic_load(&told->bad) ? (void *)64 : NULL;
}

void *malloc(size_t n)
{
    return fails(MEMORY) ? nothing() : __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
    return fails(MEMORY) ? nothing() : __libc_calloc(count, n);
}

void *realloc(void *p, size_t n)
{
    return fails(MEMORY) ? nothing() : __libc_realloc(p, n);
}

/* The next function of that name, of the same type as `mine`. */
#define REAL(mine) ((__typeof__(&(mine)))dlsym(RTLD_NEXT, #mine))

ssize_t write(int fd, const void *from, size_t n)
{
    static __typeof__(&write) real;

    real = real ? real : REAL(write);
    return is_ours(fd) && fails(WRITE) ? -1 : real(fd, from, n);
}

ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at)
{
    static __typeof__(&pwrite64) real;

    real = real ? real : REAL(pwrite64);
    return is_ours(fd) && fails(WRITE) ? -1 : real(fd, from, n, at);
}

ssize_t pwrite(int fd, const void *from, size_t n, off_t at)
{
    return pwrite64(fd, from, n, at);
}

int fsync(int fd)
{
    static __typeof__(&fsync) real;

    real = real ? real : REAL(fsync);
    return is_ours(fd) && fails(SYNC) ? -1 : real(fd);
}

int fdatasync(int fd)
{
    static __typeof__(&fdatasync) real;

    real = real ? real : REAL(fdatasync);
    return is_ours(fd) && fails(SYNC) ? -1 : real(fd);
}

int ftruncate64(int fd, off64_t size)
{
    static __typeof__(&ftruncate64) real;

    real = real ? real : REAL(ftruncate64);
    return is_ours(fd) && fails(TRUNCATE) ? -1 : real(fd, size);
}

int ftruncate(int fd, off_t size)
{
    return ftruncate64(fd, size);
}

int rename(const char *from, const char *to)
{
    static __typeof__(&rename) real;

    real = real ? real : REAL(rename);
    return strstr(from, "/data/") && fails(RENAME) ? -1 : real(from, to);
}

void *mmap64(void *at, size_t n, int how, int flags, int fd, off64_t from)
{
    static __typeof__(&mmap64) real;

    real = real ? real : REAL(mmap64);
    return fd >= 0 && is_ours(fd) && fails(MAP) ? MAP_FAILED
                                                : real(at, n, how, flags, fd, from);
}

int open64(const char *path, int flags, ...)
{
    static __typeof__(&open64) real;
    mode_t mode = 0;

    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;

        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    real = real ? real : REAL(open64);
    return strstr(path, "/data/") && fails(OPEN) ? -1 : real(path, flags, mode);
}

int clock_gettime(clockid_t which, struct timespec *ret)
{
    static __typeof__(&clock_gettime) real;
    int64_t ns;
    int r;

    real = real ? real : REAL(clock_gettime);
    r = real(which, ret);
    if (r < 0 || which != CLOCK_REALTIME || !told)
        return r;
    ns = (int64_t)ret->tv_sec * 1000000000 + ret->tv_nsec + atomic_load(&told->clock_ns);
    ret->tv_sec = (time_t)(ns / 1000000000);
    ret->tv_nsec = (long)(ns % 1000000000);
    return r;
}
