/* people.c - the people outside: what they write, and how it reaches us.
 *
 * A network brings it by webhook, again and again until it is taken in, or puts it on the
 * list that is polled, or both. What was answered with 2xx is in the ledger from then on.
 */
#include "simulate/sim.h"

#include "work/connect.h"
#include "work/work_intake.h"

/* One webhook: several items at most, until it is answered. */
struct request {
    struct arena arena;
    struct op op;
    struct life *life;
    struct asked *asked;
    struct connected to;
    struct intake_flow flow;
    struct task *task;
    struct str item;
};

static void send_webhook(void *ctx);

static void try_again(struct asked *asked)
{
    struct sim *sim = asked->sim;

    if (sim->ending)
        return;
    sim_mark(sim, MARK_WEBHOOK_UNANSWERED);
    asked->tries++;
    sim_after(sim, sim_between(sim, 5000, asked->tries > 4 ? 300000 : 60000),
              send_webhook, asked);
}

static void answered(struct request *request, int r)
{
    struct asked *asked = request->asked;
    struct sim *sim = asked->sim;

    if (r < 0 || request->life->owner.dead) {
        try_again(asked);
        return;
    }
    sim_trace(sim, "life %u takes in " STR_FMT, request->life->number,
              STR_ARG(asked->id));
    if (request->flow.counts.rejected_count)
        sim_fault(sim, STR_FMT " was rejected", STR_ARG(asked->id));
    if (request->flow.counts.duplicates && !asked->echo)
        sim_mark(sim, asked->published ? MARK_WEBHOOK_AND_POLL : MARK_WEBHOOK_REPEATED);
    if (asked->of)
        edits_mark(asked);
    asked->acked_at = sim_now(sim);
    if (sim_chance(sim, 5) && !sim->calm) /* the sender did not hear it */
        try_again(asked);
}

static void on_done(struct intake_flow *flow, int r)
{
    struct request *request = CONTAINER_OF(flow, struct request, flow);
    struct life *life = request->life;

    answered(request, r);
    arena_reset(&request->arena);
    free(request);
    life_errand_ends(life);
}

static void run_task(void *ctx)
{
    struct request *request = ctx;
    struct life *life = request->life, *before = life_enter(life);
    struct sim *sim = life->sim;

    life_errand(life);
    request->task->run(request->task);
    life_leave(sim, before);
    if (!life->owner.dead || life->errands > 1)
        life_plan_writer(life);
    life_errand_ends(life);
}

static bool soon(struct intake_flow *flow, struct task *task)
{
    struct request *request = CONTAINER_OF(flow, struct request, flow);

    request->task = task;
    sim_after(request->life->sim, sim_between(request->life->sim, 0, 20), run_task,
              request);
    return true;
}

/* What an edition says beside the words. */
struct str people_edition(struct op *op, const struct asked *asked)
{
    int64_t at = asked->removed_at ? asked->removed_at : asked->edited_at;

    if (!at)
        return STR("");
    return arena_fmt(op->arena, ",\"%s\":\"" STR_FMT "\"",
                     asked->removed_at ? "removed_at" : "edited_at",
                     STR_ARG(time_format(op->arena, at)));
}

static struct str spelled(struct op *op, const struct asked *asked)
{
    return arena_fmt(
        op->arena,
        "{\"external_id\":\"" STR_FMT "\", \"thread\":{\"external_id\":\"" STR_FMT
        "\",\"kind\":\"post\"},\"author\":{\"external_id\":\"" STR_FMT
        "\",\"name\":\"" STR_FMT "\"%s},\"body\":\"" STR_FMT "\",\"sent_at\":\"" STR_FMT
        "\"" STR_FMT "}",
        STR_ARG(asked->id), STR_ARG(asked->thread), STR_ARG(asked->who),
        STR_ARG(asked->who), asked->echo ? ",\"is_us\":true" : "", STR_ARG(asked->text),
        STR_ARG(time_format(op->arena, asked->said_at)),
        STR_ARG(people_edition(op, asked)));
}

static int find_channel(struct op *op, void *ctx)
{
    struct request *request = ctx;
    struct str why;

    return connect_channel(op, request->flow.batch.to->channel.id, &request->to, &why);
}

static void begin(struct request *request)
{
    struct op *op = &request->op;
    int r;

    request->item = spelled(op, request->asked);
    request->to.channel.id = request->asked->sim->peers[request->asked->peer].channel_id;
    request->flow = (struct intake_flow){ .batch = { .to = &request->to,
                                                     .items = &request->item,
                                                     .count = 1,
                                                     .source = "webhook",
                                                     .open_conversations = true },
                                          .soon = soon,
                                          .done = on_done };
    r = store_read(op, find_channel, request);
    if (r == 0)
        r = intake_begin(op, &request->flow);
    if (r)
        on_done(&request->flow, r < 0 ? r : -1);
    else
        life_plan_writer(request->life);
}

static void send_webhook(void *ctx)
{
    struct asked *asked = ctx;
    struct sim *sim = asked->sim;
    struct life *life = life_any(sim), *before;
    struct request *request;

    if (!life) {
        try_again(asked);
        return;
    }
    request = must_zalloc(sizeof(*request));
    request->life = life;
    request->asked = asked;
    request->op = life_op(life, &request->arena);
    life_errand(life);
    life_errand(life);
    before = life_enter(life);
    begin(request);
    life_leave(sim, before);
    life_errand_ends(life);
}

struct asked *people_remember(struct sim *sim, const struct asked *asked)
{
    struct asked *copy = arena_new(&sim->arena, struct asked, 1);

    *copy = *asked;
    copy->sim = sim;
    if (sim->asked_count == sim->asked_size)
        sim->asked =
            sim_grow(sim->asked, &sim->asked_size, sim->asked_count, sizeof(void *));
    sim->asked[sim->asked_count++] = copy;
    return copy;
}

static void publish(struct asked *asked)
{
    struct peer *peer = &asked->sim->peers[asked->peer];
    size_t size = peer->item_count;

    peer->items = sim_grow(peer->items, &size, peer->item_count, sizeof(void *));
    peer->items[peer->item_count++] = asked;
    asked->published = true;
}

void people_tell(struct asked *asked, bool by_poll, bool by_webhook)
{
    if (by_poll)
        publish(asked);
    if (by_webhook)
        send_webhook(asked);
}

static void say(void *ctx)
{
    struct sim *sim = ctx;
    struct plan *plan = &sim->plan;
    int64_t number = (int64_t)sim->asked_count;
    int64_t who = plan->bulk ? number : sim_between(sim, 1, plan->persons);
    unsigned peer = (unsigned)sim_between(sim, 0, plan->peers - 1);
    bool thanks = !plan->bulk && sim_chance(sim, 10);
    struct asked *asked = people_remember(
        sim, &(struct asked){
                 .id = arena_fmt(&sim->arena, "m-%lld", (long long)number),
                 .text = thanks ? STR("Danke!")
                                : arena_fmt(&sim->arena, "Sache %lld", (long long)number),
                 .thread = arena_fmt(&sim->arena, "t-%lld", (long long)(who % 3)),
                 .who = arena_fmt(&sim->arena, "p-%lld", (long long)who),
                 .peer = peer,
                 .thanks = thanks,
                 .said_at = skew_of(&sim->peers[peer]),
             });

    sim_trace(sim, STR_FMT " says " STR_FMT " on network %u", STR_ARG(asked->who),
              STR_ARG(asked->id), peer);
    edits_plan(sim, asked);
    if (plan->polls[peer])
        publish(asked);
    if (!plan->polls[peer] || sim_chance(sim, 50))
        sim_after(sim, sim_between(sim, 0, plan->storms ? 20 : 90000), send_webhook,
                  asked);
}

static void come_back(void *ctx)
{
    struct asked *asked = ctx;

    sim_trace(asked->sim, "ours comes back as " STR_FMT, STR_ARG(asked->id));
    send_webhook(asked);
}

void people_echo(struct peer *peer, const struct taken *taken)
{
    struct sim *sim = peer->sim;
    struct asked *asked =
        people_remember(sim, &(struct asked){ .id = taken->id,
                                              .text = taken->text,
                                              .thread = taken->thread,
                                              .who = STR("us"),
                                              .peer = peer->number,
                                              .echo = true,
                                              .said_at = skew_of(peer) });

    sim_after(sim, sim_between(sim, 10, 500000), come_back, asked);
}

void people_begin(struct sim *sim)
{
    int64_t at = 0;

    edits_begin(sim);
    for (unsigned i = 0; i < sim->plan.questions; i++) {
        if (sim->plan.bulk)
            at = (int64_t)i * 1000;
        else if (!sim->plan.storms || i % 6 == 0)
            at = sim_between(sim, 0, sim->plan.length_ms);
        sim_after(sim, at + sim_between(sim, 0, 20), say, sim);
    }
}
