/* durable.h - does the database server keep what it says it has kept?
 *
 * Draht promises that what it acknowledged is on disk. On PostgreSQL others decide how
 * far that goes, so the start and `draht doctor` look, and say when it is less than the
 * administrator has asked for.
 */
#ifndef DB_DURABLE_H
#define DB_DURABLE_H

#include "db/db.h"

/* `standbys`: how many servers are meant to have each commit beside the first. What is
 * weaker, in words; empty: nothing. */
int durable_look(struct op *op, int64_t standbys, struct str *ret) MUST_CHECK;

/* How far this machine's clock is before the server's: nodes compare the ends of leases,
 * so all clocks must agree. 0 on SQLite. */
enum { DURABLE_MAX_SKEW_MS = 2000 };
int durable_skew(struct op *op, int64_t *ret_ms) MUST_CHECK;

#endif
