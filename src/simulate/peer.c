/* peer.c - the networks: what they take, show and answer, and their own ledger.
 *
 * A call that has left us is applied whatever becomes of the caller: at once, late (up to
 * five minutes) or never. What was applied is shown up to a minute later.
 */
#include "simulate/sim.h"

#include "base/json.h"

#define LATE_MS MINUTES(5)
#define LAG_MS  MINUTES(1)
#define KEY_MS  HOURS(1) /* how long class B remembers */

/* What happens to one call. */
enum fault {
    FAULT_NONE,
    FAULT_NO_LINE,     /* nothing left us */
    FAULT_LOST,        /* applied, and the answer was lost */
    FAULT_SWALLOWED,   /* it was lost on its way, after it had left */
    FAULT_LATE,        /* applied later, and no answer */
    FAULT_500,         /* not applied */
    FAULT_500_APPLIED, /* applied all the same */
    FAULT_ODD,         /* applied, and the answer cannot be read */
    FAULT_429,         /* with Retry-After */
    FAULT_REFUSED,
    FAULT_COUNT,
};

/* A post on its way: it outlives its sender. */
struct post {
    struct peer *peer;
    struct str key, text, thread;
};

static enum fault draw_fault(struct peer *peer, bool is_post)
{
    struct sim *sim = peer->sim;

    if (peer->down_until > sim_now(sim))
        return FAULT_NO_LINE;
    if (peer->blind_until > sim_now(sim) && !is_post)
        return FAULT_500;
    if (sim->calm || !sim_chance(sim, sim->plan.hostile))
        return FAULT_NONE;
    if (sim_chance(sim, 2))
        return FAULT_REFUSED;
    return (enum fault)sim_between(sim, FAULT_NO_LINE, FAULT_429);
}

/* A key counts for ever (A) or for an hour (B). */
static struct taken *known(struct peer *peer, struct str key)
{
    int64_t now = sim_now(peer->sim);

    for (size_t i = 0; i < peer->taken_count; i++) {
        struct taken *taken = &peer->taken[i];

        if (!str_eq(taken->key, key))
            continue;
        if (peer->class == DELIVERY_EXACT ||
            (peer->class == DELIVERY_KEYED && now - taken->applied_at < KEY_MS))
            return taken;
    }
    return NULL;
}

static void apply(void *ctx)
{
    struct post *post = ctx;
    struct peer *peer = post->peer;
    struct sim *sim = peer->sim;
    struct taken *taken = known(peer, post->key);

    if (taken) {
        sim_mark(sim, MARK_KEY_HELPED);
        return;
    }
    if (peer->taken_count == peer->taken_size)
        peer->taken =
            sim_grow(peer->taken, &peer->taken_size, peer->taken_count, sizeof(*taken));
    taken = &peer->taken[peer->taken_count++];
    *taken = (struct taken){
        .key = post->key,
        .text = post->text,
        .thread = post->thread,
        .id = arena_fmt(&sim->arena, "n-%u-%zu", peer->number, peer->taken_count),
        .applied_at = sim_now(sim),
        .visible_at = sim_now(sim) + sim_between(sim, 0, sim->calm ? 0 : LAG_MS),
    };
    sim->result->sends++;
    sim_trace(sim, "network %u takes " STR_FMT " as " STR_FMT, peer->number,
              STR_ARG(taken->key), STR_ARG(taken->id));
    if (sim_chance(sim, sim->plan.echoes))
        people_echo(peer, taken);
}

/* It has left us: what becomes of it does not depend on us any more. */
static void leave_us(struct op *op, struct peer *peer, const struct http_call *call,
                     enum fault fault)
{
    struct sim *sim = peer->sim;
    struct post *post = arena_new(&sim->arena, struct post, 1);
    struct json *body;

    if (json_parse(op, call->body, &body) < 0) {
        sim_fault(sim, "network %u was sent what is no JSON", peer->number);
        return;
    }
    *post = (struct post){ peer, arena_dup(&sim->arena, json_text(body, "key")),
                           arena_dup(&sim->arena, json_text(body, "text")),
                           arena_dup(&sim->arena, json_text(body, "thread")) };
    if (fault == FAULT_LATE) {
        sim_mark(sim, MARK_LATE_APPLIED);
        sim_after(sim, sim_between(sim, 20000, LATE_MS), apply, post);
    } else if (fault == FAULT_NONE || fault == FAULT_LOST || fault == FAULT_ODD ||
               fault == FAULT_500_APPLIED) {
        sim_mark(sim, fault == FAULT_LOST          ? MARK_ANSWER_LOST
                      : fault == FAULT_500_APPLIED ? MARK_APPLIED_500
                                                   : MARK_COUNT);
        sim_after(sim, sim_between(sim, 1, 400), apply, post);
    }
}

static struct str shown(struct op *op, const struct peer *peer, struct str wanted,
                        bool by_key)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_bool(&w, "complete", true);
    json_begin_array(&w, "messages");
    for (size_t i = 0; i < peer->taken_count; i++) {
        const struct taken *taken = &peer->taken[i];

        if (taken->visible_at > sim_now(peer->sim) ||
            !str_eq(by_key ? taken->key : taken->thread, wanted))
            continue;
        json_begin_object(&w, NULL);
        json_put_text(&w, "id", taken->id);
        json_put_text(&w, "text", taken->text);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return json_done(&w);
}

/* What stands behind "name=" in the address. */
static bool parameter(struct op *op, struct str url, const char *name, struct str *ret)
{
    struct str key = arena_fmt(op->arena, "%s=", name);
    ptrdiff_t at = str_find(url, key);

    return at >= 0 &&
           http_decode(op->arena, str_sub(url, (size_t)at + key.n, url.n), true, ret);
}

static struct str item_of(struct op *op, const struct asked *asked)
{
    return arena_fmt(
        op->arena,
        "{\"external_id\":\"" STR_FMT "\",\"thread\":{\"external_id\":\"" STR_FMT
        "\"},\"author\":{\"external_id\":\"" STR_FMT "\",\"name\":\"" STR_FMT
        "\"},\"body\":\"" STR_FMT "\",\"sent_at\":\"" STR_FMT "\"" STR_FMT "}",
        STR_ARG(asked->id), STR_ARG(asked->thread), STR_ARG(asked->who),
        STR_ARG(asked->who), STR_ARG(asked->text),
        STR_ARG(time_format(op->arena, asked->said_at)),
        STR_ARG(people_edition(op, asked)));
}

/* A page, from a little before the cursor. */
static void list_items(struct op *op, struct peer *peer, struct str cursor,
                       struct http_reply *ret)
{
    size_t from = 0, to, shown_from, overlap = peer->sim->plan.overlap[peer->number];
    struct str all = STR("");
    int64_t number = 0;

    if (str_to_i64(cursor, &number) && number > 0)
        from = (size_t)number;
    shown_from = from > overlap ? from - overlap : 0;
    to = from + MAX_PAGE < peer->item_count ? from + MAX_PAGE : peer->item_count;
    if (life_worker(peer->sim->acting))
        life_worker(peer->sim->acting)->news = to > from;
    if (shown_from < from)
        sim_mark(peer->sim, MARK_CURSOR_OVERLAP);
    for (size_t i = shown_from; i < to; i++)
        all = arena_fmt(op->arena, STR_FMT "%s" STR_FMT, STR_ARG(all),
                        i > shown_from ? "," : "", STR_ARG(item_of(op, peer->items[i])));
    ret->body = arena_fmt(op->arena, "[" STR_FMT "]", STR_ARG(all));
    http_add(op->arena, &ret->headers, STR("Mock-Next"), arena_fmt(op->arena, "%zu", to));
    http_add(op->arena, &ret->headers, STR("Mock-More"),
             to < peer->item_count ? STR("yes") : STR("no"));
}

static void look(struct op *op, struct peer *peer, const struct http_call *call,
                 struct http_reply *ret)
{
    struct str wanted;

    if (parameter(op, call->url, "key", &wanted))
        ret->body = shown(op, peer, wanted, true);
    else if (parameter(op, call->url, "thread", &wanted))
        ret->body = shown(op, peer, wanted, false);
    else if (parameter(op, call->url, "after", &wanted))
        list_items(op, peer, wanted, ret);
}

/* Calls as the network counts them: a bucket that fills again evenly. */
static void count_call(struct life *life, struct peer *peer)
{
    struct sim *sim = peer->sim;
    int64_t budget = sim->plan.calls_per_minute[peer->number], now = sim_now(sim);
    double most = (double)budget;

    peer->calls++;
    if (life->rest_until[peer->number] > now)
        sim_fault(sim,
                  "network %u asked life %u to wait until %lld and was called at %lld",
                  peer->number, life->number, (long long)life->rest_until[peer->number],
                  (long long)now);
    if (!budget)
        return;
    peer->tokens += most * (double)(now - peer->tokens_at) / 60000;
    peer->tokens = peer->tokens > most ? most : peer->tokens;
    peer->tokens_at = now;
    if (peer->tokens < 1.5)
        sim_mark(sim, MARK_BUDGET_WAITED);
    peer->tokens -= 1;
    /* Who was stopped between asking for leave and calling comes late. */
    if (peer->tokens < -1.5 - most * (double)skew_most(sim) / 60000 &&
        !sim->result->marks[MARK_STOPPED])
        sim_fault(sim, "network %u allows %lld calls a minute and got more", peer->number,
                  (long long)budget);
}

static int said_no(enum fault fault, struct http_reply *ret)
{
    ret->status = fault == FAULT_REFUSED ? 422 : fault == FAULT_429 ? 429 : 500;
    if (fault == FAULT_429)
        ret->retry_after = 60;
    return 0;
}

/* Whoever was stopped has lost its lease, and whoever cannot write its memory. */
static void note_rest(struct life *life, struct peer *peer)
{
    const struct sim *sim = peer->sim;

    sim_mark(peer->sim, MARK_RETRY_AFTER);
    if (!life->owner.dead && sim_now(sim) > life->stopped_until + HOURS(1) &&
        sim_now(sim) > sim->full_until)
        life->rest_until[peer->number] = sim_now(peer->sim) + 59000;
}

static int wait_for_answer(struct op *op, struct life *life, struct peer *peer,
                           const struct http_call *call, enum fault fault,
                           struct http_reply *ret)
{
    bool is_post = str_is(call->method, "POST");

    if (fault == FAULT_LOST || fault == FAULT_LATE || fault == FAULT_SWALLOWED) {
        life_sleep(life, sim_between(peer->sim, 200, 500));
        trouble_watch(peer->sim, "peer.calling");
        life_sleep(life, sim_between(peer->sim, 500, call->total_ms - 500));
        return HTTP_MAY_HAVE_LEFT;
    }
    life_sleep(life, sim_between(peer->sim, 200, 500));
    trouble_watch(peer->sim, "peer.calling");
    life_sleep(life, sim_between(peer->sim, 200, 400));
    if (fault == FAULT_429)
        note_rest(life, peer);
    if (fault == FAULT_500 || fault == FAULT_500_APPLIED || fault == FAULT_429 ||
        fault == FAULT_REFUSED)
        return said_no(fault, ret);
    if (fault == FAULT_ODD)
        return 0;
    if (is_post) {
        const struct taken *taken = NULL;
        struct json *body;

        if (json_parse(op, call->body, &body) >= 0)
            for (size_t i = 0; i < peer->taken_count; i++)
                if (str_eq(peer->taken[i].key, json_text(body, "key")))
                    taken = &peer->taken[i];
        if (taken)
            ret->body =
                arena_fmt(op->arena, "{\"id\":\"" STR_FMT "\"}", STR_ARG(taken->id));
    } else {
        look(op, peer, call, ret);
    }
    return 0;
}

/* "https://net-0.example/…" */
static struct peer *peer_of(struct sim *sim, struct str url)
{
    for (unsigned i = 0; i < sim->plan.peers; i++)
        if (url.n > 12 && url.p[12] == (char)('0' + i))
            return &sim->peers[i];
    return NULL;
}

int peer_answer(struct op *op, const struct http_client *client,
                const struct http_call *call, struct http_reply *ret)
{
    struct life *life = CONTAINER_OF(client, struct life, http);
    struct peer *peer = peer_of(life->sim, call->url);
    struct worker *worker = life_worker(life);
    bool is_post = str_is(call->method, "POST");
    enum fault fault;
    int r;

    *ret = (struct http_reply){ .status = 200,
                                .body = STR("<html>"),
                                .reason = STR("no line") };
    if (life->owner.dead || !peer || !worker)
        return HTTP_NOT_SENT;
    fault = draw_fault(peer, is_post);
    sim_trace(life->sim, "life %u calls network %u: " STR_FMT " fault %d", life->number,
              peer->number, STR_ARG(call->method), (int)fault);
    count_call(life, peer);
    if (fault == FAULT_NO_LINE) {
        life_sleep(life, sim_between(life->sim, 1, 3000));
        return HTTP_NOT_SENT;
    }
    peer->posts += is_post;
    worker->calls = is_post;
    if (is_post)
        leave_us(op, peer, call, fault);
    r = wait_for_answer(op, life, peer, call, fault, ret);
    worker->calls = false;
    return life->owner.dead ? HTTP_NOT_SENT : r;
}

void peer_begin(struct sim *sim, unsigned number)
{
    sim->peers[number] =
        (struct peer){ .sim = sim,
                       .number = number,
                       .class = sim->plan.class[number],
                       .tokens = (double)sim->plan.calls_per_minute[number],
                       .tokens_at = sim_now(sim) };
}

void peer_free(struct peer *peer)
{
    free(peer->taken);
    free(peer->items);
}
