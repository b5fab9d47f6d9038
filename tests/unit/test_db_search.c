/* test_db_search.c - both engines find the same, and only what is theirs. */
#include "fixture.h"

#include "base/strbuf.h"
#include "db/search.h"

static void put(struct fixture *f, int64_t id, const char *words)
{
    CHECK_OK(f, search_put(&f->op, SEARCH_MESSAGE, id, str_of(words)));
}

/* A query as text: terms between spaces, alternatives between bars, a star behind
 * the first one for a prefix. The ids come back as text, newest first. */
static struct str find_from(struct fixture *f, const char *query, int64_t before,
                            int64_t limit)
{
    struct search_term terms[SEARCH_MAX_TERMS + 1];
    struct search search = { SEARCH_MESSAGE, terms, 0, before, limit };
    struct str rest = str_of(query);
    struct strbuf b = STRBUF(&f->arena);
    int64_t *ids;
    size_t count;

    while (rest.n) {
        struct str term = str_cut(rest, ' ', &rest);
        struct str *any = arena_new(&f->arena, struct str, 8);
        size_t n = 0;
        bool prefix = str_ends(term, STR("*"));

        term.n -= prefix;
        while (term.n)
            any[n++] = str_cut(term, '|', &term);
        terms[search.term_count++] = (struct search_term){ any, n, prefix };
    }
    CHECK_OK(f, search_find(&f->op, &search, &ids, &count));
    for (size_t i = 0; i < count; i++)
        strbuf_fmt(&b, "%s%lld", i ? " " : "", (long long)ids[i]);
    return arena_dup(&f->arena, strbuf_str(&b));
}

static struct str find(struct fixture *f, const char *query)
{
    return find_from(f, query, 0, 100);
}

static void words_are_found_newest_first(void **state)
{
    FIXTURE_BOTH(f);

    put(&f, 10, "wo ist meine lieferung");
    put(&f, 30, "die lieferung ist da");
    put(&f, 20, "danke schoen");
    CHECK_STR(find(&f, "lieferung"), "30 10");
    CHECK_STR(find(&f, "lieferung da"), "30");
    CHECK_STR(find(&f, "lieferung danke"), "");
    CHECK_STR(find(&f, "danke|da"), "30 20");
    CHECK_STR(find(&f, "liefer"), "");
    CHECK_STR(find(&f, "liefer*"), "30 10");
    CHECK_STR(find(&f, "sch|da*"), "30 20");
    CHECK_STR(find(&f, ""), "");
}

static void pages_continue_before_the_last_id(void **state)
{
    FIXTURE_BOTH(f);

    for (int64_t id = 1; id <= 10; id++)
        put(&f, id, "wort");
    CHECK_STR(find_from(&f, "wort", 0, 3), "10 9 8");
    CHECK_STR(find_from(&f, "wort", 8, 3), "7 6 5");
    CHECK_STR(find_from(&f, "wort", 2, 3), "1");
    CHECK_STR(find_from(&f, "wort", 1, 3), "");
    CHECK_STR(find_from(&f, "wort", 0, 0), "");
}

/* A search looks at so many rows at first, and at the rest only when it must. */
static void a_begun_word_is_found_among_many_that_begin_alike(void **state)
{
    enum { MANY = 1300 };
    FIXTURE_BOTH(f);
    DB_TX(tx);

    CHECK_OK(&f, db_begin(&f.op, &tx));
    for (int64_t id = 1; id <= MANY; id++)
        put(&f, id, id % 600 == 7 ? "oft rechnung" : "oft rechtlich");
    CHECK_OK(&f, db_commit(&tx));
    CHECK_STR(find(&f, "rechn*"), "1207 607 7");
    CHECK_STR(find_from(&f, "rechn*", 0, 2), "1207 607");
    CHECK_STR(find_from(&f, "rechn*", 607, 2), "7");
    CHECK_STR(find(&f, "oft rechn*"), "1207 607 7");
    CHECK_STR(find(&f, "rechnungen|rechnung*"), "1207 607 7");
    CHECK_STR(find_from(&f, "recht*", 0, 3), "1300 1299 1298");
    CHECK_STR(find_from(&f, "recht*", 1208, 3), "1206 1205 1204");
    CHECK_STR(find_from(&f, "rechtlich", 3, 3), "2 1");
    CHECK_STR(find(&f, "rechtsweg*"), "");
}

static void new_words_replace_the_old_ones(void **state)
{
    FIXTURE_BOTH(f);

    put(&f, 1, "alt");
    put(&f, 1, "neu");
    CHECK_STR(find(&f, "alt"), "");
    CHECK_STR(find(&f, "neu"), "1");
    CHECK_OK(&f, search_remove(&f.op, SEARCH_MESSAGE, 1));
    CHECK_STR(find(&f, "neu"), "");
}

/* Words wait for the commit; nobody must notice. */
static void what_a_transaction_put_is_found_at_once_and_what_it_undid_never(void **state)
{
    FIXTURE_BOTH(f);
    {
        DB_TX(outer);

        CHECK_OK(&f, db_begin(&f.op, &outer));
        put(&f, 1, "bleibt alt");
        {
            DB_TX(inner);

            CHECK_OK(&f, db_begin(&f.op, &inner));
            put(&f, 2, "bleibt nicht");
        }
        put(&f, 1, "bleibt");
        CHECK_STR(find(&f, "bleibt"), "1");
        CHECK_STR(find(&f, "alt"), "");
        put(&f, 3, "bleibt auch");
        put(&f, 4, "bleibt weg");
        CHECK_OK(&f, search_remove(&f.op, SEARCH_MESSAGE, 4));
        CHECK_OK(&f, db_commit(&outer));
    }
    CHECK_STR(find(&f, "bleibt"), "3 1");
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        put(&f, 5, "bleibt nie");
    }
    CHECK_STR(find(&f, "bleibt"), "3 1");
}

/* Also when a text is made to look like the marks inside the index. */
static void a_workspace_never_finds_words_of_another(void **state)
{
    FIXTURE_BOTH(f);

    put(&f, 1, "geheim =w2 =k1 w2");
    f.op.workspace = 2;
    put(&f, 2, "offen");
    f.op.workspace = 12;
    put(&f, 3, "geheim");
    CHECK_OK(&f, search_put(&f.op, SEARCH_PERSON, 4, STR("geheim")));
    f.op.workspace = 2;
    CHECK_STR(find(&f, "geheim"), "");
    CHECK_STR(find(&f, "offen"), "2");
    CHECK_STR(find(&f, "=w1|geheim"), "");
    f.op.workspace = 12;
    CHECK_STR(find(&f, "geheim"), "3");
    f.op.workspace = 1;
    CHECK_STR(find(&f, "geheim"), "1");
}

/* Whatever is looked for, it is a word and never an operator. */
static void operators_and_quotes_in_a_query_are_only_words(void **state)
{
    static const char *const words[] = { "\"",   "'",   "\\",   "a\"b", "a'b", "a\\b",
                                         "AND",  "NOT", "NEAR", "a:b",  "a:*", "words:a",
                                         "(",    ")",   "^a",   "a*",   "&",   "!",
                                         "-a",   "+",   "''",   "\\'",  "a&b", "größe",
                                         "日本", "😀" };
    FIXTURE_BOTH(f);

    for (size_t i = 0; i < COUNT_OF(words); i++)
        put(&f, (int64_t)i + 1, words[i]);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct str word = str_of(words[i]);
        struct search_term term = { &word, 1, false };
        struct search search = { SEARCH_MESSAGE, &term, 1, 0, 10 };
        int64_t *ids;
        size_t count;

        CHECK_OK(&f, search_find(&f.op, &search, &ids, &count));
        assert_int_equal(count, 1);
        assert_int_equal(ids[0], i + 1);
        term.prefix = true;
        CHECK_OK(&f, search_find(&f.op, &search, &ids, &count));
        assert_true(count >= 1);
    }
}

static void odd_words_are_left_out(void **state)
{
    FIXTURE_BOTH(f);
    char longest[SEARCH_MAX_WORD + 2];

    memset(longest, 'x', sizeof(longest));
    longest[SEARCH_MAX_WORD] = 0;
    put(&f, 1, longest);
    CHECK_STR(find(&f, longest), "1");
    longest[SEARCH_MAX_WORD] = 'x';
    longest[SEARCH_MAX_WORD + 1] = 0;
    put(&f, 2, longest);
    CHECK_STR(find(&f, longest), "");
    CHECK_STR(find(&f, "xx*"), "1");
    put(&f, 3, "");
    put(&f, 4, "  zwei   leere  ");
    CHECK_STR(find(&f, "leere"), "4");
}

static void the_ceilings_of_a_search_are_named(void **state)
{
    struct search_term terms[SEARCH_MAX_TERMS + 1];
    struct str word = STR("a");
    struct search search = { SEARCH_MESSAGE, terms, SEARCH_MAX_TERMS, 0,
                             SEARCH_MAX_RESULTS };
    FIXTURE_BOTH(f);
    int64_t *ids;
    size_t count;

    for (size_t i = 0; i < COUNT_OF(terms); i++)
        terms[i] = (struct search_term){ &word, 1, false };
    CHECK_OK(&f, search_find(&f.op, &search, &ids, &count));
    search.term_count++;
    assert_int_equal(search_find(&f.op, &search, &ids, &count), ERR_INVALID);
    CHECK_STR(f.op.err.text, "a search has at most 32 words");
    search.term_count--;
    search.limit++;
    assert_int_equal(search_find(&f.op, &search, &ids, &count), ERR_INVALID);
    CHECK_STR(f.op.err.text, "a search gives at most 1000 results");
}

/* A thousand made-up texts and three hundred queries on both engines at once. */
static struct str random_words(struct fixture *f, unsigned count, const char *sep)
{
    static const char *const syllables[] = {
        "an", "ber", "ge", "lie", "fer", "ung", "zu"
    };
    struct strbuf b = STRBUF(&f->arena);

    for (unsigned i = 0; i < count; i++) {
        strbuf_add(&b, str_of(i ? sep : ""));
        for (uint64_t n = 1 + random_u64(&f->op) % 3; n > 0; n--)
            strbuf_add(&b, str_of(syllables[random_u64(&f->op) % COUNT_OF(syllables)]));
    }
    return arena_dup(&f->arena, strbuf_str(&b));
}

static void both_engines_find_the_same(void **state)
{
    FIXTURE_ON(pg, ON_POSTGRES);
    FIXTURE_STORE(lite);
    size_t found = 0;

    (void)state;
    for (int64_t id = 1; id <= 1000; id++) {
        struct str words = random_words(&lite, 8, " ");

        put(&lite, id, words.p);
        put(&pg, id, words.p);
    }
    for (int i = 0; i < 300; i++) {
        struct str query = random_words(&lite, 1 + (unsigned)i % 3, i % 2 ? " " : "|");

        if (i % 5 == 0)
            query = arena_fmt(&lite.arena, "%s*", query.p);
        struct str expected = find(&lite, query.p);
        CHECK_STR(find(&pg, query.p), expected.p);
        found += expected.n > 0;
    }
    assert_in_range(found, 50, 299); /* the queries were worth asking */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(words_are_found_newest_first),
        BOTH_ENGINES(pages_continue_before_the_last_id),
        BOTH_ENGINES(a_begun_word_is_found_among_many_that_begin_alike),
        BOTH_ENGINES(new_words_replace_the_old_ones),
        BOTH_ENGINES(what_a_transaction_put_is_found_at_once_and_what_it_undid_never),
        BOTH_ENGINES(a_workspace_never_finds_words_of_another),
        BOTH_ENGINES(operators_and_quotes_in_a_query_are_only_words),
        BOTH_ENGINES(odd_words_are_left_out),
        BOTH_ENGINES(the_ceilings_of_a_search_are_named),
        cmocka_unit_test(both_engines_find_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
