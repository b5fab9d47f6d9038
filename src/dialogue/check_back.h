/* check_back.h - the human question "did it hold?", seven days after solved.
 *
 *     planned -> due -> sent -> answered
 *     planned, due -> cancelled (reopened, opted_out, merged, by_person)
 *
 * Exactly one for each solution; the program makes it due, a person sends it.
 */
#ifndef DIALOGUE_CHECK_BACK_H
#define DIALOGUE_CHECK_BACK_H

#include "event/record.h"

struct check_back {
    int64_t id, conversation_id, person_id, department_id;
    struct str state;
    int64_t solved_at, due_at, sent_at, sent_by, message_id, answered_at;
    struct str outcome; /* "", held, came_back, no_answer */
    int64_t cancelled_at;
    struct str cancel_reason;
    int64_t created_at;
};

extern const struct record check_back_record;

int check_back_get(struct op *op, int64_t id, struct check_back *ret) MUST_CHECK;

/* Plan one, with a job "check_back" at due_at. Sets cb->id. */
int check_back_plan(struct op *op, struct check_back *cb) MUST_CHECK;

/* planned -> due; anything else is left alone (the job may come late). */
int check_back_make_due(struct op *op, int64_t id) MUST_CHECK;

/* Cancel what is planned or due for a conversation, or for a person. */
int check_back_cancel_conversation(struct op *op, int64_t conversation_id,
                                   const char *reason) MUST_CHECK;
int check_back_cancel_person(struct op *op, int64_t person_id,
                             const char *reason) MUST_CHECK;
/* Two persons became one: the check-backs of `from` are asked of `into`. */
int check_back_move_person(struct op *op, int64_t from, int64_t into) MUST_CHECK;
int check_back_cancel(struct op *op, int64_t id, const char *reason) MUST_CHECK;

int check_back_mark_sent(struct op *op, int64_t id, int64_t message_id) MUST_CHECK;

/* The person wrote after a check-back was sent: answered, with an outcome that
 * a later reopening turns into came_back. CHECK_BACK_NONE when none waits. */
enum { CHECK_BACK_NONE = 1 };
int check_back_answer(struct op *op, int64_t conversation_id,
                      const char *outcome) MUST_CHECK;

/* Empty or 0: no filter, the start. */
struct check_back_filter {
    struct str state;
    int64_t due_before;
    int64_t after_due, after_id; /* keyset */
    int64_t limit;
};
int check_back_list(struct op *op, const struct check_back_filter *filter,
                    struct check_back **ret, size_t *ret_count) MUST_CHECK;
int check_back_list_conversation(struct op *op, int64_t conversation_id,
                                 struct check_back **ret, size_t *ret_count) MUST_CHECK;

#endif
