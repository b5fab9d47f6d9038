/* backup_sqlite.c - the rows of SQLite as one file, and back. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "db/backup_parts.h"
#include "db/db_sqlite.h"

enum { BLOCK = 256 * 1024 };

static void close_handle(sqlite3 **handle)
{
    sqlite3_close(*handle);
}

static void finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}

static void free_text(char **text)
{
    sqlite3_free(*text);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int fail_on(struct op *op, sqlite3 *handle, const char *what)
{
    return op_detail(op, op_fail(op, ERR_UNAVAILABLE, "%s", what), "sqlite: %s",
                     sqlite3_errmsg(handle));
}

/* VACUUM INTO reads one snapshot, and leaves out what was deleted. */
static int copy(struct op *op, sqlite3 *from, const char *to)
{
    CLEANUP(finalize) sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(from, "VACUUM INTO ?1", -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_bind_text(stmt, 1, to, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_DONE)
        return fail_on(op, from, "the backup cannot be written");
    return 0;
}

static int copy_store(struct op *op, struct store *store, const char *to)
{
    struct db *db;
    int r;

    if (!store->memory) {
        r = db_open(op, str_of(store->url), false, &db);
        if (r < 0)
            return r;
        r = copy(op, sqlite_handle(db), to);
        db_close(db);
        return r;
    }
    pthread_mutex_lock(&store->writer_lock);
    r = copy(op, sqlite_handle(store->writer), to);
    pthread_mutex_unlock(&store->writer_lock);
    return r;
}

static int open_copy(struct op *op, const char *path, sqlite3 **ret)
{
    if (sqlite3_open_v2(path, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite_add_tokenizer(*ret) != SQLITE_OK)
        return fail_on(op, *ret, "the backup cannot be read");
    return 0;
}

static int check(struct op *op, sqlite3 *handle)
{
    CLEANUP(finalize) sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &stmt, NULL) !=
            SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW)
        return fail_on(op, handle, "the backup cannot be read");
    if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
        return op_detail(op, op_fail(op, ERR_INTERNAL, "the backup is damaged"),
                         "integrity_check: %s", sqlite3_column_text(stmt, 0));
    return 0;
}

/* The first column of the first row. */
static int number(struct op *op, sqlite3 *handle, const char *sql, int64_t *ret)
{
    CLEANUP(finalize) sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW)
        return fail_on(op, handle, "the backup cannot be counted");
    *ret = sqlite3_column_int64(stmt, 0);
    return 0;
}

/* A table's name cannot be bound; it comes from the catalogue and is quoted (%w). */
static int count_rows(struct op *op, sqlite3 *handle, struct str table, int64_t *ret)
{
    CLEANUP(free_text)
    char *sql =
        sqlite3_mprintf("SELECT COUNT(*) FROM \"%w\"", arena_cstr(op->arena, table));

    if (!sql)
        abort();
    return number(op, handle, sql, ret);
}

/* Ordinary tables; the search index is made of the others. */
static const char *const list_tables =
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

static int count_tables(struct op *op, sqlite3 *handle, struct backup *backup)
{
    CLEANUP(finalize) sqlite3_stmt *stmt = NULL;
    int step;

    if (sqlite3_prepare_v2(handle, list_tables, -1, &stmt, NULL) != SQLITE_OK)
        return fail_on(op, handle, "the backup cannot be counted");
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct str name = str_of((const char *)sqlite3_column_text(stmt, 0));
        int64_t rows;
        int r = count_rows(op, handle, name, &rows);

        if (r >= 0)
            r = backup_add_table(op, backup, name, rows);
        if (r < 0)
            return r;
    }
    if (step != SQLITE_DONE)
        return fail_on(op, handle, "the backup cannot be counted");
    return number(op, handle, "SELECT MAX(version) FROM migration", &backup->schema);
}

static int check_and_count(struct op *op, const char *path, struct backup *backup)
{
    CLEANUP(close_handle) sqlite3 *handle = NULL;
    int r;

    r = open_copy(op, path, &handle);
    if (r >= 0)
        r = check(op, handle);
    return r < 0 ? r : count_tables(op, handle, backup);
}

/* Complete under another name first: a half copy never looks like a backup. */
int backup_sqlite(struct op *op, struct store *store, struct backup *backup)
{
    const char *to = backup_path(op, backup->dir, "draht.db").p;
    const char *part = backup_path(op, backup->dir, "draht.db.part").p;
    int r;

    unlink(part);
    r = copy_store(op, store, part);
    if (r >= 0)
        r = check_and_count(op, part, backup);
    if (r < 0) {
        unlink(part);
        return r;
    }
    if (rename(part, to) < 0)
        return op_fail(op, ERR_UNAVAILABLE, "%s cannot be made: %s", to, strerror(errno));
    return backup_add_file(op, backup, "draht.db");
}

static int copy_bytes(struct op *op, const char *from, const char *to)
{
    CLEANUP(close_fd) int in = open(from, O_RDONLY | O_CLOEXEC);
    CLEANUP(close_fd) int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    char *block = arena_alloc(op->arena, 1, 1, BLOCK);
    ssize_t n = in < 0 || out < 0 ? -1 : 1;

    while (n > 0) {
        n = read(in, block, BLOCK);
        if (n > 0 && write(out, block, (size_t)n) != n)
            n = -1;
    }
    if (n < 0 || fsync(out) < 0)
        return op_fail(op, ERR_UNAVAILABLE, "%s cannot be written: %s", to,
                       strerror(errno));
    return 0;
}

static int compare_counts(struct op *op, const struct backup *backup, const char *path)
{
    CLEANUP(close_handle) sqlite3 *handle = NULL;
    int r;

    r = open_copy(op, path, &handle);
    if (r >= 0)
        r = check(op, handle);
    for (size_t i = 0; r >= 0 && i < backup->table_count; i++) {
        int64_t rows;

        r = count_rows(op, handle, backup->tables[i].name, &rows);
        if (r >= 0 && rows != backup->tables[i].rows)
            r = backup_wrong_count(op, &backup->tables[i], rows);
    }
    return r;
}

static bool is_there(struct op *op, struct str path, const char *end)
{
    return access(arena_fmt(op->arena, STR_FMT "%s", STR_ARG(path), end).p, F_OK) == 0;
}

static struct str folder_of(struct str path)
{
    size_t n = path.n;

    while (n > 0 && path.p[n - 1] != '/')
        n--;
    return n ? (struct str){ path.p, n } : STR(".");
}

int restore_sqlite(struct op *op, const struct backup *backup, struct str path)
{
    const char *to = arena_cstr(op->arena, path);
    const char *part = arena_fmt(op->arena, "%s.part", to).p;
    int r;

    if (is_there(op, path, "") || is_there(op, path, "-wal"))
        return op_fail(op, ERR_CONFLICT,
                       "there is a store in %s already: restore into another folder, or "
                       "move it away",
                       to);
    unlink(part);
    r = copy_bytes(op, backup_path(op, backup->dir, "draht.db").p, part);
    if (r >= 0)
        r = compare_counts(op, backup, part);
    if (r >= 0 && rename(part, to) < 0)
        r = op_fail(op, ERR_UNAVAILABLE, "%s cannot be made: %s", to, strerror(errno));
    if (r >= 0)
        return backup_flush(op, folder_of(path));
    unlink(part);
    return r;
}
