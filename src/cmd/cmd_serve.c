/* cmd_serve.c - draht serve: the whole program in one process.
 *
 * With --clock the time is virtual: it stands still until POST /test/v1/clock
 * moves it, and that call answers after everything that fell due has run.
 * SIGTERM and SIGINT end it, SIGHUP makes it open its log and read its certificate anew.
 */
#include "cmd/command.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>

#include "admin/account.h"
#include "admin/link.h"
#include "admin/workspace.h"
#include "api/api_server.h"
#include "base/log.h"
#include "cmd/cmd_demo.h"
#include "cmd/notify.h"
#include "cmd/test_clock.h"
#include "db/durable.h"
#include "db/space.h"
#include "event/event.h"
#include "web/web.h"
#include "work/watch.h"
#include "work/work_measure.h"
#include "work/work_poll.h"
#include "work/work_read_again.h"
#include "work/work_train.h"
#include "work/works.h"

enum {
    READERS = 6,
    GRACE_MS = 5000,
    TALK_GRACE_MS = 3000,
    TICK_MS = 500,
    LARGE_BYTES = 256 * 1024
};

struct serve {
    struct process process;
    struct api_server *api;
    struct server *server;
    sigset_t signals;
};

/* Under --clock: not before the newest event, so that the log stays in order. */
static int set_clock(struct op *op, void *ctx)
{
    int64_t wanted = *(int64_t *)ctx, newest;
    int r = 0;

    if (wanted) {
        r = event_newest_at(op, &newest);
        if (r < 0)
            return r;
        wanted = newest > wanted ? newest : wanted;
    }
    *(int64_t *)ctx = wanted;
    return store_clock_set(op, wanted);
}

static int start_clock(struct op *op, struct process *p, int64_t wanted)
{
    int r = store_write(op, set_clock, &wanted);

    if (r < 0)
        return r;
    if (wanted)
        clock_set(&p->clock, wanted);
    else
        p->clock.frozen_at = 0;
    op->now = clock_now(&p->clock);
    return 0;
}

/* An empty store: whoever started the program gets an address to set it up. */
static int make_setup_link(struct op *op, void *ctx)
{
    struct str *token = ctx;
    int r = account_any(op);

    if (r != ACCOUNT_NOT_FOUND)
        return r;
    op->workspace = 0;
    return link_new(op, "setup", 0, token);
}

/* What can be polled is polled, also what an older program had connected; and what an
 * older program found in messages is read again. */
static int plan_work(struct op *op, void *ctx UNUSED)
{
    int64_t workspace = 0;
    int r;

    while ((r = workspace_next(op, workspace, &workspace)) == 0) {
        op->workspace = workspace;
        r = poll_plan_all(op);
        if (r >= 0)
            r = reading_plan(op);
        if (r >= 0)
            r = measure_plan_all(op);
        if (r >= 0)
            r = training_plan_anew(op);
        if (r < 0)
            break;
    }
    op->workspace = 0;
    return r < 0 ? r : 0;
}

static int agree_on_key(struct op *op, void *ctx)
{
    return secret_key_agree(op, *(const bool *)ctx);
}

static int look_at_database(struct op *op, void *ctx)
{
    const struct conf *conf = ctx;
    struct str weak;
    int64_t skew;
    int r = durable_look(op, conf->db_standbys, &weak);

    if (r >= 0)
        r = durable_skew(op, &skew);
    if (r < 0)
        return r;
    if (weak.n)
        log_line(LOG_ERROR, op->id, "event=database_weak text=" STR_FMT,
                 STR_ARG(log_quoted(op->arena, weak)));
    if (skew > DURABLE_MAX_SKEW_MS || skew < -DURABLE_MAX_SKEW_MS)
        log_line(LOG_ERROR, op->id, "event=clock_differs ms=%lld", (long long)skew);
    return 0;
}

/* What all nodes of one store must have in common, and what they stand on. */
static int join(struct op *op, struct call *call)
{
    struct conf conf = *call->conf;
    bool anew = call_flag(call, "new-key");
    int r = store_write(op, agree_on_key, &anew);

    return r < 0 ? r : store_read(op, look_at_database, &conf);
}

static const char *optional_path(struct op *op, struct str path)
{
    return path.n ? arena_cstr(op->arena, path) : NULL;
}

static int start_server(struct op *op, const struct conf *conf, struct serve *s)
{
    bool v6 =
        conf->listen.host.n && memchr(conf->listen.host.p, ':', conf->listen.host.n);
    struct server_config config = {
        .listen = arena_fmt(op->arena, v6 ? "[" STR_FMT "]:%lld" : STR_FMT ":%lld",
                            STR_ARG(conf->listen.host), (long long)conf->listen.port),
        .certificate = optional_path(op, conf->tls_certificate),
        .key = optional_path(op, conf->tls_key),
        .on_request = api_on_request,
        .max_body = api_max_body,
        .ctx = s->api,
    };
    int r = proxies_read(op, conf->trusted_proxy.items, conf->trusted_proxy.count,
                         &config.proxies);

    if (r < 0)
        return op_fail(op, r, "trusted_proxy: " STR_FMT, STR_ARG(op->err.text));
    return server_start(op, &config, &s->server);
}

static int build(struct op *op, const struct conf *conf, struct serve *s)
{
    struct api_config config = {
        .world = &s->process.world,
        .version = STR(DRAHT_VERSION),
        .base_url = conf->public_url,
        .pages = web_answer,
        .routes = conf->clock ? test_clock_routes : NULL,
        .ctx = &s->process,
    };
    int r = api_server_new(op, &config, &s->api);

    if (r < 0)
        return r;
    s->process.world.watcher = watcher_new(&s->process.world);
    s->process.runner = runner_new(&s->process.world, works);
    store_start(s->process.store);
    api_server_start(s->api);
    r = start_server(op, conf, s);
    if (r < 0)
        return r;
    api_server_attach(s->api, s->server);
    watcher_start(s->process.world.watcher);
    runner_start(s->process.runner, (unsigned)conf->workers);
    return 0;
}

static void announce(struct op *op, const struct conf *conf, const struct serve *s,
                     struct str setup_token)
{
    struct str address =
        arena_fmt(op->arena, "%s://" STR_FMT, conf->tls_certificate.n ? "https" : "http",
                  STR_ARG(server_address(s->server)));
    struct str shown = conf->public_url.n ? conf->public_url : address;

    if (setup_token.n)
        printf("set up at " STR_FMT "/setup?token=" STR_FMT "\n", STR_ARG(shown),
               STR_ARG(setup_token));
    printf("listening on " STR_FMT "\n", STR_ARG(address));
    fflush(stdout);
}

static int open_log(struct op *op, const struct conf *conf)
{
    if (conf->log_file.n && !log_to_file(arena_cstr(op->arena, conf->log_file)))
        return op_fail(op, ERR_UNAVAILABLE,
                       "the log file " STR_FMT " cannot be opened: %s",
                       STR_ARG(conf->log_file), strerror(errno));
    return 0;
}

/* Whoever turns the logs has moved the file away. */
static void reopen_log(struct op *op, const struct conf *conf)
{
    if (open_log(op, conf) < 0)
        op_log_failure(op);
    else
        log_line(LOG_INFO, op->id, "event=log_opened");
    op->err = (struct err){ 0 };
}

/* A certificate that cannot be used must not take the server down: the old one stays. */
static void renew_certificate(struct op *op, struct serve *s)
{
    if (server_renew_tls(op, s->server) < 0)
        op_log_failure(op);
    else
        log_line(LOG_INFO, op->id, "event=certificate_read");
    op->err = (struct err){ 0 };
}

/* Until somebody asks us to stop. Commands write to the same store: look for
 * what they left to do. */
static void wait_for_the_end(struct op *op, const struct conf *conf, struct serve *s)
{
    const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };

    for (;;) {
        int signal = sigtimedwait(&s->signals, NULL, &tick);

        if (signal == SIGHUP) {
            reopen_log(op, conf);
            renew_certificate(op, s);
        } else if (signal > 0) {
            return;
        } else if (errno == EAGAIN) {
            runner_wake(s->process.runner);
            space_now(s->process.store); /* logs when the disk fills */
        }
    }
}

/* A network that does not answer gets so long; what was on its way to it is unknown then,
 * and read back after the next start. */
static void take_apart(struct serve *s)
{
    atomic_store(&s->process.ends_at, clock_monotonic() + TALK_GRACE_MS);
    if (s->server)
        server_stop(s->server, GRACE_MS);
    if (s->api)
        api_server_stop(s->api);
    watcher_stop(s->process.world.watcher);
    if (s->process.runner)
        runner_stop(s->process.runner);
    process_close(&s->process);
    api_server_free(s->api);
    runner_free(s->process.runner);
    watcher_free(s->process.world.watcher);
    server_free(s->server);
}

/* Before any thread exists: they all inherit it, and only this one waits. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* What a body of megabytes took goes back to the system when it is done with: glibc would
 * raise its threshold after the first one, and keep the next in the heap of a thread. */
static void keep_memory_low(void)
{
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    mallopt(M_TRIM_THRESHOLD, LARGE_BYTES);
}

static int serve(struct op *op, struct call *call)
{
    struct serve s = { .server = NULL };
    struct str setup_token = STR("");
    int r;

    keep_memory_low();
    block_signals(&s.signals);
    r = process_open(op, call->conf, READERS, &s.process);
    if (r >= 0)
        r = join(op, call);
    if (r >= 0)
        r = start_clock(op, &s.process, call->conf->clock);
    if (r >= 0 && call_flag(call, "demo"))
        r = demo_prepare(op, call->conf);
    if (r >= 0)
        r = store_write(op, make_setup_link, &setup_token);
    if (r >= 0)
        r = store_write(op, plan_work, NULL);
    if (r >= 0)
        r = build(op, call->conf, &s);
    if (r >= 0)
        r = open_log(op, call->conf);
    if (r >= 0) {
        announce(op, call->conf, &s, setup_token);
        notify("READY=1");
        wait_for_the_end(op, call->conf, &s);
        notify("STOPPING=1");
        log_line(LOG_INFO, op->id, "event=stopping");
    }
    take_apart(&s);
    return r;
}

const struct command command_serve = {
    .name = "serve",
    .usage = "[--data DIR] [--listen ADDR:PORT] [--db URL] [--allow-host HOST] [--demo] "
             "[--new-key]",
    .help = "Run the server; --demo fills an empty store with a shop to try things with.",
    .options = "",
    .flags = "demo new-key",
    .store = COMMAND_OWN_STORE,
    .run = serve,
};
