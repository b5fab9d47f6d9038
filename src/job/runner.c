/* runner.c - threads that run jobs when they are due. */
#include <assert.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/pool.h"
#include "db/store.h"
#include "job/work.h"

/* A job of another node, or a lease that ran out, is noticed after this at the
 * latest; a failing store is left alone for a second by each thread. */
enum { LONGEST_SLEEP_MS = 5000, FAILED_SLEEP_MS = 1000, RUNNER_MAX_THREADS = 64 };

struct runner {
    const struct world *world;
    const struct work *const *works;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    pthread_rwlock_t gate; /* read: a thread steps; written: runner_drain() alone does */
    uint64_t wakes;        /* counts, so that a wake during a step is not missed */
    bool stopping;
    struct thread *threads[RUNNER_MAX_THREADS];
    unsigned count;
};

void runner_wake(struct runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->wakes++;
    /* One is enough: when it claims a job, that commit wakes the next one. */
    pthread_cond_signal(&runner->woken);
    pthread_mutex_unlock(&runner->lock);
}

static void on_commit(void *ctx)
{
    runner_wake(ctx);
}

static int read_due(struct op *op, void *ctx)
{
    return job_next_due(op, ctx);
}

/* Milliseconds until something is due, as far as is known. */
static int64_t time_to_sleep(const struct world *world)
{
    ARENA(scratch);
    struct op op = { .arena = &scratch, .world = world, .id = STR("job") };
    int64_t now = clock_now(world->clock), at = 0;

    op.now = now;
    if (store_read(&op, read_due, &at) != 0 || at - now > LONGEST_SLEEP_MS)
        return LONGEST_SLEEP_MS;
    return at > now ? at - now : 1;
}

static struct timespec deadline(int64_t ms)
{
    int64_t at = clock_monotonic() + ms;

    return (struct timespec){ at / 1000, at % 1000 * 1000000 };
}

/* False: it is time to stop. Returns at once when woken since `seen`; NULL: is not
 * woken. */
static bool sleep_until_woken(struct runner *runner, const uint64_t *seen, int64_t ms)
{
    struct timespec until = deadline(ms);
    bool go_on;
    int r = 0;

    pthread_mutex_lock(&runner->lock);
    while (!runner->stopping && (!seen || runner->wakes == *seen) && r == 0)
        r = pthread_cond_timedwait(&runner->woken, &runner->lock, &until);
    go_on = !runner->stopping;
    pthread_mutex_unlock(&runner->lock);
    return go_on;
}

static uint64_t wakes_so_far(struct runner *runner, bool *ret_go_on)
{
    uint64_t wakes;

    pthread_mutex_lock(&runner->lock);
    wakes = runner->wakes;
    *ret_go_on = !runner->stopping;
    pthread_mutex_unlock(&runner->lock);
    return wakes;
}

static int step(struct runner *runner)
{
    int r;

    pthread_rwlock_rdlock(&runner->gate);
    r = job_step(runner->world, runner->works);
    pthread_rwlock_unlock(&runner->gate);
    return r;
}

int runner_drain(struct runner *runner)
{
    int r;

    pthread_rwlock_wrlock(&runner->gate);
    do
        r = job_step(runner->world, runner->works);
    while (r > 0);
    pthread_rwlock_unlock(&runner->gate);
    return r;
}

static void run_thread(void *ctx)
{
    struct runner *runner = ctx;
    bool go_on = true;

    while (go_on) {
        uint64_t seen = wakes_so_far(runner, &go_on);
        int r;

        if (!go_on)
            break;
        r = step(runner);
        if (r == 0)
            go_on = sleep_until_woken(runner, &seen, time_to_sleep(runner->world));
        else if (r < 0) /* commits must not turn a failing store into a busy loop */
            go_on = sleep_until_woken(runner, NULL, FAILED_SLEEP_MS);
    }
}

struct runner *runner_new(const struct world *world, const struct work *const *works)
{
    struct runner *runner = must_zalloc(sizeof(*runner));
    pthread_rwlockattr_t gate;
    pthread_condattr_t attributes;

    runner->world = world;
    runner->works = works;
    pthread_mutex_init(&runner->lock, NULL);
    pthread_rwlockattr_init(&gate);
    pthread_rwlockattr_setkind_np(&gate, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&runner->gate, &gate);
    pthread_rwlockattr_destroy(&gate);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&runner->woken, &attributes);
    pthread_condattr_destroy(&attributes);
    store_on_commit(world->store, on_commit, runner);
    return runner;
}

void runner_start(struct runner *runner, unsigned threads)
{
    assert(threads <= RUNNER_MAX_THREADS && runner->count == 0);
    runner->count = threads;
    for (unsigned i = 0; i < threads; i++)
        runner->threads[i] = thread_start("draht-job", run_thread, runner);
}

void runner_stop(struct runner *runner)
{
    if (!runner)
        return;
    pthread_mutex_lock(&runner->lock);
    runner->stopping = true;
    pthread_cond_broadcast(&runner->woken);
    pthread_mutex_unlock(&runner->lock);
    for (unsigned i = 0; i < runner->count; i++)
        thread_join(runner->threads[i]);
    runner->count = 0;
}

void runner_free(struct runner *runner)
{
    if (!runner)
        return;
    runner_stop(runner);
    pthread_cond_destroy(&runner->woken);
    pthread_rwlock_destroy(&runner->gate);
    pthread_mutex_destroy(&runner->lock);
    free(runner);
}
