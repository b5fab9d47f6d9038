/* work.h - running stored jobs: what is done for each kind, and how often.
 *
 * TO ADD A KIND OF WORK: (1) work/work_<kind>.c with a `const struct work`, (2) one
 * line in works[] in work/works.c, (3) one line in meson.build, (4) a test.
 */
#ifndef JOB_WORK_H
#define JOB_WORK_H

#include "job/job.h"

/* What came of it, besides 0 (done) and a failure. ERR_BUSY, ERR_UNAVAILABLE,
 * ERR_CONFLICT and ERR_STALE are tried again by plan; every other failure is
 * final, because repeating it would only fill the log. */
enum {
    WORK_RETRY = 1, /* not yet: try again by plan, not before result->wait_ms */
    WORK_DROP = 2,  /* never: result->reason is kept */
    WORK_AGAIN = 3, /* done for now, and due again at result->again_at */
};

struct work_result {
    struct str reason; /* one sentence for people */
    int64_t wait_ms;
    int64_t again_at;
};

struct work {
    const char *kind; /* stored in the database: never rename */
    struct {
        int64_t max_attempts;               /* then it has failed */
        int64_t first_wait_ms, max_wait_ms; /* the nth wait is n * n times the first */
    } policy;

    /* Called without a transaction, with op->workspace set to the job's. Must end
     * well within job_lease_ms(), or call job_renew() in between. */
    int (*run)(struct op *op, const struct job *job, struct work_result *ret);

    /* Optional: the last attempt failed. In the same write that settles the job. */
    int (*give_up)(struct op *op, const struct job *job, struct str reason);
};

/* How long to wait before attempt `attempts + 1`: with up to a fifth more or less,
 * so that what failed together does not come back together. */
int64_t work_wait(struct op *op, const struct work *work, int64_t attempts);

/* Take one due job of any workspace, run it and settle it. `works` ends with NULL.
 * 1: did something; 0: nothing is due; negative: the store failed (it is logged). */
int job_step(const struct world *world, const struct work *const *works) MUST_CHECK;

/* Threads that step by themselves, and sleep until the next job is due or a commit
 * wakes them (it registers itself with the store, so make it before store_start()). */
struct runner;
struct runner *runner_new(const struct world *world, const struct work *const *works);
void runner_start(struct runner *runner, unsigned threads); /* at most 64 */
void runner_wake(struct runner *runner); /* the clock moved, or another process wrote */

/* Run everything that is due on this thread, while the runner's own threads pause:
 * when it returns 0 nothing is due and nothing is running in this process. For the
 * virtual clock. */
int runner_drain(struct runner *runner) MUST_CHECK;

/* Lets what is running finish. NULL is fine. Before the store is closed, and after
 * nothing commits any more that could wake it: stop, close the store, free. */
void runner_stop(struct runner *runner);
void runner_free(struct runner *runner);

#endif
