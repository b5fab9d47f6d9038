/* test_db_engine.c - both engines keep the same promises. */
#include "fixture.h"

#include <sqlite3.h>

#include "db/db.h"

static void what_is_written_is_read_back(void **state)
{
    FIXTURE_BOTH(f);
    struct str bytes = { "a\0b\xff", 4 };
    DB_ROWS(rows);
    static const struct db_stmt add = {
        "add", "INSERT INTO t (i, s, b, n) VALUES ($1, $2, $3, $4)", NULL
    };
    static const struct db_stmt get = { "get", "SELECT i, s, b, n, s = '' FROM t", NULL };

    CHECK_OK(&f,
             f.op.db->driver->exec(&f.op, f.op.db,
                                   "CREATE TABLE t (i BIGINT, s TEXT, b BLOB, n TEXT)"));
    CHECK_OK(&f, db_run(&f.op, &add, ARG_INT(INT64_MIN), ARG_TEXT(STR("grün")),
                        ARG_BLOB(bytes), ARG_NULL));
    CHECK_OK(&f, db_query(&f.op, &rows, &get));
    assert_int_equal(db_next(&f.op, rows), 1);
    assert_true(db_int(rows, 0) == INT64_MIN);
    CHECK_STR(db_text(&f.op, rows, 1), "grün");
    assert_true(str_eq(db_blob(&f.op, rows, 2), bytes));
    assert_true(db_is_null(rows, 3));
    assert_false(db_is_null(rows, 1));
    assert_int_equal(db_int(rows, 3), 0);
    assert_int_equal(db_int(rows, 4), 0);
    assert_int_equal(db_next(&f.op, rows), 0);
}

static void empty_text_and_empty_bytes_are_not_null(void **state)
{
    FIXTURE_BOTH(f);
    struct str none = { NULL, 0 };

    CHECK_OK(&f,
             f.op.db->driver->exec(&f.op, f.op.db,
                                   "CREATE TABLE t (s TEXT NOT NULL, b BLOB NOT NULL)"));
    RUN(&f, "INSERT INTO t (s, b) VALUES ($1, $2)", ARG_TEXT(none), ARG_BLOB(none));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM t WHERE s = ''"), 1);
    assert_int_equal(COUNT(&f, "SELECT length(b) FROM t"), 0);
}

/* A trap: SQLite numbers placeholders by first appearance. */
static void placeholders_are_numbered_by_their_digit(void **state)
{
    FIXTURE_BOTH(f);

    assert_int_equal(COUNT(&f,
                           "SELECT CAST($2 AS BIGINT) * 100 + CAST($1 AS BIGINT) * 10 "
                           "+ CAST($2 AS BIGINT)",
                           ARG_INT(1), ARG_INT(2)),
                     212);
}

static void a_wrong_number_of_values_is_refused(void **state)
{
    static const struct db_stmt two = { "two",
                                        "SELECT CAST($1 AS BIGINT) + CAST($2 AS BIGINT)",
                                        NULL };
    FIXTURE_BOTH(f);
    int64_t n = -1;

    assert_int_equal(db_number(&f.op, &n, &two, ARG_INT(1)), ERR_INTERNAL);
    assert_int_equal(db_number(&f.op, &n, &two, ARG_INT(1), ARG_INT(2), ARG_INT(3)),
                     ERR_INTERNAL);
    assert_int_equal(n, -1);
}

static void text_that_is_no_text_is_refused(void **state)
{
    static const struct db_stmt say = { "say", "SELECT CAST($1 AS TEXT)", NULL };
    FIXTURE_BOTH(f);
    struct str nul = { "a\0b", 3 };

    assert_int_equal(db_run(&f.op, &say, ARG_TEXT(nul)), ERR_INVALID);
    CHECK_STR(f.op.err.text, "a text has a NUL byte");
    assert_int_equal(db_run(&f.op, &say, ARG_TEXT(STR("\xff"))), ERR_INVALID);
    CHECK_STR(f.op.err.text, "a text is not valid UTF-8");
    CHECK_OK(&f, db_run(&f.op, &say, ARG_TEXT(STR("gut"))));
}

static int add_chain(struct op *op, int64_t workspace)
{
    static const struct db_stmt add = {
        "add",
        "INSERT INTO chain (workspace_id, last_seq, last_at, "
        "last_hash) VALUES ($1, 0, 0, $2)",
        NULL
    };

    return db_run(op, &add, ARG_INT(workspace), ARG_BLOB(STR("x")));
}

static void a_second_row_of_the_same_key_is_a_conflict(void **state)
{
    FIXTURE_BOTH(f);

    CHECK_OK(&f, add_chain(&f.op, 7));
    assert_int_equal(add_chain(&f.op, 7), ERR_CONFLICT);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), 1);
}

static void changed_rows_are_counted(void **state)
{
    static const struct db_stmt set = {
        "set", "UPDATE chain SET last_at = $1 WHERE workspace_id < 3 RETURNING last_at",
        NULL
    };
    static const struct db_stmt look = { "look", "SELECT 1 FROM chain", NULL };
    FIXTURE_BOTH(f);
    int64_t changed = -1;

    for (int64_t i = 1; i <= 3; i++)
        CHECK_OK(&f, add_chain(&f.op, i));
    CHECK_OK(&f, db_change(&f.op, &changed, &set, ARG_INT(5)));
    assert_int_equal(changed, 2);
    CHECK_OK(&f, db_change(&f.op, &changed, &look));
    assert_int_equal(changed, 0);
    assert_int_equal(COUNT(&f, "SELECT SUM(last_at) FROM chain"), 10);
}

static int in_savepoint(struct op *op, int64_t first, int64_t second, bool keep)
{
    DB_TX(tx);
    int r;

    r = db_begin(op, &tx);
    if (r < 0)
        return r;
    r = add_chain(op, first);
    if (r >= 0 && second)
        r = add_chain(op, second);
    if (r < 0)
        return r;
    return keep ? db_commit(&tx) : 0;
}

static void a_failure_inside_undoes_only_the_inner_part(void **state)
{
    FIXTURE_BOTH(f);
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        CHECK_OK(&f, in_savepoint(&f.op, 1, 0, true));
        CHECK_OK(&f, in_savepoint(&f.op, 2, 0, false)); /* forgotten: rolled back */
        assert_int_equal(in_savepoint(&f.op, 3, 1, true), ERR_CONFLICT);
        CHECK_OK(&f, in_savepoint(&f.op, 4, 0, true));
        CHECK_OK(&f, db_commit(&tx));
    }
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), 2);
    assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 5);
    assert_int_equal(f.op.db->depth, 0);
}

static void a_forgotten_transaction_rolls_back(void **state)
{
    FIXTURE_BOTH(f);

    CHECK_OK(&f, in_savepoint(&f.op, 1, 2, false));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), 0);
    CHECK_OK(&f, in_savepoint(&f.op, 1, 2, true));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), 2);
}

static int joined(struct op *op, int64_t first, bool whole)
{
    DB_TX(tx);
    int r;

    r = db_join(op, &tx);
    if (r >= 0)
        r = add_chain(op, first);
    if (r < 0)
        return r;
    return whole ? db_commit(&tx) : 0;
}

static void what_joined_and_stopped_half_way_is_never_kept(void **state)
{
    FIXTURE_BOTH(f);
    {
        DB_TX(outer);

        CHECK_OK(&f, db_begin(&f.op, &outer));
        CHECK_OK(&f, joined(&f.op, 1, true));
        {
            DB_TX(inner);

            CHECK_OK(&f, db_begin(&f.op, &inner));
            CHECK_OK(&f, joined(&f.op, 2, false));
            assert_int_equal(add_chain(&f.op, 3), ERR_INTERNAL);
            assert_int_equal(joined(&f.op, 4, true), ERR_INTERNAL);
            assert_int_equal(db_commit(&inner), ERR_INTERNAL);
        }
        CHECK_OK(&f, joined(&f.op, 5, true));
        CHECK_OK(&f, db_commit(&outer));
    }
    assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 6);
    CHECK_OK(&f, joined(&f.op, 10, true)); /* alone: a transaction of its own */
    assert_int_equal(f.op.db->depth, 0);
    CHECK_OK(&f, joined(&f.op, 20, false));
    assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 16);
}

/* PostgreSQL answers COMMIT of a spoiled transaction with a rollback. */
static void a_failure_that_was_ignored_is_never_taken_for_success(void **state)
{
    FIXTURE_BOTH(f);
    int r;
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        CHECK_OK(&f, add_chain(&f.op, 1));
        assert_int_equal(add_chain(&f.op, 1), ERR_CONFLICT);
        r = db_commit(&tx);
    }
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), r < 0 ? 0 : 1);
}

/* Not even the rollback has memory then, so the transaction stays open. */
static void a_transaction_without_memory_does_not_block_the_next_one(void **state)
{
    FIXTURE_ON(f, ON_FILE);
    static const struct db_stmt add = { "add", "INSERT INTO t (i) VALUES ($1)", NULL };

    (void)state;
    CHECK_OK(&f, f.op.db->driver->exec(&f.op, f.op.db, "CREATE TABLE t (i BIGINT)"));
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        CHECK_OK(&f, db_run(&f.op, &add, ARG_INT(1)));
        sqlite3_hard_heap_limit64(1);
        assert_int_equal(f.op.db->driver->exec(&f.op, f.op.db, "SELECT 1"),
                         ERR_UNAVAILABLE);
    }
    sqlite3_hard_heap_limit64(0);
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        CHECK_OK(&f, db_run(&f.op, &add, ARG_INT(2)));
        CHECK_OK(&f, db_commit(&tx));
    }
    assert_int_equal(COUNT(&f, "SELECT SUM(i) FROM t"), 2);
}

static void a_statement_can_be_read_twice_at_once(void **state)
{
    static const struct db_stmt list = { "list",
                                         "SELECT workspace_id FROM chain "
                                         "ORDER BY workspace_id",
                                         NULL };
    FIXTURE_BOTH(f);
    int64_t sum = 0;
    DB_ROWS(outer);

    for (int64_t i = 1; i <= 3; i++)
        CHECK_OK(&f, add_chain(&f.op, i));
    CHECK_OK(&f, db_query(&f.op, &outer, &list));
    while (db_next(&f.op, outer) > 0) {
        DB_ROWS(rows);

        CHECK_OK(&f, db_query(&f.op, &rows, &list));
        while (db_next(&f.op, rows) > 0)
            sum += db_int(outer, 0) * db_int(rows, 0);
    }
    assert_int_equal(sum, 36);
}

static void a_reader_refuses_to_write(void **state)
{
    bool memory = *(const enum fixture_engine *)*state == ON_MEMORY;
    FIXTURE_ON(f, memory ? ON_FILE : ON_POSTGRES);
    struct db *writer = f.op.db;
    int r;

    CHECK_OK(&f, db_open(&f.op, store_url(f.store), true, &f.op.db));
    r = add_chain(&f.op, 1);
    db_close(f.op.db);
    f.op.db = writer;
    assert_int_equal(r, ERR_INTERNAL);
    CHECK_STR(f.op.err.text, "the database may only be read here");
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), 0);
}

static void an_unknown_address_is_refused_in_words(void **state)
{
    FIXTURE(f);
    struct db *db = NULL;

    (void)state;
    assert_int_equal(db_open(&f.op, STR("mysql:x"), false, &db), ERR_INVALID);
    CHECK_STR(f.op.err.text, "the database address must start with sqlite: or postgres:");
    assert_int_equal(db_open(&f.op, STR("sqlite:/nowhere/x.db"), false, &db),
                     ERR_UNAVAILABLE);
    assert_int_equal(db_open(&f.op, STR("postgres://127.0.0.1:1/x"), false, &db),
                     ERR_UNAVAILABLE);
    CHECK_STR(f.op.err.text, "the database cannot be reached");
    assert_null(db);
}

static int change_one(struct op *op, int64_t workspace)
{
    static const struct db_stmt add = {
        "add_one",
        "INSERT INTO chain (workspace_id, last_seq, last_at, "
        "last_hash) VALUES ($1, 0, 0, $2)",
        NULL
    };
    char bytes[] = "x"; /* gone when it leaves */

    return db_change_one(op, &add, ARG_INT(workspace),
                         ARG_BLOB(((struct str){ bytes, 1 })));
}

static int change_two(struct op *op, int64_t first, int64_t second)
{
    DB_TX(tx);
    int r;

    r = db_begin(op, &tx);
    if (r >= 0)
        r = change_one(op, first);
    if (r >= 0)
        r = change_one(op, second);
    return r < 0 ? r : db_commit(&tx);
}

static void a_change_of_one_row_is_known_when_its_transaction_is(void **state)
{
    FIXTURE_BOTH(f);
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        CHECK_OK(&f, change_two(&f.op, 1, 2));
        assert_int_equal(change_two(&f.op, 3, 2), ERR_CONFLICT);
        CHECK_STR(f.op.err.text, "this exists already");
        CHECK_OK(&f, change_two(&f.op, 4, 5));
        assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 12);
        CHECK_OK(&f, db_commit(&tx));
    }
    assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 12);
    assert_int_equal(change_two(&f.op, 6, 1), ERR_CONFLICT); /* the outermost one */
    assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 12);
}

static void a_change_that_meets_no_row_or_two_fails(void **state)
{
    static const struct db_stmt set = {
        "set_one", "UPDATE chain SET last_at = 5 WHERE workspace_id < $1", NULL
    };
    FIXTURE_BOTH(f);

    CHECK_OK(&f, change_two(&f.op, 1, 2));
    for (int64_t below = 1; below <= 3; below++) {
        DB_TX(tx);
        int r;

        CHECK_OK(&f, db_begin(&f.op, &tx));
        r = db_change_one(&f.op, &set, ARG_INT(below));
        if (r >= 0)
            r = db_commit(&tx);
        assert_int_equal(r, below == 2 ? 0 : ERR_INTERNAL);
        if (r < 0)
            assert_true(str_find(f.op.err.text, STR("rows, not one")) >= 0);
    }
    assert_int_equal(COUNT(&f, "SELECT SUM(last_at) FROM chain"), 5);
}

/* An inner one that fails while the outer one's change has not left yet: each must find
 * the savepoint that it believes in. */
static void what_waits_to_be_sent_is_undone_where_it_belongs(void **state)
{
    FIXTURE_BOTH(f);
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        CHECK_OK(&f, change_one(&f.op, 1));
        {
            DB_TX(middle);

            CHECK_OK(&f, db_begin(&f.op, &middle));
            CHECK_OK(&f, change_one(&f.op, 2));
            assert_int_equal(change_two(&f.op, 3, 1), ERR_CONFLICT);
            assert_int_equal(in_savepoint(&f.op, 4, 0, false), 0); /* forgotten */
            CHECK_OK(&f, in_savepoint(&f.op, 5, 0, true));
            CHECK_OK(&f, change_one(&f.op, 6));
        } /* forgotten */
        CHECK_OK(&f, change_two(&f.op, 7, 8));
        CHECK_OK(&f, change_one(&f.op, 9));
        CHECK_OK(&f, db_commit(&tx));
    }
    assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 1 + 7 + 8 + 9);
    assert_int_equal(f.op.db->depth, 0);
}

/* Many savepoints without a word in between, and more changes than fit at once. */
static void there_is_no_end_to_what_may_wait(void **state)
{
    FIXTURE_BOTH(f);
    struct db_tx deep[20] = { { NULL, NULL, 0 } };

    for (size_t i = 0; i < COUNT_OF(deep); i++)
        CHECK_OK(&f, db_begin(&f.op, &deep[i]));
    for (int64_t i = 1; i <= 40; i++)
        CHECK_OK(&f, change_one(&f.op, i));
    for (size_t i = COUNT_OF(deep); i-- > 0;)
        CHECK_OK(&f, db_commit(&deep[i]));
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), 40);
}

/* Whatever call fails, a transaction is either there as a whole or not at all. */
static void a_failure_anywhere_leaves_all_or_nothing(void **state)
{
    for (unsigned nth = 1;; nth++) {
        FIXTURE_BOTH(f);
        bool failed;
        int r;

        f.op.db = flaky_db(f.op.db, nth);
        r = in_savepoint(&f.op, 1, 2, true);
        failed = flaky_db_has_failed(f.op.db);
        flaky_db_remove(&f.op);
        assert_int_equal(r, failed ? ERR_UNAVAILABLE : 0);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), failed ? 0 : 2);
        if (!failed) {
            assert_true(nth > 6); /* begin, two inserts of two calls, commit */
            break;
        }
    }
}

static int find_backend(struct fixture *f, const char *sql)
{
    static struct db_stmt stmt = { "pid", NULL, NULL };
    int64_t pid = 0;

    stmt.sql = sql;
    CHECK_OK(f, db_number(&f->op, &pid, &stmt));
    return (int)pid;
}

static void a_lost_server_fails_the_transaction_and_the_next_one_works(void **state)
{
    static const struct db_stmt end = { "end", "SELECT pg_terminate_backend($1::int)",
                                        NULL };
    FIXTURE_ON(f, ON_POSTGRES);
    struct db *mine = f.op.db, *other;
    int pid = find_backend(&f, "SELECT pg_backend_pid()");
    int r;

    (void)state;
    CHECK_OK(&f, db_open(&f.op, store_url(f.store), false, &other));
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        CHECK_OK(&f, add_chain(&f.op, 1));
        f.op.db = other;
        CHECK_OK(&f, db_run(&f.op, &end, ARG_INT(pid)));
        f.op.db = mine;
        do {
            r = add_chain(&f.op, 2); /* the signal may take a moment */
        } while (r == ERR_CONFLICT);
        assert_int_equal(r, ERR_UNAVAILABLE);
        assert_int_equal(add_chain(&f.op, 3), ERR_UNAVAILABLE);
    }
    db_close(other);
    CHECK_OK(&f, in_savepoint(&f.op, 4, 0, true));
    assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 4);
}

static void an_idle_connection_that_was_lost_costs_nothing(void **state)
{
    static const struct db_stmt end = { "end",
                                        "SELECT pg_terminate_backend($1::int, 5000)",
                                        NULL };
    FIXTURE_ON(f, ON_POSTGRES);
    struct db *mine = f.op.db, *other;
    int pid = find_backend(&f, "SELECT pg_backend_pid()");

    (void)state;
    CHECK_OK(&f, db_open(&f.op, store_url(f.store), false, &other));
    f.op.db = other;
    CHECK_OK(&f, db_run(&f.op, &end, ARG_INT(pid)));
    db_close(other);
    f.op.db = mine;
    CHECK_OK(&f, in_savepoint(&f.op, 4, 0, true));
    assert_int_equal(COUNT(&f, "SELECT SUM(workspace_id) FROM chain"), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(what_is_written_is_read_back),
        BOTH_ENGINES(empty_text_and_empty_bytes_are_not_null),
        BOTH_ENGINES(placeholders_are_numbered_by_their_digit),
        BOTH_ENGINES(a_wrong_number_of_values_is_refused),
        BOTH_ENGINES(text_that_is_no_text_is_refused),
        BOTH_ENGINES(a_second_row_of_the_same_key_is_a_conflict),
        BOTH_ENGINES(changed_rows_are_counted),
        BOTH_ENGINES(a_failure_inside_undoes_only_the_inner_part),
        BOTH_ENGINES(a_forgotten_transaction_rolls_back),
        BOTH_ENGINES(what_joined_and_stopped_half_way_is_never_kept),
        BOTH_ENGINES(a_failure_that_was_ignored_is_never_taken_for_success),
        cmocka_unit_test(a_transaction_without_memory_does_not_block_the_next_one),
        BOTH_ENGINES(a_statement_can_be_read_twice_at_once),
        BOTH_ENGINES(a_reader_refuses_to_write),
        BOTH_ENGINES(a_change_of_one_row_is_known_when_its_transaction_is),
        BOTH_ENGINES(a_change_that_meets_no_row_or_two_fails),
        BOTH_ENGINES(what_waits_to_be_sent_is_undone_where_it_belongs),
        BOTH_ENGINES(there_is_no_end_to_what_may_wait),
        BOTH_ENGINES(a_failure_anywhere_leaves_all_or_nothing),
        cmocka_unit_test(an_unknown_address_is_refused_in_words),
        cmocka_unit_test(an_idle_connection_that_was_lost_costs_nothing),
        cmocka_unit_test(a_lost_server_fails_the_transaction_and_the_next_one_works),
    };

    /* Only while SQLite counts its memory can it be made to have none: db_sqlite.c finds
     * it set up already. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 1);
    sqlite3_initialize();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
