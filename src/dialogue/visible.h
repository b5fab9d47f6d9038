/* visible.h - how long after its answer a network shows what it took, as measured.
 *
 * A reply whose fate is not known is looked for after a quiet time (channel/connector.h),
 * which a connector can only guess. Once an hour at most a reply that was answered is
 * looked for as well, and how long it took to show counts from then on: the quiet time of
 * a channel is three times the longest of what was kept, and never shorter than the
 * connector's own. (p99.9 of so few is the longest.)
 */
#ifndef DIALOGUE_VISIBLE_H
#define DIALOGUE_VISIBLE_H

#include "base/op.h"

enum { VISIBLE_KEPT = 200 }; /* measurements of a channel; the oldest go */
#define VISIBLE_EVERY_MS     HOURS(1)
#define VISIBLE_GIVE_UP_MS   MINUTES(20) /* it counts as shown then */
#define VISIBLE_MAX_QUIET_MS HOURS(1)

/* Is it time to measure again? */
int visible_is_due(struct op *op, int64_t channel_id, bool *ret) MUST_CHECK;

/* What was answered at `answered_at` was shown `lag_ms` later at the latest. In a write.
 */
int visible_keep(struct op *op, int64_t channel_id, int64_t answered_at,
                 int64_t lag_ms) MUST_CHECK;

/* The longest of what was kept; -1: nothing was measured yet. */
int visible_longest(struct op *op, int64_t channel_id, int64_t *ret) MUST_CHECK;

/* The quiet time that follows, from the connector's own. */
int64_t visible_quiet(int64_t own_ms, int64_t longest_ms);

#endif
