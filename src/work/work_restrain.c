/* work_restrain.c - telling a network what is to be done about an account, and that it is
 * over.
 *
 * The row (dialogue/restraint.h) says what is wanted. What the network refuses is not in
 * force and says why, and the channel goes on: a token without that right is no trouble
 * of the rest. A mute or a block that is to end is told so until the network takes it.
 */
#include "work/work_restrain.h"

#include "db/store.h"
#include "dialogue/person.h"
#include "work/judge.h"
#include "work/works.h"

static const char kind[] = "restrain";

struct restrain {
    const struct job *job;
    struct restraint row;
    struct connected to;
    struct restraint_wish wish;
    struct pace_budget budget;
    struct str why; /* nobody can be asked */
    bool asks, lost;
    int64_t wait_until;
    int outcome;
    struct receipt receipt;
};

const char *const *restrain_offers(struct arena *arena, const struct channel *channel)
{
    static const char *const kinds[] = { "report", "mute", "block" };
    const char **list = arena_new(arena, const char *, COUNT_OF(kinds) + 1);
    const struct connector *connector = connector_by_network(channel->network);
    size_t n = 0;

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (connector && connector->restrain && !channel->retired_at &&
            connector_can(connector, kinds[i]))
            list[n++] = kinds[i];
    return list;
}

bool restrain_can(const char *const *offers, struct str wanted)
{
    for (; *offers; offers++)
        if (str_is(wanted, *offers))
            return true;
    return false;
}

int restrain_plan(struct op *op, int64_t restraint_id)
{
    return job_add(op, kind, restraint_id, op->now);
}

static struct restraint_wish wish_of(const struct restraint *row,
                                     const struct message *msg,
                                     const struct profile *profile)
{
    return (struct restraint_wish){ .kind = row->kind,
                                    .lift = str_is(row->state, "lifting"),
                                    .message = msg->external_id,
                                    .account = profile->external_id,
                                    .reason = row->reason,
                                    .comment = row->note,
                                    .forward = row->forward != 0,
                                    .for_ms = row->until_at - row->asked_at };
}

/* Its time is over, or something is to be told. */
static int load(struct op *op, void *ctx)
{
    struct restrain *a = ctx;
    struct message msg = { .id = 0 };
    struct profile profile = { .id = 0 };
    int r = restraint_get(op, a->job->subject_id, &a->row);

    if (r)
        return r < 0 ? r : 0;
    if (str_is(a->row.state, "stands") && a->row.until_at && a->row.until_at <= op->now) {
        r = restraint_end(op, &a->row);
        if (r < 0)
            return r;
    }
    a->asks = str_is(a->row.state, "waiting") || str_is(a->row.state, "lifting");
    if (!a->asks)
        return 0;
    r = message_get(op, a->row.message_id, &msg);
    if (r == 0)
        r = profile_get(op, a->row.profile_id, &profile);
    if (r == 0)
        r = connect_channel(op, a->row.channel_id, &a->to, &a->why);
    if (r < 0)
        return r;
    if (r == 0 && !a->to.connector->restrain)
        a->why = STR("the network does not offer that");
    a->wish = wish_of(&a->row, &msg, &profile);
    if (!a->why.n)
        a->budget = judge_budget(&a->to);
    return 0;
}

static int claim(struct op *op, void *ctx)
{
    struct restrain *a = ctx;
    int r = job_renew(op, a->job);

    a->wait_until = 0;
    a->lost = r == JOB_LOST;
    if (r || a->why.n)
        return r < 0 ? r : 0;
    r = pace_look(op, a->row.channel_id, &a->budget, &a->wait_until);
    if (r)
        return r < 0 ? r : 0;
    return pace_take(op, a->row.channel_id, &a->budget);
}

/* Until it is over, only that counts; else a refusal is the end of it. */
static struct str state_after(const struct restrain *a)
{
    bool report = str_is(a->wish.kind, "report");

    if (a->outcome == 0)
        return a->wish.lift ? STR("lifted") : STR("stands");
    if (a->wish.lift || a->outcome == SEND_LATER || (a->outcome == SEND_DOUBT && !report))
        return a->row.state;
    return a->outcome == SEND_DOUBT ? STR("unsure") : STR("refused");
}

static int settle(struct op *op, void *ctx)
{
    struct restrain *a = ctx;
    const struct restraint_answer answer = {
        .asked = a->row.state,
        .state = state_after(a),
        .trouble = a->receipt.trouble ? str_of(a->receipt.trouble) : STR(""),
        .answer = a->outcome ? a->receipt.reason : STR("")
    };
    const struct pace_result pace = { .failed =
                                          a->outcome == SEND_LATER && !a->receipt.wait_ms,
                                      .rest_ms = a->receipt.wait_ms,
                                      .reason = a->receipt.reason };
    int r = a->why.n ? 0 : pace_settle(op, a->row.channel_id, &pace);

    if (r >= 0)
        r = restraint_settle(op, a->row.id, &answer);
    return r < 0 ? r : restraint_get(op, a->row.id, &a->row);
}

/* What is still to be told, and when it is over. */
static int go_on(struct op *op, const struct restrain *a, struct work_result *ret)
{
    bool waits = str_is(a->row.state, "waiting") || str_is(a->row.state, "lifting");

    if (waits && !str_eq(a->row.state, a->wish.lift ? STR("lifting") : STR("waiting"))) {
        ret->again_at = op->now; /* it was taken back while the network was told */
        return WORK_AGAIN;
    }
    if (waits) {
        ret->reason = a->receipt.reason;
        ret->wait_ms = a->receipt.wait_ms;
        return WORK_RETRY;
    }
    ret->again_at = a->row.until_at;
    return str_is(a->row.state, "stands") && a->row.until_at ? WORK_AGAIN : 0;
}

static int run_restrain(struct op *op, const struct job *job, struct work_result *ret)
{
    struct restrain a = { .job = job, .receipt = { .reason = STR("") } };
    int r = store_write(op, load, &a);

    if (r < 0)
        return r;
    if (!a.asks)
        return go_on(op, &a, ret);
    r = store_write(op, claim, &a);
    if (r < 0 || a.lost)
        return r;
    ret->again_at = a.wait_until;
    if (a.wait_until)
        return WORK_AGAIN;
    if (a.why.n) {
        a.outcome = SEND_REFUSED;
        a.receipt.reason = a.why;
    } else {
        a.outcome = a.to.connector->restrain(op, &a.to.connection, &a.wish, &a.receipt);
    }
    if (a.outcome < 0)
        return a.outcome;
    r = store_write(op, settle, &a);
    return r < 0 ? r : go_on(op, &a, ret);
}

const struct work work_restrain = {
    .kind = kind,
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(1) },
    .run = run_restrain,
};
