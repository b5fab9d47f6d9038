/* test_text_quote.c - what people wrote, apart from what they quote; character sets. */
#include "fixture.h"

#include "base/utf8.h"
#include "text/charset.h"
#include "text/quote.h"

static void
what_people_wrote_is_told_from_what_they_quote_and_sign_with(void **state UNUSED)
{
    static const struct {
        const char *text, *own, *signature, *quoted;
    } cases[] = {
        { "", "", "", "" },
        { "Nur Text.", "Nur Text.", "", "" },
        { "Ja.\n\nAm 3. Mai 2026 um 10:00 schrieb Eva <eva@example.org>:\n> Geht es?",
          "Ja.", "",
          "Am 3. Mai 2026 um 10:00 schrieb Eva <eva@example.org>:\n> Geht es?" },
        { "Ja.\n\nAm Mo., 3. Mai 2026 um 10:00 Uhr\nschrieb Eva <eva@example.org>:\n\n> "
          "Geht "
          "es?",
          "Ja.", "",
          "Am Mo., 3. Mai 2026 um 10:00 Uhr\nschrieb Eva <eva@example.org>:\n\n> Geht "
          "es?" },
        { "Yes.\n\nOn Mon, May 3, 2026 at 10:00 AM Eva <eva@example.org> wrote:\n\n> "
          "Well?",
          "Yes.", "",
          "On Mon, May 3, 2026 at 10:00 AM Eva <eva@example.org> wrote:\n\n> Well?" },
        { "Yes.\n\nOn 03.05.26 10:00, Eva wrote:\n> Well?\n-- \nBob", "Yes.", "",
          "On 03.05.26 10:00, Eva wrote:\n> Well?\n-- \nBob" },
        { "Gut.\n\nVon: Eva <eva@example.org>\nGesendet: Montag, 3. Mai 2026 10:00\nAn: "
          "Paula\nBetreff: Frage\n\nGeht es?",
          "Gut.", "",
          "Von: Eva <eva@example.org>\nGesendet: Montag, 3. Mai 2026 10:00\nAn: "
          "Paula\nBetreff: Frage\n\nGeht es?" },
        { "Fine.\n________________________________\nFrom: Eva\nSent: Monday\nTo: "
          "P\nSubject: "
          "Q\n\nWell?",
          "Fine.", "",
          "________________________________\nFrom: Eva\nSent: Monday\nTo: P\nSubject: "
          "Q\n\nWell?" },
        { "Danke\n\n-----Ursprüngliche Nachricht-----\nVon: Eva\n", "Danke", "",
          "-----Ursprüngliche Nachricht-----\nVon: Eva" },
        { "Hallo\n-- \nPaula\nTel. 1", "Hallo", "-- \nPaula\nTel. 1", "" },
        { "Hallo\n\nVon meinem iPhone gesendet", "Hallo", "Von meinem iPhone gesendet",
          "" },
        { "Ja\n\nSent from my phone\n\nOn 1 May 2026, Eva wrote:\n> a", "Ja",
          "Sent from my phone", "On 1 May 2026, Eva wrote:\n> a" },
        { "Ja.\r\n\r\nAm 3.5.2026 schrieb Eva:\r\n> Geht es?\r\n", "Ja.", "",
          "Am 3.5.2026 schrieb Eva:\r\n> Geht es?" },
        /* Answered between the lines: all of it is theirs. */
        { "> Geht es?\nJa.\n> Und das?\nNein.", "> Geht es?\nJa.\n> Und das?\nNein.", "",
          "" },
        /* Passed on without a word. */
        { "> Geht es?", "> Geht es?", "", "" },
        /* What only looks like it. */
        { "Am Montag war alles gut.\nDann nicht mehr: kaputt",
          "Am Montag war alles gut.\nDann nicht mehr: kaputt", "", "" },
        { "From: here to there", "From: here to there", "", "" },
        { "On the table:\nthree cups", "On the table:\nthree cups", "", "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct text_parts parts = text_parts(str_of(cases[i].text));

        print_message("%zu\n", i);
        CHECK_STR(parts.own, cases[i].own);
        CHECK_STR(parts.signature, cases[i].signature);
        CHECK_STR(parts.quoted, cases[i].quoted);
    }
}

static void a_wrong_or_missing_character_set_is_repaired(void **state UNUSED)
{
    static const struct {
        const char *bytes, *declared, *text;
    } cases[] = {
        { "M\xc3\xa4rz", "utf-8", "März" },
        { "M\xc3\xa4rz", "iso-8859-1", "März" }, /* it is UTF-8 whatever it says */
        { "M\xc3\xa4rz", "", "März" },
        { "M\xe4rz", "utf-8", "März" },
        { "M\xe4rz", "", "März" },
        { "M\xe4rz", "us-ascii", "März" },
        { "M\xe4rz", "no-such-set", "März" },
        { "5 \x80 \x96 \x84gut\x93", "iso-8859-1", "5 € – „gut“" },
        { "5 \xa4", "iso-8859-15", "5 €" },
        { "\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251", "Привет" },
        { "\xf0\xd2\xc9\xd7\xc5\xd4", "koi8-r", "Привет" },
        { "\033$B$3$s\033(B", "iso-2022-jp", "こん" },
        { "\033$B$3$s\033(B", "us-ascii", "こん" },
        { "Hi Mom +Jjo-!", "utf-7", "Hi Mom ☺!" },
        { "\xc4\xe3\xba\xc3", "gb2312", "你好" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str text;
        FIXTURE(f);

        text = text_from_charset(&f.arena, str_of(cases[i].bytes),
                                 str_of(cases[i].declared));
        assert_true(utf8_is_valid(text));
        CHECK_STR(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_wrote_is_told_from_what_they_quote_and_sign_with),
        cmocka_unit_test(a_wrong_or_missing_character_set_is_repaired),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
