/* test_map.c - from text or number to pointer. */
#include "fixture.h"

#include "base/map.h"

static void an_empty_map_knows_nothing(void **state)
{
    FIXTURE(f);
    struct map map = MAP(&f.arena);

    (void)state;
    assert_null(map_get(&map, STR("a")));
    assert_null(map_get_id(&map, 1));
}

static void text_and_numbers_do_not_meet(void **state)
{
    FIXTURE(f);
    struct map map = MAP(&f.arena);
    int a, b, c, d;

    (void)state;
    map_put(&map, STR(""), &a);
    map_put(&map, STR("1"), &b);
    map_put_id(&map, 0, &c);
    map_put_id(&map, 1, &d);
    assert_ptr_equal(map_get(&map, (struct str){ NULL, 0 }), &a);
    assert_ptr_equal(map_get(&map, STR("1")), &b);
    assert_ptr_equal(map_get_id(&map, 0), &c);
    assert_ptr_equal(map_get_id(&map, 1), &d);
    assert_null(map_get_id(&map, -1));
}

static void a_second_value_takes_the_place_of_the_first(void **state)
{
    FIXTURE(f);
    struct map map = MAP(&f.arena);
    int a, b;

    (void)state;
    map_put(&map, STR("key"), &a);
    map_put(&map, STR("key"), &b);
    assert_false(map_add(&map, STR("key"), &a));
    assert_ptr_equal(map_get(&map, STR("key")), &b);
    assert_true(map_add(&map, STR("other"), &a));
    assert_ptr_equal(map_get(&map, STR("other")), &a);
    assert_ptr_equal(map_get(&map, STR("key")), &b);
    assert_int_equal(map.used, 2);
}

static void ten_thousand_keys_are_all_found(void **state)
{
    static int values[10000];
    FIXTURE(f);
    struct map map = MAP(&f.arena);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        map_put(&map, arena_fmt(&f.arena, "a rather long key %d", i), &values[i]);
        map_put_id(&map, (int64_t)i << 40, &values[i]);
    }
    assert_int_equal(map.used, 20000);
    for (int i = 0; i < 10000; i++) {
        struct str key = arena_fmt(&f.arena, "a rather long key %d", i);

        assert_ptr_equal(map_get(&map, key), &values[i]);
        assert_ptr_equal(map_get_id(&map, (int64_t)i << 40), &values[i]);
    }
    assert_null(map_get(&map, STR("a rather long key 10000")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_knows_nothing),
        cmocka_unit_test(text_and_numbers_do_not_meet),
        cmocka_unit_test(a_second_value_takes_the_place_of_the_first),
        cmocka_unit_test(ten_thousand_keys_are_all_found),
    };

    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
