/* mastodon_poll.c - who mentioned us, what stands around it, and what changed of it.
 *
 * Each call is one small step of a round:
 *
 *     list    a page of our mentions, newest first, down to what is known
 *     tree    one status with all above and below it: these are the items
 *     own     our own newest posts, which people answer without naming us
 *
 * A server tells mentions but neither edits nor deletions, and not the answers of others
 * below. So the trees of the last days are read again now and then (a sweep); bytes that
 * did not change cost nothing.
 */
#include "base/clock.h"
#include "channel/mastodon.h"

enum { PER_PAGE = 40, OWN_POSTS = 20, MAX_WATCHED = 100, MAX_WAITING = 400 };

#define LIST_MS  SECONDS(50)
#define SWEEP_MS MINUTES(10)
/* What was written just now may not be shown yet. */
#define FRESH_MS MINUTES(1)

struct ids {
    struct str *list;
    size_t count;
};

/* A tree that is read again, by its topmost status that concerns us. */
struct watched {
    struct str id, thread;
    int64_t at; /* the newest in it */
};

/* Between the calls all this stands in the cursor. */
struct place {
    struct mastodon_me me;
    struct ids known;   /* the newest mentions of the last round that came to its end */
    struct ids newest;  /* of the one that goes on, while `below` is not empty */
    struct str below;   /* its next page begins below this mention */
    struct ids waiting; /* statuses whose trees are to be read */
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
            add(ret, mastodon_id(op, list->items[i].text));
}

static void write_ids(struct json_writer *w, const char *key, const struct ids *ids)
{
    json_begin_array(w, key);
    for (size_t i = 0; i < ids->count; i++)
        json_put_text(w, NULL, ids->list[i]);
    json_end_array(w);
}

static void read_watched(struct op *op, const struct json *list, struct place *place)
{
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++) {
        struct watched *one = &place->watched[place->watched_count];

        if (place->watched_count == MAX_WATCHED)
            return;
        one->id = mastodon_id(op, json_text(&list->items[i], "id"));
        one->thread = json_text(&list->items[i], "thread");
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
    *place = (struct place){ .me = mastodon_me_read(op, json_get(json, "me")),
                             .below = json_text(json, "below"),
                             .own = json_bool(json, "own"),
                             .listed = json_int(json, "listed", 0),
                             .swept = json_int(json, "swept", 0) };
    read_ids(op, json_get(json, "known"), &place->known);
    read_ids(op, json_get(json, "newest"), &place->newest);
    read_ids(op, json_get(json, "waiting"), &place->waiting);
    read_ids(op, json_get(json, "sweep"), &place->sweep);
    read_watched(op, json_get(json, "watched"), place);
    return place;
}

static struct str write_place(struct op *op, const struct place *place)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    mastodon_me_write(&w, "me", &place->me);
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
    return connector_since(op, &connector_mastodon, connection);
}

static int64_t created(const struct json *status)
{
    int64_t at;

    return time_parse(json_text(status, "created_at"), &at) ? at : 0;
}

/* Ids grow with time: numbers without leading zeros, or words of one length. */
static int compare_ids(struct str a, struct str b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return str_cmp(a, b);
}

static bool is_known(const struct place *place, struct str id)
{
    if (!place->known.count)
        return false;
    return has(&place->known, id) ||
           compare_ids(id, place->known.list[place->known.count - 1]) < 0;
}

static void end_list(struct place *place)
{
    if (place->newest.count)
        place->known = place->newest;
    place->newest.count = 0;
    place->below = STR("");
}

/* Sets place->below when what is known was not reached. */
static void take_mentions(struct op *op, const struct json *list, int64_t oldest,
                          struct place *place)
{
    bool first = !place->below.n, end = list->count < PER_PAGE;
    struct str last = place->below;

    for (size_t i = 0; i < list->count; i++) {
        const struct json *mention = &list->items[i];
        struct str id = mastodon_id(op, json_text(mention, "id"));

        if (!id.n)
            continue;
        end = end || is_known(place, id) || created(mention) < oldest;
        last = id;
        if (first)
            add(&place->newest, id);
        if (!is_known(place, id) && created(mention) >= oldest &&
            str_is(json_text(mention, "type"), "mention"))
            add(&place->waiting,
                mastodon_id(op, json_text(json_get(mention, "status"), "id")));
    }
    if (end || str_eq(last, place->below))
        end_list(place);
    else
        place->below = last;
}

static void begin_sweep(const struct op *op, struct place *place)
{
    place->swept = op->now;
    place->own = true;
    for (size_t i = 0; i < place->watched_count; i++)
        add(&place->sweep, place->watched[i].id);
}

static int list_mentions(struct op *op, const struct connection *connection,
                         struct place *place, struct receipt *receipt)
{
    struct str query =
        arena_fmt(op->arena, "?limit=%d&types%%5B%%5D=mention%s" STR_FMT, PER_PAGE,
                  place->below.n ? "&max_id=" : "", STR_ARG(place->below));
    const struct json *list;
    int r = mastodon_read(op, connection, STR("v1/notifications"), query, &list, receipt);

    if (r)
        return r;
    if (list->type != JSON_ARRAY) {
        receipt->reason = STR("the server's list of mentions cannot be read");
        return POLL_FAILED;
    }
    place->listed = op->now;
    take_mentions(op, list, horizon(op, connection), place);
    if (op->now - place->swept >= SWEEP_MS && !place->below.n)
        begin_sweep(op, place);
    return 0;
}

/* Those that somebody answered. */
static int list_own(struct op *op, const struct connection *connection,
                    struct place *place, struct receipt *receipt)
{
    struct str path =
        arena_fmt(op->arena, "v1/accounts/" STR_FMT "/statuses", STR_ARG(place->me.id));
    struct str query = arena_fmt(
        op->arena, "?limit=%d&exclude_replies=true&exclude_reblogs=true", OWN_POSTS);
    const struct json *list;
    int r = mastodon_read(op, connection, path, query, &list, receipt);

    if (r)
        return r;
    place->own = false;
    for (size_t i = 0; list->type == JSON_ARRAY && i < list->count; i++)
        if (json_int(&list->items[i], "replies_count", 0) > 0 &&
            !json_text(&list->items[i], "in_reply_to_id").n &&
            created(&list->items[i]) >= horizon(op, connection))
            add(&place->sweep, mastodon_id(op, json_text(&list->items[i], "id")));
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
static void settle_tree(struct op *op, const struct mastodon_tree *tree, int64_t oldest,
                        struct place *place)
{
    struct watched one = { .id = tree->ids[tree->own] };
    bool covered = false;

    one.thread = mastodon_id(op, json_text(tree->threads[tree->own], "id"));
    for (size_t i = 0; i < tree->count; i++) {
        int64_t at = created(tree->list[i]);

        if (i < tree->own) {
            covered = covered || find_watched(place, tree->ids[i]);
            continue;
        }
        one.at = at > one.at ? at : one.at;
        drop(&place->waiting, tree->ids[i]);
        drop(&place->sweep, tree->ids[i]);
        unwatch(place, tree->ids[i]);
    }
    if (!covered && one.at >= oldest)
        watch(place, &one);
}

static int read_tree(struct op *op, const struct connection *connection, struct str id,
                     struct place *place, struct poll_page *page, struct receipt *receipt)
{
    const struct watched *before = find_watched(place, id);
    struct mastodon_tree tree;
    int r = mastodon_tree(op, connection, id, &tree, receipt);

    if (r)
        return r;
    page->whole.to = op->now - FRESH_MS;
    page->whole.from = page->whole.to > 1;
    drop(&place->waiting, id);
    drop(&place->sweep, id);
    if (!tree.count) {
        page->whole.thread = before ? before->thread : id;
        unwatch(place, id);
        return 0;
    }
    page->whole.thread = mastodon_id(op, json_text(tree.threads[tree.own], "id"));
    if (!tree.whole)
        page->whole.to = 0;
    page->items = arena_new(op->arena, struct str, tree.count);
    for (size_t i = 0; i < tree.count; i++)
        page->items[page->count++] =
            mastodon_item(op, &place->me, tree.threads[i], tree.list[i]);
    settle_tree(op, &tree, horizon(op, connection), place);
    return 0;
}

static int step(struct op *op, const struct connection *connection, struct place *place,
                struct poll_page *page, struct receipt *receipt)
{
    if (!place->below.n && op->now - place->listed >= LIST_MS)
        return list_mentions(op, connection, place, receipt);
    if (place->waiting.count)
        return read_tree(op, connection, place->waiting.list[0], place, page, receipt);
    if (place->below.n)
        return list_mentions(op, connection, place, receipt);
    if (place->own)
        return list_own(op, connection, place, receipt);
    if (place->sweep.count)
        return read_tree(op, connection, place->sweep.list[0], place, page, receipt);
    return list_mentions(op, connection, place, receipt);
}

int mastodon_poll(struct op *op, const struct connection *connection, struct str cursor,
                  struct poll_page *ret, struct receipt *receipt)
{
    struct place *place = read_place(op, cursor);
    struct poll_page page = { 0 };
    int r = 0;

    if (!place->me.id.n)
        r = mastodon_ask_me(op, connection, &place->me, receipt);
    if (r == 0)
        r = step(op, connection, place, &page, receipt);
    if (r)
        return r;
    page.more =
        place->waiting.count || place->below.n || place->own || place->sweep.count;
    page.next = write_place(op, place);
    *ret = page;
    return 0;
}
