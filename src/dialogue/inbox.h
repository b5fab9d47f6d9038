/* inbox.h - lists of conversations: views, filters, four orders, a keyset in both
 * directions.
 *
 * A page costs what its rows cost, wherever in the list it lies: each statement is
 * driven by one index that already has the wanted order (schema/), and a keyset seeks
 * into it. `inbox.c` chooses which one by the filter; the rest of the filter is the
 * same text for all of them (stmt_inbox.def).
 */
#ifndef DIALOGUE_INBOX_H
#define DIALOGUE_INBOX_H

#include "dialogue/raised.h"

enum {
    INBOX_MAX_COUNT = 1000,
    INBOX_MAX_TAG = 64,
    INBOX_MAX_IDS = 50,
    INBOX_MAX_LABELS = 200
};

/* 0 or empty: no filter. */
struct inbox {
    struct str view;  /* today mine unassigned unanswered overdue in_time all open waiting
                         solved snoozed */
    struct str state; /* one state */
    int64_t department_id, channel_id, person_id;
    int64_t assignee_id; /* -1: nobody */
    struct str intent, topic, tag;
    struct str mark;    /* of findings.h */
    int64_t alike_id;   /* with a message of this group of alike.h */
    enum raised raised; /* of what is not finished */
    struct str sort;    /* newest, due, waiting, wake; empty: the view's own */
    int64_t account_id; /* for `mine` */
    /* Rows below this place in the order, or with `up` those above it (still given in
     * the order of the list). Not `placed`: from the end where the direction
     * begins. */
    int64_t key, id;
    bool placed, up;
    int64_t limit;
};

int inbox_list(struct op *op, const struct inbox *inbox, struct conversation **ret,
               size_t *ret_count) MUST_CHECK;
/* The first rows of a view with what is raised at its top, each degree in the order of
 * the view. From the beginning: it has no keyset. */
int inbox_raised_first(struct op *op, const struct inbox *inbox,
                       struct conversation **ret, size_t *ret_count) MUST_CHECK;
/* How many rows a view and filter have; counts no further than `most`. */
int inbox_count(struct op *op, const struct inbox *inbox, int64_t most,
                int64_t *ret) MUST_CHECK;
enum { INBOX_NO_MATCH = 1 };
/* Whether the conversation belongs to the view and passes the filter. */
int inbox_match(struct op *op, const struct inbox *inbox,
                int64_t conversation_id) MUST_CHECK;

/* The place of a row in the order, and the place just above an instant, from where a
 * list can begin at a date. */
int64_t inbox_key(const struct inbox *inbox, const struct conversation *c);
void inbox_place_at(struct inbox *inbox, int64_t at);

/* Which tags and topics are in use, in the order of the alphabet. */
int inbox_tags(struct op *op, struct str **ret, size_t *ret_count) MUST_CHECK;
int inbox_topics(struct op *op, struct str **ret, size_t *ret_count) MUST_CHECK;

#endif
