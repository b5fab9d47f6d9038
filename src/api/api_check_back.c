/* api_check_back.c - check-backs: listing, sending, dropping them. */
#include "api/api_rules.h"

static int check_back_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct check_back_filter filter = {
        .state = api_query(op, call, "state"),
        .due_before = api_query_time(op, call, "due_before"),
    };
    struct check_back *list;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r < 0)
        return r;
    filter.after_due = page.key;
    filter.after_id = page.id;
    filter.limit = page.ask;
    r = check_back_list(op, &filter, &list, &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = show_check_back(&s, NULL, &list[i]);
        page_at(&page, list[i].due_at, list[i].id);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int need(struct op *op, const struct api_call *call, struct check_back *ret)
{
    struct conversation c;
    int r = check_back_get(op, call->id, ret);

    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no check-back %lld",
                       (long long)call->id);
    r = conversation_need(op, ret->conversation_id, &c);
    return r < 0 ? r : api_need_department(op, call, c.department_id);
}

/* Before the body is looked at: is it ours at all? */
static int allow_own(struct op *op, struct api_call *call)
{
    struct check_back c;

    return need(op, call, &c);
}

/* The question as it leaves: behind the warning of what it answers, where there is one.
 */
static int make_body(struct op *op, const struct check_back *cb, struct str *body)
{
    struct desk_reply reply = { .body = *body };
    struct conversation c;
    int r = conversation_need(op, cb->conversation_id, &c);

    if (r >= 0)
        r = desk_check_back_place(op, c.id, &reply.visibility);
    if (r >= 0)
        r = rules_warn(op, &c, NULL, &reply);
    if (r >= 0)
        r = rules_check(op, &c, &reply);
    if (r >= 0)
        *body = reply.body;
    return r;
}

static int check_back_send(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    bool held = !access_has(&call->who, "answer") || !call->who.trained;
    struct str body = api_text(call, "body");
    struct message message;
    struct check_back cb;
    struct outbox box;
    int r = need(op, call, &cb);

    if (r >= 0)
        r = make_body(op, &cb, &body);
    if (r >= 0)
        r = desk_check_back_send(op, cb.id, body, held, &message, &box);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    r = show_message(&s, "message", &message);
    if (r >= 0)
        r = show_outbox(&s, "outbox", &box);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int check_back_drop(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct check_back cb;
    int r = need(op, call, &cb);

    if (r >= 0)
        r = check_back_cancel(op, cb.id, "by_person");
    if (r >= 0)
        r = check_back_get(op, cb.id, &cb);
    if (r >= 0)
        r = show_check_back(&s, NULL, &cb);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static const struct api_field index_query[] = {
    { .name = "state",
      .type = API_CHOICE,
      .choices = "planned|due|sent|answered|cancelled" },
    { .name = "due_before", .type = API_TIME },
    { NULL },
};

static const struct api_field send_fields[] = {
    { .name = "body",
      .type = API_TEXT,
      .min = 1,
      .max = MESSAGE_MAX_BODY,
      .required = true },
    { NULL },
};

static const struct api_field cancel_fields[] = {
    { .name = "reason", .type = API_TEXT, .max = 500 },
    { NULL },
};

const struct api_route api_check_back_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/check-backs",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List check-backs by due time.",
        .query = index_query,
        .handle = check_back_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/check-backs/{id}/send",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "draft",
        .creates = true,
        .summary = "Ask whether it held, in the same thread.",
        .fields = send_fields,
        .allow = allow_own,
        .handle = check_back_send,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/check-backs/{id}/cancel",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "work",
        .summary = "Do not ask.",
        .fields = cancel_fields,
        .allow = allow_own,
        .handle = check_back_drop,
    },
    { NULL },
};
