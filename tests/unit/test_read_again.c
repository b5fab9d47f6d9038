/* test_read_again.c - what older models found is read again: in portions, to the end,
 * once, and never over a person's word. */
#include "dialogue/findings.h"
#include "talk.h"
#include "work/work_read_again.h"
#include "work/works.h"

#define ANGRY "Seit drei Wochen keine Antwort!!! Ich bin stinksauer und kündige."

static void plan(struct talk *t)
{
    CHECK_OK(t->f, reading_plan(&t->f->op));
}

static struct read_again row_of(struct talk *t)
{
    struct read_again row;

    assert_int_equal(read_again_get(&t->f->op, &row), 0);
    return row;
}

/* As a job runs: without a transaction around it. */
static void step(struct talk *t)
{
    assert_int_equal(job_step(&t->f->world, works), 1);
}

static void many_say(struct talk *t, int count)
{
    for (int i = 0; i < count; i++)
        talk_say(t, arena_fmt(&t->f->arena, "P%d%c", i % 40, 0).p, ANGRY);
}

static int64_t unread(struct fixture *f)
{
    return COUNT(f, "SELECT COUNT(*) FROM message_version WHERE model <> $1",
                 ARG_TEXT(finding_model()));
}

static void what_nobody_has_read_is_read_to_the_end(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct read_again row;

    many_say(&t, READ_AGAIN_PORTION + 50);
    assert_int_equal(unread(&f), READ_AGAIN_PORTION + 50);
    plan(&t);
    talk_work(&t);
    assert_int_equal(unread(&f), 0);
    row = row_of(&t);
    assert_int_equal(row.total, READ_AGAIN_PORTION + 50);
    assert_int_equal(row.looked, row.total);
    assert_int_equal(row.changed, row.total);
    assert_true(row.ended_at > 0);
    assert_int_equal(row.trouble.n, 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM conversation "
                               "WHERE marks LIKE '% at_risk %' AND intent = 'complaint'"),
                     40);
}

static void a_portion_more_or_less_ends_as_well(void **state)
{
    static const int counts[] = { 0, 1, READ_AGAIN_PORTION };

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        FIXTURE_BOTH(f);
        TALK(t, f);

        many_say(&t, counts[i]);
        plan(&t);
        talk_work(&t);
        assert_int_equal(row_of(&t).looked, counts[i]);
        assert_true(row_of(&t).ended_at > 0);
    }
}

/* The program ends between two portions, and another one begins. */
static void what_was_read_before_a_stop_is_not_read_twice(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct read_again row;

    many_say(&t, READ_AGAIN_PORTION + 1);
    plan(&t);
    step(&t);
    row = row_of(&t);
    assert_int_equal(row.looked, READ_AGAIN_PORTION);
    assert_int_equal(row.ended_at, 0);
    assert_int_equal(unread(&f), 1);
    RUN(&f, "UPDATE message_version SET findings = '' WHERE findings <> ''");
    plan(&t);
    assert_int_equal(row_of(&t).cursor_id, row.cursor_id);
    talk_work(&t);
    assert_int_equal(row_of(&t).looked, READ_AGAIN_PORTION + 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM message_version "
                               "WHERE findings = ''"),
                     READ_AGAIN_PORTION);
}

static void one_that_has_ended_begins_anew_for_a_new_model_only(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    many_say(&t, 3);
    plan(&t);
    talk_work(&t);
    fixture_advance(&f, HOURS(1));
    plan(&t);
    assert_int_equal(row_of(&t).ended_at, FIXTURE_NOW);
    RUN(&f, "UPDATE read_again SET model = 'older'");
    RUN(&f, "UPDATE message_version SET model = 'older', findings = '' "
            "WHERE message_id = (SELECT MIN(id) FROM message)");
    plan(&t);
    talk_work(&t);
    assert_int_equal(row_of(&t).begun_at, FIXTURE_NOW + HOURS(1));
    assert_int_equal(row_of(&t).looked, 3);
    assert_int_equal(row_of(&t).changed, 1);
    assert_int_equal(unread(&f), 0);
}

static void a_person_can_have_all_read_again_and_it_is_on_record(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    many_say(&t, READ_AGAIN_PORTION + 1);
    plan(&t);
    talk_work(&t);
    RUN(&f, "UPDATE message_version SET findings = ''"); /* as after a change of lists */
    CHECK_OK(&f, reading_begin(&f.op));
    step(&t);
    CHECK_OK(&f, reading_begin(&f.op)); /* it goes on */
    assert_int_equal(row_of(&t).looked, READ_AGAIN_PORTION);
    talk_work(&t);
    assert_int_equal(row_of(&t).account_id, t.eva);
    assert_int_equal(row_of(&t).changed, READ_AGAIN_PORTION + 1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event "
                               "WHERE kind = 'findings.read_again'"),
                     1);
}

static void a_persons_word_stands_whatever_is_read(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t judged = talk_say(&t, "Jonas", ANGRY), set = talk_say(&t, "Lea", ANGRY);
    struct verdict verdict = {
        .account_id = t.eva, .kind = STR("intent"), .value = STR("order"), .holds = 1
    };
    struct conversation c, now;
    struct message msg;

    CHECK_OK(&f, message_newest_in(&f.op, judged, &msg));
    CHECK_OK(&f, verdict_add(&f.op, &msg, &verdict));
    CHECK_OK(&f, conversation_get(&f.op, set, &c));
    now = c;
    now.intent = STR("praise");
    now.intent_by = STR("person");
    CHECK_OK(&f, conversation_update(&f.op, &c, &now, "conversation.changed",
                                     (struct str){ 0 }));
    plan(&t);
    talk_work(&t);
    CHECK_OK(&f, conversation_get(&f.op, judged, &c));
    CHECK_STR(c.intent, "order");
    CHECK_STR(c.intent_by, "judged");
    CHECK_OK(&f, conversation_get(&f.op, set, &c));
    CHECK_STR(c.intent, "praise");
    assert_true(findings_marks_read(c.marks) & MARK_AT_RISK);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM verdict WHERE taken_back_at IS NULL "
                               "AND value = 'order'"),
                     1);
}

static void a_solved_case_stays_solved_and_nobody_is_locked(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Bitte schreiben Sie mir nicht mehr!");
    struct conversation before, after;

    CHECK_OK(&f, conversation_get(&f.op, id, &before));
    plan(&t);
    talk_work(&t);
    CHECK_OK(&f, conversation_get(&f.op, id, &after));
    assert_true(str_eq(before.state, after.state));
    assert_true(before.waiting_since_at == after.waiting_since_at);
    assert_int_equal(
        COUNT(&f, "SELECT COUNT(*) FROM person WHERE outreach_locked_at > 0"), 0);
}

/* One run, whose nth call of the store fails; whether one did. */
static bool run_with_failure(struct talk *t, unsigned nth)
{
    struct fixture *f = t->f;
    struct work_result result = { 0 };
    struct job job;
    bool failed;
    int r;

    assert_int_equal(job_claim(&f->op, &job), 0);
    f->op.db = flaky_db(f->op.db, nth);
    r = work_read_again.run(&f->op, &job, &result);
    failed = flaky_db_has_failed(f->op.db);
    flaky_db_remove(&f->op);
    assert_true(failed == (r < 0));
    f->op.err = (struct err){ 0 };
    return failed;
}

/* As if nobody had ever looked. */
static void forget(struct talk *t)
{
    RUN(t->f, "DELETE FROM read_again");
    RUN(t->f, "UPDATE message_version SET model = '', findings = ''");
    RUN(t->f, "UPDATE conversation SET marks = '', intent = '', intent_by = ''");
}

/* What was written is whole, and the rest follows. */
static void it_goes_on_wherever_the_store_failed(void **state UNUSED)
{
    FIXTURE_STORE(f);
    TALK(t, f);
    unsigned nth = 1;

    many_say(&t, 25);
    for (bool failed = true; failed; nth++) {
        forget(&t);
        plan(&t);
        failed = run_with_failure(&t, nth);
        assert_int_equal(COUNT(&f, "SELECT looked FROM read_again"), 25 - unread(&f));
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM conversation c WHERE marks = '' "
                                   "AND EXISTS (SELECT 1 FROM message m "
                                   "JOIN message_version v ON v.message_id = m.id "
                                   "WHERE m.conversation_id = c.id AND v.model <> '')"),
                         0);
        fixture_advance(&f, MINUTES(5));
        talk_work(&t);
        assert_int_equal(unread(&f), 0);
        assert_int_equal(row_of(&t).looked, 25);
    }
    assert_true(nth > 30);
}

static void one_that_cannot_go_on_says_so_until_it_is_begun_again(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    struct job job;

    many_say(&t, 2);
    plan(&t);
    for (int i = 0; i <= work_read_again.policy.max_attempts; i++) {
        fixture_advance(&f, HOURS(1)); /* each time the process ends in the middle */
        if (i < work_read_again.policy.max_attempts)
            assert_int_equal(job_claim(&f.op, &job), 0);
    }
    talk_work(&t);
    assert_true(row_of(&t).ended_at > 0);
    assert_true(row_of(&t).trouble.n > 0);
    plan(&t);
    talk_work(&t);
    assert_int_equal(unread(&f), 2);
    CHECK_OK(&f, reading_begin(&f.op));
    talk_work(&t);
    assert_int_equal(unread(&f), 0);
    assert_int_equal(row_of(&t).trouble.n, 0);
}

/* The clock of the machine goes back an hour, or the lid was closed for one. */
static void a_clock_that_jumps_neither_stops_it_nor_spoils_the_forecast(void **state)
{
    static const int64_t jumps[] = { -HOURS(1), HOURS(1) };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        FIXTURE_STORE(f);
        TALK(t, f);

        many_say(&t, 1);
        plan(&t);
        RUN(&f, "UPDATE read_again SET moved_at = moved_at - $1", ARG_INT(jumps[i]));
        talk_work(&t);
        assert_int_equal(COUNT(&f, "SELECT busy_ms FROM read_again"), SECONDS(10));
    }
}

static void when_it_is_done_is_told_from_how_long_it_took(void **state)
{
    FIXTURE(f);
    struct read_again row = { .looked = 100, .total = 400, .busy_ms = 5000 };

    (void)state;
    assert_int_equal(reading_done_at(&f.op, &row), FIXTURE_NOW + 15000);
    row.busy_ms = 50;
    assert_int_equal(reading_done_at(&f.op, &row), FIXTURE_NOW + 150);
    row.looked = 0;
    assert_int_equal(reading_done_at(&f.op, &row), 0);
    row.looked = row.total = 400;
    row.ended_at = 1;
    assert_int_equal(reading_done_at(&f.op, &row), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_nobody_has_read_is_read_to_the_end),
        BOTH_ENGINES(a_portion_more_or_less_ends_as_well),
        BOTH_ENGINES(what_was_read_before_a_stop_is_not_read_twice),
        BOTH_ENGINES(one_that_has_ended_begins_anew_for_a_new_model_only),
        BOTH_ENGINES(a_person_can_have_all_read_again_and_it_is_on_record),
        BOTH_ENGINES(a_persons_word_stands_whatever_is_read),
        BOTH_ENGINES(a_solved_case_stays_solved_and_nobody_is_locked),
        cmocka_unit_test(it_goes_on_wherever_the_store_failed),
        BOTH_ENGINES(one_that_cannot_go_on_says_so_until_it_is_begun_again),
        cmocka_unit_test(a_clock_that_jumps_neither_stops_it_nor_spoils_the_forecast),
        cmocka_unit_test(when_it_is_done_is_told_from_how_long_it_took),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
