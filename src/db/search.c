/* search.c - what is put into the full-text index of both engines.
 *
 * SQLite: an FTS5 row per thing whose rowid is the thing's id. An index that all
 * workspaces share would answer one with the words of another, so the workspace is a word
 * of the row too, with a sign that no word of a text begins with. Words of people begin
 * with a mark: whoever looks for a person does not walk the messages that say the word.
 * PostgreSQL: a tsvector beside workspace and kind.
 */
#include "base/strbuf.h"
#include "db/search_parts.h"
#include "db/stmt.h"

/* Begins what keeps workspaces and kinds apart. */
static const char mark = '=';

const char *search_mark(enum search_kind kind)
{
    return kind == SEARCH_PERSON ? "=p" : kind == SEARCH_NOTE ? "=n" : "";
}

struct str search_workspace(struct op *op)
{
    return arena_fmt(op->arena, "%cw%lld", mark, (long long)op->workspace);
}

bool search_is_word(struct str word)
{
    return word.n > 0 && word.n <= SEARCH_MAX_WORD && word.p[0] != mark &&
           !memchr(word.p, ' ', word.n);
}

static struct str clean(struct op *op, struct strbuf *b, const char *marked,
                        struct str words)
{
    while (words.n) {
        struct str word = str_cut(words, ' ', &words);

        if (!search_is_word(word))
            continue;
        if (b->n)
            strbuf_char(b, ' ');
        strbuf_add(b, str_of(marked));
        strbuf_add(b, word);
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
                      ARG_TEXT(clean(op, &b, "", words)));
    strbuf_add(&b, search_workspace(op));
    r = db_join(op, &tx);
    if (r < 0)
        return r;
    put_late(op, id, replaces, clean(op, &b, search_mark(kind), words));
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
