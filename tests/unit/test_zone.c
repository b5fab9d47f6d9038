/* test_zone.c - local times across daylight saving and leap days. */
#include "fixture.h"

#include "base/zone.h"

static int64_t at(const char *text)
{
    int64_t result;

    if (!time_parse(str_of(text), &result))
        fail_msg("%s is no instant", text);
    return result;
}

static void a_zone_exists_or_not(void **state)
{
    static const char *const right[] = { "Europe/Berlin", "UTC", "America/New_York",
                                         "Asia/Kathmandu", "Pacific/Apia" };
    static const char *const wrong[] = {
        "",
        "Europe/Nowhere",
        "Etc/Unknown",
        "GMT+3",
        "Mars",
        "Europe/Berlin ",
        "Europe/Bürlin",
        "../etc/passwd",
        "a very long name that no zone has, longer than sixty-four characters",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(right); i++)
        assert_true(zone_exists(str_of(right[i])));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(zone_exists(str_of(wrong[i])));
}

static void an_unknown_zone_is_named(void **state)
{
    struct civil civil = { .year = 1 };
    int64_t result = 42;
    FIXTURE(f);

    (void)state;
    assert_int_equal(zone_local(&f.op, STR("Mars"), 0, &civil), ERR_INVALID);
    CHECK_STR(f.op.err.text, "there is no time zone \"Mars\"");
    assert_int_equal(zone_instant(&f.op, STR("Mars"), &civil, &result), ERR_INVALID);
    assert_int_equal(zone_add_days(&f.op, STR("Mars"), 0, 1, &result), ERR_INVALID);
    assert_int_equal(civil.year, 1);
    assert_int_equal(result, 42);
}

static void an_instant_has_a_local_time_and_weekday(void **state)
{
    struct civil c;
    FIXTURE(f);

    (void)state;
    assert_int_equal(
        zone_local(&f.op, STR("Europe/Berlin"), at("2026-11-01T23:30:15.250Z"), &c), 0);
    assert_int_equal(c.year, 2026);
    assert_int_equal(c.month, 11);
    assert_int_equal(c.day, 2);
    assert_int_equal(c.hour, 0);
    assert_int_equal(c.minute, 30);
    assert_int_equal(c.second, 15);
    assert_int_equal(c.millisecond, 250);
    assert_int_equal(c.weekday, 0);
    assert_int_equal(
        zone_local(&f.op, STR("Asia/Kathmandu"), at("2026-07-05T12:00:00Z"), &c), 0);
    assert_int_equal(c.hour, 17);
    assert_int_equal(c.minute, 45);
    assert_int_equal(c.weekday, 6);
}

static void a_local_time_becomes_an_instant(void **state)
{
    static const struct {
        struct civil local;
        const char *utc;
    } cases[] = {
        { { 2026, 11, 2, 9, 0, 0, 0, 0 }, "2026-11-02T08:00:00Z" },
        { { 2026, 7, 1, 9, 0, 0, 7, 0 }, "2026-07-01T07:00:00.007Z" },
        /* 02:30 does not exist: the clock jumps from 02:00 to 03:00 */
        { { 2026, 3, 29, 2, 30, 0, 0, 0 }, "2026-03-29T01:30:00Z" },
        { { 2026, 3, 29, 1, 59, 59, 0, 0 }, "2026-03-29T00:59:59Z" },
        { { 2026, 3, 29, 3, 0, 0, 0, 0 }, "2026-03-29T01:00:00Z" },
        /* 02:30 happens twice: the first is summer time */
        { { 2026, 10, 25, 2, 30, 0, 0, 0 }, "2026-10-25T00:30:00Z" },
        { { 2026, 10, 25, 3, 0, 0, 0, 0 }, "2026-10-25T02:00:00Z" },
        /* rolled over */
        { { 2027, 2, 29, 12, 0, 0, 0, 0 }, "2027-03-01T11:00:00Z" },
        { { 2026, 4, 31, 12, 0, 0, 0, 0 }, "2026-05-01T10:00:00Z" },
        { { 2026, 12, 31, 24, 0, 0, 0, 0 }, "2026-12-31T23:00:00Z" },
        { { 2028, 2, 29, 12, 0, 0, 0, 0 }, "2028-02-29T11:00:00Z" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t result = -1;

        assert_int_equal(
            zone_instant(&f.op, STR("Europe/Berlin"), &cases[i].local, &result), 0);
        if (result != at(cases[i].utc))
            fail_msg("%s is " STR_FMT, cases[i].utc,
                     STR_ARG(time_format(&f.arena, result)));
    }
}

static void days_are_added_at_the_same_local_time(void **state)
{
    static const struct {
        const char *zone, *from;
        int days;
        const char *to;
    } cases[] = {
        { "Europe/Berlin", "2026-11-02T08:00:00Z", 7, "2026-11-09T08:00:00Z" },
        /* summer time begins, ends */
        { "Europe/Berlin", "2026-03-25T09:15:00Z", 7, "2026-04-01T08:15:00Z" },
        { "Europe/Berlin", "2026-10-20T08:15:30.123Z", 7, "2026-10-27T09:15:30.123Z" },
        { "America/New_York", "2026-03-05T20:00:00Z", 7, "2026-03-12T19:00:00Z" },
        { "UTC", "2026-03-25T09:15:00Z", 7, "2026-04-01T09:15:00Z" },
        /* into the hour that does not exist, and the one that happens twice */
        { "Europe/Berlin", "2026-03-22T01:30:00Z", 7, "2026-03-29T01:30:00Z" },
        { "Europe/Berlin", "2026-10-18T00:30:00Z", 7, "2026-10-25T00:30:00Z" },
        /* leap days */
        { "Europe/Berlin", "2028-02-22T11:00:00Z", 7, "2028-02-29T11:00:00Z" },
        { "Europe/Berlin", "2028-02-29T11:00:00Z", 7, "2028-03-07T11:00:00Z" },
        { "Europe/Berlin", "2027-02-22T11:00:00Z", 7, "2027-03-01T11:00:00Z" },
        { "Europe/Berlin", "2028-02-29T11:00:00Z", 365, "2029-02-28T11:00:00Z" },
        /* backwards, over a year's end, and not at all */
        { "Europe/Berlin", "2026-04-01T08:15:00Z", -7, "2026-03-25T09:15:00Z" },
        { "Europe/Berlin", "2027-01-03T11:00:00Z", -7, "2026-12-27T11:00:00Z" },
        { "Europe/Berlin", "2026-10-25T01:30:00Z", 0, "2026-10-25T01:30:00Z" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t result = -1;

        assert_int_equal(zone_add_days(&f.op, str_of(cases[i].zone), at(cases[i].from),
                                       cases[i].days, &result),
                         0);
        if (result != at(cases[i].to))
            fail_msg("%s + %d days is " STR_FMT, cases[i].from, cases[i].days,
                     STR_ARG(time_format(&f.arena, result)));
    }
}

/* Each hour of a year, except where the local clock repeats itself. */
static void local_time_and_back_is_the_same_instant(void **state)
{
    FIXTURE(f);
    int repeated = 0;

    (void)state;
    for (int64_t t = at("2026-01-01T00:10:00Z"); t < at("2027-01-01T00:00:00Z");
         t += HOURS(1)) {
        struct civil c;
        int64_t back = -1;

        assert_int_equal(zone_local(&f.op, STR("Europe/Berlin"), t, &c), 0);
        assert_int_equal(zone_instant(&f.op, STR("Europe/Berlin"), &c, &back), 0);
        if (back != t)
            repeated++;
        else
            assert_int_equal(back, t);
    }
    assert_int_equal(repeated, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zone_exists_or_not),
        cmocka_unit_test(an_unknown_zone_is_named),
        cmocka_unit_test(an_instant_has_a_local_time_and_weekday),
        cmocka_unit_test(a_local_time_becomes_an_instant),
        cmocka_unit_test(days_are_added_at_the_same_local_time),
        cmocka_unit_test(local_time_and_back_is_the_same_instant),
    };

    return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
