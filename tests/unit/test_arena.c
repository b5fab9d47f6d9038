/* test_arena.c - memory that dies together. */
#include "fixture.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    ARENA(arena);

    (void)state;
    for (size_t n = 1; n < 3000; n += 7) {
        char *bytes = arena_alloc(&arena, 1, 1, n);
        int64_t *number = arena_new(&arena, int64_t, 1);

        assert_int_equal((uintptr_t)number % alignof(int64_t), 0);
        assert_int_equal(*number, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xff, n);
        *number = -1;
    }
}

static void a_large_block_has_its_own_chunk(void **state)
{
    ARENA(arena);
    char *large, *small;

    (void)state;
    small = arena_alloc(&arena, 1, 1, 10);
    large = arena_alloc(&arena, 1, 1, MIB(2));
    memset(small, 1, 10);
    memset(large, 2, MIB(2));
    assert_int_equal(small[9], 1);
    assert_int_equal(large[MIB(2) - 1], 2);
}

static void a_copy_ends_with_a_nul_that_its_length_does_not_count(void **state)
{
    ARENA(arena);
    struct str copy = arena_dup(&arena, STR("draht"));

    (void)state;
    assert_int_equal(copy.n, 5);
    assert_int_equal(copy.p[5], 0);
    assert_string_equal(arena_cstr(&arena, (struct str){ NULL, 0 }), "");
    CHECK_STR(arena_fmt(&arena, "%d-" STR_FMT, 7, STR_ARG(copy)), "7-draht");
}

static void note(void *what)
{
    char **at = what;

    *(*at)++ = 'x';
}

static char trace[4], *trace_end;

static void note_a(void *what)
{
    (void)what;
    *trace_end++ = 'a';
}

static void note_b(void *what)
{
    (void)what;
    *trace_end++ = 'b';
}

static void what_was_deferred_is_undone_in_reverse_order_and_once(void **state)
{
    struct arena arena = { NULL, NULL };
    char marks[4] = "", *at = marks;

    (void)state;
    trace_end = trace;
    arena_defer(&arena, note_a, NULL);
    arena_defer(&arena, note_b, NULL);
    arena_defer(&arena, note, &at);
    arena_reset(&arena);
    arena_reset(&arena);
    assert_string_equal(marks, "x");
    assert_memory_equal(trace, "ba", 2);
    assert_ptr_equal(trace_end, trace + 2);
}

static void an_arena_is_ready_again_after_a_reset(void **state)
{
    ARENA(arena);

    (void)state;
    for (int i = 0; i < 3; i++) {
        CHECK_STR(arena_fmt(&arena, "round %d", i % 1), "round 0");
        arena_reset(&arena);
        assert_null(arena.chunks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(a_large_block_has_its_own_chunk),
        cmocka_unit_test(a_copy_ends_with_a_nul_that_its_length_does_not_count),
        cmocka_unit_test(what_was_deferred_is_undone_in_reverse_order_and_once),
        cmocka_unit_test(an_arena_is_ready_again_after_a_reset),
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
