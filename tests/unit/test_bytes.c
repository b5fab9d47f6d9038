/* test_bytes.c - hexadecimal and base64. */
#include "fixture.h"

#include "base/bytes.h"

static void hexadecimal_is_lower_case_and_comes_back(void **state)
{
    FIXTURE(f);
    struct str back = { NULL, 0 };

    (void)state;
    CHECK_STR(hex_encode(&f.arena, STR("\x01\xfe")), "01fe");
    assert_true(hex_decode(&f.arena, STR("01fe"), &back));
    assert_true(str_eq(back, STR("\x01\xfe")));
}

static void what_is_no_hexadecimal_is_refused(void **state)
{
    static const char *const wrong[] = { "0", "0g", "0A", " 01", "01 ", "0x01" };
    FIXTURE(f);
    struct str back = STR("untouched");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(hex_decode(&f.arena, str_of(wrong[i]), &back));
    CHECK_STR(back, "untouched");
}

/* The examples of RFC 4648, section 10. */
static const struct {
    const char *bytes, *padded, *bare;
} examples[] = {
    { "", "", "" },
    { "f", "Zg==", "Zg" },
    { "fo", "Zm8=", "Zm8" },
    { "foo", "Zm9v", "Zm9v" },
    { "foob", "Zm9vYg==", "Zm9vYg" },
    { "fooba", "Zm9vYmE=", "Zm9vYmE" },
    { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
    { "\xff\xef\xbe", "/+++", "_---" },
};

static void base64_follows_the_examples_of_the_standard(void **state)
{
    FIXTURE(f);
    struct str back;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        struct str bytes = str_of(examples[i].bytes);

        CHECK_STR(base64_encode(&f.arena, bytes), examples[i].padded);
        CHECK_STR(base64url_encode(&f.arena, bytes), examples[i].bare);
        assert_true(base64_decode(&f.arena, str_of(examples[i].padded), &back));
        CHECK_STR(back, examples[i].bytes);
        assert_true(base64url_decode(&f.arena, str_of(examples[i].bare), &back));
        CHECK_STR(back, examples[i].bytes);
    }
}

static void each_run_of_bytes_has_one_spelling_in_base64(void **state)
{
    static const char *const wrong[] = { "Zg",     "Zg=",  "Zh==",  "Zm9=",
                                         "Z===",   "====", "Zm9v=", "Zm 9",
                                         "Zm9v\n", "_---", "Z",     "=" };
    static const char *const wrong_url[] = { "Zg==", "Zh", "Zm9", "Z", "/+++", "Zm8=" };
    FIXTURE(f);
    struct str back = STR("untouched");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(base64_decode(&f.arena, str_of(wrong[i]), &back));
    for (size_t i = 0; i < COUNT_OF(wrong_url); i++)
        assert_false(base64url_decode(&f.arena, str_of(wrong_url[i]), &back));
    CHECK_STR(back, "untouched");
}

static void any_bytes_survive_base64(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t n = 0; n < 200; n++) {
        char *p = arena_alloc(&f.arena, 1, 1, n);
        struct str bytes = { p, n }, back;

        random_fill(&f.op, p, n);
        assert_true(base64_decode(&f.arena, base64_encode(&f.arena, bytes), &back));
        assert_true(str_eq(bytes, back));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hexadecimal_is_lower_case_and_comes_back),
        cmocka_unit_test(what_is_no_hexadecimal_is_refused),
        cmocka_unit_test(base64_follows_the_examples_of_the_standard),
        cmocka_unit_test(each_run_of_bytes_has_one_spelling_in_base64),
        cmocka_unit_test(any_bytes_survive_base64),
    };

    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
