/* writer.c - group commit: many writes share one transaction and one disk flush.
 *
 * Whatever has queued up while the last commit was under way becomes the next
 * batch, so batches grow by themselves as the disk gets slower, and a lone write
 * waits for nobody. Rejected: a timer that collects writes for some milliseconds;
 * it makes every single write slower and gains nothing under load.
 */
#include "db/store_parts.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "db/disk.h"

/* How often a write that loses against another node is run again. */
enum { WRITE_MAX_ATTEMPTS = 10 };

/* One write in its savepoint; one that is alone needs none beside its transaction. */
static void run_one(struct db *writer, struct store_write *write, bool alone)
{
    struct op *op = write->op;

    op->db = writer;
    op->err = (struct err){ 0 };
    {
        DB_TX(tx);

        write->r = alone ? db_join(op, &tx) : db_begin(op, &tx);
        if (write->r >= 0)
            write->r = write->fn(op, write->ctx);
        if (write->r >= 0) {
            int r = db_commit(&tx);

            write->r = r < 0 ? r : write->r;
        }
    }
    op->db = NULL;
}

enum { BATCH_BROKEN = 1 };

static void count_commit(struct store *store, const struct store_write *list)
{
    for (; list; list = list->next)
        atomic_fetch_add(&store->writes, 1);
    atomic_fetch_add(&store->commits, 1);
}

/* All of `list` in one transaction. Negative: it cannot begin or commit, and
 * `op` says why. BATCH_BROKEN: the engine gave up in the middle. */
static int attempt(struct op *op, struct store *store, struct store_write *list)
{
    bool alone = !list->next;
    DB_TX(tx);
    int r;

    r = db_begin(op, &tx);
    if (r < 0)
        return r;
    for (struct store_write *write = list; write; write = write->next) {
        run_one(store->writer, write, alone);
        if (store->writer->broken)
            return BATCH_BROKEN;
    }
    if (alone && list->r < 0)
        return 0; /* undone, and nothing else is to be kept */
    r = node_commit(op, store);
    if (r < 0)
        return r;
    FAILPOINT("store.committing");
    r = db_commit(&tx);
    FAILPOINT("store.committed");
    if (r < 0 && store->postgres && store->writer->lost) {
        db_tx_end(&tx);
        if (node_committed(op, store)) {
            log_line(LOG_INFO, op->id, "event=commit_found");
            r = 0;
        }
    }
    if (r >= 0)
        count_commit(store, list);
    return r;
}

static void fail_all(struct op *op, struct store_write *list)
{
    for (struct store_write *write = list; write; write = write->next)
        write->r =
            op_detail(write->op,
                      op_fail(write->op, ERR_UNAVAILABLE, STR_FMT, STR_ARG(op->err.text)),
                      STR_FMT, STR_ARG(op->err.detail));
}

static void renew_lease(struct op *op, struct store *store)
{
    op->db = store->writer;
    if (node_renew_if_due(op, store) < 0)
        op_log_failure(op); /* this is the edge: nobody called us */
}

/* Nothing of it was committed, and the same may work now. */
static bool is_worth_repeating(const struct store *store, int r)
{
    return r != 0 && (store->writer->again || (r == BATCH_BROKEN && store->writer->lost));
}

/* Alone, after its batch was given up or because it has no company. */
static void run_single(struct op *op, struct store *store, struct store_write *write)
{
    struct store_write *rest = write->next;
    int r = 0;

    write->next = NULL;
    for (int i = 0; i < WRITE_MAX_ATTEMPTS; i++) {
        renew_lease(op, store); /* when it was lost: with a new number */
        r = attempt(op, store, write);
        if (!is_worth_repeating(store, r))
            break;
    }
    if (r < 0)
        fail_all(op, write);
    else if (r == BATCH_BROKEN && write->r >= 0) /* it hid the failure from us */
        write->r = op_fail(write->op, ERR_UNAVAILABLE, "the database is busy");
    write->next = rest;
}

static void run_batch(struct op *op, struct store *store, struct store_write *list)
{
    int r;

    if (!list->next) {
        run_single(op, store, list);
        return;
    }
    r = attempt(op, store, list);
    if (r == 0)
        return;
    if (r < 0 && !store->writer->again) {
        fail_all(op, list);
        return;
    }
    for (struct store_write *write = list; write; write = write->next) {
        run_single(op, store, write);
        if (store->writer->lost && write->next) { /* no use to try for each of them */
            fail_all(op, write->next);
            return;
        }
    }
}

/* At most a batch from the queue, in order. */
static struct store_write *take_batch(struct store *store)
{
    struct store_write *list, *end;
    size_t n = 1;

    pthread_mutex_lock(&store->queue_lock);
    list = end = store->first;
    while (end && end->next && n < WRITER_MAX_BATCH) {
        end = end->next;
        n++;
    }
    if (end) {
        store->first = end->next;
        if (!store->first)
            store->last = &store->first;
        end->next = NULL;
        store->waiting -= n;
    }
    pthread_mutex_unlock(&store->queue_lock);
    return list;
}

int writer_step(struct store *store)
{
    struct store_write *list = take_batch(store);
    ARENA(scratch);
    struct op op = { .arena = &scratch, .id = STR("writer"), .now = clock_machine() };
    struct store_write *next;

    pthread_mutex_lock(&store->writer_lock);
    renew_lease(&op, store);
    if (list)
        run_batch(&op, store, list);
    pthread_mutex_unlock(&store->writer_lock);
    if (!list)
        return 0;
    for (unsigned i = 0; i < store->listener_count; i++)
        store->listeners[i].wake(store->listeners[i].ctx);
    for (; list; list = next) {
        next = list->next; /* after done() the write may be gone */
        list->done(list, list->r);
    }
    return 1;
}

int store_submit(struct store *store, struct store_write *write)
{
    int r = 0;

    pthread_mutex_lock(&store->queue_lock);
    if (store->stopping) {
        r = op_fail(write->op, ERR_UNAVAILABLE, "the program is stopping");
    } else if (store->waiting >= WRITER_MAX_WAITING) {
        r = op_fail(write->op, ERR_BUSY, "%d writes are waiting already",
                    WRITER_MAX_WAITING);
        write->op->err.wait = 1;
    } else {
        write->next = NULL;
        *store->last = write;
        store->last = &write->next;
        store->waiting++;
        pthread_cond_signal(&store->queue_filled);
    }
    pthread_mutex_unlock(&store->queue_lock);
    return r;
}

struct waiter {
    struct store_write write;
    pthread_mutex_t lock;
    pthread_cond_t finished;
    bool done;
};

static void wake_waiter(struct store_write *write, int r UNUSED)
{
    struct waiter *waiter = CONTAINER_OF(write, struct waiter, write);

    pthread_mutex_lock(&waiter->lock);
    waiter->done = true;
    pthread_cond_signal(&waiter->finished);
    pthread_mutex_unlock(&waiter->lock);
}

static void wait_for(struct store *store, struct waiter *waiter)
{
    if (!store->thread) {
        while (!waiter->done)
            writer_step(store);
        return;
    }
    pthread_mutex_lock(&waiter->lock);
    while (!waiter->done)
        pthread_cond_wait(&waiter->finished, &waiter->lock);
    pthread_mutex_unlock(&waiter->lock);
}

/* Inside another write: at once, in a savepoint. */
static int write_nested(struct op *op, store_fn *fn, void *ctx)
{
    DB_TX(tx);
    int r, committed;

    if (op->db->read_only)
        return op_fail(op, ERR_INTERNAL, "a read may not write");
    r = db_begin(op, &tx);
    if (r < 0)
        return r;
    r = fn(op, ctx);
    if (r < 0)
        return r;
    committed = db_commit(&tx);
    return committed < 0 ? committed : r;
}

int store_write(struct op *op, store_fn *fn, void *ctx)
{
    struct waiter waiter = { .write = { op, fn, ctx, wake_waiter } };
    int r;

    if (op->db)
        return write_nested(op, fn, ctx);
    pthread_mutex_init(&waiter.lock, NULL);
    pthread_cond_init(&waiter.finished, NULL);
    r = store_submit(op->world->store, &waiter.write);
    if (r == 0) {
        wait_for(op->world->store, &waiter);
        r = waiter.write.r;
    }
    pthread_cond_destroy(&waiter.finished);
    pthread_mutex_destroy(&waiter.lock);
    return r;
}

/* Until there is work, it is time to stop, or the lease wants renewal. */
static bool wait_for_work(struct store *store)
{
    struct timespec deadline = store_deadline(NODE_RENEW_MS / 2);
    bool go_on;
    int r = 0;

    pthread_mutex_lock(&store->queue_lock);
    while (!store->first && !store->stopping && r == 0)
        r = pthread_cond_timedwait(&store->queue_filled, &store->queue_lock, &deadline);
    go_on = store->first || !store->stopping;
    pthread_mutex_unlock(&store->queue_lock);
    return go_on;
}

bool store_pause(struct store *store, int64_t ms)
{
    struct timespec deadline = store_deadline(ms);
    bool go_on;
    int r = 0;

    pthread_mutex_lock(&store->queue_lock);
    while (!store->stopping && r == 0)
        r = pthread_cond_timedwait(&store->stopped, &store->queue_lock, &deadline);
    go_on = !store->stopping;
    pthread_mutex_unlock(&store->queue_lock);
    return go_on;
}

static void run_thread(void *ctx)
{
    struct store *store = ctx;

    while (wait_for_work(store))
        writer_step(store);
}

void store_start(struct store *store)
{
    store->thread = thread_start("draht-writer", run_thread, store);
    hear_start(store);
}

struct store_counters store_counters(struct store *store)
{
    struct store_counters counters = { .writes = atomic_load(&store->writes),
                                       .commits = atomic_load(&store->commits) };

    counters.flushes =
        store->postgres ? counters.commits : disk_flushes() - store->flushes_before;
    pthread_mutex_lock(&store->queue_lock);
    counters.waiting = (int64_t)store->waiting;
    pthread_mutex_unlock(&store->queue_lock);
    return counters;
}

void writer_init(struct store *store)
{
    store->flushes_before = disk_flushes();
    pthread_mutex_init(&store->writer_lock, NULL);
    pthread_mutex_init(&store->queue_lock, NULL);
    store_cond_init(&store->queue_filled);
    store_cond_init(&store->stopped);
    store->last = &store->first;
}

void writer_stop(struct store *store)
{
    pthread_mutex_lock(&store->queue_lock);
    store->stopping = true;
    pthread_cond_signal(&store->queue_filled);
    pthread_cond_broadcast(&store->stopped);
    pthread_mutex_unlock(&store->queue_lock);
    thread_join(TAKE(store->thread));
    while (writer_step(store) > 0)
        continue;
}
