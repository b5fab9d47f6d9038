/* power.c - a disk that can lose its power: a layer between SQLite and files. */
#include <sqlite3.h>

#include "power.h"

enum { SECTOR = 512, WATCHED = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL };

/* A write, or with `bytes` NULL a new length. */
struct change {
    struct change *next;
    sqlite3_int64 at;
    char *bytes;
    int n;
};

struct image {
    struct image *next;
    char *path;
    char *bytes; /* what is surely there */
    size_t n, size;
    struct change *first, **last; /* what may be there */
};

struct watched_file {
    sqlite3_file base;
    sqlite3_file *real;
    struct image *image; /* NULL: not watched */
};

static struct {
    sqlite3_vfs vfs, *real;
    struct fixture *f;
    struct image *images;
    const char *folder;
    unsigned left;
    bool lie, lost;
} power;

static void resize(struct image *image, size_t n)
{
    if (n > image->size) {
        image->size = n * 2;
        image->bytes = must_realloc(image->bytes, image->size);
    }
    if (n > image->n)
        memset(image->bytes + image->n, 0, n - image->n);
    image->n = n;
}

static void apply(struct image *image, const struct change *change, int n)
{
    if (change->bytes && n == 0)
        return; /* torn before its first sector */
    if (!change->bytes) {
        resize(image, (size_t)change->at);
        return;
    }
    if ((size_t)change->at + (size_t)n > image->n)
        resize(image, (size_t)change->at + (size_t)n);
    memcpy(image->bytes + change->at, change->bytes, (size_t)n);
}

static void forget_changes(struct image *image)
{
    while (image->first) {
        struct change *change = image->first;

        image->first = change->next;
        free(change->bytes);
        free(change);
    }
    image->last = &image->first;
}

/* Of what was not flushed, any part: a coin for each change, another for a tear. */
static void lose_some(struct image *image)
{
    for (struct change *change = image->first; change; change = change->next) {
        uint64_t coin = random_u64(&power.f->op);
        int n = change->n;

        if (coin % 2 == 0)
            continue;
        if (coin / 2 % 4 == 0)
            n = (int)(coin / 8 % (uint64_t)(n + 1)) / SECTOR * SECTOR;
        apply(image, change, n);
    }
    forget_changes(image);
}

static void write_remains(const struct image *image)
{
    const char *name = strrchr(image->path, '/');
    struct str path = arena_fmt(&power.f->arena, "%s%s", power.folder, name);
    FILE *file = fopen(path.p, "wb");

    assert_non_null(file);
    if (image->n > 0)
        assert_int_equal(fwrite(image->bytes, 1, image->n, file), image->n);
    assert_int_equal(fclose(file), 0);
}

bool power_is_lost(void)
{
    return power.lost;
}

void power_cut(void)
{
    if (power.lost)
        return;
    power.lost = true;
    for (struct image *image = power.images; image; image = image->next) {
        lose_some(image);
        write_remains(image);
    }
}

static void count_down(void)
{
    if (!power.lost && --power.left == 0)
        power_cut();
}

static struct image *image_of(const char *path)
{
    struct image *image;

    for (image = power.images; image; image = image->next) {
        if (strcmp(image->path, path) == 0)
            return image;
    }
    image = must_zalloc(sizeof(*image));
    image->path = must_alloc(strlen(path) + 1);
    memcpy(image->path, path, strlen(path) + 1);
    image->last = &image->first;
    image->next = power.images;
    power.images = image;
    return image;
}

static void remember(struct image *image, const void *bytes, int n, sqlite3_int64 at)
{
    struct change *change;

    if (!image || power.lost)
        return;
    change = must_zalloc(sizeof(*change));
    *change = (struct change){ .at = at, .n = n };
    if (bytes) {
        change->bytes = must_alloc((size_t)n);
        memcpy(change->bytes, bytes, (size_t)n);
    }
    *image->last = change;
    image->last = &change->next;
    count_down();
}

static struct watched_file *own(sqlite3_file *file)
{
    return CONTAINER_OF(file, struct watched_file, base);
}

/* The rest of the methods only passes on. */
#define REAL(file) (own(file)->real)
#define CALL(file) (own(file)->real->pMethods)

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
    remember(own(file)->image, from, n, at);
    return CALL(file)->xWrite(REAL(file), from, n, at);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    remember(own(file)->image, NULL, 0, size);
    return CALL(file)->xTruncate(REAL(file), size);
}

/* Nothing is really flushed: the images are our disk. */
static int on_sync(sqlite3_file *file, int flags)
{
    struct image *image = own(file)->image;

    (void)flags;
    if (!image || power.lost)
        return SQLITE_OK;
    count_down();
    if (power.lost || power.lie)
        return SQLITE_OK;
    for (struct change *change = image->first; change; change = change->next)
        apply(image, change, change->n);
    forget_changes(image);
    return SQLITE_OK;
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

static const sqlite3_io_methods methods = {
    3,
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
    on_fetch,
    on_unfetch,
};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                   int *ret_flags)
{
    struct watched_file *watched = own(file);
    int r;

    (void)vfs;
    watched->real = (sqlite3_file *)(watched + 1);
    r = power.real->xOpen(power.real, name, watched->real, flags, ret_flags);
    file->pMethods = r == SQLITE_OK ? &methods : NULL;
    watched->image = name && (flags & WATCHED) ? image_of(name) : NULL;
    return r;
}

void power_on(struct fixture *f, const char *folder, unsigned writes, bool lie)
{
    power.real = sqlite3_vfs_find(NULL);
    power.vfs = *power.real;
    power.vfs.zName = "power";
    power.vfs.szOsFile = (int)sizeof(struct watched_file) + power.real->szOsFile;
    power.vfs.xOpen = on_open;
    power.f = f;
    power.folder = folder;
    power.left = writes;
    power.lie = lie;
    power.lost = false;
    assert_int_equal(sqlite3_vfs_register(&power.vfs, 1), SQLITE_OK);
}

void power_off(void)
{
    sqlite3_vfs_unregister(&power.vfs);
    sqlite3_vfs_register(power.real, 1);
    while (power.images) {
        struct image *image = power.images;

        power.images = image->next;
        forget_changes(image);
        free(image->bytes);
        free(image->path);
        free(image);
    }
}
