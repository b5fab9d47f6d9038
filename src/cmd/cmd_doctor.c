/* cmd_doctor.c - draht doctor: what is wrong with this installation, and what to do.
 *
 * Looks and changes nothing: it makes no key, brings no schema forward and takes no
 * lease, so it may be run beside the server, by whoever got the call at night. Each
 * check is one row; one that fails itself is a finding, and the others go on.
 */
#include "cmd/command.h"

#include <errno.h>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "admin/workspace.h"
#include "api/stmt.h"
#include "base/embed.h"
#include "db/durable.h"
#include "db/migrate.h"
#include "dialogue/channel.h"
#include "event/event.h"
#include "net/proxies.h"
#include "net/tls.h"

enum {
    WARN_FREE_PERCENT = 5,
    BAD_FREE_PERCENT = 2,
    WARN_TLS_DAYS = 21,
    WARN_FILES = 8192,            /* each browser holds one */
    MAX_AHEAD_MS = 5 * 60 * 1000, /* of the newest event before our clock */
    ANSWER_MS = 3000,             /* of the server that may be running */
};

enum level { FINE, NOTE, WARNING, BAD };
static const char *const level_names[] = { "ok", "note", "warning", "bad" };

struct doctor {
    struct call *call;
    const struct conf *conf;
    struct world world;
    struct clock clock;
    struct secret_key key;
    struct gate gate;
    struct http_client_curl http;
    struct str loopback[1];
    struct db *db; /* NULL: there is none, or it cannot be opened */
    unsigned counts[COUNT_OF(level_names)];
};

struct finding {
    enum level level;
    struct str text;
};

#define FOUND(ret_, level_, ...)                                                         \
    (*(ret_) = (struct finding){ (level_), arena_fmt(op->arena, __VA_ARGS__) }, 0)

static int look_at_folder(struct op *op, struct doctor *d, struct finding *ret)
{
    const char *folder = arena_cstr(op->arena, d->conf->data);
    struct stat info;

    if (stat(folder, &info) != 0)
        return FOUND(ret, BAD, "%s cannot be used: %s; the first `draht serve` makes it",
                     folder, strerror(errno));
    if (!S_ISDIR(info.st_mode))
        return FOUND(ret, BAD, "%s is no folder", folder);
    if (access(folder, W_OK | X_OK) != 0)
        return FOUND(ret, BAD, "%s cannot be written by this user", folder);
    if (info.st_mode & 077)
        return FOUND(ret, WARNING, "%s is open to other users: chmod 700 %s", folder,
                     folder);
    return FOUND(ret, FINE, "%s", folder);
}

static int look_at_space(struct op *op, struct doctor *d, struct finding *ret)
{
    struct statvfs fs;
    unsigned long long percent, mib;
    enum level level;

    if (statvfs(arena_cstr(op->arena, d->conf->data), &fs) != 0 || fs.f_blocks == 0)
        return FOUND(ret, NOTE, "the free space cannot be asked for");
    percent = (unsigned long long)fs.f_bavail * 100 / fs.f_blocks;
    mib = (unsigned long long)fs.f_bavail * fs.f_frsize / (1024ULL * 1024);
    level = percent < BAD_FREE_PERCENT    ? BAD
            : percent < WARN_FREE_PERCENT ? WARNING
                                          : FINE;
    return FOUND(ret, level, "%llu %% free (%llu MiB)%s", percent, mib,
                 level == FINE ? "" : ": make room before messages are refused");
}

static int look_at_key(struct op *op, struct doctor *d, struct finding *ret)
{
    int r = secret_key_look(op, d->conf->key_file, &d->key);

    if (r == ERR_NOT_FOUND)
        return FOUND(ret, d->db ? BAD : NOTE, STR_FMT "%s", STR_ARG(op->err.text),
                     d->db ? ": put the copy of it in place, or secrets stay sealed"
                           : ": the first `draht serve` makes it");
    if (r < 0)
        return r;
    d->world.key = &d->key;
    return FOUND(ret, FINE, STR_FMT, STR_ARG(d->conf->key_file));
}

static int look_at_files(struct op *op, struct doctor *d, struct finding *ret)
{
    struct rlimit limit;

    (void)d;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return FOUND(ret, NOTE, "the limit of open files cannot be asked for");
    if (limit.rlim_cur < WARN_FILES)
        return FOUND(
            ret, NOTE,
            "at most %llu open files here; each open browser needs one, so raise "
            "it (LimitNOFILE=) for thousands of them",
            (unsigned long long)limit.rlim_cur);
    return FOUND(ret, FINE, "at most %llu", (unsigned long long)limit.rlim_cur);
}

static int look_at_tls(struct op *op, struct doctor *d, struct finding *ret)
{
    int days, r;

    if (!d->conf->tls_certificate.n)
        return FOUND(ret, NOTE, "no certificate: the server speaks HTTP");
    r = tls_days_left(op, arena_cstr(op->arena, d->conf->tls_certificate), &days);
    if (r < 0)
        return r;
    if (days < 0)
        return FOUND(ret, BAD, "the certificate has expired: renew it, then restart");
    return FOUND(ret, days < WARN_TLS_DAYS ? WARNING : FINE,
                 "the certificate holds for %d days", days);
}

static bool is_loopback(struct str host)
{
    return str_starts(host, STR("127.")) || str_is(host, "::1") ||
           str_is(host, "localhost");
}

static int look_at_address(struct op *op, struct doctor *d, struct finding *ret)
{
    const struct conf *conf = d->conf;
    bool secure = conf->tls_certificate.n || str_starts(conf->public_url, STR("https:"));

    if (!is_loopback(conf->listen.host) && !secure)
        return FOUND(
            ret, WARNING,
            "listens beyond this machine without TLS: set tls_certificate and "
            "tls_key, or public_url to the https address of the proxy before it");
    if (!conf->public_url.n)
        return FOUND(
            ret, NOTE,
            "public_url is not set: links in the interface name the address that "
            "the server listens on");
    return FOUND(ret, FINE, STR_FMT, STR_ARG(conf->public_url));
}

/* No house's own network is so large: less than 8 bits of IPv4, less than 16 of IPv6. */
static bool is_half_the_world(const struct proxies_range *range)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    bool four = range->bits >= 96 && memcmp(range->prefix, mapped, sizeof(mapped)) == 0;

    return four ? range->bits < 96 + 8 : range->bits < 16;
}

/* A web server before us on another machine, and nobody trusted: then all people behind
 * it are one sender, with one share of the requests. Everybody trusted: then each may
 * say who he is. */
static int look_at_proxies(struct op *op, struct doctor *d, struct finding *ret)
{
    const struct conf *conf = d->conf;
    struct proxies proxies;
    int r =
        proxies_read(op, conf->trusted_proxy.items, conf->trusted_proxy.count, &proxies);

    if (r < 0)
        return FOUND(ret, BAD, "trusted_proxy: " STR_FMT ": the server does not start",
                     STR_ARG(op->err.text));
    for (size_t i = 0; i < proxies.count; i++)
        if (is_half_the_world(&proxies.ranges[i]))
            return FOUND(ret, BAD,
                         "trusted_proxy believes half the world, so anybody can claim "
                         "any address: name the web servers before this one alone");
    if (!proxies.count && !is_loopback(conf->listen.host) && !conf->tls_certificate.n &&
        str_starts(conf->public_url, STR("https:")))
        return FOUND(ret, WARNING,
                     "a web server on another machine seems to be before this one, and "
                     "all who come through it count as one sender: name it in "
                     "trusted_proxy");
    if (!proxies.count)
        return FOUND(ret, FINE, "only web servers on this machine are believed");
    return FOUND(ret, FINE, "%zu addresses or networks are believed", proxies.count);
}

/* Whether a server runs is no fault: the doctor also looks at stopped ones. */
static int look_at_server(struct op *op, struct doctor *d, struct finding *ret)
{
    bool v6 = memchr(d->conf->listen.host.p, ':', d->conf->listen.host.n) != NULL;
    struct str host =
        is_loopback(d->conf->listen.host) ? d->conf->listen.host : STR("127.0.0.1");
    struct http_call call = {
        .url = arena_fmt(op->arena,
                         v6 ? "%s://[" STR_FMT "]:%lld/readyz"
                            : "%s://" STR_FMT ":%lld/readyz",
                         d->conf->tls_certificate.n ? "https" : "http", STR_ARG(host),
                         (long long)d->conf->listen.port),
        .connect_ms = ANSWER_MS,
        .total_ms = ANSWER_MS,
    };
    struct http_reply reply;
    int r;

    d->loopback[0] = host;
    r = d->http.base.send(op, &d->http.base, &call, &reply);
    if (r < 0)
        return r;
    if (r > 0)
        return FOUND(ret, NOTE, "none answers at " STR_FMT, STR_ARG(call.url));
    if (reply.status != 200)
        return FOUND(ret, BAD, "it runs and is not ready: " STR_FMT " answers %d",
                     STR_ARG(call.url), reply.status);
    return FOUND(ret, FINE, "answers at " STR_FMT, STR_ARG(call.url));
}

static bool store_is_missing(const struct conf *conf, struct arena *arena)
{
    struct str scheme = STR("sqlite:");
    struct str path = str_sub(conf->db, scheme.n, conf->db.n);

    return str_starts(conf->db, scheme) && access(arena_cstr(arena, path), F_OK) != 0;
}

static int look_at_store(struct op *op, struct doctor *d, struct finding *ret)
{
    int64_t version, pending;
    int r;

    if (store_is_missing(d->conf, op->arena))
        return FOUND(ret, NOTE, "there is none yet: the first `draht serve` makes it");
    r = db_open(op, d->conf->db, true, &d->db);
    if (r < 0)
        return r;
    op->db = d->db;
    r = migrate_look(op, schema_files, &version, &pending);
    if (r == ERR_NOT_FOUND) {
        db_close(d->db);
        op->db = d->db = NULL;
        return FOUND(ret, NOTE, "it is empty: the first `draht serve` makes the tables");
    }
    if (r < 0)
        return r;
    if (pending)
        return FOUND(ret, NOTE,
                     "%s, at migration %04lld; the next start brings it forward by %lld, "
                     "after a backup",
                     db_is_postgres(d->db) ? "PostgreSQL" : "SQLite", (long long)version,
                     (long long)pending);
    return FOUND(ret, FINE, "%s, at migration %04lld",
                 db_is_postgres(d->db) ? "PostgreSQL" : "SQLite", (long long)version);
}

static int look_at_damage(struct op *op, struct doctor *d, struct finding *ret)
{
    struct str words;
    int r = db_damage(op, &words);

    (void)d;
    if (r < 0)
        return r;
    if (!str_is(words, "ok"))
        return FOUND(ret, BAD, "damaged (" STR_FMT "): restore the newest backup",
                     STR_ARG(words));
    return FOUND(ret, FINE, "the engine finds none");
}

static int look_at_flushing(struct op *op, struct doctor *d, struct finding *ret)
{
    int64_t standbys = d->conf->db_standbys;
    struct str weak;
    int r = durable_look(op, standbys, &weak);

    if (r < 0)
        return r;
    if (weak.n)
        return FOUND(ret, WARNING, STR_FMT, STR_ARG(weak));
    if (standbys)
        return FOUND(ret, FINE, "each commit is on the disk of %lld standbys too",
                     (long long)standbys);
    return FOUND(ret, FINE,
                 "each commit is on the disk of the one server; another copy is only in "
                 "the backups");
}

static int look_at_secrets(struct op *op, struct doctor *d, struct finding *ret)
{
    int64_t all = 0, closed = 0, count, bad;
    int r;

    if (!d->world.key)
        return FOUND(ret, BAD, "cannot be opened without the key");
    op->workspace = 0;
    while ((r = workspace_next(op, op->workspace, &op->workspace)) == 0) {
        r = secret_check(op, &count, &bad);
        if (r < 0)
            return r;
        all += count;
        closed += bad;
    }
    if (r < 0)
        return r;
    if (closed)
        return FOUND(ret, BAD,
                     "%lld of %lld cannot be opened: the key is not the one that sealed "
                     "them; put the right one in place or set those channels up anew",
                     (long long)closed, (long long)all);
    return FOUND(ret, FINE, "%lld, all can be opened", (long long)all);
}

static int look_at_clock(struct op *op, struct doctor *d, struct finding *ret)
{
    int64_t newest, frozen, skew = 0;
    int r = store_clock_get(op, &frozen);

    if (r >= 0)
        r = durable_skew(op, &skew);

    if (r >= 0)
        r = event_newest_at(op, &newest);
    if (r < 0)
        return r;
    if (frozen) {
        clock_set(&d->clock, frozen); /* the checks below go by it */
        return FOUND(ret, WARNING,
                     "the store has a virtual clock, for tests, at " STR_FMT,
                     STR_ARG(time_format(op->arena, frozen)));
    }
    if (skew > DURABLE_MAX_SKEW_MS || skew < -DURABLE_MAX_SKEW_MS)
        return FOUND(ret, WARNING,
                     "this machine is %lld ms before the database's: nodes compare the "
                     "ends of leases, so let one time service set both",
                     (long long)skew);
    if (newest > clock_now(&d->clock) + MAX_AHEAD_MS)
        return FOUND(ret, BAD,
                     "this machine says " STR_FMT ", and the newest event is of " STR_FMT
                     ": set the clock",
                     STR_ARG(time_format(op->arena, clock_now(&d->clock))),
                     STR_ARG(time_format(op->arena, newest)));
    return FOUND(ret, FINE, STR_FMT,
                 STR_ARG(time_format(op->arena, clock_now(&d->clock))));
}

/* Replies in a state, over all workspaces. */
static int count_outbox(struct op *op, const char *state, int64_t *ret)
{
    int64_t workspace = 0, sum = 0;
    int r;

    while ((r = workspace_next(op, workspace, &workspace)) == 0) {
        DB_ROWS(rows);

        r = db_query(op, &rows, &SQL_METRICS_OUTBOX, ARG_INT(workspace));
        while (r >= 0 && (r = db_next(op, rows)) > 0)
            if (str_is(db_text(op, rows, 0), state))
                sum += db_int(rows, 1);
        if (r < 0)
            return r;
    }
    *ret = sum;
    return r < 0 ? r : 0;
}

static int look_at_outbox(struct op *op, struct doctor *d, struct finding *ret)
{
    int64_t failed, uncertain;
    int r = count_outbox(op, "failed", &failed);

    (void)d;
    if (r >= 0)
        r = count_outbox(op, "uncertain", &uncertain);
    if (r < 0)
        return r;
    if (failed + uncertain)
        return FOUND(ret, WARNING,
                     "%lld replies have failed and %lld may or may not have left: they "
                     "wait in their conversations for a person",
                     (long long)failed, (long long)uncertain);
    return FOUND(ret, FINE, "no reply waits for a person's decision");
}

static int look_at_intake(struct op *op, struct doctor *d, struct finding *ret)
{
    int64_t workspace = 0, failed = 0, n;
    int r;

    (void)d;
    while ((r = workspace_next(op, workspace, &workspace)) == 0) {
        r = db_number(op, &n, &SQL_METRICS_RAW, ARG_INT(workspace),
                      ARG_TEXT(STR("failed")));
        if (r < 0)
            return r;
        failed += n;
    }
    if (r < 0)
        return r;
    if (failed)
        return FOUND(ret, WARNING,
                     "%lld items arrived and could not be understood; each channel's "
                     "health lists them, and they can be replayed",
                     (long long)failed);
    return FOUND(ret, FINE, "all that arrived was understood");
}

static int look_at_jobs(struct op *op, struct doctor *d, struct finding *ret)
{
    enum { LATE_MS = 10 * 60 * 1000 };
    int64_t late;
    int r = db_number(op, &late, &SQL_METRICS_JOBS_DUE,
                      ARG_INT(clock_now(&d->clock) - LATE_MS));

    if (r < 0)
        return r;
    if (late)
        return FOUND(ret, WARNING,
                     "%lld jobs are due for more than 10 minutes: is the server running?",
                     (long long)late);
    return FOUND(ret, FINE, "none is late");
}

static int look_at_channels(struct op *op, struct doctor *d, struct finding *ret)
{
    int64_t incomplete = 0, all = 0;
    struct channel *channels;
    size_t count;
    int r;

    (void)d;
    op->workspace = 0;
    while ((r = workspace_next(op, op->workspace, &op->workspace)) == 0) {
        r = channel_list(op, &channels, &count);
        if (r < 0)
            return r;
        for (size_t i = 0; i < count; i++) {
            if (channels[i].retired_at || !str_is(channels[i].mode, "dialogue"))
                continue;
            all++;
            incomplete += channel_gaps(&channels[i]) != 0;
        }
    }
    if (r < 0)
        return r;
    if (incomplete)
        return FOUND(
            ret, WARNING,
            "%lld of %lld that promise a dialogue lack an owner, a deputy, hours "
            "or a purpose",
            (long long)incomplete, (long long)all);
    return FOUND(ret, FINE, "%lld that promise a dialogue, all complete", (long long)all);
}

static const struct check {
    const char *name;
    bool store; /* needs the database */
    int (*look)(struct op *op, struct doctor *d, struct finding *ret);
} checks[] = {
    { "folder", false, look_at_folder },    { "space", false, look_at_space },
    { "open files", false, look_at_files }, { "tls", false, look_at_tls },
    { "address", false, look_at_address },  { "proxies", false, look_at_proxies },
    { "server", false, look_at_server },    { "store", false, look_at_store },
    { "key", false, look_at_key },          { "damage", true, look_at_damage },
    { "flushing", true, look_at_flushing }, { "secrets", true, look_at_secrets },
    { "clock", true, look_at_clock },       { "outbox", true, look_at_outbox },
    { "intake", true, look_at_intake },     { "jobs", true, look_at_jobs },
    { "channels", true, look_at_channels },
};

static void say(struct doctor *d, const struct check *check, const struct finding *found)
{
    const char *level = level_names[found->level];

    d->counts[found->level]++;
    if (!d->call->json) {
        printf("%-8s %-11s " STR_FMT "\n", level, check->name, STR_ARG(found->text));
        return;
    }
    json_begin_object(d->call->out, NULL);
    json_put_c(d->call->out, "check", check->name);
    json_put_c(d->call->out, "level", level);
    json_put_text(d->call->out, "text", found->text);
    json_end_object(d->call->out);
}

static void examine(struct op *op, struct doctor *d)
{
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        struct finding found;

        if (checks[i].store && !d->db)
            continue;
        op->err = (struct err){ 0 };
        if (checks[i].look(op, d, &found) < 0)
            found = (struct finding){ BAD, op->err.text };
        say(d, &checks[i], &found);
    }
}

static void build_world(struct op *op, struct doctor *d)
{
    d->gate = (struct gate){ .allowed = d->loopback, .allowed_count = 1 };
    http_client_init(&d->http, &d->gate);
    d->world = (struct world){ .clock = &d->clock, .http = &d->http.base };
    op->world = &d->world;
    op->now = clock_now(&d->clock);
}

static int doctor(struct op *op, struct call *call)
{
    struct doctor d = { .call = call, .conf = call->conf };

    if (call->word_count)
        return call_misused(op, "draht doctor takes no words");
    if (sodium_init() < 0)
        return op_fail(op, ERR_INTERNAL, "the library for secrets does not start");
    build_world(op, &d);
    if (call->json)
        json_begin_array(call->out, "items");
    examine(op, &d);
    op->db = NULL;
    db_close(d.db);
    secret_key_wipe(&d.key);
    if (call->json)
        json_end_array(call->out);
    call->whole = true;
    if (d.counts[BAD])
        return op_fail(op, ERR_UNAVAILABLE, "what is bad: %u, warnings: %u; see above",
                       d.counts[BAD], d.counts[WARNING]);
    if (!call->json)
        printf("nothing is bad; warnings: %u\n", d.counts[WARNING]);
    return 0;
}

const struct command command_doctor = {
    .name = "doctor",
    .usage = "",
    .help = "Look for what is wrong with this installation; changes nothing.",
    .options = "",
    .flags = "",
    .store = COMMAND_NO_STORE,
    .run = doctor,
};
