/* visitor.c - who looks at a public page and who sends a form, without knowing who. */
#include "page/visitor.h"

#include <sodium.h>

#include "admin/access.h"
#include "admin/guard.h"
#include "admin/session.h"
#include "base/random.h"
#include "dialogue/readers.h"
#include "job/job.h"
#include "page/stmt.h"

enum { SALT_BYTES = 32, READER_BYTES = 16 };

/* A visit on its way to the writer. */
struct visit {
    const struct http_request *rq;
    const char *kind; /* of a form; "read" for a page */
    int64_t thread_id, max;
    int64_t readers, number;
    bool seen;
};

static int64_t today(const struct op *op)
{
    return op->now / DAYS(1);
}

static struct str hash(struct op *op, struct str salt, const struct visit *visit)
{
    unsigned char *out = arena_new(op->arena, unsigned char, READER_BYTES);
    struct str address = guard_network(op, http_sender(visit->rq));
    struct str agent = http_header(visit->rq, "User-Agent");
    crypto_generichash_state state;

    crypto_generichash_init(&state, (const unsigned char *)salt.p, salt.n, READER_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)visit->kind,
                              strlen(visit->kind) + 1);
    crypto_generichash_update(&state, (const unsigned char *)address.p, address.n);
    /* Of a form the address alone counts: a program changes its name at will. */
    if (str_is(STR("read"), visit->kind) && agent.n)
        crypto_generichash_update(&state, (const unsigned char *)agent.p, agent.n);
    crypto_generichash_final(&state, out, READER_BYTES);
    return (struct str){ (const char *)out, READER_BYTES };
}

static int find_salt(struct op *op, struct str *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_PAGE_SALT_GET, ARG_WS, ARG_INT(today(op)));

    if (r == 0)
        r = db_next(op, rows);
    if (r > 0)
        *ret = db_blob(op, rows, 0);
    return r < 0 ? r : r > 0 ? 0 : DB_NO_ROW;
}

/* A new day: a new salt, nothing of the old days remains, and this one will end too. */
static int begin_day(struct op *op, struct str *ret)
{
    unsigned char *bytes = arena_new(op->arena, unsigned char, SALT_BYTES);
    struct str salt = { (const char *)bytes, SALT_BYTES };
    int r;

    random_fill(op, bytes, SALT_BYTES);
    r = db_run(op, &SQL_PAGE_SALT_ADD, ARG_WS, ARG_INT(today(op)), ARG_BLOB(salt));
    if (r >= 0)
        r = readers_forget(op, today(op));
    if (r >= 0)
        r = job_add(op, READERS_FORGET_WORK, op->workspace, DAYS(today(op) + 1));
    return r < 0 ? r : find_salt(op, ret);
}

static int need_salt(struct op *op, struct str *ret)
{
    int r = find_salt(op, ret);

    return r == DB_NO_ROW ? begin_day(op, ret) : r;
}

int visitor_readers(struct op *op, int64_t thread_id, int64_t *ret)
{
    int r;

    *ret = 0;
    r = db_number(op, ret, &SQL_PAGE_READERS_GET, ARG_WS, ARG_INT(thread_id));
    return r < 0 ? r : 0;
}

/* The readers that one address was in this hour, hashed as `ret`. */
static struct str reader_rate(struct op *op, struct str salt, const struct visit *visit)
{
    struct visit rate = { .rq = visit->rq, .kind = "reader" };

    return hash(op, salt, &rate);
}

/* A program can give itself any number of names, and each would be a row. */
static int look_at_rate(struct op *op, struct str salt, struct visit *visit)
{
    int64_t number = 0;
    int r =
        db_number(op, &number, &SQL_PAGE_RATE_GET, ARG_WS, ARG_INT(today(op)),
                  ARG_BLOB(reader_rate(op, salt, visit)), ARG_INT(op->now - HOURS(1)));

    visit->seen |= number >= VISITOR_MAX_READERS;
    return r < 0 ? r : 0;
}

static int look(struct op *op, void *ctx)
{
    struct visit *visit = ctx;
    struct str salt = STR("");
    int64_t one;
    int r = visitor_readers(op, visit->thread_id, &visit->readers);

    if (r == 0)
        r = find_salt(op, &salt);
    if (r != 0)
        return r < 0 ? r : 0;
    r = db_number(op, &one, &SQL_PAGE_SEEN_GET, ARG_WS, ARG_INT(today(op)),
                  ARG_INT(visit->thread_id), ARG_BLOB(hash(op, salt, visit)));
    visit->seen = r == 0;
    return r == DB_NO_ROW ? look_at_rate(op, salt, visit) : r;
}

static int note_new(struct op *op, struct str salt, const struct visit *visit)
{
    int r = db_run(op, &SQL_PAGE_RATE_BUMP, ARG_WS, ARG_INT(today(op)),
                   ARG_BLOB(reader_rate(op, salt, visit)), ARG_INT(op->now),
                   ARG_INT(op->now - HOURS(1)));

    return r < 0 ? r
                 : db_run(op, &SQL_PAGE_READERS_ADD, ARG_WS, ARG_INT(visit->thread_id));
}

static int note(struct op *op, void *ctx)
{
    struct visit *visit = ctx;
    struct str salt = STR("");
    int64_t added;
    int r = need_salt(op, &salt);

    if (r < 0)
        return r;
    r = db_change(op, &added, &SQL_PAGE_SEEN_ADD, ARG_WS, ARG_INT(today(op)),
                  ARG_INT(visit->thread_id), ARG_BLOB(hash(op, salt, visit)));
    if (r >= 0 && added)
        r = note_new(op, salt, visit);
    return r < 0 ? r : visitor_readers(op, visit->thread_id, &visit->readers);
}

/* Says of itself that it is a program, or fetches what nobody may ever look at. */
static bool is_program(const struct http_request *rq)
{
    static const char *const names[] = {
        "bot",    "crawl",   "spider", "slurp",  "preview",
        "archiv", "monitor", "feed",   "scrape", "facebookexternalhit"
    };
    struct str agent = http_header(rq, "User-Agent");
    char low[400];
    size_t n = agent.n < sizeof(low) ? agent.n : sizeof(low);

    for (size_t i = 0; i < n; i++)
        low[i] =
            (char)(agent.p[i] >= 'A' && agent.p[i] <= 'Z' ? agent.p[i] + 32 : agent.p[i]);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_find((struct str){ low, n }, str_of(names[i])) >= 0)
            return true;
    return http_field_has(http_header(rq, "Sec-Purpose"), "prefetch") ||
           http_field_has(http_header(rq, "Purpose"), "prefetch") ||
           str_is(rq->method, "HEAD");
}

/* A browser that is logged in here: somebody of ours. */
static int look_at_login(struct op *op, void *ctx)
{
    struct visit *visit = ctx;
    struct str cookie = http_cookie(visit->rq, SESSION_COOKIE);
    struct access who = { 0 };
    struct op other = *op; /* finding a login changes workspace and actor */
    int r;

    if (!cookie.n)
        return 0;
    r = access_by_session(&other, cookie, &who);
    if (r < 0)
        return op_fail(op, other.err.kind, STR_FMT, STR_ARG(other.err.text));
    visit->seen = r == 0;
    return 0;
}

int visitor_count_reader(struct op *op, const struct http_request *rq, int64_t thread_id,
                         int64_t *ret)
{
    struct visit visit = { .rq = rq, .kind = "read", .thread_id = thread_id };
    bool counts = !is_program(rq);
    int r = store_read(op, look, &visit);

    if (r == 0 && counts && !visit.seen)
        r = store_read(op, look_at_login, &visit);
    if (r == 0 && counts && !visit.seen)
        r = store_write(op, note, &visit);
    if (r < 0)
        return r;
    *ret = visit.readers;
    return 0;
}

static int charge(struct op *op, void *ctx)
{
    struct visit *visit = ctx;
    struct str salt = STR("");
    DB_ROWS(rows);
    int r = need_salt(op, &salt);

    if (r < 0)
        return r;
    r = db_query(op, &rows, &SQL_PAGE_RATE_ADD, ARG_WS, ARG_INT(today(op)),
                 ARG_BLOB(hash(op, salt, visit)), ARG_INT(op->now),
                 ARG_INT(op->now - HOURS(1)));
    if (r == 0)
        r = db_next(op, rows);
    if (r > 0)
        visit->number = db_int(rows, 0);
    return r < 0 ? r : 0;
}

int visitor_may_send(struct op *op, const struct http_request *rq, const char *kind,
                     int64_t max)
{
    struct visit visit = { .rq = rq, .kind = kind, .max = max };
    int r = store_write(op, charge, &visit);

    if (r < 0)
        return r;
    return visit.number > max ? VISITOR_TOO_MANY : 0;
}
