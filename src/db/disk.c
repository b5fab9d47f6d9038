/* disk.c - the layer between SQLite and its files. */
#include "db/disk.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"
#include "base/failpoint.h"
#include "base/log.h"

struct file {
    sqlite3_file base;
    sqlite3_file *real;
};

static struct {
    pthread_mutex_t lock;
    sqlite3_vfs vfs, *real;
    _Atomic int64_t flushes;
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER };

#define REAL(file) (CONTAINER_OF(file, struct file, base)->real)
#define CALL(file) (REAL(file)->pMethods)

static int on_close(sqlite3_file *file)
{
    return CALL(file)->xClose(REAL(file));
}

static int on_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
    return CALL(file)->xRead(REAL(file), to, n, at);
}

static int on_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    int r;

    if (FAILPOINT("disk.write"))
        return SQLITE_FULL;
    if (FAILPOINT("disk.io"))
        return SQLITE_IOERR_WRITE;
    r = CALL(file)->xWrite(REAL(file), from, n, at);
    if (r != SQLITE_OK && FAILPOINT("control.ignores_full"))
        return SQLITE_OK;
    return r;
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return CALL(file)->xTruncate(REAL(file), size);
}

static int flush(sqlite3_file *file, int flags)
{
    if (FAILPOINT("disk.sync"))
        return SQLITE_IOERR_FSYNC;
    if (FAILPOINT("control.unsynced"))
        return SQLITE_OK;
    return CALL(file)->xSync(REAL(file), flags);
}

static int on_sync(sqlite3_file *file, int flags)
{
    int r = flush(file, flags);

    atomic_fetch_add(&disk.flushes, 1);
    if (r != SQLITE_OK && !FAILPOINT("control.goes_on")) {
        log_line(LOG_ERROR, STR("disk"),
                 "event=flush_failed code=%d hint=\"the disk did not keep what it was "
                 "given: the program ends, and begins anew from what is there\"",
                 r);
        abort();
    }
    return r;
}

static int on_file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    return CALL(file)->xFileSize(REAL(file), ret);
}

static int on_lock(sqlite3_file *file, int level)
{
    return CALL(file)->xLock(REAL(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
    return CALL(file)->xUnlock(REAL(file), level);
}

static int on_check_lock(sqlite3_file *file, int *ret)
{
    return CALL(file)->xCheckReservedLock(REAL(file), ret);
}

static int on_control(sqlite3_file *file, int what, void *arg)
{
    return CALL(file)->xFileControl(REAL(file), what, arg);
}

static int on_sector_size(sqlite3_file *file)
{
    return CALL(file)->xSectorSize(REAL(file));
}

static int on_characteristics(sqlite3_file *file)
{
    return CALL(file)->xDeviceCharacteristics(REAL(file));
}

static int on_shm_map(sqlite3_file *file, int page, int size, int extend,
                      void volatile **ret)
{
    return CALL(file)->xShmMap(REAL(file), page, size, extend, ret);
}

static int on_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return CALL(file)->xShmLock(REAL(file), offset, n, flags);
}

static void on_shm_barrier(sqlite3_file *file)
{
    CALL(file)->xShmBarrier(REAL(file));
}

static int on_shm_unmap(sqlite3_file *file, int remove)
{
    return CALL(file)->xShmUnmap(REAL(file), remove);
}

static int on_fetch(sqlite3_file *file, sqlite3_int64 at, int n, void **ret)
{
    return CALL(file)->xFetch(REAL(file), at, n, ret);
}

static int on_unfetch(sqlite3_file *file, sqlite3_int64 at, void *p)
{
    return CALL(file)->xUnfetch(REAL(file), at, p);
}

#define OF_VERSION_1                                                                     \
    on_close, on_read, on_write, on_truncate, on_sync, on_file_size, on_lock, on_unlock, \
        on_check_lock, on_control, on_sector_size, on_characteristics
#define OF_VERSION_2 OF_VERSION_1, on_shm_map, on_shm_lock, on_shm_barrier, on_shm_unmap

/* By the version that the real file has: SQLite asks for no more than that. */
static const sqlite3_io_methods methods[] = {
    { 1, OF_VERSION_1 },
    { 2, OF_VERSION_2 },
    { 3, OF_VERSION_2, on_fetch, on_unfetch },
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags,
                   int *ret_flags)
{
    struct file *file = CONTAINER_OF(base, struct file, base);
    sqlite3_vfs *real = vfs->pAppData;
    int r, version;

    file->real = (sqlite3_file *)(file + 1);
    r = real->xOpen(real, name, file->real, flags, ret_flags);
    base->pMethods = NULL;
    if (!file->real->pMethods)
        return r;
    version = file->real->pMethods->iVersion;
    base->pMethods = &methods[version < 1 ? 0 : version > 3 ? 2 : version - 1];
    return r;
}

const char *disk_layer(void)
{
    sqlite3_vfs *real;
    int r = SQLITE_OK;

    pthread_mutex_lock(&disk.lock);
    real = sqlite3_vfs_find(NULL);
    if (real && real != disk.real) {
        if (disk.real)
            sqlite3_vfs_unregister(&disk.vfs);
        disk.real = real;
        disk.vfs = *real;
        disk.vfs.pNext = NULL;
        disk.vfs.zName = "draht";
        disk.vfs.szOsFile = (int)sizeof(struct file) + real->szOsFile;
        disk.vfs.pAppData = real;
        disk.vfs.xOpen = on_open;
        r = sqlite3_vfs_register(&disk.vfs, 0);
    }
    pthread_mutex_unlock(&disk.lock);
    return real && r == SQLITE_OK ? disk.vfs.zName : NULL;
}

int64_t disk_flushes(void)
{
    return atomic_load(&disk.flushes);
}
