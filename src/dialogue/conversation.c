/* conversation.c - the rows of concerns: reading, writing, listing. */
#include "dialogue/conversation.h"

#include "base/ids.h"
#include "dialogue/stmt.h"
#include "dialogue/webhook.h"

enum { MAX_TAGS = 32, MAX_TAG_BYTES = 256 };

static const struct column columns[] = {
    COLUMN(conversation, id, COLUMN_ID),
    COLUMN(conversation, channel_id, COLUMN_ID),
    COLUMN(conversation, thread_id, COLUMN_ID),
    COLUMN(conversation, profile_id, COLUMN_ID),
    COLUMN(conversation, person_id, COLUMN_ID),
    COLUMN(conversation, department_id, COLUMN_ID),
    COLUMN(conversation, assignee_id, COLUMN_ID),
    COLUMN(conversation, state, COLUMN_TEXT),
    COLUMN(conversation, waiting_for, COLUMN_TEXT),
    COLUMN(conversation, priority, COLUMN_INT),
    COLUMN(conversation, intent, COLUMN_TEXT),
    COLUMN(conversation, intent_by, COLUMN_TEXT),
    COLUMN(conversation, topic, COLUMN_TEXT),
    COLUMN(conversation, suggestion, COLUMN_TEXT),
    COLUMN(conversation, opened_at, COLUMN_TIME),
    COLUMN(conversation, waiting_since_at, COLUMN_TIME),
    COLUMN(conversation, due_at, COLUMN_TIME),
    COLUMN(conversation, first_reaction_at, COLUMN_TIME),
    COLUMN(conversation, last_inbound_at, COLUMN_TIME),
    COLUMN(conversation, last_message_at, COLUMN_TIME),
    COLUMN(conversation, snooze_until_at, COLUMN_TIME),
    COLUMN(conversation, solved_at, COLUMN_TIME),
    COLUMN(conversation, solved_by, COLUMN_ID),
    COLUMN(conversation, reopened_count, COLUMN_INT),
    COLUMN(conversation, closed_at, COLUMN_TIME),
    COLUMN(conversation, close_reason, COLUMN_TEXT),
    COLUMN_WORDS(conversation, close_note),
    COLUMN(conversation, merged_into, COLUMN_ID),
    COLUMN(conversation, version, COLUMN_INT),
    COLUMN(conversation, marks, COLUMN_TEXT),
    { NULL },
};

/* One more message from somebody who waits already. */
static const struct column message_columns[] = {
    COLUMN(conversation, id, COLUMN_ID),
    COLUMN(conversation, priority, COLUMN_INT),
    COLUMN(conversation, suggestion, COLUMN_TEXT),
    COLUMN(conversation, last_inbound_at, COLUMN_TIME),
    COLUMN(conversation, last_message_at, COLUMN_TIME),
    COLUMN(conversation, version, COLUMN_INT),
    COLUMN(conversation, marks, COLUMN_TEXT),
    { NULL },
};
static const struct record_part parts[] = {
    { &SQL_CONVERSATION_MESSAGE, message_columns },
    { NULL },
};

const struct record conversation_record = {
    .table = "conversation",
    .columns = columns,
    .size = sizeof(struct conversation),
    .get = &SQL_CONVERSATION_GET,
    .add = &SQL_CONVERSATION_ADD,
    .set = &SQL_CONVERSATION_SET,
    .all = &SQL_CONVERSATION_ALL,
    .parts = parts,
};

static struct event conversation_event(const char *kind, const struct conversation *c)
{
    return (struct event){
        .kind = kind,
        .conversation_id = c->id,
        .thread_id = c->thread_id,
        .person_id = c->person_id,
        .channel_id = c->channel_id,
        .department_id = c->department_id,
        .subject_id = c->id,
    };
}

bool conversation_is_finished(const struct conversation *c)
{
    return str_is(c->state, "solved") || str_is(c->state, "closed");
}

int conversation_get(struct op *op, int64_t id, struct conversation *ret)
{
    return record_get(op, &conversation_record, id, ret);
}

/* A chain of merges is short; 32 stops a damaged one from turning in a circle. */
static int follow(struct op *op, struct conversation *c)
{
    for (int step = 0; step < 32 && c->merged_into; step++) {
        int r = conversation_get(op, c->merged_into, c);

        if (r < 0)
            return r;
        if (r == RECORD_NOT_FOUND)
            return op_fail(op, ERR_INTERNAL, "a merged conversation leads nowhere");
    }
    return 0;
}

int conversation_need(struct op *op, int64_t id, struct conversation *ret)
{
    struct conversation c;
    int r;

    r = conversation_get(op, id, &c);
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no conversation %lld", (long long)id);
    r = follow(op, &c);
    if (r < 0)
        return r;
    *ret = c;
    return 0;
}

int conversation_find(struct op *op, int64_t thread_id, int64_t profile_id,
                      struct conversation *ret)
{
    struct conversation c;
    int r;

    r = record_find(op, &conversation_record, &c, &SQL_CONVERSATION_BY_PROFILE, ARG_WS,
                    ARG_INT(thread_id), ARG_INT(profile_id));
    if (r != 0)
        return r;
    r = follow(op, &c);
    if (r < 0)
        return r;
    *ret = c;
    return 0;
}

void conversation_begin(struct op *op, struct conversation *c)
{
    c->id = id_next(op);
    c->version = 1;
}

int conversation_add(struct op *op, struct conversation *c)
{
    struct event event = conversation_event("conversation.created", c);
    int r;

    event.with = record_gathered(op);
    r = record_insert(op, &conversation_record, c, &event);
    return r < 0 ? r : webhook_wake(op, event.kind);
}

int conversation_update(struct op *op, const struct conversation *old,
                        struct conversation *now, const char *kind, struct str extra)
{
    struct event event = conversation_event(kind, now);
    int r;

    event.extra = extra;
    event.with = record_gathered(op);
    now->version = old->version + 1;
    r = record_update(op, &conversation_record, old, now, &event);
    return r < 0 ? r : webhook_wake(op, kind);
}

int conversation_list_person(struct op *op, int64_t person_id, struct conversation **ret,
                             size_t *ret_count)
{
    return record_list(op, &conversation_record, ret, ret_count,
                       &SQL_CONVERSATION_OF_PERSON, ARG_WS, ARG_INT(person_id));
}

int conversation_list_thread(struct op *op, int64_t thread_id, struct conversation **ret,
                             size_t *ret_count)
{
    return record_list(op, &conversation_record, ret, ret_count,
                       &SQL_CONVERSATION_OF_THREAD, ARG_WS, ARG_INT(thread_id));
}

int conversation_tags(struct op *op, int64_t id, struct str **ret, size_t *ret_count)
{
    struct str *tags = arena_new(op->arena, struct str, MAX_TAGS);
    size_t n = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_TAG_LIST, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    while (n < MAX_TAGS && (r = db_next(op, rows)) > 0)
        tags[n++] = db_text(op, rows, 0);
    if (r < 0)
        return r;
    *ret = tags;
    *ret_count = n;
    return 0;
}

int conversation_set_tags(struct op *op, const struct conversation *c,
                          const struct str *tags, size_t count)
{
    struct event event = conversation_event("conversation.tagged", c);
    int r;

    if (count > MAX_TAGS)
        return op_too_many(op, "tags", MAX_TAGS);
    r = db_run(op, &SQL_TAG_REMOVE_ALL, ARG_WS, ARG_INT(c->id), ARG_INT(op->now));
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct str tag = str_trim(tags[i]);

        if (tag.n > MAX_TAG_BYTES)
            return op_fail_field_as(op, "tags", "too_long",
                                    "has one of more than %d bytes", MAX_TAG_BYTES);
        if (tag.n)
            r = db_run(op, &SQL_TAG_ADD, ARG_WS, ARG_INT(c->id), ARG_TEXT(tag));
    }
    if (r < 0)
        return r;
    event.extra = arena_fmt(op->arena, "\"tags\":%zu", count);
    return event_add(op, &event);
}
