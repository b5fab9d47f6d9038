/* job.c - the rows of stored work. */
#include "job/job.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/utf8.h"
#include "job/stmt.h"

int64_t job_lease_now(const struct op *op)
{
    return op->world ? clock_now(op->world->clock) : clock_machine();
}

int64_t job_lease_ms(const struct op *op)
{
    return op->world && op->world->lease_ms ? op->world->lease_ms : JOB_LEASE_MS;
}

int job_add(struct op *op, const char *kind, int64_t subject_id, int64_t run_at)
{
    if (run_at < 1)
        run_at = 1; /* 0 would mean that nothing is planned */
    return db_run(op, &SQL_JOB_ADD, ARG_WS, ARG_INT(id_next(op)), ARG_TEXT(str_of(kind)),
                  ARG_INT(subject_id), ARG_INT(run_at), ARG_INT(op->now));
}

int job_wake_all(struct op *op, int64_t workspace, const char *kind, int64_t at)
{
    return db_run(op, &SQL_JOB_WAKE_ALL, ARG_INT(workspace), ARG_TEXT(str_of(kind)),
                  ARG_INT(at < 1 ? 1 : at));
}

int job_cancel(struct op *op, const char *kind, int64_t subject_id)
{
    return db_run(op, &SQL_JOB_CANCEL, ARG_WS, ARG_TEXT(str_of(kind)),
                  ARG_INT(subject_id), ARG_INT(op->now));
}

int job_next_due(struct op *op, int64_t *ret_at)
{
    int r;

    r = db_number(op, ret_at, &SQL_JOB_NEXT_DUE);
    return r == DB_NO_ROW ? JOB_NONE : r;
}

static int read_job(struct op *op, struct db_rows *rows, struct job *ret)
{
    int r = db_next(op, rows);

    if (r < 0)
        return r;
    if (r == 0)
        return JOB_NONE;
    *ret = (struct job){
        .workspace_id = db_int(rows, 0),
        .id = db_int(rows, 1),
        .subject_id = db_int(rows, 2),
        .run_at = db_int(rows, 3),
        .epoch = db_int(rows, 4),
        .attempts = db_int(rows, 5),
        .kind = db_text(op, rows, 6),
    };
    return 0;
}

static int find(struct op *op, const struct db_stmt *stmt, int64_t at, struct job *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, stmt, ARG_INT(at));

    return r < 0 ? r : read_job(op, rows, ret);
}

static int take(struct op *op, struct job *job)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_JOB_TAKE, ARG_INT(job->workspace_id),
                      ARG_INT(job->id), ARG_INT(job->epoch),
                      ARG_INT(job_lease_now(op) + job_lease_ms(op)));

    if (r < 0)
        return r;
    if (changed == 0)
        return JOB_NONE;
    job->epoch++;
    job->attempts++;
    return 0;
}

int job_claim_one(struct op *op, const char *kind, int64_t subject_id, struct job *ret)
{
    DB_ROWS(rows);
    struct job job;
    int r;

    r = db_query(op, &rows, &SQL_JOB_ONE, ARG_WS, ARG_TEXT(str_of(kind)),
                 ARG_INT(subject_id), ARG_INT(job_lease_now(op)));
    if (r < 0)
        return r;
    r = read_job(op, rows, &job);
    db_finish(&rows);
    if (r == 0)
        r = take(op, &job);
    if (r == 0)
        *ret = job;
    return r;
}

int job_planned_at(struct op *op, const char *kind, int64_t subject_id, int64_t *ret_at)
{
    int r = db_number(op, ret_at, &SQL_JOB_PLANNED, ARG_WS, ARG_TEXT(str_of(kind)),
                      ARG_INT(subject_id));

    return r == DB_NO_ROW ? JOB_NONE : r;
}

int job_claim(struct op *op, struct job *ret)
{
    struct job job;
    int r;

    r = find(op, &SQL_JOB_DUE, op->now, &job);
    if (r == JOB_NONE)
        r = find(op, &SQL_JOB_EXPIRED, job_lease_now(op), &job);
    if (r == 0)
        r = take(op, &job);
    if (r == 0)
        *ret = job;
    return r;
}

/* The reason as it is stored: short, and words in any case. */
static struct str reason_of(struct op *op, struct str reason)
{
    return utf8_repair(op->arena, str_sub(reason, 0, JOB_MAX_REASON));
}

static int lost_if_unchanged(int r, int64_t changed)
{
    if (r < 0)
        return r;
    return changed == 1 ? 0 : JOB_LOST;
}

int job_check(struct op *op, const struct job *job)
{
    int64_t id;
    int r;

    r = db_number(op, &id, &SQL_JOB_CHECK, ARG_INT(job->workspace_id), ARG_INT(job->id),
                  ARG_INT(job->epoch));
    return r == DB_NO_ROW ? JOB_LOST : r;
}

int job_renew(struct op *op, const struct job *job)
{
    int64_t changed = 0;
    int r;

    r = db_change(op, &changed, &SQL_JOB_RENEW, ARG_INT(job->workspace_id),
                  ARG_INT(job->id), ARG_INT(job->epoch),
                  ARG_INT(job_lease_now(op) + job_lease_ms(op)));
    return lost_if_unchanged(r, changed);
}

static int end(struct op *op, const struct job *job, struct str state, struct str reason)
{
    int64_t changed = 0;
    int r;

    r = db_change(op, &changed, &SQL_JOB_END, ARG_INT(job->workspace_id),
                  ARG_INT(job->id), ARG_INT(job->epoch), ARG_TEXT(state),
                  ARG_INT(op->now), ARG_TEXT(reason_of(op, reason)));
    return lost_if_unchanged(r, changed);
}

static int requeue(struct op *op, const struct job *job, int64_t at, bool afresh,
                   struct str reason)
{
    int64_t changed = 0;
    int r;

    r = db_change(op, &changed, &SQL_JOB_REQUEUE, ARG_INT(job->workspace_id),
                  ARG_INT(job->id), ARG_INT(job->epoch), ARG_INT(at < 1 ? 1 : at),
                  ARG_BOOL(afresh), ARG_TEXT(reason_of(op, reason)));
    return lost_if_unchanged(r, changed);
}

int job_done(struct op *op, const struct job *job)
{
    return end(op, job, STR("done"), STR(""));
}

int job_fail(struct op *op, const struct job *job, struct str reason)
{
    return end(op, job, STR("failed"), reason);
}

int job_retry(struct op *op, const struct job *job, int64_t at, struct str reason)
{
    return requeue(op, job, at, false, reason);
}

int job_again(struct op *op, const struct job *job, int64_t at)
{
    return requeue(op, job, at, true, STR(""));
}
