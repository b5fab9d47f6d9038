/* api_inbound.c - what a network sends to us, and what could not be understood of it.
 *
 * The one route that authenticates itself. Who sends is a channel, not an account: it
 * proves itself by a signature over the raw bytes, checked before anything parses
 * them; or it is a program with a token and the right to manage channels. A channel's
 * id says its workspace, over all workspaces (the exception is named in stmt_outbox.def).
 * No cookie counts here, so no page can post in somebody's name.
 */
#include "api/api_show.h"

#include "base/ids.h"
#include "base/utf8.h"
#include "job/job.h"
#include "work/work_intake.h"

enum { MAX_SHOWN_BYTES = 4096 };

struct inbound {
    const struct api_call *call;
    struct connected to;
    struct str why;
};

static int refuse(struct op *op, struct str why)
{
    return op_fail(op, ERR_LOGIN, "this is not from the channel: " STR_FMT, STR_ARG(why));
}

/* With a token: the channel must be of its workspace. */
static int by_token(struct op *op, struct inbound *in)
{
    int r = api_need_right(op, in->call, "channels");

    if (r < 0)
        return r;
    r = connect_channel(op, in->call->id, &in->to, &in->why);
    return r == CONNECT_NONE ? op_fail(op, ERR_NOT_FOUND, STR_FMT, STR_ARG(in->why)) : r;
}

/* By a signature; a channel that does not exist is answered as a wrong one. */
static int by_signature(struct op *op, struct inbound *in)
{
    const struct http_request *rq = in->call->rq;
    struct receipt receipt = { .reason = STR("the signature does not fit") };
    int64_t workspace;
    int r;

    r = channel_workspace(op, in->call->id, &workspace);
    if (r)
        return r < 0 ? r : refuse(op, receipt.reason);
    op->workspace = workspace;
    r = connect_channel(op, in->call->id, &in->to, &in->why);
    if (r == 0 && in->to.connector->check)
        r = in->to.connector->check(op, &in->to.connection, &rq->headers, rq->body,
                                    &receipt);
    else if (r == 0)
        return refuse(op, STR("this network does not call us"));
    return r > 0 ? refuse(op, receipt.reason) : r;
}

static int authenticate(struct op *op, void *ctx)
{
    struct inbound *in = ctx;
    int64_t workspace = op->workspace;
    int r = in->call->who.account_id ? by_token(op, in) : by_signature(op, in);

    if (r < 0) {
        op->workspace = workspace;
        return r;
    }
    if (in->to.channel.retired_at)
        return op_fail_as(op, ERR_CONFLICT, "channel_retired", "the channel is retired");
    return 0;
}

static int answer_counts(struct op *op, const struct intake_counts *counts,
                         struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_int(&w, "accepted", counts->accepted);
    json_put_int(&w, "duplicates", counts->duplicates);
    json_begin_array(&w, "rejected");
    for (size_t i = 0; i < counts->rejected_count; i++) {
        const struct intake_rejection *rejection = &counts->rejected[i];

        json_begin_object(&w, NULL);
        json_put_int(&w, "index", (int64_t)rejection->index);
        json_put_text(&w, "reason", rejection->reason);
        if (rejection->field.n)
            json_put_text(&w, "field", rejection->field);
        else
            json_put_null(&w, "field");
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return api_answer(ret, 202, &w);
}

/* One request on its way through the intake. */
struct arrival {
    struct intake_flow flow;
    struct inbound in;
    struct op *op;
    struct api_call *call;
    struct http_answer *ret;
};

/* Who sends it, and the items that it holds. */
static int open_arrival(struct op *op, struct arrival *arrival)
{
    struct inbound *in = &arrival->in;
    struct str *items;
    size_t count;
    int r = store_read(op, authenticate, in);

    if (r < 0)
        return r;
    if (!in->to.connector->split)
        return op_fail(op, ERR_CONFLICT,
                       "nothing is posted to a channel of this network");
    r = in->to.connector->split(op, in->call->rq->body, &items, &count);
    if (r < 0)
        return r;
    arrival->flow.batch = (struct intake_batch){ .to = &in->to,
                                                 .items = items,
                                                 .count = count,
                                                 .source = "webhook",
                                                 .open_conversations = true };
    return 0;
}

static int close_arrival(struct op *op, struct arrival *arrival)
{
    const struct intake_batch *batch = &arrival->flow.batch;
    const struct intake_counts *counts = &arrival->flow.counts;
    struct item item;
    int r;

    if (counts->rejected_count == 1 && batch->count == 1 &&
        !str_starts(str_trim(arrival->in.call->rq->body), STR("["))) {
        r = batch->to->connector->parse(op, batch->items[0],
                                        &item); /* names all of its fields */
        if (r < 0)
            return r;
    }
    return answer_counts(op, counts, arrival->ret);
}

static int inbound_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct arrival arrival = { .in.call = call, .ret = ret };
    int r = open_arrival(op, &arrival);

    if (r >= 0)
        r = intake_accept(op, &arrival.flow.batch, &arrival.flow.counts);
    return r < 0 ? r : close_arrival(op, &arrival);
}

static bool on_thought(struct intake_flow *flow, struct task *task)
{
    return api_soon(CONTAINER_OF(flow, struct arrival, flow)->call, task);
}

static void on_taken(struct intake_flow *flow, int r)
{
    struct arrival *arrival = CONTAINER_OF(flow, struct arrival, flow);

    if (r >= 0)
        r = close_arrival(arrival->op, arrival);
    api_finish(arrival->call, r);
}

/* The same, and no thread waits for the disk meanwhile. */
static int inbound_begin(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct arrival *arrival = arena_new(op->arena, struct arrival, 1);
    int r;

    *arrival = (struct arrival){ .flow = { .soon = on_thought, .done = on_taken },
                                 .in.call = call,
                                 .op = op,
                                 .call = call,
                                 .ret = ret };
    r = open_arrival(op, arrival);
    return r < 0 ? r : intake_begin(op, &arrival->flow);
}

static void show_raw(struct json_writer *w, struct op *op, const struct raw_item *raw)
{
    json_begin_object(w, NULL);
    json_put_id(w, "id", raw->id);
    json_put_text(w, "state", raw->state);
    json_put_text(w, "reason", raw->reason);
    json_put_text(w, "source", raw->source);
    json_put_time(w, "received_at", raw->received_at);
    json_put_int(w, "attempts", raw->attempts);
    json_put_int(w, "size", (int64_t)raw->bytes.n);
    json_put_text(w, "body",
                  utf8_repair(op->arena, str_sub(raw->bytes, 0, MAX_SHOWN_BYTES)));
    json_end_object(w);
}

static int raw_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct raw_item_filter filter = {
        .channel_id = call->id,
        .state = api_query(op, call, "state"),
    };
    struct json_writer w = JSON_WRITER(op->arena);
    struct channel channel;
    struct raw_item *list;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r < 0)
        return r;
    if (!filter.state.n)
        filter.state = STR("failed");
    filter.after_id = page.id;
    filter.limit = page.ask;
    r = channel_get(op, call->id, &channel);
    if (r)
        return r < 0 ? r : op_fail(op, ERR_NOT_FOUND, "there is no such channel");
    r = intake_raw_list(op, &filter, &list, &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; i < count; i++) {
        show_raw(&w, op, &list[i]);
        page_at(&page, 0, list[i].id);
    }
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int raw_replay(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct raw_item raw;
    int r = intake_raw_get(op, call->id2, &raw);

    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND || raw.channel_id != call->id)
        return op_fail(op, ERR_NOT_FOUND, "there is no such item in this channel");
    r = intake_raw_replay(op, call->id2);
    if (r >= 0)
        r = job_add(op, "intake", call->id, op->now);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_id(&w, "id", raw.id);
    json_put_c(&w, "state", "received");
    json_end_object(&w);
    return api_answer(ret, 202, &w);
}

static const struct api_field raw_query[] = {
    { "state", API_CHOICE, .choices = "failed|received|done" },
    { NULL },
};

const struct api_route api_inbound_routes[] = {
    {
        .method = "POST",
        .pattern = "/api/v1/channels/{id}/inbound",
        .mode = API_WORK,
        .access = API_ANYBODY,
        .max_body = INBOUND_MAX_BYTES,
        .summary =
            "Messages from a network: one object, or an array of up to 1000. "
            "Signed by Standard Webhooks, or with a token and the right `channels`.",
        .handle = inbound_create,
        .begin = inbound_begin,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/channels/{id}/raw",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "What a channel sent and could not be understood (or waits, or was).",
        .query = raw_query,
        .handle = raw_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/channels/{id}/raw/{raw_id}/replay",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "channels",
        .summary = "Try to understand an item again.",
        .handle = raw_replay,
    },
    { NULL },
};
