/* picture.c - pictures of a message that wait to be fetched, each once. */
#include "dialogue/picture.h"

#include "dialogue/stmt.h"
#include "event/event.h"

int awaited_add(struct op *op, int64_t message_id, const struct awaited *list,
                size_t count)
{
    bool some = false;

    for (size_t i = 0; i < count && i < ATTACHMENT_MAX_PER_MESSAGE; i++) {
        int64_t changed;
        int r = db_change(op, &changed, &SQL_PICTURE_ADD, ARG_WS, ARG_INT(message_id),
                          ARG_TEXT(list[i].url), ARG_INT((int64_t)i + 1),
                          ARG_TEXT(list[i].description));

        if (r < 0)
            return r;
        some = some || changed;
    }
    return some ? AWAITED_SOME : 0;
}

int awaited_next(struct op *op, int64_t message_id, struct awaited *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_PICTURE_NEXT, ARG_WS, ARG_INT(message_id));

    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : AWAITED_NONE;
    *ret = (struct awaited){ .message_id = message_id,
                             .url = db_text(op, rows, 0),
                             .number = db_int(rows, 1),
                             .description = db_text(op, rows, 2) };
    return 0;
}

/* 0 with *ret false: somebody else was done with it before. */
static int settle(struct op *op, const struct awaited *one, const char *state,
                  struct str reason, bool *ret)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_PICTURE_SETTLE, ARG_WS, ARG_INT(one->message_id),
                      ARG_TEXT(one->url), ARG_TEXT(str_of(state)), ARG_TEXT(reason));

    *ret = changed > 0;
    return r < 0 ? r : 0;
}

static int tell(struct op *op, const struct message *msg, int64_t attachment_id)
{
    struct event event = { .kind = "message.picture_kept",
                           .conversation_id = msg->conversation_id,
                           .thread_id = msg->thread_id,
                           .channel_id = msg->channel_id,
                           .message_id = msg->id,
                           .subject_id = attachment_id };

    return event_add(op, &event);
}

int awaited_keep(struct op *op, const struct message *msg, const struct awaited *one,
                 const char *mime, struct str bytes)
{
    struct str rest, kind = str_of(mime);
    struct attachment a = { .message_id = msg->id,
                            .mime = kind,
                            .description = one->description };
    bool first;
    int r = settle(op, one, "kept", STR(""), &first);

    if (r < 0 || !first)
        return r;
    (void)str_cut(kind, '/', &rest);
    a.name = arena_fmt(op->arena, "image-%lld." STR_FMT, (long long)one->number,
                       STR_ARG(rest));
    r = attachment_add(op, &a, bytes);
    return r < 0 ? r : tell(op, msg, a.id);
}

int awaited_leave(struct op *op, const struct awaited *one, struct str reason)
{
    bool first;

    return settle(op, one, "left", reason, &first);
}
