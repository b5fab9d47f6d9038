/* mastodon_tree.c - what stands around one status: above it, and below. */
#include "base/map.h"
#include "channel/mastodon.h"

static void take_one(struct op *op, const struct json *status, struct mastodon_tree *tree)
{
    struct str id = mastodon_id(op, json_text(status, "id"));

    if (!id.n)
        return;
    tree->ids[tree->count] = id;
    tree->list[tree->count++] = status;
}

/* What the server's list gives, up to so many altogether. */
static void take(struct op *op, const struct json *list, size_t most,
                 struct mastodon_tree *tree)
{
    size_t count = list && list->type == JSON_ARRAY ? list->count : 0;

    for (size_t i = 0; i < count && tree->count < most; i++)
        take_one(op, &list->items[i], tree);
    tree->whole = tree->whole && tree->count < most;
}

/* A list has parents before their children, so one look at each is enough. */
static void find_threads(struct op *op, struct mastodon_tree *tree)
{
    struct map places = MAP(op->arena);

    for (size_t i = 0; i < tree->count; i++) {
        const struct json *status = tree->list[i];
        struct str above = mastodon_id(op, json_text(status, "in_reply_to_id"));
        const struct json *const *parent = map_get(&places, above);

        tree->threads[i] = status;
        if (parent && mastodon_is_private(*parent) == mastodon_is_private(status))
            tree->threads[i] = tree->threads[parent - tree->list];
        map_put(&places, tree->ids[i], &tree->list[i]);
    }
}

/* 0 with *ret NULL: the server says that there is no such status. */
static int ask(struct op *op, const struct connection *connection, struct str path,
               const struct json **ret, struct receipt *receipt)
{
    const struct mastodon_question question = { .path = path };
    struct mastodon_answer answer;
    int r = mastodon_ask(op, connection, &question, &answer, receipt);

    if (r < 0)
        return r;
    *ret = NULL;
    if (r == 0 && (answer.status == 404 || answer.status == 410))
        return 0;
    if (r || answer.status / 100 != 2 || !answer.json)
        return POLL_FAILED;
    *ret = answer.json;
    return 0;
}

int mastodon_tree(struct op *op, const struct connection *connection, struct str id,
                  struct mastodon_tree *ret, struct receipt *receipt)
{
    struct str path = arena_fmt(op->arena, "v1/statuses/" STR_FMT, STR_ARG(id));
    struct mastodon_tree tree = { .whole = true };
    const struct json *own, *context = NULL;
    int r = ask(op, connection, path, &own, receipt);

    if (r == 0 && own)
        r = ask(op, connection, arena_fmt(op->arena, STR_FMT "/context", STR_ARG(path)),
                &context, receipt);
    if (r)
        return r;
    tree.list = arena_new(op->arena, const struct json *, INBOUND_MAX_ITEMS);
    tree.threads = arena_new(op->arena, const struct json *, INBOUND_MAX_ITEMS);
    tree.ids = arena_new(op->arena, struct str, INBOUND_MAX_ITEMS);
    if (own) {
        take(op, json_get(context, "ancestors"), INBOUND_MAX_ITEMS / 2, &tree);
        tree.own = tree.count;
        take_one(op, own, &tree);
        take(op, json_get(context, "descendants"), INBOUND_MAX_ITEMS, &tree);
        find_threads(op, &tree);
    }
    *ret = tree;
    return 0;
}
