/* check_back.c - planning, making due, sending and cancelling check-backs. */
#include "dialogue/check_back.h"

#include "base/ids.h"
#include "dialogue/stmt.h"
#include "dialogue/webhook.h"
#include "job/job.h"

static const struct column columns[] = {
    COLUMN(check_back, id, COLUMN_ID),
    COLUMN(check_back, conversation_id, COLUMN_ID),
    COLUMN(check_back, person_id, COLUMN_ID),
    COLUMN(check_back, department_id, COLUMN_ID),
    COLUMN(check_back, state, COLUMN_TEXT),
    COLUMN(check_back, solved_at, COLUMN_TIME),
    COLUMN(check_back, due_at, COLUMN_TIME),
    COLUMN(check_back, sent_at, COLUMN_TIME),
    COLUMN(check_back, sent_by, COLUMN_ID),
    COLUMN(check_back, message_id, COLUMN_ID),
    COLUMN(check_back, answered_at, COLUMN_TIME),
    COLUMN(check_back, outcome, COLUMN_TEXT),
    COLUMN(check_back, cancelled_at, COLUMN_TIME),
    COLUMN(check_back, cancel_reason, COLUMN_TEXT),
    COLUMN(check_back, created_at, COLUMN_TIME),
    { NULL },
};

const struct record check_back_record = {
    .table = "check_back",
    .columns = columns,
    .size = sizeof(struct check_back),
    .get = &SQL_CHECK_BACK_GET,
    .add = &SQL_CHECK_BACK_ADD,
    .set = &SQL_CHECK_BACK_SET,
    .all = &SQL_CHECK_BACK_ALL,
};

static struct event event_of(const char *kind, const struct check_back *cb)
{
    return (struct event){
        .kind = kind,
        .conversation_id = cb->conversation_id,
        .person_id = cb->person_id,
        .department_id = cb->department_id,
        .message_id = cb->message_id,
        .subject_id = cb->id,
    };
}

static int change(struct op *op, const struct check_back *old,
                  const struct check_back *now, const char *kind)
{
    struct event event = event_of(kind, now);
    int r = record_update(op, &check_back_record, old, now, &event);

    return r < 0 ? r : webhook_wake(op, kind);
}

static bool waits(const struct check_back *cb)
{
    return str_is(cb->state, "planned") || str_is(cb->state, "due");
}

int check_back_get(struct op *op, int64_t id, struct check_back *ret)
{
    return record_get(op, &check_back_record, id, ret);
}

int check_back_plan(struct op *op, struct check_back *cb)
{
    struct event event;
    int r;

    cb->id = id_next(op);
    cb->state = STR("planned");
    cb->created_at = op->now;
    event = event_of("check_back.planned", cb);
    r = record_insert(op, &check_back_record, cb, &event);
    return r < 0 ? r : job_add(op, "check_back", cb->id, cb->due_at);
}

int check_back_make_due(struct op *op, int64_t id)
{
    struct check_back old, now;
    int r;

    r = check_back_get(op, id, &old);
    if (r != 0)
        return r < 0 ? r : 0; /* gone: nothing to ask any more */
    if (!str_is(old.state, "planned"))
        return 0;
    now = old;
    now.state = STR("due");
    return change(op, &old, &now, "check_back.due");
}

static int cancel_one(struct op *op, const struct check_back *old, const char *reason)
{
    struct check_back now = *old;
    int r;

    if (!waits(old))
        return 0;
    now.state = STR("cancelled");
    now.cancelled_at = op->now;
    now.cancel_reason = str_of(reason);
    r = change(op, old, &now, "check_back.cancelled");
    return r < 0 ? r : job_cancel(op, "check_back", old->id);
}

static int cancel_list(struct op *op, const struct db_stmt *stmt, int64_t id,
                       const char *reason)
{
    struct check_back *list;
    size_t count;
    int r;

    r = record_list(op, &check_back_record, &list, &count, stmt, ARG_WS, ARG_INT(id));
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = cancel_one(op, &list[i], reason);
    return r;
}

int check_back_cancel_conversation(struct op *op, int64_t conversation_id,
                                   const char *reason)
{
    return cancel_list(op, &SQL_CHECK_BACK_OF_CONVERSATION, conversation_id, reason);
}

int check_back_cancel_person(struct op *op, int64_t person_id, const char *reason)
{
    return cancel_list(op, &SQL_CHECK_BACK_OF_PERSON, person_id, reason);
}

int check_back_move_person(struct op *op, int64_t from, int64_t into)
{
    struct check_back *list;
    size_t count;
    int r;

    r = record_list(op, &check_back_record, &list, &count, &SQL_CHECK_BACK_OF_PERSON,
                    ARG_WS, ARG_INT(from));
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct check_back now = list[i];

        now.person_id = into;
        r = change(op, &list[i], &now, "check_back.person_changed");
    }
    return r;
}

static int need(struct op *op, int64_t id, struct check_back *ret)
{
    int r = check_back_get(op, id, ret);

    return r == RECORD_NOT_FOUND
               ? op_fail(op, ERR_NOT_FOUND, "there is no check-back %lld", (long long)id)
               : r;
}

int check_back_cancel(struct op *op, int64_t id, const char *reason)
{
    struct check_back cb;
    int r;

    r = need(op, id, &cb);
    if (r < 0)
        return r;
    if (!waits(&cb))
        return op_fail_as(op, ERR_CONFLICT, "check_back_done",
                          "this check-back is already " STR_FMT, STR_ARG(cb.state));
    return cancel_one(op, &cb, reason);
}

int check_back_mark_sent(struct op *op, int64_t id, int64_t message_id)
{
    struct check_back old, now;
    int r;

    r = need(op, id, &old);
    if (r < 0)
        return r;
    if (!waits(&old))
        return op_fail_as(op, ERR_CONFLICT, "check_back_done",
                          "this check-back is already " STR_FMT, STR_ARG(old.state));
    now = old;
    now.state = STR("sent");
    now.sent_at = op->now;
    now.sent_by = op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
    now.message_id = message_id;
    now.outcome = STR("no_answer");
    r = change(op, &old, &now, "check_back.sent");
    return r < 0 ? r : job_cancel(op, "check_back", id);
}

/* The newest one that was sent: answered, or answered in another sense. */
int check_back_answer(struct op *op, int64_t conversation_id, const char *outcome)
{
    struct check_back *list, now;
    size_t count;
    int r;

    r = check_back_list_conversation(op, conversation_id, &list, &count);
    if (r < 0)
        return r;
    for (size_t i = count; i-- > 0;) {
        if (!str_is(list[i].state, "sent"))
            continue;
        now = list[i];
        now.state = STR("answered");
        now.answered_at = op->now;
        now.outcome = str_of(outcome);
        return change(op, &list[i], &now, "check_back.answered");
    }
    return CHECK_BACK_NONE;
}

int check_back_list(struct op *op, const struct check_back_filter *filter,
                    struct check_back **ret, size_t *ret_count)
{
    return record_list(op, &check_back_record, ret, ret_count, &SQL_CHECK_BACK_LIST,
                       ARG_WS, ARG_TEXT(filter->state), ARG_INT(filter->due_before),
                       ARG_INT(filter->after_due), ARG_INT(filter->after_id),
                       ARG_INT(filter->limit));
}

int check_back_list_conversation(struct op *op, int64_t conversation_id,
                                 struct check_back **ret, size_t *ret_count)
{
    return record_list(op, &check_back_record, ret, ret_count,
                       &SQL_CHECK_BACK_OF_CONVERSATION, ARG_WS, ARG_INT(conversation_id));
}
