/* watch_keep.c - the thread that waits for all watches of one process. */
#include "work/watch.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "net/wire.h"

/* What is remembered of channels whose watches ended badly, and how long they rest: n * n
 * minutes after the nth in a row, the first not at all. */
enum { MAX_BAD = 256, MAX_TRIES = 8 };
#define GOOD_MS MINUTES(10) /* who lasted so long had a good one */

struct bad {
    int64_t channel_id, rest_until_at; /* of op->now */
    int tries;
};

struct watcher {
    const struct world *world;
    struct thread *thread;
    int wake; /* eventfd */
    pthread_mutex_t lock;
    struct held *list; /* changed by the thread alone, at its head by others too */
    size_t count;
    bool stopping;
    struct bad bad[MAX_BAD];
};

struct held *held_new(const struct op *op, int64_t channel_id, struct str print)
{
    struct held *held = must_zalloc(sizeof(*held));

    held->op = (struct op){ .arena = &held->arena,
                            .world = op->world,
                            .id = STR("watch"),
                            .now = op->now,
                            .workspace = op->workspace };
    held->channel_id = channel_id;
    held->print = arena_dup(&held->arena, print);
    return held;
}

void held_free(struct held *held)
{
    if (!held)
        return;
    arena_reset(&held->arena);
    free(held);
}

struct watcher *watcher_new(const struct world *world)
{
    struct watcher *watcher = must_zalloc(sizeof(*watcher));

    watcher->world = world;
    watcher->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (watcher->wake < 0)
        abort();
    pthread_mutex_init(&watcher->lock, NULL);
    return watcher;
}

static void wake(struct watcher *watcher)
{
    uint64_t one = 1;

    if (write(watcher->wake, &one, sizeof(one)) < 0)
        return; /* it is awake already */
}

static struct held *find(struct watcher *watcher, int64_t channel_id)
{
    struct held *held = watcher->list;

    while (held && (held->deaf || held->channel_id != channel_id))
        held = held->next;
    return held;
}

bool watcher_keeps(struct watcher *watcher, int64_t channel_id, struct str print,
                   bool *ret_told)
{
    struct held *held;
    bool same;

    pthread_mutex_lock(&watcher->lock);
    held = find(watcher, channel_id);
    same = held && str_eq(held->print, print);
    *ret_told = same && held->told;
    if (held && !same)
        held->deaf = true;
    if (same)
        held->told = false;
    pthread_mutex_unlock(&watcher->lock);
    if (held && !same)
        wake(watcher);
    return same;
}

void watcher_end(struct watcher *watcher, int64_t channel_id)
{
    struct held *held;

    pthread_mutex_lock(&watcher->lock);
    held = find(watcher, channel_id);
    if (held)
        held->deaf = true;
    pthread_mutex_unlock(&watcher->lock);
    wake(watcher);
}

size_t watcher_count(struct watcher *watcher)
{
    size_t count;

    pthread_mutex_lock(&watcher->lock);
    count = watcher->count;
    pthread_mutex_unlock(&watcher->lock);
    return count;
}

/* The row of a channel; else the one that matters least. */
static struct bad *bad_of(struct watcher *watcher, int64_t channel_id)
{
    struct bad *found = &watcher->bad[0];

    for (size_t i = 0; i < MAX_BAD; i++) {
        if (watcher->bad[i].channel_id == channel_id)
            return &watcher->bad[i];
        if (watcher->bad[i].rest_until_at < found->rest_until_at)
            found = &watcher->bad[i];
    }
    return found;
}

bool watcher_may(struct watcher *watcher, int64_t channel_id, int64_t now)
{
    const struct bad *bad;
    bool may;

    pthread_mutex_lock(&watcher->lock);
    bad = bad_of(watcher, channel_id);
    may = !watcher->stopping && watcher->count < WATCH_MAX &&
          (bad->channel_id != channel_id || bad->rest_until_at <= now);
    pthread_mutex_unlock(&watcher->lock);
    return may;
}

void watcher_failed(struct watcher *watcher, int64_t channel_id, int64_t now)
{
    struct bad *bad;

    pthread_mutex_lock(&watcher->lock);
    bad = bad_of(watcher, channel_id);
    if (bad->channel_id != channel_id)
        *bad = (struct bad){ .channel_id = channel_id };
    bad->rest_until_at = now + MINUTES((int64_t)bad->tries * bad->tries);
    if (bad->tries < MAX_TRIES)
        bad->tries++;
    pthread_mutex_unlock(&watcher->lock);
}

static void lasted(struct watcher *watcher, int64_t channel_id)
{
    struct bad *bad;

    pthread_mutex_lock(&watcher->lock);
    bad = bad_of(watcher, channel_id);
    if (bad->channel_id == channel_id)
        *bad = (struct bad){ .channel_id = 0 };
    pthread_mutex_unlock(&watcher->lock);
}

bool watcher_add(struct watcher *watcher, struct held *held)
{
    int64_t now = clock_monotonic();
    bool taken;

    held->began_at = now;
    held->check_at = now + WATCH_CHECK_MS;
    held->renew_at = now + WATCH_RENEW_MS;
    held->answer_until = now + WATCH_ANSWER_MS;
    held->gap_ms = WATCH_FIRST_GAP_MS;
    held->wake_at = held->watch.news ? now : 0;
    held->more = true;
    pthread_mutex_lock(&watcher->lock);
    taken = !watcher->stopping && watcher->count < WATCH_MAX;
    if (taken) {
        held->next = watcher->list;
        watcher->list = held;
        watcher->count++;
    }
    pthread_mutex_unlock(&watcher->lock);
    if (taken)
        wake(watcher);
    else
        held_free(held);
    return taken;
}

static const char *say(struct held *held, int64_t now)
{
    struct watch *watch = &held->watch;
    int r = 0;

    if (watch->say.n)
        r = wire_write(&held->op, watch->wire, watch->say);
    watch->say = STR("");
    if (!watch->waiting)
        held->answer_until = 0;
    else if (!held->answer_until)
        held->answer_until = now + WATCH_ANSWER_MS;
    return r ? "it cannot be reached any more" : NULL;
}

static void hear_news(struct watcher *watcher, struct held *held, int64_t now)
{
    pthread_mutex_lock(&watcher->lock);
    held->told = true;
    pthread_mutex_unlock(&watcher->lock);
    if (held->wake_at)
        return;
    held->wake_at = held->woken_at + held->gap_ms;
    if (held->wake_at < now)
        held->wake_at = now;
}

static const char *hear_line(struct watcher *watcher, struct held *held, int64_t now)
{
    struct str line = str_trim((struct str){ held->line, held->line_n });
    int r;

    held->line_n = 0;
    if (++held->lines > WATCH_MAX_LINES)
        return "it says too much";
    r = held->watch.hear(&held->watch, line);
    if (r == WATCH_NEWS)
        hear_news(watcher, held, now);
    return r == WATCH_OVER ? held->watch.why : say(held, now);
}

/* A piece of what came; NULL: it goes on. One piece, so that nobody keeps the thread for
 * themselves. */
static const char *hear(struct watcher *watcher, struct held *held, int64_t now)
{
    char piece[4096];
    const char *why = NULL;
    size_t n;

    if (wire_take(held->watch.wire, piece, sizeof(piece), &n))
        return "the connection ended";
    held->more = n == sizeof(piece);
    held->bytes += n;
    if (held->bytes > WATCH_MAX_BYTES)
        return "it says too much";
    for (size_t i = 0; i < n && !why; i++) {
        if (piece[i] == '\n')
            why = hear_line(watcher, held, now);
        else if (held->line_n == WATCH_MAX_LINE)
            why = "it said a line that is too long";
        else
            held->line[held->line_n++] = piece[i];
    }
    return why;
}

static struct op op_for(const struct watcher *watcher, const struct held *held,
                        struct arena *arena)
{
    return (struct op){ .arena = arena,
                        .world = watcher->world,
                        .id = STR("watch"),
                        .now = clock_now(watcher->world->clock),
                        .workspace = held->op.workspace };
}

/* The store's trouble is not the network's: then it goes on. */
static const char *check(const struct watcher *watcher, struct held *held, int64_t now)
{
    ARENA(scratch);
    struct op op = op_for(watcher, held, &scratch);
    bool wanted = true;

    held->check_at = now + WATCH_CHECK_MS;
    if (held_check(&op, held, &wanted) < 0)
        op_log_failure(&op);
    return wanted ? NULL : "";
}

/* Who has news all the time is read less and less often, down to once a minute. */
static void bring_forward(const struct watcher *watcher, struct held *held, int64_t now)
{
    ARENA(scratch);
    struct op op = op_for(watcher, held, &scratch);
    bool often = now - held->woken_at < 2 * held->gap_ms;

    held->gap_ms = often ? 2 * held->gap_ms : WATCH_FIRST_GAP_MS;
    if (held->gap_ms > WATCH_MAX_GAP_MS)
        held->gap_ms = WATCH_MAX_GAP_MS;
    held->woken_at = now;
    held->wake_at = 0;
    if (held_wake(&op, held) < 0)
        op_log_failure(&op); /* the next poll by the clock reads it */
}

static const char *renew(struct held *held, int64_t now)
{
    held->renew_at = now + WATCH_RENEW_MS;
    held->lines = held->bytes = 0;
    held->watch.renew(&held->watch);
    return say(held, now);
}

static bool is_deaf(struct watcher *watcher, const struct held *held)
{
    bool deaf;

    pthread_mutex_lock(&watcher->lock);
    deaf = held->deaf;
    pthread_mutex_unlock(&watcher->lock);
    return deaf;
}

/* What is to do for one. NULL: it goes on; else why not, empty: for a reason of ours. */
static const char *serve(struct watcher *watcher, struct held *held, bool readable)
{
    int64_t now = clock_monotonic();
    const char *why = NULL;

    if (is_deaf(watcher, held))
        return "";
    if (readable || held->more)
        why = hear(watcher, held, now);
    if (held->wake_at && now >= held->wake_at)
        bring_forward(watcher, held, now);
    if (!why && held->answer_until && now >= held->answer_until)
        why = "it does not answer any more";
    if (!why && now >= held->renew_at)
        why = renew(held, now);
    if (!why && now >= held->check_at)
        why = check(watcher, held, now);
    return why;
}

static void take_out(struct watcher *watcher, struct held *held)
{
    struct held **link = &watcher->list;

    pthread_mutex_lock(&watcher->lock);
    while (*link != held)
        link = &(*link)->next;
    *link = held->next;
    watcher->count--;
    pthread_mutex_unlock(&watcher->lock);
}

/* One that was replaced leaves the channel to its successor. */
static void end(struct watcher *watcher, struct held *held, const char *why)
{
    ARENA(scratch);
    struct op op = op_for(watcher, held, &scratch);
    bool good = clock_monotonic() - held->began_at >= GOOD_MS;

    log_line(LOG_INFO, op.id, "event=watch_ended channel=%lld%s%s%s",
             (long long)held->channel_id, *why ? " text=\"" : "", why, *why ? "\"" : "");
    take_out(watcher, held);
    if (*why && good)
        lasted(watcher, held->channel_id);
    if (*why)
        watcher_failed(watcher, held->channel_id, op.now);
    if (!held->deaf && held_let_go(&op, held->channel_id) < 0)
        op_log_failure(&op);
    held_free(held);
}

/* Who is waited for, and until when at the longest. False: it is time to stop. */
struct waiting {
    struct pollfd fds[WATCH_MAX + 1];
    struct held *who[WATCH_MAX];
    nfds_t count;
    int64_t until;
};

static void earlier(int64_t *until, int64_t at)
{
    if (at && at < *until)
        *until = at;
}

static bool gather(struct watcher *watcher, struct waiting *w)
{
    bool go_on;

    w->count = 0;
    w->until = clock_monotonic() + WATCH_RENEW_MS;
    pthread_mutex_lock(&watcher->lock);
    go_on = !watcher->stopping;
    for (struct held *held = watcher->list; held; held = held->next) {
        w->who[w->count] = held;
        w->fds[w->count++] =
            (struct pollfd){ .fd = held->watch.descriptor, .events = POLLIN };
        earlier(&w->until, held->more || held->deaf ? 1 : 0);
        earlier(&w->until, held->wake_at);
        earlier(&w->until, held->answer_until);
        earlier(&w->until, held->renew_at);
        earlier(&w->until, held->check_at);
    }
    pthread_mutex_unlock(&watcher->lock);
    w->fds[w->count] = (struct pollfd){ .fd = watcher->wake, .events = POLLIN };
    return go_on;
}

static void run(void *ctx)
{
    struct watcher *watcher = ctx;
    struct waiting *w = must_zalloc(sizeof(*w));
    uint64_t wakes;

    while (gather(watcher, w)) {
        int64_t ms = w->until - clock_monotonic();

        if (poll(w->fds, w->count + 1, ms > 0 ? (int)ms : 0) < 0)
            continue;
        if (w->fds[w->count].revents && read(watcher->wake, &wakes, sizeof(wakes)) < 0)
            continue;
        for (nfds_t i = 0; i < w->count; i++) {
            const char *why = serve(watcher, w->who[i], w->fds[i].revents != 0);

            if (why)
                end(watcher, w->who[i], why);
        }
    }
    free(w);
}

void watcher_start(struct watcher *watcher)
{
    watcher->thread = thread_start("draht-watch", run, watcher);
}

void watcher_stop(struct watcher *watcher)
{
    struct held *list, *held;

    if (!watcher)
        return;
    pthread_mutex_lock(&watcher->lock);
    watcher->stopping = true;
    pthread_mutex_unlock(&watcher->lock);
    wake(watcher);
    thread_join(TAKE(watcher->thread));
    pthread_mutex_lock(&watcher->lock); /* polls may still look for theirs */
    list = watcher->list;
    watcher->list = NULL;
    watcher->count = 0;
    pthread_mutex_unlock(&watcher->lock);
    while ((held = list)) {
        list = held->next;
        held_free(held);
    }
}

void watcher_free(struct watcher *watcher)
{
    if (!watcher)
        return;
    watcher_stop(watcher);
    pthread_mutex_destroy(&watcher->lock);
    close(watcher->wake);
    free(watcher);
}
