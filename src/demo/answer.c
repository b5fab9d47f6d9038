/* answer.c - what colleagues do at the desk. */
#include "demo/talk.h"

#include "desk/desk.h"
#include "dialogue/attachment.h"
#include "job/job.h"

void talk_as(struct op *op, const struct colleague *who)
{
    op->actor = (struct actor){ ACTOR_ACCOUNT, who->id };
}

const struct colleague *talk_agent(struct demo *d, const struct play *p)
{
    const struct colleague *all = d->house.colleagues;

    return &all[dice_happens(&d->dice, 84) ? p->department->agent
                                           : p->department->deputy];
}

int talk_take(struct op *op, struct play *p, size_t voice)
{
    struct conversation old, now;
    int r;

    if (!p->voices[voice].conversation_id)
        return op_fail(op, ERR_INTERNAL, "there is no conversation to take");
    r = conversation_need(op, p->voices[voice].conversation_id, &old);
    if (r < 0)
        return r;
    if (old.assignee_id == p->agent->id || conversation_is_finished(&old))
        return 0;
    talk_as(op, p->agent);
    now = old;
    now.assignee_id = p->agent->id;
    now.department_id = p->department->id;
    if (str_is(old.state, "new"))
        now.state = STR("open");
    return conversation_update(op, &old, &now, "conversation.updated", STR(""));
}

static int upload(struct op *op, struct demo *d, const struct reply *reply, int64_t *ret)
{
    struct talk_bytes file = talk_make_file(op->arena, &d->dice, reply->file);
    struct attachment a = { .account_id = op->actor.id,
                            .name = file.name,
                            .mime = file.mime };
    int r = attachment_add(op, &a, file.bytes);

    if (r >= 0)
        *ret = a.id;
    return r;
}

/* The network says no: what the worker would have written down. */
static int fail_delivery(struct op *op, struct play *p, const struct outbox *queued)
{
    struct outbox_result result = { .outcome = OUTBOX_REFUSED, .reason = p->failure };
    struct outbox box;
    int64_t at;
    int r = outbox_claim(op, queued->id, &box, &at);

    if (r == 0)
        r = outbox_settle(op, &box, &result);
    if (r == 0)
        r = channel_failed(op, box.channel_id, p->failure);
    if (r == 0)
        r = desk_reply_failed(op, box.message_id);
    if (r == 0)
        r = job_cancel(op, "deliver", queued->id);
    p->failure = STR("");
    return r > 0 ? op_fail(op, ERR_INTERNAL, "a reply could not fail") : r;
}

/* The network fell silent in the middle, and reading back gave no answer. */
static int doubt_delivery(struct op *op, struct play *p, const struct outbox *queued)
{
    static const char *const why = "the network did not say whether it took the message";
    struct outbox_result doubt = { .outcome = OUTBOX_DOUBT,
                                   .reason = str_of(why),
                                   .retry_at = op->now };
    struct outbox_result cannot = { .outcome = OUTBOX_CANNOT_TELL,
                                    .reason = str_of(why) };
    struct outbox box;
    int64_t at, number;
    int r = outbox_claim(op, queued->id, &box, &at);

    if (r == 0)
        r = outbox_settle(op, &box, &doubt);
    if (r == 0)
        r = outbox_claim_find(op, queued->id, &box, &number, &at);
    if (r == 0)
        r = outbox_settle(op, &box, &cannot);
    if (r == 0)
        r = job_cancel(op, "deliver", queued->id);
    p->uncertain = false;
    return r > 0 ? op_fail(op, ERR_INTERNAL, "a reply could not be in doubt") : r;
}

int talk_say(struct op *op, struct demo *d, struct play *p, const struct reply *reply)
{
    struct desk_reply out = {
        .conversation_id = p->voices[reply->voice].conversation_id,
        .visibility =
            p->place->is_public && !reply->in_private ? STR("public") : STR("private"),
        .body = reply->body,
        .needs_approval = p->by_trainee,
        .send_after_at = p->send_later_ms ? op->now + p->send_later_ms : 0,
    };
    struct message message;
    struct outbox box;
    int64_t file;
    int r = talk_take(op, p, reply->voice);

    if (r < 0)
        return r;
    talk_as(op, p->by_trainee ? house_colleague(&d->house, STR("Lukas")) : p->agent);
    if (reply->file) {
        r = upload(op, d, reply, &file);
        out.attachment_ids = &file;
        out.attachment_count = 1;
    }
    if (r >= 0)
        r = desk_reply(op, &out, &message, &box);
    if (r < 0)
        return r;
    d->said++;
    p->box_id = box.id;
    p->message_id = message.id;
    p->speaker = reply->voice;
    p->answered = p->reacted = true;
    p->send_later_ms = 0;
    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    if (p->failure.n)
        return fail_delivery(op, p, &box);
    return p->uncertain ? doubt_delivery(op, p, &box) : 0;
}

int talk_approve(struct op *op, struct demo *d, struct play *p)
{
    int r;

    talk_as(op, house_colleague(&d->house, STR("Mehmet")));
    r = outbox_approve(op, p->box_id);
    p->by_trainee = false;
    return r < 0 ? r : desk_reply_approved(op, p->message_id);
}

int talk_solve(struct op *op, struct play *p, size_t voice, bool check_back,
               int64_t *ret_due_at)
{
    struct check_back cb;
    struct conversation c;
    int r = conversation_need(op, p->voices[voice].conversation_id, &c);

    *ret_due_at = 0;
    if (r < 0 || conversation_is_finished(&c))
        return r;
    talk_as(op, p->agent);
    r = desk_solve(op, c.id, check_back, &cb);
    if (r >= 0)
        *ret_due_at = cb.id ? cb.due_at : 0;
    return r;
}

int talk_close(struct op *op, struct play *p, size_t voice, const char *reason,
               struct str note)
{
    struct conversation c;
    int r = conversation_need(op, p->voices[voice].conversation_id, &c);

    if (r < 0 || conversation_is_finished(&c))
        return r;
    talk_as(op, p->agent);
    return desk_close(op, c.id, str_of(reason), note);
}
