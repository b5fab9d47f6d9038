/* work_poll.h - fetching what is new from networks that are asked.
 *
 * One poller a channel in the whole cluster: who holds the lease of the job "poll" of the
 * channel. Each page and the cursor behind it are committed together, and that write
 * checks the lease, so a poller that was thought dead moves nothing.
 */
#ifndef WORK_WORK_POLL_H
#define WORK_WORK_POLL_H

#include "dialogue/gap.h"
#include "work/connect.h"

/* How old something must be, when a webhook brings messages too, to count as missed: it
 * may be on its way just now. */
#define POLL_GRACE_MS MINUTES(1)

/* Begin, or end, the polling of a channel (and its reading again at night) as its row
 * says now. Inside a write; call it
 * whenever a channel was made, changed or retired. */
int poll_plan(struct op *op, const struct channel *channel) MUST_CHECK;

/* The same for all channels of op->workspace, when a process starts. */
int poll_plan_all(struct op *op) MUST_CHECK;

/* When the channel is polled next; 0: it is not, or just now. */
int poll_next_at(struct op *op, int64_t channel_id, int64_t *ret) MUST_CHECK;

/* When the network last counted anew what was read already; 0: never. */
int poll_recounted_at(struct op *op, int64_t channel_id, int64_t *ret) MUST_CHECK;

/* What of the channel cannot be read while the rest can, and why; empty: all can. */
struct poll_part {
    struct str error, trouble; /* as of a receipt */
};
int poll_part(struct op *op, int64_t channel_id, struct poll_part *ret) MUST_CHECK;

/* Poll now, to the end, on this thread. ERR_CONFLICT in words when another process is at
 * it, or the network cannot be polled; ERR_UNAVAILABLE when it does not answer. Called
 * without a transaction. */
int poll_now(struct op *op, int64_t channel_id, struct gap_report *ret) MUST_CHECK;

#endif
