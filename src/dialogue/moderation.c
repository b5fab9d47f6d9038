/* moderation.c - what may be read on our public pages, and who decided so. */
#include "dialogue/moderation.h"

#include "base/utf8.h"
#include "dialogue/stmt.h"

static const struct column columns[] = {
    COLUMN(moderation, id, COLUMN_ID),
    COLUMN(moderation, thread_id, COLUMN_ID),
    COLUMN(moderation, state, COLUMN_TEXT),
    COLUMN(moderation, reason, COLUMN_TEXT),
    COLUMN_WORDS(moderation, note),
    COLUMN(moderation, decided_at, COLUMN_TIME),
    COLUMN(moderation, decided_by, COLUMN_ID),
    COLUMN(moderation, created_at, COLUMN_TIME),
    { NULL },
};

const struct record moderation_record = {
    .table = "moderation",
    .columns = columns,
    .size = sizeof(struct moderation),
    .get = &SQL_MODERATION_GET,
    .add = &SQL_MODERATION_ADD,
    .set = &SQL_MODERATION_SET,
    .all = &SQL_MODERATION_ALL,
};

/* The only ones: what hurts nobody but us is answered, or stays. */
static const char *const reasons[] = { "personal_data", "insult", "spam", "illegal" };

/* Stores from before hold "off_topic" and "other" as well, and keep them. */
enum { REASONS_EVER = COUNT_OF(reasons) + 2 };

static struct event event_of(const char *kind, const struct message *msg)
{
    return (struct event){
        .kind = kind,
        .conversation_id = msg->conversation_id,
        .thread_id = msg->thread_id,
        .person_id = msg->person_id,
        .channel_id = msg->channel_id,
        .message_id = msg->id,
        .subject_id = msg->id,
    };
}

static struct moderation first(const struct op *op, const struct message *msg,
                               struct str state)
{
    return (struct moderation){
        .id = msg->id, .thread_id = msg->thread_id, .state = state, .created_at = op->now
    };
}

int moderation_begin(struct op *op, const struct message *msg, struct str state)
{
    bool held = str_is(state, "held");
    struct event event = event_of(held ? "message.held" : "message.released", msg);
    struct moderation row = first(op, msg, held ? STR("held") : STR("released"));

    row.reason = held ? STR("") : STR("by_rule");
    return record_insert(op, &moderation_record, &row, &event);
}

int moderation_get(struct op *op, int64_t message_id, struct moderation *ret)
{
    int r = record_get(op, &moderation_record, message_id, ret);

    return r == RECORD_NOT_FOUND ? MODERATION_NONE : r;
}

int moderation_list_thread(struct op *op, int64_t thread_id, struct moderation **ret,
                           size_t *ret_count)
{
    return record_list(op, &moderation_record, ret, ret_count, &SQL_MODERATION_OF_THREAD,
                       ARG_WS, ARG_INT(thread_id));
}

int moderation_list(struct op *op, struct str state, int64_t before_id, int64_t limit,
                    struct moderation **ret, size_t *ret_count)
{
    return record_list(op, &moderation_record, ret, ret_count, &SQL_MODERATION_LIST,
                       ARG_WS, ARG_TEXT(state),
                       ARG_INT(before_id ? before_id : INT64_MAX), ARG_INT(limit));
}

int moderation_count(struct op *op, struct str state, int64_t *ret)
{
    return db_number(op, ret, &SQL_MODERATION_COUNT, ARG_WS, ARG_TEXT(state));
}

/* Write the decision, over what was decided before. */
static int decide(struct op *op, const struct message *msg, struct moderation now,
                  const char *kind)
{
    struct event event = event_of(kind, msg);
    struct moderation old;
    int r;

    if (str_is(msg->direction, "out"))
        return op_fail(op, ERR_CONFLICT, "this message is our own");
    now.decided_at = op->now;
    now.decided_by = op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
    r = moderation_get(op, msg->id, &old);
    if (r < 0)
        return r;
    if (r == MODERATION_NONE && str_is(now.state, "released"))
        return op_fail(op, ERR_CONFLICT, "this message is not held back");
    if (r == MODERATION_NONE)
        return record_insert(op, &moderation_record, &now, &event);
    if (str_eq(old.state, now.state))
        return op_fail(op, ERR_CONFLICT, "this message is " STR_FMT " already",
                       STR_ARG(now.state));
    now.created_at = old.created_at;
    return record_update(op, &moderation_record, &old, &now, &event);
}

static struct moderation as_there(const struct op *op, const struct message *msg,
                                  struct str standing)
{
    struct moderation row = first(op, msg, STR("released"));

    if (str_is(standing, "held"))
        row.state = STR("held");
    if (str_is(standing, "spam")) {
        row.state = STR("hidden");
        row.reason = STR("spam");
    }
    row.decided_at = op->now;
    return row;
}

int moderation_follow(struct op *op, const struct message *msg, struct str standing)
{
    struct moderation old, now = as_there(op, msg, standing);
    const char *kind = str_is(now.state, "held")     ? "message.held"
                       : str_is(now.state, "hidden") ? "message.hidden"
                                                     : "message.released";
    struct event event = event_of(kind, msg);
    int r = moderation_get(op, msg->id, &old);

    if (r < 0)
        return r;
    if (r == MODERATION_NONE)
        return str_is(now.state, "released")
                   ? 0
                   : record_insert(op, &moderation_record, &now, &event);
    if (str_eq(old.state, now.state))
        return 0;
    if (old.decided_by && op->now - old.decided_at < MODERATION_FRESH_MS)
        return MODERATION_OURS;
    now.created_at = old.created_at;
    return record_update(op, &moderation_record, &old, &now, &event);
}

int moderation_release(struct op *op, const struct message *msg)
{
    return decide(op, msg, first(op, msg, STR("released")), "message.released");
}

bool moderation_is_reason(struct str reason)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (str_is(reason, reasons[i]))
            return true;
    return false;
}

int moderation_hide(struct op *op, const struct message *msg, struct str reason,
                    struct str note)
{
    struct moderation now = first(op, msg, STR("hidden"));

    if (!moderation_is_reason(reason))
        return op_fail_field(op, "reason", "must say why it is hidden");
    if (utf8_count(note) > MODERATION_MAX_NOTE)
        return op_fail_field(op, "note", "is longer than %d characters",
                             MODERATION_MAX_NOTE);
    now.reason = reason;
    now.note = note;
    return decide(op, msg, now, "message.hidden");
}

int moderation_sums(struct op *op, int64_t from, struct moderation_sum **ret,
                    size_t *ret_count)
{
    struct moderation_sum *list =
        arena_new(op->arena, struct moderation_sum, REASONS_EVER);
    size_t n = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_MODERATION_SUMS, ARG_WS, ARG_INT(from));
    if (r < 0)
        return r;
    while (n < REASONS_EVER && (r = db_next(op, rows)) > 0)
        list[n++] = (struct moderation_sum){ db_text(op, rows, 0), db_int(rows, 1) };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}
