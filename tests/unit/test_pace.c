/* test_pace.c - when a network may be asked: rest, breaker and budget. */
#include "dialogue/pace.h"
#include "fixture.h"

enum { CHANNEL = 7 };

static const struct pace_budget none = { 0, 0 };

static struct pace pace_now(struct fixture *f)
{
    struct pace pace;

    CHECK_OK(f, pace_get(&f->op, CHANNEL, &pace));
    return pace;
}

/* May it be asked, and when else? 0: now. */
static int64_t look(struct fixture *f, const struct pace_budget *budget)
{
    int64_t at = 0;
    int r = pace_look(&f->op, CHANNEL, budget, &at);

    CHECK_OK(f, r);
    return r == PACE_WAIT ? at : 0;
}

static void call(struct fixture *f, bool failed, int64_t rest_ms)
{
    const struct pace_result result = { .failed = failed,
                                        .rest_ms = rest_ms,
                                        .reason = STR("no line") };

    CHECK_OK(f, pace_take(&f->op, CHANNEL, &none));
    CHECK_OK(f, pace_settle(&f->op, CHANNEL, &result));
}

static void what_works_without_a_budget_leaves_nothing_behind(void **state)
{
    FIXTURE_BOTH(f);

    for (int i = 0; i < 10; i++) {
        assert_int_equal(look(&f, &none), 0);
        call(&f, false, 0);
    }
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM channel_pace"), 0);
    assert_string_equal(pace_state(&f.op, &(struct pace){ 0 }), "closed");
    assert_int_equal(pace_left(&f.op, &(struct pace){ 0 }, &none), -1);
}

static void five_failures_in_a_row_open_it_and_not_one_fewer(void **state)
{
    FIXTURE_BOTH(f);
    struct pace pace;

    for (int i = 0; i < PACE_OPEN_AFTER - 1; i++)
        call(&f, true, 0);
    assert_int_equal(look(&f, &none), 0);
    call(&f, false, 0); /* one that works begins the row anew */
    for (int i = 0; i < PACE_OPEN_AFTER - 1; i++)
        call(&f, true, 0);
    assert_int_equal(look(&f, &none), 0);
    call(&f, true, 0);
    pace = pace_now(&f);
    assert_string_equal(pace_state(&f.op, &pace), "open");
    assert_true(look(&f, &none) > pace.open_until_at);
    assert_in_range(pace.open_until_at - f.op.now, PACE_FIRST_OPEN_MS / 2,
                    PACE_FIRST_OPEN_MS);
    CHECK_STR(pace.reason, "no line");
    assert_true(
        str_starts(pace_words(&f.op, &pace, &none), STR("5 calls in a row failed")));
}

static void open_it(struct fixture *f)
{
    for (int i = 0; i < PACE_OPEN_AFTER; i++)
        call(f, true, 0);
    fixture_advance(f, PACE_FIRST_OPEN_MS);
}

static void exactly_one_call_probes_and_its_success_closes_it(void **state)
{
    FIXTURE_BOTH(f);
    const struct pace_result worked = { .failed = false, .reason = STR("") };
    struct pace pace;

    open_it(&f);
    pace = pace_now(&f);
    assert_string_equal(pace_state(&f.op, &pace), "probing");
    assert_int_equal(look(&f, &none), 0);
    CHECK_OK(&f, pace_take(&f.op, CHANNEL, &none));
    for (int i = 0; i < 20; i++)
        assert_true(look(&f, &none) > f.op.now + PACE_PROBE_MS); /* the others wait */
    CHECK_OK(&f, pace_settle(&f.op, CHANNEL, &worked));
    assert_int_equal(look(&f, &none), 0);
    pace = pace_now(&f);
    assert_string_equal(pace_state(&f.op, &pace), "closed");
    assert_int_equal(pace.failures, 0);
}

static void a_probe_that_fails_opens_it_for_longer_up_to_a_ceiling(void **state)
{
    FIXTURE_BOTH(f);
    struct pace pace;
    int64_t most = PACE_FIRST_OPEN_MS;

    open_it(&f);
    for (int i = 0; i < 8; i++) {
        most = most * 2 > PACE_MAX_OPEN_MS ? PACE_MAX_OPEN_MS : most * 2;
        call(&f, true, 0);
        pace = pace_now(&f);
        assert_in_range(pace.open_until_at - f.op.now, most / 2, most);
        fixture_advance(&f, most);
    }
    assert_int_equal(most, PACE_MAX_OPEN_MS);
}

static void a_probe_whose_worker_died_is_over_in_the_end(void **state)
{
    FIXTURE_BOTH(f);

    open_it(&f);
    CHECK_OK(&f, pace_take(&f.op, CHANNEL, &none));
    fixture_advance(&f, PACE_PROBE_MS - 1);
    assert_true(look(&f, &none) > 0);
    fixture_advance(&f, 1);
    assert_int_equal(look(&f, &none), 0);
}

static void
what_was_mended_is_asked_at_once_and_a_wish_to_be_left_alone_stays(void **state)
{
    FIXTURE_BOTH(f);
    struct pace pace;

    CHECK_OK(&f, pace_forgive(&f.op, CHANNEL)); /* nothing failed: nothing is written */
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM channel_pace"), 0);
    for (int i = 0; i < PACE_OPEN_AFTER; i++)
        call(&f, true, 0);
    assert_true(look(&f, &none) > f.op.now);
    CHECK_OK(&f, pace_forgive(&f.op, CHANNEL));
    assert_int_equal(look(&f, &none), 0);
    pace = pace_now(&f);
    assert_string_equal(pace_state(&f.op, &pace), "closed");
    assert_int_equal(pace.openings, 0);

    call(&f, true, SECONDS(90));
    CHECK_OK(&f, pace_forgive(&f.op, CHANNEL));
    assert_true(look(&f, &none) >= f.op.now + SECONDS(90));
}

static void a_wish_to_be_left_alone_holds_for_the_whole_channel(void **state)
{
    FIXTURE_BOTH(f);
    struct pace pace;

    call(&f, false, SECONDS(90));
    assert_true(look(&f, &none) >= f.op.now + SECONDS(90));
    call(&f, false, SECONDS(10)); /* a shorter one does not cut it short */
    fixture_advance(&f, SECONDS(90) - 1);
    assert_true(look(&f, &none) > 0);
    pace = pace_now(&f);
    assert_true(
        str_starts(pace_words(&f.op, &pace, &none), STR("the network asked to be left")));
    fixture_advance(&f, 1);
    assert_int_equal(look(&f, &none), 0);
    call(&f, false, DAYS(30)); /* nor does a mad one end it for ever */
    fixture_advance(&f, PACE_MAX_REST_MS);
    assert_int_equal(look(&f, &none), 0);
}

static void an_empty_budget_that_the_network_told_is_a_rest(void **state)
{
    FIXTURE_BOTH(f);
    struct pace_result result = {
        .told = true, .told_left = 1, .told_ms = MINUTES(15), .reason = STR("")
    };

    CHECK_OK(&f, pace_settle(&f.op, CHANNEL, &result));
    assert_int_equal(look(&f, &none), 0);
    result.told_left = 0;
    CHECK_OK(&f, pace_settle(&f.op, CHANNEL, &result));
    assert_true(look(&f, &none) >= f.op.now + MINUTES(15));
    fixture_advance(&f, MINUTES(15));
    assert_int_equal(look(&f, &none), 0);
}

static void a_budget_is_kept_at_its_ceiling_and_one_past_it(void **state)
{
    static const struct pace_budget cases[] = {
        { 1, SECONDS(1) },    { 3, SECONDS(10) },   { 60, MINUTES(1) },
        { 1000, SECONDS(1) }, { 300, MINUTES(15) }, { 6000, MINUTES(1) },
    };
    FIXTURE_BOTH(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct pace_budget *budget = &cases[i];
        struct pace pace;

        RUN(&f, "DELETE FROM channel_pace");
        for (int64_t n = 0; n < budget->calls; n++) {
            pace = pace_now(&f);
            assert_int_equal(pace_left(&f.op, &pace, budget), budget->calls - n);
            assert_int_equal(look(&f, budget), 0);
            CHECK_OK(&f, pace_take(&f.op, CHANNEL, budget));
        }
        pace = pace_now(&f);
        assert_int_equal(pace_left(&f.op, &pace, budget), 0);
        assert_true(look(&f, budget) > f.op.now);
        fixture_advance(&f, (budget->per_ms + budget->calls - 1) / budget->calls);
        assert_int_equal(look(&f, budget), 0); /* one is back */
        fixture_advance(&f, budget->per_ms);
        pace = pace_now(&f);
        assert_int_equal(pace_left(&f.op, &pace, budget), budget->calls);
    }
}

/* The most that any stretch of the period sees is the budget and what came back in it. */
static void over_a_long_time_no_more_calls_are_made_than_allowed(void **state)
{
    static const struct pace_budget budget = { 10, SECONDS(60) };
    FIXTURE_BOTH(f);
    int64_t calls = 0;

    for (int64_t s = 0; s < 600; s++) {
        while (look(&f, &budget) == 0) {
            CHECK_OK(&f, pace_take(&f.op, CHANNEL, &budget));
            calls++;
        }
        fixture_advance(&f, SECONDS(1));
    }
    assert_in_range(calls, 105, 110); /* 10 at once, then 10 a minute */
}

static void jitter_is_full_and_comes_from_the_seed(void **state)
{
    FIXTURE(f);
    int64_t least = INT64_MAX, most = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t ms = pace_jitter(&f.op, 1000);

        assert_in_range(ms, 1, 1000);
        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    assert_true(least < 50 && most > 950);
    assert_int_equal(pace_jitter(&f.op, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_works_without_a_budget_leaves_nothing_behind),
        BOTH_ENGINES(five_failures_in_a_row_open_it_and_not_one_fewer),
        BOTH_ENGINES(exactly_one_call_probes_and_its_success_closes_it),
        BOTH_ENGINES(a_probe_that_fails_opens_it_for_longer_up_to_a_ceiling),
        BOTH_ENGINES(a_probe_whose_worker_died_is_over_in_the_end),
        BOTH_ENGINES(what_was_mended_is_asked_at_once_and_a_wish_to_be_left_alone_stays),
        BOTH_ENGINES(a_wish_to_be_left_alone_holds_for_the_whole_channel),
        BOTH_ENGINES(an_empty_budget_that_the_network_told_is_a_rest),
        BOTH_ENGINES(a_budget_is_kept_at_its_ceiling_and_one_past_it),
        BOTH_ENGINES(over_a_long_time_no_more_calls_are_made_than_allowed),
        cmocka_unit_test(jitter_is_full_and_comes_from_the_seed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
