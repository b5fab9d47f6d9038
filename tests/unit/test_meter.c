/* test_meter.c - how often strangers may do something. */
#include "fixture.h"

#include "admin/meter.h"

static void a_window_has_room_for_so_many_and_then_says_how_long(void **state)
{
    const struct meter_limit limit = { 3, MINUTES(1) };
    struct meter *meter;
    FIXTURE(f);

    (void)state;
    meter = meter_new(&f.op);
    for (int i = 0; i < 3; i++)
        assert_int_equal(meter_take(meter, STR("a"), limit, 1000 + i), 0);
    assert_int_equal(meter_take(meter, STR("a"), limit, 11000), 50000);
    assert_int_equal(meter_take(meter, STR("b"), limit, 11000), 0);
    assert_int_equal(meter_take(meter, STR("a"), limit, 60999), 1);
    assert_int_equal(meter_take(meter, STR("a"), limit, 61000), 0);
    meter_free(meter);
}

static void what_was_refused_does_not_count(void **state)
{
    const struct meter_limit limit = { 1, 100 };
    struct meter *meter;
    FIXTURE(f);

    (void)state;
    meter = meter_new(&f.op);
    assert_int_equal(meter_take(meter, STR("a"), limit, 0), 0);
    for (int i = 0; i < 50; i++)
        assert_true(meter_take(meter, STR("a"), limit, 99) > 0);
    assert_int_equal(meter_take(meter, STR("a"), limit, 100), 0);
    assert_true(meter_take(meter, STR("a"), limit, 101) > 0);
    meter_free(meter);
}

static void a_clock_that_goes_back_locks_nobody_out(void **state)
{
    const struct meter_limit limit = { 1, 100 };
    struct meter *meter;
    FIXTURE(f);

    (void)state;
    meter = meter_new(&f.op);
    assert_int_equal(meter_take(meter, STR("a"), limit, 1000), 0);
    assert_int_equal(meter_take(meter, STR("a"), limit, 500), 0);
    meter_free(meter);
}

/* Far more keys than places: old ones go, and nothing else happens. */
static void it_never_grows(void **state)
{
    const struct meter_limit limit = { 1, HOURS(1) };
    struct meter *meter;
    FIXTURE(f);

    (void)state;
    meter = meter_new(&f.op);
    for (int i = 0; i < 50000; i++) {
        struct str key = arena_fmt(&f.arena, "key %d", i);

        assert_int_equal(meter_take(meter, key, limit, i), 0);
        assert_true(meter_take(meter, key, limit, i) > 0);
    }
    meter_free(meter);
    meter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_has_room_for_so_many_and_then_says_how_long),
        cmocka_unit_test(what_was_refused_does_not_count),
        cmocka_unit_test(a_clock_that_goes_back_locks_nobody_out),
        cmocka_unit_test(it_never_grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
