/* test_lists.c - what texts are about, by readable lists. */
#include "fixture.h"

#include "base/strbuf.h"
#include "text/lists.h"
#include "text/scan.h"

static const struct text_lists none = { NULL, 0 };

static bool found(struct fixture *f, const char *text, const char *words)
{
    struct text_prepared t = text_prepare(&f->arena, str_of(text));

    return text_list_find(&t, str_of(words)) >= 0;
}

static void whole_words_match_in_every_spelling(void **state)
{
    static const char wlan[] = "W-Lan|WLAN\nWi-Fi";
    FIXTURE(f);

    (void)state;
    assert_true(found(&f, "Mein W-Lan geht nicht", wlan));
    assert_true(found(&f, "mein wlan!", wlan));
    assert_true(found(&f, "wi fi kaputt", wlan));
    assert_true(found(&f, "WLAN-Router", wlan));
    assert_false(found(&f, "Wlanrouter", wlan));
    assert_false(found(&f, "Lan", wlan));
    assert_true(found(&f, "Große Maßnahme", "grosse massnahme"));
    assert_true(found(&f, "vielen\xc2\xa0  DANK.", "vielen dank"));
    assert_false(found(&f, "vielen, vielen lieben Dank", "vielen dank"));
    assert_true(found(&f, "Danke 👍🏽", "👍"));
}

static void a_star_stands_for_any_ending(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_true(found(&f, "die Lieferungen", "liefer*"));
    assert_true(found(&f, "liefer", "liefer*"));
    assert_false(found(&f, "Auslieferung", "liefer*"));
    assert_false(found(&f, "Liefer ung", "lieferung*"));
}

static void a_veto_silences_the_whole_list(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_true(found(&f, "danke für alles", "danke|!danke für nichts"));
    assert_false(found(&f, "danke für nichts", "danke|!danke für nichts"));
    assert_false(found(&f, "anything", "!other"));
}

static void a_list_without_words_matches_nothing(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_false(found(&f, "anything", ""));
    assert_false(found(&f, "anything", "|\n | *|!|..."));
    assert_false(found(&f, "", "danke"));
}

static const struct {
    const char *text;
    bool thanks;
} thanks[] = {
    { "Danke!", true },
    { "Danke, geht wieder!", true },
    { "Vielen Dank für die schnelle Hilfe", true },
    { "thx", true },
    { "It works now, thank you", true },
    { "Dankeschön 😉", true },
    { "Danke für nichts", false },
    { "Danke, aber es geht immer noch nicht", false },
    { "Danke, leider wieder weg", false },
    { "Danke! Und wie lange dauert das?", false },
    { "Danke im Voraus", false },
    { "Nein danke", false },
    { "Mein W-Lan geht nicht", false },
    { "Gedanken", false },
    { "Thanks for nothing", false },
};

static void thanks_are_told_from_everything_else(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(thanks); i++) {
        struct text_prepared t = text_prepare(&f.arena, str_of(thanks[i].text));

        if (text_is_thanks(&t, &none) != thanks[i].thanks)
            fail_msg("%s", thanks[i].text);
    }
}

static const struct {
    const char *text;
    bool opt_out;
} opt_outs[] = {
    { "Bitte nicht mehr schreiben", true },
    { "bitte nicht mehr schreiben!!", true },
    { "Ich will keine Nachrichten mehr.", true },
    { "Please stop writing", true },
    { "UNSUBSCRIBE", true },
    { "Don't contact me again", true },
    { "Lasst mich in Ruhe", true },
    { "Danke, geht wieder", false },
    { "Ich kann mich nicht abmelden", false },
    { "Ich kann nicht mehr schreiben", false },
    { "Bitte schreiben Sie mir", false },
    { "Warum kommen keine Nachrichten an?", false },
};

static void who_wants_no_more_messages_is_heard(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(opt_outs); i++) {
        struct text_prepared t = text_prepare(&f.arena, str_of(opt_outs[i].text));

        if (text_is_opt_out(&t, &none) != opt_outs[i].opt_out)
            fail_msg("%s", opt_outs[i].text);
    }
}

static const struct {
    const char *text, *intent;
} intents[] = {
    { "Danke, super Service!", "praise" },
    { "Wie lange habt ihr offen?", "question" },
    { "Kommt das noch?", "question" },
    { "Ich bin enttäuscht", "complaint" },
    { "Ich sehe das anders als Max", "discussion" },
    { "Könntet ihr auch vegane Würste anbieten?", "suggestion" },
    { "Könntet ihr mir sagen, wann es kommt?", "question" },
    { "Ich möchte gerne bestellen: zwei Karten", "order" },
    { "Mein W-Lan geht nicht", "complaint" },
    { "Super, und wann kommt der Rest?", "question" },
    { "Na super, wieder kaputt", "complaint" },
    { "Nicht schlecht!", "" },
    { "Der Service ist nicht so toll", "" },
    { "Guten Morgen", "" },
    { "siehe https://example.org/?page=2", "" },
    { "", "" },
    { "I am very disappointed", "complaint" },
    { "Where is my parcel", "question" },
    { "Great job, well done", "praise" },
};

static void the_intent_is_said_or_unknown(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(intents); i++) {
        struct text_prepared t = text_prepare(&f.arena, str_of(intents[i].text));
        struct str intent = text_intent(&t, &none);

        if (!str_is(intent, intents[i].intent))
            fail_msg("%s: " STR_FMT, intents[i].text, STR_ARG(intent));
    }
}

static void a_question_mark_counts_unless_it_is_in_an_address(void **state)
{
    static const struct {
        const char *text;
        bool asks;
    } cases[] = {
        { "ja?", true },
        { "Was?!", true },
        { "was？", true },
        { "(wirklich?)", true },
        { "ok?😉", true },
        { "ja? nein", true },
        { "http://h/?a=b", false },
        { "a?b", false },
        { "nein", false },
        { "http://h/?a ja?", true },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (text_prepare(&f.arena, str_of(cases[i].text)).asks != cases[i].asks)
            fail_msg("%s", cases[i].text);
    }
}

static void a_workspace_replaces_a_default_and_can_switch_it_off(void **state)
{
    static const struct text_list rows[] = {
        { { "thanks", 6 }, { "", 0 }, { "vergelts gott", 13 } },
        { { "intent", 6 }, { "praise", 6 }, { "", 0 } },
    };
    const struct text_lists own = { rows, COUNT_OF(rows) };
    FIXTURE(f);
    struct text_prepared t = text_prepare(&f.arena, STR("Vergelts Gott, super!"));

    (void)state;
    assert_true(text_is_thanks(&t, &own));
    assert_false(text_is_thanks(&t, &none));
    CHECK_STR(text_intent(&t, &own), "");
    CHECK_STR(text_intent(&t, &none), "praise");
    t = text_prepare(&f.arena, STR("Danke"));
    assert_false(text_is_thanks(&t, &own));
}

static void the_topic_mentioned_first_is_the_topic(void **state)
{
    static const struct text_list rows[] = {
        { { "topic", 5 }, { "Rechnung", 8 }, { "rechnung*", 9 } },
        { { "thanks", 6 }, { "", 0 }, { "mein", 4 } },
        { { "topic", 5 }, { "WLAN", 4 }, { "W-Lan|WLAN|Wi-Fi", 16 } },
    };
    const struct text_lists lists = { rows, COUNT_OF(rows) };
    FIXTURE(f);
    struct text_prepared t;

    (void)state;
    t = text_prepare(&f.arena, STR("Mein W-Lan geht nicht, und die Rechnungen?"));
    CHECK_STR(text_topic(&t, &lists), "WLAN");
    t = text_prepare(&f.arena, STR("Rechnung für WLAN"));
    CHECK_STR(text_topic(&t, &lists), "Rechnung");
    t = text_prepare(&f.arena, STR("Guten Tag"));
    CHECK_STR(text_topic(&t, &lists), "");
}

static struct str spellings(struct fixture *f, int n)
{
    struct strbuf b = STRBUF(&f->arena);

    for (int i = 0; i < n; i++)
        strbuf_fmt(&b, "w%d\n", i);
    strbuf_char(&b, '\0');
    b.n--;
    return strbuf_str(&b);
}

static struct str letters(struct fixture *f, int n)
{
    struct strbuf b = STRBUF(&f->arena);

    for (int i = 0; i < n; i++)
        strbuf_add(&b, STR("ö"));
    return strbuf_str(&b);
}

static void ceilings_of_a_list_hold_and_one_past_them_fails(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_int_equal(text_list_check(&f.op, "words", spellings(&f, 200)), 0);
    assert_int_equal(text_list_check(&f.op, "words", spellings(&f, 201)), ERR_INVALID);
    CHECK_STR(f.op.err.fields->message, "has more than 200 spellings");
    assert_true(found(&f, "w199", spellings(&f, 201).p));
    assert_false(found(&f, "w200", spellings(&f, 201).p));
    fixture_next_op(&f);
    assert_int_equal(text_list_check(&f.op, "words", letters(&f, 100)), 0);
    assert_int_equal(text_list_check(&f.op, "words", letters(&f, 101)), ERR_INVALID);
    CHECK_STR(f.op.err.fields->message, "has a spelling of more than 100 characters");
    fixture_next_op(&f);
    assert_int_equal(text_list_check(&f.op, "words", STR("a\n...\n")), ERR_INVALID);
    CHECK_STR(f.op.err.fields->message, "has a spelling without a word: ...");
}

static void every_default_list_keeps_its_own_rules(void **state)
{
    size_t count;
    const struct text_list *lists = text_default_lists(&count);
    FIXTURE(f);

    (void)state;
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++) {
        if (text_list_check(&f.op, "words", lists[i].words) < 0)
            fail_msg(STR_FMT ": " STR_FMT, STR_ARG(lists[i].value),
                     STR_ARG(f.op.err.text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_words_match_in_every_spelling),
        cmocka_unit_test(a_star_stands_for_any_ending),
        cmocka_unit_test(a_veto_silences_the_whole_list),
        cmocka_unit_test(a_list_without_words_matches_nothing),
        cmocka_unit_test(thanks_are_told_from_everything_else),
        cmocka_unit_test(who_wants_no_more_messages_is_heard),
        cmocka_unit_test(the_intent_is_said_or_unknown),
        cmocka_unit_test(a_question_mark_counts_unless_it_is_in_an_address),
        cmocka_unit_test(a_workspace_replaces_a_default_and_can_switch_it_off),
        cmocka_unit_test(the_topic_mentioned_first_is_the_topic),
        cmocka_unit_test(ceilings_of_a_list_hold_and_one_past_them_fails),
        cmocka_unit_test(every_default_list_keeps_its_own_rules),
    };

    return cmocka_run_group_tests_name("lists", tests, NULL, NULL);
}
