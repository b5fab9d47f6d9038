/* watch.c - whether a channel is watched, and by which node. */
#include "work/watch.h"

#include "base/bytes.h"
#include "base/log.h"
#include "db/store.h"
#include "dialogue/pace.h"
#include "net/signature.h"

static const char cursor_name[] = "watch";

/* Changes with what people gave, with which the connection was opened. */
static struct str print_of(struct op *op, const struct connected *to)
{
    struct str all =
        arena_fmt(op->arena, STR_FMT "\n" STR_FMT "\n%lld", STR_ARG(to->channel.settings),
                  STR_ARG(to->connection.credential.site),
                  (long long)to->connection.credential.given);

    return hmac_sha256(op->arena, STR("watch"), all);
}

int watch_holder(struct op *op, int64_t channel_id, int64_t *ret)
{
    struct str text;
    int64_t node = -1;
    bool lives = false;
    int r = channel_cursor(op, channel_id, str_of(cursor_name), &text);

    if (r >= 0 && str_to_i64(text, &node))
        r = store_node_lives(op, node, &lives);
    *ret = lives ? node : -1;
    return r < 0 ? r : 0;
}

/* Is the channel as it was, may it be asked, and is the watch ours? */
struct check {
    const struct held *held;
    bool wanted;
};

static int read_check(struct op *op, void *ctx)
{
    struct check *check = ctx;
    struct connected to;
    struct pace pace = { .failures = 0 };
    struct str why;
    int64_t holder;
    int r = connect_channel(op, check->held->channel_id, &to, &why);

    check->wanted = false;
    if (r)
        return r < 0 ? r : 0;
    r = watch_holder(op, check->held->channel_id, &holder);
    if (r >= 0)
        r = pace_get(op, check->held->channel_id, &pace);
    check->wanted = r >= 0 && holder == store_node(op->world->store) &&
                    strcmp(pace_state(op, &pace), "closed") == 0 &&
                    !to.channel.retired_at && !str_is(to.channel.mode, "none") &&
                    str_eq(print_of(op, &to), check->held->print);
    return r < 0 ? r : 0;
}

int held_check(struct op *op, const struct held *held, bool *ret_wanted)
{
    struct check check = { .held = held };
    int r = store_read(op, read_check, &check);

    if (r >= 0)
        *ret_wanted = check.wanted;
    return r;
}

static int add_job(struct op *op, void *ctx)
{
    return job_add(op, "poll", *(const int64_t *)ctx, op->now);
}

int held_wake(struct op *op, const struct held *held)
{
    int64_t id = held->channel_id;

    return store_write(op, add_job, &id);
}

static int let_go(struct op *op, void *ctx)
{
    int64_t id = *(const int64_t *)ctx, holder;
    int r = watch_holder(op, id, &holder);

    if (r < 0 || holder != store_node(op->world->store))
        return r;
    return channel_move_cursor(op, id, str_of(cursor_name), STR(""));
}

int held_let_go(struct op *op, int64_t channel_id)
{
    return store_write(op, let_go, &channel_id);
}

struct claim {
    const struct watch_wish *wish;
    bool ours;
};

/* The watch is this node's, unless one that lives has it. */
static int claim(struct op *op, void *ctx)
{
    struct claim *claim = ctx;
    int64_t id = claim->wish->to->channel.id, holder, node = store_node(op->world->store);
    int r = job_renew(op, claim->wish->job);

    claim->ours = false;
    if (r)
        return r < 0 ? r : 0;
    r = watch_holder(op, id, &holder);
    if (r < 0)
        return r;
    claim->ours = holder < 0 || holder == node;
    if (!claim->ours || holder == node)
        return 0;
    return channel_move_cursor(op, id, str_of(cursor_name),
                               arena_fmt(op->arena, "%lld", (long long)node));
}

/* On memory of its own, that ends with the connection. */
static bool open_watch(struct op *op, const struct watch_wish *wish, struct str print)
{
    struct watcher *watcher = op->world->watcher;
    struct held *held = held_new(op, wish->to->channel.id, print);
    struct receipt receipt = { .reason = STR("") };
    int r = wish->to->connector->watch(&held->op, &wish->to->connection, wish->cursor,
                                       &held->watch, &receipt);

    if (r == 0 && watcher_add(watcher, held)) {
        log_line(LOG_INFO, op->id, "event=watch_began channel=%lld",
                 (long long)wish->to->channel.id);
        return true;
    }
    if (r < 0)
        op_log_failure(&held->op);
    if (r != 0) {
        watcher_failed(watcher, held->channel_id, op->now);
        held_free(held);
    }
    return false;
}

int watch_tend(struct op *op, const struct watch_wish *wish)
{
    struct watcher *watcher = op->world->watcher;
    struct claim mine = { .wish = wish };
    int64_t id = wish->to->channel.id;
    bool told;
    struct str print;
    int r;

    if (!watcher || !wish->to->connector->watch)
        return 0;
    print = print_of(op, wish->to);
    if (watcher_keeps(watcher, id, print, &told)) {
        if (!wish->surprised || told)
            return 0;
        watcher_end(watcher, id);
    }
    if (!watcher_may(watcher, id, op->now))
        return held_let_go(op, id);
    r = store_write(op, claim, &mine);
    if (r < 0 || !mine.ours || open_watch(op, wish, print))
        return r < 0 ? r : 0;
    return held_let_go(op, id);
}
