/* test_findings.c - what was found is stored, judged and summed up. */
#include "dialogue/findings.h"

#include "desk/desk.h"
#include "talk.h"

static struct found one(enum finding_kind kind, const char *value,
                        enum found_source source)
{
    return (struct found){ .kind = kind, .value = str_of(value), .source = source };
}

static void what_is_stored_reads_as_it_was_found(void **state)
{
    FIXTURE(f);
    struct finding list[] = {
        { .kind = FINDING_INTENT,
          .probability = 0.912F,
          .value = STR("complaint"),
          .spans = { { 2, 5 }, { 9, 12 } },
          .span_count = 2 },
        { .kind = FINDING_URGENT, .unsure = true, .probability = 0.43F },
        { .kind = FINDING_TOPIC,
          .source = FINDING_BY_LIST,
          .probability = 1,
          .value = STR("Rechnung und Vertrag") },
    };
    struct findings findings = { .list = list, .count = COUNT_OF(list) };
    struct str packed = findings_pack(&f.arena, &findings, 10);
    struct found *found;

    (void)state;
    CHECK_STR(packed, "intent m 912 12-15,19-22 complaint\nurgent m 430? - \n"
                      "topic l 1000 - Rechnung und Vertrag\n");
    assert_int_equal(findings_unpack(&f.arena, packed, &found), 3);
    assert_int_equal(found[0].spans[1].to, 22);
    assert_int_equal(found[0].permille, 912);
    assert_false(found[0].unsure);
    assert_true(found[1].unsure);
    assert_int_equal(found[1].span_count, 0);
    CHECK_STR(found[2].value, "Rechnung und Vertrag");
    assert_int_equal(found[2].source, FOUND_BY_LIST);
}

static void what_cannot_be_read_is_left_out(void **state)
{
    FIXTURE(f);
    struct found *found;

    (void)state;
    assert_int_equal(findings_unpack(&f.arena,
                                     STR("nonsense\nintent m 1001 - praise\nurgent m 1 "
                                         "5-4 \nintent m 700 - praise\nintent  \n"),
                                     &found),
                     1);
    CHECK_STR(found[0].value, "praise");
}

static void of_a_mixed_message_counts_what_most_needs_an_answer(void **state)
{
    const struct found mixed[] = { one(FINDING_INTENT, "praise", FOUND_BY_MODEL),
                                   one(FINDING_INTENT, "complaint", FOUND_BY_MODEL),
                                   one(FINDING_INTENT, "question", FOUND_BY_MODEL) };
    const struct found unsure[] = {
        { .kind = FINDING_INTENT, .value = STR("praise"), .unsure = true }
    };
    struct findings_sum sum = findings_sum(mixed, COUNT_OF(mixed));

    (void)state;
    CHECK_STR(sum.intent, "complaint");
    CHECK_STR(sum.intent_by, "model");
    assert_true(sum.asks_us);
    sum = findings_sum(unsure, 1);
    assert_int_equal(sum.intent.n, 0);
    assert_int_equal(sum.marks, MARK_UNSURE);
}

static void what_is_unsure_raises_nothing(void **state)
{
    const struct found doubted[] = { { .kind = FINDING_URGENT, .unsure = true },
                                     { .kind = FINDING_AT_RISK, .unsure = true },
                                     { .kind = FINDING_FRUSTRATED, .unsure = true } };

    (void)state;
    assert_int_equal(findings_sum(doubted, COUNT_OF(doubted)).marks, 0);
}

static void only_people_say_that_something_is_nothing_for_us(void **state)
{
    const struct found model = one(FINDING_INTENT, "other", FOUND_BY_MODEL);
    const struct found person = one(FINDING_INTENT, "other", FOUND_BY_PERSON);
    const struct found opt_out = one(FINDING_OPT_OUT, "", FOUND_BY_MODEL);
    const struct found listed = one(FINDING_OPT_OUT, "", FOUND_BY_LIST);

    (void)state;
    assert_int_equal(findings_sum(&model, 1).intent.n, 0);
    CHECK_STR(findings_sum(&person, 1).intent, "other");
    assert_false(findings_sum(&opt_out, 1).is_opt_out);
    assert_true(findings_sum(&listed, 1).is_opt_out);
}

static void thanks_with_a_matter_are_not_only_thanks(void **state)
{
    const struct found list[] = { one(FINDING_THANKS, "", FOUND_BY_MODEL),
                                  one(FINDING_INTENT, "question", FOUND_BY_MODEL) };

    (void)state;
    assert_false(findings_sum(list, 2).is_thanks);
    assert_true(findings_sum(list, 1).is_thanks);
}

static void the_mood_is_the_newest_and_urgency_lasts_until_we_answer(void **state)
{
    uint32_t first = MARK_URGENT | MARK_AT_RISK | MARK_NEGATIVE;

    (void)state;
    assert_int_equal(findings_marks_join(first, MARK_POSITIVE, false),
                     MARK_URGENT | MARK_AT_RISK | MARK_POSITIVE);
    assert_int_equal(findings_marks_join(first, MARK_POSITIVE, true),
                     MARK_AT_RISK | MARK_POSITIVE);
}

static void marks_read_as_they_are_written(void **state)
{
    FIXTURE(f);
    uint32_t all = (MARK_UNSURE << 1) - 1;

    (void)state;
    CHECK_STR(findings_marks_text(&f.arena, MARK_URGENT | MARK_NEGATIVE),
              " urgent negative ");
    assert_int_equal(findings_marks_read(findings_marks_text(&f.arena, all)), all);
    assert_int_equal(findings_marks_text(&f.arena, 0).n, 0);
}

/* The newest message, with findings as a run of the model stores them. */
static struct message found_in(struct talk *t, int64_t conversation_id,
                               const char *findings)
{
    struct fixture *f = t->f;
    struct message msg;

    CHECK_OK(f, message_newest_in(&f->op, conversation_id, &msg));
    CHECK_OK(f, message_set_findings(&f->op, &msg, str_of(findings), STR("model-2")));
    return msg;
}

static void say_that_it_is(struct talk *t, const struct message *msg, const char *intent)
{
    struct fixture *f = t->f;
    struct verdict verdict = {
        .account_id = t->eva, .kind = STR("intent"), .value = str_of(intent), .holds = 1
    };

    CHECK_OK(f, verdict_add(&f->op, msg, &verdict));
    CHECK_OK(f, desk_sort_again(&f->op, msg->conversation_id));
}

static void a_newer_run_never_overwrites_a_persons_word(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Toll.");
    struct message msg = found_in(&t, id, "intent m 800 - praise\n");
    struct conversation c;

    CHECK_OK(&f, desk_sort_again(&f.op, id));
    CHECK_OK(&f, conversation_get(&f.op, id, &c));
    CHECK_STR(c.intent, "praise");
    say_that_it_is(&t, &msg, "complaint");
    found_in(&t, id, "intent m 990 - question\nurgent m 900 - \n");
    CHECK_OK(&f, desk_sort_again(&f.op, id));
    CHECK_OK(&f, conversation_get(&f.op, id, &c));
    CHECK_STR(c.intent, "complaint");
    CHECK_STR(c.intent_by, "judged");
    CHECK_STR(c.marks, " urgent ");
    CHECK_OK(&f, verdict_take_back(&f.op, &msg, STR("intent")));
    CHECK_OK(&f, desk_sort_again(&f.op, id));
    CHECK_OK(&f, conversation_get(&f.op, id, &c));
    CHECK_STR(c.intent, "question");
    assert_int_equal(verdict_take_back(&f.op, &msg, STR("intent")), VERDICT_NONE);
}

static void the_last_word_of_people_counts_and_the_one_before_comes_back(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t id = talk_say(&t, "Jonas", "Toll.");
    struct message msg = found_in(&t, id, "intent m 800 - praise\n");
    struct conversation c;

    say_that_it_is(&t, &msg, "complaint");
    say_that_it_is(&t, &msg, "order");
    CHECK_OK(&f, conversation_get(&f.op, id, &c));
    CHECK_STR(c.intent, "order");
    CHECK_OK(&f, verdict_take_back(&f.op, &msg, STR("intent")));
    CHECK_OK(&f, desk_sort_again(&f.op, id));
    CHECK_OK(&f, conversation_get(&f.op, id, &c));
    CHECK_STR(c.intent, "complaint");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_stored_reads_as_it_was_found),
        cmocka_unit_test(what_cannot_be_read_is_left_out),
        cmocka_unit_test(of_a_mixed_message_counts_what_most_needs_an_answer),
        cmocka_unit_test(what_is_unsure_raises_nothing),
        cmocka_unit_test(only_people_say_that_something_is_nothing_for_us),
        cmocka_unit_test(thanks_with_a_matter_are_not_only_thanks),
        cmocka_unit_test(the_mood_is_the_newest_and_urgency_lasts_until_we_answer),
        cmocka_unit_test(marks_read_as_they_are_written),
        BOTH_ENGINES(a_newer_run_never_overwrites_a_persons_word),
        BOTH_ENGINES(the_last_word_of_people_counts_and_the_one_before_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
