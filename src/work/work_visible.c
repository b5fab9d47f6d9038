/* work_visible.c - how long does a network take to show what it took?
 *
 * A reply that was answered is looked for, at once and then after twice as long each
 * time, until it shows. Nothing follows from it for the reply itself; only the quiet time
 * of the channel does (dialogue/visible.h). It never takes what replies may need: when
 * the network fails or must not be asked now, nothing is measured this time.
 */
#include "work/work_visible.h"
#include "work/works.h"

#include "base/clock.h"
#include "db/store.h"
#include "dialogue/visible.h"
#include "work/judge.h"

#define FIRST_WAIT_MS SECONDS(1)

static const char kind[] = "visible";

struct looking {
    const struct job *job;
    struct outbox box;
    struct connected to;
    struct outbound out;
    struct pace_budget budget;
    bool off; /* there is nothing to look for, or not now */
    int outcome;
    struct receipt receipt;
    int64_t lag_ms, again_at;
};

static bool can_look(const struct connector *connector)
{
    return connector && connector->find && connector->shows_late;
}

int visible_plan(struct op *op, const struct outbox *sent,
                 const struct connector *connector)
{
    bool due;
    int r;

    if (!can_look(connector))
        return 0;
    r = visible_is_due(op, sent->channel_id, &due);
    return r < 0 || !due ? r : job_add(op, kind, sent->id, op->now);
}

static int load(struct op *op, void *ctx)
{
    struct looking *l = ctx;
    struct str why;
    int r = outbox_get(op, l->job->subject_id, &l->box);

    l->off = true;
    if (r || !str_is(l->box.state, "sent"))
        return r < 0 ? r : 0;
    r = connect_channel(op, l->box.channel_id, &l->to, &why);
    if (r || !can_look(l->to.connector))
        return r < 0 ? r : 0;
    l->budget = judge_budget(&l->to);
    l->out.key = l->box.idempotency_key;
    l->out.conversation_id = l->box.conversation_id;
    r = outbox_bytes(op, l->box.id, &l->out.bytes);
    l->off = r != 0;
    return r < 0 ? r : 0;
}

static int claim(struct op *op, void *ctx)
{
    struct looking *l = ctx;
    struct pace pace;
    int64_t at;
    int r = job_renew(op, l->job);

    l->off = true;
    if (r)
        return r < 0 ? r : 0;
    r = pace_get(op, l->box.channel_id, &pace);
    if (r < 0 || pace.failures)
        return r < 0 ? r : 0;
    r = pace_look(op, l->box.channel_id, &l->budget, &at);
    if (r)
        return r < 0 ? r : 0;
    l->off = false;
    return pace_take(op, l->box.channel_id, &l->budget);
}

static int settle(struct op *op, void *ctx)
{
    struct looking *l = ctx;
    const struct ended end = { .looked = true,
                               .connector = l->to.connector,
                               .connection = &l->to.connection,
                               .box = &l->box,
                               .r = l->outcome,
                               .receipt = &l->receipt };
    struct pace_result pace = judge_pace(&end);
    int r;

    pace.failed = false; /* a look that nobody waits for opens no breaker */
    r = pace_settle(op, l->box.channel_id, &pace);
    l->again_at = 0;
    if (r < 0 || l->outcome < 0 || l->outcome == FIND_CANNOT_TELL)
        return r;
    if (l->outcome == 0 || l->lag_ms >= VISIBLE_GIVE_UP_MS)
        return visible_keep(op, l->box.channel_id, l->box.sent_at, l->lag_ms);
    l->again_at = op->now + (l->lag_ms > FIRST_WAIT_MS ? l->lag_ms : FIRST_WAIT_MS);
    return 0;
}

static int look(struct op *op, struct looking *l)
{
    int r = store_write(op, claim, l);

    if (r < 0 || l->off)
        return r;
    l->outcome = l->to.connector->find(op, &l->to.connection, &l->out, &l->receipt);
    if (l->outcome < 0)
        l->receipt.reason = op->err.text;
    op->err = (struct err){ 0 };
    op->now = clock_now(op->world->clock);
    l->lag_ms = op->now > l->box.sent_at ? op->now - l->box.sent_at : 0;
    return store_write(op, settle, l);
}

static int run_visible(struct op *op, const struct job *job, struct work_result *ret)
{
    struct looking l = { .job = job, .receipt = { .reason = STR("") } };
    int r = store_read(op, load, &l);

    if (r >= 0 && !l.off)
        r = look(op, &l);
    if (r < 0 || !l.again_at)
        return r < 0 ? r : 0;
    ret->again_at = l.again_at;
    return WORK_AGAIN;
}

const struct work work_visible = {
    .kind = kind,
    .policy = { .max_attempts = 3, .first_wait_ms = MINUTES(1), .max_wait_ms = HOURS(1) },
    .run = run_visible,
};
