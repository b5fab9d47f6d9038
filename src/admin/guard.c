/* guard.c - limits against guessing that do not lock the owner out.
 *
 * The counters are rows of workspace 0, since an attempt is counted before it is
 * known whether there is such an account, and where. Row `known` keeps with
 * first_at when the last login from there worked; `failures` are those since.
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "admin/guard.h"

#include "admin/stmt.h"

struct counter {
    struct str key;
    int64_t failures, first_at, last_at;
    int free;
    int max_wait_s;
};

static int load(struct op *op, struct counter *counter)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_GUARD_GET, ARG_INT(0), ARG_TEXT(counter->key));

    if (r == 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r;
    counter->failures = db_int(rows, 0);
    counter->first_at = db_int(rows, 1);
    counter->last_at = db_int(rows, 2);
    if (op->now - counter->last_at >= GUARD_FORGET_MS)
        counter->failures = 0;
    return 0;
}

static int store(struct op *op, const struct counter *counter)
{
    return db_run(op, &SQL_GUARD_PUT, ARG_INT(0), ARG_TEXT(counter->key),
                  ARG_INT(counter->failures), ARG_INT(counter->first_at),
                  ARG_INT(counter->last_at));
}

/* Milliseconds until the next attempt may come. */
static int64_t wait_ms(const struct op *op, const struct counter *counter)
{
    int64_t over = counter->failures - counter->free;
    int64_t seconds, until;

    if (over < 0)
        return 0;
    seconds = over >= 20 ? counter->max_wait_s : (int64_t)1 << over;
    if (seconds > counter->max_wait_s)
        seconds = counter->max_wait_s;
    until = counter->last_at + SECONDS(seconds);
    return until > op->now ? until - op->now : 0;
}

/* Not of one that stands for an IPv4 address, or all of those would be one caller. */
struct str guard_network(struct op *op, struct str address)
{
    struct in6_addr six;
    const unsigned char *b = six.s6_addr;

    if (inet_pton(AF_INET6, arena_cstr(op->arena, address), &six) != 1)
        return address;
    if (IN6_IS_ADDR_V4MAPPED(&six))
        return arena_fmt(op->arena, "%d.%d.%d.%d", b[12], b[13], b[14], b[15]);
    return arena_fmt(op->arena, "%x:%x:%x:%x::/64", b[0] << 8 | b[1], b[2] << 8 | b[3],
                     b[4] << 8 | b[5], b[6] << 8 | b[7]);
}

static struct counter account_counter(struct op *op, const struct guard *guard)
{
    return (struct counter){
        .key = arena_fmt(op->arena, "account:" STR_FMT, STR_ARG(guard->email_key)),
        .first_at = op->now,
        .free = GUARD_FREE_ACCOUNT,
        .max_wait_s = GUARD_MAX_WAIT_S,
    };
}

static struct counter address_counter(struct op *op, const struct guard *guard)
{
    struct str from = guard_network(op, guard->address);

    return (struct counter){
        .key = arena_fmt(op->arena, "address:" STR_FMT, STR_ARG(from)),
        .first_at = op->now,
        .free = GUARD_FREE_ADDRESS,
        .max_wait_s = GUARD_MAX_WAIT_S,
    };
}

static struct counter known_counter(struct op *op, const struct guard *guard)
{
    struct str from = guard_network(op, guard->address);

    return (struct counter){
        .key = arena_fmt(op->arena, "known:" STR_FMT " " STR_FMT,
                         STR_ARG(guard->email_key), STR_ARG(from)),
        .free = GUARD_FREE_KNOWN,
        .max_wait_s = GUARD_MAX_KNOWN_WAIT_S,
    };
}

/* Also what a known browser at a new address has failed. */
static int find_known(struct op *op, struct guard *guard, struct counter *ret)
{
    struct counter counter = known_counter(op, guard);
    int r = load(op, &counter);

    if (r < 0)
        return r;
    guard->known = guard->known_browser ||
                   (counter.first_at > 0 && op->now - counter.first_at < GUARD_KNOWN_MS);
    *ret = counter;
    return 0;
}

static int refuse(struct op *op, int64_t ms)
{
    int64_t seconds = (ms + 999) / 1000;

    (void)op_fail_as(op, ERR_BUSY, "too_many_attempts",
                     "too many failed attempts: wait %lld seconds", (long long)seconds);
    op->err.wait = (unsigned)seconds;
    return ERR_BUSY;
}

static int charge(struct op *op, struct counter *counters, size_t count)
{
    int64_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t ms = wait_ms(op, &counters[i]);
        if (ms > longest)
            longest = ms;
    }
    if (longest > 0)
        return refuse(op, longest);
    for (size_t i = 0; i < count; i++) {
        counters[i].failures++;
        counters[i].last_at = op->now;
        int r = store(op, &counters[i]);
        if (r < 0)
            return r;
    }
    return 0;
}

int guard_enter(struct op *op, struct guard *guard)
{
    struct counter counters[2];
    int r = find_known(op, guard, &counters[0]);

    if (r < 0)
        return r;
    if (guard->known)
        return charge(op, counters, 1);
    counters[0] = account_counter(op, guard);
    counters[1] = address_counter(op, guard);
    r = load(op, &counters[0]);
    if (r == 0)
        r = load(op, &counters[1]);
    return r < 0 ? r : charge(op, counters, 2);
}

static int take_back(struct op *op, struct counter counter, int64_t most)
{
    int r = load(op, &counter);

    if (r < 0 || counter.failures == 0)
        return r;
    counter.failures = most < counter.failures ? counter.failures - most : 0;
    return store(op, &counter);
}

int guard_success(struct op *op, const struct guard *guard)
{
    struct counter known = known_counter(op, guard);
    int r = 0;

    known.first_at = known.last_at = op->now;
    if (!guard->known) {
        r = take_back(op, account_counter(op, guard), INT64_MAX);
        if (r == 0)
            r = take_back(op, address_counter(op, guard), 1);
    }
    return r < 0 ? r : store(op, &known);
}

int guard_refund(struct op *op, const struct guard *guard)
{
    int r;

    if (guard->known)
        return take_back(op, known_counter(op, guard), 1);
    r = take_back(op, account_counter(op, guard), 1);
    return r < 0 ? r : take_back(op, address_counter(op, guard), 1);
}

int guard_open(struct op *op, struct str email_key)
{
    struct guard guard = { .email_key = email_key };

    return take_back(op, account_counter(op, &guard), INT64_MAX);
}
