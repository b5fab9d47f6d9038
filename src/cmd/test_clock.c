/* test_clock.c - moving the virtual clock from one due job to the next.
 *
 * Weeks pass in the order in which they would: the clock stops at each instant
 * at which something falls due, and what falls due there runs before it goes on.
 * The runner's threads pause meanwhile.
 */
#include "cmd/test_clock.h"

#include "api/api_server.h"
#include "base/failpoint.h"
#include "cmd/command.h"
#include "job/work.h"

/* 0: nothing waits. */
static int next_due(struct op *op, void *ctx)
{
    int64_t *at = ctx;
    int r = job_next_due(op, at);

    if (r == JOB_NONE)
        *at = 0;
    return r < 0 ? r : 0;
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
    return runner_drain(p->runner);
}

static int clock_move(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct process *p = api_server_ctx(call->server);
    struct json_writer w = JSON_WRITER(op->arena);
    int64_t target = api_time(call, "now");
    int64_t next;
    int r;

    if (target < op->now)
        return op_fail_field_as(op, "now", "before_now",
                                "is before the clock, which never goes back");
    for (;;) {
        r = runner_drain(p->runner);
        if (r >= 0)
            r = store_read(op, next_due, &next);
        if (r < 0)
            return r;
        if (!next || next > target)
            break;
        r = move_to(op, p, next);
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

#ifdef DRAHT_TEST_HOOKS

static int failpoints_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    const char *name;
    int64_t hits = 0;

    (void)call;
    json_begin_object(&w, NULL);
    for (size_t i = 0; (name = failpoint_at(i, &hits)); i++)
        json_put_int(&w, name, hits);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int failpoints_plan(struct op *op, struct api_call *call, struct http_answer *ret)
{
    if (!failpoint_plan(api_text(call, "plan")))
        return op_fail_field(op, "plan", "is no plan, see base/failpoint.h");
    return api_no_content(ret);
}

static const struct api_field failpoint_fields[] = {
    { .name = "plan", .type = API_TEXT, .required = true, .max = 2000 },
    { NULL },
};

#endif

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
#ifdef DRAHT_TEST_HOOKS
    {
        .method = "GET",
        .pattern = "/test/v1/failpoints",
        .mode = API_LOOP,
        .access = API_ANYBODY,
        .summary = "How often each failpoint was come by since the plan was taken.",
        .handle = failpoints_show,
    },
    {
        .method = "POST",
        .pattern = "/test/v1/failpoints",
        .mode = API_WORK,
        .access = API_ANYBODY,
        .summary = "Take a plan of failures; an empty one ends it.",
        .fields = failpoint_fields,
        .handle = failpoints_plan,
    },
#endif
    { NULL },
};
