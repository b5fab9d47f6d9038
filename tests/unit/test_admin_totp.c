/* test_admin_totp.c - codes by time against the vectors of RFC 6238, appendix B. */
#include "fixture.h"

#include "admin/totp.h"

static const struct str rfc_secret = { "12345678901234567890", 20 };

static void the_codes_are_those_of_rfc_6238(void **state)
{
    static const struct {
        int64_t seconds;
        const char *code;
    } cases[] = {
        { 59, "94287082" },         { 1111111109, "07081804" },
        { 1111111111, "14050471" }, { 1234567890, "89005924" },
        { 2000000000, "69279037" }, { 20000000000, "65353130" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(totp_code(&f.arena, rfc_secret, cases[i].seconds / 30, 8),
                  cases[i].code);
}

static void a_code_is_good_for_one_step_either_way_and_once(void **state)
{
    FIXTURE(f);
    int64_t step = FIXTURE_NOW / 30000;
    struct str code = totp_code(&f.arena, rfc_secret, step, 6);

    (void)state;
    assert_int_equal(code.n, 6);
    for (int64_t off = -2; off <= 2; off++)
        assert_int_equal(
            totp_match(&f.arena, rfc_secret, code, FIXTURE_NOW + off * 30000, 0),
            off < -1 || off > 1 ? 0 : step);
    assert_int_equal(totp_match(&f.arena, rfc_secret, code, FIXTURE_NOW, step), 0);
    assert_int_equal(totp_match(&f.arena, rfc_secret, code, FIXTURE_NOW, step - 1), step);
    assert_int_equal(totp_match(&f.arena, rfc_secret, STR(""), FIXTURE_NOW, 0), 0);
}

static void base32_is_that_of_rfc_4648_without_padding(void **state)
{
    static const char *const cases[][2] = {
        { "", "" },
        { "f", "MY" },
        { "fo", "MZXQ" },
        { "foo", "MZXW6" },
        { "foob", "MZXW6YQ" },
        { "fooba", "MZXW6YTB" },
        { "foobar", "MZXW6YTBOI" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(totp_base32(&f.arena, str_of(cases[i][0])), cases[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codes_are_those_of_rfc_6238),
        cmocka_unit_test(a_code_is_good_for_one_step_either_way_and_once),
        cmocka_unit_test(base32_is_that_of_rfc_4648_without_padding),
    };
    return cmocka_run_group_tests_name("admin_totp", tests, NULL, NULL);
}
