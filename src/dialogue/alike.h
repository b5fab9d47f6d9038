/* alike.h - messages that say nearly the same, whoever says it, and where.
 *
 * A group has the fingerprint of the first who said it; what is nearly that joins it. How
 * many persons said it is counted when it is asked: people are joined and parted after
 * they wrote. A group says nothing of what to do with it: that a person decides.
 */
#ifndef DIALOGUE_ALIKE_H
#define DIALOGUE_ALIKE_H

#include "db/db.h"
#include "text/fingerprint.h"

enum {
    ALIKE_MOST = 1000,         /* messages of a group; counted no further */
    ALIKE_LISTED = 5,          /* from so many on a group is worth a line */
    ALIKE_CANDIDATES = 64,     /* groups that share a key and are compared */
    ALIKE_REMEMBERED = 200000, /* texts of a workspace that another one can join */
    ALIKE_DAYS = 30,           /* so long after the last one another one can join */
    ALIKE_OF_TALK = 50,        /* messages of a conversation that are looked at */
    ALIKE_MANY = 40,           /* so many in ALIKE_MANY_HOURS, */
    ALIKE_MANY_PEOPLE = 20,    /* by so many persons, are many */
    ALIKE_MANY_HOURS = 2,
};

/* Where the work stands. */
struct alike_read {
    int64_t cursor_id, remembered;
};
enum { ALIKE_NONE = 1 };
int alike_read_get(struct op *op, struct alike_read *ret) MUST_CHECK; /* ALIKE_NONE */
int alike_read_put(struct op *op, const struct alike_read *row) MUST_CHECK;

/* A message that is in no group yet. */
struct alike_unread {
    int64_t id;
    struct str visibility, body;
};
int alike_unread(struct op *op, int64_t cursor_id, int64_t limit,
                 struct alike_unread **ret, size_t *ret_count) MUST_CHECK;
/* The same of one message; ALIKE_NONE: ours, an automatic one, or removed. */
int alike_unread_one(struct op *op, int64_t message_id,
                     struct alike_unread *ret) MUST_CHECK;

/* Into the group that it is nearest to, or one of its own (then `*ret_new`); 0 for a text
 * that has no letters. Inside a write. */
int alike_join(struct op *op, int64_t message_id, const struct fingerprint *print,
               int64_t *ret_text_id, bool *ret_new) MUST_CHECK;
/* Out of its group, if it is in one: before it is read anew. Inside a write. */
int alike_leave(struct op *op, int64_t message_id, int64_t *ret_text_id) MUST_CHECK;
/* After messages joined, the newest of them `last_id`, or left. Inside a write. */
int alike_recount(struct op *op, int64_t text_id, int64_t last_id) MUST_CHECK;

/* What nobody said since `before_id` is remembered no longer, the oldest first, at most
 * `limit`; who said it alone is in no group any more. Inside a write. */
int alike_forget(struct op *op, int64_t before_id, int64_t limit,
                 int64_t *ret_count) MUST_CHECK;

struct alike {
    int64_t id, said, last_id; /* said: as counted last */
};
/* The same, counted now: of the newest ALIKE_MOST. */
struct alike_sum {
    int64_t said, people, conversations, first_at, last_at;
    bool many; /* by the numbers of ALIKE_MANY, before the newest of them */
    struct str words;
};
int alike_get(struct op *op, int64_t id, struct alike *ret) MUST_CHECK; /* ALIKE_NONE */
/* The largest one of a conversation's messages; ALIKE_NONE. */
int alike_of_conversation(struct op *op, int64_t conversation_id,
                          struct alike *ret) MUST_CHECK;
/* Those with ALIKE_LISTED messages, the newest first, below a place in that order and
 * said again since `since_id`. */
struct alike_page {
    int64_t last_id, id; /* INT64_MAX: from the top */
    int64_t since_id, limit;
};
int alike_list(struct op *op, const struct alike_page *page, struct alike **ret,
               size_t *ret_count) MUST_CHECK;
int alike_sum(struct op *op, const struct alike *alike, struct alike_sum *ret) MUST_CHECK;

#endif
