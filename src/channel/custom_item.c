/* custom_item.c - what comes in on the custom network: JSON, one message or many.
 *
 * A request is cut into its elements first, and each is kept verbatim; so one bad
 * element harms no other, and what was refused can be looked at and read again by a
 * later, wiser parser. Unknown members are ignored: senders may know more than we do.
 */
#include "base/bytes.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "channel/custom.h"

/* The largest number that every JSON reader keeps exact. */
#define MAX_COUNT (INT64_C(1) << 53)

static const char *const thread_kinds[] = { "post", "comment_section", "chat",  "mail",
                                            "call", "letter",          "forum", NULL };
static const char *const visibilities[] = { "public", "private", NULL };

int custom_split(struct op *op, struct str body, struct str **ret, size_t *ret_count)
{
    struct str *items;
    struct json *json;
    int r;

    if (body.n > INBOUND_MAX_BYTES)
        return op_fail(op, ERR_TOO_LARGE, "the body is larger than %d bytes",
                       INBOUND_MAX_BYTES);
    r = json_parse(op, body, &json);
    if (r < 0)
        return r;
    if (json->type == JSON_OBJECT) {
        items = arena_new(op->arena, struct str, 1);
        items[0] = json->raw;
        *ret = items;
        *ret_count = 1;
        return 0;
    }
    if (json->type != JSON_ARRAY)
        return op_fail(op, ERR_MALFORMED, "the body must be an object or an array");
    if (json->count > INBOUND_MAX_ITEMS)
        return op_fail(op, ERR_TOO_LARGE, "the body has more than %d items",
                       INBOUND_MAX_ITEMS);

    items = arena_new(op->arena, struct str, json->count);
    for (size_t i = 0; i < json->count; i++)
        items[i] = json->items[i].raw;
    *ret = items;
    *ret_count = json->count;
    return 0;
}

/* A member while it is read: where it stands and how it is called in a refusal. */
struct member {
    struct op *op;
    const struct json *value; /* NULL: absent, or null */
    const char *prefix;       /* "thread"; NULL: of the item itself */
    const char *name;         /* "title" */
};

static struct member member(struct op *op, const struct json *object, const char *prefix,
                            const char *name)
{
    const struct json *value = json_get(object, name);
    struct member m = { op, value, prefix, name };

    if (value && value->type == JSON_NULL)
        m.value = NULL;
    return m;
}

/* "thread.title" */
static const char *field_of(struct member m)
{
    if (!m.prefix)
        return m.name;
    return arena_cstr(m.op->arena, arena_fmt(m.op->arena, "%s.%s", m.prefix, m.name));
}

/* A text of at most `max` bytes. */
static void read_bytes(struct member m, size_t max, struct str *ret)
{
    if (!m.value)
        return;
    if (m.value->type != JSON_TEXT)
        (void)op_fail_field(m.op, field_of(m), "must be a text");
    else if (m.value->text.n > max)
        (void)op_fail_field(m.op, field_of(m), "is longer than %zu bytes", max);
    else if (memchr(m.value->text.p, 0, m.value->text.n))
        (void)op_fail_field(m.op, field_of(m), "has a NUL character");
    else
        *ret = m.value->text;
}

/* A text of at most ITEM_MAX_NAME characters. */
static void read_name(struct member m, struct str *ret)
{
    struct str text = STR("");

    read_bytes(m, (size_t)ITEM_MAX_NAME * 64, &text);
    if (utf8_graphemes(text) > ITEM_MAX_NAME)
        (void)op_fail_field(m.op, field_of(m), "is longer than %d characters",
                            ITEM_MAX_NAME);
    else if (text.n)
        *ret = text;
}

static void read_url(struct member m, struct str *ret)
{
    struct str text = STR("");

    read_bytes(m, ITEM_MAX_URL, &text);
    if (!text.n)
        return;
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ') {
            (void)op_fail_field(m.op, field_of(m), "must be an address without blanks");
            return;
        }
    if (!str_eq_ignore_case(str_sub(text, 0, 8), STR("https://")) &&
        !str_eq_ignore_case(str_sub(text, 0, 7), STR("http://")))
        (void)op_fail_field(m.op, field_of(m), "must be an address of http or https");
    else
        *ret = text;
}

static void read_choice(struct member m, const char *const *choices, struct str *ret)
{
    struct strbuf words = STRBUF(m.op->arena);

    if (!m.value)
        return;
    for (const char *const *c = choices; *c; c++) {
        if (m.value->type == JSON_TEXT && str_is(m.value->text, *c)) {
            *ret = m.value->text;
            return;
        }
        strbuf_fmt(&words, "%s%s", words.n ? ", " : "", *c);
    }
    (void)op_fail_field(m.op, field_of(m), "must be one of " STR_FMT,
                        STR_ARG(strbuf_str(&words)));
}

static void read_time(struct member m, int64_t *ret)
{
    if (!m.value)
        return;
    if (m.value->type != JSON_TEXT || !time_parse(m.value->text, ret))
        (void)op_fail_field(m.op, field_of(m),
                            "must be a time such as 2026-11-02T08:00:00.000Z");
}

static void read_bool(struct member m, bool *ret)
{
    if (!m.value)
        return;
    if (m.value->type != JSON_BOOL)
        (void)op_fail_field(m.op, field_of(m), "must be true or false");
    else
        *ret = m.value->boolean;
}

static void read_count(struct member m, int64_t *ret)
{
    if (!m.value)
        return;
    if (m.value->type != JSON_INT || m.value->integer < 0 || m.value->integer > MAX_COUNT)
        (void)op_fail_field(m.op, field_of(m), "must be a whole number from 0 to %lld",
                            (long long)MAX_COUNT);
    else
        *ret = m.value->integer;
}

/* A member that is an object, or NULL. */
static const struct json *read_object(struct member m)
{
    if (m.value && m.value->type != JSON_OBJECT) {
        (void)op_fail_field(m.op, field_of(m), "must be an object");
        return NULL;
    }
    return m.value;
}

/* Who does not say how public a place is gets the careful answer. */
static struct str usual_visibility(struct str kind)
{
    bool is_public =
        str_is(kind, "post") || str_is(kind, "comment_section") || str_is(kind, "forum");

    return is_public ? STR("public") : STR("private");
}

static void read_thread(struct op *op, const struct json *json, struct item *item)
{
    const struct json *thread = read_object(member(op, json, NULL, "thread"));
    struct member id = member(op, thread, "thread", "external_id");

    read_bytes(id, ITEM_MAX_ID, &item->thread.external_id);
    if (!id.value || (id.value->type == JSON_TEXT && !id.value->text.n))
        (void)op_fail_field_as(op, field_of(id), "required", "is required");
    read_choice(member(op, thread, "thread", "kind"), thread_kinds, &item->thread.kind);
    item->thread.visibility = usual_visibility(item->thread.kind);
    read_choice(member(op, thread, "thread", "visibility"), visibilities,
                &item->thread.visibility);
    read_url(member(op, thread, "thread", "url"), &item->thread.url);
    read_name(member(op, thread, "thread", "title"), &item->thread.title);
}

static void read_author(struct op *op, const struct json *json, struct item_author *ret)
{
    const struct json *author = read_object(member(op, json, NULL, "author"));

    read_bytes(member(op, author, "author", "external_id"), ITEM_MAX_ID,
               &ret->external_id);
    read_name(member(op, author, "author", "handle"), &ret->handle);
    read_name(member(op, author, "author", "name"), &ret->name);
    read_url(member(op, author, "author", "url"), &ret->url);
    read_url(member(op, author, "author", "avatar_url"), &ret->avatar_url);
    read_count(member(op, author, "author", "followers"), &ret->followers);
    read_bool(member(op, author, "author", "is_us"), &ret->is_us);
}

static void read_file(struct op *op, const struct json *json, size_t index,
                      struct item_file *ret)
{
    const char *prefix =
        arena_cstr(op->arena, arena_fmt(op->arena, "attachments.%zu", index));
    struct member content = member(op, json, prefix, "base64");
    struct str text = STR("");

    read_name(member(op, json, prefix, "name"), &ret->name);
    read_bytes(member(op, json, prefix, "mime"), ITEM_MAX_NAME, &ret->mime);
    read_bytes(content, (size_t)ITEM_MAX_FILE / 3 * 4 + 4, &text);
    if (!content.value)
        (void)op_fail_field_as(op, field_of(content), "required", "is required");
    else if (!base64_decode(op->arena, text, &ret->bytes))
        (void)op_fail_field_as(op, field_of(content), "not_base64", "must be base64");
    else if (ret->bytes.n > ITEM_MAX_FILE)
        (void)op_fail_field_as(op, field_of(content), "too_large",
                               "is larger than %d bytes", ITEM_MAX_FILE);
}

static void read_files(struct op *op, const struct json *json, struct item *item)
{
    struct member m = member(op, json, NULL, "attachments");
    struct item_file *files;

    if (!m.value)
        return;
    if (m.value->type != JSON_ARRAY) {
        (void)op_fail_field_as(op, field_of(m), "wrong_type", "must be an array");
        return;
    }
    if (m.value->count > ITEM_MAX_FILES) {
        (void)op_too_many(op, field_of(m), ITEM_MAX_FILES);
        return;
    }
    files = arena_new(op->arena, struct item_file, m.value->count);
    for (size_t i = 0; i < m.value->count; i++)
        read_file(op, &m.value->items[i], i, &files[i]);
    item->files = files;
    item->file_count = m.value->count;
}

static void read_reactions(struct op *op, const struct json *json, struct item *item)
{
    const struct json *object = read_object(member(op, json, NULL, "reactions"));
    struct item_reaction *list;

    if (!object)
        return;
    if (object->count > ITEM_MAX_REACTIONS) {
        (void)op_fail_field_as(op, "reactions", "too_many", "are more than %d kinds",
                               ITEM_MAX_REACTIONS);
        return;
    }
    list = arena_new(op->arena, struct item_reaction, object->count);
    for (size_t i = 0; i < object->count; i++) {
        struct str kind = object->keys[i];

        if (!kind.n || utf8_graphemes(kind) > ITEM_MAX_NAME / 4 ||
            memchr(kind.p, 0, kind.n)) {
            (void)op_fail_field_as(op, "reactions", "too_long",
                                   "have a name of 1 to %d characters",
                                   ITEM_MAX_NAME / 4);
            return;
        }
        list[i].kind = kind;
        read_count(member(op, object, "reactions", arena_cstr(op->arena, kind)),
                   &list[i].number);
    }
    item->reactions = list;
    item->reaction_count = object->count;
}

int custom_parse(struct op *op, struct str bytes, struct item *ret)
{
    struct item item = { .thread.kind = STR("post") };
    struct json *json;
    int r;

    op->err = (struct err){ 0 };
    r = json_parse(op, bytes, &json);
    if (r < 0)
        return r;
    if (json->type != JSON_OBJECT)
        return op_fail(op, ERR_INVALID, "an item must be an object");

    read_bytes(member(op, json, NULL, "external_id"), ITEM_MAX_ID, &item.external_id);
    read_bytes(member(op, json, NULL, "parent_external_id"), ITEM_MAX_ID,
               &item.parent_external_id);
    read_bytes(member(op, json, NULL, "body"), ITEM_MAX_BODY, &item.body);
    read_bytes(member(op, json, NULL, "language"), ITEM_MAX_NAME / 4, &item.language);
    read_time(member(op, json, NULL, "sent_at"), &item.sent_at);
    read_time(member(op, json, NULL, "edited_at"), &item.edited_at);
    read_time(member(op, json, NULL, "removed_at"), &item.removed_at);
    read_bool(member(op, json, NULL, "automatic"), &item.automatic);
    read_thread(op, json, &item);
    read_author(op, json, &item.author);
    read_files(op, json, &item);
    read_reactions(op, json, &item);
    if (op->err.kind == 0 && !item.body.n && !item.file_count && !item.removed_at)
        (void)op_fail_field_as(op, "body", "required",
                               "is required where there are no attachments");
    if (op->err.kind)
        return op->err.kind;

    *ret = item;
    return 0;
}
