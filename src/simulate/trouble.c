/* trouble.c - what goes wrong: where programs are killed and stopped, when the power goes
 * and the disk fills up; and the planted mistakes.
 */
#include "simulate/sim.h"

#include "job/job.h"

static const char *const places[] = {
    "outbox.composed", "outbox.claiming",  "outbox.claimed",      "outbox.answered",
    "outbox.settling", "outbox.settled",   "outbox.find_claimed", "outbox.found",
    "intake.arrived",  "intake.keeping",   "intake.kept",         "intake.telling",
    "intake.sweeping", "poll.fetched",     "poll.kept",           "job.claimed",
    "job.ran",         "store.committing", "store.committed",     "disk.write",
    "disk.sync",       "peer.calling",     "poll.arrived",        "poll.arrived",
};

/* Between transactions, where a program can stand still without holding the store. */
static const char *const resting_places[] = {
    "outbox.composed",     "outbox.claimed", "outbox.answered", "outbox.settled",
    "outbox.find_claimed", "outbox.found",   "poll.fetched",    "poll.kept",
    "job.claimed",         "job.ran",        "intake.sweeping", "peer.calling",
};

static bool can_rest(const char *place)
{
    for (size_t i = 0; i < COUNT_OF(resting_places); i++)
        if (strcmp(place, resting_places[i]) == 0)
            return true;
    return false;
}

static void mark_kill(struct sim *sim, const char *place)
{
    static const struct {
        const char *place;
        enum simulate_mark mark;
    } marks[] = {
        { "outbox.claimed", MARK_KILLED_CLAIMED },
        { "outbox.answered", MARK_KILLED_ANSWERED },
        { "intake.kept", MARK_KILLED_KEPT },
        { "poll.fetched", MARK_KILLED_POLL },
        { "store.committing", MARK_KILLED_COMMIT },
        { "store.committed", MARK_KILLED_COMMIT },
    };

    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (strcmp(place, marks[i].place) == 0)
            sim_mark(sim, marks[i].mark);
}

static bool somebody_calls(const struct sim *sim)
{
    for (unsigned i = 0; i < sim->plan.seats; i++)
        for (unsigned j = 0; sim->seats[i].life && j < MAX_WORKERS; j++)
            if (sim->seats[i].life->workers[j].calls)
                return true;
    return false;
}

static void lose_power(struct sim *sim, const char *place, bool flush)
{
    sim_mark(sim, flush ? MARK_FLUSH_FAILED : MARK_POWER_LOST);
    if (strcmp(place, "disk.sync") == 0)
        sim_mark(sim, MARK_POWER_LOST_UNFLUSHED);
    if (somebody_calls(sim) || strcmp(place, "peer.calling") == 0 ||
        strcmp(place, "outbox.answered") == 0)
        sim_mark(sim, MARK_POWER_LOST_SENDING);
    life_all_end(sim, place);
}

static void stop(struct sim *sim, const char *place)
{
    struct life *life = sim->acting;
    int64_t ms = sim_chance(sim, 60) ? sim_between(sim, 61000, 400000)
                                     : sim_between(sim, 1000, 2000000);

    sim_trace(sim, "life %u stops at %s for %lld", life->number, place, (long long)ms);
    sim_mark(sim, MARK_STOPPED);
    if (ms > JOB_LEASE_MS)
        sim_mark(sim, MARK_STOPPED_PAST_LEASE);
    life->stopped_until = sim_now(sim) + ms;
    life_sleep(life, ms);
}

static bool burns(struct sim *sim, const char *place)
{
    struct fuse *fuse = &sim->fuse;

    if (fuse->trouble == TROUBLE_NONE || (fuse->place && strcmp(fuse->place, place) != 0))
        return false;
    if (fuse->trouble == TROUBLE_STOP && (!can_rest(place) || !life_worker(sim->acting)))
        return false;
    return fuse->passes-- == 0;
}

static void happen(struct sim *sim, const char *place)
{
    enum trouble trouble = sim->fuse.trouble;

    sim->fuse = (struct fuse){ TROUBLE_NONE };
    if (trouble == TROUBLE_KILL) {
        mark_kill(sim, place);
        life_kill(sim->acting, place);
    } else if (trouble == TROUBLE_STOP) {
        stop(sim, place);
    } else {
        lose_power(sim, place, trouble == TROUBLE_FLUSH);
    }
}

static bool is_mutant(const struct sim *sim, const char *place)
{
    const char *mutant = sim->options->mutant;

    if (!mutant)
        return false;
    if (strncmp(place, "control.", 8) == 0) /* the campaigns' own */
        return strcmp(place + 8, mutant) == 0;
    return strncmp(place, "mutant.", 7) == 0 && strcmp(place + 7, mutant) == 0;
}

/* What the code came by, told by its failpoints. */
static void note_place(struct sim *sim, const char *place)
{
    if (strcmp(place, "store.committed") == 0)
        sim->dirty = true;
    else if (strcmp(place, "intake.sweeping") == 0)
        sim_mark(sim, MARK_SWEPT);
    else if (strcmp(place, "outbox.stale") == 0)
        sim_mark(sim, MARK_STALE_RESULT);
}

/* A page with something new in it is rare, and its arrival the place to watch. */
static const char *exact_place(struct sim *sim, const char *place)
{
    const struct worker *worker = life_worker(sim->acting);

    return worker && worker->news && strcmp(place, "intake.arrived") == 0 ? "poll.arrived"
                                                                          : place;
}

bool trouble_watch(void *ctx, const char *place)
{
    struct sim *sim = ctx;
    struct life *life = sim->acting;

    if (is_mutant(sim, place))
        return true;
    if (!life || life->owner.dead)
        return false;
    note_place(sim, place);
    if (strcmp(place, "disk.write") == 0 && sim->full_until > sim_now(sim)) {
        sim_mark(sim, MARK_DISK_FULL);
        return true;
    }
    if (burns(sim, exact_place(sim, place)))
        happen(sim, exact_place(sim, place));
    return false;
}

static const char *any_place(struct sim *sim, enum trouble trouble)
{
    if (trouble == TROUBLE_FLUSH)
        return "disk.sync";
    if (trouble == TROUBLE_STOP)
        return sim_chance(sim, 30)
                   ? NULL
                   : resting_places[sim_between(sim, 0, COUNT_OF(resting_places) - 1)];
    return sim_chance(sim, 30) ? NULL : places[sim_between(sim, 0, COUNT_OF(places) - 1)];
}

/* Somewhere from now on, at a place that is come by. */
static void light(void *ctx)
{
    struct sim *sim = ctx;
    int64_t dice = sim_between(sim, 1, 100);
    struct peer *peer = &sim->peers[sim_between(sim, 0, sim->plan.peers - 1)];

    if (sim->calm)
        return;
    if (dice <= 8) {
        peer->down_until = sim_now(sim) + sim_between(sim, 60000, 3600000);
        sim_mark(sim, MARK_NETWORK_DOWN);
        return;
    }
    if (dice <= 14) {
        peer->blind_until = sim_now(sim) + sim_between(sim, 600000, 7200000);
        return;
    }
    if (dice <= 22) {
        sim->full_until = sim_now(sim) + sim_between(sim, 1000, 120000);
        return;
    }
    sim->fuse.trouble = dice <= 50   ? TROUBLE_KILL
                        : dice <= 80 ? TROUBLE_STOP
                        : dice <= 94 ? TROUBLE_POWER
                                     : TROUBLE_FLUSH;
    sim->fuse.place = any_place(sim, sim->fuse.trouble);
    sim->fuse.passes = sim->fuse.place ? (unsigned)sim_between(sim, 0, 3)
                                       : (unsigned)sim_between(sim, 0, 80);
}

void trouble_plan(struct sim *sim)
{
    for (unsigned i = 0; i < sim->plan.troubles; i++)
        sim_after(sim, sim_between(sim, 1000, sim->plan.length_ms), light, sim);
}
