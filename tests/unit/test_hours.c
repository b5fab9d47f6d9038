/* test_hours.c - service time: days, midnights, holidays, clock changes, new calendars.
 */
#include "admin/department.h"
#include "admin/workspace.h"
#include "desk/hours.h"
#include "fixture.h"

static int64_t at(const char *text)
{
    int64_t ms = 0;

    assert_true(time_parse(str_of(text), &ms));
    return ms;
}

/* A department that works on these slots in Berlin from the beginning on. */
static int64_t department(struct fixture *f, const struct hours_slot *slots, size_t count)
{
    struct workspace workspace = { .name = STR("Firma") };
    struct department d = { .name = STR("Service") };
    struct str holidays[] = { STR("2026-12-25") };
    struct hours hours = { .time_zone = STR("Europe/Berlin"),
                           .slots = (struct hours_slot *)slots,
                           .slot_count = count,
                           .holidays = holidays,
                           .holiday_count = 1 };

    if (workspace_get(&f->op, &workspace) < 0)
        CHECK_OK(f, workspace_create(&f->op, &workspace));
    CHECK_OK(f, department_add(&f->op, &d));
    hours.department_id = d.id;
    f->op.now = at("2026-01-01T00:00:00Z");
    CHECK_OK(f, hours_put(&f->op, &hours));
    f->op.now = FIXTURE_NOW;
    return d.id;
}

static const struct hours_slot office[] = {
    { 0, 480, 1080 }, { 1, 480, 1080 }, { 2, 480, 1080 },
    { 3, 480, 1080 }, { 4, 480, 720 },  { 4, 780, 1080 },
};

static void service_time_counts_only_what_lies_in_the_hours(void **state)
{
    static const struct {
        const char *from, *until;
        int64_t minutes;
    } cases[] = {
        { "2026-11-02T08:00:00Z", "2026-11-02T08:30:00Z", 30 },  /* within Monday */
        { "2026-11-02T06:00:00Z", "2026-11-02T08:00:00Z", 60 },  /* opens at 7 UTC */
        { "2026-11-02T16:00:00Z", "2026-11-03T08:00:00Z", 120 }, /* over a night */
        { "2026-11-06T10:30:00Z", "2026-11-06T12:30:00Z", 60 },  /* over the noon break */
        { "2026-11-06T16:30:00Z", "2026-11-09T07:30:00Z", 60 },  /* over a weekend */
        { "2026-11-07T08:00:00Z", "2026-11-08T20:00:00Z", 0 },   /* a weekend */
        { "2026-12-24T16:00:00Z", "2026-12-28T08:00:00Z", 120 }, /* Friday is a holiday */
        { "2026-10-23T15:00:00Z", "2026-10-26T08:00:00Z", 120 }, /* clocks go back */
        { "2026-11-02T09:00:00Z", "2026-11-02T09:00:00Z", 0 },   /* no time at all */
    };
    FIXTURE_BOTH(f);
    int64_t id = department(&f, office, COUNT_OF(office));

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t ms = -1;

        CHECK_OK(&f,
                 hours_between(&f.op, id, at(cases[i].from), at(cases[i].until), &ms));
        if (ms != MINUTES(cases[i].minutes))
            print_error("%s to %s\n", cases[i].from, cases[i].until);
        assert_int_equal(ms, MINUTES(cases[i].minutes));
    }
}

static void a_slot_may_pass_midnight(void **state)
{
    static const struct hours_slot night[] = { { 4, 1320, 1560 } }; /* Fri 22 to Sat 2 */
    FIXTURE_BOTH(f);
    int64_t id = department(&f, night, 1), ms;

    CHECK_OK(&f, hours_between(&f.op, id, at("2026-11-06T22:30:00Z"),
                               at("2026-11-07T12:00:00Z"), &ms));
    assert_int_equal(ms, MINUTES(150));
}

/* Three years at once, with holidays and changes of the clocks, are as long as their
 * parts, which are too short to hold a whole week. */
static void years_are_as_long_as_their_days(void **state)
{
    static const struct hours_slot shifts[] = {
        { 0, 480, 1080 }, { 2, 1320, 1800 }, { 4, 780, 1080 },
        { 4, 0, 150 },    { 6, 60, 200 },
    };
    FIXTURE_BOTH(f);
    int64_t id = department(&f, shifts, COUNT_OF(shifts));
    int64_t from = at("2026-02-03T09:30:00Z"), until = at("2029-02-07T14:10:00Z");
    int64_t whole, part, sum = 0, end;

    CHECK_OK(&f, hours_between(&f.op, id, from, until, &whole));
    for (int64_t a = from; a < until; a += DAYS(6)) {
        CHECK_OK(&f, hours_between(&f.op, id, a,
                                   a + DAYS(6) < until ? a + DAYS(6) : until, &part));
        sum += part;
    }
    assert_int_equal(whole, sum);
    CHECK_OK(&f, hours_after(&f.op, id, from, HOURS(1000), &end));
    CHECK_OK(&f, hours_between(&f.op, id, from, end, &whole));
    assert_int_equal(whole, HOURS(1000));
}

static void a_target_is_reached_in_service_time(void **state)
{
    FIXTURE_BOTH(f);
    int64_t id = department(&f, office, COUNT_OF(office)), due;

    CHECK_OK(&f, hours_after(&f.op, id, at("2026-11-06T16:30:00Z"), HOURS(1), &due));
    assert_int_equal(due, at("2026-11-09T07:30:00Z"));
}

static void a_new_calendar_changes_nothing_of_the_past(void **state)
{
    struct hours_slot longer[] = { { 0, 360, 1200 } };
    struct hours hours = { .time_zone = STR("Europe/Berlin"),
                           .slots = longer,
                           .slot_count = 1 };
    FIXTURE_BOTH(f);
    int64_t id = department(&f, office, COUNT_OF(office)), before, after;

    CHECK_OK(&f, hours_between(&f.op, id, at("2026-10-26T00:00:00Z"),
                               at("2026-10-27T00:00:00Z"), &before));
    hours.department_id = id;
    CHECK_OK(&f,
             hours_put(&f.op, &hours)); /* valid from Monday the 2nd, 9:00 in Berlin */
    CHECK_OK(&f, hours_between(&f.op, id, at("2026-10-26T00:00:00Z"),
                               at("2026-10-27T00:00:00Z"), &after));
    assert_int_equal(before, HOURS(10));
    assert_int_equal(after, before);
    CHECK_OK(&f, hours_between(&f.op, id, at("2026-11-02T00:00:00Z"),
                               at("2026-11-03T00:00:00Z"), &after));
    assert_int_equal(after,
                     HOURS(1) + HOURS(11)); /* 8 to 9 by the old, 9 to 20 by the new */
}

static void
planned_hours_count_from_their_day_on_and_can_be_given_up_until_then(void **state)
{
    struct hours_slot longer[] = { { 0, 360, 1200 } };
    struct hours hours = { .time_zone = STR("Europe/Berlin"),
                           .slots = longer,
                           .slot_count = 1,
                           .valid_from_at = at("2026-11-08T23:00:00Z") };
    struct hours *planned;
    FIXTURE_BOTH(f);
    int64_t id = department(&f, office, COUNT_OF(office)), ms, first;
    size_t count;

    hours.department_id = id;
    CHECK_OK(&f, hours_put(&f.op, &hours));
    first = hours.id;
    CHECK_OK(&f, hours_put(&f.op, &hours)); /* the same day again takes its place */
    CHECK_OK(&f, hours_planned(&f.op, id, &planned, &count));
    assert_int_equal(count, 1);
    assert_true(planned[0].id == hours.id && hours.id != first);
    CHECK_OK(&f, hours_between(&f.op, id, at("2026-11-02T00:00:00Z"),
                               at("2026-11-03T00:00:00Z"), &ms));
    assert_int_equal(ms, HOURS(10));
    CHECK_OK(&f, hours_between(&f.op, id, at("2026-11-09T00:00:00Z"),
                               at("2026-11-10T00:00:00Z"), &ms));
    assert_int_equal(ms, HOURS(14));
    assert_int_equal(hours_drop(&f.op, id, first), HOURS_NONE);
    CHECK_OK(&f, hours_drop(&f.op, id, hours.id));
    CHECK_OK(&f, hours_between(&f.op, id, at("2026-11-09T00:00:00Z"),
                               at("2026-11-10T00:00:00Z"), &ms));
    assert_int_equal(ms, HOURS(10));
}

static void what_is_valid_is_not_given_up(void **state)
{
    struct hours valid;
    FIXTURE_BOTH(f);
    int64_t id = department(&f, office, COUNT_OF(office));

    CHECK_OK(&f, hours_get(&f.op, id, f.op.now, &valid));
    assert_int_equal(hours_drop(&f.op, id, valid.id), HOURS_NONE);
}

static void hours_begin_now_or_within_two_years_and_eight_are_planned(void **state)
{
    struct hours hours = { .time_zone = STR("Europe/Berlin") };
    FIXTURE_BOTH(f);
    int64_t latest = f.op.now + DAYS(HOURS_MAX_AHEAD_DAYS);

    hours.department_id = department(&f, office, COUNT_OF(office));
    hours.valid_from_at = f.op.now - 1;
    assert_int_equal(hours_put(&f.op, &hours), ERR_INVALID);
    fixture_next_op(&f);
    hours.valid_from_at = latest + 1;
    assert_int_equal(hours_put(&f.op, &hours), ERR_INVALID);
    fixture_next_op(&f);
    for (int i = 0; i < HOURS_MAX_PLANNED; i++) {
        hours.valid_from_at = latest - i;
        CHECK_OK(&f, hours_put(&f.op, &hours));
    }
    hours.valid_from_at = latest - HOURS_MAX_PLANNED;
    assert_int_equal(hours_put(&f.op, &hours), ERR_INVALID);
    assert_string_equal(f.op.err.fields->code, "too_many");
}

static void without_a_calendar_there_is_no_service_time(void **state)
{
    FIXTURE_BOTH(f);
    int64_t ms = 7;

    assert_int_equal(hours_between(&f.op, 0, 0, FIXTURE_NOW, &ms), HOURS_NONE);
    assert_int_equal(hours_between(&f.op, 12345, 0, FIXTURE_NOW, &ms), HOURS_NONE);
    assert_int_equal(ms, 7);
}

static void nonsense_is_refused_by_name(void **state)
{
    static const struct {
        struct hours_slot slots[2];
        size_t count;
        const char *zone, *field;
    } cases[] = {
        { { { 0, 480, 1080 } }, 1, "Mars/Olympus", "hours.time_zone" },
        { { { 7, 480, 1080 } }, 1, "Europe/Berlin", "hours.slots" },
        { { { 0, 1080, 480 } }, 1, "Europe/Berlin", "hours.slots" },
        { { { 0, 480, 1000 }, { 0, 900, 1080 } }, 2, "Europe/Berlin", "hours.slots" },
    };
    FIXTURE_BOTH(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct hours hours = { .department_id = 1,
                               .time_zone = str_of(cases[i].zone),
                               .slots = (struct hours_slot *)cases[i].slots,
                               .slot_count = cases[i].count };

        fixture_next_op(&f);
        assert_int_equal(hours_put(&f.op, &hours), ERR_INVALID);
        CHECK_STR(f.op.err.fields->field, cases[i].field);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(service_time_counts_only_what_lies_in_the_hours),
        BOTH_ENGINES(a_slot_may_pass_midnight),
        BOTH_ENGINES(years_are_as_long_as_their_days),
        BOTH_ENGINES(a_target_is_reached_in_service_time),
        BOTH_ENGINES(a_new_calendar_changes_nothing_of_the_past),
        BOTH_ENGINES(
            planned_hours_count_from_their_day_on_and_can_be_given_up_until_then),
        BOTH_ENGINES(what_is_valid_is_not_given_up),
        BOTH_ENGINES(hours_begin_now_or_within_two_years_and_eight_are_planned),
        BOTH_ENGINES(without_a_calendar_there_is_no_service_time),
        BOTH_ENGINES(nonsense_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
