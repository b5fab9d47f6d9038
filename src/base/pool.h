/* pool.h - threads that run what is queued, and nothing else.
 *
 * The only place besides net/ that creates threads. A queue has a ceiling:
 * pool_submit() refuses (returns false) when it is full, and the caller
 * answers 503 instead of growing without bound.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/base.h"

struct task {
    void (*run)(struct task *task); /* on a thread of the pool; may free the task */
    struct task *next;
};

struct pool;

/* `threads` threads named `name` (at most 15 bytes), at most `ceiling` waiting tasks. */
struct pool *pool_new(const char *name, unsigned threads, size_t ceiling);
bool pool_submit(struct pool *pool, struct task *task);

/* Runs what is queued, refuses what is new, joins the threads. NULL is fine. */
void pool_free(struct pool *pool);

/* One long-lived thread; `run(ctx)` returns when it is told to by its owner. */
struct thread;
struct thread *thread_start(const char *name, void (*run)(void *ctx), void *ctx);
void thread_join(struct thread *thread); /* also frees; NULL is fine */

#endif
