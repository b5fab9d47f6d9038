/* failpoint.h - named places at which a test build can be told to fail.
 *
 * FAILPOINT("outbox.claimed") is false in the release program, which does not even hold
 * the name (tools/check-release looks). In a test build (-Dtest_hooks=true) it asks the
 * plan: from DRAHT_FAILPOINTS when the process starts, from failpoint_plan() later.
 *
 *     outbox.claimed=kill        SIGKILL at the first hit
 *     outbox.claimed=kill@3      at the third
 *     disk.write=fail@5+         true from the fifth hit on: what fails there is the
 * caller's disk.sync=delay:2          two milliseconds at each hit job.claimed=stop@2
 * SIGSTOP at the second: a zombie, until SIGCONT
 *
 * Several are separated by commas. HACKING.md lists the places. The simulator
 * (src/simulate/) decides by itself, place by place: failpoint_watch().
 */
#ifndef BASE_FAILPOINT_H
#define BASE_FAILPOINT_H

#include "base/arena.h"

enum { FAILPOINT_MAX = 96, FAILPOINT_MAX_NAME = 40, FAILPOINT_MAX_DELAY_MS = 10 * 1000 };

#ifdef DRAHT_TEST_HOOKS

#define FAILPOINT(name) failpoint_hit(name)

/* True: fail here. */
bool failpoint_hit(const char *name);

/* Take a plan instead of the one there was; empty: none. Counts begin anew. False, and
 * nothing has changed, when it cannot be read. */
bool failpoint_plan(struct str plan);

/* How often the place was come by since the plan was taken, planned for or not. */
int64_t failpoint_hits(const char *name);

/* The nth place that was come by, or NULL past the last. */
const char *failpoint_at(size_t index, int64_t *ret_hits);

/* Ask `watch` at each place instead of the plan: true fails there. NULL: the plan again.
 * For a program that runs on one thread. */
typedef bool failpoint_watch_fn(void *ctx, const char *name);
void failpoint_watch(failpoint_watch_fn *watch, void *ctx);

#else

#define FAILPOINT(name) failpoint_none()

static inline bool failpoint_none(void)
{
    return false;
}

#endif
#endif
