/* test_failpoint.c - the plan of a test build is read strictly and acts when it says. */
#include "base/failpoint.h"
#include "fixture.h"

static void a_plan_is_taken_or_refused_whole(void **state)
{
    static const struct {
        const char *plan;
        bool taken;
    } cases[] = {
        { "", true },
        { "a=fail", true },
        { "a=fail@3", true },
        { "a=fail@3+, b=kill@2 ,c=stop,d=delay:2", true },
        { "a=delay:10000", true },
        { "a=delay:10001", false },
        { "a=delay:-1", false },
        { "a=delay", false },
        { "a=explode", false },
        { "a", false },
        { "=fail", false },
        { "a=fail@0", false },
        { "a=fail@x", false },
        { "a=fail,b=explode", false },
        { "a234567890123456789012345678901234567890=fail", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (failpoint_plan(str_of(cases[i].plan)) != cases[i].taken)
            fail_msg("%s", cases[i].plan);
    assert_true(failpoint_plan(STR("x=fail")));
    assert_false(failpoint_plan(STR("x=nonsense")));
    assert_true(FAILPOINT("x")); /* the plan from before is still there */
    assert_true(failpoint_plan(STR("")));
}

static void a_place_fails_at_the_hits_that_are_planned(void **state)
{
    static const struct {
        const char *plan, *seen; /* F: failed */
    } cases[] = {
        { "", "....." },          { "p=fail", "F...." },    { "p=fail@3", "..F.." },
        { "p=fail@3+", "..FFF" }, { "q=fail@1+", "....." }, { "p=delay:0", "....." },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char seen[6] = "";

        assert_true(failpoint_plan(str_of(cases[i].plan)));
        for (size_t n = 0; n < 5; n++)
            seen[n] = FAILPOINT("p") ? 'F' : '.';
        assert_string_equal(seen, cases[i].seen);
        assert_int_equal(failpoint_hits("p"), 5);
    }
    assert_true(failpoint_plan(STR("")));
    assert_int_equal(failpoint_hits("p"), 0);
}

static void each_place_that_was_come_by_is_counted_planned_or_not(void **state)
{
    const char *name;
    int64_t hits = 0, sum = 0;

    (void)state;
    assert_true(failpoint_plan(STR("one=fail@9")));
    FAILPOINT("one");
    FAILPOINT("two");
    FAILPOINT("two");
    for (size_t i = 0; (name = failpoint_at(i, &hits)); i++)
        sum += hits;
    assert_int_equal(sum, 3);
    assert_true(failpoint_plan(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_is_taken_or_refused_whole),
        cmocka_unit_test(a_place_fails_at_the_hits_that_are_planned),
        cmocka_unit_test(each_place_that_was_come_by_is_counted_planned_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
