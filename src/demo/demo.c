/* demo.c - making the demo workspace, in one write. */
#include "demo/demo.h"

#include "admin/workspace.h"
#include "demo/program.h"
#include "work/works.h"

extern const struct embedded demo_texts[]; /* texts/, put in by the build */

struct filling {
    const struct demo_wish *wish;
    struct demo_result result;
};

int demo_find(struct op *op, int64_t *ret_workspace_id)
{
    struct workspace workspace;
    int r = workspace_next(op, 0, &op->workspace);

    if (r == WORKSPACE_NONE)
        return DEMO_NONE;
    if (r >= 0)
        r = workspace_get(op, &workspace);
    if (r < 0)
        return r;
    if (!workspace.is_demo)
        return op_fail(op, ERR_CONFLICT,
                       "this store already has the workspace " STR_FMT
                       ": the demo wants a store of its own (--data ANOTHER_FOLDER)",
                       STR_ARG(workspace.name));
    *ret_workspace_id = workspace.id;
    return 0;
}

static int fill(struct op *op, void *ctx)
{
    struct filling *filling = ctx;
    struct demo *d = arena_new(op->arena, struct demo, 1);
    struct op past = *op;
    int r;

    *d = (struct demo){ .arena = op->arena,
                        .dice = { filling->wish->seed },
                        .now = op->now,
                        .world = *op->world };
    d->cast = (struct cast){ .arena = d->arena, .book = &d->book, .dice = &d->dice };
    d->world.clock = &d->clock;
    past.world = &d->world;
    r = stage_day(op, d, DEMO_DAYS, 6 * 60, &d->start_at);
    if (r >= 0)
        r = book_read(op, demo_texts, &d->book);
    if (r < 0)
        return r;
    past.now = d->start_at;
    clock_set(&d->clock, past.now);
    r = house_build(&past, filling->wish->password_hash, &d->house);
    if (r >= 0)
        r = program_plan(&past, d);
    if (r >= 0)
        r = stage_run(&past, d);
    if (r < 0) {
        op->err = past.err;
        return r;
    }
    filling->result.workspace_id = past.workspace;
    filling->result.messages = d->heard + d->said;
    return 0;
}

int demo_fill(struct op *op, const struct demo_wish *wish, struct demo_result *ret)
{
    struct filling filling = { .wish = wish };
    int r = store_write(op, fill, &filling);

    if (r >= 0)
        *ret = filling.result;
    return r;
}

bool demo_login_at(size_t index, struct demo_login *ret)
{
    const struct colleague *c = house_colleague_at(index);

    if (c)
        *ret = (struct demo_login){ c->email, c->name, c->role };
    return c != NULL;
}
