/* feed_item.c - an entry of a feed as the house knows messages: a mention. */
#include "base/clock.h"
#include "base/utf8.h"
#include "channel/feed.h"
#include "text/plain.h"

enum { MAX_WORDS = 8 };

static void put(struct json_writer *w, const char *name, struct str text)
{
    if (text.n)
        json_put_text(w, name, text);
}

/* The same entry has the same bytes each time; empty members are left out. */
struct str feed_item(struct op *op, const struct feed *feed,
                     const struct feed_entry *entry)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_begin_object(&w, "feed");
    put(&w, "title", feed->title);
    put(&w, "link", feed->link);
    put(&w, "language", feed->language);
    json_end_object(&w);
    json_begin_object(&w, "entry");
    put(&w, "id", entry->id);
    put(&w, "link", entry->link);
    put(&w, "title", entry->title);
    put(&w, "html", entry->html);
    put(&w, "text", entry->text);
    put(&w, "author", entry->author);
    put(&w, "author_url", entry->author_url);
    put(&w, "reply_to", entry->reply_to);
    put(&w, "published", entry->published);
    put(&w, "updated", entry->updated);
    json_end_object(&w);
    json_end_object(&w);
    return json_done(&w);
}

static int month(struct str word)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int i = 0; word.n >= 3 && i < 12; i++)
        if (str_eq_ignore_case(str_sub(word, 0, 3),
                               (struct str){ names + (size_t)i * 3, 3 }))
            return i + 1;
    return 0;
}

/* "+0100", "GMT", "EST": as RFC 3339 writes it. What is not known counts as UTC. */
static struct str zone(struct op *op, struct str word)
{
    static const struct {
        const char *name, *offset;
    } zones[] = { { "EST", "-05:00" }, { "EDT", "-04:00" }, { "CST", "-06:00" },
                  { "CDT", "-05:00" }, { "MST", "-07:00" }, { "MDT", "-06:00" },
                  { "PST", "-08:00" }, { "PDT", "-07:00" }, { "CET", "+01:00" },
                  { "CEST", "+02:00" } };

    if (word.n == 5 && (word.p[0] == '+' || word.p[0] == '-'))
        return arena_fmt(op->arena, STR_FMT ":" STR_FMT, STR_ARG(str_sub(word, 0, 3)),
                         STR_ARG(str_sub(word, 3, 2)));
    for (size_t i = 0; i < COUNT_OF(zones); i++)
        if (str_is(word, zones[i].name))
            return str_of(zones[i].offset);
    return STR("Z");
}

/* "Thu, 1 Jan 2004 19:48:21 GMT", also without the day of the week, the seconds, the
 * century or the zone. */
static int64_t rfc822(struct op *op, struct str text)
{
    struct str words[MAX_WORDS], clock;
    size_t n = 0, i = 0;
    int64_t day, year, at;
    int named;

    while (text.n && n < MAX_WORDS) {
        struct str word = str_cut(text, ' ', &text);

        if (word.n)
            words[n++] = word;
    }
    if (n && (str_ends(words[0], STR(",")) || (n > 1 && month(words[1]) == 0)))
        i = 1;
    if (n < i + 4 || !str_to_i64(words[i], &day) || !str_to_i64(words[i + 2], &year))
        return 0;
    named = month(words[i + 1]);
    clock = words[i + 3];
    if (!named || day < 1 || day > 31 || year < 0 || year > 9999)
        return 0;
    if (year < 100)
        year += year < 70 ? 2000 : 1900;
    if (clock.n == 5)
        clock = arena_fmt(op->arena, STR_FMT ":00", STR_ARG(clock));
    text = arena_fmt(op->arena, "%04d-%02d-%02dT" STR_FMT STR_FMT, (int)year, named,
                     (int)day, STR_ARG(clock),
                     STR_ARG(zone(op, n > i + 4 ? words[i + 4] : STR(""))));
    return time_parse(text, &at) ? at : 0;
}

int64_t feed_time(struct op *op, struct str text)
{
    static const char *const endings[] = {
        "", "Z", ":00Z", "T00:00:00Z", "-01T00:00:00Z", "-01-01T00:00:00Z"
    };
    int64_t at;

    text = str_trim(text);
    if (text.n < 4 || text.n > ITEM_MAX_NAME)
        return 0;
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (time_parse(arena_fmt(op->arena, STR_FMT "%s", STR_ARG(text), endings[i]),
                       &at))
            return at;
    return rfc822(op, text);
}

static struct str name(struct op *op, struct str html)
{
    return utf8_cut(text_plain(op->arena, html, false), ITEM_MAX_NAME);
}

static struct str web_address(struct str url)
{
    bool web = str_starts(url, STR("https://")) || str_starts(url, STR("http://"));

    for (size_t i = 0; web && i < url.n; i++)
        web = (unsigned char)url.p[i] > ' ';
    return web && url.n <= ITEM_MAX_URL ? url : STR("");
}

/* At most `max` bytes, cut between two characters. */
static struct str fit(struct str text, size_t max)
{
    return text.n <= max ? text
                         : str_sub(text, 0, utf8_valid_prefix(str_sub(text, 0, max)));
}

/* A feed promises an id and often has only an address, or no more than a title. */
static struct str id_of(struct op *op, const struct json *entry)
{
    static const char *const members[] = { "id", "link", "title" };

    for (size_t i = 0; i < COUNT_OF(members); i++) {
        struct str text = json_text(entry, members[i]);

        if (text.n && !memchr(text.p, 0, text.n))
            return fit(text, ITEM_MAX_ID);
    }
    return fit(text_plain(op->arena, json_text(entry, "html"), false), ITEM_MAX_ID);
}

static struct str body_of(struct op *op, const struct json *entry, struct str title)
{
    struct str body = text_plain(op->arena, json_text(entry, "html"), false);

    if (!body.n)
        body = str_trim(json_text(entry, "text"));
    if (!body.n)
        body = title;
    return fit(body, ITEM_MAX_BODY);
}

/* A thread is the page that the entry names; a comment stands in that of its post. */
int feed_parse(struct op *op, struct str bytes, struct item *ret)
{
    struct item item = { .thread.kind = STR("post"),
                         .thread.visibility = STR("public"),
                         .snapshot = true,
                         .mention = true };
    const struct json *entry, *feed;
    struct str reply_to, title;
    struct json *json;
    int r = json_parse(op, bytes, &json);

    if (r < 0)
        return r;
    entry = json_get(json, "entry");
    feed = json_get(json, "feed");
    title = name(op, json_text(entry, "title"));
    reply_to = json_text(entry, "reply_to");
    item.external_id = id_of(op, entry);
    if (!item.external_id.n)
        return op_fail_field(op, "id", "is missing, and so is everything else");
    item.body = body_of(op, entry, title);
    if (!item.body.n)
        return op_fail_field(op, "content", "is empty");
    item.thread.external_id = reply_to.n ? fit(reply_to, ITEM_MAX_ID) : item.external_id;
    item.thread.title = title.n ? title : name(op, json_text(feed, "title"));
    item.thread.url = web_address(json_text(entry, "link"));
    item.language = fit(json_text(feed, "language"), ITEM_MAX_NAME / 4);
    item.author.name = name(op, json_text(entry, "author"));
    if (!item.author.name.n)
        item.author.name = name(op, json_text(feed, "title"));
    item.author.url = web_address(json_text(entry, "author_url"));
    item.author.external_id = fit(item.author.name, ITEM_MAX_ID);
    item.sent_at = feed_time(op, json_text(entry, "published"));
    if (!item.sent_at)
        item.sent_at = feed_time(op, json_text(entry, "updated"));
    *ret = item;
    return 0;
}
