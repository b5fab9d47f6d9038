/* work_fetch.c - the pictures of a message, from where its network says they are.
 *
 * An address that a stranger's server gives is asked like every such address: through the
 * gate (net/gate.h), without a credential, no more bytes than a file may have. What comes
 * counts by its bytes: what is no picture is left there. One picture a run.
 */
#include "work/works.h"

#include "base/clock.h"
#include "base/picture.h"
#include "db/store.h"
#include "dialogue/picture.h"
#include "net/client.h"

static const char kind[] = "fetch";

struct fetching {
    int64_t message_id;
    bool wanted;
    struct message msg;
    struct awaited one;
    enum picture_kind kind; /* of `bytes` */
    struct str bytes, reason;
};

static int load(struct op *op, void *ctx)
{
    struct fetching *f = ctx;
    int r = awaited_next(op, f->message_id, &f->one);

    if (r)
        return r < 0 ? r : 0;
    r = message_get(op, f->message_id, &f->msg);
    f->wanted = r == 0;
    return r < 0 ? r : 0;
}

static int keep(struct op *op, void *ctx)
{
    const struct fetching *f = ctx;

    return awaited_keep(op, &f->msg, &f->one, picture_mime(f->kind), f->bytes);
}

static int leave(struct op *op, void *ctx)
{
    const struct fetching *f = ctx;

    return awaited_leave(op, &f->one, f->reason);
}

/* 0: it is here; positive: it never will be, or (FETCH_LATER) may be later. */
enum { FETCH_LATER = 1, FETCH_NEVER = 2 };
static int fetch(struct op *op, struct fetching *f)
{
    const struct http_call call = { .url = f->one.url,
                                    .max_answer = ATTACHMENT_MAX_BYTES,
                                    .total_ms = SECONDS(45),
                                    .follow_redirects = true };
    struct http_reply reply = { 0 };
    int r;

    if (f->msg.removed_at) {
        f->reason = STR("the message was taken back");
        return FETCH_NEVER;
    }
    r = http_send(op, &call, &reply);
    if (r < 0)
        return r;
    f->reason = reply.reason;
    if (r)
        return r == HTTP_REFUSED ? FETCH_NEVER : FETCH_LATER;
    f->reason = arena_fmt(op->arena, "the server answered %d", reply.status);
    if (reply.status == 408 || reply.status == 429 || reply.status >= 500)
        return FETCH_LATER;
    if (reply.status != 200)
        return FETCH_NEVER;
    f->reason = STR("what stands at this address is no picture");
    f->bytes = reply.body;
    f->kind = picture_look(reply.body).kind;
    return f->kind == PICTURE_NONE ? FETCH_NEVER : 0;
}

static int run_fetch(struct op *op, const struct job *job, struct work_result *ret)
{
    struct fetching f = { .message_id = job->subject_id };
    int r = store_read(op, load, &f);

    if (r < 0 || !f.wanted)
        return r;
    r = fetch(op, &f);
    ret->reason = f.reason;
    if (r < 0 || r == FETCH_LATER)
        return r < 0 ? r : WORK_RETRY;
    r = store_write(op, r == FETCH_NEVER ? leave : keep, &f);
    ret->again_at = op->now;
    return r < 0 ? r : WORK_AGAIN;
}

/* The one that fails stays there; the next gets tries of its own. */
static int give_up(struct op *op, const struct job *job, struct str reason)
{
    struct awaited one;
    int r = awaited_next(op, job->subject_id, &one);

    if (r == 0)
        r = awaited_leave(op, &one, reason);
    if (r < 0)
        return r;
    r = awaited_next(op, job->subject_id, &one);
    return r ? (r < 0 ? r : 0) : job_add(op, kind, job->subject_id, op->now);
}

const struct work work_fetch = {
    .kind = kind,
    .policy = { .max_attempts = 6,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(1) },
    .run = run_fetch,
    .give_up = give_up,
};
