/* feed.c - listening to feeds: RSS, Atom, JSON Feed.
 *
 * Nothing leaves through a feed. It is asked with what it said of itself last time (ETag,
 * Last-Modified), so that an unchanged one costs a line; and the longer it does not
 * change, the less often: from a quarter of an hour up to what the channel's setting
 * says.
 */
#include "channel/feed.h"

#include <sodium.h>

#include "base/bytes.h"
#include "net/client.h"

enum { DIGEST = 16, MAX_TAG = 1024, MAX_HOURS = 24 };

#define SHORTEST_MS MINUTES(15)
#define PATIENCE_MS SECONDS(30)

static const char *const capabilities[] = { "public", "edits", "polling", "mentions",
                                            NULL };

static const struct setting settings[] = {
    { "url", SETTING_URL, "Address of the feed",
      "RSS, Atom or JSON Feed; of a page, of its comments or of a search.",
      .required = true },
    { "max_hours", SETTING_INT, "Hours between two looks, at most",
      "A feed that does not change is asked less and less often, down to this.", .min = 1,
      .max = MAX_HOURS, .fallback = 6 },
    { NULL },
};

/* Between two looks. */
struct memory {
    struct str tag, modified, digest;
    int64_t every_ms;
};

static struct memory recall(struct op *op, struct str cursor)
{
    struct err before = op->err;
    struct json *json = NULL;

    if (cursor.n && json_parse(op, cursor, &json) < 0)
        op->err = before;
    return (struct memory){ json_text(json, "etag"), json_text(json, "last_modified"),
                            json_text(json, "digest"),
                            json_int(json, "every_ms", SHORTEST_MS) };
}

static struct str remember(struct op *op, const struct memory *memory)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "etag", memory->tag);
    json_put_text(&w, "last_modified", memory->modified);
    json_put_text(&w, "digest", memory->digest);
    json_put_int(&w, "every_ms", memory->every_ms);
    json_end_object(&w);
    return json_done(&w);
}

static struct str digest(struct op *op, struct str bytes)
{
    unsigned char hash[DIGEST];

    crypto_generichash(hash, DIGEST, (const unsigned char *)bytes.p, bytes.n, NULL, 0);
    return hex_encode(op->arena, (struct str){ (const char *)hash, DIGEST });
}

static int ask(struct op *op, const struct connection *connection,
               const struct memory *memory, struct http_reply *reply,
               struct receipt *receipt)
{
    struct http_call call = { .url = json_text(connection->settings, "url"),
                              .max_answer = FEED_MAX_BYTES,
                              .total_ms = PATIENCE_MS,
                              .follow_redirects = true };
    int r;

    http_add(op->arena, &call.headers, STR("Accept"),
             STR("application/atom+xml, application/rss+xml, application/feed+json, "
                 "application/xml;q=0.9, */*;q=0.5"));
    if (memory->tag.n)
        http_add(op->arena, &call.headers, STR("If-None-Match"), memory->tag);
    if (memory->modified.n)
        http_add(op->arena, &call.headers, STR("If-Modified-Since"), memory->modified);
    r = http_send(op, &call, reply);
    if (r < 0)
        return r;
    receipt->reason =
        r ? reply->reason : arena_fmt(op->arena, "the feed answered %d", reply->status);
    receipt->wait_ms = r ? 0 : SECONDS((int64_t)reply->retry_after);
    receipt->answered = !r && reply->status == 429;
    if (!r && (reply->status == 401 || reply->status == 403))
        receipt->trouble = "not_public";
    if (!r && (reply->status == 404 || reply->status == 410))
        receipt->trouble = "no_feed";
    return r ? POLL_FAILED : 0;
}

static struct str short_field(const struct http_reply *reply, const char *name)
{
    struct str value = http_field(&reply->headers, name);

    return value.n <= MAX_TAG ? value : STR("");
}

/* Its time has seconds: what changes in the same one looks unchanged for good, and many
 * make the tag of that time, too (WordPress). So what changed a moment ago by the
 * server's own clock is not asked for by either (RFC 9110 8.8.2.2). */
static bool is_fresh(const struct http_reply *reply)
{
    int64_t modified, now;

    return http_date_parse(http_field(&reply->headers, "last-modified"), &modified) &&
           http_date_parse(http_field(&reply->headers, "date"), &now) &&
           now - modified < MINUTES(1);
}

/* Half as long again each time that nothing changed. */
static void slow_down(const struct connection *connection, struct memory *memory)
{
    int64_t longest =
        HOURS(connector_int(&connector_feed, connection->settings, "max_hours"));

    memory->every_ms += memory->every_ms / 2;
    if (memory->every_ms > longest)
        memory->every_ms = longest;
}

/* Oldest first, as people said it. */
static void list_entries(struct op *op, const struct feed *feed, struct poll_page *page)
{
    page->items = arena_new(op->arena, struct str, feed->count);
    for (size_t i = feed->count; i > 0; i--)
        page->items[page->count++] = feed_item(op, feed, &feed->entries[i - 1]);
}

static int read_reply(struct op *op, const struct http_reply *reply,
                      struct poll_page *page, struct receipt *receipt)
{
    struct feed feed;
    int r = feed_read(op, reply->body, &feed);

    if (r < 0)
        return r;
    if (r == FEED_NONE) {
        receipt->trouble = "no_feed";
        receipt->reason = STR("what stands at this address is neither RSS, Atom nor JSON "
                              "Feed");
        return POLL_FAILED;
    }
    list_entries(op, &feed, page);
    return 0;
}

static int feed_poll(struct op *op, const struct connection *connection,
                     struct str cursor, struct poll_page *ret, struct receipt *receipt)
{
    struct memory memory = recall(op, cursor);
    struct http_reply reply = { 0 };
    struct poll_page page = { 0 };
    struct str now;
    int r = ask(op, connection, &memory, &reply, receipt);

    if (r)
        return r;
    if (reply.status != 304 && reply.status != 200)
        return POLL_FAILED;
    now = reply.status == 200 ? digest(op, reply.body) : memory.digest;
    if (str_eq(now, memory.digest)) {
        slow_down(connection, &memory);
    } else {
        r = read_reply(op, &reply, &page, receipt);
        if (r)
            return r;
        memory = (struct memory){ .every_ms = SHORTEST_MS, .digest = now };
    }
    if (reply.status == 200 && !is_fresh(&reply)) {
        memory.tag = short_field(&reply, "etag");
        memory.modified = short_field(&reply, "last-modified");
    }
    page.next = remember(op, &memory);
    page.again_ms = memory.every_ms;
    *ret = page;
    return 0;
}

static int feed_verify(struct op *op, const struct connection *connection,
                       struct receipt *ret)
{
    const struct memory nothing = { .every_ms = 0 };
    struct http_reply reply = { 0 };
    struct poll_page page = { 0 };
    int r = ask(op, connection, &nothing, &reply, ret);

    if (r < 0)
        return r;
    if (r || reply.status != 200)
        return VERIFY_FAILED;
    r = read_reply(op, &reply, &page, ret);
    if (r)
        return r < 0 ? r : VERIFY_FAILED;
    ret->reason =
        arena_fmt(op->arena, "the feed can be read and has %zu entries", page.count);
    return 0;
}

const struct connector connector_feed = {
    .network = "feed",
    .name = "Feed",
    .capabilities = capabilities,
    .settings = settings,
    .poll_ms = SHORTEST_MS,
    .verify = feed_verify,
    .parse = feed_parse,
    .poll = feed_poll,
};
