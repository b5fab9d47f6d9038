/* network.h - a network in this process and in virtual time, for the connectors mock_a to
 * mock_e (src/channel/mock.c): it keeps its own ledger and makes its own faults.
 *
 * NETWORK(n, t, class, settings) after TALK(t, f) turns the talk's channel into one of
 * that class. Faults come from the fixture's seed, as `hostile` says, or from a script.
 */
#ifndef TESTS_NETWORK_H
#define TESTS_NETWORK_H

#include "channel/connector.h"
#include "dialogue/pace.h"
#include "talk.h"

/* What happens to one call. */
enum fault {
    FAULT_NONE,
    FAULT_NO_LINE,     /* nothing left us */
    FAULT_LOST,        /* applied, and the answer was lost */
    FAULT_SWALLOWED,   /* the call was lost on its way, after it had left */
    FAULT_LATE,        /* applied up to late_ms later, and no answer */
    FAULT_500,         /* not applied */
    FAULT_500_APPLIED, /* applied all the same */
    FAULT_ODD,         /* applied, and the answer cannot be read */
    FAULT_429,         /* with Retry-After: 60 */
    FAULT_REFUSED,     /* 422 */
    FAULT_COUNT,
};

enum { NETWORK_MAX_SCRIPT = 32 };

/* A message that the network took. */
struct taken {
    struct str key, text, thread, id;
    int64_t applied_at; /* may lie ahead */
    int64_t visible_at; /* read-back lags behind */
};

struct network {
    struct http_client base;
    struct fixture *f;
    enum delivery_class class;
    unsigned hostile;        /* per cent of calls that meet a fault */
    int64_t late_ms, lag_ms; /* at most */
    enum fault script[NETWORK_MAX_SCRIPT];
    size_t scripted; /* calls that follow the script, then it is over */

    struct taken *taken;
    size_t taken_count, taken_size;
    size_t calls, posts, looks, polls, measures, faults[FAULT_COUNT];

    /* What poll() finds. */
    struct str *items;
    size_t item_count, page_size;
    bool poll_fails;
    /* What it counts: of the account, and of every post that it is asked for. */
    const char *account_counts, *post_counts;
    size_t counted; /* posts that were asked for, all calls together */
    int64_t since;  /* of the last poll; 0: it named none */
    void (*meanwhile)(struct network *n); /* NULL: while a call is on its way */
};

void network_begin(struct network *n, struct talk *t, enum delivery_class class,
                   const char *settings);
void network_end(struct network *n);
#define NETWORK(name, t, class, settings)                                                \
    CLEANUP(network_end) struct network name;                                            \
    network_begin(&name, &t, class, settings)

/* How often the network has it, once everything late has been applied. */
size_t network_copies(const struct network *n, struct str key);

/* Something new to be polled: `who` says `text`. */
void network_publish(struct network *n, const char *id, const char *who, const char *text,
                     int64_t sent_at);

/* From one due job to the next, until nothing of the outbox is under way, or `ms` are
 * over. */
void network_let_pass(struct talk *t, int64_t ms);

#endif
