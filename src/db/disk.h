/* disk.h - the layer between SQLite and its files: it counts flushes, and never asks a
 * disk twice that could not keep what it was given.
 *
 * After a flush that failed nobody knows what is on the disk: the system may count the
 * pages as written, and a second flush would succeed falsely. So the process ends at
 * once; whoever watches over it starts it again, and recovery reads what is really there.
 * A full disk is different: the write says so before anything is lost, and works again
 * when there is room.
 *
 * In a test build: disk.sync (fail: it fails; delay: a slow disk), disk.write (fail: the
 * disk is full), disk.io (fail: the disk fails).
 */
#ifndef DB_DISK_H
#define DB_DISK_H

#include <sqlite3.h>
#include <stdint.h>

/* The name of the layer, for sqlite3_open_v2(). NULL: it cannot be had, which leaves
 * SQLite's own. Stands on what is the default just then, also one of a test. */
const char *disk_layer(void);

/* Flushes of this process so far. */
int64_t disk_flushes(void);

#endif
