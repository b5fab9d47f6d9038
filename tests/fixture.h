/* fixture.h - what every unit test stands on.
 *
 * FIXTURE(f) gives a test its own world: an arena, an op, a clock that stands
 * still at FIXTURE_NOW until it is moved, randomness from a fixed seed, and
 * ids. It goes away at the end of the scope.
 *
 * FIXTURE_STORE(f) adds an empty store in memory, stepped by hand, with f.op.db
 * set to its writer and f.op.workspace 1. FIXTURE_ON(f, engine) does the same on
 * the engine named; a test that is listed as BOTH_ENGINES(its_name) and begins
 * with FIXTURE_BOTH(f) runs on SQLite and on PostgreSQL. PostgreSQL is found in
 * DRAHT_TEST_POSTGRES (set by tools/with-postgres); without it such a test skips.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/op.h"
#include "base/random.h"
#include "db/store.h"

/* 2026-11-02T08:00:00.000Z, a Monday. */
#define FIXTURE_NOW INT64_C(1793606400000)

struct fixture {
    struct arena arena;
    struct clock clock;
    struct random_source random;
    struct ids ids;
    struct world world;
    struct op op;
    struct store *store; /* NULL after FIXTURE() */
    char folder[32];     /* of a store in a file; else empty */
    char backup[64];     /* set by a test: a folder with a copy, removed at the end */
    char schema[32];     /* of a store on PostgreSQL; else empty */
    char url[512];
};

enum fixture_engine { ON_MEMORY, ON_FILE, ON_POSTGRES };

void fixture_begin(struct fixture *f);
void fixture_end(struct fixture *f);

#define FIXTURE(name)                                                                    \
    CLEANUP(fixture_end) struct fixture name;                                            \
    fixture_begin(&name)

#define FIXTURE_STORE(name) FIXTURE_ON(name, ON_MEMORY)

#define FIXTURE_ON(name, engine)                                                         \
    CLEANUP(fixture_end) struct fixture name;                                            \
    fixture_begin_on(&name, engine)

#define FIXTURE_BOTH(name) FIXTURE_ON(name, *(const enum fixture_engine *)*state)

#define BOTH_ENGINES(test)                                                               \
    { #test "_on_sqlite", test, NULL, NULL, (void *)&fixture_memory },                   \
    {                                                                                    \
#test "_on_postgres", test, NULL, NULL, (void *)&fixture_postgres                \
    }
extern const enum fixture_engine fixture_memory, fixture_postgres;

/* Skips the test when there is no such engine here. */
void fixture_begin_on(struct fixture *f, enum fixture_engine engine);

/* The same with a place for a store at f->url, and nothing in it. */
void fixture_begin_without_store(struct fixture *f, enum fixture_engine engine);

/* Make the address of a new, empty place for a store; `f->url` afterwards. */
void fixture_place(struct fixture *f, enum fixture_engine engine);

/* The first number that `sql` gives, or -1 when it gives no row. The text must be
 * a literal: statements are known by their address. */
#define COUNT(f, sql, ...)                                                               \
    __extension__({                                                                      \
        static const struct db_stmt stmt_ = { "test", sql, NULL };                       \
        int64_t n_ = -1;                                                                 \
        int r_ = db_number(&(f)->op, &n_, &stmt_, __VA_ARGS__);                          \
        assert_true(r_ >= 0);                                                            \
        n_;                                                                              \
    })

/* Run a statement that must work. */
#define RUN(f, sql, ...)                                                                 \
    do {                                                                                 \
        static const struct db_stmt stmt_ = { "test", sql, NULL };                       \
        CHECK_OK(f, db_run(&(f)->op, &stmt_, __VA_ARGS__));                              \
    } while (0)

/* `result` is not negative; else the failure is printed. */
#define CHECK_OK(f, result) check_ok(&(f)->op, (result), #result, __FILE__, __LINE__)
void check_ok(const struct op *op, int r, const char *what, const char *file, int line);

/* Wrap a connection so that its nth call fails (and only that one): for loops
 * that try every place where a database can fail. Rollbacks never fail. */
struct db *flaky_db(struct db *inner, unsigned nth);
bool flaky_db_has_failed(const struct db *db);
void flaky_db_remove(struct op *op); /* op->db is the inner connection again */

/* Move the virtual clock, and the op with it. */
void fixture_advance(struct fixture *f, int64_t ms);

/* A new unit of work in the same world: no failure described any more. */
void fixture_next_op(struct fixture *f);

/* `actual` is a struct str, `expected` a C string. */
#define CHECK_STR(actual, expected)                                                      \
    check_str((actual), (expected), #actual, __FILE__, __LINE__)
void check_str(struct str actual, const char *expected, const char *what,
               const char *file, int line);

/* The whole file, or {NULL, 0} when it cannot be read. */
struct str fixture_read_file(struct arena *arena, const char *path);

#endif
