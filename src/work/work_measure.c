/* work_measure.c - counting what networks count: followers daily, own posts by their age.
 *
 * A round each quarter of an hour asks for what is due and no more than MAX_CALLS times,
 * youngest posts first; what is left comes with the next round. It never takes what
 * replies and polls may need: while the network fails or asks for rest nothing is
 * counted, and of a budget the half is left alone. A round that fails is tried again
 * after an hour.
 */
#include "work/work_measure.h"
#include "work/works.h"

#include "admin/workspace.h"
#include "base/clock.h"
#include "base/zone.h"
#include "db/store.h"
#include "dialogue/measured.h"
#include "dialogue/pace.h"
#include "work/judge.h"

enum { MAX_CALLS = 20, MAX_POSTS = 200 };
/* Of what the network said is left: this much is for others. */
enum { RESERVE = 100 };
#define ROUND_MS       MINUTES(15)
#define FIRST_MS       MINUTES(2)
#define AFTER_ERROR_MS HOURS(1)

static const char kind[] = "measure";

struct round {
    const struct job *job;
    int64_t channel_id;
    struct connected to;
    struct pace_budget budget;
    bool off;                /* there is nothing to measure, now or ever */
    struct measured account; /* as it stands */
    bool account_due;
    struct measured_due *due;
    size_t due_count, due_done;
    size_t calls;
    bool waits, lost; /* not now: somebody else needs the network, or has the job */
    int outcome;
    struct receipt receipt; /* of the last call */
    /* The call that goes on. */
    struct str *posts;
    struct counted *counts;
    size_t count; /* 0: the account */
};

static bool can_measure(const struct channel *channel, const struct connector *connector)
{
    return connector && connector->measure && !channel->retired_at &&
           !str_is(channel->mode, "none");
}

bool measure_can(const struct channel *channel)
{
    return can_measure(channel, connector_by_network(channel->network));
}

/* Once a day by the workspace's clock. */
static int is_new_day(struct op *op, int64_t before, bool *ret)
{
    struct workspace workspace;
    struct civil then, now;
    int r = workspace_get(op, &workspace);

    *ret = !before;
    if (r < 0 || !before)
        return r;
    r = zone_local(op, workspace.time_zone, before, &then);
    if (r >= 0)
        r = zone_local(op, workspace.time_zone, op->now, &now);
    if (r >= 0)
        *ret = then.day != now.day || then.month != now.month || then.year != now.year;
    return r;
}

static int load(struct op *op, void *ctx)
{
    struct round *round = ctx;
    struct str why;
    int r = connect_channel(op, round->channel_id, &round->to, &why);

    round->off = r != 0 || !can_measure(&round->to.channel, round->to.connector);
    if (r < 0 || round->off)
        return r < 0 ? r : 0;
    round->budget = judge_budget(&round->to);
    round->account = (struct measured){ .channel_id = round->channel_id,
                                        .now = counted_nothing(),
                                        .error = STR("") };
    r = measured_get(op, round->channel_id, 0, &round->account);
    if (r < 0)
        return r;
    round->waits =
        round->account.failed_at && op->now - round->account.failed_at < AFTER_ERROR_MS;
    r = is_new_day(op, round->account.measured_at, &round->account_due);
    if (r < 0)
        return r;
    return measured_list_due(op, round->channel_id, MAX_POSTS, &round->due,
                             &round->due_count);
}

/* Is there more than others may need just now? */
static int has_room(struct op *op, const struct round *round, bool *ret)
{
    struct pace pace;
    int64_t left;
    int r = pace_get(op, round->channel_id, &pace);

    if (r < 0)
        return r;
    left = pace_left(op, &pace, &round->budget);
    *ret = !pace.failures && !pace.open_until_at &&
           (left < 0 || left > round->budget.calls / 2) &&
           (pace.told_until_at <= op->now || pace.told_left > RESERVE);
    return 0;
}

/* One more call, if the lease is still ours and nobody else needs it. */
static int claim(struct op *op, void *ctx)
{
    struct round *round = ctx;
    bool room;
    int64_t at;
    int r = job_renew(op, round->job);

    round->lost = r == JOB_LOST;
    if (r)
        return r < 0 ? r : 0;
    r = has_room(op, round, &room);
    if (r >= 0 && room)
        r = pace_look(op, round->channel_id, &round->budget, &at);
    if (r < 0)
        return r;
    round->waits = r == PACE_WAIT || !room;
    return round->waits ? 0 : pace_take(op, round->channel_id, &round->budget);
}

static int keep_post(struct op *op, struct round *round, size_t i)
{
    const struct measured_due *due = &round->due[round->due_done + i];
    struct measured was = { .channel_id = round->channel_id,
                            .message_id = due->message_id,
                            .now = counted_nothing(),
                            .error = STR("") };
    int r = measured_get(op, was.channel_id, was.message_id, &was);

    if (r < 0)
        return r;
    r = measured_keep(op, &was, op->now + measured_step(op->now - due->sent_at),
                      &round->counts[i]);
    return r < 0 ? r : measured_keep_answers(op, round->channel_id, due);
}

/* What the call brought. */
static int keep(struct op *op, void *ctx)
{
    struct round *round = ctx;
    const struct pace_result result = { .failed =
                                            round->outcome && !round->receipt.wait_ms,
                                        .rest_ms = round->receipt.wait_ms,
                                        .told = round->receipt.told,
                                        .told_left = round->receipt.told_left,
                                        .told_ms = round->receipt.told_ms,
                                        .reason = round->receipt.reason };
    int r = job_check(op, round->job);

    round->lost = r == JOB_LOST;
    if (r)
        return r < 0 ? r : 0;
    r = pace_settle(op, round->channel_id, &result);
    if (r >= 0 && round->outcome)
        return measured_fail(op, round->channel_id, round->receipt.reason);
    if (r >= 0 && round->account.failed_at)
        r = measured_fail(op, round->channel_id, STR(""));
    round->account.failed_at = 0;
    round->account.error = STR("");
    if (r >= 0 && !round->count)
        return measured_keep(op, &round->account, op->now, &round->counts[0]);
    for (size_t i = 0; r >= 0 && i < round->count; i++)
        r = keep_post(op, round, i);
    return r;
}

static int ask(struct op *op, struct round *round)
{
    const struct measure_wish wish = { round->posts, round->count };

    round->receipt = (struct receipt){ .reason = STR("") };
    for (size_t i = 0; i < round->count || i == 0; i++)
        round->counts[i] = counted_nothing();
    round->outcome = round->to.connector->measure(op, &round->to.connection, &wish,
                                                  round->counts, &round->receipt);
    if (round->outcome < 0)
        round->receipt.reason = op->err.text;
    if (round->outcome && !round->receipt.reason.n)
        round->receipt.reason = STR("the network's numbers cannot be read");
    op->err = (struct err){ 0 };
    op->now = clock_now(op->world->clock);
    return store_write(op, keep, round);
}

static int call(struct op *op, struct round *round)
{
    int r = store_write(op, claim, round);

    if (r < 0 || round->lost || round->waits)
        return r;
    round->calls++;
    return ask(op, round);
}

static bool goes_on(const struct round *round)
{
    return !round->lost && !round->waits && !round->outcome && round->calls < MAX_CALLS;
}

/* As many of what is due as the network takes at once. */
static int measure_posts(struct op *op, struct round *round)
{
    size_t left = round->due_count - round->due_done;
    size_t most = round->to.connector->measure_posts;
    int r;

    round->count = left < most ? left : most;
    for (size_t i = 0; i < round->count; i++)
        round->posts[i] = round->due[round->due_done + i].external_id;
    r = call(op, round);
    round->due_done += round->count;
    return r;
}

static int run_round(struct op *op, struct round *round)
{
    int r = store_read(op, load, round);

    if (r < 0 || round->off)
        return r;
    round->posts = arena_new(op->arena, struct str, MAX_POSTS);
    round->counts = arena_new(op->arena, struct counted, MAX_POSTS);
    if (round->account_due && goes_on(round))
        r = call(op, round);
    while (r >= 0 && round->due_done < round->due_count && goes_on(round))
        r = measure_posts(op, round);
    return r;
}

static int run_measure(struct op *op, const struct job *job, struct work_result *ret)
{
    struct round round = { .job = job, .channel_id = job->subject_id };
    int r = run_round(op, &round);

    if (r < 0 || round.off || round.lost)
        return r < 0 ? r : 0;
    ret->again_at = op->now + ROUND_MS / 10 * 9 + pace_jitter(op, ROUND_MS / 5);
    return WORK_AGAIN;
}

const struct work work_measure = {
    .kind = kind,
    .policy = { .max_attempts = 1000000,
                .first_wait_ms = MINUTES(1),
                .max_wait_ms = HOURS(1) },
    .run = run_measure,
};

int measure_plan(struct op *op, const struct channel *channel)
{
    if (measure_can(channel))
        return job_add(op, kind, channel->id, op->now + FIRST_MS);
    return job_cancel(op, kind, channel->id);
}

int measure_plan_all(struct op *op)
{
    struct channel *list;
    size_t count;
    int r = channel_list(op, &list, &count);

    for (size_t i = 0; r >= 0 && i < count; i++)
        r = measure_plan(op, &list[i]);
    return r;
}
