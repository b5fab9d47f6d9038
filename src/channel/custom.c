/* custom.c - a network that somebody programs against us: the template of a connector.
 *
 * What comes in is signed by Standard Webhooks or carries a token (the API checks
 * that one). What goes out is one POST to `outbound_url`, the same bytes at each try,
 * signed, with the idempotency key as webhook-id; and in doubt one GET that asks
 * whether the key is known there.
 */
#include "channel/custom.h"

#include "base/bytes.h"
#include "base/utf8.h"
#include "net/client.h"
#include "net/signature.h"

/* Shorter than a job's lease and than the outbox's, so that nobody takes us for dead. */
#define PATIENCE_MS SECONDS(45)

static const char *const capabilities[] = { "public",   "private",   "files",     "edits",
                                            "removals", "reactions", "read_back", NULL };

static int check_unit(struct op *op, const char *field, struct str text)
{
    enum length_unit unit;

    if (text.n && length_unit_parse(text, &unit) == LENGTH_NO_UNIT)
        return op_fail_field_as(op, field, "not_a_choice",
                                "is none of graphemes, characters, utf16, bytes");
    return 0;
}

static const struct setting settings[] = {
    { "outbound_url", SETTING_URL, "Address for replies",
      "Replies are sent here as signed JSON. Without it they are only recorded." },
    { "quiet_ms", SETTING_INT, "Quiet time (ms)",
      "How long after a lost answer the receiver is asked whether the reply arrived.",
      .min = 0, .max = HOURS(1), .fallback = SECONDS(30) },
    { "calls_per_minute", SETTING_INT, "Calls a minute",
      "At most so many requests a minute go to the address for replies; 0: as many as "
      "there are.",
      .min = 0, .max = 60000, .fallback = 0 },
    { "max_length", SETTING_INT, "Longest reply",
      "How long a reply may be there; 0: as long as Draht takes.", .min = 0,
      .max = ITEM_MAX_BODY, .fallback = 0 },
    { "length_unit", SETTING_TEXT, "Counted in",
      "graphemes (what people call characters), characters (code points), utf16 or "
      "bytes; empty: graphemes.",
      .check = check_unit },
    { "link_length", SETTING_INT, "An address counts as",
      "So many, however long it is; 0: as it is written.", .min = 0, .max = 1000,
      .fallback = 0 },
    { "signing_secret", SETTING_TEXT, "Signing secret",
      "Signs what comes in and what goes out; made by Draht and shown once.",
      .secret = true },
    { NULL },
};

static int64_t custom_quiet_ms(const struct connection *connection)
{
    return connector_int(&connector_custom, connection->settings, "quiet_ms");
}

static struct budget custom_budget(const struct connection *connection)
{
    return (struct budget){
        connector_int(&connector_custom, connection->settings, "calls_per_minute"),
        MINUTES(1),
    };
}

/* A network that somebody programs counts the same in public and in private. */
static struct length_rule custom_length(const struct connection *connection,
                                        bool is_private)
{
    struct length_rule rule = {
        .most = connector_int(&connector_custom, connection->settings, "max_length"),
        .unit = LENGTH_GRAPHEMES,
        .link = connector_int(&connector_custom, connection->settings, "link_length"),
    };

    (void)is_private;
    /* Empty, or written by an older program: people's characters. */
    if (length_unit_parse(json_text(connection->settings, "length_unit"), &rule.unit) ==
        LENGTH_NO_UNIT)
        rule.unit = LENGTH_GRAPHEMES;
    return rule;
}

int custom_check(struct op *op, const struct connection *connection,
                 const struct http_fields *headers, struct str body, struct receipt *ret)
{
    static const char *const words[] = {
        [SIGNATURE_MISSING] = "the request is not signed",
        [SIGNATURE_STALE] = "the time of the signature is more than 5 minutes off",
        [SIGNATURE_WRONG] = "the signature does not fit",
    };
    int worst = SIGNATURE_MISSING;

    for (size_t i = 0; i < connection->secret_count; i++) {
        int r = signature_verify(op, connection->secrets[i], headers, body, op->now);

        if (r <= 0)
            return r;
        worst = r;
    }
    ret->reason = str_of(words[worst]);
    return CHECK_FORGED;
}

static void put_text(struct json_writer *w, const char *key, struct str text)
{
    if (text.n)
        json_put_text(w, key, text);
    else
        json_put_null(w, key);
}

static int custom_compose(struct op *op, const struct outbound *out, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "idempotency_key", out->key);
    json_put_id(&w, "conversation_id", out->conversation_id);
    json_put_text(&w, "thread_external_id", out->thread_external_id);
    put_text(&w, "parent_external_id", out->parent_external_id);
    json_put_text(&w, "visibility", out->visibility);
    json_put_text(&w, "body", out->body);
    put_text(&w, "author_name", out->author_name);
    json_begin_array(&w, "attachments");
    for (size_t i = 0; i < out->file_count; i++) {
        json_begin_object(&w, NULL);
        json_put_text(&w, "name", out->files[i].name);
        json_put_text(&w, "mime", out->files[i].mime);
        json_put_text(&w, "base64", base64_encode(op->arena, out->files[i].bytes));
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    *ret = json_done(&w);
    return 0;
}

/* The body as a JSON object, or NULL. */
static const struct json *answer_object(struct op *op, struct str body)
{
    struct json *json;

    if (json_parse(op, body, &json) < 0) {
        op->err = (struct err){ 0 };
        return NULL;
    }
    return json->type == JSON_OBJECT ? json : NULL;
}

/* What the receiver calls it; empty when it says nothing that could be an id. */
static struct str external_id(const struct json *object)
{
    struct str id = json_text(object, "external_id");

    return id.n > ITEM_MAX_ID || memchr(id.n ? id.p : "", 0, id.n) ? STR("") : id;
}

/* "the receiver answered 422: no such thread" */
static struct str answered(struct op *op, const struct http_reply *reply)
{
    static const char *const members[] = { "detail", "error", "message", "title" };
    const struct json *object = answer_object(op, reply->body);

    for (size_t i = 0; i < COUNT_OF(members); i++) {
        struct str words = utf8_cut(json_text(object, members[i]), ITEM_MAX_NAME);

        if (words.n && !memchr(words.p, 0, words.n))
            return arena_fmt(op->arena, "the receiver answered %d: " STR_FMT,
                             reply->status, STR_ARG(words));
    }
    return arena_fmt(op->arena, "the receiver answered %d", reply->status);
}

/* What an answer other than 2xx proves. 429 is a promise not to have taken it. 408,
 * 409 and 425 may mean that an earlier try got through; 5xx may mean anything. */
static int judge(int status)
{
    if (status == 429)
        return SEND_LATER;
    if (status == 408 || status == 409 || status == 425 || status >= 500)
        return SEND_DOUBT;
    return SEND_REFUSED;
}

/* 2xx with nothing or with JSON means taken. A page of some proxy in between proves
 * nothing. */
static int read_taken(struct op *op, const struct http_reply *reply, struct receipt *ret)
{
    const struct json *object = answer_object(op, reply->body);

    if (str_trim(reply->body).n && !object) {
        ret->reason =
            arena_fmt(op->arena, "the receiver answered %d without JSON", reply->status);
        return SEND_DOUBT;
    }
    ret->external_id = external_id(object);
    return 0;
}

/* Ask, signed. `out->bytes` is the body of a POST; a GET names the key in the address. */
static int ask(struct op *op, const struct connection *connection, const char *method,
               const struct outbound *out, struct http_reply *ret)
{
    struct http_call call = { .method = str_of(method), .total_ms = PATIENCE_MS };
    struct str url = json_text(connection->settings, "outbound_url");
    int r;

    if (str_is(call.method, "POST")) {
        call.url = url;
        call.body = out->bytes;
        http_add(op->arena, &call.headers, STR("Content-Type"), STR("application/json"));
        http_add(op->arena, &call.headers, STR("Idempotency-Key"), out->key);
    } else {
        call.url = arena_fmt(op->arena, STR_FMT "%sidempotency_key=" STR_FMT,
                             STR_ARG(url), str_find(url, STR("?")) < 0 ? "?" : "&",
                             STR_ARG(http_encode(op->arena, out->key)));
    }
    if (!connection->secret_count)
        return op_fail(op, ERR_UNAVAILABLE, "the channel has no signing secret");
    r = signature_add(op, connection->secrets[0], out->key, call.body, &call.headers);
    return r < 0 ? r : http_send(op, &call, ret);
}

static int custom_send(struct op *op, const struct connection *connection,
                       const struct outbound *out, struct receipt *ret)
{
    struct http_reply reply = { 0 };
    int r;

    if (!json_text(connection->settings, "outbound_url").n) {
        ret->nowhere = true;
        return 0;
    }
    r = ask(op, connection, "POST", out, &reply);
    if (r < 0)
        return r;
    ret->reason = reply.reason;
    if (r == HTTP_REFUSED)
        return SEND_REFUSED;
    if (r == HTTP_NOT_SENT)
        return SEND_LATER;
    if (r == HTTP_MAY_HAVE_LEFT)
        return SEND_DOUBT;
    if (reply.status / 100 == 2)
        return read_taken(op, &reply, ret);

    ret->reason = answered(op, &reply);
    ret->wait_ms = SECONDS((int64_t)reply.retry_after);
    ret->answered = reply.status == 429;
    return judge(reply.status);
}

static int custom_find(struct op *op, const struct connection *connection,
                       const struct outbound *out, struct receipt *ret)
{
    struct http_reply reply = { 0 };
    const struct json *items;
    int r;

    r = ask(op, connection, "GET", out, &reply);
    if (r < 0)
        return r;
    ret->reason = r ? reply.reason : answered(op, &reply);
    ret->wait_ms = r ? 0 : SECONDS((int64_t)reply.retry_after);
    if (r || reply.status != 200)
        return FIND_CANNOT_TELL;

    items = json_get(answer_object(op, reply.body), "items");
    if (!items || items->type != JSON_ARRAY) {
        ret->reason = STR("the receiver's list cannot be read");
        return FIND_CANNOT_TELL;
    }
    if (!items->count) {
        ret->reason = STR("the receiver does not know it");
        return FIND_ABSENT;
    }
    ret->external_id = external_id(&items->items[0]);
    ret->copies = (int64_t)items->count;
    ret->reason =
        items->count == 1
            ? STR("")
            : arena_fmt(op->arena, "the receiver shows it %zu times", items->count);
    return 0;
}

static int custom_verify(struct op *op, const struct connection *connection,
                         struct receipt *ret)
{
    const struct outbound probe = { .key = STR("draht-verify") };
    struct str seen;
    int r;

    if (!json_text(connection->settings, "outbound_url").n) {
        ret->reason = STR("no outbound address: replies are only recorded");
        return 0;
    }
    r = custom_find(op, connection, &probe, ret);
    if (r < 0)
        return r;
    if (r == FIND_CANNOT_TELL) {
        seen = ret->reason;
        ret->reason =
            arena_fmt(op->arena, "a reply in doubt could not be looked up: " STR_FMT,
                      STR_ARG(seen));
        return VERIFY_FAILED;
    }
    ret->reason = STR("the address answers and can be asked what it received");
    return 0;
}

const struct connector connector_custom = {
    .network = "custom",
    .name = "Custom",
    .capabilities = capabilities,
    .settings = settings,
    .signing_secret = "signing_secret",
    .delivery = DELIVERY_MARKED,
    .verify = custom_verify,
    .check = custom_check,
    .split = custom_split,
    .parse = custom_parse,
    .compose = custom_compose,
    .send = custom_send,
    .find = custom_find,
    .quiet_ms = custom_quiet_ms,
    .length = custom_length,
    .budget = custom_budget,
    .measure = NULL, /* its items bring their numbers along */
};
