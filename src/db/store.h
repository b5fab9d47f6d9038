/* store.h - the database of one process: one writer, several readers.
 *
 * Every change goes through the writer, one thread with its own connection.
 * It takes all writes that queued up meanwhile, runs each in a savepoint of
 * one transaction and commits once with full durability: many callers share
 * one disk flush (group commit). A write that fails is rolled back to its
 * savepoint and harms no neighbour; when the commit itself fails every write
 * of the batch fails with ERR_UNAVAILABLE and nothing of it is stored.
 *
 * A write may run twice (after a serialization failure on PostgreSQL the
 * batch is repeated one by one), so it must touch nothing but op->arena,
 * op->db and its own result. When PostgreSQL is lost in the middle of a commit, whether
 * it took place is looked up in the server that answers next; when none does in time,
 * the write is reported as failed, and may have taken place.
 *
 * Several processes may share one PostgreSQL. Their writers take turns, and each commit
 * proves that its process still holds its node number: one that slept until another took
 * it writes nothing before it has a new one.
 *
 * The store can be driven by hand, without a thread: writer_step() runs one
 * batch. A command, a unit test or the simulator uses it that way, and
 * store_write() then steps by itself.
 */
#ifndef DB_STORE_H
#define DB_STORE_H

#include "db/db.h"

struct store;

enum { WRITER_MAX_BATCH = 256, WRITER_MAX_WAITING = 4096, STORE_MAX_READERS = 16 };
enum { READER_MAX_WAIT_MS = 10 * 1000, STORE_MAX_NODES = 1024 };

/* Open for `url`, migrate (schema/ is compiled in), lease a node number and set
 * op->world's ids going. ERR_UNAVAILABLE with words when it cannot be opened;
 * ERR_CONFLICT when the store was written by a newer program. Before the first
 * pending migration of a store that has data a backup is taken into the folder
 * of the database (PostgreSQL: the command that takes one is named in the log). */
int store_open(struct op *op, struct str url, unsigned readers,
               struct store **ret) MUST_CHECK;
void store_close(struct store *store); /* joins the writer; NULL is fine */
struct str store_url(const struct store *store);
bool store_is_postgres(const struct store *store);

/* Start the writer's thread. Without it the store is stepped by hand. */
void store_start(struct store *store);

/* What a write does: op->db is the writer's connection inside the savepoint. A
 * negative result undoes the write, 0 and positive ones keep it. */
typedef int store_fn(struct op *op, void *ctx);

/* Run `fn` as a write and return after it is on disk (or has failed). Inside a
 * write (op->db is the writer's) it runs `fn` at once, in a savepoint. */
int store_write(struct op *op, store_fn *fn, void *ctx) MUST_CHECK;

/* The same without waiting: `done` is called on the writer's thread after the
 * commit, with the result in `r` and op->err. `write` must live until then.
 * ERR_BUSY at once when WRITER_MAX_WAITING writes wait already. */
struct store_write {
    struct op *op;
    store_fn *fn;
    void *ctx;
    void (*done)(struct store_write *write, int r);
    int r;
    struct store_write *next;
};
int store_submit(struct store *store, struct store_write *write) MUST_CHECK;

/* One batch. 1: something was done, 0: nothing waits. */
int writer_step(struct store *store);

/* Run `fn` with op->db set to a reader: a consistent snapshot, never blocked by
 * the writer, refusing to write. With op->db set already `fn` runs on it. A store
 * in memory has one connection, so there a read waits for the batch. ERR_UNAVAILABLE
 * after READER_MAX_WAIT_MS when all readers are taken. */
int store_read(struct op *op, store_fn *fn, void *ctx) MUST_CHECK;

/* Called after each commit, on the writer's thread; for waking the event
 * stream and the job runner. At most 4 listeners, added before store_start(). */
void store_on_commit(struct store *store, void (*wake)(void *ctx), void *ctx);

/* The same, and also called soon after another process has committed, on a thread of the
 * store's (PostgreSQL: LISTEN). Only a hint: whoever must not miss anything looks by
 * itself too. */
void store_on_change(struct store *store, void (*wake)(void *ctx), void *ctx);

/* A copy that is consistent at one instant, read back and on the disk, while writing
 * goes on; backup.h says what it is made of. The last folder of DIR is made; one that
 * holds a backup already is left alone (ERR_CONFLICT). */
int store_backup(struct op *op, struct store *store, struct str dir) MUST_CHECK;

/* The virtual clock of a test store: the instant that all its processes take for
 * now, or 0 when they use the machine's clock. */
int store_clock_get(struct op *op, int64_t *ret_at) MUST_CHECK;
int store_clock_set(struct op *op, int64_t at) MUST_CHECK;

/* Inside a write that fills a new store: count the rows. PostgreSQL has chosen how to
 * find one row when there was none, and would walk whole tables until its own
 * housekeeping comes by, a minute later. */
int store_learn(struct op *op) MUST_CHECK;

/* What the writer has done since the store was opened: writes, the commits that they
 * shared, and the flushes of the disk (on PostgreSQL, where the server flushes: the
 * commits). */
struct store_counters {
    int64_t writes, commits, flushes;
    int64_t waiting; /* writes that wait just now */
};
struct store_counters store_counters(struct store *store);

/* The node number that this process has leased. */
int64_t store_node(const struct store *store);
/* Does a process live that has leased this one? op->db: any connection. */
int store_node_lives(struct op *op, int64_t number, bool *ret) MUST_CHECK;

/* The writer's connection. For tests and commands that drive the store by hand:
 * with op->db set to it store_write() and store_read() run at once. */
struct db *store_writer_db(struct store *store);

#endif
