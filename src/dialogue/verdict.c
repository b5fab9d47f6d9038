/* verdict.c - what people said of findings: rows, examples and how often it was right. */
#include "dialogue/verdict.h"

#include "base/ids.h"
#include "dialogue/message.h"
#include "dialogue/stmt.h"

static const struct column columns[] = {
    COLUMN(verdict, id, COLUMN_ID),
    COLUMN(verdict, message_id, COLUMN_ID),
    COLUMN(verdict, message_version, COLUMN_INT),
    COLUMN(verdict, account_id, COLUMN_ID),
    COLUMN(verdict, kind, COLUMN_TEXT),
    COLUMN(verdict, value, COLUMN_TEXT),
    COLUMN(verdict, holds, COLUMN_BOOL),
    COLUMN(verdict, found_value, COLUMN_TEXT),
    COLUMN(verdict, was_found, COLUMN_BOOL),
    COLUMN(verdict, was_unsure, COLUMN_BOOL),
    COLUMN(verdict, was_right, COLUMN_BOOL),
    COLUMN(verdict, model, COLUMN_TEXT),
    COLUMN(verdict, made_at, COLUMN_TIME),
    COLUMN(verdict, taken_back_at, COLUMN_TIME),
    COLUMN(verdict, revision, COLUMN_INT),
    { NULL },
};

const struct record verdict_record = {
    .table = "verdict",
    .columns = columns,
    .size = sizeof(struct verdict),
    .get = &SQL_VERDICT_GET,
    .add = &SQL_VERDICT_ADD,
    .set = &SQL_VERDICT_SET,
    .all = &SQL_VERDICT_ALL,
};

static struct event event_of(const char *kind, const struct message *msg, int64_t id)
{
    return (struct event){
        .kind = kind,
        .conversation_id = msg->conversation_id,
        .thread_id = msg->thread_id,
        .person_id = msg->person_id,
        .channel_id = msg->channel_id,
        .message_id = msg->id,
        .subject_id = id,
    };
}

int verdict_add(struct op *op, const struct message *msg, struct verdict *verdict)
{
    struct event event;

    verdict->id = id_next(op);
    verdict->message_id = msg->id;
    verdict->message_version = msg->version;
    verdict->made_at = op->now;
    verdict->revision = verdict->id;
    event = event_of("message.judged", msg, verdict->id);
    return record_insert(op, &verdict_record, verdict, &event);
}

int verdict_list(struct op *op, int64_t message_id, struct verdict **ret,
                 size_t *ret_count)
{
    return record_list(op, &verdict_record, ret, ret_count, &SQL_VERDICT_OF_MESSAGE,
                       ARG_WS, ARG_INT(message_id));
}

int verdict_take_back(struct op *op, const struct message *msg, struct str kind)
{
    struct verdict *list;
    size_t count;
    int r = verdict_list(op, msg->id, &list, &count);

    if (r < 0)
        return r;
    for (size_t i = count; i > 0; i--) {
        struct verdict now = list[i - 1];
        struct event event = event_of("message.judged", msg, now.id);

        if (!str_eq(now.kind, kind))
            continue;
        now.taken_back_at = op->now;
        now.revision = id_next(op);
        return record_update(op, &verdict_record, &list[i - 1], &now, &event);
    }
    return VERDICT_NONE;
}

int verdict_revision(struct op *op, int64_t *ret)
{
    int r = db_number(op, ret, &SQL_VERDICT_REVISION, ARG_WS);

    if (r == DB_NO_ROW)
        *ret = 0;
    return r < 0 ? r : 0;
}

int verdict_examples(struct op *op, int64_t below, int64_t limit,
                     struct verdict_example **ret, size_t *ret_count)
{
    struct verdict_example *list =
        arena_new(op->arena, struct verdict_example, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_VERDICT_EXAMPLES, ARG_WS,
                     ARG_INT(below ? below : INT64_MAX), ARG_INT(limit));

    while (r >= 0 && n < (size_t)limit && (r = db_next(op, rows)) > 0)
        list[n++] = (struct verdict_example){
            .id = db_int(rows, 0),
            .kind = db_text(op, rows, 1),
            .value = db_text(op, rows, 2),
            .holds = db_int(rows, 3) != 0,
            .body = db_text(op, rows, 4),
            .visibility = db_text(op, rows, 5),
        };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int verdict_corrections(struct op *op, int64_t limit, struct verdict_correction **ret,
                        size_t *ret_count)
{
    struct verdict_correction *list =
        arena_new(op->arena, struct verdict_correction, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_VERDICT_CORRECTIONS, ARG_WS, ARG_INT(limit));

    while (r >= 0 && n < (size_t)limit && (r = db_next(op, rows)) > 0)
        list[n++] = (struct verdict_correction){
            .message_id = db_int(rows, 0),
            .version = db_int(rows, 1),
            .kind = db_text(op, rows, 2),
            .value = db_text(op, rows, 3),
            .holds = db_int(rows, 4) != 0,
            .body = db_text(op, rows, 5),
            .visibility = db_text(op, rows, 6),
        };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int verdict_tallies(struct op *op, int64_t from, struct verdict_tally **ret,
                    size_t *ret_count)
{
    struct verdict_tally *list =
        arena_new(op->arena, struct verdict_tally, VERDICT_MAX_TALLIES);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_VERDICT_TALLIES, ARG_WS, ARG_INT(from),
                     ARG_INT(VERDICT_MAX_TALLIES));

    while (r >= 0 && n < VERDICT_MAX_TALLIES && (r = db_next(op, rows)) > 0)
        list[n++] = (struct verdict_tally){
            .kind = db_text(op, rows, 0),
            .value = db_text(op, rows, 1),
            .week_at = db_int(rows, 2),
            .count = db_int(rows, 3),
            .right = db_int(rows, 4),
            .unsure = db_int(rows, 5),
        };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}
