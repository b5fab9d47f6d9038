/* restraint.h - what is done on a network about an account: a report, a mute, a block.
 *
 *     waiting -> stands | refused | unsure     the network was told
 *     waiting | stands -> lifting -> lifted    by a person, or because its time is over
 *
 * A message is judged, not a person: each is for one message, has one of the reasons for
 * which messages may be hidden, and, but for a report, an end. It is in force when the
 * network has said so. What somebody says meanwhile is kept and counted; it opens nothing
 * (desk/inbound.c).
 */
#ifndef DIALOGUE_RESTRAINT_H
#define DIALOGUE_RESTRAINT_H

#include "dialogue/message.h"

enum {
    RESTRAINT_MAX_DAYS = 30,
    RESTRAINT_MOST = 50, /* of one person, and at one message, that are listed */
};

struct restraint {
    int64_t id, message_id, profile_id, channel_id;
    struct str kind;   /* report mute block */
    struct str state;  /* waiting stands refused unsure lifting lifted */
    struct str reason; /* moderation_is_reason() */
    struct str note;   /* of a report: what its readers are told; else why, for us */
    int64_t forward;   /* a report: to the server of the account, too */
    struct str trouble, answer; /* what the network said last, when it is worth telling */
    int64_t asked_at, asked_by, until_at, stood_at;
    int64_t ending_at, ended_by, ended_at; /* by 0: its time was over */
};

extern const struct record restraint_record;

/* By op->actor, for this message: `kind`, `reason`, `note`, `forward`, `until_at`. Fills
 * the rest. ERR_CONFLICT for a message of ours or of nobody, and for what is so already;
 * ERR_INVALID naming the field. */
int restraint_ask(struct op *op, const struct message *msg,
                  struct restraint *restraint) MUST_CHECK;

/* RECORD_NOT_FOUND. */
int restraint_get(struct op *op, int64_t id, struct restraint *ret) MUST_CHECK;

/* By op->actor, or by the program when its time is over. ERR_CONFLICT for a report and
 * for what does not stand. */
int restraint_end(struct op *op, struct restraint *restraint) MUST_CHECK;

/* What the network made of it; nothing when it was asked for something else meanwhile. */
struct restraint_answer {
    struct str asked; /* the state in which it was asked: waiting, lifting */
    struct str state; /* what it is now */
    struct str trouble, answer;
};
int restraint_settle(struct op *op, int64_t id,
                     const struct restraint_answer *answer) MUST_CHECK;

/* Is this profile muted or blocked? */
int restraint_is_on(struct op *op, int64_t profile_id, bool *ret) MUST_CHECK;

/* For this message, and whatever of its author is not over; the newest first. */
int restraint_list_message(struct op *op, const struct message *msg,
                           struct restraint **ret, size_t *ret_count) MUST_CHECK;
/* Of all profiles of a person, the newest first. */
int restraint_list_person(struct op *op, int64_t person_id, struct restraint **ret,
                          size_t *ret_count) MUST_CHECK;
/* The mutes and blocks that are not over, below `before_id` (0: from the newest), the
 * newest first. */
int restraint_list(struct op *op, int64_t before_id, int64_t limit,
                   struct restraint **ret, size_t *ret_count) MUST_CHECK;

/* How many messages came from the account while a mute or a block stood. */
int restraint_kept(struct op *op, const struct restraint *restraint,
                   int64_t *ret) MUST_CHECK;

#endif
