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

enum { PER_PAGE = 50, OWN_POSTS = 50, MAX_WATCHED = 100, MAX_WAITING = 400 };
enum { MAX_CURSOR = 512 };

#define LIST_MS  SECONDS(50)
#define SWEEP_MS MINUTES(10)
/* What was written just now may not be shown yet. */
#define FRESH_MS MINUTES(1)
/* A notification that was late stands below others. */
#define OVERLAP_MS HOURS(2)

struct ids {
    struct str *list;
    size_t count;
};

/* A tree that is read again, by its topmost post that concerns us. */
struct watched {
    struct str id, thread;
    int64_t at; /* the newest in it */
};

/* Between the calls all this stands in the cursor. */
struct place {
    int64_t known_at; /* the newest of the last round that came to its end */
    struct ids known; /* and those near it */
    int64_t newest_at;
    struct ids newest;  /* of the round that goes on, while `below` is not empty */
    struct str below;   /* the server's own cursor of its next page */
    struct ids waiting; /* posts whose trees are to be read */
    struct ids sweep;
    bool own; /* our own posts are to be read */
    struct watched watched[MAX_WATCHED];
    size_t watched_count;
    int64_t listed, swept; /* when the last began */
};

static bool has(const struct ids *ids, struct str id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (str_eq(ids->list[i], id))
            return true;
    return false;
}

static void add(struct ids *ids, struct str id)
{
    if (id.n && ids->count < MAX_WAITING && !has(ids, id))
        ids->list[ids->count++] = id;
}

static void drop(struct ids *ids, struct str id)
{
    size_t kept = 0;

    for (size_t i = 0; i < ids->count; i++)
        if (!str_eq(ids->list[i], id))
            ids->list[kept++] = ids->list[i];
    ids->count = kept;
}

static void read_ids(struct op *op, const struct json *list, struct ids *ret)
{
    ret->list = arena_new(op->arena, struct str, MAX_WAITING);
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++)
        if (list->items[i].type == JSON_TEXT)
            add(ret, bluesky_id(list->items[i].text));
}

static void write_ids(struct json_writer *w, const char *key, const struct ids *ids)
{
    json_begin_array(w, key);
    for (size_t i = 0; i < ids->count; i++)
        json_put_text(w, NULL, ids->list[i]);
    json_end_array(w);
}

static void read_watched(const struct json *list, struct place *place)
{
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++) {
        struct watched *one = &place->watched[place->watched_count];

        if (place->watched_count == MAX_WATCHED)
            return;
        one->id = bluesky_id(json_text(&list->items[i], "id"));
        one->thread = bluesky_id(json_text(&list->items[i], "thread"));
        one->at = json_int(&list->items[i], "at", 0);
        place->watched_count += one->id.n > 0;
    }
}

static struct place *read_place(struct op *op, struct str cursor)
{
    struct place *place = arena_new(op->arena, struct place, 1);
    struct err before = op->err;
    struct json *json = NULL;

    if (cursor.n && json_parse(op, cursor, &json) < 0)
        op->err = before;
    *place = (struct place){ .known_at = json_int(json, "known_at", 0),
                             .newest_at = json_int(json, "newest_at", 0),
                             .below = json_text(json, "below"),
                             .own = json_bool(json, "own"),
                             .listed = json_int(json, "listed", 0),
                             .swept = json_int(json, "swept", 0) };
    read_ids(op, json_get(json, "known"), &place->known);
    read_ids(op, json_get(json, "newest"), &place->newest);
    read_ids(op, json_get(json, "waiting"), &place->waiting);
    read_ids(op, json_get(json, "sweep"), &place->sweep);
    read_watched(json_get(json, "watched"), place);
    return place;
}

static struct str write_place(struct op *op, const struct place *place)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_int(&w, "known_at", place->known_at);
    json_put_int(&w, "newest_at", place->newest_at);
    json_put_text(&w, "below", place->below);
    json_put_bool(&w, "own", place->own);
    json_put_int(&w, "listed", place->listed);
    json_put_int(&w, "swept", place->swept);
    write_ids(&w, "known", &place->known);
    write_ids(&w, "newest", &place->newest);
    write_ids(&w, "waiting", &place->waiting);
    write_ids(&w, "sweep", &place->sweep);
    json_begin_array(&w, "watched");
    for (size_t i = 0; i < place->watched_count; i++) {
        json_begin_object(&w, NULL);
        json_put_text(&w, "id", place->watched[i].id);
        json_put_text(&w, "thread", place->watched[i].thread);
        json_put_int(&w, "at", place->watched[i].at);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return json_done(&w);
}

static int64_t horizon(const struct op *op, const struct connection *connection)
{
    return op->now - DAYS(connector_int(&connector_bluesky, connection->settings,
                                        "look_back_days"));
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
            add(&place->known, place->newest.list[i]);
    }
    place->newest.count = 0;
    place->newest_at = 0;
    place->below = STR("");
}

/* Sets place->below when what is known was not reached. */
static void take_list(const struct json *answer, int64_t oldest, struct place *place)
{
    const struct json *list = json_get(answer, "notifications");
    struct str next = json_text(answer, "cursor");
    bool end =
        !list->count || !next.n || next.n > MAX_CURSOR || str_eq(next, place->below);

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
        add(&place->newest, id);
        if (!has(&place->known, id))
            add(&place->waiting, id);
    }
    place->below = next;
    if (end)
        end_list(place);
}

static void begin_sweep(const struct op *op, struct place *place)
{
    place->swept = op->now;
    place->own = true;
    for (size_t i = 0; i < place->watched_count; i++)
        add(&place->sweep, place->watched[i].id);
}

static int list_notifications(struct op *op, const struct connection *connection,
                              struct place *place, struct receipt *receipt)
{
    const struct bluesky_question question = {
        .method = STR("app.bsky.notification.listNotifications"),
        .query = arena_fmt(op->arena, "?limit=%d%s" STR_FMT, PER_PAGE,
                           place->below.n ? "&cursor=" : "",
                           STR_ARG(http_encode(op->arena, place->below))),
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
    place->listed = op->now;
    take_list(answer, horizon(op, connection), place);
    if (op->now - place->swept >= SWEEP_MS && !place->below.n)
        begin_sweep(op, place);
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
    place->own = false;
    list = json_get(answer, "feed");
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++) {
        const struct json *post = json_get(&list->items[i], "post");

        if (json_int(post, "replyCount", 0) > 0 &&
            str_eq(json_text(json_get(post, "author"), "did"), me.did) &&
            indexed(post) >= horizon(op, connection))
            add(&place->sweep, bluesky_id(json_text(post, "uri")));
    }
    return 0;
}

static struct watched *find_watched(struct place *place, struct str id)
{
    for (size_t i = 0; i < place->watched_count; i++)
        if (str_eq(place->watched[i].id, id))
            return &place->watched[i];
    return NULL;
}

static void unwatch(struct place *place, struct str id)
{
    struct watched *one = find_watched(place, id);

    if (one)
        *one = place->watched[--place->watched_count];
}

/* In the place of the one that was quiet for longest. */
static void watch(struct place *place, const struct watched *wanted)
{
    struct watched *one = &place->watched[0];

    if (place->watched_count < MAX_WATCHED) {
        place->watched[place->watched_count++] = *wanted;
        return;
    }
    for (size_t i = 1; i < MAX_WATCHED; i++)
        if (place->watched[i].at < one->at)
            one = &place->watched[i];
    *one = *wanted;
}

/* What was read with this tree needs no reading of its own. */
static void settle_tree(const struct bluesky_tree *tree, int64_t oldest,
                        struct place *place)
{
    struct watched one = { .id = tree->ids[tree->own],
                           .thread = bluesky_root(tree->list[tree->own]) };
    bool covered = false;

    for (size_t i = 0; i < tree->count; i++) {
        int64_t at = indexed(tree->list[i]);

        if (i < tree->own) {
            covered = covered || find_watched(place, tree->ids[i]);
            continue;
        }
        one.at = at > one.at ? at : one.at;
        drop(&place->waiting, tree->ids[i]);
        drop(&place->sweep, tree->ids[i]);
        unwatch(place, tree->ids[i]);
    }
    for (size_t i = 0; i < tree->deeper_count; i++)
        add(&place->sweep, tree->deeper[i]);
    if (!covered && one.at >= oldest)
        watch(place, &one);
}

static int read_tree(struct op *op, const struct connection *connection, struct str id,
                     struct place *place, struct poll_page *page, struct receipt *receipt)
{
    const struct watched *before = find_watched(place, id);
    struct bluesky_session session;
    struct bluesky_tree tree;
    struct bluesky_me me;
    int r = bluesky_tree(op, connection, id, &session, &tree, receipt);

    if (r)
        return r;
    drop(&place->waiting, id);
    drop(&place->sweep, id);
    page->whole.to = op->now - FRESH_MS;
    page->whole.from = page->whole.to > 1;
    if (!tree.count) {
        page->whole.thread = before ? before->thread : id;
        unwatch(place, id);
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
    bool room = place->waiting.count + PER_PAGE <= MAX_WAITING;

    if (!place->below.n && room && op->now - place->listed >= LIST_MS)
        return list_notifications(op, connection, place, receipt);
    if (place->waiting.count)
        return read_tree(op, connection, place->waiting.list[0], place, page, receipt);
    if (place->below.n)
        return list_notifications(op, connection, place, receipt);
    if (place->own)
        return list_own(op, connection, place, receipt);
    if (place->sweep.count)
        return read_tree(op, connection, place->sweep.list[0], place, page, receipt);
    return list_notifications(op, connection, place, receipt);
}

int bluesky_poll(struct op *op, const struct connection *connection, struct str cursor,
                 struct poll_page *ret, struct receipt *receipt)
{
    struct place *place = read_place(op, cursor);
    struct poll_page page = { 0 };
    int r = step(op, connection, place, &page, receipt);

    if (r)
        return r;
    page.more =
        place->waiting.count || place->below.n || place->own || place->sweep.count;
    page.next = write_place(op, place);
    *ret = page;
    return 0;
}
