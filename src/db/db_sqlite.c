/* db_sqlite.c - the engine SQLite.
 *
 * Write-ahead log with synchronous=FULL: a commit is on the disk when it
 * returns, and readers never wait for the writer. Deleted bytes are
 * overwritten (secure_delete), because erasing a person must mean it.
 * Statements are prepared once per connection and found by the address of
 * their struct db_stmt; a statement that is being read already gets a twin.
 */
#include "db/db_sqlite.h"

#include <assert.h>
#include <pthread.h>

#include "db/disk.h"
#include "db/drivers.h"

enum { BUSY_TIMEOUT_MS = 10 * 1000, BUCKETS = 256 };

/* SQLite's small allocations, which Debian's build takes from malloc() one by one. */
enum { SLOT_BYTES = 1024, SLOTS = 128 };

struct sqlite_rows {
    struct db_rows base;
    struct sqlite_rows *next; /* in its bucket */
    const struct db_stmt *key;
    sqlite3_stmt *stmt;
    bool busy;
    int places[DB_MAX_ARGS]; /* SQLite's number of $1, $2 ...; 0: not used */
    size_t count;
};

/* What begins and ends transactions: prepared once, like statements. */
static const char *const brackets[] = { "BEGIN IMMEDIATE", "BEGIN",     "COMMIT",
                                        "ROLLBACK",        "RELEASE s", "ROLLBACK TO s",
                                        "SAVEPOINT s" };

struct sqlite_db {
    struct db base;
    sqlite3 *handle;
    sqlite3_stmt *brackets[COUNT_OF(brackets)];
    struct sqlite_rows *buckets[BUCKETS];
};

static const char *const settings[] = {
    "PRAGMA journal_mode=WAL",   "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=OFF",   "PRAGMA secure_delete=ON",
    "PRAGMA mmap_size=33554432", "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-8192",   "PRAGMA journal_size_limit=67108864",
    "PRAGMA trusted_schema=OFF", "PRAGMA wal_autocheckpoint=4000",
};

static struct sqlite_db *own(struct db *db)
{
    return CONTAINER_OF(db, struct sqlite_db, base);
}

static struct sqlite_rows *own_rows(struct db_rows *rows)
{
    return CONTAINER_OF(rows, struct sqlite_rows, base);
}

sqlite3 *sqlite_handle(struct db *db)
{
    return own(db)->handle;
}

static int describe(struct op *op, int code)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return op_fail(op, ERR_CONFLICT, "this exists already");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return op_fail(op, ERR_UNAVAILABLE, "the database is busy");
    case SQLITE_FULL:
        return op_fail_as(op, ERR_UNAVAILABLE, "disk_full",
                          "the disk of the database is full");
    case SQLITE_IOERR:
        return op_fail(op, ERR_UNAVAILABLE, "the disk of the database fails");
    case SQLITE_NOMEM:
        return op_fail(op, ERR_UNAVAILABLE, "there is no memory left for the database");
    case SQLITE_CANTOPEN:
        return op_fail(op, ERR_UNAVAILABLE, "the database cannot be opened");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return op_fail(op, ERR_INTERNAL, "the database file is damaged");
    case SQLITE_READONLY:
        return op_fail(op, ERR_INTERNAL, "the database may only be read here");
    default:
        return op_fail(op, ERR_INTERNAL, "the database refused a statement");
    }
}

/* Full disks and failing ones make SQLite roll the whole transaction back. */
static int fail(struct op *op, struct sqlite_db *db, const char *what)
{
    int code = sqlite3_extended_errcode(db->handle);

    if (db->base.depth > 0 && sqlite3_get_autocommit(db->handle))
        db->base.broken = true;
    return op_detail(op, describe(op, code), "sqlite %d: %s; %s", code,
                     sqlite3_errmsg(db->handle), what);
}

static void sqlite_close(struct db *base)
{
    struct sqlite_db *db = own(base);

    for (size_t i = 0; i < BUCKETS; i++) {
        while (db->buckets[i]) {
            struct sqlite_rows *rows = db->buckets[i];

            db->buckets[i] = rows->next;
            sqlite3_finalize(rows->stmt);
            free(rows);
        }
    }
    for (size_t i = 0; i < COUNT_OF(brackets); i++)
        sqlite3_finalize(db->brackets[i]); /* NULL is fine */
    sqlite3_close(db->handle);
    free(db);
}

static void close_half_open(struct sqlite_db **db)
{
    if (*db)
        sqlite_close(&(*db)->base);
}

/* How the engine answered. */
static int run_bracket(struct sqlite_db *db, size_t i)
{
    sqlite3_stmt **stmt = &db->brackets[i];
    int code = SQLITE_OK;

    if (!*stmt)
        code = sqlite3_prepare_v3(db->handle, brackets[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  stmt, NULL);
    if (code == SQLITE_OK)
        (void)sqlite3_step(*stmt); /* sqlite3_reset() says what it said */
    return code == SQLITE_OK ? sqlite3_reset(*stmt) : code;
}

static int sqlite_exec(struct op *op, struct db *base, const char *sql)
{
    struct sqlite_db *db = own(base);

    for (size_t i = 0; i < COUNT_OF(brackets); i++) {
        if (strcmp(sql, brackets[i]) == 0)
            return run_bracket(db, i) == SQLITE_OK ? 0 : fail(op, db, sql);
    }
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail(op, db, sql);
    return 0;
}

static int configure(struct op *op, struct sqlite_db *db)
{
    int r;

    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_LOOKASIDE, NULL, SLOT_BYTES, SLOTS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        r = sqlite_exec(op, &db->base, settings[i]);
        if (r < 0)
            return r;
    }
    if (db->base.read_only) {
        r = sqlite_exec(op, &db->base, "PRAGMA query_only=ON");
        if (r < 0)
            return r;
    }
    if (sqlite_add_tokenizer(db->handle) != SQLITE_OK)
        return fail(op, db, "tokenizer");
    return 0;
}

/* Nobody asks SQLite how much memory it holds, and counting takes a lock each time. */
static void set_up(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* too late: it counts on */
}

static int sqlite_open(struct op *op, struct str url, bool read_only, struct db **ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    CLEANUP(close_half_open) struct sqlite_db *db = must_zalloc(sizeof(*db));
    struct str path;
    int r;

    pthread_once(&once, set_up);
    str_cut(url, ':', &path);
    db->base.driver = &db_driver_sqlite;
    db->base.read_only = read_only;
    /* A reader opens for writing too: it must be able to map the log's index. */
    if (sqlite3_open_v2(arena_cstr(op->arena, path), &db->handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        disk_layer()) != SQLITE_OK) {
        fail(op, db, "open");
        return op_detail(op,
                         op_fail(op, ERR_UNAVAILABLE,
                                 "the database " STR_FMT " cannot be opened",
                                 STR_ARG(path)),
                         "sqlite: %s", sqlite3_errmsg(db->handle));
    }
    r = configure(op, db);
    if (r < 0)
        return r;

    *ret = &TAKE(db)->base;
    return 0;
}

static size_t bucket_of(const struct db_stmt *stmt)
{
    return ((uintptr_t)stmt >> 3) * 2654435761u % BUCKETS;
}

/* SQLite numbers $1, $2 by first appearance, so they are found by name. */
static void find_places(struct sqlite_rows *rows)
{
    char name[8];
    int left = sqlite3_bind_parameter_count(rows->stmt);

    for (int i = 0; i < DB_MAX_ARGS && left > 0; i++) {
        snprintf(name, sizeof(name), "$%d", i + 1);
        rows->places[i] = sqlite3_bind_parameter_index(rows->stmt, name);
        rows->count = (size_t)i + 1;
        left -= rows->places[i] > 0;
    }
}

#ifdef DRAHT_TEST_HOOKS
db_misreading *db_misread;

static const char *text_of(const struct db_stmt *stmt)
{
    const char *other = db_misread ? db_misread(stmt) : NULL;

    return other ? other : stmt->sql;
}
#else
static const char *text_of(const struct db_stmt *stmt)
{
    return stmt->sql;
}
#endif

/* NULL, and op->err says why, when the engine does not take it. */
static struct sqlite_rows *find_or_prepare(struct op *op, struct sqlite_db *db,
                                           const struct db_stmt *stmt)
{
    struct sqlite_rows **bucket = &db->buckets[bucket_of(stmt)];
    struct sqlite_rows *rows;
    sqlite3_stmt *prepared;

    for (rows = *bucket; rows; rows = rows->next) {
        if (rows->key == stmt && !rows->busy)
            return rows;
    }
    if (sqlite3_prepare_v3(db->handle, text_of(stmt), -1, SQLITE_PREPARE_PERSISTENT,
                           &prepared, NULL) != SQLITE_OK) {
        fail(op, db, stmt->name);
        return NULL;
    }
    rows = must_zalloc(sizeof(*rows));
    *rows = (struct sqlite_rows){ { &db->base }, *bucket, stmt, prepared };
    find_places(rows);
    *bucket = rows;
    return rows;
}

static int sqlite_prepare(struct op *op, struct db *base, const struct db_stmt *stmt)
{
    return find_or_prepare(op, own(base), stmt) ? 0 : (int)op->err.kind;
}

/* Not copied: what is bound lives until the rows are finished, says db.h. */
static int bind(struct sqlite_rows *rows, int place, const struct db_arg *arg)
{
    const char *p = arg->s.p ? arg->s.p : ""; /* NULL would bind NULL */

    switch (arg->type) {
    case DB_INT:
        return sqlite3_bind_int64(rows->stmt, place, arg->i);
    case DB_TEXT:
        return sqlite3_bind_text64(rows->stmt, place, p, arg->s.n, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case DB_BLOB:
        return sqlite3_bind_blob64(rows->stmt, place, p, arg->s.n, SQLITE_STATIC);
    case DB_NULL:
    default:
        return sqlite3_bind_null(rows->stmt, place);
    }
}

static void sqlite_finish(struct db_rows *base)
{
    struct sqlite_rows *rows = own_rows(base);

    sqlite3_reset(rows->stmt); /* what was bound is bound anew before it runs again */
    rows->busy = false;
}

static int sqlite_query(struct op *op, struct db *base, const struct db_stmt *stmt,
                        const struct db_arg *args, size_t count, struct db_rows **ret)
{
    struct sqlite_rows *rows = find_or_prepare(op, own(base), stmt);

    if (!rows)
        return (int)op->err.kind;
    if (count != rows->count)
        return op_fail(op, ERR_INTERNAL, "statement %s takes %zu values, not %zu",
                       stmt->name, rows->count, count);
    for (size_t i = 0; i < count; i++) {
        if (rows->places[i] == 0)
            return op_fail(op, ERR_INTERNAL, "statement %s has no $%zu", stmt->name,
                           i + 1);
        if (bind(rows, rows->places[i], &args[i]) != SQLITE_OK)
            return fail(op, own(base), stmt->name);
    }
    rows->busy = true;
    *ret = &rows->base;
    return 0;
}

static int sqlite_next(struct op *op, struct db_rows *base)
{
    struct sqlite_rows *rows = own_rows(base);

    switch (sqlite3_step(rows->stmt)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    default:
        return fail(op, own(base->db), rows->key->name);
    }
}

static int64_t sqlite_changed(struct db_rows *base)
{
    struct sqlite_rows *rows = own_rows(base);

    return sqlite3_stmt_readonly(rows->stmt) ? 0
                                             : sqlite3_changes64(own(base->db)->handle);
}

static int64_t sqlite_get_int(struct db_rows *base, int column)
{
    assert(column < sqlite3_column_count(own_rows(base)->stmt));
    return sqlite3_column_int64(own_rows(base)->stmt, column);
}

static struct str sqlite_get_bytes(struct op *op, struct db_rows *base, int column)
{
    sqlite3_stmt *stmt = own_rows(base)->stmt;
    const void *p;

    assert(column < sqlite3_column_count(stmt));
    p = sqlite3_column_blob(stmt, column);
    return arena_dup(op->arena,
                     (struct str){ p, (size_t)sqlite3_column_bytes(stmt, column) });
}

static bool sqlite_is_null(struct db_rows *base, int column)
{
    return sqlite3_column_type(own_rows(base)->stmt, column) == SQLITE_NULL;
}

const struct db_driver db_driver_sqlite = {
    .scheme = "sqlite",
    .begin = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
    .open = sqlite_open,
    .close = sqlite_close,
    .exec = sqlite_exec,
    .prepare = sqlite_prepare,
    .query = sqlite_query,
    .next = sqlite_next,
    .changed = sqlite_changed,
    .get_int = sqlite_get_int,
    .get_bytes = sqlite_get_bytes,
    .is_null = sqlite_is_null,
    .finish = sqlite_finish,
};
