/* ramdisk_vfs.c - the disk as SQLite calls it: files, their locks, the shared memory. */
#include "simulate/ramdisk_parts.h"

static struct open_file *own(sqlite3_file *file)
{
    return CONTAINER_OF(file, struct open_file, base);
}

static bool is_dead(const struct open_file *file)
{
    return file->owner && file->owner->dead;
}

static int on_close(sqlite3_file *base)
{
    struct open_file *file = own(base);

    if (!is_dead(file))
        ramdisk_unlock_all(file);
    ramdisk_forget(file);
    if (!file->image->path)
        ramdisk_drop_image(file->image);
    return SQLITE_OK;
}

static int on_read(sqlite3_file *base, void *to, int n, sqlite3_int64 at)
{
    const struct bytes *seen = &own(base)->image->seen;
    size_t from = (size_t)at, there = seen->n > from ? seen->n - from : 0;

    if (is_dead(own(base)))
        return SQLITE_IOERR_READ;
    if (there >= (size_t)n) {
        memcpy(to, seen->p + from, (size_t)n);
        return SQLITE_OK;
    }
    memset(to, 0, (size_t)n);
    if (there)
        memcpy(to, seen->p + from, there);
    return SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *base, const void *from, int n, sqlite3_int64 at)
{
    if (is_dead(own(base)))
        return SQLITE_IOERR_WRITE;
    ramdisk_change(own(base)->image, from, (size_t)n, (size_t)at);
    return SQLITE_OK;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    if (is_dead(own(base)))
        return SQLITE_IOERR_TRUNCATE;
    ramdisk_change(own(base)->image, NULL, 0, (size_t)size);
    return SQLITE_OK;
}

/* A ghost is told that it worked: a failure would end the process, which is not its. */
static int on_sync(sqlite3_file *base, int flags UNUSED)
{
    if (!is_dead(own(base)))
        ramdisk_flush(own(base)->image);
    return SQLITE_OK;
}

static int on_file_size(sqlite3_file *base, sqlite3_int64 *ret)
{
    if (is_dead(own(base)))
        return SQLITE_IOERR_FSTAT;
    *ret = (sqlite3_int64)own(base)->image->seen.n;
    return SQLITE_OK;
}

static int lock_shared(struct open_file *file)
{
    struct image *image = file->image;

    if (image->pending || image->exclusive)
        return SQLITE_BUSY;
    image->sharing++;
    file->level = SQLITE_LOCK_SHARED;
    return SQLITE_OK;
}

static int lock_exclusive(struct open_file *file)
{
    struct image *image = file->image;

    if ((image->pending && image->pending != file) ||
        (image->reserved && image->reserved != file))
        return SQLITE_BUSY;
    image->pending = file;
    file->level = SQLITE_LOCK_PENDING;
    if (image->sharing > 1)
        return SQLITE_BUSY;
    image->exclusive = file;
    file->level = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

static int on_lock(sqlite3_file *base, int level)
{
    struct open_file *file = own(base);

    if (is_dead(file))
        return SQLITE_IOERR_LOCK;
    if (file->level >= level)
        return SQLITE_OK;
    if (level == SQLITE_LOCK_SHARED)
        return lock_shared(file);
    if (level == SQLITE_LOCK_EXCLUSIVE)
        return lock_exclusive(file);
    if (file->image->reserved && file->image->reserved != file)
        return SQLITE_BUSY;
    file->image->reserved = file;
    file->level = level;
    return SQLITE_OK;
}

static int on_unlock(sqlite3_file *base, int level)
{
    struct open_file *file = own(base);

    if (is_dead(file) || file->level <= level)
        return SQLITE_OK;
    if (file->image->exclusive == file)
        file->image->exclusive = NULL;
    if (file->image->pending == file)
        file->image->pending = NULL;
    if (file->image->reserved == file)
        file->image->reserved = NULL;
    if (level == SQLITE_LOCK_NONE)
        file->image->sharing--;
    file->level = level;
    return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *base, int *ret)
{
    *ret = own(base)->image->reserved != NULL;
    return SQLITE_OK;
}

static int on_control(sqlite3_file *base UNUSED, int what UNUSED, void *arg UNUSED)
{
    return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *base UNUSED)
{
    return SECTOR;
}

static int on_characteristics(sqlite3_file *base UNUSED)
{
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as SQLite takes for granted elsewhere */
}

static int on_shm_map(sqlite3_file *base, int page, int size, int extend,
                      void volatile **ret)
{
    struct image *image = own(base)->image;

    *ret = NULL;
    if (is_dead(own(base)))
        return SQLITE_IOERR_SHMMAP;
    if (page >= SHM_MAX_REGIONS)
        return SQLITE_IOERR_SHMSIZE;
    if ((unsigned)page >= image->region_count && !extend)
        return SQLITE_OK;
    while (image->region_count <= (unsigned)page)
        image->regions[image->region_count++] = must_zalloc((size_t)size);
    *ret = image->regions[page];
    return SQLITE_OK;
}

static int shm_unlock(struct open_file *file, unsigned slot)
{
    struct image *image = file->image;

    if (image->shm_exclusive[slot] == file)
        image->shm_exclusive[slot] = NULL;
    if (file->shm_shared & 1u << slot)
        image->shm_sharing[slot]--;
    file->shm_shared &= ~(1u << slot);
    return SQLITE_OK;
}

static int shm_lock(struct open_file *file, unsigned slot, bool shared)
{
    struct image *image = file->image;
    bool mine = file->shm_shared & 1u << slot;

    if (image->shm_exclusive[slot] && image->shm_exclusive[slot] != file)
        return SQLITE_BUSY;
    if (!shared && image->shm_sharing[slot] > mine)
        return SQLITE_BUSY;
    if (!shared) {
        image->shm_exclusive[slot] = file;
    } else if (!mine) {
        image->shm_sharing[slot]++;
        file->shm_shared |= 1u << slot;
    }
    return SQLITE_OK;
}

static int on_shm_lock(sqlite3_file *base, int first, int n, int flags)
{
    struct open_file *file = own(base);
    int r = SQLITE_OK;

    if (is_dead(file))
        return flags & SQLITE_SHM_UNLOCK ? SQLITE_OK : SQLITE_IOERR_SHMLOCK;
    for (int i = first; r == SQLITE_OK && i < first + n; i++) {
        r = flags & SQLITE_SHM_UNLOCK
                ? shm_unlock(file, (unsigned)i)
                : shm_lock(file, (unsigned)i, flags & SQLITE_SHM_SHARED);
        for (int back = i - 1; r != SQLITE_OK && back >= first; back--)
            shm_unlock(file, (unsigned)back);
    }
    return r;
}

static void on_shm_barrier(sqlite3_file *base UNUSED)
{
}

static int on_shm_unmap(sqlite3_file *base UNUSED, int remove UNUSED)
{
    return SQLITE_OK;
}

const sqlite3_io_methods ramdisk_methods = {
    2,
    on_close,
    on_read,
    on_write,
    on_truncate,
    on_sync,
    on_file_size,
    on_lock,
    on_unlock,
    on_check_lock,
    on_control,
    on_sector_size,
    on_characteristics,
    on_shm_map,
    on_shm_lock,
    on_shm_barrier,
    on_shm_unmap,
};

static int on_open(sqlite3_vfs *vfs UNUSED, const char *name, sqlite3_file *base,
                   int flags, int *ret_flags)
{
    struct open_file *file = own(base);

    *file = (struct open_file){ .image = NULL };
    if (ramdisk.acting && ramdisk.acting->dead)
        return SQLITE_CANTOPEN;
    file->base.pMethods = &ramdisk_methods;
    file->image = ramdisk_image(name);
    file->owner = ramdisk.acting;
    file->next = ramdisk.files;
    ramdisk.files = file;
    if (ret_flags)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs UNUSED, const char *name, int sync UNUSED)
{
    struct image *image = ramdisk_image(name);

    if (ramdisk.acting && ramdisk.acting->dead)
        return SQLITE_IOERR_DELETE;
    ramdisk_drop_image(image);
    return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs UNUSED, const char *name, int flags UNUSED,
                     int *ret)
{
    struct image *image = ramdisk.images;

    while (image && (!image->path || strcmp(image->path, name) != 0))
        image = image->next;
    *ret = image && image->seen.n > 0;
    return SQLITE_OK;
}

static int on_full_path(sqlite3_vfs *vfs UNUSED, const char *name, int size, char *ret)
{
    snprintf(ret, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static int on_randomness(sqlite3_vfs *vfs UNUSED, int n, char *ret)
{
    for (int i = 0; i < n; i++)
        ret[i] = (char)ramdisk.world.random(ramdisk.world.ctx);
    return n;
}

/* Nobody sleeps here: who holds the lock goes on only when we return. */
static int on_sleep(sqlite3_vfs *vfs UNUSED, int us)
{
    return us;
}

static int on_time(sqlite3_vfs *vfs UNUSED, sqlite3_int64 *ret)
{
    *ret = INT64_C(210866760000000) + ramdisk.world.now(ramdisk.world.ctx);
    return SQLITE_OK;
}

static int on_last_error(sqlite3_vfs *vfs UNUSED, int n UNUSED, char *ret UNUSED)
{
    return 0;
}

void ramdisk_begin(const struct ramdisk_world *world)
{
    ramdisk = (struct ramdisk){
        .vfs = { .iVersion = 2,
                 .szOsFile = sizeof(struct open_file),
                 .mxPathname = 512,
                 .zName = "ramdisk",
                 .xOpen = on_open,
                 .xDelete = on_delete,
                 .xAccess = on_access,
                 .xFullPathname = on_full_path,
                 .xRandomness = on_randomness,
                 .xSleep = on_sleep,
                 .xGetLastError = on_last_error,
                 .xCurrentTimeInt64 = on_time },
        .real = sqlite3_vfs_find(NULL),
        .world = *world,
    };
    sqlite3_vfs_register(&ramdisk.vfs, 1);
}
