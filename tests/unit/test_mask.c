/* test_mask.c - what is taken out of a public text, and what is left alone. */
#include "fixture.h"

#include "text/mask.h"

static const struct mask_words words = { STR("[mail]"), STR("[bank]"), STR("[number]") };

static const struct {
    const char *text, *masked;
} cases[] = {
    { "", "" },
    { "Mein W-Lan geht nicht", "Mein W-Lan geht nicht" },
    { "an max@example.org bitte", "an [mail] bitte" },
    { "max.muster+x@sub.example.co.uk.", "[mail]." },
    { "<max@example.org>, eva@example.org", "<[mail]>, [mail]" },
    { "größe@müller.de", "[mail]" },
    { "MAX@EXAMPLE.ORG", "[mail]" },
    { "@max und max@ und a@b", "@max und max@ und a@b" },
    { "DE02120300000000202051", "[bank]" },
    { "IBAN: DE02 1203 0000 0000 2020 51!", "IBAN: [bank]!" },
    { "CH93 0076 2011 6238 5295 7 ist meine", "[bank] ist meine" },
    { "gb29nwbk60161331926819", "[bank]" },
    { "DE855555555555555555555555555555555555555559 37", "[bank]" },
    { "DE85 5555 5555 5555 5555 5555 5555 5555 5555 5555 5555 55", "[bank]" },
    { "0171 2345678", "[number]" },
    { "+49 (0)171 / 234-56-78", "[number]" },
    { "Tel.0171/2345678.", "Tel.[number]." },
    { "Bestellung 2024-0815", "Bestellung [number]" },
    { "4111 1111 1111 1111", "[number]" },
    { "Kd-Nr. 1234567", "Kd-Nr. [number]" },
    { "123456", "123456" },
    { "0171\xc2\xa0"
      "234\xe2\x80\x91"
      "5678",
      "[number]" },
    { "Tel0171\xe2\x80\xaf"
      "2345678",
      "Tel[number]" },
    { "f\xc3\xbcr\xe2\x80\x93"
      "1234567",
      "f\xc3\xbcr\xe2\x80\x93[number]" },
    { "am 02.11.2026", "am 02.11.2026" },
    { "am 2.11.2026 um 09:14", "am 2.11.2026 um 09:14" },
    { "2026-11-02", "2026-11-02" },
    { "seit 2024-2026", "seit 2024-2026" },
    { "seit 2024/2026, 2024 2026", "seit 2024/2026, 2024 2026" },
    { "Tel. 202192022, 201920197", "Tel. [number], [number]" },
    { "1.000.000 Likes", "1.000.000 Likes" },
    { "am 02.11.2026 0171 2345678", "am 02.11.2026 [number]" },
    { "70 000 oder 12 34", "70 000 oder 12 34" },
    { "Nach 5 Minuten, 3 Tagen", "Nach 5 Minuten, 3 Tagen" },
    { "0171-2345678@example.org", "[number]@example.org" },
    { "DE", "DE" },
    { "x@", "x@" },
    { "@", "@" },
};

static void each_text_shows_what_it_may(void **state)
{
    FIXTURE(f);
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str masked = mask_private(&f.arena, str_of(cases[i].text), &words);

        CHECK_STR(masked, cases[i].masked);
    }
}

/* Whatever is longer than the longest account or run of digits: its end is hidden too. */
static void no_end_of_a_long_number_is_left(void **state)
{
    FIXTURE(f);
    char text[512] = "DE";
    (void)state;

    memset(text + 2, '7', sizeof text - 2);
    for (size_t from = 0; from <= 2; from += 2)
        for (size_t n = from + 20; n < sizeof text; n++) {
            struct str number = { text + from, n - from };

            CHECK_STR(mask_private(&f.arena, number, &words),
                      from ? "[number]" : "[bank]");
        }
}

static void a_text_of_digits_or_signs_alone_ends(void **state)
{
    FIXTURE(f);
    char *p = arena_new(&f.arena, char, 65536);
    (void)state;

    for (const char *sign = "1@.+a ("; *sign; sign++) {
        memset(p, *sign, 65536);
        assert_true(mask_private(&f.arena, (struct str){ p, 65536 }, &words).n <= 65536);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_text_shows_what_it_may),
        cmocka_unit_test(no_end_of_a_long_number_is_left),
        cmocka_unit_test(a_text_of_digits_or_signs_alone_ends),
    };

    return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
