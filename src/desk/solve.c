/* solve.c - solving, reopening, closing and merging; check-backs. */
#include "desk/desk.h"

#include "admin/workspace.h"
#include "base/zone.h"
#include "desk/clocks.h"
#include "desk/stmt.h"
#include "job/job.h"

enum { CLOSE_AFTER_DAYS = 14 };

static int64_t actor_account(const struct op *op)
{
    return op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
}

/* Calendar days later at the same local time of the workspace. */
static int days_later(struct op *op, int days, int64_t *ret)
{
    struct workspace workspace;
    int r = workspace_get(op, &workspace);

    if (r < 0)
        return r;
    return zone_add_days(op, workspace.time_zone, op->now, days, ret);
}

static int plan(struct op *op, const struct conversation *c, struct check_back *ret)
{
    struct check_back cb = {
        .conversation_id = c->id,
        .person_id = c->person_id,
        .department_id = c->department_id,
        .solved_at = c->solved_at,
    };
    struct workspace workspace;
    struct person person;
    int r;

    r = person_get(op, c->person_id, &person);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no person");
    if (person.outreach_locked_at)
        return 0; /* asked not to be written to */
    r = workspace_get(op, &workspace);
    if (r < 0)
        return r;
    r = days_later(op, (int)workspace.check_back_days, &cb.due_at);
    if (r < 0)
        return r;
    r = check_back_plan(op, &cb);
    if (r < 0)
        return r;
    *ret = cb;
    return 0;
}

int desk_solve(struct op *op, int64_t id, bool plan_check_back, struct check_back *ret)
{
    struct check_back cb = { .id = 0 };
    struct conversation old, now;
    int64_t close_at;
    int r;

    r = conversation_need(op, id, &old);
    if (r < 0)
        return r;
    if (conversation_is_finished(&old))
        return op_fail_as(op, ERR_CONFLICT, "conversation_finished",
                          "this conversation is already " STR_FMT, STR_ARG(old.state));
    now = old;
    now.state = STR("solved");
    now.waiting_for = now.suggestion = STR("");
    now.priority = 0;
    now.snooze_until_at = 0;
    now.solved_at = op->now;
    now.solved_by = actor_account(op);
    r = clocks_void(op, &now);
    if (r < 0)
        return r;
    r = clocks_solve_segment(op, &now);
    if (r < 0)
        return r;
    r = conversation_update(op, &old, &now, "conversation.solved", (struct str){ 0 });
    if (r < 0)
        return r;
    if (plan_check_back) {
        r = plan(op, &now, &cb);
        if (r < 0)
            return r;
    }
    r = days_later(op, CLOSE_AFTER_DAYS, &close_at);
    if (r < 0)
        return r;
    r = job_add(op, "close", now.id, close_at);
    if (r < 0)
        return r;
    *ret = cb;
    return 0;
}

int desk_reopen(struct op *op, int64_t id)
{
    struct conversation old, now;
    int r;

    r = conversation_need(op, id, &old);
    if (r < 0)
        return r;
    if (!conversation_is_finished(&old))
        return op_fail_as(op, ERR_CONFLICT, "conversation_open",
                          "this conversation is not finished");
    now = old;
    now.state = STR("open");
    now.waiting_for = now.close_reason = now.close_note = STR("");
    now.solved_at = now.solved_by = now.closed_at = 0;
    now.reopened_count++;
    r = check_back_cancel_conversation(op, now.id, "reopened");
    if (r < 0)
        return r;
    r = clocks_reopened(op, &now, op->now);
    if (r < 0)
        return r;
    return conversation_update(op, &old, &now, "conversation.reopened",
                               (struct str){ 0 });
}

int desk_close(struct op *op, int64_t id, struct str reason, struct str note)
{
    struct conversation old, now;
    int r;

    if (!str_is(reason, "no_answer_needed") && !str_is(reason, "spam") &&
        !str_is(reason, "hidden"))
        return op_fail_field_as(op, "reason", "not_a_choice",
                                "is none of no_answer_needed, spam, hidden");
    r = conversation_need(op, id, &old);
    if (r < 0)
        return r;
    if (str_is(old.state, "closed"))
        return op_fail_as(op, ERR_CONFLICT, "conversation_finished",
                          "this conversation is already closed");
    now = old;
    now.state = STR("closed");
    now.waiting_for = now.suggestion = STR("");
    now.closed_at = op->now;
    now.close_reason = reason;
    now.close_note = note;
    now.priority = 0;
    r = clocks_void(op, &now);
    if (r >= 0)
        r = clocks_end_segment(op, &now);
    if (r >= 0)
        r = check_back_cancel_conversation(op, now.id, "by_person");
    if (r < 0)
        return r;
    return conversation_update(op, &old, &now, "conversation.closed", (struct str){ 0 });
}

int desk_close_in_time(struct op *op, int64_t id)
{
    struct conversation old, now;
    int64_t close_at;
    int r;

    r = conversation_get(op, id, &old);
    if (r != 0 || !str_is(old.state, "solved") || old.merged_into)
        return r < 0 ? r : 0;
    close_at = old.solved_at + DAYS(CLOSE_AFTER_DAYS) - HOURS(1); /* a short DST day */
    if (op->now < close_at) /* solved again since, and the job kept the earlier time */
        return job_add(op, "close", id, close_at);
    now = old;
    now.state = STR("closed");
    now.closed_at = op->now;
    now.close_reason = STR("time");
    return conversation_update(op, &old, &now, "conversation.closed", (struct str){ 0 });
}

static int move_messages(struct op *op, int64_t from, int64_t into)
{
    struct message *messages;
    size_t count;
    int r = message_list_conversation(op, from, &messages, &count);

    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct message now = messages[i];

        now.conversation_id = into;
        r = message_update(op, &messages[i], &now, "message.moved");
    }
    return r;
}

static int64_t earlier(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return a ? a : b;
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Everything that hangs on `from` goes to `into`. */
static int move_all(struct op *op, const struct conversation *from,
                    struct conversation *into)
{
    int r = move_messages(op, from->id, into->id);

    if (r >= 0)
        r = clocks_end_segment(op, from);
    if (r >= 0)
        r = clocks_merge(op, from, into);
    if (r >= 0)
        r = check_back_cancel_conversation(op, from->id, "merged");
    if (r >= 0)
        r = db_run(op, &SQL_NOTE_MOVE, ARG_WS, ARG_INT(from->id), ARG_INT(into->id));
    if (r >= 0)
        r = db_run(op, &SQL_TAG_COPY, ARG_WS, ARG_INT(from->id), ARG_INT(into->id));
    return r;
}

/* What waits came into a finished conversation: it is at work again. */
static int wake(struct op *op, struct conversation *c)
{
    int r;

    c->state = STR("open");
    c->waiting_for = c->close_reason = c->close_note = STR("");
    c->solved_at = c->solved_by = c->closed_at = 0;
    r = check_back_cancel_conversation(op, c->id, "reopened");
    return r < 0 ? r : clocks_reopened(op, c, op->now);
}

int desk_merge(struct op *op, int64_t from, int64_t into)
{
    struct conversation source, target, now;
    int r;

    r = conversation_need(op, from, &source);
    if (r < 0)
        return r;
    r = conversation_need(op, into, &target);
    if (r < 0)
        return r;
    if (source.id == target.id)
        return op_fail_as(op, ERR_CONFLICT, "same_conversation",
                          "these two are already one conversation");
    now = target;
    r = move_all(op, &source, &now);
    if (r < 0)
        return r;
    now.opened_at = earlier(source.opened_at, target.opened_at);
    now.first_reaction_at = earlier(source.first_reaction_at, target.first_reaction_at);
    now.last_inbound_at = later(source.last_inbound_at, target.last_inbound_at);
    now.last_message_at = later(source.last_message_at, target.last_message_at);
    now.priority = later(source.priority, target.priority);
    if (conversation_is_finished(&target) && !conversation_is_finished(&source)) {
        r = wake(op, &now);
        if (r < 0)
            return r;
    }
    r = conversation_update(
        op, &target, &now, "conversation.merged_from",
        arena_fmt(op->arena, "\"from\":\"%lld\"", (long long)source.id));
    if (r >= 0)
        r = desk_sort_again(op, target.id);
    if (r < 0)
        return r;
    now = source;
    now.merged_into = target.id;
    now.waiting_since_at = now.due_at = 0;
    return conversation_update(op, &source, &now, "conversation.merged",
                               (struct str){ 0 });
}

int desk_open_from_message(struct op *op, int64_t message_id, int64_t *ret_id)
{
    struct intake_result result = { .what = INTAKE_NEW, .opened = true };
    struct incoming in = { .open_conversations = true };
    struct message old, now;
    int r;

    r = message_get(op, message_id, &old);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_NOT_FOUND, "there is no such message");
    if (old.conversation_id)
        return op_fail_as(op, ERR_CONFLICT, "conversation_exists",
                          "this message has a conversation already");
    if (str_is(old.direction, "out"))
        return op_fail_as(op, ERR_CONFLICT, "own_message", "this message is our own");
    r = conversation_find(op, old.thread_id, old.profile_id, &result.conversation);
    if (r == 0)
        return op_fail_as(op, ERR_CONFLICT, "conversation_exists",
                          "this person has a conversation here already");
    if (r < 0)
        return r;
    result.conversation = (struct conversation){
        .channel_id = old.channel_id,
        .thread_id = old.thread_id,
        .profile_id = old.profile_id,
        .person_id = old.person_id,
        .state = STR("new"),
        .opened_at = earlier(old.sent_at, old.received_at),
        .last_inbound_at = old.sent_at,
        .last_message_at = old.sent_at,
    };
    conversation_begin(op, &result.conversation);
    now = old;
    now.conversation_id = result.conversation.id;
    r = message_update(op, &old, &now, "message.moved");
    if (r < 0)
        return r;
    result.message = now;
    result.has_conversation = true;
    r = desk_on_inbound(op, &in, &result);
    if (r >= 0)
        r = desk_sort_again(op, result.conversation.id);
    if (r < 0)
        return r;
    *ret_id = result.conversation.id;
    return 0;
}
