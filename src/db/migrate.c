/* migrate.c - bringing a store to the schema of this program. */
#include "db/migrate.h"

#include <sodium.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "db/stmt.h"

static const char *const table_sql =
    "CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY, "
    "name TEXT NOT NULL, applied_at BIGINT NOT NULL, checksum TEXT NOT NULL)";

/* BLOB is a word of SQLite; on PostgreSQL it becomes another name of bytea. The
 * lock lasts as long as the session or until it is given back: CREATE TABLE IF
 * NOT EXISTS by two sessions at once is an error there. */
static const char *const postgres_lock = "SELECT pg_advisory_lock(7310421)";
static const char *const postgres_unlock = "SELECT pg_advisory_unlock(7310421)";
static const char *const postgres_domain =
    "DO $$ BEGIN IF to_regtype('blob') IS NULL THEN CREATE DOMAIN blob AS bytea; "
    "END IF; END $$";

struct str migrate_text(struct arena *arena, struct str sql, bool postgres)
{
    struct strbuf text = STRBUF(arena);
    bool ours = true;
    struct str line;

    while (sql.n) {
        line = str_cut(sql, '\n', &sql);
        if (str_is(str_trim(line), "-- both"))
            ours = true;
        else if (str_is(str_trim(line), "-- only sqlite"))
            ours = !postgres;
        else if (str_is(str_trim(line), "-- only postgres"))
            ours = postgres;
        if (ours) {
            strbuf_add(&text, line);
            strbuf_char(&text, '\n');
        }
    }
    return strbuf_str(&text);
}

static struct str checksum(struct arena *arena, struct str text)
{
    unsigned char hash[32];

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)text.p, text.n, NULL,
                       0);
    return hex_encode(arena, (struct str){ (const char *)hash, sizeof(hash) });
}

/* "0001_spine.sql" is number 1. */
static int64_t number_of(const struct embedded *file)
{
    struct str rest;
    uint64_t number = 0;

    str_to_u64(str_cut(str_of(file->name), '_', &rest), &number);
    return (int64_t)number;
}

static int exec(struct op *op, const char *sql)
{
    return op->db->driver->exec(op, op->db, sql);
}

static int check_row(struct op *op, const struct embedded *file, struct db_rows *rows)
{
    int64_t version = db_int(rows, 0);

    if (!file->name || number_of(file) != version)
        return op_fail(
            op, ERR_CONFLICT,
            "this store was written by a newer program: it has the migration " STR_FMT
            ", which this one does not know; use the newer one, or a "
            "backup from before",
            STR_ARG(db_text(op, rows, 1)));
    if (!str_eq(db_text(op, rows, 2), checksum(op->arena, file->bytes)))
        return op_fail(op, ERR_CONFLICT,
                       "the migration %s is not the one that made this store",
                       file->name);
    return 0;
}

static int compare(struct op *op, const struct embedded *files, int64_t *ret_version,
                   int64_t *ret_pending)
{
    const struct embedded *file = files;
    int64_t pending = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_MIGRATION_LIST);
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        r = check_row(op, file, rows);
        if (r < 0)
            return r;
        file++;
    }
    if (r < 0)
        return r;
    *ret_version = file == files ? 0 : number_of(file - 1);
    while (file++->name)
        pending++;
    *ret_pending = pending;
    return 0;
}

static int apply(struct op *op, const struct embedded *file)
{
    struct str text = migrate_text(op->arena, file->bytes, db_is_postgres(op->db));
    int64_t there;
    DB_TX(tx);
    int r;

    r = db_begin(op, &tx);
    if (r < 0)
        return r;
    r = db_number(op, &there, &SQL_MIGRATION_GET, ARG_INT(number_of(file)));
    if (r != DB_NO_ROW)
        return r; /* another process has just applied it, or the look-up failed */
    r = exec(op, arena_cstr(op->arena, text));
    if (r < 0)
        return op_detail(op, r, "in the migration %s", file->name);
    if (FAILPOINT("control.piecemeal"))
        r = exec(op, "COMMIT; BEGIN");
    FAILPOINT("migrate.applying");
    if (r >= 0)
        r = db_run(op, &SQL_MIGRATION_ADD, ARG_INT(number_of(file)),
                   ARG_TEXT(str_of(file->name)), ARG_INT(clock_machine()),
                   ARG_TEXT(checksum(op->arena, file->bytes)));
    if (r < 0)
        return r;
    FAILPOINT("migrate.committing");
    r = db_commit(&tx);
    if (r < 0)
        return r;
    FAILPOINT("migrate.applied");
    log_line(LOG_INFO, op->id, "event=migrated name=%s", file->name);
    return 0;
}

static int lock(struct op *op)
{
    int r = 0;

    if (db_is_postgres(op->db)) {
        r = exec(op, postgres_lock);
        if (r >= 0)
            r = exec(op, postgres_domain);
    }
    return r < 0 ? r : exec(op, table_sql);
}

/* Whatever happened, with its words. */
static int unlock(struct op *op, int r)
{
    struct err before = op->err;
    int unlocked = db_is_postgres(op->db) ? exec(op, postgres_unlock) : 0;

    if (r < 0)
        op->err = before;
    return r < 0 ? r : unlocked;
}

int migrate_check(struct op *op, const struct embedded *files, int64_t *ret_version,
                  int64_t *ret_pending)
{
    int r;

    r = lock(op);
    if (r >= 0)
        r = compare(op, files, ret_version, ret_pending);
    return unlock(op, r);
}

int migrate_look(struct op *op, const struct embedded *files, int64_t *ret_version,
                 int64_t *ret_pending)
{
    int64_t there;
    int r = db_number(op, &there, &SQL_MIGRATION_TABLE);

    if (r == DB_NO_ROW)
        return op_fail(op, ERR_NOT_FOUND, "there is no store yet");
    return r < 0 ? r : compare(op, files, ret_version, ret_pending);
}

static int run_locked(struct op *op, const struct embedded *files)
{
    int64_t version, pending;
    int r;

    r = compare(op, files, &version, &pending);
    for (; r >= 0 && files->name; files++) {
        if (number_of(files) > version)
            r = apply(op, files);
    }
    return r;
}

int migrate_run(struct op *op, const struct embedded *files)
{
    int r;

    r = lock(op);
    if (r >= 0)
        r = run_locked(op, files);
    return unlock(op, r);
}
