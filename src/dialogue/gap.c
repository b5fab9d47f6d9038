/* gap.c - gap reports. */
#include "dialogue/gap.h"

#include "base/ids.h"
#include "dialogue/stmt.h"

static int note_missed(struct op *op, const struct gap_report *gap)
{
    struct event event = { .kind = "channel.gap",
                           .channel_id = gap->channel_id,
                           .subject_id = gap->id };

    event.extra = arena_fmt(op->arena, "\"fetched\":%lld,\"missed\":%lld",
                            (long long)gap->fetched, (long long)gap->missed);
    return event_add(op, &event);
}

int gap_file(struct op *op, struct gap_report *gap)
{
    int r;

    gap->id = id_next(op);
    r = db_run(op, &SQL_GAP_ADD, ARG_WS, ARG_INT(gap->id), ARG_INT(gap->channel_id),
               ARG_TEXT(gap->asked_by), ARG_INT(gap->started_at), ARG_INT(gap->ended_at),
               ARG_INT(gap->fetched), ARG_INT(gap->added), ARG_INT(gap->missed),
               ARG_INT(gap->refused), ARG_INT(gap->removed), ARG_INT(gap->unclear));
    return r < 0 || !gap->missed ? r : note_missed(op, gap);
}

static struct gap_report read_report(struct op *op, struct db_rows *rows,
                                     int64_t channel_id)
{
    return (struct gap_report){
        .id = db_int(rows, 0),
        .channel_id = channel_id,
        .asked_by = db_text(op, rows, 1),
        .started_at = db_int(rows, 2),
        .ended_at = db_int(rows, 3),
        .fetched = db_int(rows, 4),
        .added = db_int(rows, 5),
        .missed = db_int(rows, 6),
        .refused = db_int(rows, 7),
        .removed = db_int(rows, 8),
        .unclear = db_int(rows, 9),
    };
}

int gap_last_night(struct op *op, int64_t channel_id, struct gap_report *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_GAP_LAST_NIGHT, ARG_WS, ARG_INT(channel_id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return GAP_NOT_FOUND;
    *ret = read_report(op, rows, channel_id);
    return 0;
}

int gap_list(struct op *op, int64_t channel_id, int64_t before_id, int64_t limit,
             struct gap_report **ret, size_t *ret_count)
{
    struct gap_report *list = arena_new(op->arena, struct gap_report, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_GAP_LIST, ARG_WS, ARG_INT(channel_id),
                 ARG_INT(before_id ? before_id : INT64_MAX), ARG_INT(limit));
    if (r < 0)
        return r;
    while (n < (size_t)limit && (r = db_next(op, rows)) > 0)
        list[n++] = read_report(op, rows, channel_id);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}
