/* test_idn.c - host names in other scripts. */
#include "fixture.h"

#include "base/idn.h"

static void names_in_other_scripts_become_ascii(void **state UNUSED)
{
    static const struct {
        const char *name, *ascii; /* NULL: refused */
    } cases[] = {
        { "b\xc3\xbc\x63her.example", "xn--bcher-kva.example" },
        { "B\xc3\x9c\x43HER.Example", "xn--bcher-kva.example" },
        { "fa\xc3\x9f.de", "xn--fa-hia.de" },
        { "\xe4\xbe\x8b.jp", "xn--fsq.jp" },
        { "plain.example", "plain.example" },
        { "a\xe3\x80\x82"
          "b",
          "a.b" },
        { "", NULL },
        { "a\xcc\x88..b", NULL },
        { "\xcc\x88", NULL },
        { "xn--\xc3\xa4", NULL },
        { "a\xff", NULL },
        { "\xc3\xbc\x01.example", NULL },
        { "\xc3\xbc b.example", NULL },
        { "\xc3\xbc/b.example", NULL },
    };
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str ascii = STR("untouched");
        bool good = idn_to_ascii(&f.arena, str_of(cases[i].name), &ascii);

        assert_int_equal(good, cases[i].ascii != NULL);
        CHECK_STR(ascii, good ? cases[i].ascii : "untouched");
    }
}

static void a_name_has_a_ceiling(void **state UNUSED)
{
    FIXTURE(f);
    struct str label =
                   STR("0123456789012345678901234567890123456789012345678901234567890."),
               name, ascii;

    name = arena_fmt(&f.arena, STR_FMT STR_FMT STR_FMT STR_FMT "%.5s", STR_ARG(label),
                     STR_ARG(label), STR_ARG(label), STR_ARG(label), "abcdef");
    assert_int_equal(name.n, 253);
    assert_true(idn_to_ascii(&f.arena, name, &ascii));
    assert_false(
        idn_to_ascii(&f.arena, arena_fmt(&f.arena, STR_FMT "x", STR_ARG(name)), &ascii));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_in_other_scripts_become_ascii),
        cmocka_unit_test(a_name_has_a_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
