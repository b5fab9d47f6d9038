/* life.c - programs that serve: they start, work, are stopped, and end. */
#include "simulate/sim.h"

#include "dialogue/channel.h"
#include "job/job.h"
#include "work/work_poll.h"
#include "work/works.h"

enum { REST_AFTER_FAILURE_MS = 5000, REST_AFTER_NOTHING_MS = 200, MAX_FAILURES = 5 };

struct op life_op(struct life *life, struct arena *arena)
{
    return (struct op){ .arena = arena,
                        .world = &life->world,
                        .id = STR("simulate"),
                        .now = clock_now(&life->seat->clock),
                        .workspace = life->sim->workspace_id };
}

struct life *life_enter(struct life *life)
{
    struct life *before = NULL;

    if (life) {
        before = life->sim->acting;
        life->sim->acting = life;
    }
    ramdisk_act_as(life ? &life->owner : NULL);
    if (life)
        skew_act_as(life->sim, life);
    return before;
}

void life_leave(struct sim *sim, struct life *before)
{
    sim->acting = before;
    ramdisk_act_as(before ? &before->owner : NULL);
    skew_act_as(sim, before);
}

static int plan_polls(struct op *op, void *ctx)
{
    struct sim *sim = ctx;
    int r = 0;

    for (unsigned i = 0; r >= 0 && i < sim->plan.peers; i++) {
        struct channel channel;

        if (!sim->plan.polls[i])
            continue;
        r = channel_get(op, sim->peers[i].channel_id, &channel);
        if (r >= 0)
            r = poll_plan(op, &channel);
    }
    return r;
}

static struct life *new_life(struct seat *seat)
{
    struct sim *sim = seat->sim;
    struct life *life = must_zalloc(sizeof(*life));

    life->sim = sim;
    life->seat = seat;
    life->number = ++sim->lives;
    life->http.send = peer_answer;
    random_seed(&life->random, sim_random(sim));
    life->world = (struct world){ .clock = &seat->clock,
                                  .random = &life->random,
                                  .ids = &life->ids,
                                  .http = &life->http,
                                  .key = &sim->key };
    for (unsigned i = 0; i < sim->plan.workers; i++)
        life->workers[i].life = life;
    return life;
}

/* Close what is left of it: a ghost fails at everything, which is as it should be. */
static void bury(struct life *life)
{
    struct life *before = life_enter(life);

    store_close(life->store);
    life_leave(life->sim, before == life ? NULL : before);
    if (life->store)
        pthread_mutex_destroy(&life->ids.lock);
    free(life);
}

void life_errand(struct life *life)
{
    life->errands++;
}

void life_errand_ends(struct life *life)
{
    life->errands--;
    if (life->owner.dead && life->errands == 0)
        bury(life);
}

static void open_again(struct seat *seat, int64_t from_ms, int64_t to_ms)
{
    sim_after(seat->sim, sim_between(seat->sim, from_ms, to_ms), seat_open, seat);
}

void seat_open(void *ctx)
{
    struct seat *seat = ctx;
    struct sim *sim = seat->sim;
    ARENA(scratch);
    struct life *life, *before;
    struct op op;
    int r;

    if (seat->life || sim->ending)
        return;
    life = new_life(seat);
    before = life_enter(life);
    op = life_op(life, &scratch);
    seat->life = life;
    life_errand(life);
    r = store_open(&op, STR(SIM_URL), 1, &life->store);
    life->world.store = life->store;
    if (r >= 0)
        r = store_write(&op, plan_polls, sim);
    sim_trace(sim, "seat %u opens life %u: %d", seat->number, life->number, r);
    seat->failures = r < 0 ? seat->failures + 1 : 0;
    if (seat->failures > MAX_FAILURES && sim->calm)
        sim_fault(sim, "the store does not open any more: " STR_FMT,
                  STR_ARG(op.err.text));
    if (r < 0 && !life->owner.dead) {
        seat->life = NULL;
        ramdisk_owner_dies(&life->owner);
        open_again(seat, 1000, 5000);
    }
    life_leave(sim, before);
    life_errand_ends(life);
}

struct life *life_any(struct sim *sim)
{
    struct life *serving[MAX_SEATS];
    unsigned count = 0;

    for (unsigned i = 0; i < sim->plan.seats; i++) {
        struct life *life = sim->seats[i].life;

        if (life && life->store && life->stopped_until <= sim_now(sim))
            serving[count++] = life;
    }
    return count ? serving[sim_between(sim, 0, count - 1)] : NULL;
}

static void die(struct life *life)
{
    for (unsigned i = 0; i < MAX_WORKERS; i++)
        if (life->workers[i].calls)
            sim_mark(life->sim, MARK_KILLED_CALL);
    life->seat->life = NULL;
    ramdisk_owner_dies(&life->owner);
}

void life_kill(struct life *life, const char *where)
{
    struct seat *seat = life->seat;

    sim_trace(life->sim, "life %u is killed at %s", life->number, where);
    sim_mark(life->sim, MARK_KILLED);
    die(life); /* whoever runs it now buries it */
    open_again(seat, 500, 30000);
}

void life_all_end(struct sim *sim, const char *why)
{
    int64_t down = sim_between(sim, 1000, 120000);

    sim_trace(sim, "the machine is down: %s", why);
    for (unsigned i = 0; i < sim->plan.seats; i++) {
        struct life *life = sim->seats[i].life;

        if (life) {
            die(life);
            if (life != sim->acting && life->errands == 0)
                bury(life);
        }
        open_again(&sim->seats[i], down, down + 2000);
    }
    watch_end(sim);
    ramdisk_lose_power();
}

struct worker *life_worker(struct life *life)
{
    for (unsigned i = 0; fiber_current() && i < MAX_WORKERS; i++)
        if (life->workers[i].fiber == fiber_current())
            return &life->workers[i];
    return NULL;
}

/* Let the worker go on; it may end here, and its life with it. */
static void go(struct worker *worker)
{
    struct life *life = worker->life, *before = life_enter(life);
    struct sim *sim = life->sim;

    if (fiber_go(worker->fiber)) {
        fiber_free(TAKE(worker->fiber));
        if (worker->r <= 0)
            worker->rest_until = sim_now(sim) + (worker->r < 0 ? REST_AFTER_FAILURE_MS
                                                               : REST_AFTER_NOTHING_MS);
        if (store_counters(life->store).waiting > 0)
            life_plan_writer(life); /* what came of what it wrote for others */
        life_leave(sim, before);
        life_errand_ends(life);
        return;
    }
    life_leave(sim, before);
}

static void wake(void *ctx)
{
    struct worker *worker = ctx;
    struct life *life = worker->life;

    if (!life->owner.dead && life->stopped_until > sim_now(life->sim))
        agenda_add(&life->sim->agenda, life->stopped_until, wake, worker);
    else
        go(worker);
}

void life_sleep(struct life *life, int64_t ms)
{
    struct worker *worker = life_worker(life);

    if (!worker)
        return;
    sim_after(life->sim, ms, wake, worker);
    fiber_pause();
}

static void step(void *ctx)
{
    struct worker *worker = ctx;

    worker->r = job_step(&worker->life->world, works);
}

/* When it could begin; -1: it is at work, or there is nobody. */
static int64_t ready_at(const struct life *life, const struct worker *worker)
{
    if (!life || !life->store || worker->fiber)
        return -1;
    return life->stopped_until > worker->rest_until ? life->stopped_until
                                                    : worker->rest_until;
}

/* One of those who could begin at `at`; NULL: `*ret_first` is when the first can, or -1.
 */
static struct worker *choose(struct sim *sim, int64_t at, int64_t *ret_first)
{
    struct worker *able[MAX_SEATS * MAX_WORKERS];
    unsigned count = 0;

    *ret_first = -1;
    for (unsigned i = 0; i < sim->plan.seats; i++) {
        struct life *life = sim->seats[i].life;

        for (unsigned j = 0; life && j < sim->plan.workers; j++) {
            int64_t ready = ready_at(life, &life->workers[j]);

            if (ready < 0)
                continue;
            if (ready <= at)
                able[count++] = &life->workers[j];
            else if (*ret_first < 0 || ready < *ret_first)
                *ret_first = ready;
        }
    }
    return count ? able[sim_between(sim, 0, count - 1)] : NULL;
}

/* When the next job is due, or one whose worker does not come back; -1: none. */
static int64_t next_due(struct sim *sim)
{
    if (!sim->dirty)
        return sim->due_at;
    sim->due_at =
        WATCH(sim,
              "SELECT at FROM (SELECT MIN(run_at) AS at FROM job WHERE state = 'queued' "
              "AND run_at > 0 AND NOT (kind IN ('poll', 'reread') AND CAST($1 AS BIGINT) "
              "= 1) UNION ALL "
              "SELECT MIN(lease_until_at) FROM job WHERE state = 'running') due "
              "WHERE at IS NOT NULL ORDER BY at LIMIT 1",
              ARG_BOOL(sim->polls_rest));
    sim->dirty = false;
    return sim->due_at;
}

bool life_work(struct sim *sim, int64_t until)
{
    int64_t at = next_due(sim), first;
    struct worker *worker;

    if (at < 0)
        return false;
    if (at < sim_now(sim))
        at = sim_now(sim);
    worker = choose(sim, at, &first);
    if (!worker && first >= 0) {
        at = first;
        worker = choose(sim, at, &first);
    }
    if (!worker || at >= until)
        return false;
    skew_pass(sim, at);
    if (!sim->result->marks[MARK_JOB_TAKEN_OVER] &&
        WATCH(sim,
              "SELECT COUNT(*) FROM job WHERE state = 'running' "
              "AND lease_until_at <= $1",
              ARG_INT(at)) > 0)
        sim_mark(sim, MARK_JOB_TAKEN_OVER);
    sim->dirty = true;
    worker->news = false;
    worker->fiber = fiber_new(step, worker);
    life_errand(worker->life);
    go(worker);
    return true;
}

static void write_batch(void *ctx)
{
    struct life *life = ctx, *before;
    struct sim *sim = life->sim;

    if (!life->owner.dead && life->stopped_until > sim_now(sim)) {
        agenda_add(&sim->agenda, life->stopped_until, write_batch, life);
        return;
    }
    life->writer_planned = false;
    if (store_counters(life->store).waiting > 1)
        sim_mark(sim, MARK_BATCH);
    before = life_enter(life);
    while (writer_step(life->store) > 0)
        continue;
    life_leave(sim, before);
    life_errand_ends(life);
}

void life_plan_writer(struct life *life)
{
    if (life->writer_planned)
        return;
    life->writer_planned = true;
    life_errand(life);
    sim_after(life->sim, sim_between(life->sim, 0, 4), write_batch, life);
}
