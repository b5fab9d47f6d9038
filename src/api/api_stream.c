/* api_stream.c - GET /events: the event log as server-sent events.
 *
 * One thread serves all streams. It reads what is new once for all who wait at the
 * same place, so a thousand browsers cost one query, and it never waits for a browser:
 * net/ queues the bytes and ends a stream that does not read. A stream that resumes far
 * back gets one batch per round, after those who are up to date. Nothing is remembered
 * between rounds but each stream's place in the log, so nothing can be lost or repeated.
 *
 * Other processes on the same store write too; twice a second the thread looks by itself.
 */
#include <pthread.h>

#include "api/api_parts.h"

#include "admin/guard.h"
#include "api/api_event.h"
#include "base/clock.h"
#include "base/log.h"

enum {
    MAX_STREAMS = 5000,
    MAX_PER_ACCOUNT = 20,
    MAX_STRANGERS = 4000, /* of all: visitors of web pages leave room for colleagues */
    MAX_PER_TALK = 10,
    MAX_PER_NETWORK = 100, /* strangers of one address: a house full of visitors */
    NETWORK_BYTES = 46,
    BATCH = 200,      /* events of one query */
    MAX_BATCHES = 50, /* of one round, for those who are up to date */
    LOOK_MS = 500,
    CATCH_UP_MS = 20, /* between two batches for those who are behind */
    BEAT_MS = 15000,  /* a comment, and: does the login still count? */
};

struct api_stream {
    struct api_streams *hub;
    struct stream *stream;
    struct api_stream *prev, *next; /* oldest first */
    int64_t workspace;
    struct access who;  /* its ids alone; texts died with the request */
    int64_t position;   /* seq of the newest event that was sent */
    uint64_t number;    /* rising: finds it again after the lock was free */
    bool sees_accounts; /* events about accounts and roles */
    int64_t thread_id,
        conversation_id;         /* of a stranger's talk; 0: a colleague's stream */
    char network[NETWORK_BYTES]; /* a stranger's, as guard_network() says */
};

struct api_streams {
    struct api_server *api;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t wake;
    struct api_stream *first, *last;
    size_t count, strangers;
    uint64_t numbers;
    bool dirty, stopping;
    struct thread *thread;
};

struct api_streams *api_streams_new(struct api_server *api)
{
    struct api_streams *hub = must_zalloc(sizeof(*hub));

    hub->api = api;
    pthread_mutex_init(&hub->lock, NULL);
    pthread_cond_init(&hub->wake, NULL);
    return hub;
}

static void unlock(pthread_mutex_t **lock)
{
    pthread_mutex_unlock(*lock);
}

#define HOLD(hub)                                                                        \
    CLEANUP(unlock) pthread_mutex_t *held = &(hub)->lock;                                \
    pthread_mutex_lock(held)

static void unlink_stream(struct api_stream *one)
{
    struct api_streams *hub = one->hub;

    *(one->prev ? &one->prev->next : &hub->first) = one->next;
    *(one->next ? &one->next->prev : &hub->last) = one->prev;
    hub->count--;
    hub->strangers -= one->thread_id != 0;
}

/* On the loop thread, once, whoever ended it. */
static void on_close(void *ctx)
{
    struct api_stream *one = ctx;
    HOLD(one->hub);

    unlink_stream(one);
    free(one);
}

void api_streams_wake(struct api_streams *hub)
{
    HOLD(hub);

    hub->dirty = true;
    pthread_cond_signal(&hub->wake);
}

size_t api_streams_count(struct api_streams *hub)
{
    HOLD(hub);

    return hub->count;
}

/* Reading ---------------------------------------------------------------------- */

/* One batch of one workspace, read once, written to many. */
struct batch {
    int64_t workspace, after, last;
    struct event_row *rows;
    size_t count;
    struct str *texts;
    bool accounts; /* one of them is about accounts or roles */
};

static bool is_about_accounts(struct str kind)
{
    return str_starts(kind, STR("account.")) || str_starts(kind, STR("role."));
}

static int read_batch(struct op *op, void *ctx)
{
    struct batch *batch = ctx;
    int r;

    op->workspace = batch->workspace;
    r = event_list(op, batch->after, BATCH, &batch->rows, &batch->count);
    if (r < 0)
        return r;
    batch->texts = arena_new(op->arena, struct str, BATCH);
    batch->last = batch->after;
    for (size_t i = 0; i < batch->count; i++) {
        struct json_writer w = JSON_WRITER(op->arena);
        const struct event_row *row = &batch->rows[i];
        api_put_event(&w, row);
        struct str data = json_done(&w);
        batch->texts[i] =
            arena_fmt(op->arena, "id: %lld\nevent: " STR_FMT "\ndata: " STR_FMT "\n\n",
                      (long long)row->seq, STR_ARG(row->kind), STR_ARG(data));
        batch->accounts |= is_about_accounts(row->kind);
        batch->last = row->seq;
    }
    return 0;
}

static bool may_see(const struct api_stream *one, const struct event_row *row)
{
    return one->sees_accounts || !is_about_accounts(row->kind);
}

/* What a stranger may know to have happened: to the words and to the state, not what
 * colleagues say or do among themselves. */
static bool is_about_talk(const struct api_stream *one, const struct event_row *row)
{
    static const char *const kinds[] = { "message.",
                                         "answering.",
                                         "outbox.sent",
                                         "conversation.message",
                                         "conversation.solved",
                                         "conversation.reopened",
                                         "conversation.closed" };

    if (row->thread_id != one->thread_id &&
        (!one->conversation_id || row->conversation_id != one->conversation_id))
        return false;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_starts(row->kind, str_of(kinds[i])))
            return true;
    return false;
}

/* A stranger's browser only learns that there is something to fetch: no fact of the log,
 * not even its number, leaves this way. */
static struct str nudge_for(const struct batch *batch, const struct api_stream *one)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->rows[i].seq > one->position && is_about_talk(one, &batch->rows[i]))
            return STR("event: changed\ndata: {}\n\n");
    return STR("");
}

/* What of the batch this stream has not had and may see. */
static struct str text_for(struct arena *arena, const struct batch *batch,
                           const struct api_stream *one)
{
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < batch->count; i++)
        if (batch->rows[i].seq > one->position && may_see(one, &batch->rows[i]))
            strbuf_add(&out, batch->texts[i]);
    return strbuf_str(&out);
}

/* Most streams stand at the same place and see the same: their text is made once. */
static void deliver(struct api_streams *hub, struct arena *arena,
                    const struct batch *batch)
{
    struct str common[2] = { 0 };
    bool made[2] = { false };
    HOLD(hub);

    for (struct api_stream *one = hub->first; one; one = one->next) {
        struct str text;
        if (one->workspace != batch->workspace || one->position < batch->after ||
            one->position >= batch->last)
            continue;
        if (one->thread_id) {
            text = nudge_for(batch, one);
        } else if (one->position != batch->after) {
            text = text_for(arena, batch, one);
        } else {
            int which = one->sees_accounts;
            if (!made[which])
                common[which] = text_for(arena, batch, one);
            made[which] = true;
            text = common[which];
        }
        if (text.n > 0)
            (void)stream_write(one->stream, text);
        one->position = batch->last;
    }
}

/* A failure is logged once a round; the next round tries again from the same place. */
static int next_batch(struct api_streams *hub, int64_t workspace, int64_t after,
                      bool *accounts)
{
    ARENA(arena);
    struct op op = { .arena = &arena,
                     .world = hub->api->config.world,
                     .id = STR("events"),
                     .now = clock_now(hub->api->config.world->clock) };
    struct batch batch = { .workspace = workspace, .after = after };
    int r = store_read(&op, read_batch, &batch);

    if (r < 0) {
        op_log_failure(&op);
        return 0;
    }
    if (batch.count > 0)
        deliver(hub, &arena, &batch);
    *accounts |= batch.accounts;
    return (int)batch.count;
}

struct place {
    int64_t workspace, newest, oldest; /* of its streams' positions */
};

/* The workspace with the lowest id above `after` that has streams. */
static bool next_place(struct api_streams *hub, int64_t after, struct place *ret)
{
    bool found = false;
    HOLD(hub);

    for (const struct api_stream *one = hub->first; one; one = one->next) {
        if (one->workspace <= after || (found && one->workspace > ret->workspace))
            continue;
        if (!found || one->workspace < ret->workspace)
            *ret = (struct place){ one->workspace, one->position, one->position };
        if (one->position > ret->newest)
            ret->newest = one->position;
        if (one->position < ret->oldest)
            ret->oldest = one->position;
        found = true;
    }
    return found;
}

/* True when somebody is still behind. */
static bool serve(struct api_streams *hub, struct place place, bool *accounts)
{
    for (int i = 0; i < MAX_BATCHES; i++) {
        if (next_batch(hub, place.workspace, place.newest, accounts) == 0)
            break;
        if (!next_place(hub, place.workspace - 1, &place))
            return false;
    }
    if (place.oldest == place.newest)
        return false;
    return next_batch(hub, place.workspace, place.oldest, accounts) > 0;
}

/* Logins ----------------------------------------------------------------------- */

struct verdict {
    uint64_t number;
    int64_t workspace;
    struct access who;
    bool stranger, valid, sees_accounts;
};

struct review {
    struct verdict *verdicts;
    size_t count;
};

static int review_all(struct op *op, void *ctx)
{
    struct review *review = ctx;

    for (size_t i = 0; i < review->count; i++) {
        struct verdict *verdict = &review->verdicts[i];
        struct access with = { 0 };
        verdict->valid = verdict->stranger; /* has no login; what it fetches is checked */
        if (verdict->stranger)
            continue;
        op->workspace = verdict->workspace;
        int r = access_recheck(op, &verdict->who, &with.rights);
        if (r < 0)
            return r;
        verdict->valid = r == 0 && access_has(&with, "read");
        verdict->sees_accounts = access_has(&with, "users") || access_has(&with, "audit");
    }
    return 0;
}

static void collect(struct api_streams *hub, struct arena *arena, struct review *ret)
{
    HOLD(hub);

    ret->verdicts = arena_new(arena, struct verdict, hub->count + 1);
    for (const struct api_stream *one = hub->first; one; one = one->next)
        ret->verdicts[ret->count++] = (struct verdict){ .number = one->number,
                                                        .workspace = one->workspace,
                                                        .stranger = one->thread_id != 0,
                                                        .who = one->who };
}

/* Both lists are in the order of the numbers. */
static void apply(struct api_streams *hub, const struct review *review)
{
    size_t i = 0;
    HOLD(hub);

    for (struct api_stream *one = hub->first; one; one = one->next) {
        while (i < review->count && review->verdicts[i].number < one->number)
            i++;
        if (i == review->count)
            return;
        if (review->verdicts[i].number != one->number)
            continue;
        one->sees_accounts = review->verdicts[i].sees_accounts;
        if (review->verdicts[i].valid)
            (void)stream_write(one->stream, STR(":\n\n"));
        else
            stream_close(one->stream);
    }
}

static void check_logins(struct api_streams *hub)
{
    ARENA(arena);
    struct review review = { 0 };
    struct op op = { .arena = &arena,
                     .world = hub->api->config.world,
                     .id = STR("events"),
                     .now = clock_now(hub->api->config.world->clock) };

    collect(hub, &arena, &review);
    if (review.count == 0)
        return;
    if (store_read(&op, review_all, &review) < 0)
        op_log_failure(&op);
    else
        apply(hub, &review);
}

static bool step(struct api_streams *hub, bool check)
{
    struct place place = { 0 };
    int64_t after = INT64_MIN;
    bool accounts = false, behind = false;

    /* First the logins: nothing more for those that are over. */
    if (check)
        check_logins(hub);
    while (next_place(hub, after, &place)) {
        after = place.workspace;
        behind |= serve(hub, place, &accounts);
    }
    if (accounts)
        check_logins(hub);
    return behind;
}

void api_streams_step(struct api_streams *hub, bool check)
{
    while (step(hub, check))
        check = false;
}

/* The thread ------------------------------------------------------------------- */

/* Until something was committed, or `ms` are over; false when it is to end. */
static bool wait_for(struct api_streams *hub, int64_t ms)
{
    int64_t until = clock_monotonic() + ms;
    struct timespec deadline = { .tv_sec = until / 1000,
                                 .tv_nsec = until % 1000 * 1000000 };
    HOLD(hub);

    while (!hub->stopping && !hub->dirty) {
        if (hub->count == 0)
            pthread_cond_wait(&hub->wake, &hub->lock);
        else if (pthread_cond_clockwait(&hub->wake, &hub->lock, CLOCK_MONOTONIC,
                                        &deadline) != 0)
            break;
    }
    hub->dirty = false;
    return !hub->stopping;
}

static void run(void *ctx)
{
    struct api_streams *hub = ctx;
    int64_t beat_at = clock_monotonic() + BEAT_MS;
    int64_t wait_ms = LOOK_MS;

    while (wait_for(hub, wait_ms)) {
        bool check = clock_monotonic() >= beat_at;
        if (check)
            beat_at = clock_monotonic() + BEAT_MS;
        wait_ms = step(hub, check) ? CATCH_UP_MS : LOOK_MS;
    }
}

void api_streams_start(struct api_streams *hub)
{
    hub->thread = thread_start("api-events", run, hub);
}

static void end_all(struct api_streams *hub)
{
    HOLD(hub);

    hub->stopping = true;
    pthread_cond_signal(&hub->wake);
    for (struct api_stream *one = hub->first; one; one = one->next)
        stream_close(one->stream);
}

void api_streams_stop(struct api_streams *hub)
{
    end_all(hub);
    thread_join(TAKE(hub->thread));
}

void api_streams_free(struct api_streams *hub)
{
    if (!hub)
        return;
    pthread_cond_destroy(&hub->wake);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

/* Opening ---------------------------------------------------------------------- */

struct start {
    struct str asked; /* Last-Event-ID */
    int64_t position;
};

static int find_start(struct op *op, void *ctx)
{
    struct start *start = ctx;
    int64_t last;
    uint64_t asked = 0;
    int r = event_last_seq(op, &last);

    if (r < 0)
        return r;
    start->position = last;
    if (start->asked.n == 0)
        return 0;
    if (!str_to_u64(start->asked, &asked))
        return op_fail_field_as(op, "Last-Event-ID", "cursor", "is none that was sent");
    if (asked < (uint64_t)last)
        start->position = (int64_t)asked;
    return 0;
}

/* The lock is held. Of the same account, or of the same talk. */
static void close_oldest_of(struct api_streams *hub, const struct api_call *call)
{
    size_t n = 0, max = call->thread_id ? MAX_PER_TALK : MAX_PER_ACCOUNT;
    struct api_stream *oldest = NULL;

    for (struct api_stream *one = hub->first; one; one = one->next) {
        if (one->who.account_id != call->who.account_id ||
            one->thread_id != call->thread_id)
            continue;
        if (!oldest)
            oldest = one;
        n++;
    }
    if (n >= max)
        stream_close(oldest->stream);
}

/* The lock is held. Its oldest is not ended for a new one: an address is shared by people
 * who do not know of each other, and each would end another's for ever. */
static bool has_place(const struct api_streams *hub, const char *network)
{
    size_t n = 0;

    for (const struct api_stream *one = hub->first; one; one = one->next)
        n += one->thread_id != 0 && strcmp(one->network, network) == 0;
    return n < MAX_PER_NETWORK;
}

static void name_network(struct op *op, const struct api_call *call,
                         char ret[NETWORK_BYTES])
{
    struct str network =
        str_sub(guard_network(op, http_sender(call->rq)), 0, NETWORK_BYTES - 1);

    memset(ret, 0, NETWORK_BYTES);
    if (call->thread_id && network.n)
        memcpy(ret, network.p, network.n);
}

static void append(struct api_streams *hub, struct api_stream *one)
{
    one->number = ++hub->numbers;
    one->prev = hub->last;
    *(hub->last ? &hub->last->next : &hub->first) = one;
    hub->last = one;
    hub->count++;
    hub->strangers += one->thread_id != 0;
    hub->dirty = true;
    pthread_cond_signal(&hub->wake);
}

static struct api_stream *new_stream(struct api_streams *hub, const struct op *op,
                                     const struct api_call *call, int64_t position)
{
    struct api_stream *one = must_zalloc(sizeof(*one));
    const struct access *who = &call->who;

    one->hub = hub;
    one->workspace = op->workspace;
    one->position = position;
    one->sees_accounts = access_has(who, "users") || access_has(who, "audit");
    one->who.account_id = who->account_id;
    one->who.session_id = who->session_id;
    one->who.token_id = who->token_id;
    one->thread_id = call->thread_id;
    one->conversation_id = call->conversation_id;
    return one;
}

/* An id without data is no event: it tells a browser from where to go on, should it be
 * gone before the first one. Nobody outside learns a number of the log. The request is
 * gone already. */
static void greet(const struct api_stream *one)
{
    char text[64];
    int n = one->thread_id ? snprintf(text, sizeof(text), "retry: 2000\n\n")
                           : snprintf(text, sizeof(text), "id: %lld\nretry: 2000\n\n",
                                      (long long)one->position);

    (void)stream_write(one->stream, (struct str){ text, (size_t)n });
}

int api_streams_open(struct api_request *rq)
{
    struct api_streams *hub = rq->call.server->streams;
    struct http_answer head = { .status = 200, .content_type = "text/event-stream" };
    struct start start = { .asked = http_header(rq->call.rq, "Last-Event-ID") };
    char network[NETWORK_BYTES];
    struct api_stream *one;
    int r;

    if (start.asked.n == 0)
        start.asked = http_field(&rq->call.params, "last_event_id");
    /* A stranger gets no number of the log, and must not have us read it from its
     * beginning; who comes back fetches the talk. */
    if (rq->call.thread_id)
        start.asked = STR("");
    r = store_read(&rq->op, find_start, &start);
    if (r < 0)
        return r;
    /* A proxy must neither keep nor gather what flows here. */
    http_add(rq->op.arena, &head.headers, STR("X-Accel-Buffering"), STR("no"));

    name_network(&rq->op, &rq->call, network);
    HOLD(hub);
    if (hub->count >= MAX_STREAMS || hub->stopping ||
        (rq->call.thread_id && hub->strangers >= MAX_STRANGERS))
        return op_fail(&rq->op, ERR_UNAVAILABLE, "too many event streams are open");
    if (rq->call.thread_id && !has_place(hub, network))
        return op_fail(&rq->op, ERR_BUSY,
                       "too many event streams are open from this address");
    close_oldest_of(hub, &rq->call);
    one = new_stream(hub, &rq->op, &rq->call, start.position);
    memcpy(one->network, network, NETWORK_BYTES);
    api_count(hub->api, 200);
    one->stream = exchange_stream(rq->exchange, &head, on_close, one);
    if (!one->stream) {
        free(one);
        return 0;
    }
    greet(one);
    append(hub, one);
    return 0;
}

static int stream_route(struct op *op, struct api_call *call, struct http_answer *ret)
{
    (void)call;
    (void)ret;
    return op_fail(op, ERR_INTERNAL, "a stream is opened by the dispatcher");
}

static const struct api_field query[] = {
    { "last_event_id", API_TEXT, .max = 20, .help = "As the header Last-Event-ID." },
    { NULL },
};

const struct api_route api_stream_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/events",
        .mode = API_STREAM,
        .access = API_RIGHT,
        .right = "read",
        .produces = "text/event-stream",
        .summary = "Follow the log as server-sent events.",
        .query = query,
        .handle = stream_route,
    },
    { NULL },
};
