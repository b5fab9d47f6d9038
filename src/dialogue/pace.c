/* pace.c - when a channel's network may be asked: budget, rest and breaker. */
#include "dialogue/pace.h"

#include "base/clock.h"
#include "base/random.h"
#include "dialogue/stmt.h"
#include "job/job.h"

/* Those who have to wait come back spread over this, or over half a minute when the
 * budget is used up: many wait then for one call after the other. */
#define SPREAD_MS        SECONDS(5)
#define SPREAD_BUDGET_MS SECONDS(30)

int64_t pace_jitter(struct op *op, int64_t most_ms)
{
    return 1 + (int64_t)(random_u64(op) % (uint64_t)(most_ms > 0 ? most_ms : 1));
}

int pace_get(struct op *op, int64_t channel_id, struct pace *ret)
{
    struct pace pace = { .channel_id = channel_id, .reason = STR("") };
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_PACE_GET, ARG_WS, ARG_INT(channel_id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 1)
        pace = (struct pace){
            .channel_id = channel_id,
            .failures = db_int(rows, 0),
            .openings = db_int(rows, 1),
            .open_until_at = db_int(rows, 2),
            .probe_until_at = db_int(rows, 3),
            .rest_until_at = db_int(rows, 4),
            .spent_until_us = db_int(rows, 5),
            .told_left = db_int(rows, 6),
            .told_until_at = db_int(rows, 7),
            .reason = db_text(op, rows, 8),
        };
    *ret = pace;
    return 0;
}

static int put(struct op *op, const struct pace *pace)
{
    return db_run(op, &SQL_PACE_PUT, ARG_WS, ARG_INT(pace->channel_id),
                  ARG_INT(pace->failures), ARG_INT(pace->openings),
                  ARG_TIME(pace->open_until_at), ARG_TIME(pace->probe_until_at),
                  ARG_TIME(pace->rest_until_at), ARG_INT(pace->spent_until_us),
                  ARG_TIME(pace->told_until_at ? pace->told_left : 0),
                  ARG_TIME(pace->told_until_at), ARG_TEXT(pace->reason));
}

static bool has_budget(const struct pace_budget *budget)
{
    return budget->calls > 0 && budget->per_ms > 0;
}

/* What one call costs, in microseconds of the budget's period. */
static int64_t cost_us(const struct pace_budget *budget)
{
    return budget->per_ms * 1000 / budget->calls;
}

/* Up to when the budget is spent, not before now. */
static int64_t spent_us(const struct op *op, const struct pace *pace)
{
    int64_t now = op->now * 1000;

    return pace->spent_until_us > now ? pace->spent_until_us : now;
}

/* The instant from which the budget allows one more call. */
static int64_t budget_at(const struct op *op, const struct pace *pace,
                         const struct pace_budget *budget)
{
    int64_t free_us;

    if (!has_budget(budget))
        return op->now;
    free_us = spent_us(op, pace) + cost_us(budget) - budget->per_ms * 1000;
    return free_us <= op->now * 1000 ? op->now : (free_us + 999) / 1000;
}

int64_t pace_left(const struct op *op, const struct pace *pace,
                  const struct pace_budget *budget)
{
    int64_t used;

    if (!has_budget(budget))
        return -1;
    used = (spent_us(op, pace) - op->now * 1000 + cost_us(budget) - 1) / cost_us(budget);
    return used > budget->calls ? 0 : budget->calls - used;
}

const char *pace_state(const struct op *op, const struct pace *pace)
{
    if (!pace->open_until_at)
        return "closed";
    return pace->open_until_at > op->now ? "open" : "probing";
}

int64_t pace_next_at(const struct op *op, const struct pace *pace,
                     const struct pace_budget *budget)
{
    int64_t at = budget_at(op, pace, budget);

    if (pace->rest_until_at > at)
        at = pace->rest_until_at;
    if (pace->open_until_at > at)
        at = pace->open_until_at;
    if (pace->open_until_at && pace->probe_until_at > at)
        at = pace->probe_until_at;
    return at;
}

struct str pace_words(struct op *op, const struct pace *pace,
                      const struct pace_budget *budget)
{
    struct str until =
        time_format(op->arena, pace_next_at(op, pace, budget)); /* UTC, as elsewhere */

    if (pace->open_until_at > op->now)
        return arena_fmt(op->arena,
                         "%lld calls in a row failed, so nothing is sent before " STR_FMT
                         "; then one call tries whether it works again",
                         (long long)pace->failures, STR_ARG(until));
    if (pace->open_until_at)
        return STR("after a row of failures one call tries whether it works again");
    if (pace->rest_until_at > op->now)
        return arena_fmt(op->arena, "the network asked to be left alone until " STR_FMT,
                         STR_ARG(until));
    if (budget_at(op, pace, budget) > op->now)
        return arena_fmt(op->arena, "the budget of calls is used up until " STR_FMT,
                         STR_ARG(until));
    if (pace->failures)
        return arena_fmt(op->arena, "it works, although the last %lld calls failed",
                         (long long)pace->failures);
    return STR("it works");
}

int pace_look(struct op *op, int64_t channel_id, const struct pace_budget *budget,
              int64_t *ret_at)
{
    struct pace pace;
    int64_t at, spread = SPREAD_MS;
    int r;

    r = pace_get(op, channel_id, &pace);
    if (r < 0)
        return r;
    at = pace_next_at(op, &pace, budget);
    if (at <= op->now)
        return 0;
    if (at == budget_at(op, &pace, budget))
        spread = budget->per_ms < SPREAD_BUDGET_MS ? budget->per_ms : SPREAD_BUDGET_MS;
    *ret_at = at + pace_jitter(op, spread);
    return PACE_WAIT;
}

int pace_take(struct op *op, int64_t channel_id, const struct pace_budget *budget)
{
    struct pace pace;
    bool probes;
    int r;

    r = pace_get(op, channel_id, &pace);
    if (r < 0)
        return r;
    probes = pace.open_until_at != 0;
    if (!probes && !has_budget(budget))
        return 0;
    if (probes)
        pace.probe_until_at = op->now + PACE_PROBE_MS;
    if (has_budget(budget))
        pace.spent_until_us = spent_us(op, &pace) + cost_us(budget);
    return put(op, &pace);
}

/* 30 s, 1 min, 2 min ... 15 min, of which a random half. */
static int64_t open_ms(struct op *op, int64_t openings)
{
    int64_t most = PACE_FIRST_OPEN_MS;

    for (int64_t i = 0; i < openings && most < PACE_MAX_OPEN_MS; i++)
        most *= 2;
    if (most > PACE_MAX_OPEN_MS)
        most = PACE_MAX_OPEN_MS;
    return most / 2 + pace_jitter(op, most / 2);
}

static void note_failure(struct op *op, struct pace *pace, struct str reason)
{
    bool probed = pace->open_until_at && pace->open_until_at <= op->now;

    pace->failures++;
    pace->reason = reason;
    pace->probe_until_at = 0;
    if (!probed && (pace->open_until_at || pace->failures < PACE_OPEN_AFTER))
        return;
    pace->open_until_at = op->now + open_ms(op, pace->openings);
    pace->openings++;
}

static void note_success(struct pace *pace)
{
    pace->failures = pace->openings = 0;
    pace->open_until_at = pace->probe_until_at = 0;
    pace->reason = STR("");
}

static int wake_listed(struct op *op, const char *kind, struct db_rows **rows)
{
    int64_t ids[PACE_MAX_WOKEN];
    size_t count = 0;
    int r = 0;

    while (count < PACE_MAX_WOKEN && (r = db_next(op, *rows)) == 1)
        ids[count++] = db_int(*rows, 0);
    db_finish(rows);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = job_add(op, kind, ids[i], op->now);
    return r < 0 ? r : 0;
}

/* Only one that waits: a poll that runs right now goes by what it has seen itself. */
static int wake_poll(struct op *op, int64_t channel_id)
{
    int64_t at;
    int r = job_planned_at(op, "poll", channel_id, &at);

    return r ? (r < 0 ? r : 0) : job_add(op, "poll", channel_id, op->now);
}

/* The breaker closed: who slept because of it need not sleep any longer. Nobody sleeps
 * for longer than it is ever open; what is planned for later waits for something else. */
static int wake_waiting(struct op *op, int64_t channel_id)
{
    DB_ROWS(replies);
    DB_ROWS(decisions);
    int r;

    r = db_query(op, &replies, &SQL_PACE_REPLIES, ARG_WS, ARG_INT(channel_id),
                 ARG_INT(PACE_MAX_WOKEN));
    if (r >= 0)
        r = wake_listed(op, "deliver", &replies);
    if (r >= 0)
        r = db_query(op, &decisions, &SQL_PACE_DECISIONS, ARG_WS, ARG_INT(channel_id),
                     ARG_INT(op->now), ARG_INT(op->now + PACE_MAX_OPEN_MS + SPREAD_MS),
                     ARG_INT(PACE_MAX_WOKEN));
    if (r >= 0)
        r = wake_listed(op, "moderate", &decisions);
    return r < 0 ? r : wake_poll(op, channel_id);
}

int pace_forgive(struct op *op, int64_t channel_id)
{
    struct pace pace;
    bool was_open;
    int r = pace_get(op, channel_id, &pace);

    if (r < 0 || !pace.failures)
        return r;
    was_open = pace.open_until_at;
    note_success(&pace);
    r = put(op, &pace);
    return r < 0 || !was_open ? r : wake_waiting(op, channel_id);
}

int pace_settle(struct op *op, int64_t channel_id, const struct pace_result *result)
{
    int64_t rest = result->rest_ms;
    struct pace pace;
    bool was_open;
    int r;

    r = pace_get(op, channel_id, &pace);
    if (r < 0)
        return r;
    if (!result->failed && !pace.failures && !pace.open_until_at && !rest &&
        !result->told)
        return 0; /* the ordinary way */
    was_open = pace.open_until_at;
    if (result->failed)
        note_failure(op, &pace, result->reason);
    else
        note_success(&pace);
    if (result->told) {
        pace.told_left = result->told_left;
        pace.told_until_at = op->now + result->told_ms;
        if (result->told_left <= 0 && result->told_ms > rest)
            rest = result->told_ms;
    }
    if (rest > PACE_MAX_REST_MS)
        rest = PACE_MAX_REST_MS;
    if (rest > 0 && op->now + rest > pace.rest_until_at)
        pace.rest_until_at = op->now + rest;
    r = put(op, &pace);
    if (r < 0 || !was_open || pace.open_until_at)
        return r;
    return wake_waiting(op, channel_id);
}
