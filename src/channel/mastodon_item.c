/* mastodon_item.c - a status as a server of Mastodon's interface tells it, and as the
 * house knows messages.
 *
 * An item is {"me": our account, "thread": {"id", "url"}, "status": …}: of the status the
 * members that are read here and no other, so that one that did not change has the same
 * bytes each time it is read (followers, faces and times of the last visit change by
 * themselves and say nothing about it).
 */
#include "base/clock.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "channel/mastodon.h"
#include "text/plain.h"

enum { SNAC_ID = 42, SNAC_TIME = 10, MAX_PARTS = 32 };

static bool is_hex(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!text.p[i] || !strchr("0123456789abcdef", text.p[i]))
            return false;
    return true;
}

/* snac names a status by the second it came and the hash of its address, and takes
 * any second for it; an edit comes at another second. */
struct str mastodon_id(struct op *op, struct str id)
{
    if (id.n > MASTODON_MAX_ID)
        return STR("");
    for (size_t i = 0; i < id.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
                    id.p[i]) ||
            !id.p[i])
            return STR("");
    if (id.n == SNAC_ID && is_hex(id))
        return arena_fmt(op->arena, "%0*d" STR_FMT, SNAC_TIME, 0,
                         STR_ARG(str_sub(id, SNAC_TIME, id.n)));
    return id;
}

bool mastodon_is_private(const struct json *status)
{
    struct str visibility = json_text(status, "visibility");

    return !str_is(visibility, "public") && !str_is(visibility, "unlisted");
}

/* An element of a list, or NULL. */
static const struct json *element(const struct json *list, size_t i)
{
    return list && list->type == JSON_ARRAY && i < list->count && i < MAX_PARTS
               ? &list->items[i]
               : NULL;
}

static void put_texts(struct json_writer *w, const struct json *from,
                      const char *const *names)
{
    for (; *names; names++)
        if (json_text(from, *names).n)
            json_put_text(w, *names, json_text(from, *names));
}

static void put_list(struct json_writer *w, const char *key, const struct json *list,
                     const char *const *names)
{
    json_begin_array(w, key);
    for (size_t i = 0; element(list, i); i++) {
        json_begin_object(w, NULL);
        put_texts(w, element(list, i), names);
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_status(struct op *op, struct json_writer *w, const struct json *status)
{
    static const char *const own[] = { "created_at",   "edited_at", "visibility",
                                       "spoiler_text", "language",  "url",
                                       "content",      NULL };
    static const char *const who[] = { "id",           "acct", "username",
                                       "display_name", "url",  NULL };
    static const char *const media[] = { "type", "url", "description", NULL };
    static const char *const mention[] = { "id", "acct", NULL };
    static const char *const option[] = { "title", NULL };

    json_begin_object(w, "status");
    json_put_text(w, "id", mastodon_id(op, json_text(status, "id")));
    json_put_text(w, "in_reply_to_id",
                  mastodon_id(op, json_text(status, "in_reply_to_id")));
    put_texts(w, status, own);
    json_begin_object(w, "account");
    put_texts(w, json_get(status, "account"), who);
    json_put_bool(w, "bot", json_bool(json_get(status, "account"), "bot"));
    json_end_object(w);
    put_list(w, "media_attachments", json_get(status, "media_attachments"), media);
    put_list(w, "mentions", json_get(status, "mentions"), mention);
    put_list(w, "options", json_get(json_get(status, "poll"), "options"), option);
    json_put_int(w, "favourites_count", json_int(status, "favourites_count", 0));
    json_put_int(w, "reblogs_count", json_int(status, "reblogs_count", 0));
    json_end_object(w);
}

struct str mastodon_item(struct op *op, const struct mastodon_me *me,
                         const struct json *thread, const struct json *status)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    mastodon_me_write(&w, "me", me);
    json_begin_object(&w, "thread");
    json_put_text(&w, "id", mastodon_id(op, json_text(thread, "id")));
    json_put_text(&w, "url", json_text(thread, "url"));
    json_put_text(&w, "account", json_text(json_get(thread, "account"), "id"));
    json_end_object(&w);
    put_status(op, &w, status);
    json_end_object(&w);
    return json_done(&w);
}

/* An opening tag of a link that only repeats what its words say: @name, #word. */
static bool is_name(struct str tag)
{
    return str_starts(tag, STR("<a ")) &&
           (str_find(tag, STR("mention")) >= 0 || str_find(tag, STR("hashtag")) >= 0);
}

struct str mastodon_words(struct op *op, struct str html)
{
    struct strbuf out = STRBUF(op->arena);
    struct str rest = html;

    while (rest.n) {
        ptrdiff_t at = str_find(rest, STR("<a ")), end;

        if (at < 0)
            break;
        strbuf_add(&out, str_sub(rest, 0, (size_t)at));
        rest = str_sub(rest, (size_t)at, rest.n);
        end = str_find(rest, STR(">"));
        if (end < 0)
            break;
        if (!is_name(str_sub(rest, 0, (size_t)end)))
            strbuf_add(&out, str_sub(rest, 0, (size_t)end + 1));
        rest = str_sub(rest, (size_t)end + 1, rest.n);
    }
    strbuf_add(&out, rest);
    return text_plain(op->arena, strbuf_str(&out), false);
}

static struct str name(struct op *op, struct str text)
{
    return utf8_cut(text_plain(op->arena, text, false), ITEM_MAX_NAME);
}

/* An address for people, or nothing. */
static struct str web_address(struct str url)
{
    bool web = str_starts(url, STR("https://")) || str_starts(url, STR("http://"));

    for (size_t i = 0; web && i < url.n; i++)
        web = (unsigned char)url.p[i] > ' ';
    return web && url.n <= ITEM_MAX_URL ? url : STR("");
}

static void add_part(struct strbuf *out, const char *mark, struct str text)
{
    strbuf_fmt(out, "%s%s" STR_FMT, out->n ? "\n" : "", mark, STR_ARG(text));
}

/* A warning stands before the words, what may be chosen and what is shown after them. */
static struct str body(struct op *op, const struct json *status)
{
    const struct json *options = json_get(status, "options");
    const struct json *media = json_get(status, "media_attachments");
    struct str warning = text_plain(op->arena, json_text(status, "spoiler_text"), false);
    struct str words = mastodon_words(op, json_text(status, "content"));
    struct strbuf out = STRBUF(op->arena);

    if (warning.n)
        strbuf_fmt(&out, "CW: " STR_FMT "%s", STR_ARG(warning), words.n ? "\n\n" : "");
    strbuf_add(&out, words);
    for (size_t i = 0; element(options, i); i++)
        add_part(&out, "( ) ",
                 text_plain(op->arena, json_text(element(options, i), "title"), false));
    for (size_t i = 0; element(media, i); i++) {
        struct str url = web_address(json_text(element(media, i), "url"));
        struct str alt =
            text_plain(op->arena, json_text(element(media, i), "description"), false);

        if (alt.n || url.n)
            add_part(&out, "",
                     arena_fmt(op->arena, "[" STR_FMT "%s" STR_FMT "] " STR_FMT,
                               STR_ARG(name(op, json_text(element(media, i), "type"))),
                               alt.n ? ": " : "", STR_ARG(alt), STR_ARG(url)));
    }
    return strbuf_str(&out);
}

/* Some servers leave the list of mentions empty and show them in the words alone. */
static bool names_us(struct op *op, const struct mastodon_me *me,
                     const struct json *status)
{
    const struct json *mentions = json_get(status, "mentions");
    struct str content = json_text(status, "content");

    for (size_t i = 0; element(mentions, i); i++)
        if (str_eq(json_text(element(mentions, i), "id"), me->id))
            return true;
    if (me->url.n &&
        str_find(content, arena_fmt(op->arena, "\"" STR_FMT "\"", STR_ARG(me->url))) >= 0)
        return true;
    return me->username.n &&
           str_find(utf8_fold(op->arena, mastodon_words(op, content)),
                    utf8_fold(op->arena, arena_fmt(op->arena, "@" STR_FMT,
                                                   STR_ARG(me->username)))) >= 0;
}

static void read_author(struct op *op, const struct json *account,
                        const struct mastodon_me *me, struct item *ret)
{
    struct item_author *author = &ret->author;

    author->external_id = str_sub(json_text(account, "id"), 0, ITEM_MAX_ID);
    author->handle = name(op, json_text(account, "acct"));
    author->name = name(op, json_text(account, "display_name"));
    if (!author->name.n)
        author->name = name(op, json_text(account, "username"));
    author->url = web_address(json_text(account, "url"));
    author->is_us = me->id.n && str_eq(author->external_id, me->id);
    ret->automatic = json_bool(account, "bot");
}

static void read_counts(struct op *op, const struct json *status, struct item *ret)
{
    struct item_reaction *list = arena_new(op->arena, struct item_reaction, 2);

    list[0] =
        (struct item_reaction){ STR("like"), json_int(status, "favourites_count", 0) };
    list[1] =
        (struct item_reaction){ STR("share"), json_int(status, "reblogs_count", 0) };
    for (size_t i = 0; i < 2; i++)
        if (list[i].number < 0)
            list[i].number = 0;
    ret->reactions = list;
    ret->reaction_count = 2;
}

/* Pictures alone: films and sounds stay where they are. */
static void read_pictures(struct op *op, const struct json *status, struct item *ret)
{
    const struct json *media = json_get(status, "media_attachments");
    struct item_picture *list = arena_new(op->arena, struct item_picture, ITEM_MAX_FILES);
    size_t n = 0;

    for (size_t i = 0; element(media, i) && n < ITEM_MAX_FILES; i++) {
        const struct json *one = element(media, i);
        struct str url = web_address(json_text(one, "url"));

        if (!url.n || !str_is(json_text(one, "type"), "image"))
            continue;
        list[n++] = (struct item_picture){
            url, text_plain(op->arena, json_text(one, "description"), false)
        };
    }
    ret->pictures = list;
    ret->picture_count = n;
}

static int64_t time_of(const struct json *status, const char *member)
{
    int64_t at;

    return time_parse(json_text(status, member), &at) && at > 0 ? at : 0;
}

static int check(struct op *op, const struct item *item)
{
    if (!item->external_id.n)
        return op_fail_field(op, "id", "is missing");
    if (!item->thread.external_id.n)
        return op_fail_field(op, "thread.id", "is missing");
    if (item->body.n > ITEM_MAX_BODY)
        return op_fail_field(op, "content", "is longer than %d bytes", ITEM_MAX_BODY);
    if (!item->body.n)
        return op_fail_field(op, "content", "is empty");
    return 0;
}

int mastodon_parse(struct op *op, struct str bytes, struct item *ret)
{
    const struct json *status, *thread;
    struct mastodon_me me;
    struct json *json;
    struct item item = { .snapshot = true, .standing = "shown" };
    bool is_private;
    int r = json_parse(op, bytes, &json);

    if (r < 0)
        return r;
    status = json_get(json, "status");
    thread = json_get(json, "thread");
    me = mastodon_me_read(op, json_get(json, "me"));
    is_private = mastodon_is_private(status);
    item.external_id = mastodon_id(op, json_text(status, "id"));
    item.thread.external_id = mastodon_id(op, json_text(thread, "id"));
    item.thread.kind = is_private ? STR("chat") : STR("post");
    item.thread.visibility = is_private ? STR("private") : STR("public");
    item.thread.url = web_address(json_text(thread, "url"));
    item.parent_external_id = mastodon_id(op, json_text(status, "in_reply_to_id"));
    item.sent_at = time_of(status, "created_at");
    item.edited_at = time_of(status, "edited_at");
    item.language = utf8_cut(json_text(status, "language"), ITEM_MAX_NAME / 4);
    item.body = body(op, status);
    read_author(op, json_get(status, "account"), &me, &item);
    read_counts(op, status, &item);
    if (!item.author.is_us)
        read_pictures(op, status, &item);
    item.mention = !item.author.is_us && !is_private &&
                   !str_eq(json_text(thread, "account"), me.id) &&
                   !names_us(op, &me, status);
    r = check(op, &item);
    if (r < 0)
        return r;
    *ret = item;
    return 0;
}
