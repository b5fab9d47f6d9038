/* chaser.c - a new concern that asks after an older one: joined to it, or offered. */
#include "desk/chaser.h"

#include "desk/clocks.h"
#include "dialogue/findings.h"

/* How many older ones are open, and the only one of them. */
static int open_before(struct op *op, const struct conversation *c,
                       struct conversation *ret, size_t *ret_count)
{
    struct conversation *list;
    size_t count, n = 0;
    int r = conversation_list_person(op, c->person_id, &list, &count);

    for (size_t i = 0; r >= 0 && i < count; i++) {
        if (list[i].id == c->id || conversation_is_finished(&list[i]) ||
            list[i].opened_at > c->opened_at)
            continue;
        *ret = list[i];
        n++;
    }
    if (r < 0)
        return r;
    *ret_count = n;
    return 0;
}

/* Whoever typed a name into a form has not shown that it is theirs. */
static int is_proved(struct op *op, const struct message *msg, bool *ret)
{
    struct profile profile;
    int r = profile_get(op, msg->profile_id, &profile);

    if (r < 0)
        return r;
    *ret = r == 0 && profile_is_proved(&profile);
    return 0;
}

int chaser_look(struct op *op, const struct incoming *in, const struct message *msg,
                struct conversation *c, int64_t *ret_into)
{
    struct conversation old = { .id = 0 };
    bool sure = in->marks & MARK_CHASER, proved = false;
    size_t count;
    int r;

    *ret_into = 0;
    if (sure && c->priority < 1)
        c->priority = 1;
    if (!sure && !in->may_chase)
        return 0;
    r = open_before(op, c, &old, &count);
    if (r < 0 || count == 0)
        return r;
    r = is_proved(op, msg, &proved);
    if (r < 0)
        return r;
    if (sure && proved && count == 1 && old.channel_id == c->channel_id)
        *ret_into = old.id;
    else
        c->suggestion = STR(CHASER_SUGGESTION);
    return 0;
}

int chaser_join(struct op *op, int64_t into, struct intake_result *result)
{
    struct actor before = op->actor;
    struct conversation old, now;
    int r;

    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    r = desk_merge(op, result->conversation.id, into);
    if (r >= 0)
        r = conversation_need(op, into, &old);
    if (r >= 0) {
        now = old;
        now.priority = old.priority < 1 ? 1 : old.priority;
        now.state = str_is(old.state, "waiting") ? STR("open") : old.state;
        now.waiting_for = now.suggestion = STR("");
        now.snooze_until_at = 0;
        r = clocks_customer(op, &now, false);
    }
    if (r >= 0)
        r = conversation_update(op, &old, &now, "conversation.chased", (struct str){ 0 });
    op->actor = before;
    if (r < 0)
        return r;
    result->message.conversation_id = now.id;
    result->conversation = now;
    return 0;
}
