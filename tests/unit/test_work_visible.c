/* test_work_visible.c - how long a network takes to show what it took, and what follows.
 */
#include "dialogue/visible.h"
#include "talk.h"

#define TAKEN                                                                            \
    {                                                                                    \
        0, 200, "{\"id\":\"r-1\"}"                                                       \
    }
#define SHOWN                                                                            \
    {                                                                                    \
        0, 200, "{\"complete\":true,\"messages\":[{\"id\":\"r-1\"}]}"                    \
    }
#define ABSENT                                                                           \
    {                                                                                    \
        0, 200, "{\"complete\":true,\"messages\":[]}"                                    \
    }

static void through_a_network_that_shows_late(struct talk *t, const char *network)
{
    RUN(t->f,
        "UPDATE channel SET network = $1, settings = "
        "'{\"url\":\"https://peer.example\",\"quiet_ms\":60000}'",
        ARG_TEXT(str_of(network)));
}

static void let_time_pass(struct talk *t, int64_t ms, int64_t step)
{
    talk_work(t);
    for (; ms > 0; ms -= step) {
        fixture_advance(t->f, step);
        talk_work(t);
    }
}

static int64_t longest(struct talk *t)
{
    int64_t n = 0;

    CHECK_OK(t->f, visible_longest(&t->f->op, t->channel.id, &n));
    return n;
}

static void what_was_taken_is_looked_for_until_it_shows(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    through_a_network_that_shows_late(&t, "mock_c");
    t.http.answers[0] = (struct talk_answer)TAKEN;
    t.http.answers[1] = t.http.answers[2] = (struct talk_answer)ABSENT;
    t.http.answers[3] = (struct talk_answer)SHOWN;
    assert_int_equal(longest(&t), -1);
    talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    talk_work(&t);
    assert_int_equal(t.http.calls, 2);
    let_time_pass(&t, SECONDS(1), 500);
    assert_int_equal(t.http.calls, 3);
    let_time_pass(&t, MINUTES(30), 500);
    assert_int_equal(t.http.calls, 4);
    assert_int_equal(longest(&t), SECONDS(2));
}

static void it_is_measured_once_an_hour_at_most(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);
    int64_t conversation;

    through_a_network_that_shows_late(&t, "mock_c");
    for (int i = 0; i < 20; i++)
        t.http.answers[i] = (struct talk_answer)SHOWN;
    conversation = talk_say(&t, "Jonas", "?");
    for (int i = 0; i < 6; i++) {
        t.http.answers[t.http.calls] = (struct talk_answer){
            0, 200, arena_cstr(&f.arena, arena_fmt(&f.arena, "{\"id\":\"r-%d\"}", i)), 0
        };
        talk_reply(&t, conversation, "ja");
        let_time_pass(&t, MINUTES(15), MINUTES(5));
    }
    assert_int_equal(t.http.calls, 6 + 2);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM visible_lag"), 2);
}

static void a_network_of_names_or_without_looks_is_left_alone(void **state)
{
    static const char *const networks[] = { "mock_a", "mock_e" };

    for (size_t i = 0; i < COUNT_OF(networks); i++) {
        FIXTURE_BOTH(f);
        TALK(t, f);

        through_a_network_that_shows_late(&t, networks[i]);
        t.http.answers[0] = (struct talk_answer)TAKEN;
        talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
        let_time_pass(&t, HOURS(1), MINUTES(5));
        assert_int_equal(t.http.calls, 1);
        assert_int_equal(longest(&t), -1);
    }
}

static void a_look_that_fails_opens_no_breaker_and_measures_nothing(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    through_a_network_that_shows_late(&t, "mock_c");
    t.http.answers[0] = (struct talk_answer)TAKEN;
    t.http.answers[1] = (struct talk_answer){ 0, 500, "", 0 };
    talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    let_time_pass(&t, HOURS(2), MINUTES(5));
    assert_int_equal(t.http.calls, 2);
    assert_int_equal(longest(&t), -1);
    assert_int_equal(
        COUNT(
            &f,
            "SELECT COUNT(*) FROM channel_pace WHERE failures > 0 OR open_until_at > 0"),
        0);
}

static void what_never_shows_counts_as_shown_in_the_end(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    through_a_network_that_shows_late(&t, "mock_c");
    t.http.answers[0] = (struct talk_answer)TAKEN;
    for (int i = 1; i < 40; i++)
        t.http.answers[i] = (struct talk_answer)ABSENT;
    talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    let_time_pass(&t, HOURS(2), SECONDS(10));
    assert_true(longest(&t) >= VISIBLE_GIVE_UP_MS);
    assert_true(t.http.calls < 15);
}

static void the_quiet_time_is_three_times_the_longest_wait(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    through_a_network_that_shows_late(&t, "mock_c");
    CHECK_OK(&f, visible_keep(&f.op, t.channel.id, f.op.now - HOURS(3), SECONDS(200)));
    CHECK_OK(&f, visible_keep(&f.op, t.channel.id, f.op.now - HOURS(2), SECONDS(1)));
    t.http.answers[0] = (struct talk_answer){ HTTP_MAY_HAVE_LEFT, 0, "", 0 };
    t.http.answers[1] = (struct talk_answer)SHOWN;
    talk_reply(&t, talk_say(&t, "Jonas", "?"), "ja");
    let_time_pass(&t, SECONDS(599), SECONDS(1));
    assert_int_equal(t.http.calls, 1);
    let_time_pass(&t, SECONDS(1), SECONDS(1));
    assert_int_equal(t.http.calls, 2);
}

static void
it_is_never_shorter_than_the_connector_says_nor_longer_than_an_hour(void **state)
{
    (void)state;
    assert_int_equal(visible_quiet(60000, -1), 60000);
    assert_int_equal(visible_quiet(60000, 0), 60000);
    assert_int_equal(visible_quiet(60000, 20000), 60000);
    assert_int_equal(visible_quiet(60000, 20001), 60003);
    assert_int_equal(visible_quiet(60000, HOURS(1)), VISIBLE_MAX_QUIET_MS);
    assert_int_equal(visible_quiet(HOURS(2), HOURS(3)), HOURS(2));
}

static void only_the_last_measurements_are_kept(void **state)
{
    FIXTURE_BOTH(f);
    TALK(t, f);

    for (int i = 0; i <= VISIBLE_KEPT; i++)
        CHECK_OK(&f, visible_keep(&f.op, t.channel.id, f.op.now + i, i ? 1 : 999));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM visible_lag"), VISIBLE_KEPT);
    assert_int_equal(longest(&t), 1); /* the oldest is gone */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_was_taken_is_looked_for_until_it_shows),
        BOTH_ENGINES(it_is_measured_once_an_hour_at_most),
        BOTH_ENGINES(a_network_of_names_or_without_looks_is_left_alone),
        BOTH_ENGINES(a_look_that_fails_opens_no_breaker_and_measures_nothing),
        BOTH_ENGINES(what_never_shows_counts_as_shown_in_the_end),
        BOTH_ENGINES(the_quiet_time_is_three_times_the_longest_wait),
        cmocka_unit_test(
            it_is_never_shorter_than_the_connector_says_nor_longer_than_an_hour),
        BOTH_ENGINES(only_the_last_measurements_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
