/* work_moderate.c - telling a network what was decided about a message.
 *
 * The decision (dialogue/moderation.h) is what is wanted, the message's `standing` is
 * what the network showed last. While they differ the job tells the network, which harms
 * nothing when it is done twice. When the network decides otherwise meanwhile, a poll
 * writes that into the decision, and there is nothing left to tell.
 */
#include "work/work_moderate.h"

#include "db/store.h"
#include "dialogue/moderation.h"
#include "work/judge.h"
#include "work/works.h"

#define AGAIN_MS MINUTES(1)

static const char kind[] = "moderate";

struct moderate {
    const struct job *job;
    struct message msg;
    struct connected to;
    struct pace_budget budget;
    struct str wanted; /* empty: there is nothing to tell */
    int64_t wait_until;
    bool lost;
    int outcome;
    struct receipt receipt;
};

static bool is_of_network(const struct message *msg)
{
    return msg->external_id.n && !str_starts(msg->external_id, STR(PAGE_MESSAGE));
}

int moderate_can(struct op *op, const struct message *msg, bool *ret)
{
    const struct connector *connector;
    struct channel channel;
    int r = channel_get(op, msg->channel_id, &channel);

    if (r < 0)
        return r;
    connector = r == 0 ? connector_by_network(channel.network) : NULL;
    *ret = connector && connector->moderate && is_of_network(msg) && !channel.retired_at;
    return 0;
}

int moderate_plan(struct op *op, const struct message *msg)
{
    bool can;
    int r = moderate_can(op, msg, &can);

    return r < 0 || !can ? r : job_add(op, kind, msg->id, op->now);
}

/* How it should stand there, by what was decided here: a network that knows no spam
 * hides it. */
static struct str wanted(const struct connector *connector,
                         const struct moderation *decision)
{
    if (str_is(decision->state, "released"))
        return STR("shown");
    if (!str_is(decision->state, "hidden"))
        return STR("");
    return str_is(decision->reason, "spam") && connector_can(connector, "spam")
               ? STR("spam")
               : STR("held");
}

static int load(struct op *op, void *ctx)
{
    struct moderate *m = ctx;
    struct moderation decision;
    struct str standing, why;
    int r = message_get(op, m->job->subject_id, &m->msg);

    if (r == 0)
        r = moderation_get(op, m->msg.id, &decision);
    if (r == 0)
        r = connect_channel(op, m->msg.channel_id, &m->to, &why);
    if (r)
        return r < 0 ? r : 0;
    standing = m->msg.standing.n ? m->msg.standing : STR("shown");
    if (!m->to.connector->moderate || str_is(standing, "gone") || !is_of_network(&m->msg))
        return 0;
    m->wanted = wanted(m->to.connector, &decision);
    if (str_eq(standing, m->wanted))
        m->wanted = STR("");
    m->budget = judge_budget(&m->to);
    return 0;
}

static int claim(struct op *op, void *ctx)
{
    struct moderate *m = ctx;
    int r = job_renew(op, m->job);

    m->wait_until = 0;
    m->lost = r == JOB_LOST;
    if (r)
        return r < 0 ? r : 0;
    r = pace_look(op, m->msg.channel_id, &m->budget, &m->wait_until);
    if (r)
        return r < 0 ? r : 0;
    return pace_take(op, m->msg.channel_id, &m->budget);
}

static int settle(struct op *op, void *ctx)
{
    struct moderate *m = ctx;
    const struct pace_result result = { .failed = m->outcome == SEND_LATER &&
                                                  !m->receipt.wait_ms,
                                        .rest_ms = m->receipt.wait_ms,
                                        .reason = m->receipt.reason };
    int r = pace_settle(op, m->msg.channel_id, &result);

    if (r < 0)
        return r;
    if (m->outcome)
        return channel_failed(op, m->msg.channel_id, m->receipt.reason);
    r = message_get(op, m->msg.id, &m->msg);
    if (r == 0)
        r = message_stand(op, &m->msg, m->wanted);
    return r < 0 ? r : channel_succeeded(op, m->msg.channel_id);
}

static int run_moderate(struct op *op, const struct job *job, struct work_result *ret)
{
    struct moderate m = { .job = job, .receipt = { .reason = STR("") } };
    int r = store_read(op, load, &m);

    if (r < 0 || !m.wanted.n)
        return r;
    r = store_write(op, claim, &m);
    if (r < 0 || m.lost)
        return r;
    ret->again_at = m.wait_until;
    if (m.wait_until)
        return WORK_AGAIN;
    m.outcome = m.to.connector->moderate(op, &m.to.connection, m.msg.external_id,
                                         m.wanted, &m.receipt);
    if (m.outcome < 0)
        return m.outcome;
    r = store_write(op, settle, &m);
    if (r < 0 || m.outcome == 0 || m.outcome == SEND_REFUSED)
        return r;
    ret->again_at =
        op->now + (m.receipt.wait_ms > AGAIN_MS ? m.receipt.wait_ms : AGAIN_MS);
    return WORK_AGAIN;
}

const struct work work_moderate = {
    .kind = kind,
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(1) },
    .run = run_moderate,
};
