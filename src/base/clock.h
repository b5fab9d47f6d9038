/* clock.h - instants, and where they come from.
 *
 * An instant is milliseconds since 1970-01-01 UTC in an int64_t, named *_at;
 * a duration is milliseconds, named *_ms. 0 means "never happened".
 * Nothing reads the machine's clock but this file: units of work get op->now,
 * and tests use a virtual clock that stands still until it is moved.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdatomic.h>

#include "base/arena.h"

struct clock {
    _Atomic int64_t frozen_at; /* 0: the machine's clock; else the virtual now */
};

int64_t clock_now(struct clock *clock);
bool clock_is_virtual(const struct clock *clock);

/* Make it virtual, or move it. It never goes back: an earlier instant is ignored. */
void clock_set(struct clock *clock, int64_t now);

/* Milliseconds that only grow, for deadlines of sockets and locks. Never virtual. */
int64_t clock_monotonic(void);

/* The machine's clock whatever is set, for leases between processes and log lines. */
int64_t clock_machine(void);

#ifdef DRAHT_TEST_HOOKS
/* The machine itself lives by this one from now on, monotonic clock and all; it must be
 * virtual. NULL: by its own again. For the simulator, which runs on one thread. */
void clock_simulate(struct clock *clock);
#endif

/* "2026-11-02T08:00:00.000Z"; RFC 3339 with milliseconds. */
struct str time_format(struct arena *arena, int64_t at);

/* RFC 3339: with or without fraction (cut to milliseconds), Z or an offset.
 * Years 1970 to 9999. False, and `*ret` untouched, for anything else. */
bool time_parse(struct str s, int64_t *ret);

#endif
