/* test_clock.c - the virtual clock, and RFC 3339. */
#include "fixture.h"

static void a_virtual_clock_stands_still_and_never_goes_back(void **state)
{
    struct clock clock = { 0 };

    (void)state;
    assert_false(clock_is_virtual(&clock));
    assert_true(clock_now(&clock) > FIXTURE_NOW - DAYS(3650));
    clock_set(&clock, 5000);
    assert_true(clock_is_virtual(&clock));
    assert_int_equal(clock_now(&clock), 5000);
    clock_set(&clock, 4000);
    assert_int_equal(clock_now(&clock), 5000);
    clock_set(&clock, 6000);
    assert_int_equal(clock_now(&clock), 6000);
}

static void the_monotonic_clock_only_grows(void **state)
{
    int64_t before = clock_monotonic();

    (void)state;
    assert_true(before > 0);
    assert_true(clock_monotonic() >= before);
}

static void an_instant_is_written_with_milliseconds_in_utc(void **state)
{
    FIXTURE(f);

    (void)state;
    CHECK_STR(time_format(&f.arena, FIXTURE_NOW), "2026-11-02T08:00:00.000Z");
    CHECK_STR(time_format(&f.arena, 7), "1970-01-01T00:00:00.007Z");
    CHECK_STR(time_format(&f.arena, INT64_MAX), "9999-12-31T23:59:59.999Z");
    CHECK_STR(time_format(&f.arena, INT64_MIN), "1970-01-01T00:00:00.000Z");
}

static void what_rfc_3339_allows_is_read(void **state)
{
    static const struct {
        const char *text;
        int64_t at;
    } cases[] = {
        { "2026-11-02T08:00:00Z", FIXTURE_NOW },
        { "2026-11-02t08:00:00z", FIXTURE_NOW },
        { "2026-11-02T08:00:00.000Z", FIXTURE_NOW },
        { "2026-11-02T09:00:00+01:00", FIXTURE_NOW },
        { "2026-11-02T02:30:00-05:30", FIXTURE_NOW },
        { "2026-11-02T08:00:00-00:00", FIXTURE_NOW },
        { "2026-11-02T08:00:00.5Z", FIXTURE_NOW + 500 },
        { "2026-11-02T08:00:00.1239999999999999999999Z", FIXTURE_NOW + 123 },
        { "1970-01-01T00:00:00Z", 0 },
        { "2024-02-29T00:00:00Z", INT64_C(1709164800000) },
        { "2000-02-29T00:00:00Z", INT64_C(951782400000) },
        { "2016-12-31T23:59:60Z", INT64_C(1483228800000) },
        { "2017-01-01T00:59:60+01:00", INT64_C(1483228800000) },
        { "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t at = -1;

        if (!time_parse(str_of(cases[i].text), &at) || at != cases[i].at)
            fail_msg("%s is %lld", cases[i].text, (long long)at);
    }
}

static void anything_else_is_no_instant(void **state)
{
    static const char *const wrong[] = {
        "",
        "2026-11-02",
        "2026-11-02 08:00:00Z",
        "2026-11-02T08:00Z",
        "2026-11-02T08:00:00",
        "2026-11-02T08:00:00.Z",
        "2026-11-02T08:00:00,5Z",
        "2026-11-02T08:00:00Z ",
        " 2026-11-02T08:00:00Z",
        "2026-11-02T08:00:00+0100",
        "2026-11-02T08:00:00+24:00",
        "2026-11-02T08:00:00+01:60",
        "2026-11-02T24:00:00Z",
        "2026-11-02T08:60:00Z",
        "2026-11-02T08:00:60Z",
        "2026-11-02T08:00:61Z",
        "2026-13-02T08:00:00Z",
        "2026-00-02T08:00:00Z",
        "2026-11-31T08:00:00Z",
        "2026-11-00T08:00:00Z",
        "2023-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "20261102T080000Z",
        "+2026-11-02T08:00:00Z",
        "2026-11-02T-8:00:00Z",
        "2026-11-02T08:00:00ZZ",
    };
    int64_t at = 42;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (time_parse(str_of(wrong[i]), &at))
            fail_msg("\"%s\" was taken", wrong[i]);
    }
    assert_int_equal(at, 42);
}

static void every_day_comes_back_as_it_was_written(void **state)
{
    FIXTURE(f);

    (void)state;
    for (int64_t at = 1; at < DAYS(366 * 140); at += DAYS(1) + 12345) {
        int64_t back = -1;

        assert_true(time_parse(time_format(&f.arena, at), &back));
        assert_int_equal(back, at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_virtual_clock_stands_still_and_never_goes_back),
        cmocka_unit_test(the_monotonic_clock_only_grows),
        cmocka_unit_test(an_instant_is_written_with_milliseconds_in_utc),
        cmocka_unit_test(what_rfc_3339_allows_is_read),
        cmocka_unit_test(anything_else_is_no_instant),
        cmocka_unit_test(every_day_comes_back_as_it_was_written),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
