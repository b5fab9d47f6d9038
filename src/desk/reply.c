/* reply.c - an answer of ours: the rules, the row, the way out, the clocks.
 *
 * The reaction clock stops when the reply is committed. A trainee's reply is
 * held until somebody approves it, and the customer's wait runs on meanwhile.
 */
#include "desk/desk.h"

#include "base/json.h"
#include "base/utf8.h"
#include "desk/clocks.h"
#include "dialogue/attachment.h"
#include "dialogue/channel.h"
#include "dialogue/note.h"

static int check_text(struct op *op, const struct desk_reply *reply)
{
    if (str_trim(reply->body).n == 0 && reply->attachment_count == 0)
        return op_fail_field_as(op, "body", "empty", "is empty");
    if (reply->body.n > MESSAGE_MAX_BODY)
        return op_too_long(op, "body", MESSAGE_MAX_BODY, "bytes");
    if (!utf8_is_valid(reply->body))
        return op_fail_field_as(op, "body", "not_utf8", "is not valid UTF-8");
    if (reply->attachment_count > ATTACHMENT_MAX_PER_MESSAGE)
        return op_too_many(op, "attachment_ids", ATTACHMENT_MAX_PER_MESSAGE);
    return 0;
}

/* Public stays public unless the author says private; private never becomes public. */
static int check_visibility(struct op *op, const struct desk_reply *reply,
                            const struct thread *thread)
{
    bool is_public = str_is(reply->visibility, "public");

    if (!is_public && !str_is(reply->visibility, "private"))
        return op_fail_field_as(op, "visibility", "not_a_choice",
                                "is neither public nor private");
    if (is_public && str_is(thread->visibility, "private"))
        return op_fail_field_as(op, "visibility", "thread_private",
                                "cannot be public: this talk is private");
    return 0;
}

static int check_channel(struct op *op, const struct conversation *c)
{
    struct channel channel;
    struct str mode;
    int r;

    r = channel_get(op, c->channel_id, &channel);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no channel");
    if (channel.retired_at)
        return op_fail_as(op, ERR_CONFLICT, "channel_retired",
                          "the channel " STR_FMT " is retired", STR_ARG(channel.name));
    r = channel_effective_mode(op, &channel, &mode);
    if (r < 0)
        return r;
    if (!str_is(mode, "dialogue"))
        return op_fail_as(op, ERR_CONFLICT, "channel_listens",
                          "the channel " STR_FMT " only listens: nothing can be sent",
                          STR_ARG(channel.name));
    return 0;
}

/* Nobody is written to in private who never wrote to us, and nobody who asked
 * to be left alone, but for answers to what he or she wrote. */
static int check_person(struct op *op, const struct desk_reply *reply,
                        const struct conversation *c)
{
    struct message last_in, last_out;
    struct person person;
    bool wrote;
    int r;

    r = person_get(op, c->person_id, &person);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no person");
    r = person_wrote(op, person.id, &wrote);
    if (r < 0)
        return r;
    if (!wrote && str_is(reply->visibility, "private"))
        return op_fail_as(op, ERR_CONFLICT, "person_never_wrote",
                          "this person never wrote to us: no private message is sent");
    if (!person.outreach_locked_at)
        return 0;
    if (reply->check_back_id)
        return op_fail_as(op, ERR_CONFLICT, "person_opted_out",
                          "this person asked not to be written to");
    r = message_newest_in(op, c->id, &last_in);
    if (r < 0)
        return r;
    if (r == 0)
        r = message_newest_out(op, c->id, last_in.id, &last_out);
    if (r < 0)
        return r;
    if (r == 0)
        return op_fail_as(
            op, ERR_CONFLICT, "person_opted_out",
            "this person asked not to be written to and was answered already");
    return 0;
}

/* A colleague answered since the author looked: both texts are kept. */
static int check_conflict(struct op *op, const struct desk_reply *reply,
                          const struct conversation *c)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct message other;
    struct str body;
    int r;

    if (!reply->expected_last_id)
        return 0;
    r = message_newest_out(op, c->id, reply->expected_last_id, &other);
    if (r != 0)
        return r < 0 ? r : 0;
    r = message_body(op, other.id, other.version, &body);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_id(&w, "id", other.id);
    json_put_id(&w, "account_id", other.account_id);
    json_put_time(&w, "sent_at", other.sent_at);
    json_put_text(&w, "body", body);
    json_end_object(&w);
    r = op_fail_as(op, ERR_CONFLICT, "answered_meanwhile",
                   "a colleague has answered meanwhile");
    op->err.extra = arena_fmt(op->arena, "\"current\":" STR_FMT, STR_ARG(json_done(&w)));
    return r;
}

static int check(struct op *op, const struct desk_reply *reply,
                 const struct conversation *c, const struct thread *thread)
{
    int r = check_text(op, reply);

    if (r >= 0)
        r = check_visibility(op, reply, thread);
    if (r >= 0)
        r = check_channel(op, c);
    if (r >= 0)
        r = check_person(op, reply, c);
    if (r >= 0)
        r = check_conflict(op, reply, c);
    return r;
}

int desk_answered(struct op *op, const struct desk_reply *reply,
                  const struct conversation *c, struct message *ret)
{
    int r;

    ret->id = 0;
    if (!reply->parent_id) {
        r = message_newest_to_answer(op, c->id, ret);
        return r < 0 ? r : 0;
    }
    r = message_get(op, reply->parent_id, ret);
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND || ret->thread_id != c->thread_id)
        return op_fail_field_as(op, "parent_id", "unknown",
                                "is no message of this thread");
    /* A private answer must not reach somebody else by the way of its parent. */
    if (str_is(reply->visibility, "private") && ret->conversation_id != c->id)
        return op_fail_field_as(op, "parent_id", "unknown",
                                "is no message of this conversation");
    return 0;
}

static int64_t author(const struct op *op)
{
    return op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
}

static int write_message(struct op *op, const struct desk_reply *reply,
                         const struct conversation *c, struct message *ret)
{
    struct message parent = { .id = 0 };
    int r;

    r = desk_answered(op, reply, c, &parent);
    if (r < 0)
        return r;
    *ret = (struct message){
        .channel_id = c->channel_id,
        .thread_id = c->thread_id,
        .conversation_id = c->id,
        .parent_id = parent.id,
        .parent_external_id = parent.external_id,
        .account_id = author(op),
        .direction = STR("out"),
        .visibility = reply->visibility,
        .check_back_id = reply->check_back_id,
        .sent_at = op->now,
        .received_at = op->now,
    };
    r = message_add(op, ret, &(struct message_said){ .body = reply->body });
    for (size_t i = 0; r >= 0 && i < reply->attachment_count; i++)
        r = attachment_attach(op, reply->attachment_ids[i], ret->id);
    if (r == ERR_NOT_FOUND)
        return op_fail_field_as(op, "attachment_ids", "unknown",
                                "has a file that is not yours or in use");
    return r;
}

static int forget_draft(struct op *op, const struct conversation *c)
{
    int64_t account_id = author(op);
    int r;

    if (!account_id)
        return 0;
    r = draft_sent(op, c->id, account_id);
    return r < 0 ? r : answering_set(op, c->id, account_id, false);
}

/* The clocks and the state after a reply that nobody holds back. */
static int count_as_reaction(struct op *op, struct conversation *c,
                             const struct message *msg)
{
    int r = clocks_react(op, c, msg);

    if (r < 0)
        return r;
    if (msg->sent_at > c->last_message_at)
        c->last_message_at = msg->sent_at;
    c->suggestion = STR("");
    if (conversation_is_finished(c))
        return 0;
    c->state = STR("waiting");
    c->waiting_for = STR("customer");
    return clocks_customer(op, c, true);
}

static int move_clocks(struct op *op, const struct desk_reply *reply,
                       const struct conversation *old, const struct message *msg)
{
    struct conversation now = *old;
    int r;

    if (reply->needs_approval) {
        if (!conversation_is_finished(&now)) {
            now.state = STR("waiting");
            now.waiting_for = STR("approval");
        }
        return conversation_update(op, old, &now, "conversation.held", (struct str){ 0 });
    }
    r = count_as_reaction(op, &now, msg);
    if (r < 0)
        return r;
    return conversation_update(op, old, &now, "conversation.answered", (struct str){ 0 });
}

int desk_reply(struct op *op, const struct desk_reply *reply, struct message *ret_message,
               struct outbox *ret_box)
{
    struct conversation c;
    struct message message;
    struct thread thread;
    struct outbox box;
    int r;

    r = conversation_need(op, reply->conversation_id, &c);
    if (r < 0)
        return r;
    r = thread_get(op, c.thread_id, &thread);
    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_INTERNAL, "a conversation has no thread");
    r = check(op, reply, &c, &thread);
    if (r < 0)
        return r;
    r = write_message(op, reply, &c, &message);
    if (r < 0)
        return r;
    box = (struct outbox){
        .conversation_id = c.id,
        .message_id = message.id,
        .channel_id = c.channel_id,
        .held_for = reply->needs_approval ? STR("approval") : STR(""),
        .send_after_at = reply->send_after_at,
    };
    r = outbox_add(op, &box);
    if (r < 0)
        return r;
    r = forget_draft(op, &c);
    if (r < 0)
        return r;
    r = move_clocks(op, reply, &c, &message);
    if (r < 0)
        return r;
    *ret_message = message;
    *ret_box = box;
    return 0;
}

/* The message and its conversation, for what happens to a reply later. */
static int load(struct op *op, int64_t message_id, struct message *msg,
                struct conversation *c)
{
    int r = message_get(op, message_id, msg);

    if (r != 0)
        return r < 0 ? r : op_fail(op, ERR_NOT_FOUND, "there is no such message");
    return conversation_need(op, msg->conversation_id, c);
}

int desk_reply_failed(struct op *op, int64_t message_id)
{
    struct conversation old, now;
    struct message msg;
    int r = load(op, message_id, &msg, &old);

    if (r < 0)
        return r;
    now = old;
    r = clocks_unreact(op, &now, message_id);
    if (r < 0)
        return r;
    if (!conversation_is_finished(&now)) {
        now.state = STR("open");
        now.waiting_for = STR("");
        r = clocks_customer(op, &now, false);
        if (r < 0)
            return r;
    }
    return conversation_update(op, &old, &now, "conversation.reply_failed",
                               (struct str){ 0 });
}

int desk_reply_approved(struct op *op, int64_t message_id)
{
    struct conversation old, now;
    struct message msg;
    int r = load(op, message_id, &msg, &old);

    if (r < 0)
        return r;
    now = old;
    msg.sent_at = op->now; /* the customer was answered now, not when it was drafted */
    r = count_as_reaction(op, &now, &msg);
    if (r < 0)
        return r;
    return conversation_update(op, &old, &now, "conversation.answered",
                               (struct str){ 0 });
}

int desk_reply_retried(struct op *op, int64_t message_id)
{
    return desk_reply_approved(op, message_id);
}
