/* search_find.c - newest first, and no further than there is need.
 *
 * Both engines gather all that matches before they give the newest of it, SQLite for a
 * word that is only begun, PostgreSQL for every word: of a word that half of a million
 * messages have, half a million rows for a page of twenty. So there is a glance first, at
 * a bounded number of rows: SQLite walks, newest first, those whose words begin with the
 * same three characters, which it has an index of; PostgreSQL the newest of all. What is
 * found too seldom to fill the page there is seldom enough for the whole way.
 *
 * Words and operators of a query are quoted by the rules of each engine, and the query is
 * bound as a value.
 */
#include "base/strbuf.h"
#include "base/utf8.h"
#include "db/search_parts.h"
#include "db/stmt.h"

/* Rows of a glance; characters of the longest beginning that SQLite has an index of. */
enum { GLANCE = 500, BEGINNING = 3 };

struct found {
    int64_t *ids; /* newest first, room for the limit */
    size_t count;
    int64_t before; /* what is not looked at yet is older */
    bool all;       /* nothing is left to look at */
};

/* How an engine writes a query. */
struct grammar {
    const char *marked; /* before each word */
    size_t beginning;   /* characters left of a word that is only begun; 0: all */
    char quote;         /* doubled inside a word */
    bool escapes;       /* a backslash is doubled too */
    const char *all_of; /* between terms */
    const char *any_of; /* between alternatives */
    const char *prefix; /* behind a word */
};

static struct grammar grammar_of(const struct db *db, enum search_kind kind)
{
    if (db_is_postgres(db))
        return (struct grammar){ "", 0, '\'', true, " & ", " | ", ":*" };
    return (struct grammar){ search_mark(kind), 0, '"', false, " AND ", " OR ", " *" };
}

static void add_quoted(struct strbuf *b, const struct grammar *g, struct str word)
{
    strbuf_char(b, g->quote);
    strbuf_add(b, str_of(g->marked));
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] == g->quote || (g->escapes && word.p[i] == '\\'))
            strbuf_char(b, word.p[i]);
        strbuf_char(b, word.p[i]);
    }
    strbuf_char(b, g->quote);
}

/* Marks are of ASCII. */
static struct str beginning(const struct grammar *g, struct str word)
{
    return utf8_cut(word, g->beginning - strlen(g->marked));
}

/* False: no alternative is a word, so nothing can match. */
static bool add_term(struct strbuf *b, const struct grammar *g,
                     const struct search_term *term)
{
    bool first = true;

    strbuf_char(b, '(');
    for (size_t i = 0; i < term->count; i++) {
        bool begun = i == 0 && term->prefix;

        if (!search_is_word(term->any[i]))
            continue;
        if (!first)
            strbuf_add(b, str_of(g->any_of));
        first = false;
        add_quoted(b, g,
                   begun && g->beginning ? beginning(g, term->any[i]) : term->any[i]);
        if (begun)
            strbuf_add(b, str_of(g->prefix));
    }
    strbuf_char(b, ')');
    return !first;
}

static bool add_terms(struct strbuf *b, const struct grammar *g,
                      const struct search *search)
{
    for (size_t i = 0; i < search->term_count; i++) {
        if (b->n)
            strbuf_add(b, str_of(g->all_of));
        if (!add_term(b, g, &search->terms[i]))
            return false;
    }
    return true;
}

/* False: nothing can match. */
static bool write_query(struct op *op, const struct search *search,
                        const struct grammar *g, struct strbuf *b)
{
    if (search->term_count == 0)
        return false;
    if (!db_is_postgres(op->db)) {
        strbuf_char(b, g->quote);
        strbuf_add(b, search_workspace(op));
        strbuf_char(b, g->quote);
    }
    return add_terms(b, g, search);
}

static int collect(struct op *op, struct db_rows *rows, struct found *found)
{
    int r;

    while ((r = db_next(op, rows)) > 0)
        found->ids[found->count++] = db_int(rows, 0);
    return r;
}

/* The whole way, for what is still missing. */
static int gather(struct op *op, const struct search *search, struct found *found)
{
    struct grammar g = grammar_of(op->db, search->kind);
    int64_t left = search->limit - (int64_t)found->count;
    struct strbuf b = STRBUF(op->arena);
    DB_ROWS(rows);
    int r;

    if (!write_query(op, search, &g, &b))
        return 0;
    if (db_is_postgres(op->db))
        r = db_query(op, &rows, &SQL_SEARCH_FIND_POSTGRES, ARG_WS, ARG_INT(search->kind),
                     ARG_TEXT(strbuf_str(&b)), ARG_INT(found->before), ARG_INT(left));
    else
        r = db_query(op, &rows, &SQL_SEARCH_FIND_SQLITE, ARG_TEXT(strbuf_str(&b)),
                     ARG_INT(found->before), ARG_INT(left));
    return r < 0 ? r : collect(op, rows, found);
}

/* Whether a row that has the beginning has the word. */
static bool has_term(struct str words, const char *marked, const struct search_term *term)
{
    size_t skip = strlen(marked);

    while (words.n) {
        struct str word = str_cut(words, ' ', &words);

        if (!str_starts(word, str_of(marked)))
            continue;
        word = str_sub(word, skip, word.n - skip);
        if (search_is_word(term->any[0]) && str_starts(word, term->any[0]))
            return true;
        for (size_t i = 1; i < term->count; i++) {
            if (str_eq(word, term->any[i]))
                return true;
        }
    }
    return false;
}

static bool has_terms(struct str words, const struct search *search)
{
    for (size_t i = 0; i < search->term_count; i++) {
        const struct search_term *term = &search->terms[i];

        if (term->prefix && !has_term(words, search_mark(search->kind), term))
            return false;
    }
    return true;
}

/* Whether the index of beginnings does not answer by itself. */
static bool is_long(const struct search *search)
{
    size_t most = BEGINNING - strlen(search_mark(search->kind));

    for (size_t i = 0; i < search->term_count; i++) {
        const struct search_term *term = &search->terms[i];

        if (term->prefix && term->count && utf8_count(term->any[0]) > most)
            return true;
    }
    return false;
}

static int glance_sqlite(struct op *op, const struct search *search, struct found *found)
{
    struct grammar g = grammar_of(op->db, search->kind);
    struct strbuf b = STRBUF(op->arena);
    int seen = 0, r;
    DB_ROWS(rows);

    g.beginning = BEGINNING;
    if (!is_long(search) || !write_query(op, search, &g, &b))
        return 0;
    r = db_query(op, &rows, &SQL_SEARCH_GLANCE_SQLITE, ARG_TEXT(strbuf_str(&b)),
                 ARG_INT(found->before), ARG_INT(GLANCE));
    if (r < 0)
        return r;
    while ((int64_t)found->count < search->limit && (r = db_next(op, rows)) > 0) {
        seen++;
        found->before = db_int(rows, 0);
        if (has_terms(db_text(op, rows, 1), search))
            found->ids[found->count++] = found->before;
    }
    found->all = r == 0 && seen < GLANCE;
    return r;
}

/* All or nothing: the rows that do not match are not told. */
static int glance_postgres(struct op *op, const struct search *search,
                           struct found *found)
{
    struct grammar g = grammar_of(op->db, search->kind);
    struct strbuf b = STRBUF(op->arena);
    DB_ROWS(rows);
    int r;

    if (!write_query(op, search, &g, &b))
        return 0;
    r = db_query(op, &rows, &SQL_SEARCH_GLANCE_POSTGRES, ARG_WS, ARG_INT(search->kind),
                 ARG_TEXT(strbuf_str(&b)), ARG_INT(found->before), ARG_INT(search->limit),
                 ARG_INT(GLANCE));
    if (r >= 0)
        r = collect(op, rows, found);
    if (r >= 0 && (int64_t)found->count < search->limit)
        found->count = 0;
    return r;
}

int search_find(struct op *op, const struct search *search, int64_t **ret_ids,
                size_t *ret_count)
{
    struct found found = { .before = search->before_id ? search->before_id : INT64_MAX };
    int r;

    if (search->term_count > SEARCH_MAX_TERMS)
        return op_fail(op, ERR_INVALID, "a search has at most %d words",
                       SEARCH_MAX_TERMS);
    if (search->limit < 0 || search->limit > SEARCH_MAX_RESULTS)
        return op_fail(op, ERR_INVALID, "a search gives at most %d results",
                       SEARCH_MAX_RESULTS);
    found.ids = arena_new(op->arena, int64_t, (size_t)search->limit);
    r = db_run_late(op);
    if (r >= 0)
        r = db_is_postgres(op->db) ? glance_postgres(op, search, &found)
                                   : glance_sqlite(op, search, &found);
    if (r >= 0 && !found.all && (int64_t)found.count < search->limit)
        r = gather(op, search, &found);
    if (r < 0)
        return r;
    *ret_ids = found.ids;
    *ret_count = found.count;
    return 0;
}
