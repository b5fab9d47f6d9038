/* edits.c - people change what they said, or take it back, and it comes in any order.
 *
 * Each edition reaches us on its own way, so an older one may come after a newer, and a
 * removal before the words. What counts is the network's time of it, not ours. The dice
 * are of their own: runs without editions are what they would be without this file.
 */
#include "simulate/sim.h"

enum { MAX_EDITIONS = 3, EDITIONS_SALT = 0x45d1 };

static int64_t between(struct sim *sim, int64_t from, int64_t to)
{
    return sim_draw(&sim->edit_random, from, to);
}

static bool chance(struct sim *sim, int64_t percent)
{
    return between(sim, 1, 100) <= percent;
}

void edits_begin(struct sim *sim)
{
    random_seed(&sim->edit_random, sim->options->seed ^ EDITIONS_SALT);
    sim->edited = sim->plan.bulk || chance(sim, 60) ? 0 : between(sim, 10, 60);
}

static void arrive(void *ctx)
{
    struct asked *edition = ctx;
    struct sim *sim = edition->sim;

    if (sim->calm)
        return; /* the people have gone home */
    sim_trace(sim, STR_FMT " is %s by its author", STR_ARG(edition->id),
              edition->removed_at ? "taken back" : "edited");
    people_tell(edition, sim->plan.polls[edition->peer],
                !sim->plan.polls[edition->peer] || chance(sim, 50));
}

/* It is made at `at` and comes whenever it comes. */
static void plan_edition(struct sim *sim, struct asked *of, int number, int64_t at,
                         bool is_removal)
{
    int64_t ahead_ms = sim->peers[of->peer].ahead_ms;
    struct asked *edition =
        people_remember(sim, &(struct asked){
                                 .id = of->id,
                                 .text = arena_fmt(&sim->arena, STR_FMT ", Fassung %d",
                                                   STR_ARG(of->text), number),
                                 .thread = of->thread,
                                 .who = of->who,
                                 .peer = of->peer,
                                 .said_at = of->said_at,
                                 .of = of,
                                 .edited_at = is_removal ? 0 : at + ahead_ms,
                                 .removed_at = is_removal ? at + ahead_ms : 0,
                             });

    sim_after(sim, at - sim_now(sim) + (chance(sim, 50) ? 0 : between(sim, 0, 900000)),
              arrive, edition);
}

void edits_plan(struct sim *sim, struct asked *asked)
{
    int64_t at = sim_now(sim), count;

    if (!sim->edited || asked->thanks || !chance(sim, sim->edited))
        return;
    count = between(sim, 1, MAX_EDITIONS);
    for (int i = 0; i < count; i++) {
        at += between(sim, 1000, chance(sim, 50) ? 20000 : 600000);
        plan_edition(sim, asked, i + 1, at, i == count - 1 && chance(sim, 30));
    }
}

void edits_mark(struct asked *edition)
{
    struct sim *sim = edition->sim;

    if (edition->removed_at)
        sim_mark(sim, MARK_TAKEN_BACK);
    if (!edition->of->acked_at && !edition->of->published)
        sim_mark(sim, MARK_EDIT_BEFORE_WORDS);
    for (size_t i = 0; i < sim->asked_count; i++) {
        const struct asked *other = sim->asked[i];

        if (other->of == edition->of && other->acked_at && edition->edited_at &&
            other->edited_at > edition->edited_at)
            sim_mark(sim, MARK_EDIT_OVERTAKEN);
    }
}

/* What stands in the store, and what of the ledger belongs to it. */
struct standing {
    int64_t edited_at, removed_at;
    struct str body;
    bool was_said;     /* an edition of that time with these words was said */
    bool was_removed;  /* a removal was said */
    bool must_be_gone; /* and taken in */
    int64_t newest;    /* edit that was taken in */
};

static void hold_against(const struct asked *one, struct standing *s)
{
    bool is_in = one->acked_at || one->published;

    s->was_removed |= one->removed_at != 0;
    s->must_be_gone |= one->removed_at && is_in;
    if (one->removed_at)
        return;
    s->was_said |= one->edited_at == s->edited_at && str_eq(one->text, s->body);
    if (is_in && one->edited_at > s->newest)
        s->newest = one->edited_at;
}

static void judge(struct sim *sim, const struct asked *asked, struct standing *s)
{
    for (size_t i = 0; i < sim->asked_count; i++)
        if (sim->asked[i] == asked || sim->asked[i]->of == asked)
            hold_against(sim->asked[i], s);
    if (s->must_be_gone && !s->removed_at)
        sim_fault(sim, STR_FMT " was taken back and stands there", STR_ARG(asked->id));
    if (s->removed_at && !s->was_removed)
        sim_fault(sim, STR_FMT " is gone and nobody took it back", STR_ARG(asked->id));
    if (s->removed_at)
        return;
    if (s->edited_at < s->newest)
        sim_fault(sim, STR_FMT " stands there in an older edition", STR_ARG(asked->id));
    if (!s->was_said)
        sim_fault(sim, STR_FMT " stands there in words that nobody said",
                  STR_ARG(asked->id));
}

static const struct db_stmt stands = {
    "watch_stands",
    "SELECT COALESCE(m.edited_at, 0), COALESCE(m.removed_at, 0), v.body FROM message m "
    "JOIN message_version v ON v.message_id = m.id AND v.version = m.version "
    "WHERE m.channel_id = $1 AND m.external_id = $2",
    NULL
};

void edits_check(struct op *op, struct sim *sim)
{
    for (size_t i = 0; i < sim->asked_count && !sim_has_failed(sim); i++) {
        const struct asked *asked = sim->asked[i];
        DB_ROWS(rows);

        if (asked->of || asked->echo)
            continue;
        if (db_query(op, &rows, &stands, ARG_INT(sim->peers[asked->peer].channel_id),
                     ARG_TEXT(asked->id)) < 0 ||
            db_next(op, rows) != 1)
            continue;
        judge(sim, asked,
              &(struct standing){ .edited_at = db_int(rows, 0),
                                  .removed_at = db_int(rows, 1),
                                  .body = db_text(op, rows, 2) });
    }
}
