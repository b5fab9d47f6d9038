/* test_demo_book.c - the texts of the demo: blocks, wordings, slots. */
#include "fixture.h"

#include "demo/book.h"

extern const struct embedded demo_texts[];

static int read_text(struct fixture *f, const char *text, struct book *ret)
{
    struct embedded *files = arena_new(&f->arena, struct embedded, 2);

    files[0] = (struct embedded){ "made.txt", str_of(text) };
    f->op.err = (struct err){ 0 };
    return book_read(&f->op, files, ret);
}

static void a_block_has_words_lines_and_other_wordings(void **state)
{
    FIXTURE(f);
    const struct book_block *block;
    struct book book;

    (void)state;
    assert_int_equal(read_text(&f,
                               "# nothing\n\nscene one mail,chat du Dialog\n"
                               "K hello there\n| good day\nD a>b => c\n! solve\r\n"
                               "pool names\n- Anna\n",
                               &book),
                     0);
    block = book_find(&book, "scene", STR("one"));
    assert_non_null(block);
    assert_int_equal(block->word_count, 3);
    assert_true(str_is(block->words[0], "mail,chat"));
    assert_int_equal(block->line_count, 3);
    assert_true(str_is(block->lines[0].tag, "K"));
    assert_int_equal(block->lines[0].count, 2);
    assert_true(str_is(block->lines[0].texts[1], "good day"));
    assert_true(str_is(block->lines[1].texts[0], "a>b => c"));
    assert_true(str_is(block->lines[2].texts[0], "solve"));
    assert_null(book_find(&book, "scene", STR("names")));
    assert_ptr_equal(book_next(&book, "pool", block),
                     book_find(&book, "pool", STR("names")));
    assert_null(book_next(&book, "scene", block));
}

static void what_is_no_text_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "K too early\n", "line 1" },
        { "scene\n", "needs a name" },
        { "scene a\nK\n", "line 2" },
        { "scene a\n| of what\n", "wording of what" },
        { "scene a b c d e f g\n", NULL },
        { "scene a b c d e f g h\n", "too many words" },
        { "pool a\n- x\n| 2\n| 3\n| 4\n| 5\n| 6\n", NULL },
        { "pool a\n- x\n| 2\n| 3\n| 4\n| 5\n| 6\n| 7\n", "too many wordings" },
    };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct book book;
        int r = read_text(&f, cases[i].text, &book);

        assert_int_equal(r, cases[i].says ? ERR_INVALID : 0);
        if (cases[i].says)
            assert_true(str_find(f.op.err.text, str_of(cases[i].says)) >= 0);
    }
}

static void slots_are_filled_and_unknown_ones_stay(void **state)
{
    static const struct {
        const char *text, *filled;
    } cases[] = {
        { "nothing", "nothing" },
        { "{order}", "RL-1" },
        { "Wo ist {order}? Und {first}?", "Wo ist RL-1? Und Eva?" },
        { "zwei\\nZeilen", "zwei\nZeilen" },
        { "{unknown} {", "{unknown} {" },
        { "{order{order}}", "{orderRL-1}" },
        { "", "" },
    };
    const struct slot slots[] = { { "order", STR("RL-1") },
                                  { "first", STR("Eva") },
                                  { NULL, { NULL, 0 } } };
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_true(
            str_is(book_fill(&f.arena, str_of(cases[i].text), slots), cases[i].filled));
}

/* Distinct texts that somebody says: of scenes and posts, and of pools that are said. */
static void the_texts_of_the_program_can_be_read_and_are_many(void **state)
{
    FIXTURE(f);
    const struct book_block *block;
    struct book book;
    size_t said = 0;

    (void)state;
    assert_int_equal(book_read(&f.op, demo_texts, &book), 0);
    for (block = book.first; block; block = block->next) {
        assert_true(block->line_count > 0);
        for (size_t i = 0; i < block->line_count; i++) {
            if (!str_is(block->kind, "pool") && !str_is(block->lines[i].tag, "!"))
                said += block->lines[i].count;
        }
    }
    assert_true(said >= 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_has_words_lines_and_other_wordings),
        cmocka_unit_test(what_is_no_text_is_refused_with_its_line),
        cmocka_unit_test(slots_are_filled_and_unknown_ones_stay),
        cmocka_unit_test(the_texts_of_the_program_can_be_read_and_are_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
