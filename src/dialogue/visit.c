/* visit.c - a private talk as the person outside sees it. */
#include "dialogue/visit.h"

#include "dialogue/stmt.h"
#include "event/event.h"

static void read_row(struct op *op, struct db_rows *rows, struct visit_message *ret)
{
    *ret = (struct visit_message){
        .id = db_int(rows, 0),
        .external_id = db_text(op, rows, 1),
        .from_us = str_is(db_text(op, rows, 2), "out"),
        .account_id = db_int(rows, 3),
        .is_check_back = db_int(rows, 4) != 0,
        .body = db_text(op, rows, 5),
        .at = db_int(rows, 6),
        .edited_at = db_int(rows, 7),
        .removed_at = db_int(rows, 8),
        .automatic = db_int(rows, 9) != 0,
    };
    if (ret->removed_at)
        ret->body = STR("");
}

int visit_list(struct op *op, const struct visit_page *page, struct visit_message **ret,
               size_t *ret_count)
{
    int64_t limit = page->limit < VISIT_MAX_PAGE ? page->limit : VISIT_MAX_PAGE;
    struct visit_message *list =
        arena_new(op->arena, struct visit_message, (size_t)limit);
    size_t count = 0;
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_VISIT_LIST, ARG_WS, ARG_INT(page->thread_id),
                 ARG_INT(page->before_at ? page->before_at : INT64_MAX),
                 ARG_INT(page->before_id), ARG_INT(limit));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0)
        read_row(op, rows, &list[count++]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = count;
    return 0;
}

int visit_message(struct op *op, int64_t thread_id, int64_t message_id,
                  struct visit_message *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_VISIT_MESSAGE, ARG_WS, ARG_INT(thread_id),
                 ARG_INT(message_id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : VISIT_NOT_FOUND;
    read_row(op, rows, ret);
    return 0;
}

int visit_conversation(struct op *op, int64_t thread_id, struct conversation *ret)
{
    int64_t id;
    int r = db_number(op, &id, &SQL_VISIT_CONVERSATION, ARG_WS, ARG_INT(thread_id));

    if (r != 0)
        return r < 0 ? r : VISIT_NOT_FOUND;
    return conversation_need(op, id, ret);
}

int visit_seen(struct op *op, int64_t thread_id, struct visit_seen *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_SEEN_GET, ARG_WS, ARG_INT(thread_id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    *ret = (struct visit_seen){ 0 };
    if (r > 0)
        *ret = (struct visit_seen){ .message_id = db_int(rows, 0),
                                    .message_at = db_int(rows, 1),
                                    .seen_at = db_int(rows, 2) };
    return 0;
}

int visit_saw(struct op *op, int64_t thread_id, int64_t conversation_id,
              int64_t message_id)
{
    struct event event = { .kind = "thread.seen",
                           .thread_id = thread_id,
                           .conversation_id = conversation_id,
                           .message_id = message_id,
                           .subject_id = thread_id };
    struct visit_message message;
    struct visit_seen seen;
    int r;

    r = visit_message(op, thread_id, message_id, &message);
    if (r < 0)
        return r;
    if (r == VISIT_NOT_FOUND || !message.from_us)
        return op_fail(op, ERR_NOT_FOUND, "there is no such message of ours");
    r = visit_seen(op, thread_id, &seen);
    if (r < 0 || seen.message_id == message_id || seen.message_at > message.at)
        return r;
    r = db_run(op, &SQL_SEEN_PUT, ARG_WS, ARG_INT(thread_id), ARG_INT(message_id),
               ARG_INT(message.at), ARG_INT(op->now));
    return r < 0 ? r : event_add(op, &event);
}
