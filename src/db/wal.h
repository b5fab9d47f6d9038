/* wal.h - looking into the write-ahead log of SQLite before SQLite reads it.
 *
 * Each frame's checksum builds on the one before, so a bit that changed on the disk cuts
 * off all commits behind it, and SQLite takes what is left for the whole: what was
 * acknowledged would be gone without a word. After a loss of power the end may be torn
 * too, but then one commit lies behind the break, since each is flushed before the next
 * begins, and perhaps the rest of one that was torn before. More than two mean damage.
 * https://www.sqlite.org/fileformat2.html#walformat
 */
#ifndef DB_WAL_H
#define DB_WAL_H

#include "base/op.h"

struct wal_look {
    int64_t frames;  /* that read well */
    int64_t commits; /* that lie behind the first one that does not */
};

/* What the log at `path` holds; nothing at all when there is none. False when it changed
 * meanwhile, because another process writes. */
bool wal_look(const char *path, struct wal_look *ret);

/* Look at the log beside the database; a damaged one is said in the program's log and
 * kept beside it under the name of wal_damaged_name(), before SQLite cuts it off. */
void wal_keep_damaged(struct op *op, struct str database);

/* "/var/lib/draht/draht.db-wal.damaged"; `draht verify` fails while it is there. */
struct str wal_damaged_name(struct arena *arena, struct str database);

#endif
