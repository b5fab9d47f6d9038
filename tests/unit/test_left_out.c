/* test_left_out.c - what of a message is not kept here is said in words, in the language
 * of the house. */
#include "fixture.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "work/left_out.h"

static void what_is_missing_is_said_in_the_language_of_the_house(void **state UNUSED)
{
    static const struct item_left files[] = { { { "plan.pdf", 8 }, 9 * 1024 * 1024 },
                                              { { "b.txt", 5 }, 1 } };
    static const struct item_left parts[] = { { { "text/plain", 10 }, 0 } };
    static const struct {
        const char *language, *body;
        struct item item;
        const char *expected;
    } cases[] = {
        { "de", "Hallo", { .whole = 0 }, "Hallo" },
        { "de",
          "Hallo",
          { .left = parts, .left_count = 1, .left_in_all = 1 },
          "Hallo\n\n[Nicht hier, aber im Postfach: text/plain.]" },
        { "de",
          "Hallo",
          { .left = files, .left_count = 1, .left_in_all = 1 },
          "Hallo\n\n[Nicht hier, aber im Postfach: plan.pdf (9 MB).]" },
        { "en",
          "Hallo",
          { .left = files, .left_count = 2, .left_in_all = 2 },
          "Hallo\n\n[Not kept here, but in the mailbox: plan.pdf (9 MB), b.txt (1 "
          "KB).]" },
        { "de",
          "Hallo",
          { .left = files, .left_count = 2, .left_in_all = 5 },
          "Hallo\n\n[Nicht hier, aber im Postfach: plan.pdf (9 MB), b.txt (1 KB) und 3 "
          "weitere.]" },
        { "de",
          "Hallo",
          { .whole = 60 * 1024 * 1024 },
          "Hallo\n\n[Nur der Anfang: Die ganze Mail hat 60 MB und liegt im Postfach.]" },
        { "en",
          "",
          { .whole = 60 * 1024 * 1024,
            .left = files,
            .left_count = 1,
            .left_in_all = 1,
            .wordless = true },
          "[Only the beginning: the whole mail has 60 MB and is in the mailbox.]\n"
          "[Not kept here, but in the mailbox: plan.pdf (9 MB).]" },
        { "de", "", { .wordless = true }, "[Eine Mail ohne Text.]" },
        { "en", "", { .wordless = true }, "[A mail without text.]" },
        { "", "", { .wordless = true }, "[A mail without text.]" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);

        CHECK_STR(left_out_say(&f.op, str_of(cases[i].language), &cases[i].item,
                               str_of(cases[i].body)),
                  cases[i].expected);
    }
}

static void long_names_leave_room_for_the_mail(void **state UNUSED)
{
    FIXTURE(f);
    struct item_left files[ITEM_MAX_LEFT];
    struct item item = { .left = files,
                         .left_count = ITEM_MAX_LEFT,
                         .left_in_all = 1000,
                         .whole = INT64_MAX };
    struct strbuf name = STRBUF(&f.arena);
    struct str said;

    for (int i = 0; i < ITEM_MAX_NAME; i++)
        strbuf_add(&name, STR("\xf0\x9f\x92\xa1"));
    for (size_t i = 0; i < ITEM_MAX_LEFT; i++)
        files[i] = (struct item_left){ strbuf_str(&name), SIZE_MAX };
    said = left_out_say(&f.op, STR("de"), &item, STR("Hallo"));
    assert_true(said.n <= LEFT_OUT_MAX && utf8_is_valid(said));
    assert_true(str_find(said, STR(" weitere.]")) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_is_said_in_the_language_of_the_house),
        cmocka_unit_test(long_names_leave_room_for_the_mail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
