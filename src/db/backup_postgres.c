/* backup_postgres.c - the rows of PostgreSQL as one file for each table, and back.
 *
 * COPY in its binary format, all tables in one snapshot, so that nobody waits and the
 * tables fit each other. Our own files instead of pg_dump's: no other program has to
 * be there, of the right version, or to be run at all. Their tables are made by our
 * migrations, so a backup holds rows only.
 */
#include <errno.h>
#include <unistd.h>

#include "base/json.h"
#include "db/backup_parts.h"
#include "db/db_postgres.h"
#include "db/migrate.h"

static void clear_result(PGresult **result)
{
    PQclear(*result);
}

static void free_text(char **text)
{
    PQfreemem(*text);
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static void close_db(struct db **db)
{
    db_close(*db);
}

static int fail_on(struct op *op, PGconn *conn, const char *what)
{
    return op_detail(op, op_fail(op, ERR_UNAVAILABLE, "%s", what), "postgres: %s",
                     PQerrorMessage(conn));
}

static int run(struct op *op, PGconn *conn, const char *sql, const char *what)
{
    CLEANUP(clear_result) PGresult *result = PQexec(conn, sql);

    return PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : fail_on(op, conn, what);
}

static bool is_ours(struct str table)
{
    return !str_is(table, "migration"); /* the migrations make it anew */
}

/* Ordinary tables of the store's own schema. */
static const char *const list_tables =
    "SELECT relname FROM pg_class WHERE relkind = 'r' "
    "AND relnamespace = current_schema()::regnamespace ORDER BY relname";

/* "COPY "person" TO STDOUT ...": a name cannot be bound; it comes from the catalogue, or
 * from a manifest that only names what the catalogue has, and is quoted. */
static struct str copy_text(struct op *op, PGconn *conn, struct str table,
                            const char *direction)
{
    CLEANUP(free_text) char *quoted = PQescapeIdentifier(conn, table.p, table.n);

    if (!quoted)
        abort();
    return arena_fmt(op->arena, "COPY %s %s (FORMAT binary)", quoted, direction);
}

/* How many rows the COPY that ends here has moved. */
static int end_of_copy(struct op *op, PGconn *conn, const char *what, int64_t *ret)
{
    CLEANUP(clear_result) PGresult *result = PQgetResult(conn);

    if (PQresultStatus(result) != PGRES_COMMAND_OK ||
        !str_to_i64(str_of(PQcmdTuples(result)), ret))
        return fail_on(op, conn, what);
    PQclear(PQgetResult(conn)); /* NULL, which ends the COPY */
    return 0;
}

static int copy_out(struct op *op, PGconn *conn, struct str table, FILE *file,
                    int64_t *ret_rows)
{
    static const char *const what = "a table cannot be copied";
    struct str sql = copy_text(op, conn, table, "TO STDOUT");
    CLEANUP(clear_result) PGresult *result = PQexec(conn, sql.p);
    char *block;
    int n;

    if (PQresultStatus(result) != PGRES_COPY_OUT)
        return fail_on(op, conn, what);
    while ((n = PQgetCopyData(conn, &block, 0)) > 0) {
        bool written = fwrite(block, 1, (size_t)n, file) == (size_t)n;

        PQfreemem(block);
        if (!written)
            return op_fail(op, ERR_UNAVAILABLE, "the backup cannot be written: %s",
                           strerror(errno));
    }
    return n == -1 ? end_of_copy(op, conn, what, ret_rows) : fail_on(op, conn, what);
}

static int write_table(struct op *op, PGconn *conn, struct str table,
                       struct backup *backup)
{
    const char *name = arena_fmt(op->arena, STR_FMT ".copy", STR_ARG(table)).p;
    CLEANUP(close_file) FILE *file = fopen(backup_path(op, backup->dir, name).p, "we");
    int64_t rows;
    int r;

    if (!file)
        return op_fail(op, ERR_UNAVAILABLE, "the backup cannot be written: %s",
                       strerror(errno));
    r = copy_out(op, conn, table, file, &rows);
    if (r < 0)
        return r;
    if (fclose(TAKE(file)) != 0)
        return op_fail(op, ERR_UNAVAILABLE, "the backup cannot be written: %s",
                       strerror(errno));
    r = backup_add_file(op, backup, name);
    return r < 0 ? r : backup_add_table(op, backup, table, rows);
}

static int read_schema(struct op *op, PGconn *conn, int64_t *ret)
{
    CLEANUP(clear_result)
    PGresult *result = PQexec(conn, "SELECT MAX(version) FROM migration");

    if (PQresultStatus(result) != PGRES_TUPLES_OK ||
        !str_to_i64(str_of(PQgetvalue(result, 0, 0)), ret))
        return fail_on(op, conn, "the version of the store cannot be read");
    return 0;
}

static int write_tables(struct op *op, PGconn *conn, struct backup *backup)
{
    CLEANUP(clear_result) PGresult *result = PQexec(conn, list_tables);
    int r = 0;

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return fail_on(op, conn, "the tables cannot be listed");
    for (int i = 0; r >= 0 && i < PQntuples(result); i++) {
        struct str table = str_of(PQgetvalue(result, i, 0));

        if (is_ours(table))
            r = write_table(op, conn, table, backup);
    }
    return r;
}

int backup_postgres(struct op *op, struct store *store, struct backup *backup)
{
    CLEANUP(close_db) struct db *db = NULL;
    PGconn *conn;
    int r;

    r = db_open(op, str_of(store->url), true, &db);
    if (r < 0)
        return r;
    conn = postgres_handle(db);
    r = run(op, conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            "the backup cannot begin");
    if (r >= 0)
        r = read_schema(op, conn, &backup->schema);
    return r < 0 ? r : write_tables(op, conn, backup);
}

static int copy_in(struct op *op, PGconn *conn, FILE *file)
{
    char block[64 * 1024];
    size_t n;

    while ((n = fread(block, 1, sizeof(block), file)) > 0)
        if (PQputCopyData(conn, block, (int)n) != 1)
            return fail_on(op, conn, "a table cannot be filled");
    if (PQputCopyEnd(conn, ferror(file) ? "the file cannot be read" : NULL) != 1)
        return fail_on(op, conn, "a table cannot be filled");
    return 0;
}

static int read_table(struct op *op, PGconn *conn, const struct backup *backup,
                      const struct backup_table *table)
{
    static const char *const what = "a table cannot be filled";
    const char *name = arena_fmt(op->arena, STR_FMT ".copy", STR_ARG(table->name)).p;
    CLEANUP(close_file) FILE *file = fopen(backup_path(op, backup->dir, name).p, "re");
    struct str sql = copy_text(op, conn, table->name, "FROM STDIN");
    CLEANUP(clear_result) PGresult *result = NULL;
    int64_t rows;
    int r;

    if (!file)
        return op_fail(op, ERR_INVALID, "the backup has no file %s", name);
    result = PQexec(conn, sql.p);
    if (PQresultStatus(result) != PGRES_COPY_IN)
        return fail_on(op, conn, what);
    r = copy_in(op, conn, file);
    if (r >= 0)
        r = end_of_copy(op, conn, what, &rows);
    if (r >= 0 && rows != table->rows)
        r = backup_wrong_count(op, table, rows);
    return r;
}

/* Our migrations up to the one that the backup was taken at. */
static int make_tables(struct op *op, size_t schema)
{
    struct embedded *files = arena_new(op->arena, struct embedded, schema + 1);

    memcpy(files, schema_files, schema * sizeof(*files));
    return migrate_run(op, files);
}

/* Empty means: nothing at all in its schema, so that nothing of others is mixed in. */
static int need_empty(struct op *op, PGconn *conn)
{
    CLEANUP(clear_result) PGresult *result = PQexec(conn, list_tables);

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return fail_on(op, conn, "the tables cannot be listed");
    if (PQntuples(result) > 0)
        return op_fail(op, ERR_CONFLICT,
                       "the database is not empty: it has the table \"%s\"; restore into "
                       "a new one",
                       PQgetvalue(result, 0, 0));
    return 0;
}

static int fill_tables(struct op *op, PGconn *conn, const struct backup *backup)
{
    int r = run(op, conn, "BEGIN", "the restore cannot begin");

    for (size_t i = 0; r >= 0 && i < backup->table_count; i++)
        r = read_table(op, conn, backup, &backup->tables[i]);
    return r < 0 ? r : run(op, conn, "COMMIT", "the restore cannot be committed");
}

int restore_postgres(struct op *op, const struct backup *backup, struct str url)
{
    CLEANUP(close_db) struct db *db = NULL;
    PGconn *conn;
    int r;

    r = db_open(op, url, false, &db);
    if (r < 0)
        return r;
    conn = postgres_handle(db);
    op->db = db;
    r = need_empty(op, conn);
    if (r >= 0)
        r = make_tables(op, (size_t)backup->schema);
    op->db = NULL;
    return r < 0 ? r : fill_tables(op, conn, backup);
}
