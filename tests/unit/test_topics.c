/* test_topics.c - topics by examples: what is near to one has its topic, nothing else
 * has; and one name for all spellings. */
#include "fixture.h"

#include "text/topics.h"

#define GATE "Der Schrankenwärter am Zwirbelweg lässt niemanden auf den Parkplatz."
#define AGAIN                                                                            \
    "Wieder lässt der Schrankenwärter am Zwirbelweg niemanden auf den Parkplatz!"
#define SOUP "Die Kantine hatte heute schon wieder keine Suppe mehr."

static bool learn(struct fixture *f, struct topics *t, const char *text, const char *name)
{
    return topics_learn(&f->arena, t, str_of(text), str_of(name), true);
}

/* "name": sure; "name?": a guess; "": none. */
static struct str find(struct fixture *f, const struct topics *t, const char *text)
{
    float p = 0;
    struct str name = topics_find(&f->arena, t, str_of(text), &p);

    assert_true(name.n == 0 || (p > 0 && p < 1));
    return name.n && p < 0.5F ? arena_fmt(&f->arena, STR_FMT "?", STR_ARG(name)) : name;
}

static void what_is_near_to_an_example_is_of_its_topic(void **state)
{
    FIXTURE(f);
    struct topics *t = topics_new(&f.arena);

    (void)state;
    assert_int_equal(find(&f, t, GATE).n, 0);
    assert_true(learn(&f, t, GATE, "Parkplatz"));
    assert_true(str_is(find(&f, t, GATE), "Parkplatz"));
    assert_true(str_is(find(&f, t, AGAIN), "Parkplatz"));
    assert_int_equal(find(&f, t, SOUP).n, 0);
    assert_int_equal(find(&f, t, "").n, 0);
    assert_true(learn(&f, t, SOUP, "Kantine"));
    assert_true(str_is(find(&f, t, SOUP), "Kantine"));
    assert_true(str_is(find(&f, t, AGAIN), "Parkplatz"));
}

static void what_shares_less_is_a_guess_that_more_examples_settle(void **state)
{
    static const char far[] =
        "Am Parkplatz war der Schrankenwärter heute sehr unfreundlich.";
    FIXTURE(f);
    struct topics *t = topics_new(&f.arena);

    (void)state;
    assert_true(learn(&f, t, GATE, "Parkplatz"));
    assert_false(str_is(find(&f, t, far), "Parkplatz"));
    assert_true(learn(&f, t,
                      "Am Parkplatz war gestern niemand, der Schrankenwärter fehlte.",
                      "Parkplatz"));
    assert_true(
        learn(&f, t, "Warum ist der Schrankenwärter so unfreundlich?", "Parkplatz"));
    assert_true(str_is(find(&f, t, far), "Parkplatz"));
}

static void a_denial_and_another_topic_set_it_right(void **state)
{
    FIXTURE(f);
    struct topics *t = topics_new(&f.arena);

    (void)state;
    assert_true(learn(&f, t, GATE, "Parkplatz"));
    assert_true(topics_learn(&f.arena, t, STR(GATE), STR("Parkplatz"), false));
    assert_int_equal(find(&f, t, GATE).n, 0);
    assert_true(learn(&f, t, GATE, "Personal"));
    assert_true(str_is(find(&f, t, GATE), "Personal"));
}

/* At each ceiling, and one past it. */
static void names_have_a_ceiling_in_length_and_number(void **state)
{
    FIXTURE(f);
    struct topics *t = topics_new(&f.arena);
    char name[TOPICS_MAX_NAME + 1];

    (void)state;
    memset(name, 'n', sizeof(name));
    assert_true(topics_learn(&f.arena, t, STR(GATE),
                             (struct str){ name, TOPICS_MAX_NAME }, true));
    assert_false(topics_learn(&f.arena, t, STR(GATE),
                              (struct str){ name, TOPICS_MAX_NAME + 1 }, true));
    for (int i = 1; i < TOPICS_MAX; i++)
        assert_true(learn(&f, t, SOUP, arena_fmt(&f.arena, "t%d%c", i, 0).p));
    assert_false(learn(&f, t, SOUP, "one more"));
    assert_true(learn(&f, t, SOUP, "t1"));
    assert_false(learn(&f, t, GATE, ""));
    assert_false(learn(&f, t, " ", "t1"));
}

static void sentences_of_lists_are_examples_and_words_are_not(void **state)
{
    static const struct text_list rows[] = {
        { STR("topic"), STR("Parkplatz"),
          STR("Schranke\n" GATE "\n!nur ein Spaß dabei") },
        { STR("intent"), STR("praise"), STR(SOUP) },
    };
    static const struct text_list words[] = {
        { STR("topic"), STR("Parkplatz"), STR("Schranke\nder Parkplatz|am Tor") },
    };
    const struct text_lists lists = { rows, COUNT_OF(rows) }, few = { words, 1 },
                            none = { NULL, 0 };
    FIXTURE(f);
    struct topics *t = topics_new(&f.arena);

    (void)state;
    topics_learn_lists(t, &lists);
    assert_true(str_is(find(&f, t, AGAIN), "Parkplatz"));
    assert_int_equal(find(&f, t, SOUP).n, 0);
    assert_true(topics_digest(&few) == topics_digest(&none));
    assert_true(topics_digest(&lists) != topics_digest(&none));
}

static void a_topic_is_one_in_all_its_spellings(void **state)
{
    static const struct text_list rows[] = {
        { STR("topic"), STR("WLAN"), STR("W-Lan|Wi-Fi\nFunknetz") },
        { STR("topic"), STR("Netz"), STR("Netz") },
    };
    const struct text_lists lists = { rows, COUNT_OF(rows) };

    (void)state;
    assert_true(topics_same(STR("W-Lan"), STR("wlan")));
    assert_true(topics_same(STR("Öffnungs-Zeiten"), STR("OEFFNUNGSZEITEN")));
    assert_false(topics_same(STR("LAN"), STR("WLAN")));
    assert_false(topics_same(STR("!"), STR("?")));
    assert_true(str_is(topics_name(&lists, STR("w lan")), "WLAN"));
    assert_true(str_is(topics_name(&lists, STR("wifi")), "WLAN"));
    assert_true(str_is(topics_name(&lists, STR("netz")), "Netz"));
    assert_true(str_is(topics_name(&lists, STR("Strom")), "Strom"));
    assert_int_equal(topics_name(&lists, STR("")).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_near_to_an_example_is_of_its_topic),
        cmocka_unit_test(what_shares_less_is_a_guess_that_more_examples_settle),
        cmocka_unit_test(a_denial_and_another_topic_set_it_right),
        cmocka_unit_test(names_have_a_ceiling_in_length_and_number),
        cmocka_unit_test(sentences_of_lists_are_examples_and_words_are_not),
        cmocka_unit_test(a_topic_is_one_in_all_its_spellings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
