/* channel.c - one connected account or address: its row, its health, its rules. */
#include "dialogue/channel.h"

#include "base/ids.h"
#include "base/strbuf.h"
#include "dialogue/stmt.h"

enum { CHANNEL_MAX_OPEN_LISTED = 200 };

static const struct column columns[] = {
    COLUMN(channel, id, COLUMN_ID),
    COLUMN(channel, network, COLUMN_TEXT),
    COLUMN(channel, name, COLUMN_TEXT),
    COLUMN(channel, icon, COLUMN_TEXT),
    COLUMN(channel, kind_name, COLUMN_TEXT),
    COLUMN(channel, owner_id, COLUMN_ID),
    COLUMN(channel, deputy_id, COLUMN_ID),
    COLUMN(channel, department_id, COLUMN_ID),
    COLUMN_WORDS(channel, purpose),
    COLUMN(channel, mode, COLUMN_TEXT),
    COLUMN(channel, planned_minutes, COLUMN_TIME), /* 0 is NULL, as with an instant */
    COLUMN(channel, target_ms, COLUMN_TIME),
    COLUMN(channel, settings, COLUMN_TEXT),
    COLUMN(channel, created_at, COLUMN_TIME),
    COLUMN(channel, retired_at, COLUMN_TIME),
    COLUMN_WORDS(channel, forwarding_note),
    { NULL },
};

const struct record channel_record = {
    .table = "channel",
    .columns = columns,
    .size = sizeof(struct channel),
    .get = &SQL_CHANNEL_GET,
    .add = &SQL_CHANNEL_ADD,
    .set = &SQL_CHANNEL_SET,
    .all = &SQL_CHANNEL_ALL,
};

unsigned channel_gaps(const struct channel *channel)
{
    unsigned gaps = 0;

    if (!channel->owner_id)
        gaps |= CHANNEL_NO_OWNER;
    if (!channel->deputy_id)
        gaps |= CHANNEL_NO_DEPUTY;
    if (!channel->planned_minutes)
        gaps |= CHANNEL_NO_HOURS;
    if (!str_trim(channel->purpose).n)
        gaps |= CHANNEL_NO_PURPOSE;
    return gaps;
}

int channel_get(struct op *op, int64_t id, struct channel *ret)
{
    return record_get(op, &channel_record, id, ret);
}

int channel_list(struct op *op, struct channel **ret, size_t *ret_count)
{
    return record_list(op, &channel_record, ret, ret_count, &SQL_CHANNEL_LIST, ARG_WS);
}

/* The name belongs to no other channel of the workspace. */
static int check_name(struct op *op, const struct channel *channel)
{
    int64_t other;
    int r;

    r = db_number(op, &other, &SQL_CHANNEL_BY_NAME, ARG_WS, ARG_TEXT(channel->name));
    if (r < 0)
        return r;
    if (r == 0 && other != channel->id)
        return op_fail_as(op, ERR_CONFLICT, "name_taken",
                          "there is a channel named \"" STR_FMT "\" already",
                          STR_ARG(channel->name));
    return 0;
}

int channel_add(struct op *op, struct channel *channel)
{
    struct event event = { .kind = "channel.added" };
    int r;

    r = check_name(op, channel);
    if (r < 0)
        return r;

    channel->id = id_next(op);
    channel->created_at = op->now;
    event.channel_id = channel->id;
    event.subject_id = channel->id;
    event.department_id = channel->department_id;
    return record_insert(op, &channel_record, channel, &event);
}

int channel_update(struct op *op, const struct channel *old, const struct channel *now)
{
    struct event event = { .kind = "channel.changed",
                           .channel_id = old->id,
                           .subject_id = old->id,
                           .department_id = now->department_id };
    int r;

    r = check_name(op, now);
    if (r < 0)
        return r;
    return record_update(op, &channel_record, old, now, &event);
}

int channel_effective_mode(struct op *op, const struct channel *channel, struct str *ret)
{
    int64_t limited = 0;
    int r;

    if (!str_is(channel->mode, "dialogue") || !channel_gaps(channel)) {
        *ret = channel->mode;
        return 0;
    }
    r = db_number(op, &limited, &SQL_CHANNEL_LIMITED, ARG_WS);
    if (r < 0)
        return r;
    *ret = limited ? STR("listen") : channel->mode;
    return 0;
}

int channel_workspace(struct op *op, int64_t id, int64_t *ret)
{
    int r = db_number(op, ret, &SQL_CHANNEL_WORKSPACE, ARG_INT(id));

    return r == DB_NO_ROW ? RECORD_NOT_FOUND : r;
}

/* The ids of open conversations, and as a member for the answer. */
static int list_open(struct op *op, int64_t id, int64_t **ret, size_t *ret_count)
{
    int64_t *ids = arena_new(op->arena, int64_t, CHANNEL_MAX_OPEN_LISTED);
    struct strbuf extra = STRBUF(op->arena);
    size_t count = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_CHANNEL_OPEN_CONVERSATIONS, ARG_WS, ARG_INT(id),
                 ARG_INT(CHANNEL_MAX_OPEN_LISTED));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1) {
        ids[count] = db_int(rows, 0);
        strbuf_fmt(&extra, "%s{\"id\":\"%lld\"}", count ? "," : "",
                   (long long)ids[count]);
        count++;
    }
    if (r < 0)
        return r;

    if (count)
        op->err.extra =
            arena_fmt(op->arena, "\"open\":[" STR_FMT "]", STR_ARG(strbuf_str(&extra)));
    *ret = ids;
    *ret_count = count;
    return 0;
}

int channel_retire(struct op *op, int64_t id, struct str forwarding_note,
                   int64_t **ret_open, size_t *ret_count)
{
    struct event event = { .kind = "channel.retired",
                           .channel_id = id,
                           .subject_id = id };
    struct channel old, now;
    struct str extra;
    int r;

    r = channel_get(op, id, &old);
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no such channel");
    if (old.retired_at)
        return op_fail_as(op, ERR_CONFLICT, "channel_retired",
                          "the channel is retired already");
    if (!str_trim(forwarding_note).n)
        return op_fail_field_as(op, "forwarding_note", "required",
                                "must say where people find us from now on");

    r = list_open(op, id, ret_open, ret_count);
    if (r < 0)
        return r;
    if (*ret_count) {
        extra = op->err.extra;
        r = op_fail_as(op, ERR_CONFLICT, "channel_has_open",
                       "the channel has open conversations: %zu%s", *ret_count,
                       *ret_count == CHANNEL_MAX_OPEN_LISTED ? " or more" : "");
        op->err.extra = extra;
        return r;
    }

    now = old;
    now.retired_at = op->now;
    now.forwarding_note = forwarding_note;
    return record_update(op, &channel_record, &old, &now, &event);
}

static int count_raw(struct op *op, int64_t id, struct channel_health *health)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_CHANNEL_RAW_COUNTS, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1) {
        if (str_is(db_text(op, rows, 0), "failed"))
            health->failed_raw = db_int(rows, 1);
        else
            health->waiting_raw = db_int(rows, 1);
    }
    return r;
}

int channel_health_get(struct op *op, int64_t id, struct channel_health *ret)
{
    struct channel_health health = { .last_error = STR(""),
                                     .poll_error = STR(""),
                                     .poll_trouble = STR("") };
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_CHANNEL_HEALTH_GET, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 1)
        health = (struct channel_health){
            .last_inbound_at = db_int(rows, 0),
            .last_success_at = db_int(rows, 1),
            .last_error_at = db_int(rows, 2),
            .last_error = db_text(op, rows, 3),
            .accepted = db_int(rows, 4),
            .duplicates = db_int(rows, 5),
            .polled_at = db_int(rows, 6),
            .poll_failed_at = db_int(rows, 7),
            .poll_error = db_text(op, rows, 8),
            .poll_trouble = db_text(op, rows, 9),
            .silence_ms = db_int(rows, 10),
        };
    r = count_raw(op, id, &health);
    if (r < 0)
        return r;
    *ret = health;
    return 0;
}

int64_t channel_silent_since(const struct op *op, const struct channel *channel,
                             const struct channel_health *health)
{
    int64_t most = health->silence_ms + health->silence_ms / 2;

    if (channel->retired_at || str_is(channel->mode, "none") ||
        health->accepted < CHANNEL_HISTORY)
        return 0;
    if (most < CHANNEL_SILENCE_HOURS * MINUTES(60))
        most = CHANNEL_SILENCE_HOURS * MINUTES(60);
    return op->now - health->last_inbound_at > most ? health->last_inbound_at : 0;
}

int channel_heard(struct op *op, int64_t id, int64_t accepted, int64_t duplicates)
{
    return db_run(op, &SQL_CHANNEL_HEALTH_HEARD, ARG_WS, ARG_INT(id), ARG_INT(op->now),
                  ARG_INT(accepted), ARG_INT(duplicates),
                  ARG_INT(op->now - CHANNEL_SILENCE_DAYS * MINUTES(24 * 60)));
}

int channel_succeeded(struct op *op, int64_t id)
{
    return db_run(op, &SQL_CHANNEL_HEALTH_SUCCEEDED, ARG_WS, ARG_INT(id),
                  ARG_INT(op->now));
}

int channel_failed(struct op *op, int64_t id, struct str error)
{
    return db_run(op, &SQL_CHANNEL_HEALTH_FAILED, ARG_WS, ARG_INT(id), ARG_INT(op->now),
                  ARG_TEXT(error));
}

int channel_polled(struct op *op, int64_t id)
{
    return db_run(op, &SQL_CHANNEL_HEALTH_POLLED, ARG_WS, ARG_INT(id), ARG_INT(op->now));
}

int channel_poll_failed(struct op *op, int64_t id, struct str error, struct str trouble)
{
    return db_run(op, &SQL_CHANNEL_HEALTH_POLL_FAILED, ARG_WS, ARG_INT(id),
                  ARG_INT(op->now), ARG_TEXT(error), ARG_TEXT(trouble));
}

int channel_cursor(struct op *op, int64_t id, struct str name, struct str *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_CURSOR_GET, ARG_WS, ARG_INT(id), ARG_TEXT(name));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    *ret = r ? db_text(op, rows, 0) : STR("");
    return 0;
}

int channel_move_cursor(struct op *op, int64_t id, struct str name, struct str position)
{
    return db_run(op, &SQL_CURSOR_SET, ARG_WS, ARG_INT(id), ARG_TEXT(name),
                  ARG_TEXT(position), ARG_INT(op->now));
}
