/* api_measured.c - what networks count, of an account and of own posts, as a series. */
#include "api/api_show.h"

#include "dialogue/measured.h"
#include "dialogue/message.h"
#include "work/work_measure.h"

enum { USUAL_DAYS = 30 };

static void put_count(struct json_writer *w, const char *key, int64_t number)
{
    if (number == COUNTED_NOT_GIVEN)
        json_put_null(w, key);
    else
        json_put_int(w, key, number);
}

void show_counted(struct json_writer *w, const struct measured *m)
{
    if (!m->measured_at) {
        json_put_null(w, "measured");
        return;
    }
    json_begin_object(w, "measured");
    json_put_time(w, "at", m->measured_at);
    for (int i = 0; i < COUNTED_KINDS; i++)
        if ((i == COUNTED_FOLLOWERS) == (m->message_id == 0))
            put_count(w, counted_names[i], m->now.of[i]);
    json_end_object(w);
}

static int read_period(struct op *op, const struct api_call *call, int64_t usual_from,
                       struct measured_span *span)
{
    span->until = api_query_time(op, call, "to");
    if (!span->until)
        span->until = op->now + 1;
    span->from = api_query_time(op, call, "from");
    if (!span->from)
        span->from = usual_from;
    if (span->from >= span->until)
        return op_fail_field_as(op, "to", "period_empty", "is not after from");
    return 0;
}

static void put_points(struct op *op, struct json_writer *w,
                       const struct measured_point *points, size_t count)
{
    json_begin_array(w, "items");
    for (size_t i = 0; i < count; i++) {
        json_begin_object(w, NULL);
        json_put_time(w, "at", points[i].at);
        json_put_text(w, "kind", points[i].kind);
        put_count(w, "number", points[i].number);
        json_end_object(w);
    }
    api_end_list(op, w, STR(""));
}

/* Of the account (message 0) or of one post. */
static int answer_series(struct op *op, const struct channel *channel,
                         const struct measured_span *span, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct measured account = { .error = STR("") };
    struct measured m = { .message_id = span->message_id };
    struct measured_point *points;
    size_t count;
    int r = measured_get(op, channel->id, 0, &account);

    if (r >= 0)
        r = measured_get(op, channel->id, span->message_id, &m);
    if (r >= 0)
        r = measured_series(op, span, &points, &count);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_id(&w, "channel_id", channel->id);
    json_put_bool(&w, "measures", measure_can(channel));
    show_counted(&w, &m);
    json_put_time(&w, "failed_at", account.failed_at);
    json_put_text(&w, "error", account.error);
    put_points(op, &w, points, count);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int channel_measured(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct measured_span span = { .channel_id = call->id };
    struct channel channel;
    int r = channel_get(op, call->id, &channel);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no channel %lld",
                       (long long)call->id);
    if (r >= 0)
        r = read_period(op, call, op->now - DAYS(USUAL_DAYS), &span);
    return r < 0 ? r : answer_series(op, &channel, &span, ret);
}

static int message_measured(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct measured_span span = { .message_id = call->id };
    struct channel channel;
    struct message msg;
    int r = message_get(op, call->id, &msg);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no message %lld",
                       (long long)call->id);
    if (r >= 0)
        r = channel_get(op, msg.channel_id, &channel);
    span.channel_id = msg.channel_id;
    if (r >= 0)
        r = read_period(op, call, 1, &span);
    return r < 0 ? r : answer_series(op, &channel, &span, ret);
}

static const struct api_field period[] = {
    { .name = "from", .type = API_TIME },
    { .name = "to", .type = API_TIME, .help = "not included; now" },
    { NULL },
};

const struct api_route api_measured_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/channels/{id}/measured",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "report",
        .summary = "How many follow a channel's account, day by day; the last 30 days.",
        .query = period,
        .handle = channel_measured,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/messages/{id}/measured",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "What the network counted of an own post, change by change.",
        .query = period,
        .handle = message_measured,
    },
    { NULL },
};
