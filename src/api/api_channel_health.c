/* api_channel_health.c - how a channel is doing: what came, what leaves, what is next,
 * and what polling found that should have been here already. */
#include "api/api_show.h"

#include "dialogue/gap.h"
#include "dialogue/visible.h"
#include "work/judge.h"
#include "work/watch.h"
#include "work/work_poll.h"

static const char delivery_letters[] = {
    [DELIVERY_EXACT] = 'A', [DELIVERY_KEYED] = 'B',  [DELIVERY_MARKED] = 'C',
    [DELIVERY_ALIKE] = 'D', [DELIVERY_SILENT] = 'E',
};

static void put_budget(struct op *op, struct json_writer *w, const struct pace *pace,
                       const struct pace_budget *budget)
{
    if (pace_left(op, pace, budget) < 0) {
        json_put_null(w, "budget");
    } else {
        json_begin_object(w, "budget");
        json_put_int(w, "calls", budget->calls);
        json_put_int(w, "per_ms", budget->per_ms);
        json_put_int(w, "left", pace_left(op, pace, budget));
        json_end_object(w);
    }
    if (pace->told_until_at <= op->now) {
        json_put_null(w, "told_budget");
        return;
    }
    json_begin_object(w, "told_budget");
    json_put_int(w, "left", pace->told_left);
    json_put_time(w, "renewed_at", pace->told_until_at);
    json_end_object(w);
}

/* What is done in doubt: which class the network is of, and how long it is given to show
 * what it took. */
static int put_doubt(struct op *op, struct json_writer *w, const struct connected *to)
{
    int64_t longest, own = 0;
    int r = visible_longest(op, to->channel.id, &longest);

    if (r < 0)
        return r;
    if (!to->connector || !to->connector->delivery) {
        json_put_null(w, "class");
        return 0;
    }
    if (to->connector->quiet_ms)
        own = to->connector->quiet_ms(&to->connection);
    json_put_text(w, "class",
                  (struct str){ &delivery_letters[to->connector->delivery], 1 });
    if (to->connector->chat_delivery)
        json_put_text(w, "chat_class",
                      (struct str){ &delivery_letters[to->connector->chat_delivery], 1 });
    json_put_int(w, "quiet_ms", visible_quiet(own, longest));
    if (longest >= 0)
        json_put_int(w, "shown_after_ms", longest);
    else
        json_put_null(w, "shown_after_ms");
    return 0;
}

/* How the network may be asked just now: breaker, rest and budget. */
static int put_sending(struct op *op, struct json_writer *w, const struct connected *to)
{
    struct pace_budget budget = judge_budget(to);
    struct pace pace;
    int64_t next;
    int r = pace_get(op, to->channel.id, &pace);

    if (r < 0)
        return r;
    next = pace_next_at(op, &pace, &budget);
    json_begin_object(w, "sending");
    json_put_c(w, "state", pace_state(op, &pace));
    json_put_text(w, "message", pace_words(op, &pace, &budget));
    json_put_int(w, "failures", pace.failures);
    json_put_text(w, "last_failure", pace.reason);
    json_put_time(w, "next_try_at", next > op->now ? next : 0);
    put_budget(op, w, &pace, &budget);
    r = put_doubt(op, w, to);
    json_end_object(w);
    return r;
}

static int put_polling(struct op *op, struct json_writer *w, const struct connected *to,
                       const struct channel_health *health)
{
    struct gap_report night = { .ended_at = 0 };
    struct poll_part part;
    int64_t next = 0, node = -1, recounted = 0;
    int r;

    if (!to->connector || !to->connector->poll) {
        json_put_null(w, "polling");
        return 0;
    }
    r = poll_next_at(op, to->channel.id, &next);
    if (r >= 0)
        r = gap_last_night(op, to->channel.id, &night);
    if (r >= 0)
        r = watch_holder(op, to->channel.id, &node);
    if (r >= 0)
        r = poll_recounted_at(op, to->channel.id, &recounted);
    if (r >= 0)
        r = poll_part(op, to->channel.id, &part);
    if (r < 0)
        return r;
    json_begin_object(w, "polling");
    json_put_int(w, "every_ms", to->connector->poll_ms);
    json_put_bool(w, "watching", node >= 0);
    json_put_time(w, "last_at", health->polled_at);
    json_put_time(w, "next_at", next);
    json_put_time(w, "failed_at", health->poll_failed_at);
    json_put_text(w, "error", health->poll_error);
    json_put_text(w, "trouble", health->poll_trouble);
    json_put_text(w, "part_error", part.error);
    json_put_text(w, "part_trouble", part.trouble);
    json_put_time(w, "recounted_at", recounted);
    json_put_time(w, "reread_at", night.ended_at);
    json_put_int(w, "reread_missed", night.missed);
    json_end_object(w);
    return 0;
}

/* Since when and until when the network lets us in, as far as this node knows. */
static void put_token(struct json_writer *w, const struct connected *to)
{
    struct token_life life;

    if (!to->connector || !to->connector->token_life ||
        !to->connector->token_life(&to->connection, &life)) {
        json_put_null(w, "token");
        return;
    }
    json_begin_object(w, "token");
    json_put_time(w, "renewed_at", life.renewed_at);
    json_put_time(w, "until_at", life.until_at);
    json_end_object(w);
}

static void put_outbox(struct json_writer *w, const struct outbox_counts *counts)
{
    json_begin_object(w, "outbox");
    json_put_int(w, "queued", counts->queued);
    json_put_int(w, "unknown", counts->unknown);
    json_put_int(w, "uncertain", counts->uncertain);
    json_put_int(w, "failed", counts->failed);
    json_end_object(w);
}

static void put_health(struct op *op, struct json_writer *w,
                       const struct channel *channel, const struct channel_health *health)
{
    json_put_time(w, "last_inbound_at", health->last_inbound_at);
    json_put_time(w, "last_success_at", health->last_success_at);
    json_put_text(w, "last_error", health->last_error);
    json_put_time(w, "last_error_at", health->last_error_at);
    json_put_int(w, "accepted", health->accepted);
    json_put_int(w, "duplicates", health->duplicates);
    json_put_int(w, "waiting_raw", health->waiting_raw);
    json_put_int(w, "failed_raw", health->failed_raw);
    json_put_time(w, "silent_since_at", channel_silent_since(op, channel, health));
    json_put_int(w, "usual_silence_ms", health->silence_ms);
}

/* The channel, spoken or not. */
static int connect(struct op *op, int64_t id, struct connected *ret)
{
    struct connected to = { 0 };
    struct str why;
    int r = channel_get(op, id, &to.channel);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no such channel");
    if (r >= 0)
        r = connect_channel(op, id, &to, &why);
    if (r < 0)
        return r;
    *ret = to;
    return 0;
}

static int channel_health(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct outbox_counts counts;
    struct channel_health health;
    struct connected to;
    int r = connect(op, call->id, &to);

    if (r >= 0)
        r = channel_health_get(op, call->id, &health);
    if (r >= 0)
        r = outbox_counts(op, call->id, &counts);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    put_health(op, &w, &to.channel, &health);
    put_outbox(&w, &counts);
    put_token(&w, &to);
    r = put_sending(op, &w, &to);
    if (r >= 0)
        r = put_polling(op, &w, &to, &health);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static void show_gap(struct json_writer *w, const struct gap_report *gap)
{
    json_begin_object(w, NULL);
    json_put_id(w, "id", gap->id);
    json_put_text(w, "asked_by", gap->asked_by);
    json_put_time(w, "started_at", gap->started_at);
    json_put_time(w, "ended_at", gap->ended_at);
    json_put_int(w, "fetched", gap->fetched);
    json_put_int(w, "added", gap->added);
    json_put_int(w, "missed", gap->missed);
    json_put_int(w, "refused", gap->refused);
    json_put_int(w, "removed", gap->removed);
    json_put_int(w, "unclear", gap->unclear);
    json_end_object(w);
}

static int gap_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct connected to;
    struct gap_report *list;
    struct page page;
    size_t count;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = connect(op, call->id, &to);
    if (r >= 0)
        r = gap_list(op, call->id, page.id, page.ask, &list, &count);
    if (r < 0)
        return r;
    page_open(&page, &w, &count);
    for (size_t i = 0; i < count; i++) {
        show_gap(&w, &list[i]);
        page_at(&page, 0, list[i].id);
    }
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

const struct api_route api_channel_health_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/channels/{id}/health",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "How a channel is doing: what came, what leaves, what is next.",
        .handle = channel_health,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/channels/{id}/gaps",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary =
            "What polling fetched, and of that what should have been here already; "
            "newest first.",
        .handle = gap_index,
    },
    { NULL },
};
