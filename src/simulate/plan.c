/* plan.c - what the seed draws before anything happens.
 *
 * Each run leaves much out, so that what is in can go far: one that never crashes sends
 * a lot, one with three programs has few messages.
 */
#include "simulate/sim.h"

static void draw_peer(struct sim *sim, unsigned i)
{
    struct plan *plan = &sim->plan;

    plan->class[i] =
        (enum delivery_class)sim_between(sim, DELIVERY_EXACT, DELIVERY_SILENT);
    plan->polls[i] = i == 0 && sim_chance(sim, 35);
    plan->overlap[i] = sim_chance(sim, 50) ? 2 : 0;
    if (sim_chance(sim, 25))
        plan->calls_per_minute[i] = sim_between(sim, 2, 6);
}

static void draw_life(struct sim *sim)
{
    struct plan *plan = &sim->plan;

    plan->seats = (unsigned)sim_between(sim, 1, MAX_SEATS);
    plan->workers = (unsigned)sim_between(sim, 1, MAX_WORKERS);
    plan->peers = sim_chance(sim, 40) ? 2 : 1;
    for (unsigned i = 0; i < plan->peers; i++)
        draw_peer(sim, i);
    plan->hostile = sim_chance(sim, 80) ? (unsigned)sim_between(sim, 5, 45) : 0;
    plan->echoes = sim_chance(sim, 50) ? (unsigned)sim_between(sim, 10, 90) : 0;
    plan->troubles = sim_chance(sim, 85) ? (unsigned)sim_between(sim, 2, 24) : 0;
    plan->persons = (unsigned)sim_between(sim, 2, 10);
    plan->questions = (unsigned)sim_between(sim, 5, 24);
    plan->storms = sim_chance(sim, 40);
    plan->answered = (unsigned)sim_between(sim, 30, 75);
    plan->sleeps_long = sim_chance(sim, 30);
}

/* As many replies as fit, under the mix of faults of docs/reliability.md. */
static void draw_sends(struct sim *sim)
{
    struct plan *plan = &sim->plan;

    plan->seats = plan->workers = 1;
    plan->peers = 1;
    plan->class[0] = (enum delivery_class)(1 + sim->options->seed % DELIVERY_SILENT);
    plan->hostile = 22;
    plan->persons = plan->questions = BULK_PERSONS;
    plan->answered = 100;
    plan->bulk = true;
}

void plan_draw(struct sim *sim)
{
    if (sim->options->kind == SIMULATE_SENDS)
        draw_sends(sim);
    else
        draw_life(sim);
    sim->plan.length_ms = sim->options->length_ms;
}
