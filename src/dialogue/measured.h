/* measured.h - what networks count, of a channel's account and of its own posts.
 *
 * `measured` has how it stands now and when it is looked at again; `measured_point` the
 * series: a point for each change, and for the account one each time, which is daily. The
 * message 0 is the account itself.
 */
#ifndef DIALOGUE_MEASURED_H
#define DIALOGUE_MEASURED_H

#include "event/record.h"
#include "text/counted.h"

/* How often a post is looked at, by its age: each hour on its first day, each day for two
 * weeks, each week for ninety days, then no more. */
#define MEASURED_HOURLY_MS DAYS(1)
#define MEASURED_DAILY_MS  DAYS(14)
#define MEASURED_WEEKLY_MS DAYS(90)
int64_t measured_step(int64_t age_ms);

enum { MEASURED_MAX_POINTS = 5000 }; /* of one answer */

struct measured {
    int64_t channel_id, message_id;
    int64_t measured_at; /* 0: never yet */
    int64_t next_at;
    int64_t failed_at; /* of the account: since then measuring fails; 0: it works */
    struct str error;
    struct counted now;
};

/* MEASURED_NONE: nobody has tried yet. */
enum { MEASURED_NONE = 1 };
int measured_get(struct op *op, int64_t channel_id, int64_t message_id,
                 struct measured *ret) MUST_CHECK;

/* It was counted at op->now; what is not there keeps its numbers. In a write. */
int measured_keep(struct op *op, const struct measured *was, int64_t next_at,
                  const struct counted *now) MUST_CHECK;

/* Measuring the channel failed, or (reason empty) works again. In a write. */
int measured_fail(struct op *op, int64_t channel_id, struct str reason) MUST_CHECK;

/* Own public posts that are due, the youngest first; at most `limit`. */
struct measured_due {
    int64_t message_id, sent_at, thread_id;
    struct str external_id;
};
int measured_list_due(struct op *op, int64_t channel_id, int64_t limit,
                      struct measured_due **ret, size_t *ret_count) MUST_CHECK;

/* The answers directly below an own post: as the network counts them, and as they stand
 * here. Kept as points of the kinds "replies", "here", "removed" and "hidden". */
struct measured_answers {
    int64_t network;               /* COUNTED_NOT_GIVEN */
    int64_t here, removed, hidden; /* the last two are of those that are here */
    int64_t since;                 /* so long all four are what they are */
};
/* Count what is here, when the network has just been asked. In a write. */
int measured_keep_answers(struct op *op, int64_t channel_id,
                          const struct measured_due *due) MUST_CHECK;
/* MEASURED_NONE: the network does not count them, or nobody compared yet. */
int measured_answers(struct op *op, int64_t channel_id, int64_t message_id,
                     struct measured_answers *ret) MUST_CHECK;
/* Longer than the longest round of a poll (every ten minutes) and of measuring. */
#define MEASURED_DIFFERS_MS MINUTES(30)
/* Do the numbers differ, and not only since just now? */
bool measured_differs(const struct measured *m, const struct measured_answers *answers);

struct measured_point {
    struct str kind;
    int64_t at, number; /* COUNTED_NOT_GIVEN */
};
/* In order of time, from `from` up to before `until`; message 0: of the account. */
struct measured_span {
    int64_t channel_id, message_id, from, until;
};
int measured_series(struct op *op, const struct measured_span *span,
                    struct measured_point **ret, size_t *ret_count) MUST_CHECK;

#endif
