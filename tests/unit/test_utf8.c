/* test_utf8.c - valid UTF-8, graphemes, folding. */
#include "fixture.h"

#include "base/strbuf.h"
#include "base/utf8.h"

static void only_what_rfc_3629_allows_is_valid(void **state)
{
    static const char *const right[] = { "",
                                         "abc",
                                         "ä",
                                         "€",
                                         "😉",
                                         "\xed\x9f\xbf",
                                         "\xee\x80\x80",
                                         "\xf4\x8f\xbf\xbf",
                                         "\xef\xbf\xbe",
                                         "\x7f",
                                         "\xc2\x80" };
    static const char *const wrong[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc3",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf0\x9f\x98",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xfe",
        "\xff",
        "a\xc3z",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(right); i++)
        assert_true(utf8_is_valid(str_of(right[i])));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(utf8_is_valid(str_of(wrong[i])));
    assert_int_equal(utf8_valid_prefix(STR("aä\xffz")), 3);
}

static void a_code_point_comes_with_its_length(void **state)
{
    static const struct {
        const char *text;
        uint32_t value;
        size_t n;
    } cases[] = {
        { "a", 'a', 1 },     { "äx", 0xe4, 2 },     { "€", 0x20ac, 3 },
        { "😉", 0x1f609, 4 }, { "\xff", 0xfffd, 1 }, { "\xc3", 0xfffd, 1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t n = 0;

        assert_int_equal(utf8_next(str_of(cases[i].text), &n), cases[i].value);
        assert_int_equal(n, cases[i].n);
    }
}

static void graphemes_are_what_people_count(void **state)
{
    static const struct {
        const char *text;
        size_t code_points, graphemes;
    } cases[] = {
        { "", 0, 0 },
        { "abc", 3, 3 },
        { "a\r\nb", 4, 3 },
        { "a\xcc\x88", 2, 1 },          /* a and combining diaeresis */
        { "👨‍👩‍👧", 5, 1 }, /* joined */
        { "🇩🇪🇫🇷", 4, 2 },
        { "👍🏽!", 3, 2 },
        { "\xff\xff", 2, 2 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(utf8_count(str_of(cases[i].text)), cases[i].code_points);
        assert_int_equal(utf8_graphemes(str_of(cases[i].text)), cases[i].graphemes);
    }
}

static void a_cut_never_divides_a_grapheme(void **state)
{
    (void)state;
    CHECK_STR(utf8_cut(STR("abcdef"), 3), "abc");
    CHECK_STR(utf8_cut(STR("abc"), 3), "abc");
    CHECK_STR(utf8_cut(STR("abc"), 0), "");
    CHECK_STR(utf8_cut(STR("a\xcc\x88z"), 1), "a\xcc\x88");
    CHECK_STR(utf8_cut(STR("👨‍👩‍👧x"), 1), "👨‍👩‍👧");
    CHECK_STR(utf8_cut(STR("a\r\nb"), 2), "a\r\n");
    CHECK_STR(utf8_cut((struct str){ NULL, 0 }, 5), "");
}

static void repair_replaces_each_wrong_byte_and_nothing_else(void **state)
{
    FIXTURE(f);

    (void)state;
    CHECK_STR(utf8_repair(&f.arena, STR("ä\xffz\xe2\x82")),
              "ä\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
    CHECK_STR(utf8_repair(&f.arena, STR("plain")), "plain");
}

static void folding_makes_one_spelling_of_many(void **state)
{
    static const struct {
        const char *text, *folded;
    } cases[] = {
        { "Maßnahmen", "massnahmen" },
        { "MASSNAHMEN", "massnahmen" },
        { "STRAẞE", "strasse" },
        { "schön", "schoen" },
        { "SCHO\xcc\x88N", "schoen" }, /* O and combining diaeresis */
        { "Übergröße", "uebergroesse" },
        { "Äpfel", "aepfel" },
        { "ǖ", "ue" }, /* diaeresis and macron */
        { "a\xcc\x88\xcc\x88", "ae" },
        { "Café", "cafe" },
        { "naïve Ångström", "naive angstroem" },
        { "Čeština, Łódź", "cestina, lodz" },
        { "Søren æ œ ŒUVRE", "soren ae oe oeuvre" },
        { "ﬁn Ⅷ ½ ①", "fin viii 1⁄2 1" }, /* compatibility forms */
        { "ｆｕｌｌ　ｗｉｄｔｈ", "full width" },
        { "a\xc2\xa0\xe2\x80\xaf\xe2\x80\x89\xe2\x80\x83 \t\r\nb", "a b" },
        { "a\xe2\x80\xa8\xe2\x80\xa9"
          "b",
          "a b" },
        { "ä\x01\x7f\xc2\x85z", "ae z" },
        { "A \t\r\n\x0b\x01 B", "a b" },
        { "weich\xc2\xad"
          "es Trennen, null\xe2\x80\x8b"
          "breit",
          "weiches trennen, nullbreit" },
        { "ЁЛКА й", "елка и" },
        { "ΣΊΣΥΦΟΣ", "σισυφοσ" },
        { "İstanbul ısı", "istanbul isi" },
        { "हिन्दी", "हिन्दी" }, /* vowel signs make the word */
        { "がぎ", "がぎ" },
        { "한국어", "한국어" },
        { "مُحَمَّد", "محمد" }, /* harakat are marks for readers */
        { "😉👍🏽", "😉👍🏽" },
        { "❤️", "❤" },
        { "x\xff", "x\xef\xbf\xbd" },
        { "", "" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(utf8_fold(&f.arena, str_of(cases[i].text)), cases[i].folded);
}

/* A character that folding drops sends a text the long way. */
static void folding_german_the_short_way_is_folding_it_the_long_way(void **state)
{
    static const char *const letters[] = {
        "a",        "E",        "\xc3\xa4", "\xc3\x84", "\xc3\xb6", "\xc3\x96",
        "\xc3\xbc", "\xc3\x9c", "\xc3\x9f", " ",        "\t",       "\x7f",
        "-",        "7",        "\xc3\xa9", "\xc3\xa0"
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        for (size_t k = 0; k < COUNT_OF(letters); k++) {
            struct str text =
                arena_fmt(&f.arena, "%s%s%s", letters[i], letters[k], letters[i]);
            struct str with = arena_fmt(&f.arena, STR_FMT "\xe2\x80\x8b", STR_ARG(text));

            CHECK_STR(utf8_fold(&f.arena, text),
                      arena_cstr(&f.arena, utf8_fold(&f.arena, with)));
        }
    }
}

static void folding_twice_changes_nothing_more(void **state)
{
    FIXTURE(f);

    (void)state;
    for (uint32_t c = 1; c < 0x20000; c++) {
        char p[4] = { (char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 0x3f)),
                      (char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f)) };
        struct str s = { p, 4 }, once, twice;

        if (c < 0x800) {
            p[2] = (char)(0xc0 | c >> 6);
            s = (struct str){ p + 2, 2 };
        } else if (c < 0x10000) {
            p[1] = (char)(0xe0 | c >> 12);
            s = (struct str){ p + 1, 3 };
        }
        if (c < 0x80)
            s = (struct str){ p + 3, 1 };
        if (c < 0x80)
            p[3] = (char)c;
        once = utf8_fold(&f.arena, s);
        twice = utf8_fold(&f.arena, once);
        if (!str_eq(once, twice))
            fail_msg("U+%04X", c);
        if (c % 1024 == 0)
            arena_reset(&f.arena);
    }
}

static void the_short_way_for_ascii_gives_what_the_long_way_gives(void **state)
{
    FIXTURE(f);

    (void)state;
    for (int i = 0; i < 128; i++) {
        char p[5] = { 'A', (char)i, ' ', (char)i, 'z' };
        struct str shorter = utf8_fold(&f.arena, (struct str){ p, sizeof(p) });
        struct strbuf b = STRBUF(&f.arena);
        struct str longer;

        strbuf_add(&b, (struct str){ p, sizeof(p) });
        strbuf_add(&b, STR("€"));
        longer = utf8_fold(&f.arena, strbuf_str(&b));
        assert_true(str_eq(shorter, str_sub(longer, 0, longer.n - 3)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_rfc_3629_allows_is_valid),
        cmocka_unit_test(a_code_point_comes_with_its_length),
        cmocka_unit_test(graphemes_are_what_people_count),
        cmocka_unit_test(a_cut_never_divides_a_grapheme),
        cmocka_unit_test(repair_replaces_each_wrong_byte_and_nothing_else),
        cmocka_unit_test(folding_makes_one_spelling_of_many),
        cmocka_unit_test(folding_german_the_short_way_is_folding_it_the_long_way),
        cmocka_unit_test(folding_twice_changes_nothing_more),
        cmocka_unit_test(the_short_way_for_ascii_gives_what_the_long_way_gives),
    };

    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
