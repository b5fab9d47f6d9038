/* db.c - the parts of a connection that no engine needs to know. */
#include "db/db.h"

#include <assert.h>
#include <stdatomic.h>

#include "base/utf8.h"
#include "db/drivers.h"
#include "db/stmt.h"

static const struct db_driver *const drivers[] = { &db_driver_sqlite,
                                                   &db_driver_postgres };

/* Of all connections of the process. */
static _Atomic int64_t statements;

int64_t db_statements(void)
{
    return atomic_load(&statements);
}

static int exec(struct op *op, struct db *db, const char *sql)
{
    atomic_fetch_add(&statements, 1);
    return db->driver->exec(op, db, sql);
}

int db_open(struct op *op, struct str url, bool read_only, struct db **ret)
{
    struct str rest;
    struct str scheme = str_cut(url, ':', &rest);

    if (str_is(scheme, "postgresql"))
        scheme = STR("postgres");
    for (size_t i = 0; i < COUNT_OF(drivers); i++) {
        if (str_is(scheme, drivers[i]->scheme))
            return drivers[i]->open(op, url, read_only, ret);
    }
    return op_fail(op, ERR_INVALID,
                   "the database address must start with sqlite: or postgres:");
}

static void drop_until(struct db_late **list, const struct db_late *until)
{
    while (*list && *list != until) {
        struct db_late *late = *list;

        *list = late->next;
        late->drop(late);
    }
}

void db_close(struct db *db)
{
    if (!db)
        return;
    drop_until(&db->late, NULL);
    drop_until(&db->last, NULL);
    db->driver->close(db);
}

bool db_is_postgres(const struct db *db)
{
    return str_is(STR("postgres"), db->driver->scheme);
}

int db_prepare(struct op *op, const struct db_stmt *stmt)
{
    return op->db->driver->prepare(op, op->db, stmt);
}

/* SQLite would store any bytes as text, PostgreSQL refuses: refuse on both. */
static int check_args(struct op *op, const struct db_stmt *stmt,
                      const struct db_arg *args, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str s = args[i].s;

        if (args[i].type != DB_TEXT || s.n == 0)
            continue;
        if (memchr(s.p, 0, s.n))
            op_fail(op, ERR_INVALID, "a text has a NUL byte");
        else if (!utf8_is_valid(s))
            op_fail(op, ERR_INVALID, "a text is not valid UTF-8");
        else
            continue;
        return op_detail(op, ERR_INVALID, "statement %s, $%zu", stmt->name, i + 1);
    }
    return 0;
}

static int check_usable(struct op *op)
{
    if (op->db->broken)
        return op_fail(op, ERR_UNAVAILABLE, "the database gave the transaction up");
    if (op->db->halved)
        return op_fail(op, ERR_INTERNAL, "a change was given up half way");
    return 0;
}

static int check_call(struct op *op, const struct db_stmt *stmt,
                      const struct db_arg *args, size_t count)
{
    int r;

    assert(op->db);
    r = check_usable(op);
    return r < 0 ? r : check_args(op, stmt, args, count);
}

int db_query_args(struct op *op, struct db_rows **ret, const struct db_stmt *stmt,
                  const struct db_arg *args, size_t count)
{
    int r = check_call(op, stmt, args, count);

    if (r < 0)
        return r;
    atomic_fetch_add(&statements, 1);
    return op->db->driver->query(op, op->db, stmt, args, count, ret);
}

int db_change_one_args(struct op *op, const struct db_stmt *stmt,
                       const struct db_arg *args, size_t count)
{
    int64_t changed;
    int r = check_call(op, stmt, args, count);

    if (r < 0)
        return r;
    if (op->db->driver->change_one && op->db->depth > 0) {
        atomic_fetch_add(&statements, 1);
        return op->db->driver->change_one(op, op->db, stmt, args, count);
    }
    r = db_run_args(op, stmt, &changed, args, count);
    if (r >= 0 && changed != 1)
        return op_fail(op, ERR_INTERNAL, "%s changed %lld rows, not one", stmt->name,
                       (long long)changed);
    return r;
}

int db_run_args(struct op *op, const struct db_stmt *stmt, int64_t *ret_changed,
                const struct db_arg *args, size_t count)
{
    DB_ROWS(rows);
    int r;

    r = db_query_args(op, &rows, stmt, args, count);
    if (r < 0)
        return r;
    do {
        r = db_next(op, rows);
    } while (r > 0);
    if (r < 0)
        return r;
    if (ret_changed)
        *ret_changed = rows->db->driver->changed(rows);
    return 0;
}

int db_number_args(struct op *op, int64_t *ret, const struct db_stmt *stmt,
                   const struct db_arg *args, size_t count)
{
    DB_ROWS(rows);
    int64_t number;
    int r;

    r = db_query_args(op, &rows, stmt, args, count);
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return DB_NO_ROW;
    number = db_int(rows, 0);
    r = db_next(op, rows); /* a change with RETURNING is complete at its end only */
    if (r < 0)
        return r;
    *ret = number;
    return 0;
}

int db_next(struct op *op, struct db_rows *rows)
{
    return rows->db->driver->next(op, rows);
}

int64_t db_int(struct db_rows *rows, int column)
{
    return rows->db->driver->get_int(rows, column);
}

struct str db_text(struct op *op, struct db_rows *rows, int column)
{
    return rows->db->driver->get_bytes(op, rows, column);
}

struct str db_blob(struct op *op, struct db_rows *rows, int column)
{
    return rows->db->driver->get_bytes(op, rows, column);
}

bool db_is_null(struct db_rows *rows, int column)
{
    return rows->db->driver->is_null(rows, column);
}

void db_finish(struct db_rows **rows)
{
    if (*rows)
        (*rows)->db->driver->finish(*rows);
    *rows = NULL;
}

void db_add_late(struct db *db, struct db_late *late)
{
    late->next = db->late;
    db->late = late;
}

int db_run_late(struct op *op)
{
    struct db_late *list = NULL;
    int r = 0;

    while (op->db->late) { /* oldest first */
        struct db_late *late = op->db->late;

        op->db->late = late->next;
        late->next = list;
        list = late;
    }
    while (list) {
        struct db_late *late = list;

        list = late->next;
        if (r >= 0)
            r = late->run(op, late);
        late->drop(late);
    }
    return r;
}

void db_add_last(struct db *db, struct db_late *last)
{
    last->next = db->last;
    db->last = last;
}

static int run_last(struct op *op, struct db *db)
{
    int r = 0;

    for (struct db_late *last = db->last; last && r >= 0; last = last->next)
        r = last->run(op, last);
    return r < 0 ? r : 0;
}

static int roll_back(struct op *op, struct db *db)
{
    struct err before = op->err; /* the reason matters more than the fate of this */
    int r = db->driver->exec(op, db, "ROLLBACK");

    op->err = before;
    return r;
}

/* One name serves all depths: both engines take the innermost of that name. */
int db_begin(struct op *op, struct db_tx *tx)
{
    struct db *db = op->db;
    const char *sql = "SAVEPOINT s";
    int r;

    assert(db && !tx->op);
    if (db->depth == 0) {
        sql = db->read_only ? db->driver->begin_read
              : db->begin   ? db->begin
                            : db->driver->begin;
        db->broken = db->again = db->lost = db->halved = false;
        if (db->stuck)
            (void)roll_back(op, db); /* if this fails again, so does the BEGIN */
    }
    r = check_usable(op);
    if (r >= 0)
        r = exec(op, db, sql);
    if (r < 0)
        return r;
    db->stuck = false;
    *tx = (struct db_tx){ op, db, ++db->depth, false, db->late, db->last };
    return 0;
}

int db_join(struct op *op, struct db_tx *tx)
{
    int r;

    if (op->db->depth == 0)
        return db_begin(op, tx);
    r = check_usable(op);
    if (r < 0)
        return r;
    *tx = (struct db_tx){ op, op->db, op->db->depth, true, op->db->late, op->db->last };
    return 0;
}

static int commit(struct op *op, struct db *db)
{
    int r = check_usable(op);

    if (r < 0)
        return r;
    if (db->depth > 1)
        return exec(op, db, "RELEASE s");
    r = db_run_late(op);
    if (r >= 0)
        r = run_last(op, db);
    return r < 0 ? r : exec(op, db, "COMMIT");
}

int db_commit(struct db_tx *tx)
{
    struct op *op = tx->op;
    struct db *db = tx->db;
    int r;

    assert(op && tx->depth == db->depth); /* else an inner one is still open */
    if (!tx->joined) {
        r = commit(op, db);
        if (r < 0)
            return r; /* db_tx_end() rolls back */
        if (--db->depth == 0)
            drop_until(&db->last, NULL);
    }
    tx->op = NULL;
    return 0;
}

static void undo(struct op *op, struct db *db)
{
    int r;

    if (db->depth == 1) {
        /* Fails when the engine has rolled back already, is gone, or has no memory left,
         * and then the transaction is still open. */
        db->stuck = roll_back(op, db) < 0;
        db->broken = false;
    } else if (!db->broken) {
        r = exec(op, db, "ROLLBACK TO s");
        if (r >= 0)
            r = exec(op, db, "RELEASE s");
        db->broken = r < 0;
    }
    db->halved = false;
    db->depth--;
}

void db_tx_end(struct db_tx *tx)
{
    struct op *op = tx->op;
    struct db *db = tx->db;
    struct err before;

    if (!op)
        return;
    assert(tx->depth == db->depth);
    tx->op = NULL;
    if (tx->joined) {
        db->halved = true;
        return;
    }
    before = op->err; /* the reason for the rollback matters more than its fate */
    drop_until(&db->late, tx->late_was);
    drop_until(&db->last, tx->last_was);
    undo(op, db);
    op->err = before;
}

int db_damage(struct op *op, struct str *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_DAMAGE);

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    *ret = r > 0 ? db_text(op, rows, 0) : STR("the engine says nothing");
    return 0;
}
