/* work_sweep.c - what was kept and not understood: after a crash, a replay, or when it
 * took too long.
 *
 * Each try is counted on disk before it begins, so that an item which ends the process is
 * known by it: what was tried before is tried alone, and after MAX_TRIES it has failed,
 * is listed with the reason, and can be replayed. Nobody else waits for it.
 */
#include "work/intake_parts.h"
#include "work/works.h"

#include "base/failpoint.h"
#include "db/store.h"

enum { ITEMS_PER_SWEEP = 100, MAX_TRIES = 5 };

struct sweep {
    int64_t channel_id;
    struct connected to;
    struct str why;
    struct portion page;
    bool more;
};

/* Of what waits: all that was never tried, else the one that was tried least. */
static void choose(struct sweep *sweep, const struct raw_item *raws, size_t count)
{
    struct entry *entries = sweep->page.entries;
    const struct raw_item *least = NULL;
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (raws[i].attempts == 0)
            entries[n++].raw = raws[i];
        if (!least || raws[i].attempts < least->attempts)
            least = &raws[i];
    }
    if (n == 0 && least)
        entries[n++].raw = *least;
    sweep->page.count = n;
    sweep->more = n < count || count == ITEMS_PER_SWEEP;
}

static int read_page(struct op *op, void *ctx)
{
    struct sweep *sweep = ctx;
    struct raw_item *raws;
    size_t count;
    int r;

    r = connect_channel(op, sweep->channel_id, &sweep->to, &sweep->why);
    if (r < 0)
        return r;
    sweep->page = (struct portion){
        .entries = arena_new(op->arena, struct entry, ITEMS_PER_SWEEP),
        .channel_id = sweep->channel_id,
        .to = r == 0 ? &sweep->to : NULL,
    };
    r = intake_raw_list(op,
                        &(const struct raw_item_filter){
                            .channel_id = sweep->channel_id,
                            .state = STR("received"),
                            .limit = ITEMS_PER_SWEEP,
                        },
                        &raws, &count);
    if (r >= 0)
        choose(sweep, raws, count);
    return r;
}

/* Before anything looks at them. */
static int count_tries(struct op *op, void *ctx)
{
    struct portion *page = ctx;
    int r = 0;

    for (size_t i = 0; r >= 0 && i < page->count; i++) {
        struct entry *entry = &page->entries[i];

        if (entry->raw.attempts >= MAX_TRIES)
            entry->refused = STR("the program ended each time it was being understood");
        else
            r = intake_raw_tried(op, entry->raw.id);
    }
    return r;
}

static int sweep_channel(struct op *op, const struct job *job, struct work_result *ret)
{
    struct sweep sweep = { .channel_id = job->subject_id };
    int r;

    r = store_read(op, read_page, &sweep);
    if (r < 0 || !sweep.page.count)
        return r;
    r = store_write(op, count_tries, &sweep.page);
    if (r < 0)
        return r;
    for (size_t i = 0; i < sweep.page.count; i++) {
        sweep.page.entries[i].waits = true;
        if (!sweep.page.to)
            sweep.page.entries[i].refused = sweep.why;
    }
    FAILPOINT("intake.sweeping");
    r = intake_tell_all(op, &sweep.page, 0);
    if (r < 0 || !sweep.more)
        return r;
    ret->again_at = op->now; /* a page at a time: who stops the program waits for one */
    return WORK_AGAIN;
}

const struct work work_intake = {
    .kind = "intake",
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(5),
                .max_wait_ms = MINUTES(10) },
    .run = sweep_channel,
};
