/* job.h - work that is stored: it survives a crash, waits, and is tried again.
 *
 * There is one row for each kind of work and each subject (the row it is about).
 * A worker takes a job by a lease with a fencing epoch: whoever settles a job
 * must still hold the epoch it was given, so a worker that was thought dead and
 * comes back changes nothing. Times to run and leases follow the world's clock, also
 * a virtual one: it is only moved while no job of the process runs.
 *
 * A job runs at least once. What it does must be safe to repeat.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "base/op.h"

enum { JOB_LEASE_MS = 60 * 1000, JOB_MAX_REASON = 500 };

struct job {
    int64_t workspace_id, id, subject_id;
    int64_t run_at; /* when it was due */
    int64_t epoch, attempts;
    struct str kind;
};

/* Plan `kind` for `subject_id` at `run_at` (an instant before now: at once). A job
 * that waits already runs at the earlier of both times, one that is running will
 * run once more, one that is over begins anew. Inside the caller's write, so there
 * is never a change without its job. */
int job_add(struct op *op, const char *kind, int64_t subject_id,
            int64_t run_at) MUST_CHECK;

/* Every job of this kind in `workspace` that is not cancelled runs at `at`, or earlier if
 * it was to. The same as job_add() for each, without naming them. */
int job_wake_all(struct op *op, int64_t workspace, const char *kind,
                 int64_t at) MUST_CHECK;

/* It will not run any more; a worker that runs it right now can settle nothing. */
int job_cancel(struct op *op, const char *kind, int64_t subject_id) MUST_CHECK;

/* The instant that leases go by, and how long they are: the setting `lease_seconds`,
 * JOB_LEASE_MS where there is none. */
int64_t job_lease_now(const struct op *op);
int64_t job_lease_ms(const struct op *op);

enum { JOB_NONE = 1, JOB_LOST = 2 };

/* When the next waiting job of all workspaces is due; JOB_NONE when none waits. */
int job_next_due(struct op *op, int64_t *ret_at) MUST_CHECK;

/* Take one job of any workspace that is due by op->now, or whose worker's lease
 * ran out; JOB_NONE when there is none. Inside a write. */
int job_claim(struct op *op, struct job *ret) MUST_CHECK;

/* Take this one, due or not, unless a worker has it whose lease still runs (JOB_NONE). */
int job_claim_one(struct op *op, const char *kind, int64_t subject_id,
                  struct job *ret) MUST_CHECK;

/* When it is to run; JOB_NONE when it does not wait. */
int job_planned_at(struct op *op, const char *kind, int64_t subject_id,
                   int64_t *ret_at) MUST_CHECK;

/* All of these, inside a write: JOB_LOST when another worker has the job, or
 * nobody any more; nothing was changed then. */
int job_check(struct op *op, const struct job *job) MUST_CHECK;
int job_renew(struct op *op, const struct job *job) MUST_CHECK; /* one lease more */
int job_done(struct op *op, const struct job *job) MUST_CHECK;
int job_retry(struct op *op, const struct job *job, int64_t at,
              struct str reason) MUST_CHECK;
int job_again(struct op *op, const struct job *job, int64_t at) MUST_CHECK;
int job_fail(struct op *op, const struct job *job, struct str reason) MUST_CHECK;

#endif
