/* api_server.c - the interface as a part of a process: from the exchange to a pool,
 * to the writer, and back.
 *
 * A request owns nothing but its exchange's arena, so after exchange_answer() there
 * is nothing left of it. Writes are handed to the store and answered on the writer's
 * thread after the commit: a thousand waiting writes hold no thread.
 */
#include <sodium.h>

#include "api/api_parts.h"

#include "admin/meter.h"
#include "admin/session.h"
#include "admin/token.h"
#include "base/clock.h"
#include "base/log.h"
#include "page/sheet.h"

enum {
    READERS = 4,
    WORKERS = 4,
    HASHERS = 2, /* Argon2id at the same time: 19 MiB and a core each */
    MAX_READS = 4096,
    MAX_WORK = 1024,
    MAX_HASHES = 64,
};

/* Last seen: a write that nobody waits for. */
struct touch {
    struct store_write write;
    struct op op;
    struct arena arena;
    int64_t session_id, token_id;
};

static int touch_run(struct op *op, void *ctx)
{
    struct touch *touch = ctx;

    return touch->session_id ? session_touch(op, touch->session_id)
                             : token_touch(op, touch->token_id);
}

static void touch_free(struct touch *touch)
{
    arena_reset(&touch->arena);
    free(touch);
}

static void touch_done(struct store_write *write, int r)
{
    struct touch *touch = CONTAINER_OF(write, struct touch, write);

    if (r < 0)
        op_log_failure(&touch->op);
    touch_free(touch);
}

/* Note that the caller was here, unless that stands there already. */
static void touch(const struct api_request *rq)
{
    const struct access *who = &rq->call.who;
    struct touch *touch;

    if (who->account_id == 0 || rq->op.now - who->last_seen_at < SESSION_TOUCH_MS)
        return;
    touch = must_zalloc(sizeof(*touch));
    touch->session_id = who->session_id;
    touch->token_id = who->token_id;
    touch->op = rq->op;
    touch->op.id = STR("touch");
    touch->op.arena = &touch->arena;
    touch->op.err = (struct err){ 0 };
    touch->write = (struct store_write){
        .op = &touch->op, .fn = touch_run, .ctx = touch, .done = touch_done
    };
    if (!rq->exchange)
        touch_done(&touch->write, store_write(&touch->op, touch_run, touch));
    else if (store_submit(rq->op.world->store, &touch->write) < 0)
        touch_free(touch); /* the writer has more to do than it can: next time */
}

/* A text in the path of an open route takes the place of a login: not for the log. */
static bool is_secret(const struct api_route *route)
{
    return route && route->access == API_ANYBODY &&
           str_find(str_of(route->pattern), STR("{text:")) >= 0;
}

static void finish(struct api_request *rq, int r)
{
    struct exchange *exchange = rq->exchange;

    api_conclude(rq, r);
    if (is_secret(rq->call.route))
        rq->answer.log_as = str_of(rq->call.route->pattern);
    api_count(rq->call.server, rq->answer.status);
    if (exchange)
        exchange_answer(exchange, &rq->answer);
}

void api_finish(struct api_call *call, int r)
{
    finish(CONTAINER_OF(call, struct api_request, call), r);
}

bool api_soon(struct api_call *call, struct task *task)
{
    return pool_submit(call->server->workers, task);
}

static void write_done(struct store_write *write, int r)
{
    struct api_request *rq = CONTAINER_OF(write, struct api_request, write);

    if (r == 0)
        atomic_fetch_add(&rq->call.server->writes, 1);
    finish(rq, r);
}

/* After api_prepare() worked, and the request was no read. */
static void proceed(struct api_request *rq)
{
    enum api_mode mode = rq->call.route->mode;
    int r;

    if (rq->call.route->begin) {
        r = rq->call.route->begin(&rq->op, &rq->call, &rq->answer);
        if (r < 0)
            finish(rq, r);
        return;
    }
    if (mode == API_WORK || mode == API_PASSWORD) {
        finish(rq, api_handle(&rq->op, rq));
        return;
    }
    if (mode == API_STREAM) {
        r = api_streams_open(rq);
        if (r < 0)
            finish(rq, r);
        return;
    }
    rq->write = (struct store_write){
        .op = &rq->op, .fn = api_handle, .ctx = rq, .done = write_done
    };
    r = store_submit(rq->op.world->store, &rq->write);
    if (r < 0)
        finish(rq, op_fail(&rq->op, ERR_UNAVAILABLE, "too many writes are waiting"));
}

static void run(struct task *task)
{
    struct api_request *rq = CONTAINER_OF(task, struct api_request, task);
    int r = store_read(&rq->op, api_prepare, rq);

    if (r == 0)
        touch(rq);
    if (r < 0 || rq->call.route->mode == API_READ)
        finish(rq, r);
    else
        proceed(rq);
}

static struct pool *pool_of(struct api_server *api, enum api_mode mode)
{
    return mode == API_WORK       ? api->workers
           : mode == API_PASSWORD ? api->hashers
                                  : api->readers;
}

static void begin(struct api_server *api, struct op *op, const struct http_request *rq,
                  struct api_request *ret)
{
    *ret = (struct api_request){ .op = *op, .call = { .rq = rq, .server = api } };
    ret->op.world = api->config.world;
    ret->op.now = clock_now(api->config.world->clock);
    ret->op.db = NULL;
    ret->op.workspace = 0;
    ret->op.actor = (struct actor){ 0 };
    ret->op.err = (struct err){ 0 };
}

static bool is_ours(struct str path)
{
    return str_starts(path, STR("/api/")) || str_starts(path, STR("/test/"));
}

/* Who came with a browser reads a page, a program its problem. */
static void say_nothing_there(struct api_request *rq)
{
    const struct http_request *http = rq->call.rq;
    struct page_ask ask = { .rq = http };

    if (!is_ours(http->path) &&
        str_find(http_header(http, "Accept"), STR("text/html")) >= 0)
        sheet_missing(&rq->op, &ask, &rq->answer);
    else
        http_problem(rq->op.arena, 404, STR("there is nothing at this address"),
                     &rq->answer);
}

/* What can be said without looking at the caller: 0 when there is a route, else
 * rq->answer is complete. */
enum { ANSWERED = 1 };

static int route(struct api_request *rq)
{
    struct api_server *api = rq->call.server;
    const struct http_request *http = rq->call.rq;
    struct op *op = &rq->op;
    struct str decoded;
    int r = api_route_find(api, op->arena, http->method, http->path, &rq->call);

    if (r == 0)
        return 0;
    if (r == API_NO_METHOD) {
        http_problem(op->arena, 405, STR("this address does not take this method"),
                     &rq->answer);
        http_add(op->arena, &rq->answer.headers, STR("Allow"),
                 api_route_methods(api, op->arena, http->path));
        return ANSWERED;
    }
    if (!http_decode(op->arena, http->path, false, &decoded)) {
        http_problem(op->arena, 400,
                     STR("the path is not UTF-8 in percent encoding, or has a NUL"),
                     &rq->answer);
        return ANSWERED;
    }
    if (!is_ours(http->path) && api->config.pages &&
        api->config.pages(op->arena, http, &rq->answer) == 0)
        return ANSWERED;
    say_nothing_there(rq);
    return ANSWERED;
}

void api_on_request(struct exchange *exchange, void *ctx)
{
    struct api_server *api = ctx;
    struct arena *arena = exchange_arena(exchange);
    struct api_request *rq = arena_new(arena, struct api_request, 1);
    struct op op = { .arena = arena, .id = exchange_id(exchange) };

    begin(api, &op, exchange_request(exchange), rq);
    rq->exchange = exchange;
    if (route(rq) == ANSWERED) {
        api_count(api, rq->answer.status);
        exchange_answer(exchange, &rq->answer);
        return;
    }
    if (rq->call.route->mode == API_LOOP) {
        finish(rq, api_handle(&rq->op, rq));
        return;
    }
    rq->task.run = run;
    if (!pool_submit(pool_of(api, rq->call.route->mode), &rq->task))
        finish(rq, op_fail(&rq->op, ERR_UNAVAILABLE,
                           "too many requests are waiting: try again"));
}

size_t api_max_body(struct str method, struct str path, void *ctx)
{
    struct api_server *api = ctx;
    struct api_call call = { 0 };
    ARENA(scratch);

    if (api_route_find(api, &scratch, method, path, &call) != 0)
        return MIB(1);
    return call.route->max_body > 0 ? call.route->max_body : MIB(1);
}

static int run_here(struct api_request *rq)
{
    int r;

    if (rq->call.route->mode == API_LOOP)
        return api_handle(&rq->op, rq);
    r = store_read(&rq->op, api_prepare, rq);
    if (r < 0)
        return r;
    touch(rq);
    switch (rq->call.route->mode) {
    case API_READ:
        return 0;
    case API_WRITE:
        return store_write(&rq->op, api_handle, rq);
    case API_STREAM:
        return op_fail(&rq->op, ERR_INTERNAL, "a stream needs a connection");
    default:
        return api_handle(&rq->op, rq);
    }
}

void api_dispatch(struct api_server *api, struct op *op, const struct http_request *rq,
                  struct http_answer *ret)
{
    struct api_request *request = arena_new(op->arena, struct api_request, 1);

    begin(api, op, rq, request);
    if (route(request) == 0) {
        size_t max = api_max_body(rq->method, rq->path, api);
        int r = rq->body.n <= max ? 0
                                  : op_fail(&request->op, ERR_TOO_LARGE,
                                            "the body is larger than %zu bytes", max);
        finish(request, r < 0 ? r : run_here(request));
    }
    op->err = request->op.err;
    *ret = request->answer;
}

static void on_commit(void *ctx)
{
    struct api_server *api = ctx;

    api_streams_wake(api->streams);
}

int api_server_new(struct op *op, const struct api_config *config,
                   struct api_server **ret)
{
    struct api_server *api;

    if (sodium_init() < 0)
        return op_fail(op, ERR_UNAVAILABLE, "the cryptographic library does not start");
    api = must_zalloc(sizeof(*api));
    api->config = *config;
    api->started_at = clock_monotonic();
    api_routes_collect(api);
    api->streams = api_streams_new(api);
    api->meter = meter_new(op);
    store_on_change(config->world->store, on_commit, api);
    *ret = api;
    return 0;
}

void api_server_start(struct api_server *api)
{
    if (api->running)
        return;
    api->running = true;
    api->readers = pool_new("api-read", READERS, MAX_READS);
    api->workers = pool_new("api-work", WORKERS, MAX_WORK);
    api->hashers = pool_new("api-hash", HASHERS, MAX_HASHES);
    api_streams_start(api->streams);
}

void api_server_stop(struct api_server *api)
{
    if (!api->running)
        return;
    api->running = false;
    api_streams_stop(api->streams);
    pool_free(TAKE(api->readers));
    pool_free(TAKE(api->workers));
    pool_free(TAKE(api->hashers));
}

void api_server_free(struct api_server *api)
{
    if (!api)
        return;
    api_server_stop(api);
    api_streams_free(api->streams);
    meter_free(api->meter);
    free(api->routes);
    free(api);
}
