/* demo.c - making the demo workspace, a stretch of days at a time. */
#include "demo/demo.h"

#include "admin/workspace.h"
#include "db/purge.h"
#include "demo/program.h"
#include "work/works.h"

extern const struct embedded demo_texts[]; /* texts/, put in by the build */

enum { STEPS_PER_WRITE = 60, WRITES_BEFORE_LEARNING = 12 };

struct filling {
    const struct demo_wish *wish;
    struct demo demo;
    int64_t workspace_id, at; /* how far it has come */
    bool under_way;           /* a write has begun and was not seen to end */
    int writes;
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
    return str_is(workspace.slug, HOUSE_SLUG_BEGUN) ? DEMO_BEGUN : 0;
}

/* A write may be run again when it lost against another process; ours cannot, since the
 * play has gone on meanwhile. */
static int enter(struct op *op, struct filling *f, struct op *ret_past)
{
    if (f->under_way)
        return op_fail(op, ERR_UNAVAILABLE,
                       "another process wrote to the store meanwhile");
    f->under_way = true;
    *ret_past = *op;
    ret_past->world = &f->demo.world;
    ret_past->workspace = f->workspace_id;
    ret_past->now = f->at;
    return 0;
}

static int leave(struct op *op, struct filling *f, const struct op *past, int r)
{
    if (r < 0)
        op->err = past->err;
    f->workspace_id = past->workspace;
    f->at = past->now;
    return r;
}

static int begin(struct op *op, void *ctx)
{
    struct filling *f = ctx;
    struct op past;
    int r = enter(op, f, &past);

    if (r < 0)
        return r;
    r = house_build(&past, f->wish->password_hash, &f->demo.house);
    if (r >= 0)
        r = program_plan(&past, &f->demo);
    return leave(op, f, &past, r);
}

static int go_on(struct op *op, void *ctx)
{
    struct filling *f = ctx;
    struct op past;
    int r = enter(op, f, &past);

    if (r < 0)
        return r;
    r = stage_run(&past, &f->demo, STEPS_PER_WRITE);
    if (r >= 0 && ++f->writes == WRITES_BEFORE_LEARNING) {
        int learnt = store_learn(&past);

        r = learnt < 0 ? learnt : r;
    }
    return leave(op, f, &past, r);
}

/* From now on it counts as whole. */
static int finish(struct op *op, void *ctx)
{
    struct filling *f = ctx;
    struct workspace old, now;
    struct op past;
    int r = enter(op, f, &past);

    if (r < 0)
        return r;
    r = workspace_get(&past, &old);
    if (r >= 0) {
        now = old;
        now.slug = STR(HOUSE_SLUG);
        past.actor = (struct actor){ ACTOR_COMMAND, 0 };
        r = workspace_update(&past, &old, &now);
    }
    return leave(op, f, &past, r);
}

static int write_one(struct op *op, store_fn *fn, struct filling *f)
{
    int r = store_write(op, fn, f);

    f->under_way = false;
    return r;
}

static int play(struct op *op, struct filling *f)
{
    int r = write_one(op, begin, f);

    if (r >= 0)
        do
            r = write_one(op, go_on, f);
        while (r == STAGE_MORE);
    return r < 0 ? r : write_one(op, finish, f);
}

static int take_back(struct op *op, void *ctx)
{
    const struct filling *f = ctx;
    struct purged *list;
    size_t count;

    return purge_workspace(op, f->workspace_id, &list, &count);
}

/* Prepares the stage: the first day, the texts, an empty cast. */
static int set_up(struct op *op, const struct demo_wish *wish, struct filling *f)
{
    struct demo *d = &f->demo;
    int r;

    *f = (struct filling){ .wish = wish };
    *d = (struct demo){
        .arena = op->arena, .dice = { wish->seed }, .now = op->now, .world = *op->world
    };
    d->hour = d->now - d->now % HOURS(1);
    d->cast = (struct cast){ .arena = d->arena, .book = &d->book, .dice = &d->dice };
    d->world.clock = &d->clock;
    r = stage_day(op, d, DEMO_DAYS, 6 * 60, &d->start_at);
    if (r >= 0)
        r = book_read(op, demo_texts, &d->book);
    f->at = d->start_at;
    clock_set(&d->clock, f->at);
    return r;
}

int demo_fill(struct op *op, const struct demo_wish *wish, struct demo_result *ret)
{
    struct filling *f = arena_new(op->arena, struct filling, 1);
    int r = set_up(op, wish, f);
    struct op undo;

    if (r >= 0)
        r = play(op, f);
    if (r < 0) {
        undo = *op;
        if (f->workspace_id && store_write(&undo, take_back, f) < 0)
            op_log_failure(&undo); /* the next start finds it and begins anew */
        return r;
    }
    ret->workspace_id = f->workspace_id;
    ret->messages = f->demo.heard + f->demo.said;
    return 0;
}

bool demo_login_at(size_t index, struct demo_login *ret)
{
    const struct colleague *c = house_colleague_at(index);

    if (c)
        *ret = (struct demo_login){ c->email, c->name, c->role };
    return c != NULL;
}
