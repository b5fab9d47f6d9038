/* bluesky_chat_item.c - a chat message as its service shows it, and as the house knows
 * messages.
 *
 * An item is {"me": our account, "chat": {"convo", "author", "message"}}, with those
 * members alone that are read here, as of a post (bluesky_item.c). A person is its DID
 * here as well, so whoever writes in public and in private is one.
 */
#include "base/clock.h"
#include "channel/bluesky.h"

enum { MAX_KINDS = 16, MAX_KIND = 32 };

/* Else it says that something was deleted, or who came and went. */
static bool is_message(const struct json *message)
{
    return str_is(json_text(message, "$type"), "chat.bsky.convo.defs#messageView");
}

static void put_value(struct json_writer *w, const struct json *from, const char *name)
{
    if (json_get(from, name))
        json_put_value(w, name, json_get(from, name));
}

struct str bluesky_chat_item(struct op *op, const struct bluesky_me *me, struct str convo,
                             const struct json *author, const struct json *message)
{
    static const char *const who[] = { "did", "handle", "displayName", NULL },
                             *const own[] = { "id", "text", "sentAt", NULL },
                             *const before[] = { "id", NULL };
    struct json_writer w = JSON_WRITER(op->arena);

    if (!is_message(message) || !bluesky_chat_id(op, convo, json_text(message, "id")).n)
        return STR("");
    json_begin_object(&w, NULL);
    json_begin_object(&w, "me");
    json_put_text(&w, "did", me->did);
    json_put_text(&w, "handle", me->handle);
    json_end_object(&w);
    json_begin_object(&w, "chat");
    json_put_text(&w, "convo", convo);
    json_begin_object(&w, "author");
    bluesky_put_texts(&w, author, who);
    json_end_object(&w);
    json_begin_object(&w, "message");
    bluesky_put_texts(&w, message, own);
    put_value(&w, message, "facets");
    bluesky_put_embed(&w, json_get(message, "embed"));
    json_begin_object(&w, "replyTo");
    bluesky_put_texts(&w, json_get(message, "replyTo"), before);
    json_end_object(&w);
    put_value(&w, message, "reactions");
    json_end_object(&w);
    json_end_object(&w);
    json_end_object(&w);
    return json_done(&w);
}

static void count(struct item_reaction *list, size_t *n, struct str kind)
{
    for (size_t i = 0; i < *n; i++) {
        if (!str_eq(list[i].kind, kind))
            continue;
        list[i].number++;
        return;
    }
    if (*n < MAX_KINDS && kind.n && kind.n <= MAX_KIND)
        list[(*n)++] = (struct item_reaction){ kind, 1 };
}

/* Each is the sign that somebody chose. */
static void read_reactions(struct op *op, const struct json *list, struct item *ret)
{
    struct item_reaction *kinds = arena_new(op->arena, struct item_reaction, MAX_KINDS);
    size_t n = 0;

    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->count; i++)
        count(kinds, &n, bluesky_clean(op, json_text(&list->items[i], "value"), false));
    ret->reactions = kinds;
    ret->reaction_count = n;
}

static struct str body(struct op *op, const struct json *message)
{
    struct strbuf out = STRBUF(op->arena);
    struct str words = bluesky_words(op, message);

    strbuf_add(&out, words);
    bluesky_add_embed(op, json_get(message, "embed"), words, &out);
    return strbuf_str(&out);
}

static int check(struct op *op, const struct item *item)
{
    if (!item->external_id.n)
        return op_fail_field(op, "chat.message.id", "is missing");
    if (!item->author.external_id.n)
        return op_fail_field(op, "chat.author.did", "is missing");
    if (item->body.n > ITEM_MAX_BODY)
        return op_fail_field(op, "text", "is longer than %d bytes", ITEM_MAX_BODY);
    return 0;
}

int bluesky_chat_parse(struct op *op, const struct json *json, struct item *ret)
{
    const struct json *chat = json_get(json, "chat");
    const struct json *message = json_get(chat, "message");
    struct str convo = json_text(chat, "convo"), id = json_text(message, "id");
    struct str before = json_text(json_get(message, "replyTo"), "id");
    struct item item = { .snapshot = true };
    int r;

    if (id.n)
        item.external_id = bluesky_chat_id(op, convo, id);
    if (before.n)
        item.parent_external_id = bluesky_chat_id(op, convo, before);
    item.thread.external_id = bluesky_chat_id(op, convo, STR(""));
    item.thread.kind = STR("chat");
    item.thread.visibility = STR("private");
    item.thread.url =
        arena_fmt(op->arena, "https://bsky.app/messages/" STR_FMT, STR_ARG(convo));
    if (!time_parse(json_text(message, "sentAt"), &item.sent_at) || item.sent_at < 0)
        item.sent_at = 0;
    item.body = body(op, message);
    item.wordless = !item.body.n;
    bluesky_read_author(op, json_get(chat, "author"),
                        json_text(json_get(json, "me"), "did"), &item);
    read_reactions(op, json_get(message, "reactions"), &item);
    r = check(op, &item);
    if (r < 0)
        return r;
    *ret = item;
    return 0;
}
