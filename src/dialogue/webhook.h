/* webhook.h - programs elsewhere that are told what happens here.
 *
 * The log is the queue: each webhook has a place in it (`seen_seq`), and what lies behind
 * that place becomes deliveries in the same transaction that moves it. So nothing is lost
 * or doubled by a restart. A delivery is tried until it is taken: the same bytes, the
 * same id, for three days. What the body holds are ids and the name of the event; the
 * receiver fetches the rest, as far as its own token may. docs/webhooks.md has the
 * promise.
 *
 * A webhook that fails for three days is not switched off behind somebody's back: first
 * people are told (`told_at`), a day later it is switched off.
 */
#ifndef DIALOGUE_WEBHOOK_H
#define DIALOGUE_WEBHOOK_H

#include "event/record.h"

#define WEBHOOK_TRY_FOR_MS    DAYS(3) /* one delivery; and until people are told */
#define WEBHOOK_WARN_FOR_MS   DAYS(1) /* between telling and switching off */
#define WEBHOOK_FIRST_MS      SECONDS(5)
#define WEBHOOK_LONGEST_MS    HOURS(6)    /* between two tries of one delivery */
#define WEBHOOK_LONG_REST_MS  MINUTES(10) /* between two calls that nobody answers */
#define WEBHOOK_OLD_SECRET_MS DAYS(1)

enum {
    WEBHOOK_MAX = 20,           /* of one workspace */
    WEBHOOK_MAX_WAITING = 1000, /* of one webhook; what comes next waits in the log */
    WEBHOOK_KEPT = 1000,        /* deliveries of one webhook that can be looked at */
    WEBHOOK_MAX_ANSWER = 1024,  /* bytes that are kept of an answer */
    WEBHOOK_PAGE = 200,         /* events that are looked at in one transaction */
};

struct webhook {
    int64_t id;
    struct str name, url;
    struct str kinds; /* "conversation.created check_back.due" */
    int64_t enabled;
    struct str ended; /* why it is off: "person", "gone" (it answered 410), "failing" */
    int64_t told_at;
    int64_t created_at, updated_at, removed_at;
    /* Not in the log: */
    int64_t seen_seq, failing_at, failures, rest_until_at, delivered_at;
};

extern const struct record webhook_record;

/* The names of events that can be asked for; NULL past the end. */
const char *webhook_kind_at(size_t index);

enum { WEBHOOK_NOT_FOUND = 1, WEBHOOK_IDLE = 2 };

/* ERR_INVALID for an address or a kind that cannot be, ERR_CONFLICT above WEBHOOK_MAX.
 * It hears what happens from now on. Sets id and times; `*ret_secret` is shown once. */
int webhook_add(struct op *op, struct webhook *hook, struct str *ret_secret) MUST_CHECK;
int webhook_get(struct op *op, int64_t id, struct webhook *ret) MUST_CHECK;
/* All that were not removed, oldest first. */
int webhook_list(struct op *op, struct webhook **ret, size_t *ret_count) MUST_CHECK;
/* One that is switched on again hears what happens from now on; what it was not told
 * meanwhile stays untold, what it failed to take can be sent again. */
int webhook_update(struct op *op, const struct webhook *old,
                   const struct webhook *now) MUST_CHECK;
int webhook_remove(struct op *op, const struct webhook *hook) MUST_CHECK;
/* The old secret counts for WEBHOOK_OLD_SECRET_MS more. */
int webhook_renew_secret(struct op *op, const struct webhook *hook,
                         struct str *ret) MUST_CHECK;
/* Tell this webhook alone that it is being tried. ERR_CONFLICT when it is off. */
int webhook_try(struct op *op, const struct webhook *hook) MUST_CHECK;

/* Something called `kind` was written to the log in this transaction: when it is
 * committed, the webhooks of the workspace look. Costs one statement for each
 * transaction. */
int webhook_wake(struct op *op, const char *kind) MUST_CHECK;

struct webhook_delivery {
    int64_t id, webhook_id, seq;
    struct str kind, body;
    struct str state; /* "waiting", "delivered", "failed" */
    int64_t tries, since_at, next_at, tried_at, status;
    struct str answer, reason;
    int64_t created_at;
};

/* Newest event first, below `below` (0: all). */
int webhook_delivery_list(struct op *op, int64_t webhook_id, int64_t below, int64_t limit,
                          struct webhook_delivery **ret, size_t *ret_count) MUST_CHECK;
/* At once, and for three more days; under the id that it had. ERR_CONFLICT when the
 * webhook is off. */
int webhook_resend(struct op *op, const struct webhook *hook,
                   int64_t delivery_id) MUST_CHECK;

/* For the sender (work/work_webhook.c). -------------------------------------------- */

/* In a write: deliveries of the next WEBHOOK_PAGE events; forgets old ones. `*ret_more`:
 * there is more behind them. Switches it off when its time is over. */
int webhook_feed(struct op *op, struct webhook *hook, bool *ret_more) MUST_CHECK;
/* The delivery that is to be tried now. WEBHOOK_IDLE: none; `*ret_at` is when to look
 * again, 0: when something happens. */
int webhook_next(struct op *op, const struct webhook *hook, struct webhook_delivery *ret,
                 int64_t *ret_at) MUST_CHECK;

struct webhook_answer {
    int64_t status; /* 0: there was none */
    struct str body;
    struct str reason; /* why there was none */
    int64_t wait_ms;   /* Retry-After */
};
/* In a write: what came of a try. */
int webhook_settle(struct op *op, const struct webhook_delivery *tried,
                   const struct webhook_answer *answer) MUST_CHECK;

/* Waiting time after the nth failure: four times longer each time, up to `longest`, a
 * fifth more or less. */
int64_t webhook_wait(struct op *op, int64_t failures, int64_t longest);

#define WEBHOOK_SECRET "webhook"
#define WEBHOOK_JOB    "webhook"

#endif
