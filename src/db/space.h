/* space.h - how much room the disk of the database has left, before it is full.
 *
 * Below the first threshold files are refused, and people are told; below the second
 * everything that comes in is refused with 503, so that what is here can still be read,
 * answered and cleared away. Both recover by themselves. A threshold counts when free
 * space is below it and also below a share of the disk (5 and 2 per cent), so that a
 * small disk is not always too small. The disk of a PostgreSQL server is its own affair:
 * that one says 53100, which is answered 503 too.
 */
#ifndef DB_SPACE_H
#define DB_SPACE_H

#include "db/store.h"

enum space_level { SPACE_FINE, SPACE_LOW, SPACE_OUT };

struct space {
    enum space_level level;
    int64_t free, size; /* bytes; both 0 when it cannot be known */
};

enum { SPACE_LOW_PERCENT = 5, SPACE_OUT_PERCENT = 2, SPACE_RETRY_SECONDS = 30 };

/* The thresholds in bytes; 0 switches one off. Before threads start. */
void space_limits(struct store *store, int64_t low, int64_t out);

/* As of now, at most a second old. A change of level is logged. */
struct space space_now(struct store *store);

/* 0 while the level is below `level`; else ERR_UNAVAILABLE with Retry-After, in words. */
int space_need(struct op *op, enum space_level level) MUST_CHECK;

const char *space_level_name(enum space_level level); /* "fine", "low", "out" */

#endif
