/* pace.h - when a channel's network may be asked: budget, rest and breaker.
 *
 * Every call to a network (send, read back, poll) passes here, in the write that claims
 * the work, so all nodes of a cluster share one account's budget. Three things can say
 * "not now":
 *
 *   rest      the network asked for it (429 with Retry-After, an empty budget header)
 *   breaker   PACE_OPEN_AFTER failures in a row open it; when its time is over one single
 *             call probes, whose success closes it and whose failure opens it for longer;
 *             who else waits sleeps for as long as a probe may take, and is woken when it
 *             closes
 *   budget    so many calls in so long, as the connector says (the generic cell rate
 *             algorithm: one instant, up to which the budget is spent)
 *
 * A channel that works and has no budget costs one read and no write.
 */
#ifndef DIALOGUE_PACE_H
#define DIALOGUE_PACE_H

#include "event/record.h"

enum { PACE_OPEN_AFTER = 5, PACE_MAX_CALLS = 1000 * 1000 };
/* Woken at once when the breaker closes; those behind them come by themselves. */
enum { PACE_MAX_WOKEN = 500 };
#define PACE_FIRST_OPEN_MS SECONDS(30)
#define PACE_MAX_OPEN_MS   MINUTES(15)
#define PACE_PROBE_MS      SECONDS(90) /* a probe that does not come back is over then */
#define PACE_MAX_REST_MS   DAYS(1)

struct pace_budget {
    int64_t calls, per_ms; /* calls 0: as many as we like */
};

struct pace {
    int64_t channel_id, failures, openings;
    int64_t open_until_at, probe_until_at, rest_until_at;
    int64_t spent_until_us;
    int64_t told_left, told_until_at;
    struct str reason;
};

/* May the network be asked now? 0, or PACE_WAIT and when to come again. Changes nothing.
 */
enum { PACE_WAIT = 1 };
int pace_look(struct op *op, int64_t channel_id, const struct pace_budget *budget,
              int64_t *ret_at) MUST_CHECK;

/* The call is made: spend it. After pace_look() in the same write. */
int pace_take(struct op *op, int64_t channel_id,
              const struct pace_budget *budget) MUST_CHECK;

/* What the call showed. */
struct pace_result {
    bool failed;     /* the network did not answer, or not as it should */
    int64_t rest_ms; /* it asks to be left alone for so long; 0: it does not */
    bool told;       /* it said what is left of its own budget */
    int64_t told_left, told_ms;
    struct str reason; /* when failed */
};
int pace_settle(struct op *op, int64_t channel_id,
                const struct pace_result *result) MUST_CHECK;

/* What made the calls fail was mended (a new password, another address): the failures so
 * far say nothing any more. A wish to be left alone and the budget stay. In a write. */
int pace_forgive(struct op *op, int64_t channel_id) MUST_CHECK;

int pace_get(struct op *op, int64_t channel_id, struct pace *ret) MUST_CHECK;

/* "closed", "open" or "probing", at op->now. */
const char *pace_state(const struct op *op, const struct pace *pace);
/* How many calls are left now; -1 when there is no budget. */
int64_t pace_left(const struct op *op, const struct pace *pace,
                  const struct pace_budget *budget);
/* The earliest instant at which the network may be asked; op->now: at once. */
int64_t pace_next_at(const struct op *op, const struct pace *pace,
                     const struct pace_budget *budget);
/* The same in one sentence. */
struct str pace_words(struct op *op, const struct pace *pace,
                      const struct pace_budget *budget);

/* 1 ms to `most_ms`, evenly: full jitter, so that what failed together does not come
 * back together. */
int64_t pace_jitter(struct op *op, int64_t most_ms);

#endif
