/* test_warning.c - content warnings before a text. */
#include "fixture.h"

#include "text/warning.h"

static void the_first_line_warns_of_what_follows(void **state UNUSED)
{
    static const struct {
        const char *body, *warning, *rest;
    } cases[] = {
        { "CW: Film\n\nDer Gärtner.", "Film", "Der Gärtner." },
        { "CW: Film\n[image: x] https://example.org/x", "Film",
          "[image: x] https://example.org/x" },
        { "CW:  a: b \n\n\nc", "a: b", "\nc" },
        { "CW: Film", "", "CW: Film" },
        { "CW: Film\n \n", "", "CW: Film\n \n" },
        { "CW: \n\nText", "", "CW: \n\nText" },
        { "cw: Film\n\nText", "", "cw: Film\n\nText" },
        { " CW: Film\n\nText", "", " CW: Film\n\nText" },
        { "Text\nCW: Film\nText", "", "Text\nCW: Film\nText" },
        { "", "", "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str rest, warning = warning_cut(str_of(cases[i].body), &rest);

        CHECK_STR(warning, cases[i].warning);
        CHECK_STR(rest, cases[i].rest);
    }
}

static void what_was_put_before_a_text_is_cut_off_again(void **state UNUSED)
{
    struct str rest, body;
    FIXTURE(f);

    body = warning_put(&f.arena, STR("Film"), STR("CW: nein\n\nText"));
    CHECK_STR(body, "CW: Film\n\nCW: nein\n\nText");
    CHECK_STR(warning_cut(body, &rest), "Film");
    CHECK_STR(rest, "CW: nein\n\nText");
    CHECK_STR(warning_put(&f.arena, STR(""), STR("Text")), "Text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_warns_of_what_follows),
        cmocka_unit_test(what_was_put_before_a_text_is_cut_off_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
