/* outbox.h - what leaves, as a state machine that never guesses.
 *
 *     held -> queued -> sending -> sent | unknown | failed | uncertain
 *     unknown -> sent (found by reading back) | queued (proved absent) | uncertain
 *     uncertain -> sent | queued     by a person only
 *     failed -> queued               by a person
 *     sent -> failed                 when the network says later that it did not arrive
 *     sending, unknown -> failed     when it says so before we know that it was sent
 *     held, queued, failed -> cancelled by a person
 *
 * The intent is written and committed before anything leaves (outbox_claim),
 * the outcome after it; between them the state is not known and says so. Every
 * write of a worker names its epoch; a worker that was thought dead can change
 * nothing any more. Of one conversation at most one item of a channel is sending or
 * unknown, the oldest first.
 */
#ifndef DIALOGUE_OUTBOX_H
#define DIALOGUE_OUTBOX_H

#include "event/record.h"

struct outbox {
    int64_t id, conversation_id, message_id, channel_id;
    struct str state, held_for;
    struct str idempotency_key;
    int64_t send_after_at, next_try_at;
    int64_t attempts, epoch, lease_until_at, unknown_since_at;
    struct str reason, how;
    int64_t sent_at, approved_by, created_at;
};

extern const struct record outbox_record;

enum { OUTBOX_MAX_ATTEMPTS = 12, OUTBOX_LEASE_MS = 90000 };
/* One and a half of a job's: OUTBOX_LEASE_MS unless the setting says otherwise. A call
 * begins within the first third of it (work_deliver.c) and ends within half (client.c),
 * so nothing leaves after it. */
int64_t outbox_lease_ms(const struct op *op);
#define OUTBOX_MAX_TRYING_MS   DAYS(1) /* from the first try to giving up */
#define OUTBOX_MAX_EXTERNAL_ID 512     /* bytes */

int outbox_get(struct op *op, int64_t id, struct outbox *ret) MUST_CHECK;
enum { OUTBOX_NOT_FOUND = 1 };
/* What left, or will leave, through this channel under this key ("draht-17"). */
int outbox_by_key(struct op *op, int64_t channel_id, struct str key,
                  struct outbox *ret) MUST_CHECK;
/* The reply itself, through the channel of its message. A copy by mail: mail_copy.h. */
int outbox_by_message(struct op *op, int64_t message_id, struct outbox *ret) MUST_CHECK;
/* What of a message left, or will leave, through this channel. */
int outbox_of_channel(struct op *op, int64_t message_id, int64_t channel_id,
                      struct outbox *ret) MUST_CHECK;

/* Queue (or hold, when `held_for` is not empty) a message of ours and plan its
 * delivery (job "deliver"). Sets box->id, state, idempotency_key. */
int outbox_add(struct op *op, struct outbox *box) MUST_CHECK;

/* Settling plans no job: the worker says when it wants to come again. What a person or
 * an echo changes does, and what goes next in the conversation is woken. */

/* queued -> sending, epoch + 1, attempts + 1, lease; writes a delivery row.
 * OUTBOX_NOT_YET: it is not due, another of the conversation goes first, or the
 * state forbids it (`*ret_at`: when to look again, 0: never by itself). */
enum { OUTBOX_NOT_YET = 1 };
int outbox_claim(struct op *op, int64_t id, struct outbox *ret,
                 int64_t *ret_at) MUST_CHECK;

/* The bytes that leave: kept at the first try, the same at each later one. */
int outbox_freeze(struct op *op, int64_t id, struct str bytes) MUST_CHECK;
/* They are made anew: only of what certainly never arrived, and was not meant so. */
int outbox_thaw(struct op *op, int64_t id) MUST_CHECK;
int outbox_bytes(struct op *op, int64_t id,
                 struct str *ret) MUST_CHECK; /* OUTBOX_NOT_FOUND */

/* When it was first tried to send, ever; 0: not yet. The key is known since then. */
int outbox_first_tried_at(struct op *op, int64_t id, int64_t *ret) MUST_CHECK;

/* How a try ended. OUTBOX_STALE: the epoch is not the row's any more; nothing
 * was written. */
enum outbox_outcome {
    OUTBOX_SENT = 1,    /* external_id is set, may be empty when the network has none */
    OUTBOX_LATER,       /* certainly not sent: again at `retry_at` */
    OUTBOX_REFUSED,     /* certainly not sent, never will be: failed with `reason` */
    OUTBOX_DOUBT,       /* may have been sent: unknown, read back after the quiet time */
    OUTBOX_FOUND,       /* read back: it is there */
    OUTBOX_ABSENT,      /* read back: proved absent, queue again */
    OUTBOX_SAME_NAME,   /* it gave no answer, but the same name again makes no second one:
                           queue again. The doubt stays, so it cannot be cancelled, and
                           what does not leave then is unknown or uncertain, not failed */
    OUTBOX_CANNOT_TELL, /* reading back gave no answer: later again, or uncertain */
};
struct outbox_result {
    enum outbox_outcome outcome;
    struct str external_id, reason;
    const char *how;  /* OUTBOX_SENT: "no_address"; NULL: "answered" */
    int64_t copies;   /* OUTBOX_FOUND: how many are there; 0: not said */
    int64_t retry_at; /* OUTBOX_LATER, OUTBOX_DOUBT and OUTBOX_CANNOT_TELL; 0 with the
                         last: give up */
};
/* More than one copy leaves the event "outbox.duplicate_seen". */
enum { OUTBOX_STALE = 1 };
int outbox_settle(struct op *op, const struct outbox *box,
                  const struct outbox_result *result) MUST_CHECK;

/* A read-back of what is unknown begins: epoch + 1, lease, a delivery row.
 * `*ret_number`: the how-manieth since the last try to send. OUTBOX_NOT_YET as above. */
int outbox_claim_find(struct op *op, int64_t id, struct outbox *ret, int64_t *ret_number,
                      int64_t *ret_at) MUST_CHECK;

/* A worker died while sending: its lease ended. sending -> unknown. */
int outbox_expire_lease(struct op *op, int64_t id) MUST_CHECK;

/* Its job cannot run any more: queued -> failed, sending and unknown -> uncertain, so
 * that a person sees it. Anything else is left alone. */
int outbox_give_up(struct op *op, int64_t id, struct str reason) MUST_CHECK;

/* The store is a copy of an earlier one, and what waits in it may have left meanwhile:
 * what is sending, and what is queued and was to leave by now, becomes unknown, so that
 * it is read back before anything leaves. What is planned for later or waits for a person
 * stays. `*ret_count`: how many. Inside a write. */
int outbox_doubt_all(struct op *op, struct str reason, int64_t *ret_count) MUST_CHECK;

/* By a person. ERR_CONFLICT in words when the state forbids it. */
int outbox_approve(struct op *op, int64_t id) MUST_CHECK;
int outbox_retry(struct op *op, int64_t id) MUST_CHECK;
int outbox_mark_sent(struct op *op, int64_t id) MUST_CHECK;
int outbox_cancel(struct op *op, int64_t id) MUST_CHECK;

/* Our own message came back from the network (same thread, and the same key or, when the
 * network shows none, the same text; not yet known to be sent): settle it as sent with
 * this external id. OUTBOX_NOT_FOUND when none fits; when it is the copy of one that was
 * sent again meanwhile, and comes to light late, the event "outbox.duplicate_seen" says
 * so. */
struct echo {
    int64_t thread_id;
    struct str external_id, body;
    struct str key; /* empty: by its text */
};
int outbox_echo(struct op *op, const struct echo *echo,
                int64_t *ret_message_id) MUST_CHECK;

/* The network says afterwards that it did not arrive: sent, or on its way or in doubt as
 * far as we know -> failed. OUTBOX_NOT_FOUND: it never left. */
int outbox_came_back(struct op *op, const struct outbox *old,
                     struct str reason) MUST_CHECK;

/* How many of a channel are in a state. */
struct outbox_counts {
    int64_t queued, unknown, uncertain, failed;
};
int outbox_counts(struct op *op, int64_t channel_id,
                  struct outbox_counts *ret) MUST_CHECK;

int outbox_list(struct op *op, struct str state, int64_t before_id, int64_t limit,
                struct outbox **ret, size_t *ret_count) MUST_CHECK;
int outbox_list_conversation(struct op *op, int64_t conversation_id, struct outbox **ret,
                             size_t *ret_count) MUST_CHECK;

#endif
