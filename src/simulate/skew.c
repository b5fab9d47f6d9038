/* skew.c - clocks that differ: each machine's and each network's from the true one.
 *
 * One time service holds machines together to milliseconds; here, in some runs, they are
 * up to SKEW_MOST_MS off, and the networks say when something was said by clocks of their
 * own. Nothing may be lost, doubled or turned around for it. The dice are of their own:
 * runs in which all clocks agree are what they would be without this file.
 */
#include "simulate/sim.h"

enum { SKEW_SALT = 0x5c3a, SKEW_LITTLE_MS = 500, SKEW_MOST_MS = 20000 };

static int64_t between(struct sim *sim, int64_t from, int64_t to)
{
    return sim_draw(&sim->skew_random, from, to);
}

static int64_t draw(struct sim *sim)
{
    int64_t most = between(sim, 1, 100) <= 50 ? SKEW_LITTLE_MS : SKEW_MOST_MS;

    return between(sim, -most, most);
}

void skew_begin(struct sim *sim)
{
    random_seed(&sim->skew_random, sim->options->seed ^ SKEW_SALT);
    if (sim->plan.bulk || between(sim, 1, 100) <= 60)
        return;
    sim->skewed = true;
    for (unsigned i = 0; i < sim->plan.seats; i++)
        sim->seats[i].ahead_ms = draw(sim);
    for (unsigned i = 0; i < sim->plan.peers; i++)
        sim->peers[i].ahead_ms = draw(sim);
    if (sim->plan.seats > 1)
        sim_mark(sim, MARK_CLOCKS_DIFFER);
}

/* How much later than it should somebody may believe it is, or earlier. */
int64_t skew_most(const struct sim *sim)
{
    return sim->skewed ? 2 * SKEW_MOST_MS : 0;
}

void skew_pass(struct sim *sim, int64_t now)
{
    clock_set(&sim->clock, now);
    for (unsigned i = 0; i < MAX_SEATS; i++)
        clock_set(&sim->seats[i].clock, now + sim->seats[i].ahead_ms);
}

void skew_act_as(struct sim *sim, struct life *life)
{
    clock_simulate(life ? &life->seat->clock : &sim->clock);
}

int64_t skew_of(const struct peer *peer)
{
    return sim_now(peer->sim) + peer->ahead_ms;
}
