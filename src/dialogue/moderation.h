/* moderation.h - what may be read on our public pages, and who decided so.
 *
 *     held -> released | hidden       a comment waits for a person
 *     released <-> hidden             changed later; a message of a network, too
 *
 * A message without a row may be read. Hiding takes nothing away: the text stays
 * with us, and on the page stands that something was hidden and why. Each decision
 * is an event.
 */
#ifndef DIALOGUE_MODERATION_H
#define DIALOGUE_MODERATION_H

#include "dialogue/message.h"

enum { MODERATION_MAX_NOTE = 1000 }; /* characters */

struct moderation {
    int64_t id; /* the message's */
    int64_t thread_id;
    struct str state;  /* held released hidden */
    struct str reason; /* of hidden: personal_data insult spam illegal, in old rows
                          off_topic other; of released: "", by_rule */
    struct str note;   /* why, for us */
    int64_t decided_at, decided_by; /* 0: nobody yet, or the rule */
    int64_t created_at;
};

extern const struct record moderation_record;

/* A comment arrives: `state` is held, or released by the rule of its channel. */
int moderation_begin(struct op *op, const struct message *msg,
                     struct str state) MUST_CHECK;

/* The network says how it stands there: "shown", "held" or "spam". Nobody of ours decided
 * that. MODERATION_OURS: a person here decided otherwise moments ago, and what the
 * network says may be older; nothing was done. */
enum { MODERATION_OURS = 1 };
#define MODERATION_FRESH_MS SECONDS(90)
int moderation_follow(struct op *op, const struct message *msg,
                      struct str standing) MUST_CHECK;

enum { MODERATION_NONE = 1 };
int moderation_get(struct op *op, int64_t message_id, struct moderation *ret) MUST_CHECK;
int moderation_list_thread(struct op *op, int64_t thread_id, struct moderation **ret,
                           size_t *ret_count) MUST_CHECK;
/* Newest first below `before_id` (0: from the newest). */
int moderation_list(struct op *op, struct str state, int64_t before_id, int64_t limit,
                    struct moderation **ret, size_t *ret_count) MUST_CHECK;
int moderation_count(struct op *op, struct str state, int64_t *ret) MUST_CHECK;

/* Whether what people wrote may be hidden for it: personal_data insult spam illegal. */
bool moderation_is_reason(struct str reason);

/* By op->actor. ERR_CONFLICT for our own messages and for what is so already,
 * ERR_INVALID for hiding without a reason. */
int moderation_release(struct op *op, const struct message *msg) MUST_CHECK;
int moderation_hide(struct op *op, const struct message *msg, struct str reason,
                    struct str note) MUST_CHECK;

/* How many were hidden since `from`, by reason. */
struct moderation_sum {
    struct str reason;
    int64_t number;
};
int moderation_sums(struct op *op, int64_t from, struct moderation_sum **ret,
                    size_t *ret_count) MUST_CHECK;

#endif
