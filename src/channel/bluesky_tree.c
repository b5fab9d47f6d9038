/* bluesky_tree.c - what stands around one post: above it, and below.
 *
 * The server nests what it tells, and our reader of JSON goes so deep and no deeper: so
 * few levels are asked for at once, and what has answers that did not come along is named
 * for a reading of its own.
 */
#include "channel/bluesky.h"

enum { DEPTH = 20, HEIGHT = 40 };

static const struct json *post_of(const struct json *node)
{
    const struct json *post = json_get(node, "post");

    return bluesky_id(json_text(post, "uri")).n ? post : NULL;
}

static bool take_one(const struct json *post, struct bluesky_tree *tree)
{
    if (!post)
        return false;
    tree->whole = tree->whole && tree->count < INBOUND_MAX_ITEMS;
    if (!tree->whole)
        return false;
    tree->ids[tree->count] = json_text(post, "uri");
    tree->list[tree->count++] = post;
    return true;
}

static void take_above(const struct json *node, struct bluesky_tree *tree)
{
    const struct json *above[HEIGHT + 1];
    size_t count = 0;

    for (node = json_get(node, "parent"); node && count < COUNT_OF(above);
         node = json_get(node, "parent"))
        above[count++] = node;
    while (count-- > 0)
        (void)take_one(post_of(above[count]), tree);
}

static void take_below(const struct json *node, struct bluesky_tree *tree, size_t depth)
{
    const struct json *replies = json_get(node, "replies");
    size_t count = replies && replies->type == JSON_ARRAY ? replies->count : 0;

    if (!take_one(post_of(node), tree))
        return;
    if (!count && depth && json_int(post_of(node), "replyCount", 0) > 0 &&
        tree->deeper_count < INBOUND_MAX_ITEMS)
        tree->deeper[tree->deeper_count++] = json_text(post_of(node), "uri");
    for (size_t i = 0; i < count; i++)
        take_below(&replies->items[i], tree, depth + 1); /* as deep as JSON may be */
}

static void take(struct op *op, const struct json *answer, struct bluesky_tree *ret)
{
    const struct json *gate = json_get(json_get(answer, "threadgate"), "record");
    const struct json *node = json_get(answer, "thread");
    struct bluesky_tree tree = { .whole = true };

    tree.list = arena_new(op->arena, const struct json *, INBOUND_MAX_ITEMS);
    tree.ids = arena_new(op->arena, struct str, INBOUND_MAX_ITEMS);
    tree.deeper = arena_new(op->arena, struct str, INBOUND_MAX_ITEMS);
    tree.hidden = json_get(gate, "hiddenReplies");
    if (post_of(node)) {
        take_above(node, &tree);
        tree.own = tree.count;
        take_below(node, &tree, 0);
    }
    *ret = tree;
}

int bluesky_tree(struct op *op, const struct connection *connection, struct str id,
                 struct bluesky_session *session, struct bluesky_tree *ret,
                 struct receipt *receipt)
{
    struct bluesky_question question = { .method = STR("app.bsky.feed.getPostThread") };
    struct bluesky_answer answer;
    int r;

    question.query = arena_fmt(op->arena, "?depth=%d&parentHeight=%d&uri=" STR_FMT, DEPTH,
                               HEIGHT, STR_ARG(http_encode(op->arena, id)));
    r = bluesky_ask(op, connection, &question, session, &answer, receipt);
    if (r < 0)
        return r;
    if (r == 0 && answer.status == 400 && str_is(answer.error, "NotFound")) {
        *ret = (struct bluesky_tree){ .whole = true };
        return 0;
    }
    if (r || answer.status / 100 != 2 || !answer.json)
        return POLL_FAILED;
    take(op, answer.json, ret);
    return 0;
}

bool bluesky_is_hidden(const struct bluesky_tree *tree, struct str id)
{
    const struct json *list = tree->hidden;

    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++)
        if (list->items[i].type == JSON_TEXT && str_eq(list->items[i].text, id))
            return true;
    return false;
}
