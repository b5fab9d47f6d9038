/* api_machine.c - for machines: does it live, is it ready, how is it doing.
 *
 * Nothing here tells about people. Metrics are for the machine itself or for a token
 * with the right `audit`; behind a proxy every request seems to come from the machine,
 * so one that says it was forwarded needs the token.
 */
#include "api/api_parts.h"

#include "admin/workspace.h"
#include "api/stmt.h"
#include "base/clock.h"
#include "db/space.h"

static int health(struct op *op, struct api_call *call, struct http_answer *ret)
{
    (void)op;
    (void)call;
    ret->status = 200;
    ret->content_type = "text/plain; charset=utf-8";
    ret->body = STR("ok\n");
    return 0;
}

static int read_something(struct op *op, void *ctx)
{
    int64_t n;
    int r = db_number(op, &n, &SQL_READY, ARG_INT(0));

    (void)ctx;
    return r < 0 ? r : 0;
}

static int ready(struct op *op, struct api_call *call, struct http_answer *ret)
{
    int r = read_something(op, NULL);

    if (r < 0) {
        (void)op_detail(op, r, "/readyz");
        op->err.kind = ERR_UNAVAILABLE;
        op->err.text = STR("the store does not answer");
        return ERR_UNAVAILABLE;
    }
    r = health(op, call, ret);
    ret->body = arena_fmt(op->arena, STR_FMT "disk %s\n", STR_ARG(ret->body),
                          space_level_name(space_now(op->world->store).level));
    return r;
}

static bool is_forwarded(const struct http_request *rq)
{
    return http_header(rq, "Forwarded").p || http_header(rq, "X-Forwarded-For").p ||
           http_header(rq, "Via").p;
}

static int may_measure(struct op *op, const struct api_call *call)
{
    const struct http_request *rq = call->rq;
    bool here = str_starts(rq->remote, STR("127.")) || str_is(rq->remote, "::1") ||
                str_starts(rq->remote, STR("::ffff:127."));

    if (call->who.account_id != 0)
        return api_need_right(op, call, "audit");
    if (here && !is_forwarded(rq))
        return 0;
    return op_fail(op, ERR_LOGIN, "this needs a token with the right audit");
}

static void head(struct strbuf *out, const char *name, const char *type, const char *help)
{
    strbuf_fmt(out, "# HELP draht_%s %s\n# TYPE draht_%s %s\n", name, help, name, type);
}

static void number(struct strbuf *out, const char *name, const char *type,
                   const char *help, int64_t value)
{
    head(out, name, type, help);
    strbuf_fmt(out, "draht_%s %lld\n", name, (long long)value);
}

/* The name of a label's value; states come from our own tables. */
static void labelled(struct strbuf *out, const char *name, const char *label,
                     struct str value, int64_t n)
{
    strbuf_fmt(out, "draht_%s{%s=\"" STR_FMT "\"} %lld\n", name, label, STR_ARG(value),
               (long long)n);
}

/* Writes divided by commits is the size of a batch; flushes divided by messages says what
 * a message costs the disk. */
static void put_store(struct strbuf *out, struct store *store)
{
    struct store_counters counters = store_counters(store);
    struct space space = space_now(store);

    number(out, "writes_total", "counter", "Writes that were committed.",
           counters.writes);
    number(out, "commits_total", "counter", "Commits that they shared.",
           counters.commits);
    number(out, "flushes_total", "counter",
           "Flushes of the disk (on PostgreSQL: commits).", counters.flushes);
    number(out, "statements_total", "counter",
           "Statements to the database, those that begin and end transactions included.",
           db_statements());
    number(out, "writes_waiting", "gauge", "Writes that wait for the disk.",
           counters.waiting);
    number(out, "disk_free_bytes", "gauge", "Room on the disk of the database.",
           space.free);
    number(out, "disk_size_bytes", "gauge", "Its size.", space.size);
    number(out, "disk_level", "gauge",
           "0 fine, 1 low (files are refused), 2 out (nothing comes in).", space.level);
}

static void put_process(struct strbuf *out, struct api_server *api)
{
    const struct server *http = atomic_load(&api->http);
    static const char *const classes[] = { "", "1xx", "2xx", "3xx", "4xx", "5xx" };

    head(out, "build_info", "gauge", "Version of the program.");
    labelled(out, "build_info", "version", api->config.version, 1);
    number(out, "uptime_seconds", "gauge", "Since the interface was made.",
           (clock_monotonic() - api->started_at) / 1000);
    head(out, "http_answers_total", "counter", "Answers of the interface by status.");
    for (size_t i = 1; i < COUNT_OF(classes); i++)
        labelled(out, "http_answers_total", "class", str_of(classes[i]),
                 (int64_t)atomic_load(&api->answers[i]));
    number(out, "http_connections", "gauge", "Open connections.",
           http ? server_connections(http) : 0);
    number(out, "event_streams", "gauge", "Open event streams.",
           (int64_t)api_streams_count(api->streams));
    put_store(out, api->config.world->store);
    number(out, "api_writes_total", "counter", "Writes that the interface had committed.",
           (int64_t)atomic_load(&api->writes));
}

enum { MAX_STATES = 16 };

struct tally {
    struct str state;
    int64_t n;
};

static int count_outbox(struct op *op, int64_t workspace, struct tally *tallies)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_METRICS_OUTBOX, ARG_INT(workspace));

    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        struct str state = db_text(op, rows, 0);
        size_t i = 0;
        while (i < MAX_STATES - 1 && tallies[i].state.n > 0 &&
               !str_eq(tallies[i].state, state))
            i++;
        tallies[i].state = state;
        tallies[i].n += db_int(rows, 1);
    }
    return r;
}

/* Since when the oldest doubt waits to be cleared, of all workspaces; 0: there is none.
 */
static int oldest_unknown(struct op *op, int64_t workspace, int64_t *oldest)
{
    int64_t since = 0;
    int r = db_number(op, &since, &SQL_METRICS_UNKNOWN, ARG_INT(workspace));

    if (r < 0)
        return r;
    if (since && (!*oldest || since < *oldest))
        *oldest = since;
    return 0;
}

static int count_raw(struct op *op, int64_t workspace, const char *state, int64_t *sum)
{
    int64_t n = 0;
    int r =
        db_number(op, &n, &SQL_METRICS_RAW, ARG_INT(workspace), ARG_TEXT(str_of(state)));

    if (r < 0)
        return r;
    *sum += n;
    return 0;
}

static int put_work(struct op *op, struct strbuf *out)
{
    struct tally tallies[MAX_STATES] = { 0 };
    int64_t jobs = 0, waiting = 0, failed = 0, workspace = 0, unknown = 0;
    int r = db_number(op, &jobs, &SQL_METRICS_JOBS_DUE, ARG_INT(op->now));

    while (r >= 0 && (r = workspace_next(op, workspace, &workspace)) == 0) {
        r = count_outbox(op, workspace, tallies);
        if (r == 0)
            r = oldest_unknown(op, workspace, &unknown);
        if (r == 0)
            r = count_raw(op, workspace, "received", &waiting);
        if (r == 0)
            r = count_raw(op, workspace, "failed", &failed);
    }
    if (r < 0)
        return r;
    number(out, "jobs_due", "gauge", "Jobs whose time has come.", jobs);
    head(out, "outbox", "gauge", "Replies by state.");
    for (size_t i = 0; i < MAX_STATES && tallies[i].state.n > 0; i++)
        labelled(out, "outbox", "state", tallies[i].state, tallies[i].n);
    number(out, "outbox_unknown_seconds", "gauge",
           "How long the oldest reply in doubt has waited to be cleared.",
           unknown ? (op->now - unknown) / 1000 : 0);
    head(out, "raw_items", "gauge", "What arrived and is not understood yet.");
    labelled(out, "raw_items", "state", STR("waiting"), waiting);
    labelled(out, "raw_items", "state", STR("failed"), failed);
    return 0;
}

static int metrics(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct strbuf out = STRBUF(op->arena);
    int r = may_measure(op, call);

    if (r < 0)
        return r;
    put_process(&out, call->server);
    r = put_work(op, &out);
    if (r < 0)
        return r;
    ret->status = 200;
    ret->content_type = "text/plain; version=0.0.4; charset=utf-8";
    ret->body = strbuf_str(&out);
    return 0;
}

const struct api_route api_machine_routes[] = {
    {
        .method = "GET",
        .pattern = "/healthz",
        .mode = API_LOOP,
        .access = API_ANYBODY,
        .produces = "text/plain",
        .summary = "The process lives.",
        .handle = health,
    },
    {
        .method = "GET",
        .pattern = "/readyz",
        .mode = API_READ,
        .access = API_ANYBODY,
        .produces = "text/plain",
        .summary = "The store answers.",
        .handle = ready,
    },
    {
        .method = "GET",
        .pattern = "/metrics",
        .mode = API_READ,
        .access = API_ANYBODY,
        .produces = "text/plain",
        .summary = "Figures of the machine, for Prometheus.",
        .handle = metrics,
    },
    { NULL },
};
