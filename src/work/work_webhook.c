/* work_webhook.c - telling a program elsewhere what happened here.
 *
 * One job for each webhook: it makes deliveries of what is new in the log and sends the
 * one that is due, one at a time, in a few threads at most, so that receivers that do
 * not answer hold up nobody who wants to send a reply. To run twice may deliver twice,
 * under the same id, by which the receiver knows it: that is the promise of Standard
 * Webhooks.
 */
#include <stdatomic.h>

#include "admin/secret.h"
#include "base/clock.h"
#include "db/store.h"
#include "dialogue/webhook.h"
#include "net/client.h"
#include "net/signature.h"
#include "work/works.h"

enum { MOST_AT_ONCE = 2 }; /* calls of this process */

#define PATIENCE_MS SECONDS(15)
#define MAX_WAIT_MS HOURS(6) /* of a Retry-After */
#define CROWDED_MS  SECONDS(1)

static atomic_int under_way;

struct sending {
    int64_t hook_id;
    struct webhook hook;
    struct webhook_delivery delivery;
    struct str secrets[SECRET_MAX_VALID];
    size_t secret_count;
    struct webhook_answer answer;
    bool on, idle, more;
    int64_t at; /* when to look again; 0: when something happens */
};

/* A secret that cannot be opened is a failure that its page tells, not the end of the
 * job. */
static int read_secrets(struct op *op, struct sending *s)
{
    int r =
        secret_valid(op, s->hook_id, STR(WEBHOOK_SECRET), s->secrets, &s->secret_count);

    if (r != ERR_INTERNAL)
        return r;
    s->answer.reason = op->err.text;
    s->secret_count = 0;
    op->err = (struct err){ 0 };
    return 0;
}

static int prepare(struct op *op, void *ctx)
{
    struct sending *s = ctx;
    int r = webhook_get(op, s->hook_id, &s->hook);

    s->on = r == 0 && s->hook.enabled;
    if (r || !s->on)
        return r < 0 ? r : 0;
    r = webhook_feed(op, &s->hook, &s->more);
    s->on = s->hook.enabled;
    if (r < 0 || !s->on)
        return r;
    r = webhook_next(op, &s->hook, &s->delivery, &s->at);
    s->idle = r == WEBHOOK_IDLE;
    if (r)
        return r < 0 ? r : 0;
    return read_secrets(op, s);
}

/* Fills s->answer. */
static int tell(struct op *op, struct sending *s)
{
    struct http_call call = { .method = STR("POST"),
                              .url = s->hook.url,
                              .body = s->delivery.body,
                              .total_ms = PATIENCE_MS,
                              .needs_tls = true };
    struct str id = arena_fmt(op->arena, "msg_%lld", (long long)s->delivery.id);
    struct http_reply reply = { 0 };
    int r;

    http_add(op->arena, &call.headers, STR("Content-Type"), STR("application/json"));
    r = signature_add_all(op, s->secrets, s->secret_count, id, call.body, &call.headers);
    if (r >= 0)
        r = http_send(op, &call, &reply);
    if (r < 0)
        return r;
    if (r > 0) {
        s->answer.reason = reply.reason;
        return 0;
    }
    s->answer.status = reply.status;
    s->answer.body = reply.body;
    s->answer.wait_ms = SECONDS((int64_t)reply.retry_after);
    if (s->answer.wait_ms > MAX_WAIT_MS)
        s->answer.wait_ms = MAX_WAIT_MS;
    return 0;
}

static int settle(struct op *op, void *ctx)
{
    const struct sending *s = ctx;

    return webhook_settle(op, &s->delivery, &s->answer);
}

static int deliver(struct op *op, struct sending *s)
{
    int r = s->secret_count ? tell(op, s) : 0;

    if (r < 0)
        return r;
    op->now = clock_now(op->world->clock); /* it may have taken a while */
    return store_write(op, settle, s);
}

static int again(struct work_result *ret, int64_t at)
{
    ret->again_at = at;
    return WORK_AGAIN;
}

static int run_webhook(struct op *op, const struct job *job, struct work_result *ret)
{
    struct sending s = { .hook_id = job->subject_id,
                         .answer = { .body = STR(""), .reason = STR("") } };
    int r = store_write(op, prepare, &s);

    if (r < 0 || !s.on)
        return r;
    if (s.idle && s.more)
        return again(ret, op->now);
    if (s.idle)
        return s.at ? again(ret, s.at) : 0;
    if (atomic_fetch_add(&under_way, 1) >= MOST_AT_ONCE) {
        atomic_fetch_sub(&under_way, 1);
        return again(ret, op->now + CROWDED_MS);
    }
    r = deliver(op, &s);
    atomic_fetch_sub(&under_way, 1);
    return r < 0 ? r : again(ret, op->now);
}

const struct work work_webhook = {
    .kind = WEBHOOK_JOB,
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(5),
                .max_wait_ms = MINUTES(10) },
    .run = run_webhook,
};
