/* api_outbox.c - what leaves, as people see it and settle it.
 *
 * The outbox moves the item, the desk moves the clocks, in one write.
 */
#include "api/api_show.h"

#include "base/ids.h"

static int need_box(struct op *op, int64_t id, struct outbox *box)
{
    int r = outbox_get(op, id, box);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no such item in the outbox");
    return r;
}

/* A held reply waits for a second pair of eyes. */
static int need_other_author(struct op *op, const struct api_call *call)
{
    struct message message;
    struct outbox box;
    int r = need_box(op, call->id, &box);

    if (r < 0 || !str_is(box.state, "held"))
        return r;
    r = message_get(op, box.message_id, &message);
    if (r < 0)
        return r;
    if (r == 0 && message.account_id == call->who.account_id)
        return op_fail_as(op, ERR_DENIED, "own_reply",
                          "this reply is your own: somebody else has to approve it");
    return 0;
}

static int department_of(struct op *op, int64_t id, int64_t *ret)
{
    struct conversation c;
    struct outbox box;
    int r = need_box(op, id, &box);

    if (r >= 0)
        r = conversation_need(op, box.conversation_id, &c);
    if (r >= 0)
        *ret = c.department_id;
    return r;
}

static int allow_own(struct op *op, struct api_call *call)
{
    int64_t department;
    int r = department_of(op, call->id, &department);

    return r < 0 ? r : api_need_department(op, call, department);
}

/* Whoever has the right, in the own departments; else the head of the department. */
static int allow_approve(struct op *op, struct api_call *call)
{
    int64_t department;
    int r;

    if (!access_has(&call->who, "approve") && !call->who.departments)
        return api_need_right(op, call, "approve");
    r = department_of(op, call->id, &department);
    if (r < 0)
        return r;
    if (!access_is_head(&call->who, department)) {
        r = api_need_right(op, call, "approve");
        if (r >= 0)
            r = api_need_department(op, call, department);
    }
    return r < 0 ? r : need_other_author(op, call);
}

static int outbox_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct outbox *list;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = outbox_list(op, api_query(op, call, "state"), page.id, page.ask, &list,
                        &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = show_outbox(&s, NULL, &list[i]);
        page_at(&page, 0, list[i].id);
    }
    if (r < 0)
        return r;
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int answer_box(struct op *op, int64_t id, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct outbox box;
    int r = need_box(op, id, &box);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    r = show_outbox(&s, "outbox", &box);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int box_approve(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct outbox box;
    int r = need_box(op, call->id, &box);

    if (r >= 0)
        r = outbox_approve(op, call->id);
    if (r >= 0)
        r = desk_reply_approved(op, box.message_id);
    return r < 0 ? r : answer_box(op, call->id, ret);
}

/* A failed reply had opened the wait again; from now on it counts once more. An
 * uncertain one has counted all the time. */
static int counts_again(struct op *op, const struct outbox *box)
{
    return str_is(box->state, "failed") ? desk_reply_retried(op, box->message_id) : 0;
}

static int box_retry(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct outbox box;
    int r = need_box(op, call->id, &box);

    if (r >= 0)
        r = outbox_retry(op, call->id);
    if (r >= 0)
        r = counts_again(op, &box);
    return r < 0 ? r : answer_box(op, call->id, ret);
}

static int box_mark_sent(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct outbox box;
    int r = need_box(op, call->id, &box);

    if (r >= 0)
        r = outbox_mark_sent(op, call->id);
    if (r >= 0)
        r = counts_again(op, &box);
    return r < 0 ? r : answer_box(op, call->id, ret);
}

/* What will not leave is no reaction: the wait goes on from its old start. */
static int box_cancel(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct outbox box;
    int r = need_box(op, call->id, &box);

    if (r >= 0)
        r = outbox_cancel(op, call->id);
    if (r >= 0 && !str_is(box.state, "failed"))
        r = desk_reply_failed(op, box.message_id);
    return r < 0 ? r : answer_box(op, call->id, ret);
}

static const struct api_field index_query[] = {
    { "state", API_CHOICE,
      .choices = "held|queued|sending|unknown|uncertain|sent|failed|cancelled" },
    { NULL },
};

const struct api_route api_outbox_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/outbox",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List what leaves, newest first.",
        .query = index_query,
        .handle = outbox_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/outbox/{id}/approve",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .summary = "Let a held reply go: with the right `approve`, or as the head of the "
                   "department.",
        .allow = allow_approve,
        .handle = box_approve,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/outbox/{id}/retry",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "answer",
        .summary = "Send again what failed or is uncertain.",
        .allow = allow_own,
        .handle = box_retry,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/outbox/{id}/mark-sent",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "answer",
        .summary = "Settle as sent: a person has looked.",
        .allow = allow_own,
        .handle = box_mark_sent,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/outbox/{id}/cancel",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "answer",
        .summary = "Do not send what is held, queued or failed.",
        .allow = allow_own,
        .handle = box_cancel,
    },
    { NULL },
};
