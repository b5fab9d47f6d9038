/* ramdisk.h - a disk in memory, below the real SQLite, that can lose its power.
 *
 * It knows of each file what the programs see and what is surely there: what was written
 * since the last flush may be lost when the power goes, in whole, in part, in any order,
 * or torn at a sector. Files are opened by somebody who may die: from then on nothing of
 * theirs reaches the disk, their locks are free, and what they still try fails.
 *
 * There is one disk in a process. It becomes SQLite's default while it is there.
 */
#ifndef SIMULATE_RAMDISK_H
#define SIMULATE_RAMDISK_H

#include "base/base.h"
#include "base/str.h"

struct ramdisk_owner {
    bool dead;
};

struct ramdisk_world {
    void *ctx;
    uint64_t (*random)(void *ctx);
    int64_t (*now)(void *ctx);
};

void ramdisk_begin(const struct ramdisk_world *world);
void ramdisk_end(void); /* all files are closed */

/* Whoever opens a file now is this one. */
void ramdisk_act_as(struct ramdisk_owner *owner);
/* Everything that it holds is free. Sets owner->dead. */
void ramdisk_owner_dies(struct ramdisk_owner *owner);

/* What was not flushed: any part of it is lost. All owners must be dead. */
void ramdisk_lose_power(void);

/* From now on a flush does nothing (a mistake that the oracle must notice). */
void ramdisk_lie(bool lies);

/* A file as it is; "" when there is none. Valid until the disk is written to. */
struct str ramdisk_read(const char *path);
/* A file that is there, flushed, from the beginning. */
void ramdisk_put(const char *path, struct str bytes);

#endif
