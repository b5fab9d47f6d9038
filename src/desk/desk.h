/* desk.h - what happens at the desk: the verbs that change a conversation.
 *
 * Each runs inside one write: it checks the rules, changes the dialogue's rows
 * and moves the clocks (clocks.h) together. Who may do it was checked by the
 * API; the desk checks what is always true, whoever asks.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "dialogue/check_back.h"
#include "dialogue/intake.h"
#include "dialogue/outbox.h"

/* After intake_item(): open or close waits, reopen, suggest "probably solved",
 * lock outreach, answer a check-back, set target times. */
int desk_on_inbound(struct op *op, const struct incoming *in,
                    struct intake_result *result) MUST_CHECK;

/* Intent, topic and marks anew from what its messages say now: after an edit, a person's
 * verdict or a newer model. What a person set at the conversation itself stays. */
int desk_sort_again(struct op *op, int64_t conversation_id) MUST_CHECK;

struct desk_reply {
    int64_t conversation_id;
    struct str body, visibility; /* public, private */
    int64_t parent_id;           /* 0: the newest message of the person */
    int64_t send_after_at;
    const int64_t *attachment_ids;
    size_t attachment_count;
    int64_t expected_last_id; /* the newest message the author saw; 0: not checked */
    bool needs_approval;      /* a trainee's */
    int64_t check_back_id;    /* this is the question "did it hold?" */
};
/* Refusals: ERR_CONFLICT when a colleague was faster (op->err.extra carries
 * what was sent), for a private message to somebody who never wrote, for a
 * channel that only listens, for a locked person and a check-back; ERR_INVALID
 * for an empty or over-long text. */
int desk_reply(struct op *op, const struct desk_reply *reply, struct message *ret_message,
               struct outbox *ret_box) MUST_CHECK;

/* What the reply answers, of its conversation; id 0: nothing that is still there.
 * ERR_INVALID naming parent_id. */
int desk_answered(struct op *op, const struct desk_reply *reply,
                  const struct conversation *c, struct message *ret) MUST_CHECK;

/* The delivery failed for good: the wait is open again from its old start. */
int desk_reply_failed(struct op *op, int64_t message_id) MUST_CHECK;
/* A held reply was approved: from now on it counts as a reaction. */
int desk_reply_approved(struct op *op, int64_t message_id) MUST_CHECK;

/* A failed reply was queued again by a person: it counts from now on. */
int desk_reply_retried(struct op *op, int64_t message_id) MUST_CHECK;

int desk_solve(struct op *op, int64_t id, bool plan_check_back,
               struct check_back *ret) MUST_CHECK;
int desk_reopen(struct op *op, int64_t id) MUST_CHECK;
/* What stands as the note of a conversation that a muted or blocked account began. */
#define DESK_QUIETENED "muted"
int desk_close(struct op *op, int64_t id, struct str reason, struct str note) MUST_CHECK;
/* solved 14 days ago and quiet -> closed; otherwise nothing. */
int desk_close_in_time(struct op *op, int64_t id) MUST_CHECK;
int desk_merge(struct op *op, int64_t from, int64_t into) MUST_CHECK;
/* A third party's message becomes a conversation, from its own time on. */
int desk_open_from_message(struct op *op, int64_t message_id, int64_t *ret_id) MUST_CHECK;
int desk_lock_outreach(struct op *op, int64_t person_id, struct str reason) MUST_CHECK;

/* The text proposed for a due check-back; names the person and the topic, in
 * the workspace's language and the person's form of address. */
int desk_check_back_draft(struct op *op, const struct check_back *cb,
                          struct str *ret) MUST_CHECK;
/* Where it is asked, public or private: the newest of ours tells. */
int desk_check_back_place(struct op *op, int64_t conversation_id,
                          struct str *ret) MUST_CHECK;
int desk_check_back_send(struct op *op, int64_t id, struct str body, bool needs_approval,
                         struct message *ret_message, struct outbox *ret_box) MUST_CHECK;

#endif
