/* test_str.c - views of bytes, and text that grows. */
#include "fixture.h"

#include "base/strbuf.h"

static const struct str none = { NULL, 0 };

static void an_empty_view_is_equal_to_every_empty_text(void **state)
{
    (void)state;
    assert_true(str_eq(none, STR("")));
    assert_true(str_is(none, ""));
    assert_true(str_is(none, NULL));
    assert_int_equal(str_cmp(none, STR("")), 0);
    assert_true(str_eq_secret(none, STR("")));
    assert_int_equal(str_of(NULL).n, 0);
    assert_int_equal(str_sub(none, 3, 4).n, 0);
    assert_int_equal(str_trim(none).n, 0);
}

static void comparing_is_by_bytes_and_length(void **state)
{
    (void)state;
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_is(STR("ab"), "abc"));
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
    assert_true(str_eq_ignore_case(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_eq_ignore_case(STR("\xc3\x84"), STR("\xc3\xa4")));
    assert_false(str_eq_ignore_case(STR("a"), STR("ab")));
    assert_false(str_eq_ignore_case(STR("["), STR("{")));
    assert_true(str_eq_secret(STR("token"), STR("token")));
    assert_false(str_eq_secret(STR("token"), STR("tokem")));
    assert_false(str_eq_secret(STR("token"), STR("toke")));
}

static void beginnings_ends_and_finds_are_found(void **state)
{
    (void)state;
    assert_true(str_starts(STR("draht"), STR("dra")));
    assert_true(str_starts(STR("draht"), none));
    assert_false(str_starts(STR("dr"), STR("dra")));
    assert_true(str_ends(STR("draht"), STR("aht")));
    assert_true(str_ends(STR("draht"), none));
    assert_false(str_ends(STR("ht"), STR("aht")));
    assert_int_equal(str_find(STR("a draht"), STR("draht")), 2);
    assert_int_equal(str_find(STR("draht"), none), 0);
    assert_int_equal(str_find(STR("draht"), STR("x")), -1);
    assert_int_equal(str_find(none, STR("x")), -1);
}

static void a_part_is_clipped_to_the_whole(void **state)
{
    (void)state;
    CHECK_STR(str_sub(STR("draht"), 1, 3), "rah");
    CHECK_STR(str_sub(STR("draht"), 3, 9), "ht");
    CHECK_STR(str_sub(STR("draht"), 3, SIZE_MAX), "ht");
    CHECK_STR(str_sub(STR("draht"), 5, 1), "");
    CHECK_STR(str_sub(STR("draht"), SIZE_MAX, SIZE_MAX), "");
    CHECK_STR(str_trim(STR(" \t\r\n a b \n")), "a b");
    CHECK_STR(str_trim(STR(" \t\r\n ")), "");
}

static void cutting_ends_with_an_empty_rest(void **state)
{
    struct str rest = STR("a,,b");

    (void)state;
    CHECK_STR(str_cut(rest, ',', &rest), "a");
    CHECK_STR(str_cut(rest, ',', &rest), "");
    CHECK_STR(str_cut(rest, ',', &rest), "b");
    assert_int_equal(rest.n, 0);
    CHECK_STR(str_cut(none, ',', &rest), "");
}

static void a_number_fills_the_whole_text(void **state)
{
    static const char *const wrong[] = { "",    " 1",  "1 ",  "+1", "1.0",
                                         "0x1", "1e3", "--1", "-" };
    uint64_t u = 42;
    int64_t i = 42;

    (void)state;
    for (size_t n = 0; n < COUNT_OF(wrong); n++) {
        assert_false(str_to_u64(str_of(wrong[n]), &u));
        assert_false(str_to_i64(str_of(wrong[n]), &i));
    }
    assert_false(str_to_u64(STR("-1"), &u));
    assert_false(str_to_u64(STR("18446744073709551616"), &u));
    assert_false(str_to_i64(STR("9223372036854775808"), &i));
    assert_false(str_to_i64(STR("-9223372036854775809"), &i));
    assert_int_equal(u, 42);
    assert_int_equal(i, 42);
    assert_true(str_to_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
    assert_true(str_to_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
    assert_true(str_to_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
}

static void a_buffer_grows_and_keeps_what_it_has(void **state)
{
    FIXTURE(f);
    struct strbuf b = STRBUF(&f.arena);
    struct str all;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        strbuf_fmt(&b, "%04d", i);
        strbuf_add(&b, none);
        strbuf_char(&b, ' ');
    }
    all = strbuf_str(&b);
    assert_int_equal(all.n, 5000);
    CHECK_STR(str_sub(all, 0, 10), "0000 0001 ");
    CHECK_STR(str_sub(all, 4990, 10), "0998 0999 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_view_is_equal_to_every_empty_text),
        cmocka_unit_test(comparing_is_by_bytes_and_length),
        cmocka_unit_test(beginnings_ends_and_finds_are_found),
        cmocka_unit_test(a_part_is_clipped_to_the_whole),
        cmocka_unit_test(cutting_ends_with_an_empty_rest),
        cmocka_unit_test(a_number_fills_the_whole_text),
        cmocka_unit_test(a_buffer_grows_and_keeps_what_it_has),
    };

    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
