/* work.c - one job from being due to being settled. */
#include "job/work.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/random.h"
#include "db/store.h"
#include "job/stmt.h"

int64_t work_wait(struct op *op, const struct work *work, int64_t attempts)
{
    int64_t wait, most = work->policy.max_wait_ms;

    if (__builtin_mul_overflow(work->policy.first_wait_ms, attempts, &wait) ||
        __builtin_mul_overflow(wait, attempts, &wait) || wait > most)
        wait = most;
    /* Four to six fifths of it. */
    return wait / 5 * 4 + (int64_t)(random_u64(op) % (uint64_t)(wait / 5 * 2 + 1));
}

static int is_due(struct op *op, void *ctx)
{
    int64_t at, now = job_lease_now(op);
    bool *due = ctx;
    int r;

    r = job_next_due(op, &at);
    if (r < 0)
        return r;
    *due = r == 0 && at <= op->now;
    if (*due)
        return 0;
    r = db_number(op, &at, &SQL_JOB_NEXT_EXPIRED, ARG_INT(now));
    if (r < 0)
        return r;
    *due = r == 0;
    return 0;
}

static int claim(struct op *op, void *ctx)
{
    return job_claim(op, ctx);
}

static const struct work *find_work(const struct work *const *works, struct str kind)
{
    for (; *works; works++) {
        if (str_is(kind, (*works)->kind))
            return *works;
    }
    return NULL;
}

struct settling {
    const struct work *work;
    const struct job *job;
    struct work_result result;
    int outcome; /* 0 or WORK_... */
};

static int give_up(struct op *op, const struct settling *s)
{
    int r;

    r = job_fail(op, s->job, s->result.reason);
    if (r == 0 && s->work && s->work->give_up)
        r = s->work->give_up(op, s->job, s->result.reason);
    return r;
}

static int settle(struct op *op, void *ctx)
{
    const struct settling *s = ctx;
    int64_t wait;

    switch (s->outcome) {
    case 0:
        return job_done(op, s->job);
    case WORK_AGAIN:
        return job_again(op, s->job, s->result.again_at);
    case WORK_RETRY:
        wait = work_wait(op, s->work, s->job->attempts);
        if (wait < s->result.wait_ms)
            wait = s->result.wait_ms;
        return job_retry(op, s->job, op->now + wait, s->result.reason);
    case WORK_DROP:
    default:
        return give_up(op, s);
    }
}

static bool is_worth_retrying(int r)
{
    return err_is_worth_retrying((enum err_kind)r) || r == ERR_CONFLICT || r == ERR_STALE;
}

/* What a failure of run() means for the job. */
static void take_failure(struct op *op, struct settling *s, int r)
{
    op_log_failure(op); /* the runner is an edge */
    s->outcome = is_worth_retrying(r) ? WORK_RETRY : WORK_DROP;
    s->result = (struct work_result){
        .reason = op->err.text,
        .wait_ms = SECONDS((int64_t)op->err.wait),
    };
}

static void run(struct op *op, struct settling *s)
{
    int r;

    if (!s->work) {
        s->outcome = WORK_DROP;
        s->result.reason =
            arena_fmt(op->arena, "nothing here can do " STR_FMT, STR_ARG(s->job->kind));
        return;
    }
    if (s->job->attempts > s->work->policy.max_attempts) {
        s->outcome = WORK_DROP;
        s->result.reason = STR("the program ended in the middle of the last attempt");
        return;
    }
    r = s->work->run(op, s->job, &s->result);
    s->outcome = r;
    if (r < 0)
        take_failure(op, s, r);
    if (s->outcome == WORK_RETRY && s->job->attempts >= s->work->policy.max_attempts)
        s->outcome = WORK_DROP;
}

static int do_step(struct op *op, const struct work *const *works)
{
    struct settling s = { 0 };
    bool due = false;
    struct job job;
    int r;

    r = store_read(op, is_due, &due);
    if (r < 0 || !due)
        return r;
    r = store_write(op, claim, &job);
    if (r < 0)
        return r;
    if (r == JOB_NONE)
        return 0; /* another worker was faster */
    FAILPOINT("job.claimed");
    op->workspace = job.workspace_id;
    op->id = arena_fmt(op->arena, "job-%lld", (long long)job.id);
    s.job = &job;
    s.work = find_work(works, job.kind);
    run(op, &s);
    FAILPOINT("job.ran");
    op->err = (struct err){ 0 };
    op->now = clock_now(op->world->clock); /* it may have taken a while */
    r = store_write(op, settle, &s);
    if (r < 0)
        return op_detail(op, r, "while settling " STR_FMT, STR_ARG(job.kind));
    log_line(LOG_DEBUG, op->id, "event=%s kind=" STR_FMT " outcome=%d attempt=%lld",
             r == JOB_LOST ? "job_lost" : "job_ran", STR_ARG(job.kind), s.outcome,
             (long long)job.attempts);
    return 1;
}

int job_step(const struct world *world, const struct work *const *works)
{
    ARENA(scratch);
    struct op op = { .arena = &scratch,
                     .world = world,
                     .id = STR("job"),
                     .now = clock_now(world->clock) };
    int r;

    r = do_step(&op, works);
    if (r < 0)
        op_log_failure(&op);
    return r;
}
