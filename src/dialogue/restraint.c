/* restraint.c - what is done on a network about an account: a report, a mute, a block. */
#include "dialogue/restraint.h"

#include "base/ids.h"
#include "base/utf8.h"
#include "dialogue/moderation.h"
#include "dialogue/stmt.h"

static const struct column columns[] = {
    COLUMN(restraint, id, COLUMN_ID),
    COLUMN(restraint, message_id, COLUMN_ID),
    COLUMN(restraint, profile_id, COLUMN_ID),
    COLUMN(restraint, channel_id, COLUMN_ID),
    COLUMN(restraint, kind, COLUMN_TEXT),
    COLUMN(restraint, state, COLUMN_TEXT),
    COLUMN(restraint, reason, COLUMN_TEXT),
    COLUMN_WORDS(restraint, note),
    COLUMN(restraint, forward, COLUMN_BOOL),
    COLUMN(restraint, trouble, COLUMN_TEXT),
    COLUMN_WORDS(restraint, answer),
    COLUMN(restraint, asked_at, COLUMN_TIME),
    COLUMN(restraint, asked_by, COLUMN_ID),
    COLUMN(restraint, until_at, COLUMN_TIME),
    COLUMN(restraint, stood_at, COLUMN_TIME),
    COLUMN(restraint, ending_at, COLUMN_TIME),
    COLUMN(restraint, ended_by, COLUMN_ID),
    COLUMN(restraint, ended_at, COLUMN_TIME),
    { NULL },
};

const struct record restraint_record = {
    .table = "restraint",
    .columns = columns,
    .size = sizeof(struct restraint),
    .get = &SQL_RESTRAINT_GET,
    .add = &SQL_RESTRAINT_ADD,
    .set = &SQL_RESTRAINT_SET,
    .all = &SQL_RESTRAINT_ALL,
};

static int64_t actor_of(const struct op *op)
{
    return op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
}

/* Told with the conversation and the person of the message that it is for. */
static int event_of(struct op *op, const char *kind, const struct restraint *restraint,
                    struct event *ret)
{
    struct message msg = { .id = 0 };
    int r = message_get(op, restraint->message_id, &msg);

    if (r < 0)
        return r;
    *ret = (struct event){ .kind = kind,
                           .conversation_id = msg.conversation_id,
                           .thread_id = msg.thread_id,
                           .person_id = msg.person_id,
                           .channel_id = restraint->channel_id,
                           .message_id = restraint->message_id,
                           .subject_id = restraint->id };
    return 0;
}

static int change(struct op *op, const char *kind, const struct restraint *old,
                  const struct restraint *now)
{
    struct event event;
    int r = event_of(op, kind, now, &event);

    return r < 0 ? r : record_update(op, &restraint_record, old, now, &event);
}

static bool is_over(const struct restraint *restraint)
{
    return str_is(restraint->state, "refused") || str_is(restraint->state, "unsure") ||
           str_is(restraint->state, "lifted");
}

static int check(struct op *op, const struct message *msg,
                 const struct restraint *restraint)
{
    bool is_report = str_is(restraint->kind, "report");

    if (str_is(msg->direction, "out") || !msg->profile_id)
        return op_fail(op, ERR_CONFLICT, "this message is our own");
    if (!moderation_is_reason(restraint->reason))
        return op_fail_field(op, "reason", "must say why");
    if (is_report && !str_trim(restraint->note).n)
        return op_fail_field(op, "note", "must tell the moderators what it is about");
    if (utf8_count(restraint->note) > MODERATION_MAX_NOTE)
        return op_fail_field(op, "note", "is longer than %d characters",
                             MODERATION_MAX_NOTE);
    if (is_report)
        return 0;
    if (restraint->until_at <= op->now ||
        restraint->until_at > op->now + DAYS(RESTRAINT_MAX_DAYS))
        return op_fail_field(op, "days", "must be 1 to %d", RESTRAINT_MAX_DAYS);
    return 0;
}

/* The same once more: a report of this message, a mute or block of its author. */
static int check_new(struct op *op, const struct message *msg,
                     const struct restraint *restraint)
{
    bool is_report = str_is(restraint->kind, "report");
    struct restraint *list;
    size_t count;
    int r = restraint_list_message(op, msg, &list, &count);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        bool same = !is_report || list[i].message_id == msg->id;

        if (same && str_eq(list[i].kind, restraint->kind) && !is_over(&list[i]))
            return op_fail_as(op, ERR_CONFLICT, "restrained_already",
                              is_report ? "this message was reported already"
                                        : "this account is under a " STR_FMT " already",
                              STR_ARG(restraint->kind));
    }
    return 0;
}

int restraint_ask(struct op *op, const struct message *msg, struct restraint *restraint)
{
    struct event event;
    int r = check(op, msg, restraint);

    if (r >= 0)
        r = check_new(op, msg, restraint);
    if (r < 0)
        return r;
    restraint->id = id_next(op);
    restraint->message_id = msg->id;
    restraint->profile_id = msg->profile_id;
    restraint->channel_id = msg->channel_id;
    restraint->state = STR("waiting");
    restraint->asked_at = op->now;
    restraint->asked_by = actor_of(op);
    r = event_of(op, "restraint.asked", restraint, &event);
    return r < 0 ? r : record_insert(op, &restraint_record, restraint, &event);
}

int restraint_get(struct op *op, int64_t id, struct restraint *ret)
{
    return record_get(op, &restraint_record, id, ret);
}

int restraint_end(struct op *op, struct restraint *restraint)
{
    struct restraint now = *restraint;
    int r;

    if (str_is(now.kind, "report"))
        return op_fail(op, ERR_CONFLICT, "a report cannot be taken back");
    if (is_over(&now) || str_is(now.state, "lifting"))
        return op_fail(op, ERR_CONFLICT, "this is over, or about to be");
    now.state = STR("lifting");
    now.ending_at = op->now;
    now.ended_by = actor_of(op);
    now.trouble = now.answer = STR("");
    r = change(op, "restraint.ending", restraint, &now);
    if (r >= 0)
        *restraint = now;
    return r;
}

int restraint_settle(struct op *op, int64_t id, const struct restraint_answer *answer)
{
    struct restraint old, now;
    int r = restraint_get(op, id, &old);

    if (r || !str_eq(old.state, answer->asked))
        return r < 0 ? r : 0;
    now = old;
    now.state = answer->state;
    now.trouble = answer->trouble;
    now.answer = answer->answer;
    if (str_is(now.state, "stands"))
        now.stood_at = op->now;
    if (str_is(now.state, "lifted"))
        now.ended_at = op->now;
    return change(op, "restraint.answered", &old, &now);
}

int restraint_is_on(struct op *op, int64_t profile_id, bool *ret)
{
    int64_t number = 0;
    int r = db_number(op, &number, &SQL_RESTRAINT_ON, ARG_WS, ARG_INT(profile_id));

    *ret = number > 0;
    return r;
}

int restraint_list_message(struct op *op, const struct message *msg,
                           struct restraint **ret, size_t *ret_count)
{
    return record_list(op, &restraint_record, ret, ret_count, &SQL_RESTRAINT_OF_MESSAGE,
                       ARG_WS, ARG_INT(msg->id), ARG_INT(msg->profile_id),
                       ARG_INT(RESTRAINT_MOST));
}

int restraint_list_person(struct op *op, int64_t person_id, struct restraint **ret,
                          size_t *ret_count)
{
    return record_list(op, &restraint_record, ret, ret_count, &SQL_RESTRAINT_OF_PERSON,
                       ARG_WS, ARG_INT(person_id), ARG_INT(RESTRAINT_MOST));
}

int restraint_list(struct op *op, int64_t before_id, int64_t limit,
                   struct restraint **ret, size_t *ret_count)
{
    return record_list(op, &restraint_record, ret, ret_count, &SQL_RESTRAINT_LIST, ARG_WS,
                       ARG_INT(before_id ? before_id : INT64_MAX), ARG_INT(limit));
}

int restraint_kept(struct op *op, const struct restraint *restraint, int64_t *ret)
{
    *ret = 0;
    if (!restraint->stood_at || str_is(restraint->kind, "report"))
        return 0;
    return db_number(op, ret, &SQL_RESTRAINT_KEPT, ARG_WS, ARG_INT(restraint->profile_id),
                     ARG_INT(restraint->stood_at),
                     ARG_INT(restraint->ended_at ? restraint->ended_at : INT64_MAX));
}
