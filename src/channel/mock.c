/* mock.c - the networks of test builds: what every network to come has, and no more.
 *
 * There is one for each class of delivery, mock_a to mock_e; they differ in what find()
 * can do and in what the outbox may make of it. What comes in has the shape of the custom
 * network. The other end (tests/network.c in one process and in virtual time,
 * tests/system/network.py as a program of its own) keeps the ledger and makes the faults:
 *
 *     POST URL/messages               {key, thread, parent, visibility, text}, the header
 *                                     Idempotency-Key; answers 2xx {"id": …}
 *     GET  URL/messages?key=K         answers {"complete": true, "messages": [{"id",
 * "text"}]} GET  URL/messages?thread=T      the same; mock_d looks for its text among
 * them GET  URL/items?after=CURSOR     answers an array of items; the fields Mock-Next
 * and Mock-More say how it goes on; "&since=MS" is what is wanted at least
 *
 *     GET  URL/counts?ids=A,B         answers {"posts": [{"id", "likes", "shares",
 * "quotes", "replies", "views"}]}; without ids {"followers": N}
 *
 * RateLimit-Remaining and RateLimit-Reset (seconds) of any answer are its budget.
 */
#include "channel/mock.h"

#include "channel/custom.h"
#include "net/client.h"

enum { MOCK_POLL_MS = 60 * 1000, MOCK_KEY_MS = 60 * 60 * 1000 };

#define MOCK_PATIENCE_MS SECONDS(20)

static const char *const capabilities[] = { "public",   "private",   "edits",
                                            "removals", "reactions", "read_back",
                                            "polling",  "metrics",   NULL };

static const struct setting settings[] = {
    { "url", SETTING_URL, "Address", "Of the Mock network.", .required = true },
    { "quiet_ms", SETTING_INT, "Quiet time (ms)", "Before it is asked.", .min = 0,
      .max = HOURS(1), .fallback = SECONDS(30) },
    { "calls_per_minute", SETTING_INT, "Calls a minute", "0: as many as there are.",
      .min = 0, .max = 60000, .fallback = 0 },
    { "repeat_when_absent", SETTING_BOOL, "Repeat by itself",
      "Send again what is not to be found there." },
    { "signing_secret", SETTING_TEXT, "Signing secret", "Signs what comes in.",
      .secret = true },
    { NULL },
};

static int64_t number(const struct connection *connection, const char *name)
{
    return connector_int(&connector_mock_c, connection->settings, name);
}

static int64_t mock_quiet_ms(const struct connection *connection)
{
    return number(connection, "quiet_ms");
}

static struct budget mock_budget(const struct connection *connection)
{
    return (struct budget){ number(connection, "calls_per_minute"), MINUTES(1) };
}

static void put_text(struct json_writer *w, const char *key, struct str text)
{
    if (text.n)
        json_put_text(w, key, text);
    else
        json_put_null(w, key);
}

static int mock_compose(struct op *op, const struct outbound *out, struct str *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "key", out->key);
    json_put_text(&w, "thread", out->thread_external_id);
    put_text(&w, "parent", out->parent_external_id);
    json_put_text(&w, "visibility", out->visibility);
    json_put_text(&w, "text", out->body);
    json_end_object(&w);
    *ret = json_done(&w);
    return 0;
}

/* One call to URL + path, and what any answer tells besides. */
static int ask(struct op *op, const struct connection *connection, struct str path,
               const struct outbound *out, struct http_reply *reply, struct receipt *ret)
{
    struct http_call call = { .method = out ? STR("POST") : STR("GET"),
                              .total_ms = MOCK_PATIENCE_MS };
    struct str url = json_text(connection->settings, "url");
    int64_t seconds = 0;
    int r;

    call.url = arena_fmt(op->arena, STR_FMT STR_FMT, STR_ARG(url), STR_ARG(path));
    if (out) {
        call.body = out->bytes;
        http_add(op->arena, &call.headers, STR("Content-Type"), STR("application/json"));
        http_add(op->arena, &call.headers, STR("Idempotency-Key"), out->key);
    }
    r = http_send(op, &call, reply);
    if (r < 0)
        return r;
    ret->reason = r ? reply->reason
                    : arena_fmt(op->arena, "the network answered %d", reply->status);
    if (r)
        return r;
    ret->wait_ms = SECONDS((int64_t)reply->retry_after);
    ret->told =
        str_to_i64(http_field(&reply->headers, "RateLimit-Remaining"), &ret->told_left) &&
        str_to_i64(http_field(&reply->headers, "RateLimit-Reset"), &seconds);
    ret->told_ms = SECONDS(seconds);
    return 0;
}

/* The answer as a JSON object, or NULL. */
static const struct json *object_of(struct op *op, const struct http_reply *reply)
{
    struct json *json;

    if (json_parse(op, reply->body, &json) < 0) {
        op->err = (struct err){ 0 };
        return NULL;
    }
    return json->type == JSON_OBJECT ? json : NULL;
}

static int mock_send(struct op *op, const struct connection *connection,
                     const struct outbound *out, struct receipt *ret)
{
    struct http_reply reply = { 0 };
    const struct json *object;
    int r = ask(op, connection, STR("/messages"), out, &reply, ret);

    if (r < 0)
        return r;
    if (r == HTTP_REFUSED)
        return SEND_REFUSED;
    if (r)
        return r == HTTP_NOT_SENT ? SEND_LATER : SEND_DOUBT;
    ret->answered = reply.status == 429;
    if (reply.status == 429)
        return SEND_LATER;
    if (reply.status >= 400 && reply.status < 500)
        return SEND_REFUSED;
    object = object_of(op, &reply);
    if (reply.status / 100 != 2 || !object)
        return SEND_DOUBT;
    ret->external_id = json_text(object, "id");
    return 0;
}

/* What a list says: `text` NULL takes any. */
static int read_list(struct op *op, const struct http_reply *reply,
                     const struct str *text, struct receipt *ret)
{
    const struct json *object = reply->status == 200 ? object_of(op, reply) : NULL;
    const struct json *list = json_get(object, "messages");

    if (!list || list->type != JSON_ARRAY)
        return FIND_CANNOT_TELL;
    for (size_t i = 0; i < list->count; i++) {
        if (text && !str_eq(json_text(&list->items[i], "text"), *text))
            continue;
        if (!ret->copies++)
            ret->external_id = json_text(&list->items[i], "id");
    }
    if (ret->copies)
        return 0;
    if (!json_bool(object, "complete")) {
        ret->reason = STR("the network shows only a part");
        return FIND_CANNOT_TELL;
    }
    ret->reason = STR("the network does not show it");
    return FIND_ABSENT;
}

static int mock_find(struct op *op, const struct connection *connection,
                     const struct outbound *out, struct receipt *ret)
{
    struct http_reply reply = { 0 };
    struct str path = arena_fmt(op->arena, "/messages?key=" STR_FMT,
                                STR_ARG(http_encode(op->arena, out->key)));
    int r = ask(op, connection, path, NULL, &reply, ret);

    if (r)
        return r < 0 ? r : FIND_CANNOT_TELL;
    return read_list(op, &reply, NULL, ret);
}

/* By what it says: the frozen bytes know, also when the row has changed since. */
static int mock_find_alike(struct op *op, const struct connection *connection,
                           const struct outbound *out, struct receipt *ret)
{
    struct http_reply reply = { 0 };
    struct json *ours;
    struct str path, text;
    int r = json_parse(op, out->bytes, &ours);

    if (r < 0)
        return r;
    text = json_text(ours, "text");
    path = arena_fmt(op->arena, "/messages?thread=" STR_FMT,
                     STR_ARG(http_encode(op->arena, json_text(ours, "thread"))));
    r = ask(op, connection, path, NULL, &reply, ret);
    if (r)
        return r < 0 ? r : FIND_CANNOT_TELL;
    return read_list(op, &reply, &text, ret);
}

static int mock_poll(struct op *op, const struct connection *connection,
                     struct str cursor, struct poll_page *ret, struct receipt *receipt)
{
    struct http_reply reply = { 0 };
    struct poll_page page = { 0 };
    struct str path = arena_fmt(op->arena, "/items?after=" STR_FMT,
                                STR_ARG(http_encode(op->arena, cursor)));
    int r;

    if (connection->since)
        path = arena_fmt(op->arena, STR_FMT "&since=%lld", STR_ARG(path),
                         (long long)connection->since);
    r = ask(op, connection, path, NULL, &reply, receipt);
    if (r < 0)
        return r;
    if (r || reply.status != 200)
        return POLL_FAILED;
    page.next = http_field(&reply.headers, "Mock-Next");
    page.more = str_is(http_field(&reply.headers, "Mock-More"), "yes");
    if (!str_is(str_trim(reply.body), "[]")) {
        r = custom_split(op, reply.body, &page.items, &page.count);
        if (r < 0)
            return r;
    }
    if (!page.next.n)
        page.next = cursor;
    *ret = page;
    return 0;
}

static int mock_verify(struct op *op, const struct connection *connection,
                       struct receipt *ret)
{
    struct http_reply reply = { 0 };
    int r = ask(op, connection, STR("/items?after="), NULL, &reply, ret);

    if (r < 0)
        return r;
    return r || reply.status != 200 ? VERIFY_FAILED : 0;
}

/* Ids of the mock networks are letters, digits and dashes. */
static struct str counts_path(struct op *op, const struct measure_wish *wish)
{
    struct str path = STR("/counts");

    for (size_t i = 0; i < wish->count; i++)
        path =
            arena_fmt(op->arena, STR_FMT "%s" STR_FMT, STR_ARG(path),
                      i ? "," : "?ids=", STR_ARG(http_encode(op->arena, wish->posts[i])));
    return path;
}

static void read_counts(const struct json *object, struct counted *ret)
{
    ret->there = true;
    for (size_t i = 0; i < COUNTED_KINDS; i++)
        ret->of[i] = counted_number(object, counted_names[i]);
}

static int mock_measure(struct op *op, const struct connection *connection,
                        const struct measure_wish *wish, struct counted *ret,
                        struct receipt *receipt)
{
    struct http_reply reply = { 0 };
    const struct json *object, *list;
    int r = ask(op, connection, counts_path(op, wish), NULL, &reply, receipt);

    if (r < 0)
        return r;
    object = r == 0 && reply.status == 200 ? object_of(op, &reply) : NULL;
    list = json_get(object, "posts");
    if (!object || (wish->count && (!list || list->type != JSON_ARRAY)))
        return MEASURE_FAILED;
    if (!wish->count)
        read_counts(object, &ret[0]);
    for (size_t i = 0; list && i < list->count; i++)
        for (size_t k = 0; k < wish->count; k++)
            if (str_eq(json_text(&list->items[i], "id"), wish->posts[k]))
                read_counts(&list->items[i], &ret[k]);
    return 0;
}

#define MOCK(letter, title, class, look)                                                 \
    const struct connector connector_mock_##letter = {                                   \
        .network = "mock_" #letter,                                                      \
        .name = title,                                                                   \
        .capabilities = capabilities,                                                    \
        .settings = settings,                                                            \
        .signing_secret = "signing_secret",                                              \
        .delivery = class,                                                               \
        .shows_late = class != DELIVERY_EXACT,                                           \
        .key_ms = MOCK_KEY_MS,                                                           \
        .poll_ms = MOCK_POLL_MS,                                                         \
        .verify = mock_verify,                                                           \
        .check = custom_check,                                                           \
        .split = custom_split,                                                           \
        .parse = custom_parse,                                                           \
        .compose = mock_compose,                                                         \
        .send = mock_send,                                                               \
        .find = look,                                                                    \
        .quiet_ms = mock_quiet_ms,                                                       \
        .budget = mock_budget,                                                           \
        .poll = mock_poll,                                                               \
        .measure_posts = 5,                                                              \
        .measure = mock_measure,                                                         \
    }

MOCK(a, "Mock A", DELIVERY_EXACT, mock_find);
MOCK(b, "Mock B", DELIVERY_KEYED, mock_find);
MOCK(c, "Mock C", DELIVERY_MARKED, mock_find);
MOCK(d, "Mock D", DELIVERY_ALIKE, mock_find_alike);
MOCK(e, "Mock E", DELIVERY_SILENT, NULL);
