/* renewal.c - a credential that is used up by being used: one process at a time, which
 * begins with what is stored, and what came instead is on the disk before it counts.
 *
 * The cursor "renewal" names who is at it, and until when that is believed. A process
 * that dies in between leaves the old one: whether that counts once more only its network
 * knows. Within a process the connector lets one thread in.
 */
#include "work/renewal.h"

#include "db/store.h"
#include "work/connect.h"

static const char cursor_name[] = "renewal"; /* "NODE UNTIL"; empty: nobody */

struct step {
    const struct connection *connection;
    struct str text; /* begin: what is stored; end: what came */
    int outcome;
};

static int read_holder(struct op *op, int64_t channel_id, int64_t *ret_node,
                       int64_t *ret_until)
{
    struct str text, node, until;
    int r = channel_cursor(op, channel_id, str_of(cursor_name), &text);

    *ret_node = -1;
    *ret_until = 0;
    if (r < 0 || !text.n)
        return r;
    node = str_cut(text, ' ', &until);
    if (!str_to_i64(node, ret_node) || !str_to_i64(until, ret_until))
        *ret_node = -1;
    return 0;
}

/* Our own process: then whoever was at it here could not say that it is over. */
static int is_busy(struct op *op, int64_t channel_id, bool *ret)
{
    int64_t node, until;
    int r = read_holder(op, channel_id, &node, &until);

    *ret = false;
    if (r < 0 || node < 0 || node == store_node(op->world->store) || until <= op->now)
        return r;
    return store_node_lives(op, node, ret);
}

/* The channel as it is now; `outcome` RENEWAL_OVER when it has another credential. */
static int look(struct op *op, struct step *step, struct connected *ret)
{
    struct str why;
    int r = connect_channel(op, step->connection->channel_id, ret, &why);

    if (r < 0)
        return r;
    step->outcome =
        r == 0 && ret->connection.credential.given == step->connection->credential.given
            ? 0
            : RENEWAL_OVER;
    return 0;
}

static int begin(struct op *op, void *ctx)
{
    struct step *step = ctx;
    int64_t id = step->connection->channel_id, until = op->now + RENEWAL_MS;
    struct connected to;
    bool busy;
    int r = is_busy(op, id, &busy);

    if (r < 0)
        return r;
    step->outcome = RENEWAL_BUSY;
    if (busy)
        return 0;
    r = look(op, step, &to);
    if (r < 0 || step->outcome)
        return r;
    step->text = to.connection.credential.text;
    return channel_move_cursor(op, id, str_of(cursor_name),
                               arena_fmt(op->arena, "%lld %lld",
                                         (long long)store_node(op->world->store),
                                         (long long)until));
}

static int end(struct op *op, void *ctx)
{
    struct step *step = ctx;
    int64_t id = step->connection->channel_id, node, until;
    struct connected to;
    int r = look(op, step, &to);

    if (r >= 0 && !step->outcome && step->text.n)
        r = connect_change_credential(op, &to, step->text);
    if (r >= 0)
        r = read_holder(op, id, &node, &until);
    if (r < 0 || node != store_node(op->world->store))
        return r;
    return channel_move_cursor(op, id, str_of(cursor_name), STR(""));
}

static int renewal_begin(struct op *op, const struct connection *connection,
                         struct str *ret)
{
    struct step step = { .connection = connection };
    int r = store_write(op, begin, &step);

    if (r < 0)
        return r;
    *ret = step.text;
    return step.outcome;
}

/* What nobody wants any more is no failure. */
static int renewal_end(struct op *op, const struct connection *connection,
                       struct str text)
{
    struct step step = { .connection = connection, .text = text };
    int r = store_write(op, end, &step);

    return r < 0 ? r : 0;
}

const struct renewal renewal = { .begin = renewal_begin, .end = renewal_end };
