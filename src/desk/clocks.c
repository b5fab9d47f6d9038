/* clocks.c - opening and closing waits and segments. */
#include "desk/clocks.h"

#include "admin/workspace.h"
#include "base/failpoint.h"
#include "base/ids.h"
#include "desk/hours.h"
#include "desk/stmt.h"
#include "dialogue/channel.h"

static const struct column wait_columns[] = {
    COLUMN(wait, id, COLUMN_ID),
    COLUMN(wait, conversation_id, COLUMN_ID),
    COLUMN(wait, channel_id, COLUMN_ID),
    COLUMN(wait, department_id, COLUMN_ID),
    COLUMN(wait, message_id, COLUMN_ID),
    COLUMN(wait, is_first, COLUMN_BOOL),
    COLUMN(wait, opened_at, COLUMN_TIME),
    COLUMN(wait, due_at, COLUMN_TIME),
    COLUMN(wait, closed_at, COLUMN_TIME),
    COLUMN(wait, reaction_id, COLUMN_ID),
    COLUMN(wait, account_id, COLUMN_ID),
    COLUMN(wait, wall_ms, COLUMN_INT),
    COLUMN(wait, service_ms, COLUMN_INT),
    COLUMN(wait, voided_at, COLUMN_TIME),
    { NULL },
};

const struct record wait_record = {
    .table = "wait",
    .columns = wait_columns,
    .size = sizeof(struct wait),
    .get = &SQL_WAIT_GET,
    .add = &SQL_WAIT_ADD,
    .set = &SQL_WAIT_SET,
    .all = &SQL_WAIT_ALL,
};

static const struct column segment_columns[] = {
    COLUMN(segment, id, COLUMN_ID),
    COLUMN(segment, conversation_id, COLUMN_ID),
    COLUMN(segment, channel_id, COLUMN_ID),
    COLUMN(segment, department_id, COLUMN_ID),
    COLUMN(segment, opened_at, COLUMN_TIME),
    COLUMN(segment, solved_at, COLUMN_TIME),
    COLUMN(segment, solved_by, COLUMN_ID),
    COLUMN(segment, wall_ms, COLUMN_INT),
    COLUMN(segment, service_ms, COLUMN_INT),
    COLUMN(segment, customer_ms, COLUMN_INT),
    COLUMN(segment, customer_since_at, COLUMN_TIME),
    COLUMN(segment, reopened_at, COLUMN_TIME),
    COLUMN(segment, ended_at, COLUMN_TIME),
    { NULL },
};

const struct record segment_record = {
    .table = "segment",
    .columns = segment_columns,
    .size = sizeof(struct segment),
    .get = &SQL_SEGMENT_GET,
    .add = &SQL_SEGMENT_ADD,
    .set = &SQL_SEGMENT_SET,
    .all = &SQL_SEGMENT_ALL,
};

static int store_wait(struct op *op, const struct wait *old, const struct wait *now,
                      const char *kind)
{
    struct event event = {
        .kind = kind,
        .conversation_id = now->conversation_id,
        .channel_id = now->channel_id,
        .message_id = now->message_id,
        .department_id = now->department_id,
        .subject_id = now->id,
        .joins = true,
    };

    return old ? record_update(op, &wait_record, old, now, &event)
               : record_insert(op, &wait_record, now, &event);
}

static int store_segment(struct op *op, const struct segment *old,
                         const struct segment *now, const char *kind)
{
    struct event event = {
        .kind = kind,
        .conversation_id = now->conversation_id,
        .channel_id = now->channel_id,
        .department_id = now->department_id,
        .subject_id = now->id,
        .joins = true,
    };

    return old ? record_update(op, &segment_record, old, now, &event)
               : record_insert(op, &segment_record, now, &event);
}

/* In the department's hours, or -1 when it has none. */
static int service_ms(struct op *op, int64_t department_id, int64_t from, int64_t until,
                      int64_t *ret)
{
    int r = hours_between(op, department_id, from, until, ret);

    if (r < 0)
        return r;
    if (r == HOURS_NONE)
        *ret = -1;
    return 0;
}

/* The channel's target after `from`: in service hours where the department has
 * them, else on the wall clock. */
static int due_after(struct op *op, const struct conversation *c, int64_t from,
                     int64_t *ret)
{
    struct workspace workspace;
    struct channel channel;
    int64_t target;
    int r;

    r = channel_get(op, c->channel_id, &channel);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no channel");
    r = workspace_get(op, &workspace);
    if (r < 0)
        return r;
    target = channel.target_ms ? channel.target_ms : workspace.default_target_ms;
    r = hours_after(op, c->department_id, from, target, ret);
    if (r < 0)
        return r;
    if (r == HOURS_NONE)
        *ret = from + target;
    return 0;
}

int clocks_start(struct op *op, struct conversation *c, const struct message *msg)
{
    struct wait wait = {
        .conversation_id = c->id,
        .channel_id = c->channel_id,
        .department_id = c->department_id,
        .message_id = msg->id,
        .opened_at = msg->sent_at < msg->received_at ? msg->sent_at : msg->received_at,
        .service_ms = -1,
    };
    int64_t waits;
    int r;

    if (c->waiting_since_at && !FAILPOINT("mutant.clock_restarts"))
        return 0; /* waits already: a second message resets nothing */
    r = db_number(op, &waits, &SQL_WAIT_COUNT, ARG_WS, ARG_INT(c->id));
    if (r < 0)
        return r;
    r = due_after(op, c, wait.opened_at, &wait.due_at);
    if (r < 0)
        return r;
    wait.id = id_next(op);
    wait.is_first = waits == 0;
    r = store_wait(op, NULL, &wait, "wait.opened");
    if (r < 0)
        return r;
    c->waiting_since_at = wait.opened_at;
    c->due_at = wait.due_at;
    return 0;
}

static int open_waits(struct op *op, int64_t conversation_id, struct wait **ret,
                      size_t *ret_count)
{
    return record_list(op, &wait_record, ret, ret_count, &SQL_WAIT_OPEN, ARG_WS,
                       ARG_INT(conversation_id));
}

/* From sent_at of ours as committed; an answer posted elsewhere keeps its own time. */
static int close_wait(struct op *op, const struct wait *old,
                      const struct message *reaction)
{
    struct wait now = *old;
    int r;

    now.closed_at =
        reaction->sent_at > old->opened_at ? reaction->sent_at : old->opened_at;
    now.reaction_id = reaction->id;
    now.account_id = reaction->account_id;
    now.wall_ms = now.closed_at - now.opened_at;
    r = service_ms(op, now.department_id, now.opened_at, now.closed_at, &now.service_ms);
    return r < 0 ? r : store_wait(op, old, &now, "wait.closed");
}

int clocks_react(struct op *op, struct conversation *c, const struct message *reaction)
{
    struct wait *waits;
    size_t count;
    int r;

    r = open_waits(op, c->id, &waits, &count);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = close_wait(op, &waits[i], reaction);
    if (r < 0)
        return r;
    c->waiting_since_at = c->due_at = 0;
    if (c->first_reaction_at == 0 && count > 0)
        c->first_reaction_at = reaction->sent_at;
    return 0;
}

/* A person waits once, since the earliest of the open waits. */
static int keep_earliest(struct op *op, struct conversation *c)
{
    struct wait *waits;
    size_t count;
    int r = open_waits(op, c->id, &waits, &count);

    for (size_t i = 1; r >= 0 && i < count; i++) {
        struct wait now = waits[i];

        now.voided_at = op->now;
        r = store_wait(op, &waits[i], &now, "wait.voided");
    }
    if (r < 0 || count == 0)
        return r;
    c->waiting_since_at = waits[0].opened_at;
    c->due_at = waits[0].due_at;
    return 0;
}

int clocks_unreact(struct op *op, struct conversation *c, int64_t reaction_id)
{
    struct wait *waits;
    size_t count;
    int r;

    r = record_list(op, &wait_record, &waits, &count, &SQL_WAIT_BY_REACTION, ARG_WS,
                    ARG_INT(c->id), ARG_INT(reaction_id));
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct wait now = waits[i];

        now.closed_at = now.reaction_id = now.account_id = now.wall_ms = 0;
        now.service_ms = -1;
        r = store_wait(op, &waits[i], &now, "wait.reopened");
    }
    if (r < 0 || count == 0)
        return r;
    r = keep_earliest(op, c); /* the person may have written again meanwhile */
    if (r < 0)
        return r;
    r = db_number(op, &c->first_reaction_at, &SQL_WAIT_FIRST_REACTION, ARG_WS,
                  ARG_INT(c->id));
    return r < 0 ? r : 0;
}

int clocks_void(struct op *op, struct conversation *c)
{
    struct wait *waits;
    size_t count;
    int r;

    r = open_waits(op, c->id, &waits, &count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct wait now = waits[i];

        now.voided_at = op->now;
        r = store_wait(op, &waits[i], &now, "wait.voided");
    }
    if (r < 0)
        return r;
    c->waiting_since_at = c->due_at = 0;
    return 0;
}

int clocks_merge(struct op *op, const struct conversation *from,
                 struct conversation *into)
{
    struct wait *waits;
    size_t count;
    int r;

    r = record_list(op, &wait_record, &waits, &count, &SQL_WAIT_OF_CONVERSATION, ARG_WS,
                    ARG_INT(from->id));
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct wait now = waits[i];

        now.conversation_id = into->id;
        r = store_wait(op, &waits[i], &now, "wait.merged");
    }
    return r < 0 ? r : keep_earliest(op, into);
}

static int newest_segment(struct op *op, int64_t conversation_id, struct segment *ret)
{
    return record_find(op, &segment_record, ret, &SQL_SEGMENT_NEWEST, ARG_WS,
                       ARG_INT(conversation_id));
}

static bool is_running(const struct segment *s)
{
    return s->solved_at == 0 && s->ended_at == 0;
}

int clocks_open_segment(struct op *op, const struct conversation *c, int64_t at)
{
    struct segment segment = {
        .id = id_next(op),
        .conversation_id = c->id,
        .channel_id = c->channel_id,
        .department_id = c->department_id,
        .opened_at = at,
        .service_ms = -1,
    };

    return store_segment(op, NULL, &segment, "segment.opened");
}

static void stop_customer(struct op *op, struct segment *s)
{
    if (s->customer_since_at && op->now > s->customer_since_at)
        s->customer_ms += op->now - s->customer_since_at;
    s->customer_since_at = 0;
}

int clocks_solve_segment(struct op *op, const struct conversation *c)
{
    struct segment old, now;
    int r = newest_segment(op, c->id, &old);

    if (r != 0)
        return r < 0 ? r : 0;
    if (!is_running(&old))
        return 0;
    now = old;
    stop_customer(op, &now);
    now.solved_at = c->solved_at;
    now.solved_by = c->solved_by;
    now.wall_ms = now.solved_at - now.opened_at;
    r = service_ms(op, now.department_id, now.opened_at, now.solved_at, &now.service_ms);
    return r < 0 ? r : store_segment(op, &old, &now, "segment.solved");
}

int clocks_reopened(struct op *op, const struct conversation *c, int64_t at)
{
    struct segment old, now;
    int r = newest_segment(op, c->id, &old);

    if (r < 0)
        return r;
    if (r == 0 && old.solved_at && !old.reopened_at && op->actor.kind == ACTOR_PERSON) {
        now = old;
        now.reopened_at = at;
        r = store_segment(op, &old, &now, "segment.reopened");
        if (r < 0)
            return r;
    }
    return clocks_open_segment(op, c, at);
}

int clocks_end_segment(struct op *op, const struct conversation *c)
{
    struct segment old, now;
    int r = newest_segment(op, c->id, &old);

    if (r != 0)
        return r < 0 ? r : 0;
    if (!is_running(&old))
        return 0;
    now = old;
    stop_customer(op, &now);
    now.ended_at = op->now;
    return store_segment(op, &old, &now, "segment.ended");
}

int clocks_customer(struct op *op, const struct conversation *c, bool waiting)
{
    struct segment old, now;
    int r = newest_segment(op, c->id, &old);

    if (r != 0)
        return r < 0 ? r : 0;
    if (!is_running(&old) || waiting == (old.customer_since_at != 0))
        return 0;
    now = old;
    if (waiting)
        now.customer_since_at = op->now;
    else
        stop_customer(op, &now);
    return store_segment(op, &old, &now, "segment.customer");
}
