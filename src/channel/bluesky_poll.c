/* bluesky_poll.c - who mentioned, answered or quoted us, what stands around it, and what
 * changed of it.
 *
 * Each call is one small step of a round:
 *
 *     list    a page of our notifications, newest first, down to what is known and a
 *             little below
 *     tree    one post with all above and below it: these are the items
 *     own     our own newest posts, which people answer
 *
 * Nothing tells removals, nor the answers of others below. So the trees of the last days
 * are read again now and then (a sweep); bytes that did not change cost nothing.
 */
#include "base/clock.h"
#include "channel/bluesky.h"
#include "channel/round.h"

enum { PER_PAGE = 50, OWN_POSTS = 50, MAX_CURSOR = 512 };

/* What was written just now may not be shown yet. */
#define FRESH_MS MINUTES(1)
/* A notification that was late stands below others. */
#define OVERLAP_MS HOURS(2)

/* Between the calls all this stands in the cursor. */
struct place {
    int64_t known_at;       /* the newest of the last round that came to its end */
    struct round_ids known; /* and those near it */
    int64_t newest_at;
    struct round_ids newest; /* of the round that goes on, while `below` is not empty */
    struct round round;
    struct bluesky_chat *chat;
};

static struct str kept_id(struct op *op, struct str id)
{
    (void)op;
    return bluesky_id(id);
}

static struct place *read_place(struct op *op, struct str cursor)
{
    struct place *place = arena_new(op->arena, struct place, 1);
    const struct json *json = cursor.n ? connector_json(op, cursor) : NULL;

    *place = (struct place){ .known_at = json_int(json, "known_at", 0),
                             .newest_at = json_int(json, "newest_at", 0) };
    round_read_ids(op, json_get(json, "known"), kept_id, &place->known);
    round_read_ids(op, json_get(json, "newest"), kept_id, &place->newest);
    round_read(op, json, kept_id, &place->round);
    place->chat = bluesky_chat_read(op, json_get(json, "chat"));
    return place;
}

static struct str write_place(struct op *op, const struct place *place)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_int(&w, "known_at", place->known_at);
    json_put_int(&w, "newest_at", place->newest_at);
    round_write_ids(&w, "known", &place->known);
    round_write_ids(&w, "newest", &place->newest);
    round_write(&w, &place->round);
    bluesky_chat_write(&w, place->chat);
    json_end_object(&w);
    return json_done(&w);
}

static int64_t horizon(const struct op *op, const struct connection *connection)
{
    return connector_since(op, &connector_bluesky, connection);
}

static int64_t time_of(const struct json *object, const char *member)
{
    int64_t at;

    return time_parse(json_text(object, member), &at) ? at : 0;
}

/* When the server came to know of it: its author may have written any other time. */
static int64_t indexed(const struct json *post)
{
    return time_of(post, "indexedAt");
}

static bool concerns_us(const struct json *notification)
{
    static const char *const reasons[] = { "mention", "reply", "quote" };
    struct str reason = json_text(notification, "reason");

    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (str_is(reason, reasons[i]))
            return true;
    return false;
}

static void end_list(struct place *place)
{
    if (place->newest_at) {
        place->known_at = place->newest_at;
        place->known.count = 0;
        for (size_t i = 0; i < place->newest.count; i++)
            round_add(&place->known, place->newest.list[i]);
    }
    place->newest.count = 0;
    place->newest_at = 0;
    place->round.below = STR("");
}

/* Sets place->round.below when what is known was not reached. */
static void take_list(const struct json *answer, int64_t oldest, struct place *place)
{
    const struct json *list = json_get(answer, "notifications");
    struct str next = json_text(answer, "cursor");
    bool end = !list->count || !next.n || next.n > MAX_CURSOR ||
               str_eq(next, place->round.below);

    if (place->known_at && place->known_at - OVERLAP_MS > oldest)
        oldest = place->known_at - OVERLAP_MS;
    for (size_t i = 0; i < list->count; i++) {
        const struct json *one = &list->items[i];
        struct str id = bluesky_id(json_text(one, "uri"));
        int64_t at = indexed(one);

        end = end || at < oldest;
        if (at > place->newest_at)
            place->newest_at = at;
        if (at < oldest || !id.n || !concerns_us(one))
            continue;
        round_add(&place->newest, id);
        if (!round_has(&place->known, id))
            round_add(&place->round.waiting, id);
    }
    place->round.below = next;
    if (end)
        end_list(place);
}

static int list_notifications(struct op *op, const struct connection *connection,
                              struct place *place, struct receipt *receipt)
{
    const struct bluesky_question question = {
        .method = STR("app.bsky.notification.listNotifications"),
        .query = arena_fmt(op->arena, "?limit=%d%s" STR_FMT, PER_PAGE,
                           place->round.below.n ? "&cursor=" : "",
                           STR_ARG(http_encode(op->arena, place->round.below))),
    };
    const struct json *answer, *list;
    int r = bluesky_read(op, connection, &question, NULL, &answer, receipt);

    if (r)
        return r;
    list = json_get(answer, "notifications");
    if (!list || list->type != JSON_ARRAY) {
        receipt->reason = STR("the server's list of notifications cannot be read");
        return POLL_FAILED;
    }
    place->round.listed = op->now;
    take_list(answer, horizon(op, connection), place);
    round_listed(op, &place->round);
    return 0;
}

/* Those that somebody answered. */
static int list_own(struct op *op, const struct connection *connection,
                    struct place *place, struct receipt *receipt)
{
    struct bluesky_question question = { .method = STR("app.bsky.feed.getAuthorFeed") };
    struct bluesky_session me;
    const struct json *answer, *list;
    int r = bluesky_session(op, connection, &me, receipt);

    if (r)
        return r < 0 ? r : POLL_FAILED;
    question.query =
        arena_fmt(op->arena, "?limit=%d&filter=posts_no_replies&actor=" STR_FMT,
                  OWN_POSTS, STR_ARG(http_encode(op->arena, me.did)));
    r = bluesky_read(op, connection, &question, &me, &answer, receipt);
    if (r)
        return r;
    place->round.own = false;
    list = json_get(answer, "feed");
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++) {
        const struct json *post = json_get(&list->items[i], "post");

        if (json_int(post, "replyCount", 0) > 0 &&
            str_eq(json_text(json_get(post, "author"), "did"), me.did) &&
            indexed(post) >= horizon(op, connection))
            round_add(&place->round.sweep, bluesky_id(json_text(post, "uri")));
    }
    return 0;
}

/* What was read with this tree needs no reading of its own. */
static void settle_tree(const struct bluesky_tree *tree, int64_t oldest,
                        struct place *place)
{
    struct round_tree one = { .id = tree->ids[tree->own],
                              .thread = bluesky_root(tree->list[tree->own]) };
    bool covered = false;

    for (size_t i = 0; i < tree->count; i++) {
        int64_t at = indexed(tree->list[i]);

        if (i < tree->own) {
            covered = covered || round_find(&place->round, tree->ids[i]);
            continue;
        }
        one.at = at > one.at ? at : one.at;
        round_done(&place->round, tree->ids[i]);
        round_forget(&place->round, tree->ids[i]);
    }
    for (size_t i = 0; i < tree->deeper_count; i++)
        round_add(&place->round.sweep, tree->deeper[i]);
    if (!covered && one.at >= oldest)
        round_watch(&place->round, &one);
}

static int read_tree(struct op *op, const struct connection *connection, struct str id,
                     struct place *place, struct poll_page *page, struct receipt *receipt)
{
    const struct round_tree *before = round_find(&place->round, id);
    struct bluesky_session session;
    struct bluesky_tree tree;
    struct bluesky_me me;
    int r = bluesky_tree(op, connection, id, &session, &tree, receipt);

    if (r)
        return r;
    round_done(&place->round, id);
    page->whole.to = op->now - FRESH_MS;
    page->whole.from = page->whole.to > 1;
    if (!tree.count) {
        page->whole.thread = before ? before->thread : id;
        round_forget(&place->round, id);
        return 0;
    }
    page->whole.thread = bluesky_root(tree.list[tree.own]);
    if (!tree.whole || tree.deeper_count)
        page->whole.to = page->whole.from = 0;
    me = (struct bluesky_me){ session.did, session.handle };
    page->items = arena_new(op->arena, struct str, tree.count);
    for (size_t i = 0; i < tree.count; i++)
        page->items[page->count++] =
            bluesky_item(op, &me, tree.list[i], bluesky_is_hidden(&tree, tree.ids[i]));
    settle_tree(&tree, horizon(op, connection), place);
    return 0;
}

static int step(struct op *op, const struct connection *connection, struct place *place,
                struct poll_page *page, struct receipt *receipt)
{
    struct str id;

    switch (round_next(op, &place->round, PER_PAGE, &id)) {
    case ROUND_TREE:
        return read_tree(op, connection, id, place, page, receipt);
    case ROUND_OWN:
        return list_own(op, connection, place, receipt);
    case ROUND_LIST:
        break;
    }
    return list_notifications(op, connection, place, receipt);
}

/* What only asks another service comes first, since posts always find something to do. */
static bool has_posts(const struct op *op, const struct place *place, bool chatted)
{
    return round_goes_on(&place->round) ||
           (chatted && op->now - place->round.listed >= ROUND_LIST_MS);
}

int bluesky_poll(struct op *op, const struct connection *connection, struct str cursor,
                 struct poll_page *ret, struct receipt *receipt)
{
    struct place *place = read_place(op, cursor);
    bool chats = bluesky_chat_is_due(op, connection, place->chat);
    struct poll_page page = { 0 };
    int r = chats ? bluesky_chat_step(op, connection, place->chat, &page, receipt)
                  : step(op, connection, place, &page, receipt);

    if (r)
        return r;
    page.more =
        has_posts(op, place, chats) || bluesky_chat_is_due(op, connection, place->chat);
    page.next = write_place(op, place);
    *ret = page;
    return 0;
}
