/* inbound.c - what a new message means for the clocks and the state.
 *
 *   new concern         -> a wait and a segment begin
 *   second message      -> a chaser: the clock runs on from the first; one from another
 *                          thread is joined to the first, or offered (chaser.h)
 *   thanks              -> "probably solved", no new question
 *   after solved        -> open again, top priority; thanks and praise leave it solved
 *   "do not write"      -> the person is locked for everything but answers
 *   ours, from outside  -> a reaction, unless it was automatic
 */
#include "desk/chaser.h"

#include "desk/clocks.h"
#include "dialogue/channel.h"
#include "dialogue/findings.h"
#include "dialogue/outbox.h"
#include "dialogue/restraint.h"

/* Words that ask for nothing: no wait begins, nothing is reopened. */
static bool asks_nothing(const struct incoming *in)
{
    return in->automatic || in->is_thanks || in->is_opt_out ||
           (str_is(in->intent, "praise") && !in->asks_us);
}

static void touch(struct conversation *c, const struct message *msg)
{
    if (msg->sent_at > c->last_message_at)
        c->last_message_at = msg->sent_at;
    if (!str_is(msg->direction, "out") && msg->sent_at > c->last_inbound_at)
        c->last_inbound_at = msg->sent_at;
}

static int opened(struct op *op, const struct incoming *in, struct conversation *c,
                  const struct message *msg, int64_t *ret_into)
{
    struct channel channel;
    int r;

    r = channel_get(op, c->channel_id, &channel);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no channel");
    c->department_id = channel.department_id;
    r = clocks_open_segment(op, c, c->opened_at);
    if (r < 0 || in->automatic)
        return r;
    r = clocks_start(op, c, msg);
    return r < 0 ? r : chaser_look(op, in, msg, c, ret_into);
}

/* A person who waits for an hour and writes again is chasing us; or says so. */
static void chase(const struct incoming *in, struct conversation *c,
                  const struct message *msg)
{
    bool waits_long =
        c->waiting_since_at && msg->sent_at - c->waiting_since_at >= HOURS(1);

    if ((waits_long || (in->marks & MARK_CHASER)) && c->priority < 1)
        c->priority = 1;
}

static int reopen(struct op *op, struct conversation *c, const struct message *msg)
{
    int r;

    c->state = STR("open");
    c->waiting_for = STR("");
    c->priority = 2;
    c->reopened_count++;
    c->suggestion = STR("");
    c->solved_at = c->solved_by = c->closed_at = 0;
    c->close_reason = STR("");
    c->close_note = STR("");
    r = check_back_cancel_conversation(op, c->id, "reopened");
    if (r < 0)
        return r;
    r = clocks_reopened(op, c, msg->sent_at);
    return r < 0 ? r : clocks_start(op, c, msg);
}

/* Of a matter that is solved: nothing is said against it. Two witnesses that see praise
 * are enough here, though one of them doubts its tone. */
static bool says_it_holds(const struct incoming *in)
{
    return asks_nothing(in) || in->is_praise;
}

/* The person answered our question whether it held. */
static int answer_check_back(struct op *op, const struct incoming *in,
                             const struct conversation *c)
{
    int r = check_back_answer(op, c->id, says_it_holds(in) ? "held" : "came_back");

    return r < 0 ? r : 0;
}

static int joined(struct op *op, const struct incoming *in, struct conversation *c,
                  const struct message *msg)
{
    int r;

    if (conversation_is_finished(c)) {
        r = answer_check_back(op, in, c);
        if (r < 0 || says_it_holds(in))
            return r;
        return reopen(op, c, msg);
    }
    if (in->is_thanks && c->first_reaction_at && !c->waiting_since_at) {
        c->suggestion = STR("probably_solved");
        return 0;
    }
    if (asks_nothing(in))
        return 0;
    chase(in, c, msg);
    if (!str_is(c->suggestion, CHASER_SUGGESTION))
        c->suggestion = STR("");
    c->state = str_is(c->state, "waiting") ? STR("open") : c->state;
    c->waiting_for = STR("");
    c->snooze_until_at = 0;
    r = clocks_customer(op, c, false);
    return r < 0 ? r : clocks_start(op, c, msg);
}

/* What was found never overwrites a person's word. */
static void classify(struct op *op, const struct incoming *in, struct conversation *c)
{
    uint32_t before = findings_marks_read(c->marks);

    c->marks = findings_marks_text(
        op->arena, findings_marks_join(before, in->marks, !c->waiting_since_at));
    if (in->intent.n && c->intent.n == 0) {
        c->intent = in->intent;
        c->intent_by = in->intent_by;
    }
    if (in->topic.n && c->topic.n == 0)
        c->topic = in->topic;
}

static int from_outside(struct op *op, const struct incoming *in,
                        struct intake_result *result, struct conversation *c,
                        int64_t *ret_into)
{
    int r;

    touch(c, &result->message);
    if (!in->automatic && !result->opened)
        classify(op, in, c);
    r = result->opened ? opened(op, in, c, &result->message, ret_into)
                       : joined(op, in, c, &result->message);
    return r;
}

/* Ours, written in the network's own interface: an answer like any other. */
static int from_us(struct op *op, struct intake_result *result, struct conversation *c)
{
    int r;

    touch(c, &result->message);
    if (result->message.automatic)
        return 0;
    r = clocks_react(op, c, &result->message);
    if (r < 0 || conversation_is_finished(c))
        return r;
    c->state = STR("waiting");
    c->waiting_for = STR("customer");
    return clocks_customer(op, c, true);
}

/* Begun by intake, or by somebody who opens one by hand, and told as theirs. */
static int add(struct op *op, struct conversation *c, struct actor opener)
{
    struct actor person = op->actor;
    int r;

    op->actor = opener;
    r = conversation_add(op, c);
    op->actor = person;
    return r;
}

static int handle(struct op *op, const struct incoming *in, struct intake_result *result,
                  struct actor opener)
{
    struct conversation old = result->conversation, now = old;
    const char *kind = "conversation.message";
    RECORD_GATHER(gather); /* waits and segments are told with what they are of */
    int64_t into = 0;
    int r = 0;

    if (in->is_opt_out && !result->from_us) {
        r = desk_lock_outreach(op, result->message.person_id, in->body);
        if (r < 0)
            return r;
    }
    if (!result->has_conversation)
        return 0;
    r = record_gather(op, &gather);
    if (r < 0)
        return r;
    r = result->from_us ? from_us(op, result, &now)
                        : from_outside(op, in, result, &now, &into);
    if (r < 0)
        return r;
    if (conversation_is_finished(&old) && !conversation_is_finished(&now))
        kind = "conversation.reopened";
    r = result->opened ? add(op, &now, opener)
                       : conversation_update(op, &old, &now, kind, (struct str){ 0 });
    if (r >= 0)
        r = record_gather_done(&gather);
    if (r < 0)
        return r;
    result->conversation = now;
    return into ? chaser_join(op, into, result) : 0;
}

/* A report that our reply did not arrive: then nobody was answered. */
static int note_undelivered(struct op *op, const struct incoming *in,
                            struct intake_result *result)
{
    int64_t ours = result->message.parent_id;
    struct outbox box;
    int r = OUTBOX_NOT_FOUND;

    if (ours)
        r = outbox_of_channel(op, ours, in->channel_id, &box);
    if (r == 0)
        r = outbox_came_back(op, &box, in->undelivered);
    if (r)
        return r < 0 ? r : 0;
    r = desk_reply_failed(op, ours);
    if (r < 0 || !result->has_conversation || result->opened)
        return r;
    return conversation_need(op, result->conversation.id, &result->conversation);
}

/* Whoever is muted or blocked calls nobody: what they say is kept, and counted as hidden.
 * A matter that was open goes on, and one that `into` joined as well. */
static int quieten(struct op *op, int64_t into, struct intake_result *result)
{
    bool on;
    int r;

    if (result->conversation.id != into ||
        conversation_is_finished(&result->conversation))
        return 0;
    r = restraint_is_on(op, result->message.profile_id, &on);
    if (r < 0 || !on)
        return r;
    r = desk_close(op, into, STR("hidden"), STR(DESK_QUIETENED));
    return r < 0 ? r : conversation_need(op, into, &result->conversation);
}

int desk_on_inbound(struct op *op, const struct incoming *in,
                    struct intake_result *result)
{
    struct actor before = op->actor;
    int64_t called = 0; /* the conversation that this message may open */
    int r;

    if (result->what == INTAKE_VERSION && result->message.conversation_id)
        return desk_sort_again(op, result->message.conversation_id);
    if (result->what != INTAKE_NEW)
        return 0;
    if (in->undelivered.n) {
        int told = note_undelivered(op, in, result);

        if (told < 0)
            return told;
    }
    if (!result->from_us && result->has_conversation &&
        (result->opened || conversation_is_finished(&result->conversation)))
        called = result->conversation.id;
    if (!result->from_us)
        op->actor = (struct actor){ ACTOR_PERSON, result->message.person_id };
    r = handle(op, in, result, before);
    op->actor = before;
    return r < 0 || !called ? r : quieten(op, called, result);
}

int desk_lock_outreach(struct op *op, int64_t person_id, struct str reason)
{
    struct person old, now;
    int r = person_get(op, person_id, &old);

    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_NOT_FOUND, "there is no such person");
    if (!old.outreach_locked_at) {
        now = old;
        now.outreach_locked_at = op->now;
        now.outreach_lock_reason = str_sub(reason, 0, 500);
        r = person_update(op, &old, &now);
        if (r < 0)
            return r;
    }
    return check_back_cancel_person(op, person_id, "opted_out");
}
