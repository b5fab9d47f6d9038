/* ramdisk.c - images of files, and what is left of them when the power goes. */
#include "simulate/ramdisk_parts.h"

struct ramdisk ramdisk;

static void resize(struct bytes *bytes, size_t n)
{
    if (n > bytes->size) {
        bytes->size = n * 2;
        bytes->p = must_realloc(bytes->p, bytes->size);
    }
    if (n > bytes->n)
        memset(bytes->p + bytes->n, 0, n - bytes->n);
    bytes->n = n;
}

/* The first `n` bytes of a change. */
static void apply(struct bytes *to, const struct change *change, size_t n)
{
    if (!change->bytes) {
        resize(to, change->at);
        return;
    }
    if (n == 0)
        return; /* torn before its first sector */
    if (change->at + n > to->n)
        resize(to, change->at + n);
    memcpy(to->p + change->at, change->bytes, n);
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

struct image *ramdisk_image(const char *path)
{
    struct image *image;

    for (image = path ? ramdisk.images : NULL; image; image = image->next)
        if (image->path && strcmp(image->path, path) == 0)
            return image;
    image = must_zalloc(sizeof(*image));
    if (path) {
        image->path = must_alloc(strlen(path) + 1);
        memcpy(image->path, path, strlen(path) + 1);
    }
    image->last = &image->first;
    image->next = ramdisk.images;
    ramdisk.images = image;
    return image;
}

void ramdisk_change(struct image *image, const void *bytes, size_t n, size_t at)
{
    struct change *change = must_zalloc(sizeof(*change));

    *change = (struct change){ .at = at, .n = n };
    if (bytes) {
        change->bytes = must_alloc(n + 1);
        memcpy(change->bytes, bytes, n);
    }
    *image->last = change;
    image->last = &change->next;
    apply(&image->seen, change, n);
}

void ramdisk_flush(struct image *image)
{
    if (ramdisk.lies)
        return;
    for (struct change *change = image->first; change; change = change->next)
        apply(&image->safe, change, change->n);
    forget_changes(image);
}

/* Of what was not flushed, any part: a coin for each change, another for a tear. */
static void lose_some(struct image *image)
{
    for (struct change *change = image->first; change; change = change->next) {
        uint64_t coin = ramdisk.world.random(ramdisk.world.ctx);
        size_t n = change->n;

        if (coin % 2 == 0)
            continue;
        if (coin / 2 % 4 == 0)
            n = coin / 8 % (n + 1) / SECTOR * SECTOR;
        apply(&image->safe, change, n);
    }
    forget_changes(image);
    resize(&image->seen, image->safe.n);
    if (image->safe.n)
        memcpy(image->seen.p, image->safe.p, image->safe.n);
}

/* Shared memory is gone with the machine. Ghosts may still point at it. */
static void retire_regions(struct image *image)
{
    for (unsigned i = 0; i < image->region_count; i++) {
        ramdisk.old_regions =
            must_realloc(ramdisk.old_regions,
                         (ramdisk.old_region_count + 1) * sizeof(*ramdisk.old_regions));
        ramdisk.old_regions[ramdisk.old_region_count++] = image->regions[i];
    }
    image->region_count = 0;
}

void ramdisk_lose_power(void)
{
    for (struct image *image = ramdisk.images; image; image = image->next) {
        lose_some(image);
        retire_regions(image);
    }
}

void ramdisk_lie(bool lies)
{
    ramdisk.lies = lies;
}

void ramdisk_act_as(struct ramdisk_owner *owner)
{
    ramdisk.acting = owner;
}

void ramdisk_unlock_all(struct open_file *file)
{
    struct image *image = file->image;

    if (file->level >= SQLITE_LOCK_SHARED)
        image->sharing--;
    file->level = SQLITE_LOCK_NONE;
    if (image->reserved == file)
        image->reserved = NULL;
    if (image->pending == file)
        image->pending = NULL;
    if (image->exclusive == file)
        image->exclusive = NULL;
    for (unsigned i = 0; i < SHM_SLOTS; i++) {
        if (file->shm_shared & 1u << i)
            image->shm_sharing[i]--;
        if (image->shm_exclusive[i] == file)
            image->shm_exclusive[i] = NULL;
    }
    file->shm_shared = 0;
}

void ramdisk_owner_dies(struct ramdisk_owner *owner)
{
    owner->dead = true;
    for (struct open_file *file = ramdisk.files; file; file = file->next)
        if (file->owner == owner)
            ramdisk_unlock_all(file);
}

void ramdisk_forget(struct open_file *file)
{
    struct open_file **at = &ramdisk.files;

    while (*at && *at != file)
        at = &(*at)->next;
    if (*at)
        *at = file->next;
}

static void free_image(struct image *image)
{
    forget_changes(image);
    for (unsigned i = 0; i < image->region_count; i++)
        free(image->regions[i]);
    free(image->seen.p);
    free(image->safe.p);
    free(image->path);
    free(image);
}

void ramdisk_drop_image(struct image *image)
{
    struct image **at = &ramdisk.images;

    while (*at && *at != image)
        at = &(*at)->next;
    if (*at)
        *at = image->next;
    retire_regions(image);
    free_image(image);
}

struct str ramdisk_read(const char *path)
{
    const struct image *image = ramdisk_image(path);

    return (struct str){ image->seen.p, image->seen.n };
}

void ramdisk_put(const char *path, struct str bytes)
{
    struct image *image = ramdisk_image(path);

    ramdisk_change(image, bytes.p, bytes.n, 0);
    ramdisk_flush(image);
}

void ramdisk_end(void)
{
    sqlite3_vfs_unregister(&ramdisk.vfs);
    sqlite3_vfs_register(ramdisk.real, 1);
    while (ramdisk.images) {
        struct image *image = ramdisk.images;

        ramdisk.images = image->next;
        free_image(image);
    }
    for (size_t i = 0; i < ramdisk.old_region_count; i++)
        free(ramdisk.old_regions[i]);
    free(ramdisk.old_regions);
    ramdisk = (struct ramdisk){ 0 };
}
