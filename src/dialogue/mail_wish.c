/* mail_wish.c - where somebody wants answers by mail: one address for each talk. */
#include "dialogue/mail_wish.h"

#include "dialogue/stmt.h"
#include "event/event.h"

int mail_wish_get(struct op *op, int64_t thread_id, struct mail_wish *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_MAIL_WISH_GET, ARG_WS, ARG_INT(thread_id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : MAIL_WISH_NONE;
    *ret = (struct mail_wish){ .thread_id = thread_id,
                               .address = db_text(op, rows, 0),
                               .language = db_text(op, rows, 1),
                               .asked_at = db_int(rows, 2) };
    return 0;
}

static int tell(struct op *op, const char *kind, int64_t thread_id,
                int64_t conversation_id)
{
    struct event event = { .kind = kind,
                           .thread_id = thread_id,
                           .conversation_id = conversation_id,
                           .subject_id = thread_id };

    return event_add(op, &event);
}

int mail_wish_put(struct op *op, const struct mail_wish *wish, int64_t conversation_id)
{
    struct mail_wish old;
    int r = mail_wish_get(op, wish->thread_id, &old);

    if (r < 0)
        return r;
    if (r == 0 && str_eq(old.address, wish->address) &&
        str_eq(old.language, wish->language))
        return 0;
    r = db_run(op, &SQL_MAIL_WISH_PUT, ARG_WS, ARG_INT(wish->thread_id),
               ARG_TEXT(wish->address), ARG_TEXT(wish->language), ARG_INT(op->now));
    return r < 0 ? r : tell(op, "thread.mail_wished", wish->thread_id, conversation_id);
}

int mail_wish_drop(struct op *op, int64_t thread_id, int64_t conversation_id)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_MAIL_WISH_DROP, ARG_WS, ARG_INT(thread_id));

    if (r < 0 || !changed)
        return r < 0 ? r : 0;
    return tell(op, "thread.mail_unwished", thread_id, conversation_id);
}
