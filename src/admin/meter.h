/* meter.h - how often something may happen: counts per key, in windows of time.
 *
 * For strangers on open addresses. Lives in memory, so that nobody's network address is
 * stored; each process counts for itself and forgets at its end. It has room for a fixed
 * number of keys: where there is none left, the one that was quiet for longest goes.
 */
#ifndef ADMIN_METER_H
#define ADMIN_METER_H

#include "base/op.h"

struct meter;

struct meter *meter_new(struct op *op);
void meter_free(struct meter *meter); /* NULL is fine */

struct meter_limit {
    int64_t times, window_ms;
};

/* Count one more. 0: it may happen. Else it was not counted, and so many milliseconds
 * pass until the window of `key` is over. Any thread. */
int64_t meter_take(struct meter *meter, struct str key, struct meter_limit limit,
                   int64_t now) MUST_CHECK;

#endif
