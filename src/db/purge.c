/* purge.c - removing a whole workspace, by the catalogue.
 *
 * The one place where SQL is made of parts: names of tables that come from the catalogue
 * itself. The engines keep prepared statements by address, so the texts stay where they
 * are for as long as the process lives.
 */
#include "db/purge.h"

#include <pthread.h>

#include "db/stmt.h"
#include "db/store_parts.h"

enum { MAX_TABLES = 200, MAX_NAME = 63, MAX_TEXT = MAX_NAME + 60 };

static struct removal {
    char name[MAX_NAME + 1], text[MAX_TEXT];
    struct db_stmt stmt;
} removals[MAX_TABLES];
static size_t removal_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct db_stmt *make_removal(struct removal *removal, struct str table)
{
    snprintf(removal->name, sizeof(removal->name), STR_FMT, STR_ARG(table));
    snprintf(removal->text, sizeof(removal->text),
             "DELETE FROM " STR_FMT " WHERE workspace_id = $1", STR_ARG(table));
    removal->stmt = (struct db_stmt){ removal->name, removal->text, NULL };
    return &removal->stmt;
}

/* "DELETE FROM message WHERE workspace_id = $1", made once. NULL: too many tables. */
static const struct db_stmt *removal_of(struct str table)
{
    const struct db_stmt *found = NULL;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < removal_count && !found; i++) {
        if (str_is(table, removals[i].name))
            found = &removals[i].stmt;
    }
    if (!found && removal_count < MAX_TABLES && table.n <= MAX_NAME)
        found = make_removal(&removals[removal_count++], table);
    pthread_mutex_unlock(&lock);
    return found;
}

/* A name that can stand in a statement as it is: ours all can. */
static bool is_plain(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
            return false;
    }
    return name.n > 0;
}

static int list_tables(struct op *op, struct str *ret, size_t *ret_count)
{
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_PURGE_TABLES);

    if (r < 0)
        return r;
    while (n < MAX_TABLES && (r = db_next(op, rows)) > 0) {
        ret[n] = db_text(op, rows, 0);
        if (!is_plain(ret[n]))
            return op_fail(op, ERR_INTERNAL, "a table has the name " STR_FMT,
                           STR_ARG(ret[n]));
        n++;
    }
    *ret_count = n;
    return r < 0 ? r : 0;
}

static int remove_from(struct op *op, struct str table, int64_t workspace_id,
                       int64_t *ret_rows)
{
    const struct db_stmt *stmt = removal_of(table);

    if (!stmt)
        return op_fail(op, ERR_INTERNAL, "the store has more than %d tables", MAX_TABLES);
    return db_change(op, ret_rows, stmt, ARG_INT(workspace_id));
}

/* On SQLite the index of words has no column of the workspace, but a word for it. */
static int remove_words(struct op *op, int64_t workspace_id, int64_t *ret_rows)
{
    struct str word = arena_fmt(op->arena, "\"=w%lld\"", (long long)workspace_id);

    return db_change(op, ret_rows, &SQL_PURGE_WORDS_SQLITE, ARG_TEXT(word));
}

int purge_workspace(struct op *op, int64_t workspace_id, struct purged **ret,
                    size_t *ret_count)
{
    struct str *tables = arena_new(op->arena, struct str, MAX_TABLES);
    struct purged *list = arena_new(op->arena, struct purged, MAX_TABLES + 1);
    size_t count = 0, n = 0;
    int64_t rows;
    int r = db_run_late(op); /* words of the workspace that wait for the commit */

    if (r >= 0)
        r = list_tables(op, tables, &count);

    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = remove_from(op, tables[i], workspace_id, &rows);
        if (r >= 0 && rows)
            list[n++] = (struct purged){ tables[i], rows };
    }
    if (r >= 0 && !db_is_postgres(op->db)) {
        r = remove_words(op, workspace_id, &rows);
        if (r >= 0 && rows)
            list[n++] = (struct purged){ STR("search_entry"), rows };
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int purge_free_space(struct op *op, struct store *store)
{
    const char *truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
    struct db *writer = store->writer;
    int r;

    pthread_mutex_lock(&store->writer_lock);
    r = writer->driver->exec(op, writer, "VACUUM");
    if (r >= 0 && !store->postgres)
        r = writer->driver->exec(op, writer, truncate);
    pthread_mutex_unlock(&store->writer_lock);
    return r;
}
