/* chain.h - the head of a workspace's chain, for the files of event/. */
#ifndef EVENT_CHAIN_H
#define EVENT_CHAIN_H

#include "event/event_row.h"

/* The newest row's seq and hash. CHAIN_NONE: the workspace has no chain yet. */
enum { CHAIN_NONE = 1 };
int chain_head(struct op *op, int64_t *ret_seq, struct str *ret_hash) MUST_CHECK;

/* The next seq of op->workspace and the hash of the row before it, which stay ours until
 * the commit. `at` is when a chain begins that is not there yet. */
int chain_advance(struct op *op, int64_t at, int64_t *ret_seq,
                  struct str *ret_previous) MUST_CHECK;
/* That row is there now. Needs a transaction. */
void chain_set(struct op *op, int64_t seq, int64_t at, const struct event_hash *hash);

#endif
