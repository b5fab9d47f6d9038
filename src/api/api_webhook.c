/* api_webhook.c - programs elsewhere that are told what happens here. */
#include "api/api.h"

#include "dialogue/webhook.h"
#include "net/gate.h"

enum { MAX_KINDS = 50 };

static void put_kinds(struct json_writer *w, struct str kinds)
{
    json_begin_array(w, "kinds");
    while (kinds.n > 0)
        json_put_text(w, NULL, str_cut(kinds, ' ', &kinds));
    json_end_array(w);
}

static void put_webhook(struct json_writer *w, const char *key,
                        const struct webhook *hook)
{
    json_begin_object(w, key);
    json_put_id(w, "id", hook->id);
    json_put_text(w, "name", hook->name);
    json_put_text(w, "url", hook->url);
    put_kinds(w, hook->kinds);
    json_put_bool(w, "enabled", hook->enabled != 0);
    json_put_text(w, "ended", hook->ended);
    json_put_time(w, "failing_at", hook->failing_at);
    json_put_time(w, "told_at", hook->told_at);
    json_put_time(w, "ends_at",
                  hook->enabled && hook->told_at ? hook->told_at + WEBHOOK_WARN_FOR_MS
                                                 : 0);
    json_put_time(w, "delivered_at", hook->delivered_at);
    json_put_time(w, "created_at", hook->created_at);
    json_put_time(w, "updated_at", hook->updated_at);
    json_end_object(w);
}

static int answer(struct op *op, int64_t id, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct webhook hook = { 0 };
    int r = webhook_get(op, id, &hook);

    if (r < 0)
        return r;
    put_webhook(&w, NULL, &hook);
    return api_answer(ret, 200, &w);
}

static int need_webhook(struct op *op, int64_t id, struct webhook *ret)
{
    int r = webhook_get(op, id, ret);

    if (r == WEBHOOK_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no such webhook");
    return r;
}

static int webhook_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct webhook *list;
    size_t n;
    int r = webhook_list(op, &list, &n);

    (void)call;
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; i < n; i++)
        put_webhook(&w, NULL, &list[i]);
    api_end_list(op, &w, STR(""));
    json_begin_array(&w, "kinds");
    for (size_t i = 0; webhook_kind_at(i); i++)
        json_put_c(&w, NULL, webhook_kind_at(i));
    json_end_array(&w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int webhook_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct webhook hook;
    int r = need_webhook(op, call->id, &hook);

    return r < 0 ? r : answer(op, hook.id, ret);
}

static bool has_word(struct str words, struct str word)
{
    while (words.n > 0)
        if (str_eq(str_cut(words, ' ', &words), word))
            return true;
    return false;
}

/* Each once, in the order in which they were named. */
static int read_kinds(struct op *op, const struct api_call *call, struct str *ret)
{
    const struct json *list = json_get(call->body, "kinds");
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; list && i < list->count; i++) {
        struct str kind = list->items[i].text;

        if (kind.n == 0 || str_find(kind, STR(" ")) >= 0)
            return op_fail_field_as(op, "kinds", "unknown",
                                    "has no event \"" STR_FMT "\"",
                                    STR_ARG(str_sub(kind, 0, 40)));
        if (has_word(strbuf_str(&out), kind))
            continue;
        strbuf_fmt(&out, "%s" STR_FMT, out.n ? " " : "", STR_ARG(kind));
    }
    *ret = strbuf_str(&out);
    return 0;
}

static int read_body(struct op *op, const struct api_call *call, struct webhook *hook)
{
    if (api_has(call, "name"))
        hook->name = str_trim(api_text(call, "name"));
    if (api_has(call, "url"))
        hook->url = str_trim(api_text(call, "url"));
    hook->enabled = api_bool(call, "enabled", hook->enabled != 0);
    return api_has(call, "kinds") ? read_kinds(op, call, &hook->kinds) : 0;
}

static int webhook_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct webhook hook = { .enabled = 1 };
    struct str secret;
    int r = read_body(op, call, &hook);

    if (r >= 0)
        r = webhook_add(op, &hook, &secret);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    put_webhook(&w, "webhook", &hook);
    json_put_text(&w, "secret", secret);
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int webhook_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct webhook old, now;
    int r = need_webhook(op, call->id, &old);

    if (r < 0)
        return r;
    now = old;
    r = read_body(op, call, &now);
    if (r >= 0)
        r = webhook_update(op, &old, &now);
    return r < 0 ? r : answer(op, now.id, ret);
}

static int webhook_delete(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct webhook hook;
    int r = need_webhook(op, call->id, &hook);

    if (r >= 0)
        r = webhook_remove(op, &hook);
    return r < 0 ? r : api_no_content(ret);
}

static int webhook_secret(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct webhook hook;
    struct str secret;
    int r = need_webhook(op, call->id, &hook);

    if (r >= 0)
        r = webhook_renew_secret(op, &hook, &secret);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "secret", secret);
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int webhook_test(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct webhook hook;
    int r = need_webhook(op, call->id, &hook);

    if (r >= 0)
        r = webhook_try(op, &hook);
    return r < 0 ? r : api_no_content(ret);
}

static void put_delivery(struct json_writer *w, const struct webhook_delivery *delivery)
{
    bool waits = str_is(delivery->state, "waiting");

    json_begin_object(w, NULL);
    json_put_id(w, "id", delivery->id);
    json_put_text(w, "kind", delivery->kind);
    json_put_int(w, "seq", delivery->seq);
    json_put_text(w, "state", delivery->state);
    json_put_int(w, "tries", delivery->tries);
    json_put_int(w, "status", delivery->status);
    json_put_text(w, "answer", delivery->answer);
    json_put_text(w, "reason", delivery->reason);
    json_put_time(w, "created_at", delivery->created_at);
    json_put_time(w, "tried_at", delivery->tried_at);
    json_put_time(w, "next_at", waits ? delivery->next_at : 0);
    json_end_object(w);
}

static int delivery_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct webhook_delivery *list;
    struct webhook hook;
    struct page page;
    size_t n;
    int r = need_webhook(op, call->id, &hook);

    if (r >= 0)
        r = page_read(op, call, &page);
    if (r >= 0)
        r = webhook_delivery_list(op, hook.id, page.id, page.ask, &list, &n);
    if (r < 0)
        return r;
    page_open(&page, &w, &n);
    for (size_t i = 0; i < n; i++) {
        put_delivery(&w, &list[i]);
        page_at(&page, 0, list[i].seq);
    }
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int delivery_resend(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct webhook hook;
    int r = need_webhook(op, call->id, &hook);

    if (r >= 0)
        r = webhook_resend(op, &hook, call->id2);
    return r < 0 ? r : api_no_content(ret);
}

static const struct api_field create_fields[] = {
    { "name", API_TEXT, .required = true, .min = 1 },
    { "url", API_TEXT, .required = true, .min = 1, .max = URL_MAX,
      .help = "https, or http inside of your own network." },
    { "kinds", API_LIST_TEXT, .required = true, .max = MAX_KINDS,
      .help = "Names of events, as GET /webhooks lists them." },
    { NULL },
};
static const struct api_field change_fields[] = {
    { "name", API_TEXT, .min = 1 },
    { "url", API_TEXT, .min = 1, .max = URL_MAX },
    { "kinds", API_LIST_TEXT, .max = MAX_KINDS },
    { "enabled", API_BOOL },
    { NULL },
};
static const struct api_field no_fields[] = { { NULL } };

/* All by the right to manage secrets: a webhook leads out of the house. Creating is not
 * repeated by Idempotency-Key: the answer holds a secret, which must not be kept. */
const struct api_route api_webhook_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/webhooks",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "List the webhooks, and the events that there are.",
        .handle = webhook_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/webhooks",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "Add a webhook; its secret is shown once.",
        .fields = create_fields,
        .handle = webhook_create,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/webhooks/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "Show a webhook.",
        .handle = webhook_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/webhooks/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "Change a webhook, or switch it on or off.",
        .fields = change_fields,
        .handle = webhook_change,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/webhooks/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "Remove a webhook and its log.",
        .handle = webhook_delete,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/webhooks/{id}/secret",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "Make a new secret; the old one counts for 24 more hours.",
        .fields = no_fields,
        .handle = webhook_secret,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/webhooks/{id}/test",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "Tell this webhook alone that it is being tried.",
        .fields = no_fields,
        .handle = webhook_test,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/webhooks/{id}/deliveries",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "List what a webhook was told, the newest first.",
        .handle = delivery_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/webhooks/{id}/deliveries/{delivery_id}/resend",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "secrets",
        .summary = "Send a delivery again, under the id that it had.",
        .fields = no_fields,
        .handle = delivery_resend,
    },
    { NULL },
};
