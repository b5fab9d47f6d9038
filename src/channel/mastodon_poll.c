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
#include "channel/round.h"

enum { PER_PAGE = 40, OWN_POSTS = 20 };

/* What was written just now may not be shown yet. */
#define FRESH_MS MINUTES(1)

/* Between the calls all this stands in the cursor. */
struct place {
    struct mastodon_me me;
    struct round_ids
        known; /* the newest mentions of the last round that came to its end */
    struct round_ids newest; /* of the one that goes on, while `below` is not empty */
    struct round round;
};

static struct place *read_place(struct op *op, struct str cursor)
{
    struct place *place = arena_new(op->arena, struct place, 1);
    const struct json *json = cursor.n ? connector_json(op, cursor) : NULL;

    *place = (struct place){ .me = mastodon_me_read(op, json_get(json, "me")) };
    round_read_ids(op, json_get(json, "known"), mastodon_id, &place->known);
    round_read_ids(op, json_get(json, "newest"), mastodon_id, &place->newest);
    round_read(op, json, mastodon_id, &place->round);
    return place;
}

static struct str write_place(struct op *op, const struct place *place)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    mastodon_me_write(&w, "me", &place->me);
    round_write_ids(&w, "known", &place->known);
    round_write_ids(&w, "newest", &place->newest);
    round_write(&w, &place->round);
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
    return round_has(&place->known, id) ||
           compare_ids(id, place->known.list[place->known.count - 1]) < 0;
}

static void end_list(struct place *place)
{
    if (place->newest.count)
        place->known = place->newest;
    place->newest.count = 0;
    place->round.below = STR("");
}

/* Sets place->round.below when what is known was not reached. */
static void take_mentions(struct op *op, const struct json *list, int64_t oldest,
                          struct place *place)
{
    bool first = !place->round.below.n, end = list->count < PER_PAGE;
    struct str last = place->round.below;

    for (size_t i = 0; i < list->count; i++) {
        const struct json *mention = &list->items[i];
        struct str id = mastodon_id(op, json_text(mention, "id"));

        if (!id.n)
            continue;
        end = end || is_known(place, id) || created(mention) < oldest;
        last = id;
        if (first)
            round_add(&place->newest, id);
        if (!is_known(place, id) && created(mention) >= oldest &&
            str_is(json_text(mention, "type"), "mention"))
            round_add(&place->round.waiting,
                      mastodon_id(op, json_text(json_get(mention, "status"), "id")));
    }
    if (end || str_eq(last, place->round.below))
        end_list(place);
    else
        place->round.below = last;
}

static int list_mentions(struct op *op, const struct connection *connection,
                         struct place *place, struct receipt *receipt)
{
    struct str query =
        arena_fmt(op->arena, "?limit=%d&types%%5B%%5D=mention%s" STR_FMT, PER_PAGE,
                  place->round.below.n ? "&max_id=" : "", STR_ARG(place->round.below));
    const struct json *list;
    int r = mastodon_read(op, connection, STR("v1/notifications"), query, &list, receipt);

    if (r)
        return r;
    if (list->type != JSON_ARRAY) {
        receipt->reason = STR("the server's list of mentions cannot be read");
        return POLL_FAILED;
    }
    place->round.listed = op->now;
    take_mentions(op, list, horizon(op, connection), place);
    round_listed(op, &place->round);
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
    place->round.own = false;
    for (size_t i = 0; list->type == JSON_ARRAY && i < list->count; i++)
        if (json_int(&list->items[i], "replies_count", 0) > 0 &&
            !json_text(&list->items[i], "in_reply_to_id").n &&
            created(&list->items[i]) >= horizon(op, connection))
            round_add(&place->round.sweep,
                      mastodon_id(op, json_text(&list->items[i], "id")));
    return 0;
}

/* What was read with this tree needs no reading of its own. */
static void settle_tree(struct op *op, const struct mastodon_tree *tree, int64_t oldest,
                        struct place *place)
{
    struct round_tree one = { .id = tree->ids[tree->own] };
    bool covered = false;

    one.thread = mastodon_id(op, json_text(tree->threads[tree->own], "id"));
    for (size_t i = 0; i < tree->count; i++) {
        int64_t at = created(tree->list[i]);

        if (i < tree->own) {
            covered = covered || round_find(&place->round, tree->ids[i]);
            continue;
        }
        one.at = at > one.at ? at : one.at;
        round_done(&place->round, tree->ids[i]);
        round_forget(&place->round, tree->ids[i]);
    }
    if (!covered && one.at >= oldest)
        round_watch(&place->round, &one);
}

static int read_tree(struct op *op, const struct connection *connection, struct str id,
                     struct place *place, struct poll_page *page, struct receipt *receipt)
{
    const struct round_tree *before = round_find(&place->round, id);
    struct mastodon_tree tree;
    int r = mastodon_tree(op, connection, id, &tree, receipt);

    if (r)
        return r;
    page->whole.to = op->now - FRESH_MS;
    page->whole.from = page->whole.to > 1;
    round_done(&place->round, id);
    if (!tree.count) {
        page->whole.thread = before ? before->thread : id;
        round_forget(&place->round, id);
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
    struct str id;

    switch (round_next(op, &place->round, PER_PAGE, &id)) {
    case ROUND_TREE:
        return read_tree(op, connection, id, place, page, receipt);
    case ROUND_OWN:
        return list_own(op, connection, place, receipt);
    case ROUND_LIST:
        break;
    }
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
    page.more = round_goes_on(&place->round);
    page.next = write_place(op, place);
    page.announces = str_starts(json_text(connection->settings, "url"), STR("https://"));
    *ret = page;
    return 0;
}
