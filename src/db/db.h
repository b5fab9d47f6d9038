/* db.h - one database connection, whichever engine is behind it.
 *
 * The program never builds SQL text. It runs named statements (struct db_stmt,
 * listed in one stmt.def in each folder that owns tables) with typed
 * arguments, and reads rows. That keeps injection out by construction, lets an
 * engine prepare each statement once, and gives tests one narrow place to put
 * failures in (flaky_db() in tests/fixture.c).
 *
 * Placeholders are $1, $2 ... in both engines. Types in the schema are BIGINT,
 * TEXT and BLOB. A connection belongs to one thread at a time.
 *
 * TO ADD AN ENGINE: write db_<name>.c with a `const struct db_driver`, list it
 * in drivers[] in db.c and in meson.build, and run the test suite on it.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/op.h"

struct db;
struct db_rows;

/* A statement. `postgres` is NULL when one text serves both engines; a second
 * text needs a comment in stmt.def that says why. Compared by address. */
struct db_stmt {
    const char *name;
    const char *sql;
    const char *postgres;
};

#ifdef DRAHT_TEST_HOOKS
/* Another text for a statement, or NULL: how the simulator plants a mistake. */
typedef const char *db_misreading(const struct db_stmt *stmt);
extern db_misreading *db_misread;
#endif

/* What a stmt.def expands to; see HACKING.md, "A new statement". */
#define DB_STMT_DECLARE(name, ...) extern const struct db_stmt SQL_##name;
#define DB_STMT_DEFINE(name, ...)                                                        \
    const struct db_stmt SQL_##name = { #name, __VA_ARGS__ };

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

struct db_arg {
    enum db_type type;
    int64_t i;
    struct str s;
};

#define ARG_INT(x)  ((struct db_arg){ .type = DB_INT, .i = (x) })
#define ARG_BOOL(x) ((struct db_arg){ .type = DB_INT, .i = (x) ? 1 : 0 })
#define ARG_TEXT(x) ((struct db_arg){ .type = DB_TEXT, .s = (x) })
#define ARG_BLOB(x) ((struct db_arg){ .type = DB_BLOB, .s = (x) })
#define ARG_NULL    ((struct db_arg){ .type = DB_NULL })
/* An id or an instant: 0 is stored as NULL. */
#define ARG_ID(x)   db_arg_or_null(x)
#define ARG_TIME(x) db_arg_or_null(x)

static inline struct db_arg db_arg_or_null(int64_t x)
{
    return (struct db_arg){ .type = x ? DB_INT : DB_NULL, .i = x };
}

/* The workspace of the op: $1 of nearly every statement. */
#define ARG_WS ARG_INT(op->workspace)

#define DB_ARGS_(...)                                                                    \
    (const struct db_arg[])                                                              \
    {                                                                                    \
        { .type = DB_NULL }, __VA_ARGS__                                                 \
    }
#define DB_ARGS(...)                                                                     \
    (DB_ARGS_(__VA_ARGS__) + 1),                                                         \
        (sizeof(DB_ARGS_(__VA_ARGS__)) / sizeof(struct db_arg) - 1)

/* Run and forget the rows; the number of changed rows goes to `*ret_changed`. */
#define db_run(op, stmt, ...) db_run_args((op), (stmt), NULL, DB_ARGS(__VA_ARGS__))
#define db_change(op, ret, stmt, ...)                                                    \
    db_run_args((op), (stmt), (ret), DB_ARGS(__VA_ARGS__))
/* Run and read rows with db_next(). Texts and blobs are not copied: they must live until
 * db_finish(), which what lies in op->arena does. */
#define db_query(op, ret, stmt, ...)                                                     \
    db_query_args((op), (ret), (stmt), DB_ARGS(__VA_ARGS__))
/* The first column of the first row as a number; DB_NO_ROW when there is none. */
#define db_number(op, ret, stmt, ...)                                                    \
    db_number_args((op), (ret), (stmt), DB_ARGS(__VA_ARGS__))

enum { DB_NO_ROW = 1 };

int db_run_args(struct op *op, const struct db_stmt *stmt, int64_t *ret_changed,
                const struct db_arg *args, size_t count) MUST_CHECK;
int db_query_args(struct op *op, struct db_rows **ret, const struct db_stmt *stmt,
                  const struct db_arg *args, size_t count) MUST_CHECK;
int db_number_args(struct op *op, int64_t *ret, const struct db_stmt *stmt,
                   const struct db_arg *args, size_t count) MUST_CHECK;

/* Inside a transaction: changes exactly one row, else it fails with ERR_INTERNAL. What
 * fails may show at the next call only, at the latest at db_commit() of the savepoint or
 * transaction around it: PostgreSQL gets it together with what comes next. */
#define db_change_one(op, stmt, ...)                                                     \
    db_change_one_args((op), (stmt), DB_ARGS(__VA_ARGS__))
int db_change_one_args(struct op *op, const struct db_stmt *stmt,
                       const struct db_arg *args, size_t count) MUST_CHECK;

/* 1: there is a row, read it with the getters; 0: that was all; negative: failed. */
int db_next(struct op *op, struct db_rows *rows) MUST_CHECK;
int64_t db_int(struct db_rows *rows, int column); /* NULL gives 0 */
struct str db_text(struct op *op, struct db_rows *rows,
                   int column); /* copied to the arena */
struct str db_blob(struct op *op, struct db_rows *rows, int column);
bool db_is_null(struct db_rows *rows, int column);
void db_finish(struct db_rows **rows);
#define DB_ROWS(name) CLEANUP(db_finish) struct db_rows *name = NULL

/* A transaction that rolls itself back unless db_commit() was reached. Inside
 * another one it is a savepoint. The outermost one takes the write lock at
 * once, so that two writers queue instead of failing half way. */
struct db_tx {
    struct op *op; /* NULL: not begun, or already committed */
    struct db *db;
    unsigned depth;
    bool joined;                         /* db_join() found one to be part of */
    struct db_late *late_was, *last_was; /* what waited for the commit when it began */
};

#define DB_TX(name) CLEANUP(db_tx_end) struct db_tx name = { 0 }

int db_begin(struct op *op, struct db_tx *tx) MUST_CHECK;
/* For what is done whole or not at all, and is nearly always part of something larger:
 * begins a transaction where there is none, else joins the one around it. Left without
 * db_commit() it spoils that: nothing more can be done in it, and it cannot be
 * committed. So a half is never kept, and a savepoint (dear: SQLite then writes what its
 * full-text index has gathered) is only taken where a failure is survived. */
int db_join(struct op *op, struct db_tx *tx) MUST_CHECK;
int db_commit(struct db_tx *tx) MUST_CHECK;
void db_tx_end(struct db_tx *tx);

/* Does the engine find damage in its own files? `*ret` is its word for it, "ok" when it
 * finds none. Reads everything once. */
int db_damage(struct op *op, struct str *ret) MUST_CHECK;

/* How many statements this process has run, transactions' own included; for /metrics. */
int64_t db_statements(void);

/* What an engine provides. Wrapped by flaky_db() in tests. */
struct db_driver {
    const char *scheme;     /* of the database URL: "sqlite", "postgres" */
    const char *begin;      /* starts a transaction that may write */
    const char *begin_read; /* starts one that sees a single snapshot */
    int (*open)(struct op *op, struct str url, bool read_only, struct db **ret);
    void (*close)(struct db *db);
    /* BEGIN, COMMIT, ROLLBACK, SAVEPOINT and migrations: no arguments, no rows. */
    int (*exec)(struct op *op, struct db *db, const char *sql);
    int (*prepare)(struct op *op, struct db *db, const struct db_stmt *stmt);
    int (*query)(struct op *op, struct db *db, const struct db_stmt *stmt,
                 const struct db_arg *args, size_t count, struct db_rows **ret);
    /* NULL: query() at once. May wait for the next call; see db_change_one(). */
    int (*change_one)(struct op *op, struct db *db, const struct db_stmt *stmt,
                      const struct db_arg *args, size_t count);
    int (*next)(struct op *op, struct db_rows *rows);
    int64_t (*changed)(struct db_rows *rows); /* after the last row */
    int64_t (*get_int)(struct db_rows *rows, int column);
    struct str (*get_bytes)(struct op *op, struct db_rows *rows, int column);
    bool (*is_null)(struct db_rows *rows, int column);
    void (*finish)(struct db_rows *rows);
};

struct db {
    const struct db_driver *driver;
    unsigned depth; /* of open transactions and savepoints */
    bool read_only;
    bool broken; /* the engine gave the transaction up: only a rollback helps */
    bool stuck;  /* and the rollback failed: the next transaction begins with it */
    bool again;  /* it lost against a concurrent one; the same may work now */
    bool lost;   /* the connection broke: whether a COMMIT took place is not known */
    bool halved; /* what joined gave up half way: only undoing helps */
    /* How a transaction that may write begins; NULL: as the driver says. */
    const char *begin;
    /* Newest first; run by the outermost commit, `last` behind all of `late`. */
    struct db_late *late, *last;
};

/* Something that waits for the end of the outermost transaction, and is dropped when the
 * savepoint in which it was asked for is undone. `run` frees what it is given. */
struct db_late {
    int (*run)(struct op *op, struct db_late *late);
    void (*drop)(struct db_late *late);
    struct db_late *next;
};
void db_add_late(struct db *db, struct db_late *late);
/* At once, in order. The outermost commit does it by itself. */
int db_run_late(struct op *op) MUST_CHECK;
/* What db_run_late() does not hurry: stays in db->last until the commit has run it, where
 * one that runs still finds what was added after it. It may add nothing itself. */
void db_add_last(struct db *db, struct db_late *last);

struct db_rows {
    struct db *db;
};

/* `url`: "sqlite:PATH", "sqlite::memory:" or "postgres://...". */
int db_open(struct op *op, struct str url, bool read_only, struct db **ret) MUST_CHECK;
void db_close(struct db *db); /* NULL is fine */
bool db_is_postgres(const struct db *db);

/* Does the engine understand the statement? Nothing is run. */
int db_prepare(struct op *op, const struct db_stmt *stmt) MUST_CHECK;

/* A violated constraint is ERR_CONFLICT on both engines. Where a conflict is an
 * ordinary outcome, use INSERT ... ON CONFLICT DO NOTHING with db_change(): on
 * PostgreSQL a failed statement spoils its savepoint. Text that is no UTF-8 or
 * has a NUL byte is refused with ERR_INVALID, a full disk, a busy or a lost
 * database with ERR_UNAVAILABLE.
 *
 * PostgreSQL takes the type of $n from its surroundings: beside a small literal
 * ($2 + 1) it is a 32-bit number, alone (SELECT $2) a text, compared with NULL
 * nothing at all. Write CAST($2 AS BIGINT) there. */

#endif
