/* node.c - the leased node number that keeps ids apart, and the store's clock.
 *
 * A new process takes a number that was never used, or the one that was free for
 * longest: so a process that died without saying so has the most time to be
 * really dead before its number comes back.
 */
#include <unistd.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "db/stmt.h"
#include "db/store_parts.h"

static int64_t last_id(struct ids *ids)
{
    int64_t id;

    pthread_mutex_lock(&ids->lock);
    id = ids->last_ms << 22 | ids->node << 12 | ids->sequence; /* see base/ids.h */
    pthread_mutex_unlock(&ids->lock);
    return id;
}

static int find_free(struct op *op, int64_t *ret_number, int64_t *ret_last_id)
{
    DB_ROWS(rows);
    int64_t fresh;
    int r;

    r = db_number(op, &fresh, &SQL_NODE_FRESH);
    if (r < 0)
        return r;
    if (fresh < STORE_MAX_NODES) {
        *ret_number = fresh;
        *ret_last_id = 0;
        return 0;
    }
    r = db_query(op, &rows, &SQL_NODE_FREE, ARG_INT(clock_machine()));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return op_fail(op, ERR_UNAVAILABLE,
                       "%d processes use this store already, and no more can",
                       STORE_MAX_NODES);
    *ret_number = db_int(rows, 0);
    *ret_last_id = db_int(rows, 1);
    return 0;
}

static int take(struct op *op, struct store *store, int64_t *ret_last_id)
{
    struct node_lease *lease = &store->lease;
    int64_t number, id;
    DB_TX(tx);
    int r;

    r = db_begin(op, &tx);
    if (r < 0)
        return r;
    r = find_free(op, &number, &id);
    if (r < 0)
        return r;
    r = db_run(op, &SQL_NODE_TAKE, ARG_INT(number), ARG_TEXT(str_of(lease->name)),
               ARG_INT(clock_machine() + NODE_LEASE_MS), ARG_INT(id));
    if (r < 0)
        return r;
    r = db_commit(&tx);
    if (r < 0)
        return r;
    lease->number = number;
    atomic_store(&store->number, number);
    lease->renew_at = clock_machine() + NODE_RENEW_MS;
    *ret_last_id = id;
    return 0;
}

static void name_run(struct node_lease *lease)
{
    char host[64] = "";

    gethostname(host, sizeof(host) - 1);
    /* The address of the lease tells two stores of one process apart. */
    snprintf(lease->name, sizeof(lease->name), "%s %ld %lld %p", host, (long)getpid(),
             (long long)clock_machine(), (void *)lease);
}

/* While other threads go on making ids. */
static void change_number(struct ids *ids, int64_t number, int64_t after)
{
    int64_t after_ms = (after >> 22) + 1;

    pthread_mutex_lock(&ids->lock);
    ids->node = number;
    if (ids->last_ms < after_ms) {
        ids->last_ms = after_ms;
        ids->sequence = 0;
    }
    pthread_mutex_unlock(&ids->lock);
}

int node_lease(struct op *op, struct store *store)
{
    struct node_lease *lease = &store->lease;
    bool again = lease->name[0];
    int64_t id = 0;
    int r;

    name_run(lease);
    do {
        r = take(op, store, &id);
    } while (r < 0 && op->db->again); /* another node took the same: look again */
    if (r < 0)
        return r;
    if (again)
        change_number(lease->ids, lease->number, id);
    else
        ids_init(lease->ids, lease->number, id);
    return 0;
}

int node_renew_if_due(struct op *op, struct store *store)
{
    struct node_lease *lease = &store->lease;
    int64_t now = clock_machine(), changed;
    int r;

    if (!lease->ids || now < lease->renew_at)
        return 0;
    r = db_change(op, &changed, &SQL_NODE_RENEW, ARG_INT(lease->number),
                  ARG_TEXT(str_of(lease->name)), ARG_INT(now + NODE_LEASE_MS),
                  ARG_INT(last_id(lease->ids)));
    if (r < 0)
        return r;
    if (changed == 0) { /* the process slept so long that another one has it */
        log_line(LOG_INFO, op->id, "event=node_lost number=%lld",
                 (long long)lease->number);
        return node_lease(op, store);
    }
    lease->renew_at = now + NODE_RENEW_MS;
    return 0;
}

void node_release(struct op *op, struct store *store)
{
    struct node_lease *lease = &store->lease;

    if (!lease->ids)
        return;
    if (db_run(op, &SQL_NODE_RENEW, ARG_INT(lease->number), ARG_TEXT(str_of(lease->name)),
               ARG_INT(clock_machine()), ARG_INT(last_id(lease->ids))) < 0)
        op_log_failure(op); /* it runs out by itself */
    lease->ids = NULL;
}

int node_commit(struct op *op, struct store *store)
{
    struct node_lease *lease = &store->lease;
    int64_t number;
    int r;

    if (!store->postgres || !lease->ids)
        return 0;
    r = db_number(op, &number, &SQL_NODE_COMMIT, ARG_INT(lease->number),
                  ARG_TEXT(str_of(lease->name)), ARG_INT(lease->commits + 1));
    if (r == 0)
        lease->commits++;
    if (r != DB_NO_ROW)
        return r;
    lease->renew_at = 0; /* at once: writer.c takes a new number and tries again */
    op->db->again = true;
    return op_fail(op, ERR_UNAVAILABLE, "this process was thought dead by another one");
}

bool node_committed(struct op *op, struct store *store)
{
    const struct node_lease *lease = &store->lease;
    int64_t until = clock_monotonic() + LOOK_BACK_MS, found = 0;
    struct err before = op->err;
    int r;

    do {
        r = db_number(op, &found, &SQL_NODE_COMMITTED, ARG_INT(lease->number),
                      ARG_TEXT(str_of(lease->name)));
    } while (r < 0 && clock_monotonic() < until && store_pause(store, 100));
    op->err = before;
    return r == 0 && found == lease->commits;
}

int64_t store_node(const struct store *store)
{
    return atomic_load(&store->number);
}

int store_node_lives(struct op *op, int64_t number, bool *ret)
{
    int64_t count = 0;
    int r =
        db_number(op, &count, &SQL_NODE_LIVES, ARG_INT(number), ARG_INT(clock_machine()));

    *ret = count > 0;
    return r < 0 ? r : 0;
}

static int read_clock(struct op *op, void *ctx)
{
    int64_t at = 0;
    int r;

    r = db_number(op, &at, &SQL_NODE_CLOCK);
    if (r < 0)
        return r;
    *(int64_t *)ctx = at;
    return 0;
}

int store_clock_get(struct op *op, int64_t *ret_at)
{
    return store_read(op, read_clock, ret_at);
}

static int write_clock(struct op *op, void *ctx)
{
    return db_run(op, &SQL_NODE_SET_CLOCK, ARG_INT(*(int64_t *)ctx));
}

int store_clock_set(struct op *op, int64_t at)
{
    return store_write(op, write_clock, &at);
}
