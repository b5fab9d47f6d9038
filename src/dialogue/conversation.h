/* conversation.h - one person's concern in one thread, from the first message
 * to solved. It has the owner, the state and the clocks.
 *
 *     new -> open -> waiting -> solved -> closed
 *     solved, closed -> open when the customer writes again
 *
 * Changes of state go through desk/, which also moves the clocks; this file
 * reads, writes and lists rows.
 */
#ifndef DIALOGUE_CONVERSATION_H
#define DIALOGUE_CONVERSATION_H

#include "event/record.h"

struct conversation {
    int64_t id, channel_id, thread_id, profile_id, person_id;
    int64_t department_id, assignee_id;
    struct str state;       /* new open waiting solved closed */
    struct str waiting_for; /* "", customer, department, approval */
    int64_t priority;       /* 0 normal, 1 high, 2 top */
    struct str intent;      /* "" or a word of docs/api.md */
    struct str intent_by; /* "", list, model; judged: of a message by a person; person */
    struct str topic;
    struct str suggestion; /* "", probably_solved */
    int64_t opened_at;
    int64_t waiting_since_at, due_at; /* of the open wait */
    int64_t first_reaction_at, last_inbound_at, last_message_at;
    int64_t snooze_until_at;
    int64_t solved_at, solved_by, reopened_count;
    int64_t closed_at;
    struct str close_reason, close_note;
    int64_t merged_into;
    int64_t version;  /* the ETag; rises with every change */
    struct str marks; /* what its messages say, see findings_marks_text() */
};

extern const struct record conversation_record;

bool conversation_is_finished(const struct conversation *c); /* solved or closed */

/* Does not follow merges: the caller decides between redirect and refusal. */
int conversation_get(struct op *op, int64_t id, struct conversation *ret) MUST_CHECK;

/* Follows merges to the one that lives. ERR_NOT_FOUND in words. */
int conversation_need(struct op *op, int64_t id, struct conversation *ret) MUST_CHECK;

enum { CONVERSATION_NOT_FOUND = 1 };
/* By (thread, profile), merges followed. */
int conversation_find(struct op *op, int64_t thread_id, int64_t profile_id,
                      struct conversation *ret) MUST_CHECK;

/* A conversation comes to be in two steps, so that its row is written once: it gets its
 * id and version, with which others can refer to it, and is added when its clocks are
 * set. That (thread, profile) has none was asked before, in the same write. */
void conversation_begin(struct op *op, struct conversation *c);
int conversation_add(struct op *op, struct conversation *c) MUST_CHECK;

/* Raises the version. `kind` is the event's ("conversation.solved" ...);
 * `extra` further facts for its payload, or empty. */
int conversation_update(struct op *op, const struct conversation *old,
                        struct conversation *now, const char *kind,
                        struct str extra) MUST_CHECK;

int conversation_list_person(struct op *op, int64_t person_id, struct conversation **ret,
                             size_t *ret_count) MUST_CHECK;
int conversation_list_thread(struct op *op, int64_t thread_id, struct conversation **ret,
                             size_t *ret_count) MUST_CHECK;

int conversation_tags(struct op *op, int64_t id, struct str **ret,
                      size_t *ret_count) MUST_CHECK;
/* Replaces the tags; empty and repeated ones are dropped. At most 32 of 64 characters. */
int conversation_set_tags(struct op *op, const struct conversation *c,
                          const struct str *tags, size_t count) MUST_CHECK;

#endif
