/* mail_copy.c - the copy by mail of a reply: found, spared, and answered. */
#include "dialogue/mail_copy.h"

#include "dialogue/mail_wish.h"
#include "dialogue/outbox_row.h"
#include "dialogue/stmt.h"

int mail_copy_of(struct op *op, int64_t message_id, struct outbox *ret)
{
    int64_t id;
    int r;

    r = db_number(op, &id, &SQL_OUTBOX_COPY, ARG_WS, ARG_INT(message_id));
    if (r)
        return r < 0 ? r : MAIL_COPY_NONE;
    return outbox_get(op, id, ret);
}

int mail_copy_by_key(struct op *op, int64_t channel_id, struct str key,
                     struct outbox *ret_box, struct message *ret_message)
{
    struct message message;
    struct outbox box;
    int r = outbox_by_key(op, channel_id, key, &box);

    if (r == 0)
        r = message_get(op, box.message_id, &message);
    if (r < 0 || r > 0 || message.channel_id == channel_id)
        return r < 0 ? r : MAIL_COPY_NONE;
    *ret_box = box;
    *ret_message = message;
    return 0;
}

int mail_copy_spare(struct op *op, const struct outbox *box, const char *how)
{
    struct outbox old, now;
    int r = outbox_need(op, box->id, &old);

    if (r < 0 || old.epoch != box->epoch || !str_is(old.state, "queued"))
        return r;
    now = old;
    now.state = STR("cancelled");
    now.how = str_of(how);
    now.reason = STR("");
    now.epoch++;
    now.next_try_at = 0;
    r = outbox_move(op, &old, &now);
    return r < 0 ? r : outbox_wake_next(op, &now);
}

/* What it answers: the copy by its key, else a mail that came into that talk before. */
static int find_answered(struct op *op, const struct incoming *in, struct message *ret)
{
    struct outbox box;
    int r = mail_copy_by_key(op, in->channel_id, in->parent_mark, &box, ret);

    if (r != MAIL_COPY_NONE || !in->parent_external_id.n)
        return r;
    r = message_by_external_id(op, in->channel_id, in->parent_external_id, ret);
    return r == MESSAGE_NOT_FOUND ? MAIL_COPY_NONE : r;
}

/* An address that was typed is proved by nothing but the mails that come from it, and
 * what they answer was sent to it alone. */
static int is_theirs(struct op *op, const struct incoming *in, int64_t thread_id)
{
    struct mail_wish wish;
    int r = mail_wish_get(op, thread_id, &wish);

    if (r == 0 && !str_eq_ignore_case(wish.address, in->author.external_id))
        r = MAIL_WISH_NONE;
    return r;
}

int mail_copy_answered(struct op *op, const struct incoming *in, struct message *ret)
{
    struct message message;
    struct thread thread;
    int r = find_answered(op, in, &message);

    if (r)
        return r;
    r = thread_get(op, message.thread_id, &thread);
    if (r < 0 || r > 0 || thread.channel_id == in->channel_id)
        return r < 0 ? r : MAIL_COPY_NONE;
    if (!in->undelivered.n && !in->author.is_us)
        r = is_theirs(op, in, thread.id);
    if (r)
        return r < 0 ? r : MAIL_COPY_NONE;
    *ret = message;
    return 0;
}

int mail_copy_came_back(struct op *op, const struct incoming *in, struct message *ret)
{
    struct outbox box;
    int r = mail_copy_by_key(op, in->channel_id, in->mark, &box, ret);

    /* What failed may have left and come back: a person has the word. */
    if (r || str_is(box.state, "failed"))
        return r;
    return outbox_came_by_itself(op, &box);
}
