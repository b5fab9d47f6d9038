/* search.c - the full-text index on both engines.
 *
 * SQLite: an FTS5 row per thing whose rowid is the thing's id. An index that any
 * workspace shares would answer one with the words of another, so workspace and
 * kind are words of the row too, with a sign that no word of a text begins with.
 * PostgreSQL: a tsvector beside workspace and kind. Words and operators of a query
 * are quoted by the rules of each engine, and the query is bound as a value.
 */
#include "db/search.h"

#include "base/strbuf.h"
#include "db/stmt.h"

/* Begins the words that keep workspaces and kinds apart. */
static const char mark = '=';

static bool is_word(struct str word)
{
    return word.n > 0 && word.n <= SEARCH_MAX_WORD && word.p[0] != mark &&
           !memchr(word.p, ' ', word.n);
}

static void add_word(struct strbuf *b, struct str word)
{
    if (b->n)
        strbuf_char(b, ' ');
    strbuf_add(b, word);
}

static struct str clean(struct op *op, struct strbuf *b, struct str words)
{
    while (words.n) {
        struct str word = str_cut(words, ' ', &words);

        if (is_word(word))
            add_word(b, word);
    }
    return b->n ? strbuf_str(b) : arena_dup(op->arena, STR(""));
}

/* SQLite's index gathers what is put into it and writes that as one piece; a savepoint,
 * a commit or a question makes it write. So words wait for the end of the transaction
 * and are put there in one go, which costs a tenth. */
struct put {
    struct db_late late;
    int64_t id;
    bool replaces;
    size_t n;
    char words[];
};

static int run_put(struct op *op, struct db_late *late)
{
    struct put *put = CONTAINER_OF(late, struct put, late);
    struct str words = { put->words, put->n };
    int r = put->replaces ? db_run(op, &SQL_SEARCH_REMOVE_SQLITE, ARG_INT(put->id)) : 0;

    return r < 0 ? r
                 : db_run(op, &SQL_SEARCH_ADD_SQLITE, ARG_INT(put->id), ARG_TEXT(words));
}

static void drop_put(struct db_late *late)
{
    free(CONTAINER_OF(late, struct put, late));
}

static void put_late(struct op *op, int64_t id, bool replaces, struct str words)
{
    struct put *put = must_alloc(sizeof(*put) + words.n);

    *put = (struct put){ { run_put, drop_put, NULL }, id, replaces, words.n };
    memcpy(put->words, words.p, words.n);
    db_add_late(op->db, &put->late);
}

static int put(struct op *op, enum search_kind kind, int64_t id, bool replaces,
               struct str words)
{
    struct strbuf b = STRBUF(op->arena);
    DB_TX(tx);
    int r;

    if (db_is_postgres(op->db))
        return db_run(op, &SQL_SEARCH_PUT_POSTGRES, ARG_WS, ARG_INT(kind), ARG_INT(id),
                      ARG_TEXT(clean(op, &b, words)));
    strbuf_fmt(&b, "%cw%lld %ck%d", mark, (long long)op->workspace, mark, (int)kind);
    r = db_join(op, &tx);
    if (r < 0)
        return r;
    put_late(op, id, replaces, clean(op, &b, words));
    return db_commit(&tx);
}

int search_add(struct op *op, enum search_kind kind, int64_t id, struct str words)
{
    return put(op, kind, id, false, words);
}

int search_put(struct op *op, enum search_kind kind, int64_t id, struct str words)
{
    return put(op, kind, id, true, words);
}

int search_remove(struct op *op, enum search_kind kind, int64_t id)
{
    int r = db_run_late(op); /* else what waits would come back */

    if (r < 0)
        return r;
    if (!db_is_postgres(op->db))
        return db_run(op, &SQL_SEARCH_REMOVE_SQLITE, ARG_INT(id));
    return db_run(op, &SQL_SEARCH_REMOVE_POSTGRES, ARG_WS, ARG_INT(kind), ARG_INT(id));
}

/* How an engine writes a query. */
struct grammar {
    char quote;         /* doubled inside a word */
    bool escapes;       /* a backslash is doubled too */
    const char *all_of; /* between terms */
    const char *any_of; /* between alternatives */
    const char *prefix; /* behind a word */
};

static const struct grammar sqlite = { '"', false, " AND ", " OR ", " *" };
static const struct grammar postgres = { '\'', true, " & ", " | ", ":*" };

static void add_quoted(struct strbuf *b, const struct grammar *g, struct str word)
{
    strbuf_char(b, g->quote);
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] == g->quote || (g->escapes && word.p[i] == '\\'))
            strbuf_char(b, word.p[i]);
        strbuf_char(b, word.p[i]);
    }
    strbuf_char(b, g->quote);
}

/* False: no alternative is a word, so nothing can match. */
static bool add_term(struct strbuf *b, const struct grammar *g,
                     const struct search_term *term)
{
    bool first = true;

    strbuf_char(b, '(');
    for (size_t i = 0; i < term->count; i++) {
        if (!is_word(term->any[i]))
            continue;
        if (!first)
            strbuf_add(b, str_of(g->any_of));
        first = false;
        add_quoted(b, g, term->any[i]);
        if (i == 0 && term->prefix)
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

static int collect(struct op *op, struct db_rows *rows, int64_t limit, int64_t **ret_ids,
                   size_t *ret_count)
{
    int64_t *ids = arena_new(op->arena, int64_t, (size_t)limit);
    size_t n = 0;
    int r;

    while ((r = db_next(op, rows)) > 0)
        ids[n++] = db_int(rows, 0);
    if (r < 0)
        return r;
    *ret_ids = ids;
    *ret_count = n;
    return 0;
}

static int query_sqlite(struct op *op, const struct search *search, struct strbuf *b,
                        struct db_rows **ret)
{
    return db_query(op, ret, &SQL_SEARCH_FIND_SQLITE, ARG_TEXT(strbuf_str(b)),
                    ARG_INT(search->before_id ? search->before_id : INT64_MAX),
                    ARG_INT(search->limit));
}

static int query_postgres(struct op *op, const struct search *search, struct strbuf *b,
                          struct db_rows **ret)
{
    return db_query(op, ret, &SQL_SEARCH_FIND_POSTGRES, ARG_WS, ARG_INT(search->kind),
                    ARG_TEXT(strbuf_str(b)),
                    ARG_INT(search->before_id ? search->before_id : INT64_MAX),
                    ARG_INT(search->limit));
}

int search_find(struct op *op, const struct search *search, int64_t **ret_ids,
                size_t *ret_count)
{
    bool pg = db_is_postgres(op->db);
    struct strbuf b = STRBUF(op->arena);
    DB_ROWS(rows);
    int r;

    if (search->term_count > SEARCH_MAX_TERMS)
        return op_fail(op, ERR_INVALID, "a search has at most %d words",
                       SEARCH_MAX_TERMS);
    if (search->limit < 0 || search->limit > SEARCH_MAX_RESULTS)
        return op_fail(op, ERR_INVALID, "a search gives at most %d results",
                       SEARCH_MAX_RESULTS);
    if (!pg)
        strbuf_fmt(&b, "\"%cw%lld\" AND \"%ck%d\"", mark, (long long)op->workspace, mark,
                   (int)search->kind);
    if (search->term_count == 0 || !add_terms(&b, pg ? &postgres : &sqlite, search)) {
        *ret_count = 0;
        return 0;
    }
    r = db_run_late(op);
    if (r >= 0)
        r = pg ? query_postgres(op, search, &b, &rows)
               : query_sqlite(op, search, &b, &rows);
    if (r < 0)
        return r;
    return collect(op, rows, search->limit, ret_ids, ret_count);
}
