/* test_words.c - what is found by which query. */
#include "fixture.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "text/scan.h"
#include "text/words.h"

/* As an engine does it: whole words, the first alternative also as a prefix. */
static bool has_word(struct str words, struct str word, bool prefix)
{
    while (words.n > 0) {
        struct str next = str_cut(words, ' ', &words);

        if (str_eq(next, word) || (prefix && str_starts(next, word)))
            return true;
    }
    return false;
}

static bool has_any(struct str words, const struct text_query_word *w)
{
    bool found = false;

    for (size_t i = 0; i < w->count; i++)
        found |= has_word(words, w->any[i], w->prefix && i == 0);
    return found;
}

static bool finds(struct fixture *f, const char *query, const char *text)
{
    struct str words = text_words(&f->arena, str_of(text));
    struct text_query q;

    assert_int_equal(text_query(&f->op, str_of(query), &q), 0);
    for (size_t i = 0; i < q.count; i++) {
        if (!has_any(words, &q.words[i]))
            return false;
    }
    return q.count > 0;
}

static const struct {
    const char *query, *text;
} pairs[] = {
    { "Massnahmen", "Welche Maßnahmen sind geplant?" },
    { "Maßnahme", "MASSNAHMEN" },
    { "schön", "das ist schoen" },
    { "schoen", "Das ist SCHÖN!" },
    { "Mäge", "Maege" },
    { "Maege", "Mäge" },
    { "Lieferung", "Wo bleiben die Lieferungen?" },
    { "Lieferungen", "Wo bleibt die Lieferung?" },
    { "Vertrag", "unsere Verträge" },
    { "Verträge", "mein Vertrag" },
    { "Anschlüsse", "kein Anschluss" },
    { "Haus", "viele Häuser" },
    { "problem", "problems" },
    { "running", "it runs" },
    { "wlan", "Mein W-Lan geht nicht" },
    { "W-Lan", "WLAN" },
    { "W-Lan", "w\xe2\x80\x91lan" },
    { "Lan", "W-Lan" },
    { "Wi-Fi", "WiFi" },
    { "E-Mail", "per Email" },
    { "Email", "per E-Mail" },
    { "DSL-Anschluss", "der DSL Anschluss" },
    { "dsl anschluss", "DSL-Anschluss" },
    { "gehts", "wie geht's" },
    { "geht’s", "gehts?" },
    { "2024-0815", "Bestellung 2024-0815 fehlt" },
    { "20240815", "Bestellung 2024-0815 fehlt" },
    { "😉", "alles gut😉" },
    { "alles 😉", "alles😉😉gut" },
    { "👍", "Danke 👍🏽" },
    { "👍🏿", "Danke 👍" },
    { "🇩🇪", "Hallo 🇫🇷🇩🇪" },
    { "❤", "wir ❤️ euch" },
    { "👩", "👨‍👩‍👧" },
    { "heute morgen", "heute\xc2\xa0morgen" },
    { "Cafe", "Café" },
    { "Mai", "im Mai" },
    { "Liefer", "die Lieferung" },
    { "wo lief", "Wo ist die Lieferung" },
    { "München", "MUENCHEN" },
    { "日本", "日本語" },
    { "Елка", "ёлка" },
    { "max", "@max_muster" },
    { "draht", "#Draht!" },
};

static const struct {
    const char *query, *text;
} strangers[] = {
    { "Lieferung", "Rechnung" },
    { "schon ", "schön" },
    { "schön", "schon" },
    { "Rechnung Mai", "Rechnung März" },
    { "😉", "😀" },
    { "🇩🇪", "🇩🇰" },
    { "Lie ", "Lieferung" },
    { "a ", "abc" },
    { "W-Lan", "ein Lan und ein W" },
    { "???", "???" },
    { "", "anything" },
};

static void every_spelling_finds_its_word(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (!finds(&f, pairs[i].query, pairs[i].text))
            fail_msg("\"%s\" does not find \"%s\": " STR_FMT, pairs[i].query,
                     pairs[i].text, STR_ARG(text_words(&f.arena, str_of(pairs[i].text))));
    }
}

static void what_is_another_word_is_not_found(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        if (finds(&f, strangers[i].query, strangers[i].text))
            fail_msg("\"%s\" finds \"%s\"", strangers[i].query, strangers[i].text);
    }
}

static void index_words_come_once_and_in_order(void **state)
{
    FIXTURE(f);

    (void)state;
    CHECK_STR(text_words(&f.arena, STR("Der W-Lan, der wlan; 😉 DER 0815")),
              "der w wlan lan 😉 0815");
    CHECK_STR(text_words(&f.arena, STR("a -b c--d 'e' f- g")), "a b c d e f g");
    CHECK_STR(text_words(&f.arena, STR("")), "");
    CHECK_STR(text_words(&f.arena, STR(" \"'*:&|()!<>-- ")), "");
}

/* Whatever comes in, an engine can take the words as they are. */
static void words_hold_no_space_quote_or_operator(void **state)
{
    FIXTURE(f);
    struct strbuf b = STRBUF(&f.arena);
    struct str words;

    (void)state;
    for (int c = 1; c < 256; c++) {
        strbuf_fmt(&b, "x%c", (char)c);
        strbuf_fmt(&b, "%cy ", (char)c);
    }
    words = text_words(&f.arena, strbuf_str(&b));
    assert_true(words.n > 100);
    assert_true(utf8_is_valid(words));
    for (size_t i = 0; i < words.n; i++) {
        unsigned char c = (unsigned char)words.p[i];

        assert_true(c >= 0x80 || c == ' ' || (c >= '0' && c <= '9') ||
                    (c >= 'a' && c <= 'z'));
    }
    assert_true(str_find(words, STR("  ")) < 0);
}

static void a_word_is_cut_at_64_bytes_in_text_and_query(void **state)
{
    FIXTURE(f);
    struct strbuf b = STRBUF(&f.arena);
    struct text_query q;
    struct str words;

    (void)state;
    for (int i = 0; i < 64; i++)
        strbuf_char(&b, '1');
    CHECK_STR(text_words(&f.arena, strbuf_str(&b)), arena_cstr(&f.arena, strbuf_str(&b)));
    strbuf_char(&b, '1');
    words = text_words(&f.arena, strbuf_str(&b));
    assert_int_equal(words.n, 64);
    assert_int_equal(text_query(&f.op, strbuf_str(&b), &q), 0);
    assert_int_equal(q.count, 1);
    assert_true(str_eq(q.words[0].any[0], words));
    b.n = 0;
    for (int i = 0; i < 40; i++)
        strbuf_add(&b, STR("й1-"));
    assert_true(utf8_is_valid(text_words(&f.arena, strbuf_str(&b))));
}

static void the_last_word_is_a_prefix_while_somebody_types(void **state)
{
    struct text_query q;
    FIXTURE(f);

    (void)state;
    assert_int_equal(text_query(&f.op, STR("Lieferung ko"), &q), 0);
    assert_int_equal(q.count, 2);
    assert_false(q.words[0].prefix);
    assert_true(q.words[1].prefix);
    CHECK_STR(q.words[0].any[0], "lieferung");
    CHECK_STR(q.words[0].any[1], "liefer");
    assert_int_equal(text_query(&f.op, STR("Lieferung ko "), &q), 0);
    assert_false(q.words[1].prefix);
    assert_int_equal(text_query(&f.op, STR("Lieferung k"), &q), 0);
    assert_false(q.words[1].prefix);
    assert_int_equal(text_query(&f.op, STR("Lieferung 🇩🇪"), &q), 0);
    assert_false(q.words[1].prefix);
}

static struct str repeated(struct fixture *f, const char *part, int n)
{
    struct strbuf b = STRBUF(&f->arena);

    for (int i = 0; i < n; i++)
        strbuf_fmt(&b, "%s%d ", part, i);
    return strbuf_str(&b);
}

static void ceilings_of_a_query_hold_and_one_past_them_fails(void **state)
{
    struct text_query q;
    struct strbuf b;
    FIXTURE(f);

    (void)state;
    assert_int_equal(text_query(&f.op, repeated(&f, "w", 16), &q), 0);
    assert_int_equal(q.count, 16);
    q.count = 99;
    assert_int_equal(text_query(&f.op, repeated(&f, "w", 17), &q), ERR_INVALID);
    CHECK_STR(f.op.err.fields->field, "q");
    CHECK_STR(f.op.err.fields->message, "has more than 16 words");
    assert_int_equal(q.count, 99);

    b = STRBUF(&f.arena);
    for (int i = 0; i < 200; i++)
        strbuf_add(&b, STR("ä"));
    fixture_next_op(&f);
    assert_int_equal(text_query(&f.op, strbuf_str(&b), &q), 0);
    strbuf_char(&b, 'a');
    assert_int_equal(text_query(&f.op, strbuf_str(&b), &q), ERR_INVALID);
    CHECK_STR(f.op.err.fields->message, "is longer than 200 characters");
}

/* The stems of a word are kept until another word takes its place. */
static void a_word_has_the_same_stems_the_second_time_and_after_many_others(void **state)
{
    enum { MANY = 20000 };
    static const char *const words[] = {
        "vertraege", "Lieferungen",
        "schoenes",  "running",
        "a",         "\xf0\x9f\x91\x8d",
        "haeuser",   "Donaudampfschifffahrtsgesellschaften",
    };
    struct str first[COUNT_OF(words)];
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        first[i] = text_words(&f.arena, str_of(words[i]));
        assert_true(str_eq(text_words(&f.arena, str_of(words[i])), first[i]));
    }
    for (int i = 0; i < MANY; i++) {
        ARENA(scratch);
        struct str other = arena_fmt(&scratch, "wort%c%c%c", 'a' + i % 26,
                                     'a' + i / 26 % 26, 'a' + i / 676 % 26);
        struct str found = text_words(&scratch, other);

        assert_true(str_starts(found, other));
    }
    for (size_t i = 0; i < COUNT_OF(words); i++)
        assert_true(str_eq(text_words(&f.arena, str_of(words[i])), first[i]));
    assert_true(has_word(first[0], STR("vertrag"), false));
}

static void the_same_word_counts_once(void **state)
{
    struct text_query q;
    FIXTURE(f);

    (void)state;
    assert_int_equal(text_query(&f.op, STR("schön SCHÖN schoen Schön schön schön "), &q),
                     0);
    assert_int_equal(q.count, 1);
}

static void a_text_is_read_up_to_its_ceiling(void **state)
{
    FIXTURE(f);
    char *p = arena_alloc(&f.arena, 1, 1, TEXT_MAX_BYTES + 5);
    struct str words;

    (void)state;
    memset(p, ' ', TEXT_MAX_BYTES + 5);
    memcpy(p + TEXT_MAX_BYTES - 4, "last over", 9);
    words = text_words(&f.arena, (struct str){ p, TEXT_MAX_BYTES + 5 });
    CHECK_STR(words, "last");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_finds_its_word),
        cmocka_unit_test(what_is_another_word_is_not_found),
        cmocka_unit_test(index_words_come_once_and_in_order),
        cmocka_unit_test(words_hold_no_space_quote_or_operator),
        cmocka_unit_test(a_word_is_cut_at_64_bytes_in_text_and_query),
        cmocka_unit_test(the_last_word_is_a_prefix_while_somebody_types),
        cmocka_unit_test(ceilings_of_a_query_hold_and_one_past_them_fails),
        cmocka_unit_test(a_word_has_the_same_stems_the_second_time_and_after_many_others),
        cmocka_unit_test(the_same_word_counts_once),
        cmocka_unit_test(a_text_is_read_up_to_its_ceiling),
    };

    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
