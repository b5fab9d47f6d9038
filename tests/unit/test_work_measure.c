/* test_work_measure.c - counting what networks count: when, how much of it, and what is
 * kept of that. */
#include "dialogue/measured.h"
#include "dialogue/message.h"
#include "job/job.h"
#include "network.h"
#include "work/work_measure.h"

#define URL "{\"url\":\"https://net.example\"}"

static void plan(struct talk *t)
{
    CHECK_OK(t->f, measure_plan(&t->f->op, &t->channel));
}

static void pass(struct talk *t, int64_t ms)
{
    fixture_advance(t->f, ms);
    talk_work(t);
}

/* A public post of ours, in a thread where somebody asked. */
static int64_t post(struct talk *t, const char *id, int64_t sent_at)
{
    struct fixture *f = t->f;
    const struct message_said said = { .body = STR("Antwort"),
                                       .findings = STR(""),
                                       .model = STR("") };
    struct message msg = { .channel_id = t->channel.id,
                           .external_id = str_of(id),
                           .direction = STR("out"),
                           .visibility = STR("public"),
                           .sent_at = sent_at,
                           .received_at = sent_at,
                           .version = 1 };

    if (COUNT(f, "SELECT COUNT(*) FROM thread") == 0)
        talk_say(t, "Jonas", "Frage");
    msg.thread_id = COUNT(f, "SELECT MIN(id) FROM thread");
    CHECK_OK(f, message_add(&f->op, &msg, &said));
    return msg.id;
}

static struct measured as_it_stands(struct talk *t, int64_t message_id)
{
    struct measured m = { .now = counted_nothing() };

    CHECK_OK(t->f, measured_get(&t->f->op, t->channel.id, message_id, &m));
    return m;
}

static size_t points(struct talk *t, int64_t message_id, struct measured_point **ret)
{
    const struct measured_span all = { t->channel.id, message_id, 0, INT64_MAX };
    size_t count;

    CHECK_OK(t->f, measured_series(&t->f->op, &all, ret, &count));
    return count;
}

static void followers_are_a_point_each_day_also_when_they_stay_the_same(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct measured_point *list;

    plan(&t);
    for (int i = 0; i < 24 * 4; i++)
        pass(&t, HOURS(1));
    assert_int_equal(points(&t, 0, &list), n.measures);
    assert_in_range(n.measures, 4, 5);
    for (size_t i = 0; i < n.measures; i++) {
        CHECK_STR(list[i].kind, "followers");
        assert_int_equal(list[i].number, 7);
    }
    assert_int_equal(as_it_stands(&t, 0).now.of[COUNTED_FOLLOWERS], 7);
    assert_int_equal(as_it_stands(&t, 0).now.of[COUNTED_LIKES], COUNTED_NOT_GIVEN);
}

static void a_post_is_counted_the_less_often_the_older_it_is(void **state UNUSED)
{
    static const struct {
        int64_t age, step;
    } cases[] = { { 0, HOURS(1) },       { DAYS(1) - 1, HOURS(1) },
                  { DAYS(1), DAYS(1) },  { DAYS(14) - 1, DAYS(1) },
                  { DAYS(14), DAYS(7) }, { DAYS(90), DAYS(7) } };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(measured_step(cases[i].age), cases[i].step);
}

/* Hourly on its first day, daily for two weeks, weekly for ninety days: 24 + 13 + 11. */
static void after_ninety_days_nobody_asks_any_more(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    size_t day, fortnight, all;

    post(&t, "p-1", f.op.now);
    plan(&t);
    for (int i = 0; i < 24; i++)
        pass(&t, HOURS(1));
    day = n.counted;
    for (int i = 0; i < 13 * 24; i++)
        pass(&t, HOURS(1));
    fortnight = n.counted;
    for (int i = 0; i < 77; i++)
        pass(&t, DAYS(1));
    all = n.counted;
    for (int i = 0; i < 20; i++)
        pass(&t, DAYS(1));
    assert_in_range(day, 20, 24);
    assert_in_range(fortnight - day, 12, 14);
    assert_in_range(all - fortnight, 9, 11);
    assert_int_equal(n.counted, all);
}

static void only_what_changes_is_a_point_and_nothing_is_not_zero(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    int64_t id = post(&t, "p-1", f.op.now);
    struct measured_point *list;

    plan(&t);
    n.post_counts = ",\"likes\":0,\"shares\":3";
    pass(&t, HOURS(1));
    pass(&t, HOURS(2));
    assert_int_equal(points(&t, id, &list), 2);
    n.post_counts = ",\"likes\":12,\"shares\":3";
    pass(&t, HOURS(2));
    assert_int_equal(points(&t, id, &list), 3);
    CHECK_STR(list[2].kind, "likes");
    assert_int_equal(list[2].number, 12);
    assert_int_equal(as_it_stands(&t, id).now.of[COUNTED_VIEWS], COUNTED_NOT_GIVEN);
    n.post_counts = ",\"likes\":12,\"shares\":null";
    pass(&t, HOURS(2));
    assert_int_equal(points(&t, id, &list), 4);
    CHECK_STR(list[3].kind, "shares");
    assert_int_equal(list[3].number, COUNTED_NOT_GIVEN);
    assert_int_equal(as_it_stands(&t, id).measured_at, f.op.now);
    assert_int_equal(COUNT(&f, "SELECT number FROM reaction_count WHERE kind = 'like'"),
                     12);
}

static void what_is_not_ours_or_not_public_or_gone_is_not_counted(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);

    post(&t, "secret", f.op.now);
    RUN(&f, "UPDATE message SET visibility = 'private' WHERE direction = 'out'");
    post(&t, "gone", f.op.now);
    RUN(&f, "UPDATE message SET removed_at = 1 WHERE external_id = 'gone'");
    post(&t, "page:1", f.op.now);
    plan(&t);
    pass(&t, HOURS(1));
    assert_int_equal(n.measures, 1); /* the account */
    assert_int_equal(n.counted, 0);
}

static void posts(struct talk *t, int count, int64_t at)
{
    for (int i = 0; i < count; i++)
        post(t, arena_cstr(&t->f->arena, arena_fmt(&t->f->arena, "p-%d", i)), at);
}

static void many_posts_are_asked_for_together_and_only_so_many_in_a_round(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);

    posts(&t, 110, f.op.now - DAYS(20));
    plan(&t);
    pass(&t, MINUTES(3));
    assert_int_equal(n.measures, 20);
    assert_int_equal(n.counted, 19 * 5);
    pass(&t, MINUTES(20));
    assert_int_equal(n.counted, 110);
    pass(&t, HOURS(3));
    assert_int_equal(n.counted, 110);
}

/* Replies and polls come first. */
static void of_a_budget_the_half_is_left_alone(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED,
            "{\"url\":\"https://net.example\",\"calls_per_minute\":6}");

    posts(&t, 100, f.op.now);
    plan(&t);
    pass(&t, MINUTES(3));
    assert_int_equal(n.measures, 3);
}

static void a_network_that_said_little_is_left_is_not_asked(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    const struct pace_result told = { .told = true,
                                      .told_left = 100,
                                      .told_ms = MINUTES(30) };

    CHECK_OK(&f, pace_settle(&f.op, t.channel.id, &told));
    plan(&t);
    pass(&t, MINUTES(20));
    assert_int_equal(n.measures, 0);
    pass(&t, MINUTES(20));
    assert_int_equal(n.measures, 1);
}

static void measuring_that_fails_says_why_and_waits_an_hour(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);

    n.script[0] = FAULT_500;
    n.scripted = 1;
    plan(&t);
    pass(&t, MINUTES(3));
    CHECK_STR(as_it_stands(&t, 0).error, "the network answered 500");
    assert_int_equal(as_it_stands(&t, 0).failed_at, f.op.now);
    assert_int_equal(as_it_stands(&t, 0).measured_at, 0);
    RUN(&f, "DELETE FROM channel_pace");
    pass(&t, MINUTES(20));
    assert_int_equal(n.measures, 1);
    pass(&t, MINUTES(41));
    assert_int_equal(n.measures, 2);
    CHECK_STR(as_it_stands(&t, 0).error, "");
    assert_int_equal(as_it_stands(&t, 0).failed_at, 0);
    assert_int_equal(as_it_stands(&t, 0).now.of[COUNTED_FOLLOWERS], 7);
}

static int64_t answer_below(struct talk *t, int64_t post_id, const char *id)
{
    struct message parent, msg;
    const struct message_said said = { STR("Stimmt."), STR(""), STR(""), false };

    CHECK_OK(t->f, message_get(&t->f->op, post_id, &parent));
    msg = parent;
    msg.parent_id = post_id;
    msg.external_id = str_of(id);
    msg.direction = STR("other");
    CHECK_OK(t->f, message_add(&t->f->op, &msg, &said));
    return msg.id;
}

static bool differs(struct talk *t, int64_t post_id, struct measured_answers *ret)
{
    struct measured m = as_it_stands(t, post_id);
    int r = measured_answers(&t->f->op, t->channel.id, post_id, ret);

    CHECK_OK(t->f, r);
    return r == 0 && measured_differs(&m, ret);
}

/* The network says five, three are here: said when it lasts, with what explains it. */
static void answers_that_do_not_add_up_are_told_when_it_lasts(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    int64_t id = post(&t, "p-1", f.op.now);
    struct measured_answers answers;

    answer_below(&t, id, "a-1");
    answer_below(&t, id, "a-2");
    answer_below(&t, id, "a-3");
    answer_below(&t, id, "page:4"); /* of our own page: the network does not know it */
    RUN(&f, "UPDATE message SET standing = 'held' WHERE external_id = 'a-2'");
    RUN(&f, "UPDATE message SET removed_at = 1 WHERE external_id = 'a-3'");
    n.post_counts = ",\"replies\":5";
    plan(&t);
    pass(&t, MINUTES(3));
    assert_false(differs(&t, id, &answers));
    pass(&t, HOURS(2));
    assert_true(differs(&t, id, &answers));
    assert_int_equal(answers.network, 5);
    assert_int_equal(answers.here, 3);
    assert_int_equal(answers.hidden, 1);
    assert_int_equal(answers.removed, 1);
    answer_below(&t, id, "a-5");
    pass(&t, HOURS(2));
    assert_false(differs(&t, id, &answers)); /* since just now */
    answer_below(&t, id, "a-6");
    pass(&t, HOURS(2));
    pass(&t, HOURS(2));
    assert_int_equal(answers.here, 4);
    assert_false(differs(&t, id, &answers));
    assert_int_equal(answers.here, answers.network);
}

static void a_network_that_counts_no_answers_is_compared_with_nothing(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    int64_t id = post(&t, "p-1", f.op.now);
    struct measured_answers answers;

    answer_below(&t, id, "a-1");
    plan(&t);
    pass(&t, HOURS(2));
    pass(&t, HOURS(2));
    assert_int_equal(measured_answers(&f.op, t.channel.id, id, &answers), MEASURED_NONE);
}

static void a_channel_without_dialogue_or_numbers_is_not_measured(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    NETWORK(n, t, DELIVERY_MARKED, URL);
    struct channel now = t.channel;

    now.mode = STR("none");
    assert_false(measure_can(&now));
    now = t.channel;
    now.network = STR("wordpress");
    assert_false(measure_can(&now));
    now = t.channel;
    now.retired_at = 1;
    assert_false(measure_can(&now));
    plan(&t);
    RUN(&f, "UPDATE channel SET mode = 'none'");
    pass(&t, HOURS(1));
    assert_int_equal(n.measures, 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM job WHERE kind = 'measure' "
                               "AND state = 'queued'"),
                     0);
}

static void a_count_is_a_number_up_to_a_trillion(void **state UNUSED)
{
    static const struct {
        const char *json;
        int64_t expected;
    } cases[] = { { "{\"n\":0}", 0 },
                  { "{\"n\":1000000000000}", COUNTED_MOST },
                  { "{\"n\":1000000000001}", COUNTED_NOT_GIVEN },
                  { "{\"n\":-1}", COUNTED_NOT_GIVEN },
                  { "{\"n\":null}", COUNTED_NOT_GIVEN },
                  { "{\"n\":\"5\"}", COUNTED_NOT_GIVEN },
                  { "{}", COUNTED_NOT_GIVEN } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct json *json;
        FIXTURE(f);

        CHECK_OK(&f, json_parse(&f.op, str_of(cases[i].json), &json));
        assert_int_equal(counted_number(json, "n"), cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(followers_are_a_point_each_day_also_when_they_stay_the_same),
        cmocka_unit_test(a_post_is_counted_the_less_often_the_older_it_is),
        BOTH_ENGINES(after_ninety_days_nobody_asks_any_more),
        BOTH_ENGINES(only_what_changes_is_a_point_and_nothing_is_not_zero),
        BOTH_ENGINES(what_is_not_ours_or_not_public_or_gone_is_not_counted),
        BOTH_ENGINES(many_posts_are_asked_for_together_and_only_so_many_in_a_round),
        BOTH_ENGINES(of_a_budget_the_half_is_left_alone),
        BOTH_ENGINES(a_network_that_said_little_is_left_is_not_asked),
        BOTH_ENGINES(measuring_that_fails_says_why_and_waits_an_hour),
        BOTH_ENGINES(answers_that_do_not_add_up_are_told_when_it_lasts),
        BOTH_ENGINES(a_network_that_counts_no_answers_is_compared_with_nothing),
        BOTH_ENGINES(a_channel_without_dialogue_or_numbers_is_not_measured),
        cmocka_unit_test(a_count_is_a_number_up_to_a_trillion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
