/* feed_json.c - JSON Feed, and which kind of feed something is. */
#include "channel/feed.h"

static struct str first_author(const struct json *holder, const char *member)
{
    const struct json *list = json_get(holder, "authors");

    if (list && list->type == JSON_ARRAY && list->count)
        return json_text(&list->items[0], member);
    return json_text(json_get(holder, "author"), member);
}

/* Ids are texts; whoever wrote numbers meant them as texts. */
static struct str id_of(const struct json *item)
{
    const struct json *id = json_get(item, "id");

    if (!id)
        return STR("");
    return id->type == JSON_INT || id->type == JSON_REAL ? id->raw : id->text;
}

static struct feed_entry entry_of(const struct json *item, const struct json *root)
{
    struct feed_entry entry = {
        .id = id_of(item),
        .link = json_text(item, "url"),
        .title = json_text(item, "title"),
        .html = json_text(item, "content_html"),
        .text = json_text(item, "content_text"),
        .author = first_author(item, "name"),
        .author_url = first_author(item, "url"),
        .published = json_text(item, "date_published"),
        .updated = json_text(item, "date_modified"),
    };

    if (!entry.link.n)
        entry.link = json_text(item, "external_url");
    if (!entry.text.n && !entry.html.n)
        entry.text = json_text(item, "summary");
    if (!entry.author.n) {
        entry.author = first_author(root, "name");
        entry.author_url = first_author(root, "url");
    }
    return entry;
}

int feed_read_json(struct op *op, struct str bytes, struct feed *ret)
{
    struct feed feed = { .count = 0 };
    struct err before = op->err;
    const struct json *items;
    struct json *root;

    if (json_parse(op, bytes, &root) < 0) {
        op->err = before;
        return FEED_NONE;
    }
    items = json_get(root, "items");
    if (!items || items->type != JSON_ARRAY)
        return FEED_NONE;
    feed.title = json_text(root, "title");
    feed.link = json_text(root, "home_page_url");
    feed.language = json_text(root, "language");
    feed.entries = arena_new(op->arena, struct feed_entry, items->count);
    for (size_t i = 0; i < items->count && feed.count < FEED_MAX_ENTRIES; i++)
        if (items->items[i].type == JSON_OBJECT)
            feed.entries[feed.count++] = entry_of(&items->items[i], root);
    *ret = feed;
    return 0;
}

int feed_read(struct op *op, struct str bytes, struct feed *ret)
{
    struct str text = str_trim(bytes);

    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_trim(str_sub(text, 3, text.n));
    return str_starts(text, STR("{")) ? feed_read_json(op, text, ret)
                                      : feed_read_xml(op, bytes, ret);
}
