/* test_job.c - stored work runs when it is due, and as often as it should. */
#include "fixture.h"

#include <pthread.h>

#include "job/work.h"

static struct job claim(struct fixture *f)
{
    struct job job = { 0 };
    int r = job_claim(&f->op, &job);

    CHECK_OK(f, r);
    assert_int_equal(r, 0);
    return job;
}

static void nothing_is_due(struct fixture *f)
{
    struct job job;

    assert_int_equal(job_claim(&f->op, &job), JOB_NONE);
}

static void add(struct fixture *f, const char *kind, int64_t subject, int64_t in_ms)
{
    CHECK_OK(f, job_add(&f->op, kind, subject, f->op.now + in_ms));
}

static void a_job_is_claimed_when_it_is_due_and_not_before(void **state)
{
    FIXTURE_BOTH(f);
    struct job job;
    int64_t at = -1;

    assert_int_equal(job_next_due(&f.op, &at), JOB_NONE);
    assert_int_equal(at, -1);
    add(&f, "deliver", 5, MINUTES(1));
    CHECK_OK(&f, job_next_due(&f.op, &at));
    assert_true(at == FIXTURE_NOW + MINUTES(1));
    fixture_advance(&f, MINUTES(1) - 1);
    nothing_is_due(&f);
    fixture_advance(&f, 1);
    job = claim(&f);
    CHECK_STR(job.kind, "deliver");
    assert_int_equal(job.subject_id, 5);
    assert_int_equal(job.workspace_id, 1);
    assert_int_equal(job.attempts, 1);
    nothing_is_due(&f); /* it is taken */
    assert_int_equal(job_done(&f.op, &job), 0);
    nothing_is_due(&f);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM job WHERE state = 'done'"), 1);
}

static void jobs_of_all_workspaces_are_claimed_in_the_order_they_are_due(void **state)
{
    FIXTURE_BOTH(f);

    add(&f, "a", 1, 30);
    f.op.workspace = 2;
    add(&f, "a", 1, 10);
    add(&f, "b", 1, 20);
    fixture_advance(&f, 100);
    assert_int_equal(claim(&f).workspace_id, 2);
    CHECK_STR(claim(&f).kind, "b");
    assert_int_equal(claim(&f).workspace_id, 1);
    nothing_is_due(&f);
}

static void adding_twice_keeps_the_earlier_time_and_one_row(void **state)
{
    FIXTURE_BOTH(f);
    int64_t at;

    add(&f, "a", 1, 50);
    add(&f, "a", 1, 20);
    add(&f, "a", 1, 70);
    CHECK_OK(&f, job_next_due(&f.op, &at));
    assert_true(at == FIXTURE_NOW + 20);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM job"), 1);
}

static void a_job_that_is_added_while_it_runs_runs_once_more(void **state)
{
    FIXTURE_BOTH(f);
    struct job job;

    add(&f, "a", 1, 0);
    job = claim(&f);
    add(&f, "a", 1, 10);
    add(&f, "a", 1, 30);
    fixture_advance(&f, 100);
    nothing_is_due(&f); /* never two at once */
    assert_int_equal(job_done(&f.op, &job), 0);
    job = claim(&f);
    assert_int_equal(job.attempts, 1);
    assert_true(job.run_at == FIXTURE_NOW + 10);
    assert_int_equal(job_done(&f.op, &job), 0);
    nothing_is_due(&f);
}

static void a_job_that_is_over_can_be_added_again(void **state)
{
    FIXTURE_BOTH(f);
    struct job job;

    add(&f, "a", 1, 0);
    job = claim(&f);
    assert_int_equal(job_fail(&f.op, &job, STR("it was refused")), 0);
    assert_int_equal(COUNT(&f,
                           "SELECT COUNT(*) FROM job WHERE state = 'failed' AND reason = "
                           "'it was refused' AND done_at IS NOT NULL"),
                     1);
    add(&f, "a", 1, 0);
    job = claim(&f);
    assert_int_equal(job.attempts, 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM job WHERE reason = ''"), 1);
}

static void a_retry_waits_and_counts(void **state)
{
    FIXTURE_BOTH(f);
    struct job job;

    add(&f, "a", 1, 0);
    job = claim(&f);
    assert_int_equal(job_retry(&f.op, &job, f.op.now + 500, STR("later")), 0);
    nothing_is_due(&f);
    fixture_advance(&f, 500);
    job = claim(&f);
    assert_int_equal(job.attempts, 2);
    assert_int_equal(job_again(&f.op, &job, f.op.now + 500), 0);
    fixture_advance(&f, 500);
    assert_int_equal(claim(&f).attempts, 1);
}

static void a_cancelled_job_never_runs_and_cannot_be_settled(void **state)
{
    FIXTURE_BOTH(f);
    struct job job;

    add(&f, "a", 1, 0);
    CHECK_OK(&f, job_cancel(&f.op, "a", 1));
    nothing_is_due(&f);
    add(&f, "a", 1, 0);
    job = claim(&f);
    assert_int_equal(job_check(&f.op, &job), 0);
    CHECK_OK(&f, job_cancel(&f.op, "a", 1));
    assert_int_equal(job_check(&f.op, &job), JOB_LOST);
    assert_int_equal(job_retry(&f.op, &job, 1, STR("")), JOB_LOST);
    nothing_is_due(&f);
}

static void a_worker_that_was_thought_dead_settles_nothing(void **state)
{
    FIXTURE_BOTH(f);
    struct job dead, alive;

    add(&f, "a", 1, 0);
    dead = claim(&f);
    nothing_is_due(&f);
    RUN(&f, "UPDATE job SET lease_until_at = 1");
    alive = claim(&f);
    assert_int_equal(alive.id, dead.id);
    assert_int_equal(alive.attempts, 2);
    assert_int_equal(job_check(&f.op, &dead), JOB_LOST);
    assert_int_equal(job_renew(&f.op, &dead), JOB_LOST);
    assert_int_equal(job_done(&f.op, &dead), JOB_LOST);
    assert_int_equal(job_fail(&f.op, &dead, STR("")), JOB_LOST);
    assert_int_equal(job_again(&f.op, &dead, 1), JOB_LOST);
    assert_int_equal(job_check(&f.op, &alive), 0);
    assert_int_equal(job_renew(&f.op, &alive), 0);
    assert_int_equal(job_done(&f.op, &alive), 0);
}

static void a_long_reason_is_cut_at_its_ceiling(void **state)
{
    FIXTURE_BOTH(f);
    char text[JOB_MAX_REASON + 1];
    struct job job;

    memset(text, 'x', sizeof(text));
    for (size_t n = JOB_MAX_REASON; n <= sizeof(text); n++) {
        add(&f, "a", 1, 0);
        job = claim(&f);
        assert_int_equal(job_fail(&f.op, &job, (struct str){ text, n }), 0);
        assert_int_equal(COUNT(&f, "SELECT length(reason) FROM job"), JOB_MAX_REASON);
    }
}

/* Work whose outcome is the subject: 0 done, 1 to 3 WORK_..., 10 failures. */
static int run_scripted(struct op *op, const struct job *job, struct work_result *ret)
{
    assert_null(op->db); /* no transaction is held while it runs */
    assert_int_equal(op->workspace, job->workspace_id);
    ret->reason = STR("the receiver said so");
    ret->wait_ms = job->subject_id == 11 ? HOURS(1) : 0;
    ret->again_at = op->now + MINUTES(5);
    switch (job->subject_id) {
    case 10:
        return op_fail(op, ERR_UNAVAILABLE, "the network is down");
    case 11:
        return WORK_RETRY;
    case 12:
        return op_fail(op, ERR_INTERNAL, "this is our mistake");
    default:
        return (int)job->subject_id;
    }
}

static int note_give_up(struct op *op, const struct job *job, struct str reason)
{
    return job_add(op, arena_cstr(op->arena, reason), job->subject_id, DAYS(365000));
}

static const struct work work_scripted = {
    .kind = "scripted",
    .policy = { .max_attempts = 3,
                .first_wait_ms = SECONDS(10),
                .max_wait_ms = HOURS(6) },
    .run = run_scripted,
    .give_up = note_give_up,
};

static const struct work *const works[] = { &work_scripted, NULL };

static void step(struct fixture *f, int expected)
{
    assert_int_equal(job_step(&f->world, works), expected);
}

static void the_outcome_of_the_work_decides_about_the_job(void **state)
{
    static const struct {
        int64_t subject;
        const char *state, *reason;
        int64_t min_wait, max_wait;
    } cases[] = {
        { 0, "done", "", 0, 0 },
        { WORK_RETRY, "queued", "the receiver said so", SECONDS(8), SECONDS(12) },
        { WORK_DROP, "failed", "the receiver said so", 0, 0 },
        { WORK_AGAIN, "queued", "", MINUTES(5), MINUTES(5) },
        { 10, "queued", "the network is down", SECONDS(8), SECONDS(12) },
        { 11, "queued", "the receiver said so", HOURS(1), HOURS(1) },
        { 12, "failed", "this is our mistake", 0, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE_BOTH(f);
        int64_t wait;

        add(&f, "scripted", cases[i].subject, 0);
        step(&f, 1);
        step(&f, 0);
        assert_int_equal(COUNT(&f,
                               "SELECT COUNT(*) FROM job WHERE kind = 'scripted' AND "
                               "state = $1 AND reason = $2",
                               ARG_TEXT(str_of(cases[i].state)),
                               ARG_TEXT(str_of(cases[i].reason))),
                         1);
        wait = COUNT(&f, "SELECT run_at FROM job WHERE kind = 'scripted'");
        wait = wait ? wait - FIXTURE_NOW : 0;
        assert_in_range(wait, cases[i].min_wait, cases[i].max_wait);
    }
}

static void after_the_last_attempt_the_job_has_failed_and_says_so(void **state)
{
    FIXTURE_BOTH(f);

    add(&f, "scripted", WORK_RETRY, 0);
    for (int attempt = 1; attempt <= 3; attempt++) {
        step(&f, 1);
        step(&f, 0);
        fixture_advance(&f, HOURS(1));
    }
    step(&f, 0);
    assert_int_equal(COUNT(&f, "SELECT attempts FROM job WHERE state = 'failed'"), 3);
    /* give_up() was called in the same write. */
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM job WHERE kind = 'the receiver said so'"), 1);
}

static void work_that_kills_the_program_is_not_tried_for_ever(void **state)
{
    FIXTURE_BOTH(f);

    add(&f, "scripted", 0, 0);
    for (int attempt = 1; attempt <= 3; attempt++) {
        claim(&f); /* and the program dies */
        RUN(&f, "UPDATE job SET lease_until_at = 1");
    }
    step(&f, 1);
    assert_int_equal(COUNT(&f,
                           "SELECT COUNT(*) FROM job WHERE state = 'failed' AND reason = "
                           "'the program ended in the middle of the last attempt'"),
                     1);
}

static void a_kind_that_nobody_knows_fails_visibly(void **state)
{
    FIXTURE_BOTH(f);

    add(&f, "juggle", 1, 0);
    step(&f, 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM job WHERE state = 'failed' AND "
                               "reason = 'nothing here can do juggle'"),
                     1);
}

static void waits_grow_with_the_square_up_to_the_ceiling(void **state)
{
    FIXTURE(f);

    (void)state;
    for (int64_t n = 1; n <= 100; n++) {
        int64_t plain = SECONDS(10) * n * n;

        if (plain > HOURS(6))
            plain = HOURS(6);
        for (int i = 0; i < 20; i++)
            assert_in_range(work_wait(&f.op, &work_scripted, n), plain * 4 / 5,
                            plain * 6 / 5);
    }
    assert_in_range(work_wait(&f.op, &work_scripted, INT64_MAX), HOURS(4), HOURS(8));
}

struct tally {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int runs[200], total;
};

static struct tally tally;

static int run_tallied(struct op *op, const struct job *job, struct work_result *ret)
{
    (void)op;
    (void)ret;
    pthread_mutex_lock(&tally.lock);
    tally.runs[job->subject_id]++;
    tally.total++;
    pthread_cond_broadcast(&tally.changed);
    pthread_mutex_unlock(&tally.lock);
    return 0;
}

static const struct work work_tallied = {
    .kind = "tallied",
    .policy = { .max_attempts = 3, .first_wait_ms = 1, .max_wait_ms = 1 },
    .run = run_tallied,
};

static int add_all(struct op *op, void *ctx)
{
    int r = 0;

    (void)ctx;
    for (int64_t i = 0; i < 200 && r >= 0; i++)
        r = job_add(op, "tallied", i, op->now);
    return r;
}

static void threads_run_each_job_exactly_once(void **state)
{
    static const struct work *const list[] = { &work_tallied, NULL };
    enum fixture_engine engine = *(const enum fixture_engine *)*state;
    FIXTURE_ON(f, engine == ON_MEMORY ? ON_FILE : engine);
    struct runner *runner = runner_new(&f.world, list);

    memset(&tally, 0, sizeof(tally));
    pthread_mutex_init(&tally.lock, NULL);
    pthread_cond_init(&tally.changed, NULL);
    store_start(f.store);
    runner_start(runner, 4);
    f.op.db = NULL;
    CHECK_OK(&f, store_write(&f.op, add_all, NULL));
    pthread_mutex_lock(&tally.lock);
    while (tally.total < 200)
        pthread_cond_wait(&tally.changed, &tally.lock);
    pthread_mutex_unlock(&tally.lock);
    runner_stop(runner);
    store_close(TAKE(f.store));
    runner_free(runner);
    for (int i = 0; i < 200; i++)
        assert_int_equal(tally.runs[i], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_job_is_claimed_when_it_is_due_and_not_before),
        BOTH_ENGINES(jobs_of_all_workspaces_are_claimed_in_the_order_they_are_due),
        BOTH_ENGINES(adding_twice_keeps_the_earlier_time_and_one_row),
        BOTH_ENGINES(a_job_that_is_added_while_it_runs_runs_once_more),
        BOTH_ENGINES(a_job_that_is_over_can_be_added_again),
        BOTH_ENGINES(a_retry_waits_and_counts),
        BOTH_ENGINES(a_cancelled_job_never_runs_and_cannot_be_settled),
        BOTH_ENGINES(a_worker_that_was_thought_dead_settles_nothing),
        BOTH_ENGINES(a_long_reason_is_cut_at_its_ceiling),
        BOTH_ENGINES(the_outcome_of_the_work_decides_about_the_job),
        BOTH_ENGINES(after_the_last_attempt_the_job_has_failed_and_says_so),
        BOTH_ENGINES(work_that_kills_the_program_is_not_tried_for_ever),
        BOTH_ENGINES(a_kind_that_nobody_knows_fails_visibly),
        BOTH_ENGINES(threads_run_each_job_exactly_once),
        cmocka_unit_test(waits_grow_with_the_square_up_to_the_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
