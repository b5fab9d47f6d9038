/* clocks.h - waits and segments: one row for each turn that a customer waits,
 * one for each stretch from opening to solved.
 *
 * A wait opens at the first unanswered message of a customer and closes at the
 * first human, official answer. A chaser, merge, reopening, impostor or
 * stranger never resets it. Percentiles are exact over these rows.
 */
#ifndef DESK_CLOCKS_H
#define DESK_CLOCKS_H

#include "dialogue/conversation.h"
#include "dialogue/message.h"

struct wait {
    int64_t id, conversation_id, channel_id, department_id, message_id, is_first;
    int64_t opened_at, due_at, closed_at, reaction_id, account_id;
    int64_t wall_ms, service_ms; /* -1 service_ms: no calendar */
    int64_t voided_at;
};

struct segment {
    int64_t id, conversation_id, channel_id, department_id;
    int64_t opened_at, solved_at, solved_by, wall_ms, service_ms, customer_ms,
        customer_since_at;
    int64_t reopened_at, ended_at;
};

extern const struct record wait_record, segment_record;

/* These change `c` (waiting_since_at, due_at, first_reaction_at) in memory;
 * the caller stores it. */
int clocks_start(struct op *op, struct conversation *c,
                 const struct message *msg) MUST_CHECK;
int clocks_react(struct op *op, struct conversation *c,
                 const struct message *reaction) MUST_CHECK;
/* What the reaction had closed is open again; a wait that began since is part of it. */
int clocks_unreact(struct op *op, struct conversation *c, int64_t reaction_id) MUST_CHECK;
int clocks_void(struct op *op, struct conversation *c) MUST_CHECK; /* no answer needed */

/* The waits of `from` become those of `into`; of two open ones the earlier stays. */
int clocks_merge(struct op *op, const struct conversation *from,
                 struct conversation *into) MUST_CHECK;

int clocks_open_segment(struct op *op, const struct conversation *c,
                        int64_t at) MUST_CHECK;
int clocks_solve_segment(struct op *op, const struct conversation *c) MUST_CHECK;
int clocks_reopened(struct op *op, const struct conversation *c, int64_t at) MUST_CHECK;
int clocks_end_segment(struct op *op, const struct conversation *c) MUST_CHECK;
int clocks_customer(struct op *op, const struct conversation *c, bool waiting) MUST_CHECK;

#endif
