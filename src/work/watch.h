/* watch.h - connections on which networks say that something is new, so that a message
 * is read at once and not at the next poll.
 *
 * A watch only brings the poll forward: nothing is read or kept here, polls go on as
 * ever, and losing a watch costs nothing but the time until the next one. So it may end
 * for every small reason, and begins anew after a poll that worked.
 *
 * A channel has one in the whole cluster: the cursor "watch" names the node that holds
 * it, for as long as that node lives. All of one process are waited for by one thread
 * (watch_keep.c), and there are at most WATCH_MAX; channels beyond are polled.
 */
#ifndef WORK_WATCH_H
#define WORK_WATCH_H

#include "job/job.h"
#include "work/connect.h"

enum {
    WATCH_MAX = 256,           /* of one process */
    WATCH_MAX_LINE = 8 * 1024, /* a longer line ends it */
    /* What may be said between two signs of life; more ends it. */
    WATCH_MAX_LINES = 10 * 1000,
    WATCH_MAX_BYTES = 1024 * 1024,
};
/* News bring the poll forward at most so often: the longer the more of them come. */
#define WATCH_FIRST_GAP_MS SECONDS(1)
#define WATCH_MAX_GAP_MS   MINUTES(1)
#define WATCH_RENEW_MS     MINUTES(4) /* RFC 2177 wants less than 29 minutes */
#define WATCH_ANSWER_MS    SECONDS(30)
#define WATCH_CHECK_MS     SECONDS(3) /* is it still wanted? */

/* One thread and what it waits for. Of `draht serve` alone. */
struct watcher;
struct watcher *watcher_new(const struct world *world);
void watcher_start(struct watcher *watcher);
/* Ends all at once, without a word to the other side; nothing is taken in any more. NULL
 * is fine. While the store is open. */
void watcher_stop(struct watcher *watcher);
void watcher_free(struct watcher *watcher); /* NULL is fine */
size_t watcher_count(struct watcher *watcher);

/* After a poll that read `to` up to `cursor` under the lease of `job`: begin a watch,
 * unless there is one. `surprised`: the poll found what the watch had not said, so that
 * one may be deaf. Called without a transaction; fails for the store's sake alone. */
struct watch_wish {
    const struct job *job;
    const struct connected *to;
    struct str cursor;
    bool surprised;
};
int watch_tend(struct op *op, const struct watch_wish *wish) MUST_CHECK;

/* Which node is told by the network; -1: none. op->db: any connection. */
int watch_holder(struct op *op, int64_t channel_id, int64_t *ret) MUST_CHECK;

/* Inside: watch.c decides, watch_keep.c keeps. */
struct held {
    struct held *next;
    struct arena arena; /* of the connection */
    struct op op;
    int64_t channel_id;
    struct str print; /* of the settings and the credential with which it began */
    struct watch watch;
    /* Monotonic. */
    int64_t began_at, renew_at, answer_until, check_at;
    int64_t wake_at, woken_at, gap_ms; /* wake_at 0: there are no news */
    bool more; /* there may be more to read than the system knows of */
    bool told; /* it said since the last poll that something is new */
    bool deaf; /* under the lock: end it */
    size_t lines, bytes, line_n;
    char line[WATCH_MAX_LINE];
};
struct held *held_new(const struct op *op, int64_t channel_id, struct str print);
void held_free(struct held *held); /* closes the connection; NULL is fine */
/* Is there one for this channel, of this print? Another one ends. Forgets `told`, which
 * goes to *ret_told. */
bool watcher_keeps(struct watcher *watcher, int64_t channel_id, struct str print,
                   bool *ret_told);
void watcher_end(struct watcher *watcher, int64_t channel_id);
/* May one more be tried for this channel now? Those that ended badly wait longer. */
bool watcher_may(struct watcher *watcher, int64_t channel_id, int64_t now);
void watcher_failed(struct watcher *watcher, int64_t channel_id, int64_t now);
/* Takes it over, also when it refuses. */
bool watcher_add(struct watcher *watcher, struct held *held);
/* The thread asks: is it still wanted, and ours? Negative: that is not known just now. */
int held_check(struct op *op, const struct held *held, bool *ret_wanted) MUST_CHECK;
/* Bring the poll forward. */
int held_wake(struct op *op, const struct held *held) MUST_CHECK;
/* It is over: another node may begin one. */
int held_let_go(struct op *op, int64_t channel_id) MUST_CHECK;

#endif
