/* test_learn.c - texts as features, what is learned from examples, and how it is counted.
 */
#include "fixture.h"

#include "base/strbuf.h"
#include "text/labelled.h"
#include "text/linear.h"
#include "text/tongue.h"

static bool shares_a_word(struct fixture *f, const char *a, const char *b)
{
    struct features left = text_features(&f->arena, str_of(a));
    struct features right = text_features(&f->arena, str_of(b));

    for (size_t i = 0; i < left.count; i++) {
        for (size_t k = 0; k < right.count; k++) {
            if (left.list[i].block == FEATURE_WORD &&
                right.list[k].block == FEATURE_WORD &&
                left.list[i].index == right.list[k].index)
                return true;
        }
    }
    return false;
}

static void a_word_is_the_same_in_every_spelling(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_true(shares_a_word(&f, "a SCHÖN", "b schoen"));
    assert_true(shares_a_word(&f, "a soooo", "b sooooooo"));
    assert_true(shares_a_word(&f, "a https://one.example/x?y", "b http://two.example"));
    assert_true(shares_a_word(&f, "a 2024", "b 1999"));
    assert_false(shares_a_word(&f, "a 2024", "b 199"));
    assert_true(shares_a_word(&f, "a :-)", "b =D"));
    assert_false(shares_a_word(&f, "a :-)", "b :("));
    assert_false(shares_a_word(&f, "a @bahn", "b bahn"));
}

static size_t signs(struct fixture *f, const char *text)
{
    struct features list = text_features(&f->arena, str_of(text));
    size_t n = 0;

    for (size_t i = 0; i < list.count; i++)
        n += list.list[i].block == FEATURE_SIGN;
    return n;
}

static void shouting_stretching_and_polarity_are_counted(void **state)
{
    FIXTURE(f);

    (void)state;
    assert_int_equal(signs(&f, "haus"), 1); /* how long the text is */
    assert_int_equal(signs(&f, "HAUS"), 2);
    assert_int_equal(signs(&f, "haaaus"), 2);
    assert_int_equal(signs(&f, "wunderbar furchtbar"), 3);
    assert_int_equal(signs(&f, "haus!"), 2);
    assert_int_equal(signs(&f, "der vollidiot"), 2); /* a group of words */
    assert_int_equal(signs(&f, "die idee"), 1);
    assert_int_equal(signs(&f, ""), 0);
}

static void a_vector_has_each_index_once_and_every_block_a_length_of_one(void **state)
{
    FIXTURE(f);
    struct features list = text_features(&f.arena, STR("ja ja ja nein"));
    struct vector v = features_vector(&f.arena, &list, NULL);
    float square = 0;

    (void)state;
    assert_true(v.n > 0 && v.n < list.count);
    for (size_t i = 0; i < v.n; i++) {
        square += v.value[i] * v.value[i];
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(v.index[i], v.index[k]);
    }
    assert_true(square > 2.24F && square < 2.26F); /* words, runs, and half for signs */
    assert_int_equal(features_vector(&f.arena, &(struct features){ 0 }, NULL).n, 0);
}

static void what_is_behind_the_ceiling_is_not_looked_at(void **state)
{
    FIXTURE(f);
    struct strbuf text = STRBUF(&f.arena);
    size_t full;

    (void)state;
    for (size_t i = 0; i < FEATURES_MAX_CHARACTERS / 2; i++)
        strbuf_add(&text, STR("a "));
    full = text_features(&f.arena, strbuf_str(&text)).count;
    assert_true(full > 0);
    strbuf_add(&text, STR("b c d"));
    assert_int_equal(text_features(&f.arena, strbuf_str(&text)).count, full);
}

enum { TOY = 40 };

static struct linear toy(struct fixture *f, struct str *texts, uint8_t *labels)
{
    struct linear_examples e = { texts, labels, TOY, 2, LINEAR_MACRO_F1, 0 };

    for (size_t i = 0; i < TOY; i++) {
        labels[i] = (uint8_t)(i % 2);
        texts[i] = i % 2 ? arena_fmt(&f->arena, "terrible delay %zu", i)
                         : arena_fmt(&f->arena, "wonderful staff %zu", i);
    }
    return linear_train(&f->arena, &e);
}

static void what_was_learned_is_found_again_and_is_the_same_each_time(void **state)
{
    FIXTURE(f);
    struct str texts[TOY];
    uint8_t labels[TOY];
    struct linear one = toy(&f, texts, labels), two = toy(&f, texts, labels);
    float p[2];

    (void)state;
    assert_int_equal(linear_find(&f.arena, &one, STR("what a wonderful day"), p), 0);
    assert_true(p[0] > 0.5F && p[0] + p[1] > 0.999F && p[0] + p[1] < 1.001F);
    assert_int_equal(linear_find(&f.arena, &one, STR("another delay"), p), 1);
    assert_memory_equal(one.weights, two.weights, 2 * FEATURES * sizeof(float));
    assert_memory_equal(one.offsets, two.offsets, 2 * sizeof(float));
}

static void a_language_is_known_by_its_letters_and_no_letter_is_no_language(void **state)
{
    static const uint8_t labels[] = { 0, 1 };
    const struct str texts[] = {
        STR("der Zug ist schon wieder nicht gekommen und niemand weiß warum"),
        STR("the train has not come once again and nobody knows the reason"),
    };
    FIXTURE(f);
    struct tongue_examples e = { texts, labels, 2, 2 };
    struct tongue tongue = tongue_train(&f.arena, &e);
    float p[2];

    (void)state;
    assert_int_equal(tongue_find(&tongue, STR("schon wieder"), p), 0);
    assert_int_equal(tongue_find(&tongue, STR("nobody knows"), p), 1);
    assert_int_equal(tongue_find(&tongue, STR("@schon the #wieder"), p), 1);
    assert_int_equal(tongue_find(&tongue, STR("12345 👍"), p), 2);
    assert_int_equal(tongue_find(&tongue, STR(""), p), 2);
}

static void many_languages_are_told_like_few(void **state)
{
    enum { MANY = 40 };
    FIXTURE(f);
    struct str texts[MANY];
    uint8_t labels[MANY];
    float p[MANY];
    struct tongue_examples e = { texts, labels, MANY, MANY };
    struct tongue tongue;

    (void)state;
    for (uint8_t i = 0; i < MANY; i++) {
        labels[i] = i;
        texts[i] = arena_fmt(&f.arena, "%c%c%c%c", 'a' + i % 26, 'b' + i / 26,
                             'a' + i % 26, 'c' + i / 26);
    }
    for (e.label_count = e.count = 3; e.count <= MANY; e.label_count = e.count += 37) {
        tongue = tongue_train(&f.arena, &e);
        for (uint8_t i = 0; i < e.count; i++)
            assert_int_equal(tongue_find(&tongue, texts[i], p), i);
    }
}

static void a_long_text_overflows_no_sum_of_languages(void **state)
{
    static const struct str texts[] = { STR("guten Morgen"), STR("good morning") };
    static const uint8_t labels[] = { 0, 1 };
    const struct tongue_examples e = { texts, labels, 2, 2 };
    FIXTURE(f);
    struct tongue tongue = tongue_train(&f.arena, &e);
    struct strbuf text = STRBUF(&f.arena);
    float p[2];

    (void)state;
    while (text.n < TONGUE_MAX_BYTES)
        strbuf_add(&text, STR("good morning xyz "));
    assert_int_equal(tongue_find(&tongue, strbuf_str(&text), p), 1);
    assert_true(p[1] > 0.99F);
}

static void figures_are_those_of_the_books(void **state)
{
    struct tally t = { .labels = 3, .cells = { { 6, 2 }, { 1, 3 } } };
    struct tally_figures figures = tally_figures(&t);

    (void)state;
    assert_int_equal(figures.n, 12); /* the third label never came by */
    assert_true(figures.accuracy > 0.7499 && figures.accuracy < 0.7501);
    assert_true(figures.f1[0] > 0.7999 && figures.f1[0] < 0.8001);
    assert_true(figures.f1[1] > 0.6666 && figures.f1[1] < 0.6667);
    assert_true(figures.macro_f1 > 0.7333 && figures.macro_f1 < 0.7334);
    /* precision (6/7 + 3/5) / 2 = .72857, recall (6/8 + 3/4) / 2 = .75 */
    assert_true(figures.official_f > 0.7391 && figures.official_f < 0.7392);
}

static void few_rows_say_less_than_many(void **state)
{
    FIXTURE(f);
    struct tally few = { .labels = 2, .cells = { { 8, 2 }, { 2, 8 } } };
    struct tally many = { .labels = 2, .cells = { { 800, 200 }, { 200, 800 } } };
    struct tally none = { .labels = 2 };
    struct tally_figures figures = tally_figures(&few);
    struct tally_interval one = tally_accuracy_interval(&figures), two;

    (void)state;
    /* Wilson's interval of 16 in 20 */
    assert_true(one.low > 0.5839 && one.low < 0.5841);
    assert_true(one.high > 0.9192 && one.high < 0.9194);
    one = tally_macro_interval(&f.arena, &few);
    two = tally_macro_interval(&f.arena, &many);
    assert_true(one.low < 0.7 && one.high > 0.9 && one.high <= 1);
    assert_true(two.low > 0.77 && two.low < 0.8 && two.high > 0.8 && two.high < 0.83);
    figures = tally_figures(&none);
    assert_true(tally_accuracy_interval(&figures).high <= 0);
    assert_true(tally_macro_interval(&f.arena, &none).high <= 0);
}

static void a_bad_row_is_named_by_file_and_line(void **state)
{
    static const struct {
        const char *bytes, *words;
    } cases[] = {
        { "a\tone\nno tab\n", "x.tsv, line 2 has no tab between label and text" },
        { "a\tone\n\n\tno label\n", "x.tsv, line 3 has no label before the tab" },
        { "a b\ttext\n", "x.tsv, line 1 has a label with a space" },
        { "a\t\xff\n", "x.tsv, line 1 is not UTF-8" },
        { "\n\n", "x.tsv has no row" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct labels labels = { .count = 0 };
        struct labelled rows;

        assert_true(
            labelled_read(&f.op, "x.tsv", str_of(cases[i].bytes), &labels, &rows) < 0);
        assert_true(str_is(f.op.err.text, cases[i].words));
    }
}

static void a_file_has_room_for_a_hundred_labels_and_no_more(void **state)
{
    FIXTURE(f);
    struct strbuf b = STRBUF(&f.arena);
    struct labels labels = { .count = 0 };
    struct labelled rows;

    (void)state;
    for (int i = 0; i < LABELLED_MAX_LABELS; i++)
        strbuf_fmt(&b, "label%d\ttext\r\n", i);
    assert_int_equal(labelled_read(&f.op, "x", strbuf_str(&b), &labels, &rows), 0);
    assert_int_equal(rows.count, LABELLED_MAX_LABELS);
    assert_true(str_is(rows.texts[99], "text"));
    strbuf_add(&b, STR("more\ttext"));
    labels.count = 0;
    assert_true(labelled_read(&f.op, "x", strbuf_str(&b), &labels, &rows) < 0);
}

static void a_label_has_at_most_64_bytes(void **state)
{
    FIXTURE(f);
    struct labels labels = { .count = 0 };
    struct labelled rows;
    struct strbuf b = STRBUF(&f.arena);

    (void)state;
    for (int i = 0; i < LABELLED_MAX_LABEL; i++)
        strbuf_char(&b, 'a');
    assert_int_equal(
        labelled_read(&f.op, "x",
                      arena_fmt(&f.arena, STR_FMT "\tt", STR_ARG(strbuf_str(&b))),
                      &labels, &rows),
        0);
    assert_true(
        labelled_read(&f.op, "x",
                      arena_fmt(&f.arena, STR_FMT "a\tt", STR_ARG(strbuf_str(&b))),
                      &labels, &rows) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_is_the_same_in_every_spelling),
        cmocka_unit_test(shouting_stretching_and_polarity_are_counted),
        cmocka_unit_test(a_vector_has_each_index_once_and_every_block_a_length_of_one),
        cmocka_unit_test(what_is_behind_the_ceiling_is_not_looked_at),
        cmocka_unit_test(what_was_learned_is_found_again_and_is_the_same_each_time),
        cmocka_unit_test(a_language_is_known_by_its_letters_and_no_letter_is_no_language),
        cmocka_unit_test(many_languages_are_told_like_few),
        cmocka_unit_test(a_long_text_overflows_no_sum_of_languages),
        cmocka_unit_test(figures_are_those_of_the_books),
        cmocka_unit_test(few_rows_say_less_than_many),
        cmocka_unit_test(a_bad_row_is_named_by_file_and_line),
        cmocka_unit_test(a_file_has_room_for_a_hundred_labels_and_no_more),
        cmocka_unit_test(a_label_has_at_most_64_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
