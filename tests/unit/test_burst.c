/* test_burst.c - when a subject is on all lips, and when it is one loud person. */
#include "fixture.h"

#include "text/burst.h"

enum { DAY = 24 * 3600 / BURST_BIN_SECONDS };

static struct burst_finding quiet(struct burst *burst, int bins, int64_t each)
{
    struct burst_finding found = { .verdict = BURST_QUIET };

    for (int i = 0; i < bins; i++) {
        found = burst_step(burst, &burst_tuning, i % 12 ? 0 : each, 1);
        assert_int_equal(found.verdict, BURST_QUIET);
    }
    return found;
}

/* So many bins with `each` messages by `persons`; how many alarms, and how often the loud
 * were few. */
static int storm(struct burst *burst, int bins, int64_t each, int64_t persons,
                 int *ret_few)
{
    int alarms = 0;

    *ret_few = 0;
    for (int i = 0; i < bins; i++) {
        enum burst_verdict verdict =
            burst_step(burst, &burst_tuning, each, persons).verdict;

        alarms += verdict == BURST_ALARM;
        *ret_few += verdict == BURST_FEW;
    }
    return alarms;
}

static void a_stream_that_is_silent_or_drips_raises_no_alarm(void **state)
{
    struct burst burst = { .bins = 0 };
    (void)state;

    assert_int_equal(quiet(&burst, 30 * DAY, 1).recent, 2);
}

static void forty_messages_of_twenty_persons_in_two_hours_are_one_alarm(void **state)
{
    struct burst burst = { .bins = 0 };
    int few;
    (void)state;

    quiet(&burst, 7 * DAY, 1);
    assert_int_equal(storm(&burst, 24, 2, 20, &few), 1);
    assert_int_equal(few, 0);
}

static void three_complaints_where_two_are_usual_are_none(void **state)
{
    struct burst burst = { .bins = 0 };
    int few;
    (void)state;

    quiet(&burst, 7 * DAY, 1);
    assert_int_equal(storm(&burst, 3, 1, 3, &few), 0);
    assert_int_equal(few, 0);
}

static void one_person_forty_times_is_told_apart(void **state)
{
    struct burst burst = { .bins = 0 };
    int few;
    (void)state;

    quiet(&burst, 7 * DAY, 1);
    assert_int_equal(storm(&burst, 8, 5, 1, &few), 0);
    assert_true(few > 0);
    assert_int_equal(storm(&burst, 1, 5, BURST_LEAST_PERSONS - 1, &few), 0);
    assert_int_equal(few, 1);
    assert_int_equal(storm(&burst, 1, 5, BURST_LEAST_PERSONS, &few), 1);
}

static void after_an_alarm_there_is_none_for_a_day_and_a_half(void **state)
{
    struct burst burst = { .bins = 0 };
    int few;
    (void)state;

    quiet(&burst, 7 * DAY, 1);
    assert_int_equal(storm(&burst, 12, 40, 40, &few), 1);
    assert_int_equal(storm(&burst, BURST_SILENT_BINS - 12, 0, 0, &few), 0);
    assert_int_equal(storm(&burst, 12, 400, 400, &few), 1);
}

static void a_busy_stream_is_used_to_more(void **state)
{
    struct burst burst = { .bins = 0 };
    int few;
    (void)state;

    for (int i = 0; i < 14 * DAY; i++)
        burst_step(&burst, &burst_tuning, 50 + (i * 37) % 60, 50);
    assert_int_equal(storm(&burst, 12, 120, 120, &few), 0);
    assert_int_equal(storm(&burst, 12, 2000, 500, &few), 1);
}

static void foolish_counts_are_taken_without_harm(void **state)
{
    struct burst burst = { .bins = 0 };
    struct burst_finding found = { .verdict = BURST_QUIET };
    (void)state;

    for (int i = 0; i < 3 * DAY; i++)
        found =
            burst_step(&burst, &burst_tuning, i % 2 ? INT64_MAX : INT64_MIN, INT64_MAX);
    assert_true(found.score >= 0 && found.score <= 1);
    assert_int_equal(found.recent, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_that_is_silent_or_drips_raises_no_alarm),
        cmocka_unit_test(forty_messages_of_twenty_persons_in_two_hours_are_one_alarm),
        cmocka_unit_test(three_complaints_where_two_are_usual_are_none),
        cmocka_unit_test(one_person_forty_times_is_told_apart),
        cmocka_unit_test(after_an_alarm_there_is_none_for_a_day_and_a_half),
        cmocka_unit_test(a_busy_stream_is_used_to_more),
        cmocka_unit_test(foolish_counts_are_taken_without_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
