/* test_clock.c - moving the virtual clock from one due job to the next.
 *
 * Weeks pass in the order in which they would: the clock stops at each instant
 * at which something falls due, and what falls due there runs before it goes on.
 * The runner's threads take jobs too, so we wait until nothing is running.
 */
#include "cmd/test_clock.h"

#include "api/api_server.h"
#include "cmd/command.h"
#include "work/works.h"

enum { PATIENCE_MS = 60000, PAUSE_NS = 2000000 };

struct look {
    int64_t next_at; /* 0: nothing waits */
    int64_t running;
};

static int look(struct op *op, void *ctx)
{
    struct look *look = ctx;
    int r = job_next_due(op, &look->next_at);

    if (r < 0)
        return r;
    if (r == JOB_NONE)
        look->next_at = 0;
    return job_running(op, &look->running);
}

/* All that is due by now, by us or by the runner. */
static int run_due(struct op *op, struct process *p)
{
    int64_t deadline = clock_monotonic() + PATIENCE_MS;
    const struct timespec pause = { .tv_nsec = PAUSE_NS };
    struct look seen;
    int r;

    for (;;) {
        r = job_step(&p->world, works);
        if (r > 0)
            continue;
        if (r == 0)
            r = store_read(op, look, &seen);
        if (r < 0)
            return r;
        if (seen.running == 0 && (!seen.next_at || seen.next_at > clock_now(&p->clock)))
            return 0;
        if (clock_monotonic() > deadline)
            return op_fail(op, ERR_UNAVAILABLE, "what is due does not come to an end");
        nanosleep(&pause, NULL);
    }
}

static int keep(struct op *op, void *ctx)
{
    return store_clock_set(op, *(int64_t *)ctx);
}

static int move_to(struct op *op, struct process *p, int64_t at)
{
    int r = store_write(op, keep, &at);

    if (r < 0)
        return r;
    clock_set(&p->clock, at);
    op->now = clock_now(&p->clock);
    return run_due(op, p);
}

static int clock_move(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct process *p = api_server_ctx(call->server);
    struct json_writer w = JSON_WRITER(op->arena);
    int64_t target = api_time(call, "now");
    struct look seen;
    int r;

    if (target < op->now)
        return op_fail_field(op, "now", "is before the clock, which never goes back");
    for (;;) {
        r = run_due(op, p);
        if (r >= 0)
            r = store_read(op, look, &seen);
        if (r < 0)
            return r;
        if (!seen.next_at || seen.next_at > target)
            break;
        r = move_to(op, p, seen.next_at);
        if (r < 0)
            return r;
    }
    r = move_to(op, p, target);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_time(&w, "now", clock_now(&p->clock));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static const struct api_field clock_fields[] = {
    { .name = "now", .type = API_TIME, .required = true },
    { NULL },
};

const struct api_route test_clock_routes[] = {
    {
        .method = "POST",
        .pattern = "/test/v1/clock",
        .mode = API_WORK,
        .access = API_ANYBODY,
        .summary = "Move the virtual clock and run what falls due.",
        .fields = clock_fields,
        .handle = clock_move,
    },
    { NULL },
};
