/* bluesky_item.c - a post as the AppView shows it, and as the house knows messages.
 *
 * An item is {"me": our account, "hidden": …, "post": …}: of the post the members that
 * are read here and no other, so that one that did not change has the same bytes each
 * time it is read. A person is its DID; the handle may change.
 */
#include "base/clock.h"
#include "base/utf8.h"
#include "channel/bluesky.h"

enum { MAX_PARTS = 32, MAX_LABELS = 8, MAX_LABEL = 64 };

/* A list, or NULL. */
static const struct json *array(const struct json *object, const char *key)
{
    const struct json *list = json_get(object, key);

    return list && list->type == JSON_ARRAY ? list : NULL;
}

static size_t parts(const struct json *list)
{
    return !list ? 0 : list->count < MAX_PARTS ? list->count : MAX_PARTS;
}

struct str bluesky_root(const struct json *post)
{
    const struct json *reply = json_get(json_get(post, "record"), "reply");
    struct str root = bluesky_id(json_text(json_get(reply, "root"), "uri"));

    return root.n ? root : bluesky_id(json_text(post, "uri"));
}

static struct str parent(const struct json *post)
{
    const struct json *reply = json_get(json_get(post, "record"), "reply");

    return bluesky_id(json_text(json_get(reply, "parent"), "uri"));
}

static struct str repo_of(struct str uri)
{
    struct bluesky_uri parts_of;

    return bluesky_uri_read(uri, &parts_of) ? parts_of.repo : STR("");
}

struct str bluesky_page(struct op *op, struct str uri)
{
    struct bluesky_uri at;

    if (!bluesky_id(uri).n || !bluesky_uri_read(uri, &at) ||
        !str_is(at.collection, BLUESKY_POST))
        return STR("");
    return arena_fmt(op->arena, "https://bsky.app/profile/" STR_FMT "/post/" STR_FMT,
                     STR_ARG(at.repo), STR_ARG(at.key));
}

static void put_member(struct json_writer *w, const struct json *from, const char *name)
{
    const struct json *value = json_get(from, name);

    if (value && value->type != JSON_NULL)
        json_put_value(w, name, value);
}

static void put_labels(struct json_writer *w, const struct json *post)
{
    const struct json *list = array(post, "labels");

    json_begin_array(w, "labels");
    for (size_t i = 0; i < parts(list); i++)
        if (!json_bool(&list->items[i], "neg"))
            json_put_text(w, NULL, json_text(&list->items[i], "val"));
    json_end_array(w);
}

void bluesky_put_texts(struct json_writer *w, const struct json *from,
                       const char *const *names)
{
    for (; *names; names++)
        if (json_text(from, *names).n)
            json_put_text(w, *names, json_text(from, *names));
}

/* Counts and faces of what is quoted change by themselves. */
static void put_quoted(struct json_writer *w, const struct json *record)
{
    static const char *const own[] = { "uri", NULL }, *const who[] = { "handle", NULL };

    json_begin_object(w, "record");
    bluesky_put_texts(w, record, own);
    json_begin_object(w, "author");
    bluesky_put_texts(w, json_get(record, "author"), who);
    json_end_object(w);
    put_member(w, record, "value");
    json_end_object(w);
}

static void put_media(struct json_writer *w, const struct json *embed)
{
    static const char *const own[] = { "$type", "alt", "playlist", NULL };
    static const char *const image[] = { "alt", "fullsize", NULL };
    static const char *const page[] = { "uri", "title", NULL };
    const struct json *images = array(embed, "images");

    bluesky_put_texts(w, embed, own);
    json_begin_array(w, "images");
    for (size_t i = 0; i < parts(images); i++) {
        json_begin_object(w, NULL);
        bluesky_put_texts(w, &images->items[i], image);
        json_end_object(w);
    }
    json_end_array(w);
    json_begin_object(w, "external");
    bluesky_put_texts(w, json_get(embed, "external"), page);
    json_end_object(w);
}

void bluesky_put_embed(struct json_writer *w, const struct json *embed)
{
    const struct json *record = json_get(embed, "record");

    if (!embed || embed->type != JSON_OBJECT)
        return;
    json_begin_object(w, "embed");
    put_media(w, embed);
    json_begin_object(w, "media");
    put_media(w, json_get(embed, "media"));
    json_end_object(w);
    if (json_get(record, "record")) {
        json_begin_object(w, "record");
        put_quoted(w, json_get(record, "record"));
        json_end_object(w);
    } else {
        put_quoted(w, record);
    }
    json_end_object(w);
}

struct str bluesky_item(struct op *op, const struct bluesky_me *me,
                        const struct json *post, bool hidden)
{
    static const char *const who[] = { "did", "handle", "displayName", NULL };
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_begin_object(&w, "me");
    json_put_text(&w, "did", me->did);
    json_put_text(&w, "handle", me->handle);
    json_end_object(&w);
    json_put_bool(&w, "hidden", hidden);
    json_begin_object(&w, "post");
    json_put_text(&w, "uri", json_text(post, "uri"));
    json_begin_object(&w, "author");
    bluesky_put_texts(&w, json_get(post, "author"), who);
    json_end_object(&w);
    put_member(&w, post, "record");
    bluesky_put_embed(&w, json_get(post, "embed"));
    put_labels(&w, post);
    json_put_int(&w, "likeCount", json_int(post, "likeCount", 0));
    json_put_int(&w, "repostCount", json_int(post, "repostCount", 0));
    json_put_int(&w, "quoteCount", json_int(post, "quoteCount", 0));
    json_end_object(&w);
    json_end_object(&w);
    return json_done(&w);
}

struct str bluesky_name(struct op *op, struct str text)
{
    return utf8_cut(bluesky_clean(op, text, false), ITEM_MAX_NAME);
}

static void add_part(struct strbuf *out, struct str text)
{
    if (text.n)
        strbuf_fmt(out, "%s" STR_FMT, out->n ? "\n" : "", STR_ARG(text));
}

/* "[image: a dog] https://…" */
static struct str shown(struct op *op, const char *kind, struct str words, struct str url)
{
    struct str alt = bluesky_clean(op, words, false);

    url = bluesky_address(url);
    if (!alt.n && !url.n)
        return STR("");
    return arena_fmt(op->arena, "[%s%s" STR_FMT "]%s" STR_FMT, kind, alt.n ? ": " : "",
                     STR_ARG(alt), url.n ? " " : "", STR_ARG(url));
}

/* What somebody else wrote and this post shows. */
static struct str quoted(struct op *op, const struct json *record)
{
    const struct json *value = json_get(record, "value");
    struct str words = bluesky_words(op, value), rest = words;
    struct strbuf out = STRBUF(op->arena);

    strbuf_fmt(
        &out, "> @" STR_FMT ":",
        STR_ARG(bluesky_name(op, json_text(json_get(record, "author"), "handle"))));
    while (rest.n) {
        struct str line = str_cut(rest, '\n', &rest);

        strbuf_fmt(&out, "\n> " STR_FMT, STR_ARG(line));
    }
    add_part(&out, bluesky_page(op, json_text(record, "uri")));
    return value ? strbuf_str(&out) : bluesky_page(op, json_text(record, "uri"));
}

static bool is_view(const struct json *embed, const char *kind)
{
    struct str type = json_text(embed, "$type");

    return str_starts(type, STR("app.bsky.embed.")) &&
           str_eq(str_sub(type, 15, type.n), str_of(kind));
}

static void add_media(struct op *op, const struct json *embed, struct str words,
                      struct strbuf *out)
{
    const struct json *images = array(embed, "images");
    const struct json *page = json_get(embed, "external");
    struct str url = bluesky_address(json_text(page, "uri"));

    for (size_t i = 0; is_view(embed, "images#view") && i < parts(images); i++)
        add_part(out, shown(op, "image", json_text(&images->items[i], "alt"),
                            json_text(&images->items[i], "fullsize")));
    if (is_view(embed, "video#view"))
        add_part(out, shown(op, "video", json_text(embed, "alt"),
                            json_text(embed, "playlist")));
    if (is_view(embed, "external#view") && (!url.n || str_find(words, url) < 0))
        add_part(out, shown(op, "link", json_text(page, "title"), url));
}

void bluesky_add_embed(struct op *op, const struct json *embed, struct str words,
                       struct strbuf *out)
{
    const struct json *record = json_get(embed, "record");

    if (is_view(embed, "recordWithMedia#view")) {
        add_media(op, json_get(embed, "media"), words, out);
        add_part(out, quoted(op, json_get(record, "record")));
        return;
    }
    add_media(op, embed, words, out);
    if (is_view(embed, "record#view"))
        add_part(out, quoted(op, record));
}

/* Labels warn, those of the author and those of others; what begins with "!" but for
 * these two is meant for programs. */
static struct str warnings(struct op *op, const struct json *post)
{
    const struct json *list = array(post, "labels");
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0, n = 0; i < parts(list) && n < MAX_LABELS; i++) {
        struct str label =
            list->items[i].type == JSON_TEXT ? list->items[i].text : STR("");

        label = utf8_cut(bluesky_clean(op, label, false), MAX_LABEL);
        if (str_starts(label, STR("!")) && !str_is(label, "!warn") &&
            !str_is(label, "!hide"))
            continue;
        if (label.n)
            strbuf_fmt(&out, "%s" STR_FMT, n++ ? ", " : "", STR_ARG(label));
    }
    return strbuf_str(&out);
}

/* A warning stands before the words, what is shown and quoted after them. */
static struct str body(struct op *op, const struct json *post)
{
    struct str words = bluesky_words(op, json_get(post, "record"));
    struct str warning = warnings(op, post);
    struct strbuf out = STRBUF(op->arena), more = STRBUF(op->arena);

    if (warning.n)
        strbuf_fmt(&out, "CW: " STR_FMT "%s", STR_ARG(warning), words.n ? "\n\n" : "");
    strbuf_add(&out, words);
    bluesky_add_embed(op, json_get(post, "embed"), words, &more);
    add_part(&out, strbuf_str(&more));
    return strbuf_str(&out);
}

static bool names(const struct json *facet, struct str did)
{
    const struct json *features = array(facet, "features");

    for (size_t i = 0; i < parts(features); i++)
        if (str_eq(json_text(&features->items[i], "did"), did))
            return true;
    return false;
}

/* It answers us, stands below what we wrote, or names us. */
static bool is_for_us(const struct json *post, struct str did)
{
    const struct json *facets = array(json_get(post, "record"), "facets");

    if (str_eq(repo_of(parent(post)), did) || str_eq(repo_of(bluesky_root(post)), did))
        return true;
    for (size_t i = 0; facets && i < facets->count && i < BLUESKY_MAX_FACETS; i++)
        if (names(&facets->items[i], did))
            return true;
    return false;
}

void bluesky_read_author(struct op *op, const struct json *author, struct str us,
                         struct item *ret)
{
    struct str did = json_text(author, "did");

    if (!bluesky_is_did(did) || did.n > ITEM_MAX_ID)
        return;
    ret->author.external_id = did;
    ret->author.handle = bluesky_name(op, json_text(author, "handle"));
    ret->author.name = bluesky_name(op, json_text(author, "displayName"));
    if (!ret->author.name.n)
        ret->author.name = ret->author.handle;
    ret->author.url =
        arena_fmt(op->arena, "https://bsky.app/profile/" STR_FMT, STR_ARG(did));
    ret->author.is_us = us.n && str_eq(did, us);
}

/* Pictures alone, beside a quotation or not. */
static void read_pictures(struct op *op, const struct json *embed, struct item *ret)
{
    const struct json *media =
        is_view(embed, "recordWithMedia#view") ? json_get(embed, "media") : embed;
    const struct json *images = array(media, "images");
    struct item_picture *list = arena_new(op->arena, struct item_picture, ITEM_MAX_FILES);
    size_t n = 0;

    for (size_t i = 0; is_view(media, "images#view") && i < parts(images); i++) {
        struct str url = bluesky_address(json_text(&images->items[i], "fullsize"));

        if (url.n && n < ITEM_MAX_FILES)
            list[n++] = (struct item_picture){
                url, bluesky_clean(op, json_text(&images->items[i], "alt"), false)
            };
    }
    ret->pictures = list;
    ret->picture_count = n;
}

static void read_counts(struct op *op, const struct json *post, struct item *ret)
{
    static const struct {
        const char *member, *kind;
    } counts[] = { { "likeCount", "like" },
                   { "repostCount", "share" },
                   { "quoteCount", "quote" } };
    struct item_reaction *list =
        arena_new(op->arena, struct item_reaction, COUNT_OF(counts));

    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        int64_t number = json_int(post, counts[i].member, 0);

        list[i] =
            (struct item_reaction){ str_of(counts[i].kind), number > 0 ? number : 0 };
    }
    ret->reactions = list;
    ret->reaction_count = COUNT_OF(counts);
}

static struct str language(const struct json *record)
{
    const struct json *langs = array(record, "langs");

    if (!langs || !langs->count || langs->items[0].type != JSON_TEXT)
        return STR("");
    return utf8_cut(langs->items[0].text, ITEM_MAX_NAME / 4);
}

static int check(struct op *op, const struct item *item)
{
    if (!item->external_id.n)
        return op_fail_field(op, "uri", "is missing");
    if (!item->author.external_id.n)
        return op_fail_field(op, "author.did", "is missing");
    if (item->body.n > ITEM_MAX_BODY)
        return op_fail_field(op, "text", "is longer than %d bytes", ITEM_MAX_BODY);
    if (!item->body.n)
        return op_fail_field(op, "text", "is empty");
    return 0;
}

int bluesky_parse(struct op *op, struct str bytes, struct item *ret)
{
    const struct json *post, *record;
    struct json *json;
    struct str us;
    struct item item = { .snapshot = true };
    int r = json_parse(op, bytes, &json);

    if (r < 0)
        return r;
    if (json_get(json, "chat"))
        return bluesky_chat_parse(op, json, ret);
    post = json_get(json, "post");
    record = json_get(post, "record");
    us = json_text(json_get(json, "me"), "did");
    item.external_id = bluesky_id(json_text(post, "uri"));
    item.thread.external_id = bluesky_root(post);
    item.thread.kind = STR("post");
    item.thread.visibility = STR("public");
    item.thread.url = bluesky_page(op, item.thread.external_id);
    item.parent_external_id = parent(post);
    item.standing = json_bool(json, "hidden") ? "held" : "shown";
    if (!time_parse(json_text(record, "createdAt"), &item.sent_at) || item.sent_at < 0)
        item.sent_at = 0;
    item.language = language(record);
    item.body = body(op, post);
    bluesky_read_author(op, json_get(post, "author"), us, &item);
    read_counts(op, post, &item);
    if (!item.author.is_us)
        read_pictures(op, json_get(post, "embed"), &item);
    item.mention = !item.author.is_us && !is_for_us(post, us);
    r = check(op, &item);
    if (r < 0)
        return r;
    *ret = item;
    return 0;
}
