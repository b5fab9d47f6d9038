/* webchat_item.c - what a visitor's browser sent, in its envelope, as an item.
 *
 * The envelope is ours and says who writes; the message inside is the browser's, byte
 * for byte, and is not trusted: its times are ignored, its page is only shown.
 */
#include "base/bytes.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "channel/webchat.h"

/* How much of a guest's id tells guests apart in a list. */
enum { GUEST_DIGITS = 6 };

struct str webchat_message_id(struct op *op, const struct webchat_visitor *visitor,
                              struct str client_id)
{
    return arena_fmt(op->arena, STR_FMT ":" STR_FMT, STR_ARG(visitor->id),
                     STR_ARG(client_id));
}

struct str webchat_client_id(struct str external_id)
{
    size_t at = external_id.n;

    while (at > 0 && external_id.p[at - 1] != ':')
        at--;
    return str_sub(external_id, at, external_id.n);
}

struct str webchat_wrap(struct op *op, const struct webchat_envelope *envelope)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "visitor", envelope->visitor->id);
    json_put_text(&w, "user", envelope->visitor->user);
    if (envelope->change) {
        json_put_c(&w, "change", envelope->change);
        json_put_time(&w, "at", envelope->at);
        json_put_text(&w, "client_id", envelope->client_id);
    }
    if (envelope->message.n)
        json_put_raw(&w, "message", envelope->message);
    json_end_object(&w);
    return json_done(&w);
}

bool webchat_is_client_id(struct str id)
{
    if (!id.n || id.n > WEBCHAT_MAX_CLIENT_ID)
        return false;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return true;
}

static bool has_nul(struct str text)
{
    return text.n && memchr(text.p, 0, text.n);
}

/* A text that only helps: what does not fit is cut or left out, never refused. */
static struct str hint(const struct json *object, const char *name)
{
    struct str text = str_trim(utf8_cut(json_text(object, name), ITEM_MAX_NAME));

    return has_nul(text) || text.n > (size_t)ITEM_MAX_NAME * 64 ? STR("") : text;
}

static struct str page_url(const struct json *message)
{
    struct str url = json_text(message, "page_url");

    if (url.n > ITEM_MAX_URL ||
        !(str_starts(url, STR("https://")) || str_starts(url, STR("http://"))))
        return STR("");
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ')
            return STR("");
    return url;
}

/* Guests are told apart in a list; they have a name only if the page gave one. */
static struct str name_of(struct op *op, const struct json *message, struct str visitor)
{
    struct str name = hint(message, "name");
    bool german = str_starts(json_text(message, "language"), STR("de"));

    if (name.n || str_starts(visitor, STR("u:")))
        return name;
    return arena_fmt(op->arena, "%s " STR_FMT, german ? "Gast" : "Guest",
                     STR_ARG(str_sub(visitor, 2, GUEST_DIGITS)));
}

static void read_body(struct op *op, const struct json *message, struct item *item)
{
    const struct json *body = json_get(message, "body");

    if (!body || body->type == JSON_NULL)
        return;
    if (body->type != JSON_TEXT)
        (void)op_fail_field(op, "body", "must be a text");
    else if (has_nul(body->text))
        (void)op_fail_field(op, "body", "has a NUL character");
    else if (body->text.n > ITEM_MAX_BODY || utf8_count(body->text) > WEBCHAT_MAX_TEXT)
        (void)op_fail_field(op, "body", "is longer than %d characters", WEBCHAT_MAX_TEXT);
    else if (str_trim(body->text).n)
        item->body = body->text;
}

static void read_file(struct op *op, const struct json *object, struct item_file *ret,
                      size_t *left)
{
    struct str name = json_text(object, "name"), bytes = STR("");

    if (!base64_decode(op->arena, json_text(object, "base64"), &bytes) || !bytes.n)
        (void)op_fail_field(op, "files", "must be base64 and not empty");
    else if (bytes.n > *left)
        (void)op_fail_field(op, "files", "are larger than %d bytes together",
                            WEBCHAT_MAX_FILE);
    else if (!name.n || has_nul(name) || utf8_graphemes(name) > ITEM_MAX_NAME)
        (void)op_fail_field(op, "files", "need names of 1 to %d characters",
                            ITEM_MAX_NAME);
    else
        *left -= bytes.n;
    *ret = (struct item_file){ name, json_text(object, "mime"), bytes };
}

static void read_files(struct op *op, const struct json *message, struct item *item)
{
    const struct json *list = json_get(message, "files");
    size_t left = WEBCHAT_MAX_FILE;
    struct item_file *files;

    if (!list || list->type == JSON_NULL)
        return;
    if (list->type != JSON_ARRAY) {
        (void)op_fail_field(op, "files", "must be a list");
        return;
    }
    if (list->count > WEBCHAT_MAX_FILES) {
        (void)op_fail_field(op, "files", "are more than %d", WEBCHAT_MAX_FILES);
        return;
    }
    files = arena_new(op->arena, struct item_file, list->count);
    for (size_t i = 0; i < list->count && op->err.kind == 0; i++)
        read_file(op, &list->items[i], &files[i], &left);
    item->files = files;
    item->file_count = list->count;
}

/* An edit or a removal, at the time that the envelope says. */
static void read_change(struct op *op, const struct json *envelope, struct item *item)
{
    struct str change = json_text(envelope, "change");
    int64_t at = 0;

    if (!change.n)
        return;
    if (!time_parse(json_text(envelope, "at"), &at) || at <= 0)
        (void)op_fail_field(op, "at", "must be a time");
    else if (str_is(change, "edit"))
        item->edited_at = at;
    else if (str_is(change, "remove"))
        item->removed_at = at;
    else
        (void)op_fail_field(op, "change", "must be edit or remove");
}

/* Who writes, as the envelope says; `ret` gets the ids. */
static void read_visitor(struct op *op, const struct json *envelope,
                         const struct json *message, struct item *ret)
{
    struct str visitor = json_text(envelope, "visitor"), client;
    const struct json *where = json_get(envelope, "change") ? envelope : message;

    client = json_text(where, "client_id");
    if (visitor.n < 3 || visitor.n > WEBCHAT_MAX_USER + 2 || has_nul(visitor))
        (void)op_fail_field(op, "visitor", "is nobody");
    else if (!webchat_is_client_id(client))
        (void)op_fail_field(op, "client_id",
                            "must be 1 to %d letters, digits, \"-\" or \"_\"",
                            WEBCHAT_MAX_CLIENT_ID);
    else
        ret->external_id = webchat_message_id(
            op, &(const struct webchat_visitor){ .id = visitor }, client);
    ret->thread.external_id = ret->author.external_id = visitor;
}

int webchat_parse(struct op *op, struct str bytes, struct item *ret)
{
    struct item item = { .thread = { .kind = STR("chat"),
                                     .visibility = STR("private") } };
    const struct json *message;
    struct json *envelope;
    int r;

    op->err = (struct err){ 0 };
    r = json_parse(op, bytes, &envelope);
    if (r < 0)
        return r;
    message = json_get(envelope, "message");
    read_visitor(op, envelope, message, &item);
    read_change(op, envelope, &item);
    read_body(op, message, &item);
    read_files(op, message, &item);
    if (op->err.kind == 0 && !item.body.n && !item.file_count && !item.removed_at)
        (void)op_fail_field(op, "body", "is empty");
    if (op->err.kind)
        return op->err.kind;

    item.author.handle = hint(envelope, "user");
    item.author.name = name_of(op, message, item.author.external_id);
    item.thread.url = page_url(message);
    item.thread.title = hint(message, "page_title");
    *ret = item;
    return 0;
}
