/* work_notify.c - one notice on its way to one of our own people.
 *
 * Whoever is interrupted between the sending and the note of it sends it once more: two
 * mails with the same address in it harm nobody, none does.
 */
#include "db/store.h"
#include "work/notify.h"
#include "work/works.h"

struct sending {
    int64_t id;
    struct notice notice;
    struct account account;
    struct connected to;
    bool wanted;
    const char *state;
    struct str reason;
};

static int load(struct op *op, void *ctx)
{
    struct sending *s = ctx;
    int64_t channel_id;
    int r = notice_get(op, s->id, &s->notice);

    if (r || !s->notice.text.n)
        return r < 0 ? r : 0;
    r = account_get(op, s->notice.account_id, &s->account);
    if (r || s->account.disabled_at)
        return r < 0 ? r : 0;
    s->wanted = true;
    s->reason = STR("no mailbox is connected any more");
    r = mailbox_find(op, MAILBOX_NOTICES, 0, &channel_id);
    if (r == 0)
        r = connect_channel(op, channel_id, &s->to, &s->reason);
    return r < 0 ? r : 0;
}

static int end(struct op *op, void *ctx)
{
    const struct sending *s = ctx;

    return notice_end(op, s->id, s->state, s->reason);
}

static int run_notify(struct op *op, const struct job *job, struct work_result *ret)
{
    struct sending s = { .id = job->subject_id, .reason = STR("") };
    struct receipt receipt = { .reason = STR("") };
    int r = store_read(op, load, &s);

    if (r < 0 || !s.wanted)
        return r;
    ret->reason = s.reason;
    if (!s.to.connector)
        return WORK_RETRY;
    r = s.to.connector->tell(
        op, &s.to.connection,
        &(struct house_mail){ .key = arena_fmt(op->arena, "%lld", (long long)s.id),
                              .to = s.account.email,
                              .name = s.account.name,
                              .subject = s.notice.subject,
                              .text = s.notice.text },
        &receipt);
    if (r < 0)
        return r;
    ret->reason = s.reason = receipt.reason;
    ret->wait_ms = receipt.wait_ms;
    if (r == SEND_LATER || r == SEND_DOUBT)
        return WORK_RETRY;
    s.state = r == SEND_REFUSED ? "failed" : "sent";
    return store_write(op, end, &s);
}

static int give_up(struct op *op, const struct job *job, struct str reason)
{
    return notice_end(op, job->subject_id, "failed", reason);
}

/* Within a day, for which a reset is valid. */
const struct work work_notify = {
    .kind = "notify",
    .policy = { .max_attempts = 24,
                .first_wait_ms = SECONDS(10),
                .max_wait_ms = HOURS(1) },
    .run = run_notify,
    .give_up = give_up,
};
