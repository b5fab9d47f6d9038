/* test_desk.c - the clocks under every turn of a talk, and what replies refuse. */
#include "base/zone.h"
#include "desk/clocks.h"
#include "dialogue/note.h"
#include "event/event.h"
#include "talk.h"

static struct conversation load(struct talk *t, int64_t id)
{
    struct conversation c;

    CHECK_OK(t->f, conversation_need(&t->f->op, id, &c));
    return c;
}

static int64_t first_wait_ms(struct talk *t)
{
    return COUNT(t->f, "SELECT wall_ms FROM wait WHERE is_first = 1");
}

static void the_clock_runs_from_the_first_word_to_the_first_human_answer(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    int64_t since = load(&t, id).waiting_since_at;

    fixture_advance(&f, MINUTES(5));
    talk_say(&t, "Jonas", "Hallo?"); /* a second message resets nothing */
    assert_int_equal(load(&t, id).waiting_since_at, since);
    fixture_advance(&f, MINUTES(9));
    talk_reply(&t, id, "Bitte neu starten");
    assert_int_equal(first_wait_ms(&t), MINUTES(14));
    assert_int_equal(load(&t, id).waiting_since_at, 0);
    CHECK_STR(load(&t, id).state, "waiting");
    CHECK_STR(load(&t, id).waiting_for, "customer");
}

static void what_the_customer_lets_us_wait_is_told_apart(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    struct check_back cb;

    fixture_advance(&f, MINUTES(14));
    talk_reply(&t, id, "Bitte neu starten");
    fixture_advance(&f, MINUTES(46));
    CHECK_OK(&f, desk_solve(&f.op, id, false, &cb));
    assert_int_equal(COUNT(&f, "SELECT wall_ms FROM segment"), HOURS(1));
    assert_int_equal(COUNT(&f, "SELECT customer_ms FROM segment"), MINUTES(46));
}

static void a_chaser_after_an_hour_raises_the_priority(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");

    fixture_advance(&f, HOURS(24));
    assert_int_equal(talk_say(&t, "Jonas", "Bitte beantworten Sie das von gestern"), id);
    assert_int_equal(load(&t, id).priority, 1);
    assert_int_equal(load(&t, id).waiting_since_at, FIXTURE_NOW);
}

static void a_failed_reply_opens_the_wait_again_from_its_old_start(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    struct outbox box;

    fixture_advance(&f, MINUTES(14));
    box = talk_reply(&t, id, "Bitte neu starten");
    CHECK_OK(&f, desk_reply_failed(&f.op, box.message_id));
    assert_int_equal(load(&t, id).waiting_since_at, FIXTURE_NOW);
    assert_int_equal(load(&t, id).first_reaction_at, 0);
    CHECK_STR(load(&t, id).state, "open");
}

static void who_wrote_again_before_a_reply_failed_waits_once(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    struct outbox box;

    fixture_advance(&f, MINUTES(14));
    box = talk_reply(&t, id, "Bitte neu starten");
    fixture_advance(&f, MINUTES(5));
    talk_say(&t, "Jonas", "Es geht immer noch nicht");
    CHECK_OK(&f, desk_reply_failed(&f.op, box.message_id));
    assert_int_equal(load(&t, id).waiting_since_at, FIXTURE_NOW);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM wait WHERE closed_at IS NULL "
                               "AND voided_at IS NULL"),
                     1);
}

static void a_held_reply_is_no_reaction_until_it_is_approved(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    struct desk_reply reply = { .conversation_id = id,
                                .body = STR("Bitte neu starten"),
                                .visibility = STR("public"),
                                .needs_approval = true };
    struct message message;
    struct outbox box;

    fixture_advance(&f, MINUTES(10));
    CHECK_OK(&f, desk_reply(&f.op, &reply, &message, &box));
    CHECK_STR(box.state, "held");
    assert_int_equal(load(&t, id).waiting_since_at, FIXTURE_NOW);
    CHECK_STR(load(&t, id).waiting_for, "approval");
    fixture_advance(&f, MINUTES(20));
    CHECK_OK(&f, desk_reply_approved(&f.op, message.id));
    assert_int_equal(first_wait_ms(&t), MINUTES(30));
}

static void solving_plans_the_question_for_the_same_local_time_a_week_later(void **state)
{
    static const struct {
        const char *solved, *due;
    } cases[] = {
        { "2026-11-02T09:00:00Z", "2026-11-09T09:00:00Z" },
        { "2027-03-25T09:00:00Z", "2027-04-01T08:00:00Z" }, /* summer time begins */
        { "2027-10-28T08:00:00Z", "2027-11-04T09:00:00Z" }, /* and ends */
        { "2028-02-29T09:00:00Z", "2028-03-07T09:00:00Z" },
    };
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct check_back cb;
        int64_t solved, due;

        assert_true(time_parse(str_of(cases[i].solved), &solved));
        assert_true(time_parse(str_of(cases[i].due), &due));
        fixture_advance(&f, solved - f.op.now);
        CHECK_OK(&f, desk_solve(&f.op, id, true, &cb));
        assert_int_equal(cb.due_at, due);
        CHECK_OK(&f, desk_reopen(&f.op, id));
        CHECK_OK(&f, check_back_get(&f.op, cb.id, &cb));
        CHECK_STR(cb.state, "cancelled");
        CHECK_STR(cb.cancel_reason, "reopened");
    }
}

static void a_locked_person_is_asked_nothing(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    struct check_back cb;
    struct message message;
    struct outbox box;

    talk_reply(&t, id, "Bitte neu starten");
    CHECK_OK(&f, desk_solve(&f.op, id, true, &cb));
    CHECK_OK(&f, desk_lock_outreach(&f.op, load(&t, id).person_id, STR("bitte nicht")));
    CHECK_OK(&f, check_back_get(&f.op, cb.id, &cb));
    CHECK_STR(cb.state, "cancelled");
    CHECK_STR(cb.cancel_reason, "opted_out");
    fixture_advance(&f, DAYS(8));
    assert_int_equal(desk_check_back_send(&f.op, cb.id, STR("Hat es gehalten?"), false,
                                          &message, &box),
                     ERR_CONFLICT);
}

static void a_check_back_sells_nothing_and_waits_for_its_day(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    struct check_back cb;
    struct message message;
    struct outbox box;

    talk_reply(&t, id, "Bitte neu starten");
    CHECK_OK(&f, desk_solve(&f.op, id, true, &cb));
    assert_int_equal(desk_check_back_send(&f.op, cb.id, STR("Hat es gehalten?"), false,
                                          &message, &box),
                     ERR_CONFLICT); /* not due yet */
    fixture_advance(&f, DAYS(7));
    talk_work(&t);
    assert_int_equal(desk_check_back_send(&f.op, cb.id,
                                          STR("Hat es gehalten? Jetzt 20 % Rabatt!"),
                                          false, &message, &box),
                     ERR_INVALID);
    CHECK_OK(&f, desk_check_back_send(&f.op, cb.id, STR("Hat es gehalten?"), false,
                                      &message, &box));
    CHECK_STR(message.visibility, "public");
    assert_int_equal(desk_check_back_send(&f.op, cb.id, STR("Hat es gehalten?"), false,
                                          &message, &box),
                     ERR_CONFLICT); /* once only */
}

static void a_colleague_who_was_faster_is_shown(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    int64_t seen = COUNT(&f, "SELECT MAX(id) FROM message");
    struct desk_reply mine = { .conversation_id = id,
                               .body = STR("Meine Antwort"),
                               .visibility = STR("public"),
                               .expected_last_id = seen };
    struct message message;
    struct outbox box;

    talk_reply(&t, id, "Annas Antwort");
    assert_int_equal(desk_reply(&f.op, &mine, &message, &box), ERR_CONFLICT);
    assert_true(str_find(f.op.err.extra, STR("Annas Antwort")) >= 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM outbox"), 1);
}

static struct message answer(struct talk *t, int64_t id)
{
    struct desk_reply reply = { .conversation_id = id,
                                .body = STR("Bitte neu starten"),
                                .visibility = STR("public") };
    struct message message;
    struct outbox box;

    CHECK_OK(t->f, desk_reply(&t->f->op, &reply, &message, &box));
    return message;
}

static int take_back(struct op *op, void *ctx)
{
    struct message old;
    int r = message_get(op, *(int64_t *)ctx, &old);

    return r ? ERR_INTERNAL : message_remove(op, &old, op->now);
}

/* A network shows nobody what stands below a thing that is gone, or refuses it. */
static void an_answer_goes_below_the_newest_that_is_still_there(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht"), first, second;

    first = COUNT(&f, "SELECT MAX(id) FROM message");
    fixture_advance(&f, MINUTES(5));
    talk_say(&t, "Jonas", "Meine Nummer ist die 4711");
    second = COUNT(&f, "SELECT MAX(id) FROM message");
    assert_int_equal(answer(&t, id).parent_id, second);
    CHECK_OK(&f, store_write(&f.op, take_back, &second));
    assert_int_equal(answer(&t, id).parent_id, first);
    CHECK_OK(&f, store_write(&f.op, take_back, &first));
    assert_int_equal(answer(&t, id).parent_id, second);
}

static void an_empty_or_over_long_text_is_refused(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht");
    char *text = arena_alloc(&f.arena, 1, 1, MESSAGE_MAX_BODY + 1);
    struct desk_reply reply = { .conversation_id = id, .visibility = STR("public") };
    struct message message;
    struct outbox box;

    memset(text, 'a', MESSAGE_MAX_BODY + 1);
    reply.body = STR("  \n");
    assert_int_equal(desk_reply(&f.op, &reply, &message, &box), ERR_INVALID);
    reply.body = (struct str){ text, MESSAGE_MAX_BODY + 1 };
    assert_int_equal(desk_reply(&f.op, &reply, &message, &box), ERR_INVALID);
    CHECK_STR(f.op.err.fields->field, "body");
    reply.body.n = MESSAGE_MAX_BODY;
    CHECK_OK(&f, desk_reply(&f.op, &reply, &message, &box));
}

static void a_merge_keeps_the_earliest_clock_and_a_redirect(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t early = talk_say(&t, "Jonas", "Mein W-Lan geht nicht"), late;
    struct conversation c;

    fixture_advance(&f, MINUTES(30));
    late = talk_say(&t, "Jonas Privat", "Ich nochmal");
    assert_true(early != late);
    CHECK_OK(&f, desk_merge(&f.op, early, late));
    assert_int_equal(load(&t, early).id, late);
    assert_int_equal(load(&t, late).waiting_since_at, FIXTURE_NOW);
    assert_int_equal(load(&t, late).opened_at, FIXTURE_NOW);
    CHECK_OK(&f, conversation_get(&f.op, early, &c));
    assert_int_equal(c.merged_into, late);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM wait WHERE closed_at IS NULL "
                               "AND voided_at IS NULL"),
                     1);
}

static void the_log_explains_every_row_after_a_whole_life(void **state)
{
    static const struct record *const records[] = {
        &person_record,  &profile_record,      &thread_record,
        &message_record, &conversation_record, &wait_record,
        &segment_record, &check_back_record,   &outbox_record,
    };
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Mein W-Lan geht nicht"), count, seq;
    struct check_back cb;
    struct str why;

    talk_reply(&t, id, "Bitte neu starten");
    talk_work(&t);
    CHECK_OK(&f, desk_solve(&f.op, id, true, &cb));
    fixture_advance(&f, DAYS(7));
    talk_work(&t);
    talk_say(&t, "Jonas", "Leider wieder weg");
    for (size_t i = 0; i < COUNT_OF(records); i++)
        assert_int_equal(record_verify(&f.op, records[i], &count, &why), 0);
    assert_int_equal(event_verify(&f.op, &count, &seq, &why), 0);
    assert_true(count > 20);
    RUN(&f, "UPDATE conversation SET priority = 0 WHERE workspace_id = $1",
        ARG_INT(f.op.workspace)); /* nobody logged this: it must be seen */
    assert_int_equal(record_verify(&f.op, &conversation_record, &count, &why),
                     RECORD_DIFFERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(the_clock_runs_from_the_first_word_to_the_first_human_answer),
        BOTH_ENGINES(what_the_customer_lets_us_wait_is_told_apart),
        BOTH_ENGINES(a_chaser_after_an_hour_raises_the_priority),
        BOTH_ENGINES(a_failed_reply_opens_the_wait_again_from_its_old_start),
        BOTH_ENGINES(who_wrote_again_before_a_reply_failed_waits_once),
        BOTH_ENGINES(a_held_reply_is_no_reaction_until_it_is_approved),
        BOTH_ENGINES(solving_plans_the_question_for_the_same_local_time_a_week_later),
        BOTH_ENGINES(a_locked_person_is_asked_nothing),
        BOTH_ENGINES(a_check_back_sells_nothing_and_waits_for_its_day),
        BOTH_ENGINES(a_colleague_who_was_faster_is_shown),
        BOTH_ENGINES(an_answer_goes_below_the_newest_that_is_still_there),
        BOTH_ENGINES(an_empty_or_over_long_text_is_refused),
        BOTH_ENGINES(a_merge_keeps_the_earliest_clock_and_a_redirect),
        BOTH_ENGINES(the_log_explains_every_row_after_a_whole_life),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
