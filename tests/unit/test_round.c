/* test_round.c - what is still to be read of a network that shows its talk as trees. */
#include "fixture.h"

#include "channel/round.h"

enum { PER_PAGE = 50 };

static struct str as_it_is(struct op *op, struct str id)
{
    (void)op;
    return id;
}

static struct str name(struct fixture *f, int n)
{
    return arena_fmt(&f->arena, "p%d", n);
}

static struct round *begun(struct fixture *f, int waiting)
{
    struct round *round = arena_new(&f->arena, struct round, 1);

    round_read(&f->op, NULL, as_it_is, round);
    for (int i = 0; i < waiting; i++)
        round_add(&round->waiting, name(f, i));
    return round;
}

static void the_list_is_not_begun_while_its_page_would_not_find_room(void **state)
{
    FIXTURE(f);
    struct round *fits = begun(&f, ROUND_MAX_IDS - PER_PAGE);
    struct round *full = begun(&f, ROUND_MAX_IDS - PER_PAGE + 1);
    struct str id;

    (void)state;
    f.op.now = ROUND_LIST_MS;
    assert_int_equal(round_next(&f.op, fits, PER_PAGE, &id), ROUND_LIST);
    assert_int_equal(round_next(&f.op, full, PER_PAGE, &id), ROUND_TREE);
    CHECK_STR(id, "p0");
}

static void what_waits_comes_before_the_rest_of_the_list_and_a_sweep_last(void **state)
{
    FIXTURE(f);
    struct round *round = begun(&f, 1);
    struct str id;

    (void)state;
    f.op.now = round->listed = ROUND_LIST_MS;
    round->below = STR("page 2");
    round->own = true;
    round_add(&round->sweep, STR("old"));
    assert_int_equal(round_next(&f.op, round, PER_PAGE, &id), ROUND_TREE);
    round_done(round, id);
    assert_int_equal(round_next(&f.op, round, PER_PAGE, &id), ROUND_LIST);
    round->below = STR("");
    assert_int_equal(round_next(&f.op, round, PER_PAGE, &id), ROUND_OWN);
    round->own = false;
    assert_int_equal(round_next(&f.op, round, PER_PAGE, &id), ROUND_TREE);
    CHECK_STR(id, "old");
    assert_true(round_goes_on(round));
    round_done(round, id);
    assert_false(round_goes_on(round));
    assert_int_equal(round_next(&f.op, round, PER_PAGE, &id), ROUND_LIST);
}

static void the_tree_that_was_quiet_for_longest_makes_room(void **state)
{
    FIXTURE(f);
    struct round *round = begun(&f, 0);

    (void)state;
    for (int i = 0; i <= ROUND_MAX_WATCHED; i++) {
        const struct round_tree tree = { .id = name(&f, i), .at = i == 7 ? 1 : 100 + i };

        round_watch(round, &tree);
    }
    assert_int_equal(round->watched_count, ROUND_MAX_WATCHED);
    assert_null(round_find(round, STR("p7")));
    assert_non_null(round_find(round, name(&f, ROUND_MAX_WATCHED)));
    round_forget(round, STR("p3"));
    assert_null(round_find(round, STR("p3")));
    assert_int_equal(round->watched_count, ROUND_MAX_WATCHED - 1);
}

static void a_round_that_was_written_is_read_again(void **state)
{
    FIXTURE(f);
    struct round *round = begun(&f, 3), *again = begun(&f, 0);
    const struct round_tree tree = { STR("t"), STR("root"), 42 };
    struct json_writer w = JSON_WRITER(&f.arena);
    struct json *json;

    (void)state;
    f.op.now = ROUND_SWEEP_MS;
    round_watch(round, &tree);
    round_listed(&f.op, round);
    json_begin_object(&w, NULL);
    round_write(&w, round);
    json_end_object(&w);
    CHECK_OK(&f, json_parse(&f.op, json_done(&w), &json));
    round_read(&f.op, json, as_it_is, again);
    assert_int_equal(again->waiting.count, 3);
    assert_int_equal(again->sweep.count, 1);
    assert_true(again->own);
    assert_int_equal(again->swept, ROUND_SWEEP_MS);
    CHECK_STR(again->watched[0].thread, "root");
    assert_int_equal(again->watched[0].at, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_not_begun_while_its_page_would_not_find_room),
        cmocka_unit_test(what_waits_comes_before_the_rest_of_the_list_and_a_sweep_last),
        cmocka_unit_test(the_tree_that_was_quiet_for_longest_makes_room),
        cmocka_unit_test(a_round_that_was_written_is_read_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
