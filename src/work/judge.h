/* judge.h - what a network's answer means for the outbox and for its pace.
 *
 * Pure: from the outcome of a connector's call and the class of the network to what
 * outbox_settle() and pace_settle() are told. tests/unit/test_judge.c has the table.
 */
#ifndef WORK_JUDGE_H
#define WORK_JUDGE_H

#include "dialogue/outbox.h"
#include "dialogue/pace.h"
#include "work/connect.h"

/* How often it is looked for before a person must decide, or an exact name serves. */
enum { JUDGE_MAX_FINDS = 5 };

/* The nth wait is a random part of n * n times the first, at most the second. */
#define JUDGE_FIRST_WAIT_MS MINUTES(1)
#define JUDGE_MAX_WAIT_MS   HOURS(6)

/* A call that has ended: what it was about, and how it ended. */
struct ended {
    const struct connector *connector; /* NULL: there is nobody to ask */
    const struct connection *connection;
    enum delivery_class class; /* of this message; 0: there is nobody to ask */
    const struct outbox *box;
    int64_t finds;          /* looks since the last try to send, with this one */
    int64_t first_tried_at; /* when the key was first used */
    int64_t quiet_ms;       /* dialogue/visible.h */
    bool looked;            /* by find(); else by send() */
    int r;                  /* what that returned */
    const struct receipt *receipt;
};

struct outbox_result judge_send(struct op *op, const struct ended *ended);
struct outbox_result judge_find(struct op *op, const struct ended *ended);

/* Does the network still know the key, so that the same under it makes no second one? */
bool judge_is_keyed(const struct op *op, const struct connector *connector,
                    enum delivery_class class, int64_t first_tried_at);

/* Did the network work? A refusal and a 429 are answers; silence is not. */
struct pace_result judge_pace(const struct ended *ended);

struct pace_budget judge_budget(const struct connected *to);

#endif
