/* thread.c - finding and making the places of talks. */
#include "dialogue/thread.h"

#include "base/ids.h"
#include "dialogue/stmt.h"

static const struct column columns[] = {
    COLUMN(thread, id, COLUMN_ID),
    COLUMN(thread, channel_id, COLUMN_ID),
    COLUMN_WORDS(thread, external_id),
    COLUMN(thread, kind, COLUMN_TEXT),
    COLUMN(thread, visibility, COLUMN_TEXT),
    COLUMN_WORDS(thread, url),
    COLUMN_WORDS(thread, title),
    COLUMN(thread, created_at, COLUMN_TIME),
    { NULL },
};

const struct record thread_record = {
    .table = "thread",
    .columns = columns,
    .size = sizeof(struct thread),
    .get = &SQL_THREAD_GET,
    .add = &SQL_THREAD_ADD,
    .set = &SQL_THREAD_SET,
    .all = &SQL_THREAD_ALL,
};

int thread_get(struct op *op, int64_t id, struct thread *ret)
{
    return record_get(op, &thread_record, id, ret);
}

int thread_find(struct op *op, int64_t channel_id, struct str external_id,
                struct thread *ret)
{
    return record_find(op, &thread_record, ret, &SQL_THREAD_BY_EXTERNAL_ID, ARG_WS,
                       ARG_INT(channel_id), ARG_TEXT(external_id));
}

static int complete(struct op *op, struct thread *thread, const struct thread *wanted)
{
    struct event event = {
        .kind = "thread.updated",
        .thread_id = thread->id,
        .channel_id = thread->channel_id,
        .subject_id = thread->id,
        .joins = true,
    };
    struct thread old = *thread;

    if (wanted->url.n)
        thread->url = wanted->url;
    if (wanted->title.n)
        thread->title = wanted->title;
    return record_update(op, &thread_record, &old, thread, &event);
}

int thread_find_or_add(struct op *op, const struct thread *wanted, struct thread *ret)
{
    struct event event = { .kind = "thread.created",
                           .channel_id = wanted->channel_id,
                           .joins = true };
    struct thread thread;
    int r;

    r = record_find(op, &thread_record, &thread, &SQL_THREAD_BY_EXTERNAL_ID, ARG_WS,
                    ARG_INT(wanted->channel_id), ARG_TEXT(wanted->external_id));
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND) {
        thread = *wanted;
        thread.id = id_next(op);
        thread.created_at = op->now;
        event.thread_id = event.subject_id = thread.id;
        r = record_insert(op, &thread_record, &thread, &event);
    } else {
        r = complete(op, &thread, wanted);
    }
    if (r < 0)
        return r;
    *ret = thread;
    return 0;
}
