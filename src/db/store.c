/* store.c - opening a store, and its readers. */
#include "db/store.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/drivers.h"
#include "db/migrate.h"
#include "db/stmt.h"
#include "db/store_parts.h"
#include "db/wal.h"

struct timespec store_deadline(int64_t ms)
{
    int64_t at = clock_monotonic() + ms;

    return (struct timespec){ at / 1000, at % 1000 * 1000000 };
}

void store_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* "/var/lib/draht/draht.db" -> "/var/lib/draht/before-0002". */
static struct str backup_folder(struct op *op, const struct store *store, int64_t next)
{
    struct str path = str_of(store->url + strlen("sqlite:"));
    size_t n = path.n;

    while (n > 0 && path.p[n - 1] != '/')
        n--;
    return arena_fmt(op->arena, STR_FMT "before-%04lld", (int)n, path.p, (long long)next);
}

/* What a migration could spoil is kept first. Not on PostgreSQL: several nodes share the
 * store, so no folder of one of them is the place for a copy, and it may be larger than
 * this disk. There each migration is one transaction, and the log says how to copy. */
static int keep_old(struct op *op, struct store *store, int64_t version)
{
    struct str dir;
    int r;

    if (store->postgres) {
        log_line(LOG_INFO, op->id,
                 "event=migrating from=%lld copy=none hint=\"a copy of the old state is "
                 "taken before, by draht backup DIR of the old program\"",
                 (long long)version);
        return 0;
    }
    if (store->memory)
        return 0;
    dir = backup_folder(op, store, version + 1);
    if (mkdir(arena_cstr(op->arena, dir), 0700) < 0 && errno != EEXIST)
        return op_fail(op, ERR_UNAVAILABLE, "the folder " STR_FMT " cannot be made: %s",
                       STR_ARG(dir), strerror(errno));
    r = store_backup(op, store, dir);
    if (r == ERR_CONFLICT)
        return 0; /* kept by an earlier try that failed after this point */
    return r;
}

static int prepare(struct op *op, struct store *store, const struct embedded *files)
{
    int64_t version, pending;
    int r;

    if (!store->postgres && !store->memory)
        wal_keep_damaged(op, str_of(store->url + strlen("sqlite:")));
    r = db_open(op, str_of(store->url), false, &store->writer);
    if (r < 0)
        return r;
    op->db = store->writer;
    r = migrate_check(op, files, &version, &pending);
    if (r < 0)
        return r;
    if (pending > 0 && version > 0) {
        r = keep_old(op, store, version);
        if (r < 0)
            return r;
    }
    if (pending > 0) {
        r = migrate_run(op, files);
        if (r < 0)
            return r;
    }
    store->lease.ids = op->world->ids;
    r = node_lease(op, store);
    if (r < 0)
        store->lease.ids = NULL; /* there is nothing to give back */
    if (store->postgres)
        store->writer->begin = PG_BEGIN_TURN;
    return r;
}

static void close_half_open(struct store **store)
{
    store_close(*store);
}

int store_open_with(struct op *op, struct str url, unsigned readers,
                    const struct embedded *files, struct store **ret)
{
    CLEANUP(close_half_open) struct store *store = must_zalloc(sizeof(*store));
    int r;

    store->url = must_alloc(url.n + 1);
    memcpy(store->url, arena_cstr(op->arena, url), url.n + 1);
    store->postgres = str_starts(url, STR("postgres"));
    store->memory = str_is(url, "sqlite::memory:");
    store->max_readers = readers < 1 ? 1 : readers;
    if (store->max_readers > STORE_MAX_READERS)
        store->max_readers = STORE_MAX_READERS;
    pthread_mutex_init(&store->reader_lock, NULL);
    pthread_mutex_init(&store->space.lock, NULL);
    store_cond_init(&store->reader_free);
    writer_init(store);
    r = prepare(op, store, files);
    op->db = NULL;
    if (r < 0)
        return r;

    *ret = TAKE(store);
    return 0;
}

int store_open(struct op *op, struct str url, unsigned readers, struct store **ret)
{
    return store_open_with(op, url, readers, schema_files, ret);
}

void store_close(struct store *store)
{
    ARENA(scratch);
    struct op op = { .arena = &scratch, .id = STR("store") };

    if (!store)
        return;
    if (store->writer) {
        writer_stop(store);
        hear_stop(store);
        op.db = store->writer;
        node_release(&op, store);
    }
    while (store->idle_count > 0)
        db_close(store->idle[--store->idle_count]);
    db_close(store->writer);
    pthread_mutex_destroy(&store->writer_lock);
    pthread_mutex_destroy(&store->queue_lock);
    pthread_mutex_destroy(&store->reader_lock);
    pthread_mutex_destroy(&store->space.lock);
    pthread_cond_destroy(&store->queue_filled);
    pthread_cond_destroy(&store->stopped);
    pthread_cond_destroy(&store->reader_free);
    free(store->url);
    free(store);
}

struct str store_url(const struct store *store)
{
    return str_of(store->url);
}

bool store_is_postgres(const struct store *store)
{
    return store->postgres;
}

int store_learn(struct op *op)
{
    return db_is_postgres(op->db) ? db_run(op, &SQL_LEARN_POSTGRES) : 0;
}

struct db *store_writer_db(struct store *store)
{
    return store->writer;
}

static void listen_to(struct store *store, void (*wake)(void *ctx), void *ctx,
                      bool elsewhere)
{
    if (store->listener_count == STORE_MAX_LISTENERS)
        abort(); /* a mistake of main() */
    store->listeners[store->listener_count].wake = wake;
    store->listeners[store->listener_count].elsewhere = elsewhere;
    store->listeners[store->listener_count++].ctx = ctx;
}

void store_on_commit(struct store *store, void (*wake)(void *ctx), void *ctx)
{
    listen_to(store, wake, ctx, false);
}

void store_on_change(struct store *store, void (*wake)(void *ctx), void *ctx)
{
    listen_to(store, wake, ctx, true);
}

/* An idle reader, or NULL when a new one may be opened. */
static int wait_for_reader(struct op *op, struct store *store, struct db **ret)
{
    struct timespec deadline = store_deadline(READER_MAX_WAIT_MS);
    bool taken = false;
    struct db *db = NULL;
    int late = 0;

    pthread_mutex_lock(&store->reader_lock);
    while (store->idle_count == 0 && store->open_count == store->max_readers && !late)
        late =
            pthread_cond_timedwait(&store->reader_free, &store->reader_lock, &deadline);
    if (store->idle_count > 0)
        db = store->idle[--store->idle_count];
    else if (store->open_count < store->max_readers)
        store->open_count++;
    else
        taken = true;
    pthread_mutex_unlock(&store->reader_lock);
    if (taken)
        return op_fail(op, ERR_UNAVAILABLE, "all readers of the database are taken");
    *ret = db;
    return 0;
}

static void give_back(struct store *store, struct db *db)
{
    pthread_mutex_lock(&store->reader_lock);
    if (db)
        store->idle[store->idle_count++] = db;
    else
        store->open_count--; /* it could not be opened */
    pthread_cond_signal(&store->reader_free);
    pthread_mutex_unlock(&store->reader_lock);
}

/* In a transaction that ends without a trace. */
static int read_snapshot(struct op *op, struct db *db, store_fn *fn, void *ctx)
{
    int r;

    op->db = db;
    {
        DB_TX(tx);

        r = db_begin(op, &tx);
        if (r >= 0)
            r = fn(op, ctx);
    }
    op->db = NULL;
    return r;
}

/* The only connection there is serves as a reader meanwhile. */
static int read_memory(struct op *op, struct store *store, store_fn *fn, void *ctx)
{
    struct db *db = store->writer;
    int r;

    pthread_mutex_lock(&store->writer_lock);
    db->read_only = true;
    r = db->driver->exec(op, db, "PRAGMA query_only=ON");
    if (r >= 0)
        r = read_snapshot(op, db, fn, ctx);
    db->driver->exec(op, db, "PRAGMA query_only=OFF");
    db->read_only = false;
    pthread_mutex_unlock(&store->writer_lock);
    return r;
}

int store_read(struct op *op, store_fn *fn, void *ctx)
{
    struct store *store = op->world->store;
    struct db *db = NULL;
    int r;

    if (op->db)
        return fn(op, ctx);
    if (store->memory)
        return read_memory(op, store, fn, ctx);
    r = wait_for_reader(op, store, &db);
    if (r < 0)
        return r;
    if (!db)
        r = db_open(op, str_of(store->url), true, &db);
    if (r >= 0)
        r = read_snapshot(op, db, fn, ctx);
    give_back(store, db);
    return r;
}
