/* test_ids.c - ids rise whatever the clock does. */
#include "fixture.h"

#include "base/map.h"
#include "base/pool.h"

static void ids_rise_while_the_clock_stands_still(void **state)
{
    FIXTURE(f);
    int64_t last = 0;

    (void)state;
    for (int i = 0; i < 10000; i++) { /* more than a millisecond has room for */
        int64_t id = id_next(&f.op);

        assert_true(id > last);
        last = id;
    }
}

static void ids_rise_when_the_clock_goes_back(void **state)
{
    FIXTURE(f);
    int64_t first = id_next(&f.op);

    (void)state;
    f.op.now -= DAYS(400);
    assert_true(id_next(&f.op) > first);
}

static void an_id_knows_its_time(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_int_equal(id_time(id_next(&f.op)), FIXTURE_NOW);
}

static void an_instant_before_2020_still_gives_an_id(void **state)
{
    FIXTURE(f);

    (void)state;
    f.op.now = 0;
    assert_true(id_next(&f.op) > 0);
}

static void ids_of_two_nodes_never_meet(void **state)
{
    FIXTURE(one);
    FIXTURE(other);

    (void)state;
    pthread_mutex_destroy(&other.ids.lock);
    ids_init(&other.ids, 1023, 0);
    for (int i = 0; i < 100; i++)
        assert_int_not_equal(id_next(&one.op), id_next(&other.op));
}

struct drawer {
    struct op op;
    int64_t ids[5000];
};

static void draw(void *ctx)
{
    struct drawer *d = ctx;

    for (size_t i = 0; i < COUNT_OF(d->ids); i++)
        d->ids[i] = id_next(&d->op);
}

static void threads_that_draw_at_once_never_share_an_id(void **state)
{
    static struct drawer drawers[4];
    struct thread *threads[COUNT_OF(drawers)];
    FIXTURE(f);
    struct map seen = MAP(&f.arena);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(drawers); i++) {
        drawers[i].op = f.op;
        threads[i] = thread_start("draw", draw, &drawers[i]);
    }
    for (size_t i = 0; i < COUNT_OF(drawers); i++)
        thread_join(threads[i]);
    for (size_t i = 0; i < COUNT_OF(drawers) * COUNT_OF(drawers[0].ids); i++) {
        int64_t id = drawers[i % COUNT_OF(drawers)].ids[i / COUNT_OF(drawers)];

        assert_null(map_get_id(&seen, id));
        map_put_id(&seen, id, drawers);
    }
}

static void a_restart_goes_on_after_the_last_id_of_any_node(void **state)
{
    FIXTURE(old);
    FIXTURE(new);
    int64_t last;

    (void)state;
    pthread_mutex_destroy(&old.ids.lock);
    ids_init(&old.ids, 1023, 0);
    fixture_advance(&old, DAYS(1)); /* its clock was ahead */
    last = id_next(&old.op);
    pthread_mutex_destroy(&new.ids.lock);
    ids_init(&new.ids, 0, last);
    assert_true(id_next(&new.op) > last);
}

static void only_a_plain_positive_number_is_an_id(void **state)
{
    static const char *const wrong[] = { "",
                                         "0",
                                         "-1",
                                         "+1",
                                         "01",
                                         "1 ",
                                         " 1",
                                         "1a",
                                         "9223372036854775808",
                                         "18446744073709551617" };
    int64_t id = 42;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(id_parse(str_of(wrong[i]), &id));
    assert_int_equal(id, 42);
    assert_true(id_parse(STR("9223372036854775807"), &id));
    assert_true(id == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_rise_while_the_clock_stands_still),
        cmocka_unit_test(ids_rise_when_the_clock_goes_back),
        cmocka_unit_test(an_id_knows_its_time),
        cmocka_unit_test(an_instant_before_2020_still_gives_an_id),
        cmocka_unit_test(ids_of_two_nodes_never_meet),
        cmocka_unit_test(threads_that_draw_at_once_never_share_an_id),
        cmocka_unit_test(a_restart_goes_on_after_the_last_id_of_any_node),
        cmocka_unit_test(only_a_plain_positive_number_is_an_id),
    };

    return cmocka_run_group_tests_name("ids", tests, NULL, NULL);
}
