/* judge.c - what a network's answer means for the outbox and for its pace. */
#include "work/judge.h"

#include "base/failpoint.h"

/* A call may take as long. */
#define KEY_MARGIN_MS MINUTES(1)

static int64_t wait_ms(struct op *op, int64_t attempts, const struct receipt *receipt)
{
    int64_t most = JUDGE_MAX_WAIT_MS, wait;

    if (attempts < 20 && JUDGE_FIRST_WAIT_MS * attempts * attempts < most)
        most = JUDGE_FIRST_WAIT_MS * attempts * attempts;
    wait = pace_jitter(op, most);
    return receipt->wait_ms > wait ? receipt->wait_ms : wait;
}

struct outbox_result judge_send(struct op *op, const struct ended *ended)
{
    const struct receipt *receipt = ended->receipt;
    struct outbox_result result = { .outcome = OUTBOX_SENT,
                                    .external_id = receipt->external_id,
                                    .reason = STR("") };

    if (ended->r == 0) {
        result.how = receipt->nowhere ? "no_address" : NULL;
        return result;
    }
    /* Negative: our own failure, before anything left. */
    result.reason = ended->r < 0 ? op->err.text : receipt->reason;
    if (ended->r == SEND_REFUSED) {
        result.outcome = OUTBOX_REFUSED;
    } else if (ended->r == SEND_DOUBT && !FAILPOINT("mutant.naive")) {
        result.outcome = OUTBOX_DOUBT;
        result.retry_at = op->now + ended->quiet_ms;
    } else {
        result.outcome = OUTBOX_LATER;
        result.retry_at = op->now + wait_ms(op, ended->box->attempts, receipt);
    }
    return result;
}

bool judge_is_keyed(const struct op *op, const struct connector *connector,
                    enum delivery_class class, int64_t first_tried_at)
{
    if (!connector)
        return false;
    return class == DELIVERY_EXACT ||
           (class == DELIVERY_KEYED &&
            op->now + KEY_MARGIN_MS < first_tried_at + connector->key_ms);
}

/* It is not there, as far as one can see. */
static struct outbox_result absent(struct op *op, const struct ended *ended)
{
    struct outbox_result result = { .outcome = OUTBOX_ABSENT,
                                    .external_id = STR(""),
                                    .reason = ended->receipt->reason };
    int64_t sure_at = ended->box->unknown_since_at + 2 * ended->quiet_ms;

    if (ended->class != DELIVERY_ALIKE)
        return result;
    result.outcome = OUTBOX_CANNOT_TELL;
    if (!json_bool(ended->connection->settings, "repeat_when_absent")) {
        result.reason = STR("it is not to be found there: say whether to send it again");
        return result;
    }
    if (op->now >= sure_at)
        result.outcome = OUTBOX_ABSENT;
    else
        result.retry_at = sure_at;
    return result;
}

struct outbox_result judge_find(struct op *op, const struct ended *ended)
{
    const struct receipt *receipt = ended->receipt;
    struct outbox_result result = { .outcome = OUTBOX_FOUND,
                                    .external_id = receipt->external_id,
                                    .reason = receipt->reason,
                                    .copies = receipt->copies };

    if (ended->r == 0)
        return result;
    if (ended->r == FIND_ABSENT)
        return absent(op, ended);
    result.outcome = OUTBOX_CANNOT_TELL;
    if (ended->r < 0)
        result.reason = op->err.text;
    if (!ended->connector || ended->class == DELIVERY_SILENT)
        return result;
    if (ended->finds < JUDGE_MAX_FINDS)
        result.retry_at = op->now + wait_ms(op, ended->finds, receipt);
    else if (judge_is_keyed(op, ended->connector, ended->class, ended->first_tried_at))
        result.outcome = OUTBOX_SAME_NAME;
    return result;
}

struct pace_result judge_pace(const struct ended *ended)
{
    const struct receipt *receipt = ended->receipt;
    bool no = receipt->answered || receipt->wait_ms > 0; /* a 429 is an answer */
    bool failed = ended->looked ? ended->r == FIND_CANNOT_TELL
                                : ended->r == SEND_DOUBT || ended->r == SEND_LATER;

    return (struct pace_result){ .failed = failed && !no,
                                 .rest_ms = receipt->wait_ms,
                                 .told = receipt->told,
                                 .told_left = receipt->told_left,
                                 .told_ms = receipt->told_ms,
                                 .reason = receipt->reason };
}

struct pace_budget judge_budget(const struct connected *to)
{
    struct budget budget = { 0 };

    if (to->connector && to->connector->budget)
        budget = to->connector->budget(&to->connection);
    return (struct pace_budget){ budget.calls, budget.per_ms };
}
