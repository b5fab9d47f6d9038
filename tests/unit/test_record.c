/* test_record.c - rows and the events that explain them stay together. */
#include "fixture.h"

#include "event/record.h"

struct thing {
    int64_t id, number, flag, other_id, seen_at;
    struct str title, external_id, body;
};

static const struct db_stmt thing_get = {
    "thing_get",
    "SELECT id, number, flag, other_id, seen_at, title, external_id, body FROM thing "
    "WHERE workspace_id = $1 AND id = $2",
    NULL
};
static const struct db_stmt thing_add = {
    "thing_add",
    "INSERT INTO thing (workspace_id, id, number, flag, other_id, seen_at, title, "
    "external_id, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    NULL
};
static const struct db_stmt thing_set = {
    "thing_set",
    "UPDATE thing SET number = $3, flag = $4, other_id = $5, seen_at = $6, title = $7, "
    "external_id = $8, body = $9 WHERE workspace_id = $1 AND id = $2",
    NULL
};
static const struct db_stmt thing_all = { "thing_all",
                                          "SELECT id FROM thing WHERE workspace_id = $1",
                                          NULL };

static const struct column thing_columns[] = {
    COLUMN(thing, id, COLUMN_ID),
    COLUMN(thing, number, COLUMN_INT),
    COLUMN(thing, flag, COLUMN_BOOL),
    COLUMN(thing, other_id, COLUMN_ID),
    COLUMN(thing, seen_at, COLUMN_TIME),
    COLUMN(thing, title, COLUMN_TEXT),
    COLUMN(thing, external_id, COLUMN_KEY),
    COLUMN_WORDS(thing, body),
    { NULL },
};

static const struct record thing_record = {
    "thing",    thing_columns, sizeof(struct thing), &thing_get, &thing_add,
    &thing_set, &thing_all
};

static void make_table(struct fixture *f)
{
    CHECK_OK(f,
             f->op.db->driver->exec(
                 &f->op, f->op.db,
                 "CREATE TABLE thing (workspace_id BIGINT NOT NULL, id BIGINT NOT NULL, "
                 "number BIGINT NOT NULL, flag BIGINT NOT NULL, other_id BIGINT, seen_at "
                 "BIGINT, title TEXT NOT NULL, external_id TEXT, body TEXT NOT NULL, "
                 "PRIMARY KEY (workspace_id, id), UNIQUE (workspace_id, external_id))"));
}

static struct thing example(int64_t id)
{
    return (struct thing){ .id = id,
                           .number = -5,
                           .flag = 1,
                           .other_id = INT64_MAX,
                           .seen_at = FIXTURE_NOW,
                           .title = STR("say \"ä\""),
                           .body = STR("secret words") };
}

static void insert(struct fixture *f, const struct thing *thing)
{
    struct event event = { .kind = "thing.created" };

    CHECK_OK(f, record_insert(&f->op, &thing_record, thing, &event));
}

static int verify(struct fixture *f, int64_t *ret_count, struct str *ret_why)
{
    int r = record_verify(&f->op, &thing_record, ret_count, ret_why);

    CHECK_OK(f, r);
    return r;
}

static void a_row_is_read_back_as_it_was_written(void **state)
{
    FIXTURE_BOTH(f);
    struct thing in = example(1), out;

    make_table(&f);
    insert(&f, &in);
    assert_int_equal(record_get(&f.op, &thing_record, 1, &out), 0);
    assert_int_equal(out.id, 1);
    assert_int_equal(out.number, -5);
    assert_int_equal(out.flag, 1);
    assert_true(out.other_id == INT64_MAX);
    assert_true(out.seen_at == FIXTURE_NOW);
    CHECK_STR(out.title, "say \"ä\"");
    CHECK_STR(out.external_id, "");
    CHECK_STR(out.body, "secret words");
    assert_int_equal(record_get(&f.op, &thing_record, 2, &out), RECORD_NOT_FOUND);
    f.op.workspace = 2;
    assert_int_equal(record_get(&f.op, &thing_record, 1, &out), RECORD_NOT_FOUND);
}

static void the_event_carries_facts_and_never_words(void **state)
{
    FIXTURE_BOTH(f);
    struct thing old = example(1), now;
    struct event event = { .kind = "thing.created", .extra = STR("\"why\":\"test\"") };

    make_table(&f);
    CHECK_OK(&f, record_insert(&f.op, &thing_record, &old, &event));
    CHECK_STR(event.payload,
              "{\"_t\":\"thing\",\"id\":\"1\",\"number\":-5,\"flag\":true,"
              "\"other_id\":\"9223372036854775807\",\"seen_at\":1793606400000,"
              "\"title\":\"say \\\"ä\\\"\",\"_words\":[\"body\"],\"why\":\"test\"}");
    now = old;
    now.flag = 0;
    now.other_id = 0;
    now.seen_at = 0;
    now.body = STR("other words");
    event = (struct event){ .kind = "thing.changed" };
    CHECK_OK(&f, record_update(&f.op, &thing_record, &old, &now, &event));
    CHECK_STR(event.payload, "{\"_t\":\"thing\",\"id\":\"1\",\"flag\":false,"
                             "\"other_id\":null,\"seen_at\":0,\"_words\":[\"body\"]}");
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM thing WHERE other_id IS NULL AND "
                               "seen_at IS NULL AND external_id IS NULL"),
                     1);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event WHERE subject_id = 1"), 2);
}

static void nothing_changed_writes_nothing(void **state)
{
    FIXTURE_BOTH(f);
    struct thing thing = example(1);
    struct event event = { .kind = "thing.changed" };

    make_table(&f);
    insert(&f, &thing);
    CHECK_OK(&f, record_update(&f.op, &thing_record, &thing, &thing, &event));
    assert_int_equal(event.seq, 0);
    event.extra = STR("\"seen\":true");
    CHECK_OK(&f, record_update(&f.op, &thing_record, &thing, &thing, &event));
    assert_int_equal(event.seq, 2);
    CHECK_STR(event.payload, "{\"seen\":true}");
}

static void the_log_alone_rebuilds_the_table(void **state)
{
    FIXTURE_BOTH(f);
    struct str why = STR("");
    int64_t count = -1;

    make_table(&f);
    assert_int_equal(verify(&f, &count, &why), 0);
    assert_int_equal(count, 0);
    for (int64_t id = 1; id <= 20; id++) {
        struct thing old = example(id), now = old;
        struct event event = { .kind = "thing.changed" };

        old.external_id = arena_fmt(&f.arena, "x%lld", (long long)id);
        insert(&f, &old);
        now.number = id;
        now.flag = 0;
        now.external_id = STR("");
        now.body = STR("words do not matter");
        CHECK_OK(&f, record_update(&f.op, &thing_record, &old, &now, &event));
    }
    f.op.workspace = 2;
    insert(&f, &(struct thing){ .id = 7 });
    f.op.workspace = 1;
    assert_int_equal(verify(&f, &count, &why), 0);
    assert_int_equal(count, 20);
}

static void a_table_that_differs_from_the_log_is_named(void **state)
{
    static const struct {
        const char *sql, *why;
    } cases[] = {
        { "UPDATE thing SET number = 1 WHERE id = 2",
          "thing 2 differs from the log in number" },
        { "UPDATE thing SET flag = 0 WHERE id = 2",
          "thing 2 differs from the log in flag" },
        { "UPDATE thing SET other_id = NULL WHERE id = 2",
          "thing 2 differs from the log in other_id" },
        { "UPDATE thing SET seen_at = seen_at + 1 WHERE id = 2",
          "thing 2 differs from the log in seen_at" },
        { "UPDATE thing SET title = 'x' WHERE id = 2",
          "thing 2 differs from the log in title" },
        { "UPDATE thing SET external_id = 'x' WHERE id = 2",
          "thing 2 differs from the log in external_id" },
        { "DELETE FROM thing WHERE id = 2",
          "thing 2 is in the log but not in the table" },
        { "UPDATE event SET payload = '{\"_t\":\"thing\"}' WHERE subject_id = 2",
          "thing 2 is in the table but not in the log" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE_BOTH(f);
        struct str why = STR("");
        int64_t count;

        make_table(&f);
        for (int64_t id = 1; id <= 3; id++) {
            struct thing thing = example(id);

            insert(&f, &thing);
        }
        CHECK_OK(&f, f.op.db->driver->exec(&f.op, f.op.db, cases[i].sql));
        assert_int_equal(verify(&f, &count, &why), RECORD_DIFFERS);
        CHECK_STR(why, cases[i].why);
    }
}

/* Make the first database call fail, then the second, and so on. */
static void a_failure_anywhere_leaves_neither_row_nor_event(void **state)
{
    for (unsigned nth = 1;; nth++) {
        FIXTURE_BOTH(f);
        struct thing thing = example(1);
        struct event event = { .kind = "thing.created" };
        bool failed;
        int r;

        make_table(&f);
        f.op.db = flaky_db(f.op.db, nth);
        r = record_insert(&f.op, &thing_record, &thing, &event);
        failed = flaky_db_has_failed(f.op.db);
        flaky_db_remove(&f.op);
        assert_int_equal(r, failed ? ERR_UNAVAILABLE : 0);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM thing"), failed ? 0 : 1);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event"), failed ? 0 : 1);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), failed ? 0 : 1);
        if (!failed) {
            assert_true(nth > 10); /* row, head, event, head again, two savepoints */
            break;
        }
    }
}

static void a_row_that_exists_is_a_conflict_without_an_event(void **state)
{
    FIXTURE_BOTH(f);
    struct thing thing = example(1);
    struct event event = { .kind = "thing.created" };

    make_table(&f);
    insert(&f, &thing);
    assert_int_equal(record_insert(&f.op, &thing_record, &thing, &event), ERR_CONFLICT);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event"), 1);
}

/* Two things and a change of the first, told by the event of a third. */
static int tell_together(struct op *op)
{
    struct thing first = example(1), now = first, second = example(2), third = example(3);
    struct event part = { .kind = "thing.created", .joins = true };
    struct event whole = { .kind = "thing.happened", .extra = STR("\"x\":1") };
    RECORD_GATHER(gather);
    int r = record_gather(op, &gather);

    now.number = 5;
    second.external_id = third.external_id = STR("");
    second.body = STR("geheim");
    if (r >= 0)
        r = record_insert(op, &thing_record, &first, &part);
    if (r >= 0)
        r = record_insert(op, &thing_record, &second, &part);
    if (r >= 0)
        r = record_update(op, &thing_record, &first, &now, &part);
    whole.with = record_gathered(op);
    if (r >= 0)
        r = record_insert(op, &thing_record, &third, &whole);
    return r < 0 ? r : record_gather_done(&gather);
}

static void what_is_one_fact_is_one_event(void **state)
{
    FIXTURE_BOTH(f);
    struct str why = STR("");
    struct event_row *rows;
    int64_t count, seq;
    size_t n;

    make_table(&f);
    CHECK_OK(&f, tell_together(&f.op));
    CHECK_OK(&f, event_list(&f.op, 0, 10, &rows, &n));
    assert_int_equal(n, 1);
    CHECK_STR(rows[0].kind, "thing.happened");
    assert_int_equal(rows[0].subject_id, 3);
    assert_true(str_find(rows[0].payload, STR("\"_with\":[{\"_t\":\"thing\"")) > 0);
    assert_true(str_find(rows[0].payload, STR("\"number\":5}],\"x\":1}")) > 0);
    assert_true(str_find(rows[0].payload, STR("geheim")) < 0);
    assert_int_equal(event_verify(&f.op, &count, &seq, &why), 0);
    assert_int_equal(verify(&f, &count, &why), 0);
    assert_int_equal(count, 3);
    CHECK_OK(&f, f.op.db->driver->exec(&f.op, f.op.db,
                                       "UPDATE thing SET number = 4 WHERE id = 1"));
    assert_int_equal(verify(&f, &count, &why), RECORD_DIFFERS);
    CHECK_STR(why, "thing 1 differs from the log in number");
}

static void a_failure_anywhere_leaves_nothing_of_what_is_one_fact(void **state)
{
    for (unsigned nth = 1;; nth++) {
        FIXTURE_BOTH(f);
        bool failed;
        int r;

        make_table(&f);
        f.op.db = flaky_db(f.op.db, nth);
        r = tell_together(&f.op);
        failed = flaky_db_has_failed(f.op.db);
        flaky_db_remove(&f.op);
        assert_int_equal(r, failed ? ERR_UNAVAILABLE : 0);
        assert_null(f.op.gather);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM thing"), failed ? 0 : 3);
        assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM event"), failed ? 0 : 1);
        if (!failed)
            break;
    }
}

static int tell_nothing(struct op *op)
{
    struct event part = { .kind = "thing.created", .joins = true };
    struct thing thing = example(1);
    RECORD_GATHER(gather);

    if (record_gather(op, &gather) < 0 ||
        record_insert(op, &thing_record, &thing, &part) < 0)
        return ERR_UNAVAILABLE;
    return record_gather_done(&gather);
}

/* A row that the log does not explain is worse than none. */
static void what_no_event_tells_is_not_kept(void **state)
{
    FIXTURE_BOTH(f);
    DB_TX(tx);

    make_table(&f);
    assert_int_equal(tell_nothing(&f.op), ERR_INTERNAL);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM thing"), 0);
    CHECK_OK(&f, db_begin(&f.op, &tx));
    assert_int_equal(tell_nothing(&f.op), ERR_INTERNAL);
    assert_int_equal(db_commit(&tx), ERR_INTERNAL); /* whoever goes on all the same */
    db_tx_end(&tx);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM thing"), 0);
    CHECK_OK(&f, tell_together(&f.op));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_row_is_read_back_as_it_was_written),
        BOTH_ENGINES(the_event_carries_facts_and_never_words),
        BOTH_ENGINES(nothing_changed_writes_nothing),
        BOTH_ENGINES(the_log_alone_rebuilds_the_table),
        BOTH_ENGINES(a_table_that_differs_from_the_log_is_named),
        BOTH_ENGINES(a_failure_anywhere_leaves_neither_row_nor_event),
        BOTH_ENGINES(a_row_that_exists_is_a_conflict_without_an_event),
        BOTH_ENGINES(what_is_one_fact_is_one_event),
        BOTH_ENGINES(a_failure_anywhere_leaves_nothing_of_what_is_one_fact),
        BOTH_ENGINES(what_no_event_tells_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
