/* fiber.h - pieces of work that take turns on one thread.
 *
 * Each has a stack of its own. fiber_go() runs one until it pauses or ends; fiber_pause()
 * goes back to who let it go. Nothing else switches, so the order is the caller's.
 */
#ifndef SIMULATE_FIBER_H
#define SIMULATE_FIBER_H

#include "base/base.h"

struct fiber;

struct fiber *fiber_new(void (*run)(void *ctx), void *ctx);
void fiber_free(struct fiber *fiber); /* it is over; NULL is fine */

/* True: it is over. */
bool fiber_go(struct fiber *fiber);

/* Inside one. */
void fiber_pause(void);
struct fiber *fiber_current(void); /* NULL: outside of all */

/* Give the stacks of those that are over back to the system. */
void fiber_forget_stacks(void);

#endif
