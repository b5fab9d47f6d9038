/* store_parts.h - the insides of a store, for the files that it is made of:
 * store.c (opening, reading), purge.c (freeing space), writer.c (group commit), node.c
 * (lease, clock), backup.c.
 */
#ifndef DB_STORE_PARTS_H
#define DB_STORE_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/embed.h"
#include "base/pool.h"
#include "db/space.h"

enum { STORE_MAX_LISTENERS = 4 };
/* How long a commit whose answer was lost is looked for. */
enum { LOOK_BACK_MS = 10 * 1000 };

/* Milliseconds of the machine's clock: leases are between processes. */
enum { NODE_LEASE_MS = 60 * 1000, NODE_RENEW_MS = 20 * 1000 };

struct node_lease {
    int64_t number;
    int64_t renew_at;
    struct ids *ids;
    int64_t commits; /* the last one that was asked for */
    char name[128];  /* of this run of this process: nobody else has it */
};

struct store {
    char *url;
    bool postgres, memory;
    struct db *writer; /* belongs to who holds writer_lock */
    pthread_mutex_t writer_lock;
    struct node_lease lease; /* under writer_lock */

    pthread_mutex_t queue_lock;
    pthread_cond_t queue_filled, stopped;
    struct store_write *first, **last; /* what waits for the writer */
    size_t waiting;
    _Atomic int64_t writes, commits;
    int64_t flushes_before; /* of the process, when the store was opened */
    bool stopping;
    struct thread *thread; /* NULL: stepped by hand */

    struct {
        pthread_mutex_t lock;
        int64_t low, out, looked_at; /* thresholds; monotonic */
        struct space last;
    } space;

    pthread_mutex_t reader_lock;
    pthread_cond_t reader_free;
    struct db *idle[STORE_MAX_READERS];
    unsigned idle_count, open_count, max_readers;

    struct {
        void (*wake)(void *ctx);
        void *ctx;
        bool elsewhere; /* also when another process has committed */
    } listeners[STORE_MAX_LISTENERS];
    unsigned listener_count;

    struct thread *hearing; /* hear.c; NULL: stepped by hand, or SQLite */
    _Atomic int64_t number; /* lease.number, for other threads */
};

/* store_open() with other migrations than the program's: for tests. */
int store_open_with(struct op *op, struct str url, unsigned readers,
                    const struct embedded *files, struct store **ret) MUST_CHECK;

/* All of these: op->db is the writer's connection, writer_lock is held. */
int node_lease(struct op *op, struct store *store) MUST_CHECK;
int node_renew_if_due(struct op *op, struct store *store) MUST_CHECK;
void node_release(struct op *op, struct store *store);
/* In the transaction that is about to be committed. */
int node_commit(struct op *op, struct store *store) MUST_CHECK;
/* Did that commit take place, although its answer was lost? Outside a transaction. */
bool node_committed(struct op *op, struct store *store);

void writer_init(struct store *store);
void writer_stop(struct store *store); /* after what waits has been written */

void hear_start(struct store *store);
void hear_stop(struct store *store);

/* False: the store is being closed. */
bool store_pause(struct store *store, int64_t ms);

/* The instant `ms` from now for pthread_cond_timedwait() on the monotonic clock. */
struct timespec store_deadline(int64_t ms);
void store_cond_init(pthread_cond_t *cond);

#endif
