/* ramdisk_parts.h - what the two files of the disk share: ramdisk.c has the images and
 * the power, ramdisk_vfs.c is what SQLite calls.
 */
#ifndef SIMULATE_RAMDISK_PARTS_H
#define SIMULATE_RAMDISK_PARTS_H

#include <sqlite3.h>

#include "base/arena.h"
#include "simulate/ramdisk.h"

enum { SECTOR = 512, SHM_SLOTS = SQLITE_SHM_NLOCK, SHM_MAX_REGIONS = 64 };

/* A write, or with `bytes` NULL a new length. */
struct change {
    struct change *next;
    size_t at, n;
    char *bytes;
};

struct bytes {
    char *p;
    size_t n, size;
};

struct image {
    struct image *next;
    char *path; /* NULL: without a name, gone when it is closed */
    struct bytes seen, safe;
    struct change *first, **last; /* since the last flush */

    unsigned sharing; /* locks of the file */
    struct open_file *reserved, *pending, *exclusive;
    void *regions[SHM_MAX_REGIONS]; /* the index of the log, shared memory */
    unsigned region_count;
    unsigned shm_sharing[SHM_SLOTS];
    struct open_file *shm_exclusive[SHM_SLOTS];
};

struct open_file {
    sqlite3_file base;
    struct image *image;
    struct ramdisk_owner *owner;
    struct open_file *next;
    int level;           /* of the lock: SQLITE_LOCK_... */
    unsigned shm_shared; /* slots, as bits */
};

struct ramdisk {
    sqlite3_vfs vfs, *real;
    struct ramdisk_world world;
    struct image *images;
    struct open_file *files;
    struct ramdisk_owner *acting;
    void **old_regions; /* of a machine that is no more: ghosts still look at them */
    size_t old_region_count;
    bool lies;
};

extern struct ramdisk ramdisk;
extern const sqlite3_io_methods ramdisk_methods;

struct image *ramdisk_image(const char *path);
void ramdisk_change(struct image *image, const void *bytes, size_t n, size_t at);
void ramdisk_flush(struct image *image);
void ramdisk_unlock_all(struct open_file *file);
void ramdisk_forget(struct open_file *file);
void ramdisk_drop_image(struct image *image);

#endif
