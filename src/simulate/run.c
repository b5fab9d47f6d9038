/* run.c - one run: the house is set up, lives, comes to rest, and is held against the
 * ledger.
 */
#include "simulate/sim.h"

#include "admin/account.h"
#include "admin/role.h"
#include "admin/workspace.h"
#include "base/failpoint.h"
#include "dialogue/channel.h"
#include "event/event.h"
#include "work/works.h"

enum { MAX_TURNS = 100 * 1000 };

/* 2026-11-02T08:00:00.000Z, a Monday. */
#define BEGIN_AT INT64_C(1793606400000)

int64_t sim_now(const struct sim *sim)
{
    return atomic_load(&sim->clock.frozen_at);
}

uint64_t sim_random(struct sim *sim)
{
    struct op op = { .world = &sim->world };

    return random_u64(&op);
}

int64_t sim_draw(struct random_source *dice, int64_t from, int64_t to)
{
    const struct world world = { .random = dice };
    struct op op = { .world = &world };

    return from + (int64_t)(random_u64(&op) % (uint64_t)(to - from + 1));
}

int64_t sim_between(struct sim *sim, int64_t from, int64_t to)
{
    return to <= from ? from : sim_draw(&sim->random, from, to);
}

bool sim_chance(struct sim *sim, unsigned percent)
{
    return sim_random(sim) % 100 < percent;
}

void sim_trace(struct sim *sim, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    trace_line(&sim->trace, sim_now(sim), fmt, args);
    va_end(args);
}

void sim_mark(struct sim *sim, enum simulate_mark mark)
{
    if (mark < MARK_COUNT)
        sim->result->marks[mark]++;
}

void sim_fault(struct sim *sim, const char *fmt, ...)
{
    struct simulate_result *result = sim->result;
    va_list args;

    if (result->fault[0])
        return; /* the first one counts */
    va_start(args, fmt);
    vsnprintf(result->fault, sizeof(result->fault), fmt, args);
    va_end(args);
    sim_trace(sim, "FAULT %s", result->fault);
}

bool sim_has_failed(const struct sim *sim)
{
    return sim->result->fault[0] != 0;
}

void sim_after(struct sim *sim, int64_t ms, agenda_fn *run, void *ctx)
{
    agenda_add(&sim->agenda, sim_now(sim) + (ms > 0 ? ms : 0), run, ctx);
}

bool sim_has_mutant(const struct sim *sim, const char *name)
{
    return sim->options->mutant && strcmp(sim->options->mutant, name) == 0;
}

void *sim_grow(void *list, size_t *size, size_t count, size_t each)
{
    *size = count * 2 + 16;
    return must_realloc(list, *size * each);
}

/* A source of its own, so that what SQLite draws changes nothing else. */
static uint64_t disk_random(void *ctx)
{
    struct sim *sim = ctx;
    const struct world world = { .random = &sim->disk_random };
    struct op op = { .world = &world };

    return random_u64(&op);
}

static int64_t disk_now(void *ctx)
{
    return sim_now(ctx);
}

static int add_accounts(struct op *op, struct sim *sim)
{
    struct account eva = { .email = STR("eva@example.org"),
                           .name = STR("Eva"),
                           .language = STR("de") };
    struct role role;
    int r = role_by_slug(op, STR("agent"), &role);

    if (r)
        return -1;
    eva.role_id = role.id;
    r = account_add(op, &eva);
    sim->account_id = eva.id;
    return r;
}

/* Longer than a network takes to apply and to show (peer.c), whatever clock counts it. */
static int quiet_of(const struct sim *sim)
{
    return sim_has_mutant(sim, "impatient") ? 0 : 361000 + (int)skew_most(sim);
}

static int add_channel(struct op *op, struct sim *sim, unsigned i)
{
    static const char letters[] = "-abcde";
    const struct plan *plan = &sim->plan;
    struct channel channel = {
        .network = arena_fmt(op->arena, "mock_%c", letters[plan->class[i]]),
        .name = arena_fmt(op->arena, "Leitung %u", i),
        .icon = STR(""),
        .kind_name = STR(""),
        .owner_id = sim->account_id,
        .purpose = STR("Service"),
        .mode = STR("dialogue"),
        .settings = arena_fmt(op->arena,
                              "{\"url\":\"https://net-%u.example\",\"quiet_ms\":%d,"
                              "\"calls_per_minute\":%lld}",
                              i, quiet_of(sim), (long long)plan->calls_per_minute[i]),
        .forwarding_note = STR(""),
    };
    int r = channel_add(op, &channel);

    sim->peers[i].channel_id = channel.id;
    return r;
}

static int furnish(struct op *op, void *ctx)
{
    struct sim *sim = ctx;
    struct workspace workspace = { .name = STR("Service hilft") };
    int r = workspace_create(op, &workspace);

    sim->workspace_id = op->workspace;
    if (r >= 0)
        r = add_accounts(op, sim);
    for (unsigned i = 0; r >= 0 && i < sim->plan.peers; i++)
        r = add_channel(op, sim, i);
    return r;
}

/* A new store is migrated once in a process; each run begins with a copy of it. */
static struct {
    char *bytes;
    size_t n;
} empty_store;

static int with_store(struct sim *sim, store_fn *fn)
{
    struct random_source random;
    struct ids ids;
    struct world world = {
        .clock = &sim->clock, .random = &random, .ids = &ids, .key = &sim->key
    };
    struct store *store;
    ARENA(scratch);
    struct op op = {
        .arena = &scratch, .world = &world, .id = STR("simulate"), .now = sim_now(sim)
    };
    int r;

    random_seed(&random, 1);
    r = store_open(&op, STR(SIM_URL), 1, &store);
    world.store = store;
    if (r < 0) {
        sim_fault(sim, "the store cannot be opened: " STR_FMT, STR_ARG(op.err.text));
        return r;
    }
    if (fn)
        r = store_write(&op, fn, sim);
    if (r < 0)
        sim_fault(sim, "the house cannot be set up: " STR_FMT, STR_ARG(op.err.text));
    store_close(store);
    return r;
}

static int keep_empty_store(struct sim *sim)
{
    struct str bytes;

    if (empty_store.bytes)
        return 0;
    random_seed(&sim->disk_random, 1);
    if (with_store(sim, NULL) < 0)
        return -1;
    bytes = ramdisk_read(SIM_PATH);
    empty_store.bytes = must_alloc(bytes.n);
    memcpy(empty_store.bytes, bytes.p, bytes.n);
    empty_store.n = bytes.n;
    return 0;
}

static int set_up(struct sim *sim)
{
    if (keep_empty_store(sim) < 0)
        return -1;
    random_seed(&sim->disk_random, ~sim->options->seed);
    ramdisk_put(SIM_PATH, (struct str){ empty_store.bytes, empty_store.n });
    return with_store(sim, furnish);
}

/* The next thing that happens, before `end`. */
static bool turn(struct sim *sim, int64_t end)
{
    struct agenda_entry entry;
    int64_t at = end;

    if (agenda_next(&sim->agenda, &at) && at > end)
        at = end;
    if (life_work(sim, at))
        return true;
    if (!agenda_next(&sim->agenda, &at) || at > end) {
        skew_pass(sim, end);
        return false;
    }
    agenda_take(&sim->agenda, &entry);
    skew_pass(sim, entry.at);
    entry.run(entry.ctx);
    return true;
}

static void pass(struct sim *sim, int64_t ms, bool until_rest)
{
    int64_t end = sim_now(sim) + ms;

    for (int turns = 0; !sim_has_failed(sim) && turn(sim, end); turns++) {
        if (turns > MAX_TURNS)
            sim_fault(sim, "it does not come to rest");
        if (until_rest && turns % 16 == 0 && oracle_is_at_rest(sim))
            return;
    }
}

static void look_again(void *ctx)
{
    struct sim *sim = ctx;

    oracle_look(sim);
    if (!sim->calm)
        sim_after(sim, sim->plan.length_ms / 12, look_again, sim);
}

/* Nothing goes wrong any more, and everything that was begun comes to its end. */
static void calm_down(struct sim *sim)
{
    sim->calm = true;
    sim->fuse = (struct fuse){ TROUBLE_NONE };
    sim->full_until = 0;
    for (unsigned i = 0; i < sim->plan.peers; i++)
        sim->peers[i].down_until = sim->peers[i].blind_until = 0;
    pass(sim, MINUTES(45), false);
    sim->polls_rest = true;
    sim->dirty = true;
    pass(sim, DAYS(3), true);
    if (sim->plan.sleeps_long)
        pass(sim, DAYS(16), false);
    oracle_look(sim);
}

static void live(struct sim *sim)
{
    for (unsigned i = 0; i < sim->plan.seats; i++) {
        sim->seats[i].sim = sim;
        sim->seats[i].number = i;
        sim_after(sim, sim_between(sim, 0, 500), seat_open, &sim->seats[i]);
    }
    if (sim->plan.seats > 1)
        sim_mark(sim, MARK_TWO_NODES);
    sim->dirty = true;
    people_begin(sim);
    agent_begin(sim);
    trouble_plan(sim);
    sim_after(sim, sim->plan.length_ms / 12, look_again, sim);
    pass(sim, sim->plan.length_ms, false);
    calm_down(sim);
    oracle_end(sim);
}

/* At its own wish when nothing is under way, else as a ghost. */
static void end_life(struct sim *sim, struct life *life)
{
    if (!life)
        return;
    life_errand(life);
    life->seat->life = NULL;
    if (life->errands == 1 && !sim_has_failed(sim)) {
        life_enter(life);
        store_close(TAKE(life->store));
    }
    ramdisk_owner_dies(&life->owner);
    life_errand_ends(life);
}

/* Ghosts and all: nobody may be left at work when the disk goes. */
static void end_lives(struct sim *sim)
{
    struct agenda_entry entry;

    sim->calm = sim->ending = true;
    for (unsigned i = 0; i < sim->plan.seats; i++)
        end_life(sim, sim->seats[i].life);
    sim->plan.seats = 0;
    while (agenda_take(&sim->agenda, &entry)) {
        skew_pass(sim, entry.at);
        entry.run(entry.ctx);
    }
}

static void begin(struct sim *sim, const struct simulate_options *options)
{
    const struct ramdisk_world disk = { sim, disk_random, disk_now };

    clock_set(&sim->clock, BEGIN_AT);
    clock_simulate(&sim->clock);
    random_seed(&sim->random, options->seed);
    sim->world = (struct world){ .random = &sim->random };
    memset(sim->key.bytes, 'k', sizeof(sim->key.bytes));
    trace_begin(&sim->trace, options->trace);
    ramdisk_begin(&disk);
    ramdisk_lie(sim_has_mutant(sim, "lying_disk"));
    plan_draw(sim);
    for (unsigned i = 0; i < sim->plan.peers; i++)
        peer_begin(sim, i);
    skew_begin(sim);
    skew_pass(sim, BEGIN_AT);
}

static void end(struct sim *sim)
{
    end_lives(sim);
    watch_end(sim);
    ramdisk_end();
    trouble_choose_mutant(NULL);
    failpoint_watch(NULL, NULL);
    db_misread = NULL;
    clock_simulate(NULL);
    agenda_free(&sim->agenda);
    for (unsigned i = 0; i < MAX_PEERS; i++)
        peer_free(&sim->peers[i]);
    free(sim->asked);
    free(sim->answers);
    free(sim->notes);
    free(sim->waits);
    fiber_forget_stacks();
    arena_reset(&sim->arena);
    free(sim);
}

void simulate_run(const struct simulate_options *options, struct simulate_result *ret)
{
    struct sim *sim = must_zalloc(sizeof(*sim));

    *ret = (struct simulate_result){ .lines = 0 };
    sim->options = options;
    sim->result = ret;
    begin(sim, options);
    if (set_up(sim) >= 0) {
        trouble_choose_mutant(options->mutant);
        db_misread = trouble_misreading;
        failpoint_watch(trouble_watch, sim);
        live(sim);
    }
    ret->lines = sim->trace.lines;
    trace_end(&sim->trace, ret->hash);
    end(sim);
}
