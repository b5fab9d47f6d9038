/* test_store.c - one writer, many readers, and what they promise. */
#include "fixture.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/pool.h"
#include "db/backup.h"
#include "db/store_parts.h"

static const struct db_stmt chain_add = {
    "chain_add",
    "INSERT INTO chain (workspace_id, last_seq, last_at, last_hash) "
    "VALUES ($1, 0, 0, $2)",
    NULL
};
static const struct db_stmt chain_count = { "chain_count", "SELECT COUNT(*) FROM chain",
                                            NULL };

static int add(struct op *op, void *ctx)
{
    return db_run(op, &chain_add, ARG_INT(*(int64_t *)ctx), ARG_BLOB(STR("x")));
}

static int count(struct op *op, void *ctx)
{
    return db_number(op, ctx, &chain_count);
}

static int64_t stored(struct fixture *f)
{
    struct op op = f->op;
    int64_t n = -1;

    op.db = NULL;
    CHECK_OK(f, store_read(&op, count, &n));
    return n;
}

/* Writes that were submitted and not waited for. */
struct submitted {
    struct store_write write;
    struct op op;
    struct arena arena;
    int64_t workspace;
    int done, r;
};

static void on_done(struct store_write *write, int r)
{
    struct submitted *s = CONTAINER_OF(write, struct submitted, write);

    s->done++;
    s->r = r;
}

static int submit(struct fixture *f, struct submitted *s, store_fn *fn, int64_t workspace)
{
    *s = (struct submitted){ .workspace = workspace };
    s->op = (struct op){ .arena = &s->arena, .world = &f->world, .now = f->op.now };
    s->write = (struct store_write){
        .op = &s->op, .fn = fn, .ctx = &s->workspace, .done = on_done
    };
    return store_submit(f->store, &s->write);
}

static void forget(struct submitted *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        arena_reset(&list[i].arena);
}

static int fail_after_adding(struct op *op, void *ctx)
{
    int r = add(op, ctx);

    return r < 0 ? r : op_fail(op, ERR_INVALID, "no");
}

static int add_with_outcome(struct op *op, void *ctx)
{
    int r = add(op, ctx);

    return r < 0 ? r : 7;
}

static void a_batch_is_one_transaction_and_a_failed_write_harms_no_neighbour(void **state)
{
    FIXTURE_BOTH(f);
    struct submitted s[4];

    assert_int_equal(writer_step(f.store), 0);
    assert_int_equal(submit(&f, &s[0], add, 1), 0);
    assert_int_equal(submit(&f, &s[1], fail_after_adding, 2), 0);
    assert_int_equal(submit(&f, &s[2], add, 1), 0); /* there is a 1 already */
    assert_int_equal(submit(&f, &s[3], add_with_outcome, 3), 0);
    assert_int_equal(s[0].done, 0);
    assert_int_equal(writer_step(f.store), 1);
    assert_int_equal(writer_step(f.store), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s[i].done, 1);
    assert_int_equal(s[0].r, 0);
    assert_int_equal(s[1].r, ERR_INVALID);
    CHECK_STR(s[1].op.err.text, "no");
    assert_int_equal(s[2].r, ERR_CONFLICT);
    assert_int_equal(s[3].r, 7);
    assert_int_equal(stored(&f), 2);
    forget(s, 4);
}

static void a_commit_that_fails_fails_every_write_of_the_batch(void **state)
{
    FIXTURE_BOTH(f);
    struct db *real = f.store->writer;
    bool pg = db_is_postgres(real);
    struct submitted s[2];
    /* begin; savepoint, insert, its end, release, twice; notify on PostgreSQL */
    unsigned commit = 1 + 2 * 4 + (pg ? 1 : 0) + 1;

    f.op.db = f.store->writer = flaky_db(real, commit);
    submit(&f, &s[0], add, 1);
    submit(&f, &s[1], add, 2);
    assert_int_equal(writer_step(f.store), 1);
    assert_true(flaky_db_has_failed(f.store->writer));
    flaky_db_remove(&f.op);
    f.store->writer = real;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(s[i].done, 1);
        assert_int_equal(s[i].r, ERR_UNAVAILABLE);
        CHECK_STR(s[i].op.err.text, "the database failed on purpose");
    }
    assert_int_equal(stored(&f), 0);
    forget(s, 2);
    submit(&f, &s[0], add, 1);
    assert_int_equal(writer_step(f.store), 1); /* and the writer works again */
    assert_int_equal(s[0].r, 0);
    assert_int_equal(stored(&f), 1);
    forget(s, 1);
}

/* Whatever call fails: what was reported as stored is stored, nothing else. */
static void a_failure_anywhere_in_a_batch_is_reported_truly(void **state)
{
    for (unsigned nth = 1;; nth++) {
        FIXTURE_BOTH(f);
        struct db *real = f.store->writer;
        struct submitted s[3];
        int64_t good = 0;
        bool failed;

        f.op.db = f.store->writer = flaky_db(real, nth);
        for (int i = 0; i < 3; i++)
            submit(&f, &s[i], add, i + 1);
        assert_int_equal(writer_step(f.store), 1);
        failed = flaky_db_has_failed(f.store->writer);
        flaky_db_remove(&f.op);
        f.store->writer = real;
        for (int i = 0; i < 3; i++) {
            assert_int_equal(s[i].done, 1);
            good += s[i].r == 0;
        }
        assert_int_equal(stored(&f), good);
        forget(s, 3);
        if (!failed) {
            assert_int_equal(good, 3);
            assert_true(nth > 13);
            break;
        }
    }
}

/* A disk that is full: SQLite gives the whole transaction up. */
static void a_full_disk_is_said_and_recovers(void **state)
{
    static const struct db_stmt grow = {
        "grow",
        "INSERT INTO chain (workspace_id, last_seq, last_at, last_hash) "
        "VALUES (99, 0, 0, zeroblob(10000000))",
        NULL
    };
    FIXTURE_ON(f, ON_FILE);
    struct submitted s[2];
    struct db *db = f.op.db;

    (void)state;
    CHECK_OK(&f, db->driver->exec(&f.op, db, "PRAGMA max_page_count=1000"));
    assert_int_equal(db_run(&f.op, &grow), ERR_UNAVAILABLE);
    CHECK_STR(f.op.err.text, "the disk of the database is full");
    {
        DB_TX(tx);

        CHECK_OK(&f, db_begin(&f.op, &tx));
        assert_int_equal(db_run(&f.op, &grow), ERR_UNAVAILABLE);
        assert_true(db_commit(&tx) == ERR_UNAVAILABLE || !db->broken);
    }
    submit(&f, &s[0], add, 1);
    submit(&f, &s[1], add, 2);
    writer_step(f.store);
    assert_int_equal(s[0].r, 0);
    assert_int_equal(s[1].r, 0);
    assert_int_equal(stored(&f), 2);
    forget(s, 2);
}

static void the_queue_refuses_what_is_past_its_ceiling(void **state)
{
    FIXTURE_STORE(f);
    struct submitted *s = must_zalloc((WRITER_MAX_WAITING + 1) * sizeof(*s));
    int steps = 0;

    (void)state;
    for (int i = 0; i < WRITER_MAX_WAITING; i++)
        assert_int_equal(submit(&f, &s[i], add, i + 1), 0);
    assert_int_equal(submit(&f, &s[WRITER_MAX_WAITING], add, 1), ERR_BUSY);
    CHECK_STR(s[WRITER_MAX_WAITING].op.err.text, "4096 writes are waiting already");
    while (writer_step(f.store) > 0)
        steps++;
    assert_int_equal(steps, WRITER_MAX_WAITING / WRITER_MAX_BATCH);
    assert_int_equal(stored(&f), WRITER_MAX_WAITING);
    assert_int_equal(s[WRITER_MAX_WAITING].done, 0);
    forget(s, WRITER_MAX_WAITING + 1);
    free(s);
}

static int write_inside(struct op *op, void *ctx)
{
    int64_t other = 50, undone = 60;
    int r;

    r = store_write(op, fail_after_adding, &undone); /* and we go on */
    if (r != ERR_INVALID)
        return op_fail(op, ERR_INTERNAL, "the inner write should have failed");
    r = store_write(op, add_with_outcome, &other);
    if (r != 7)
        return r;
    return add(op, ctx);
}

static void a_write_inside_a_write_is_a_part_of_it(void **state)
{
    FIXTURE_BOTH(f);
    int64_t one = 1;

    f.op.db = NULL;
    CHECK_OK(&f, store_write(&f.op, write_inside, &one));
    assert_int_equal(stored(&f), 2);
    assert_int_equal(store_write(&f.op, write_inside, &one), ERR_CONFLICT);
    assert_int_equal(stored(&f), 2);
    assert_null(f.op.db);
}

static int try_to_write(struct op *op, void *ctx)
{
    return add(op, ctx);
}

static int try_to_begin_a_write(struct op *op, void *ctx)
{
    return store_write(op, add, ctx);
}

static void a_read_cannot_write(void **state)
{
    enum fixture_engine engines[] = { ON_FILE, *(const enum fixture_engine *)*state };

    for (size_t i = 0; i < COUNT_OF(engines); i++) {
        FIXTURE_ON(f, engines[i]);
        int64_t one = 1;

        f.op.db = NULL;
        assert_int_equal(store_read(&f.op, try_to_write, &one), ERR_INTERNAL);
        CHECK_STR(f.op.err.text, "the database may only be read here");
        assert_int_equal(store_read(&f.op, try_to_begin_a_write, &one), ERR_INTERNAL);
        CHECK_STR(f.op.err.text, "a read may not write");
        assert_int_equal(stored(&f), 0);
        CHECK_OK(&f, store_write(&f.op, add, &one));
    }
}

struct snapshot {
    struct fixture *f;
    int64_t before, after;
};

static int read_around_a_write(struct op *op, void *ctx)
{
    struct snapshot *s = ctx;
    struct op other = s->f->op;
    int64_t two = 2;
    int r;

    r = count(op, &s->before);
    if (r < 0)
        return r;
    other.db = NULL;
    r = store_write(&other, add, &two); /* the reader does not block it */
    if (r < 0)
        return r;
    return count(op, &s->after);
}

static void a_read_sees_one_instant_while_writing_goes_on(void **state)
{
    enum fixture_engine engine = *(const enum fixture_engine *)*state;
    FIXTURE_ON(f, engine == ON_MEMORY ? ON_FILE : engine);
    struct snapshot s = { &f, -1, -1 };
    int64_t one = 1;

    f.op.db = NULL;
    CHECK_OK(&f, store_write(&f.op, add, &one));
    CHECK_OK(&f, store_read(&f.op, read_around_a_write, &s));
    assert_int_equal(s.before, 1);
    assert_int_equal(s.after, 1);
    assert_int_equal(stored(&f), 2);
}

/* Threads that all want the same row: one of them gets it. */
enum { RACERS = 8, ROUNDS = 25 };

struct racer {
    struct fixture *f;
    int won, lost, other;
};

static void race(void *ctx)
{
    struct racer *racer = ctx;

    for (int64_t i = 1; i <= ROUNDS; i++) {
        ARENA(arena);
        struct op op = { .arena = &arena, .world = &racer->f->world };
        int r = store_write(&op, add, &i);

        racer->won += r == 0;
        racer->lost += r == ERR_CONFLICT;
        racer->other += r != 0 && r != ERR_CONFLICT;
    }
}

static void of_racing_inserts_of_one_row_exactly_one_wins(void **state)
{
    enum fixture_engine engine = *(const enum fixture_engine *)*state;
    FIXTURE_ON(f, engine == ON_MEMORY ? ON_FILE : engine);
    struct thread *threads[RACERS];
    struct racer racers[RACERS];
    int won = 0, lost = 0;

    store_start(f.store);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){ .f = &f };
        threads[i] = thread_start("race", race, &racers[i]);
    }
    for (int i = 0; i < RACERS; i++) {
        thread_join(threads[i]);
        won += racers[i].won;
        lost += racers[i].lost;
        assert_int_equal(racers[i].other, 0);
    }
    assert_int_equal(won, ROUNDS);
    assert_int_equal(lost, ROUNDS * (RACERS - 1));
    assert_int_equal(stored(&f), ROUNDS);
}

/* Two processes that read a number and write it back plus one: the loss of an
 * update would be the mistake that SERIALIZABLE and the second try prevent. */
static int increment(struct op *op, void *ctx)
{
    static const struct db_stmt get = {
        "get", "SELECT last_seq FROM chain WHERE workspace_id = 1", NULL
    };
    static const struct db_stmt set = {
        "set", "UPDATE chain SET last_seq = $1 WHERE workspace_id = 1", NULL
    };
    int64_t n;
    int r;

    (void)ctx;
    r = db_number(op, &n, &get);
    if (r < 0)
        return r;
    return db_run(op, &set, ARG_INT(n + 1));
}

static void increment_often(void *ctx)
{
    struct racer *racer = ctx;

    for (int i = 0; i < ROUNDS; i++) {
        ARENA(arena);
        struct op op = { .arena = &arena, .world = &racer->f->world };
        int r;

        do {
            r = store_write(&op, increment, NULL);
        } while (r == ERR_UNAVAILABLE); /* lost too often in a row: as a client would */
        racer->won += r == 0;
    }
}

static void two_processes_never_lose_an_update(void **state)
{
    enum fixture_engine engine = *(const enum fixture_engine *)*state;
    FIXTURE_ON(f, engine == ON_MEMORY ? ON_FILE : engine);
    struct fixture other;
    struct thread *threads[4];
    struct racer racers[4];
    int64_t one = 1;

    fixture_begin(&other);
    CHECK_OK(&f, store_open(&other.op, store_url(f.store), 1, &other.store));
    other.world.store = other.store;
    CHECK_OK(&f, add(&f.op, &one));
    store_start(f.store);
    store_start(other.store);
    for (int i = 0; i < 4; i++) {
        racers[i] = (struct racer){ .f = i % 2 ? &f : &other };
        threads[i] = thread_start("race", increment_often, &racers[i]);
    }
    for (int i = 0; i < 4; i++) {
        thread_join(threads[i]);
        assert_int_equal(racers[i].won, ROUNDS);
    }
    fixture_end(&other);
    assert_int_equal(COUNT(&f, "SELECT last_seq FROM chain"), 4 * ROUNDS);
}

static void wake(void *ctx)
{
    ++*(int *)ctx;
}

static void listeners_hear_of_each_commit_of_their_own_process(void **state)
{
    FIXTURE_BOTH(f);
    int64_t one = 1;
    int woken = 0;

    store_on_commit(f.store, wake, &woken);
    f.op.db = NULL;
    CHECK_OK(&f, store_write(&f.op, add, &one));
    assert_int_equal(woken, 1);
}

struct hearing {
    pthread_mutex_t lock;
    pthread_cond_t heard;
    int times;
};

static void hear_one(void *ctx)
{
    struct hearing *hearing = ctx;

    pthread_mutex_lock(&hearing->lock);
    hearing->times++;
    pthread_cond_signal(&hearing->heard);
    pthread_mutex_unlock(&hearing->lock);
}

static void wait_until_heard(struct hearing *hearing, int times)
{
    pthread_mutex_lock(&hearing->lock);
    while (hearing->times < times)
        pthread_cond_wait(&hearing->heard, &hearing->lock);
    pthread_mutex_unlock(&hearing->lock);
}

static void a_process_on_postgres_hears_of_what_another_one_commits(void **state)
{
    FIXTURE_ON(f, ON_POSTGRES);
    struct hearing hearing = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };
    struct fixture other;
    int64_t one = 1;
    (void)state;

    fixture_begin(&other);
    CHECK_OK(&f, store_open(&other.op, store_url(f.store), 1, &other.store));
    other.world.store = other.store;
    store_on_change(f.store, hear_one, &hearing);
    f.op.db = NULL;
    store_start(f.store);
    wait_until_heard(&hearing, 1); /* it listens: whatever came before is told */
    CHECK_OK(&other, store_write(&other.op, add, &one));
    wait_until_heard(&hearing, 2);
    fixture_end(&other);
}

static void every_process_has_a_node_number_of_its_own(void **state)
{
    enum fixture_engine engine = *(const enum fixture_engine *)*state;
    FIXTURE_ON(f, engine == ON_MEMORY ? ON_FILE : engine);
    struct fixture other;
    int64_t first, second;

    fixture_begin(&other);
    CHECK_OK(&f, store_open(&other.op, store_url(f.store), 1, &other.store));
    first = store_node(f.store);
    second = store_node(other.store);
    assert_int_not_equal(first, second);
    assert_int_equal(id_next(&f.op) >> 12 & 1023, first);
    assert_int_equal(id_next(&other.op) >> 12 & 1023, second);
    fixture_end(&other);
    /* Given back with the last id that was made. */
    assert_int_equal(
        COUNT(&f, "SELECT last_id FROM node WHERE node_id = $1", ARG_INT(second)) >> 12 &
            1023,
        second);
}

static void the_number_that_was_free_for_longest_comes_back_first(void **state)
{
    FIXTURE_BOTH(f);
    int64_t again = INT64_C(1) << 60;

    for (int64_t i = COUNT(&f, "SELECT COUNT(*) FROM node"); i < STORE_MAX_NODES; i++)
        RUN(&f,
            "INSERT INTO node (node_id, name, leased_until_at, last_id, clock_at) "
            "VALUES ($1, 'x', $2, $3, 0)",
            ARG_INT(i), ARG_INT(INT64_MAX), ARG_INT(again));
    assert_int_equal(node_lease(&f.op, f.store), ERR_UNAVAILABLE);
    CHECK_STR(f.op.err.text, "1024 processes use this store already, and no more can");
    RUN(&f, "UPDATE node SET leased_until_at = 5 WHERE node_id = 700");
    RUN(&f, "UPDATE node SET leased_until_at = 4 WHERE node_id = 800");
    CHECK_OK(&f, node_lease(&f.op, f.store));
    assert_int_equal(store_node(f.store), 800);
    assert_true(id_next(&f.op) > again); /* after the last that its owner made */
}

static void a_lease_is_renewed_and_a_lost_one_replaced(void **state)
{
    FIXTURE_BOTH(f);
    int64_t first = store_node(f.store), before = id_next(&f.op);

    RUN(&f, "UPDATE node SET leased_until_at = 1 WHERE node_id >= 0");
    assert_int_equal(writer_step(f.store), 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM node WHERE leased_until_at = 1"), 1);
    f.store->lease.renew_at = 0;
    assert_int_equal(writer_step(f.store), 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM node WHERE leased_until_at = 1"), 0);
    assert_true(COUNT(&f, "SELECT last_id FROM node WHERE node_id = $1",
                      ARG_INT(first)) >= before);
    RUN(&f, "UPDATE node SET name = 'another process' WHERE node_id = $1",
        ARG_INT(first));
    f.store->lease.renew_at = 0;
    assert_int_equal(writer_step(f.store), 0);
    assert_int_not_equal(store_node(f.store), first);
    assert_true(id_next(&f.op) > before);
}

static void the_clock_of_a_store_is_kept(void **state)
{
    FIXTURE_BOTH(f);
    int64_t at = -1;

    CHECK_OK(&f, store_clock_get(&f.op, &at));
    assert_int_equal(at, 0);
    CHECK_OK(&f, store_clock_set(&f.op, FIXTURE_NOW));
    CHECK_OK(&f, store_clock_set(&f.op, FIXTURE_NOW + 1));
    f.op.db = NULL;
    CHECK_OK(&f, store_clock_get(&f.op, &at));
    assert_true(at == FIXTURE_NOW + 1);
}

static void a_backup_is_a_store_that_opens(void **state)
{
    enum fixture_engine engines[] = { ON_MEMORY, ON_FILE };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(engines); i++) {
        FIXTURE_ON(f, engines[i]);
        FIXTURE_ON(copy, ON_FILE);
        int64_t one = 1;

        CHECK_OK(&f, add(&f.op, &one));
        snprintf(copy.backup, sizeof(copy.backup), "%s/b", copy.folder);
        assert_int_equal(mkdir(copy.backup, 0700), 0);
        CHECK_OK(&f, store_backup(&f.op, f.store, str_of(copy.backup)));
        assert_int_equal(store_backup(&f.op, f.store, str_of(copy.backup)), ERR_CONFLICT);
        store_close(TAKE(copy.store));
        snprintf(copy.url, sizeof(copy.url), "sqlite:%s/draht.db", copy.backup);
        CHECK_OK(&copy, store_open(&copy.op, str_of(copy.url), 1, &copy.store));
        copy.op.db = store_writer_db(copy.store);
        assert_int_equal(COUNT(&copy, "SELECT COUNT(*) FROM chain"), 1);
        assert_int_equal(store_backup(&f.op, f.store, STR("/nowhere/deep")),
                         ERR_UNAVAILABLE);
    }
}

static void a_backup_of_postgres_is_read_back(void **state)
{
    FIXTURE_ON(f, ON_POSTGRES);
    FIXTURE_ON(place, ON_FILE);
    struct backup backup;
    int64_t one = 1;

    (void)state;
    CHECK_OK(&f, add(&f.op, &one));
    snprintf(place.backup, sizeof(place.backup), "%s/b", place.folder);
    CHECK_OK(&f, store_backup(&f.op, f.store, str_of(place.backup)));
    CHECK_OK(&f, backup_read(&f.op, str_of(place.backup), &backup));
    CHECK_STR(backup.engine, "postgres");
    assert_true(backup_rows(&backup) > 0);
    assert_int_equal(backup.file_count, backup.table_count);
    assert_int_equal(store_backup(&f.op, f.store, str_of(place.backup)), ERR_CONFLICT);
}

static void a_process_that_lost_its_number_commits_under_a_new_one(void **state)
{
    FIXTURE_ON(f, ON_POSTGRES);
    int64_t one = 1, number;
    (void)state;

    f.op.db = store_writer_db(f.store);
    RUN(&f, "UPDATE node SET node_id = 77, name = 'another' WHERE node_id >= 0");
    RUN(&f, "INSERT INTO node (node_id, name, leased_until_at, last_id, clock_at) "
            "SELECT 0, 'a third', leased_until_at, 0, 0 FROM node WHERE node_id = 77");
    f.op.db = NULL;
    number = store_node(f.store);
    CHECK_OK(&f, store_write(&f.op, add, &one));
    assert_int_not_equal(store_node(f.store), number);
    f.op.db = store_writer_db(f.store);
    assert_int_equal(stored(&f), 1);
    assert_int_equal(COUNT(&f, "SELECT commits FROM node WHERE node_id IN (0, 77)"), 0);
}

static void a_commit_whose_answer_was_lost_is_looked_up(void **state)
{
    FIXTURE_ON(f, ON_POSTGRES);
    int64_t one = 1;
    (void)state;

    f.op.db = NULL;
    CHECK_OK(&f, store_write(&f.op, add, &one));
    f.op.db = store_writer_db(f.store);
    assert_true(node_committed(&f.op, f.store));
    f.store->lease.commits++; /* as if another one had been asked for, and was lost */
    assert_false(node_committed(&f.op, f.store));
}

static void what_is_stored_is_there_after_reopening(void **state)
{
    enum fixture_engine engine = *(const enum fixture_engine *)*state;
    FIXTURE_ON(f, engine == ON_MEMORY ? ON_FILE : engine);
    int64_t one = 1;

    f.op.db = NULL;
    store_start(f.store);
    CHECK_OK(&f, store_write(&f.op, add, &one));
    store_close(TAKE(f.store));
    CHECK_OK(&f, store_open(&f.op, str_of(f.url), 1, &f.store));
    f.world.store = f.store;
    assert_int_equal(stored(&f), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(a_batch_is_one_transaction_and_a_failed_write_harms_no_neighbour),
        BOTH_ENGINES(a_commit_that_fails_fails_every_write_of_the_batch),
        BOTH_ENGINES(a_failure_anywhere_in_a_batch_is_reported_truly),
        BOTH_ENGINES(a_write_inside_a_write_is_a_part_of_it),
        BOTH_ENGINES(a_read_cannot_write),
        BOTH_ENGINES(a_read_sees_one_instant_while_writing_goes_on),
        BOTH_ENGINES(of_racing_inserts_of_one_row_exactly_one_wins),
        BOTH_ENGINES(two_processes_never_lose_an_update),
        BOTH_ENGINES(listeners_hear_of_each_commit_of_their_own_process),
        cmocka_unit_test(a_process_on_postgres_hears_of_what_another_one_commits),
        cmocka_unit_test(a_process_that_lost_its_number_commits_under_a_new_one),
        cmocka_unit_test(a_commit_whose_answer_was_lost_is_looked_up),
        BOTH_ENGINES(every_process_has_a_node_number_of_its_own),
        BOTH_ENGINES(the_number_that_was_free_for_longest_comes_back_first),
        BOTH_ENGINES(a_lease_is_renewed_and_a_lost_one_replaced),
        BOTH_ENGINES(the_clock_of_a_store_is_kept),
        BOTH_ENGINES(what_is_stored_is_there_after_reopening),
        cmocka_unit_test(a_full_disk_is_said_and_recovers),
        cmocka_unit_test(the_queue_refuses_what_is_past_its_ceiling),
        cmocka_unit_test(a_backup_is_a_store_that_opens),
        cmocka_unit_test(a_backup_of_postgres_is_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
