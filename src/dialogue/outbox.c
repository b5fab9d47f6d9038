/* outbox.c - how an item of the outbox moves while a worker delivers it.
 *
 * Everything runs inside a write, and writes are serializable on both engines, so a
 * row that was read here is still the same when it is written. What a worker saw in
 * an earlier write is not: that is what the epoch is for. It rises with each claim,
 * with each expired lease and whenever a person or an echo settles the item, and a
 * result that names another epoch is dropped.
 */
#include "dialogue/outbox_row.h"

#include "base/failpoint.h"
#include "base/ids.h"
#include "dialogue/digest.h"
#include "dialogue/message.h"
#include "dialogue/stmt.h"
#include "job/job.h"

#define KEY_BEGINS "draht-"

/* When to look again after something that goes first; its end wakes us anyway. */
#define LOOK_AGAIN_MS SECONDS(30)

static const struct column columns[] = {
    COLUMN(outbox, id, COLUMN_ID),
    COLUMN(outbox, conversation_id, COLUMN_ID),
    COLUMN(outbox, message_id, COLUMN_ID),
    COLUMN(outbox, channel_id, COLUMN_ID),
    COLUMN(outbox, state, COLUMN_TEXT),
    COLUMN(outbox, held_for, COLUMN_TEXT),
    COLUMN(outbox, idempotency_key, COLUMN_TEXT),
    COLUMN(outbox, send_after_at, COLUMN_TIME),
    COLUMN(outbox, next_try_at, COLUMN_TIME),
    COLUMN(outbox, attempts, COLUMN_INT),
    COLUMN(outbox, epoch, COLUMN_INT),
    COLUMN(outbox, lease_until_at, COLUMN_TIME),
    COLUMN(outbox, unknown_since_at, COLUMN_TIME),
    COLUMN_WORDS(outbox, reason), /* may quote what the network answered */
    COLUMN(outbox, how, COLUMN_TEXT),
    COLUMN(outbox, sent_at, COLUMN_TIME),
    COLUMN(outbox, approved_by, COLUMN_ID),
    COLUMN(outbox, created_at, COLUMN_TIME),
    { NULL },
};

const struct record outbox_record = {
    .table = "outbox",
    .columns = columns,
    .size = sizeof(struct outbox),
    .get = &SQL_OUTBOX_GET,
    .add = &SQL_OUTBOX_ADD,
    .set = &SQL_OUTBOX_SET,
    .all = &SQL_OUTBOX_ALL,
};

static const struct outcome {
    const char *name;
    const char *from; /* the only state that it can settle */
} outcomes[] = {
    [OUTBOX_SENT] = { "sent", "sending" },
    [OUTBOX_LATER] = { "later", "sending" },
    [OUTBOX_REFUSED] = { "refused", "sending" },
    [OUTBOX_DOUBT] = { "doubt", "sending" },
    [OUTBOX_FOUND] = { "found", "unknown" },
    [OUTBOX_ABSENT] = { "absent", "unknown" },
    [OUTBOX_SAME_NAME] = { "cannot_tell", "unknown" },
    [OUTBOX_CANNOT_TELL] = { "cannot_tell", "unknown" },
};

static struct event event_of(const struct outbox *box, const char *kind)
{
    return (struct event){ .kind = kind,
                           .conversation_id = box->conversation_id,
                           .channel_id = box->channel_id,
                           .message_id = box->message_id,
                           .subject_id = box->id };
}

static const char *kind_of(struct op *op, const struct outbox *box)
{
    return arena_cstr(op->arena,
                      arena_fmt(op->arena, "outbox." STR_FMT, STR_ARG(box->state)));
}

int outbox_get(struct op *op, int64_t id, struct outbox *ret)
{
    return record_get(op, &outbox_record, id, ret);
}

int outbox_by_key(struct op *op, int64_t channel_id, struct str key, struct outbox *ret)
{
    struct outbox box;
    int64_t id;
    int r;

    if (!str_starts(key, STR(KEY_BEGINS)) ||
        !id_parse(str_sub(key, strlen(KEY_BEGINS), key.n), &id))
        return OUTBOX_NOT_FOUND;
    r = outbox_get(op, id, &box);
    if (r)
        return r;
    if (box.channel_id != channel_id || !str_eq(box.idempotency_key, key))
        return OUTBOX_NOT_FOUND;
    *ret = box;
    return 0;
}

int outbox_need(struct op *op, int64_t id, struct outbox *ret)
{
    int r = outbox_get(op, id, ret);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no such item in the outbox");
    return r;
}

int outbox_move(struct op *op, const struct outbox *old, const struct outbox *now)
{
    struct event event = event_of(now, kind_of(op, now));

    return record_update(op, &outbox_record, old, now, &event);
}

int outbox_add(struct op *op, struct outbox *box)
{
    struct event event;
    int r;

    box->id = id_next(op);
    box->created_at = op->now;
    box->state = box->held_for.n ? STR("held") : STR("queued");
    box->idempotency_key = arena_fmt(op->arena, KEY_BEGINS "%lld", (long long)box->id);
    box->next_try_at = box->send_after_at > op->now ? box->send_after_at : op->now;

    event = event_of(box, kind_of(op, box));
    r = record_insert(op, &outbox_record, box, &event);
    if (r < 0 || box->held_for.n)
        return r;
    return job_add(op, "deliver", box->id, box->next_try_at);
}

int64_t outbox_lease_ms(const struct op *op)
{
    return job_lease_ms(op) / 2 * 3;
}

static int add_delivery(struct op *op, const struct outbox *box, const char *action)
{
    return db_run(op, &SQL_DELIVERY_ADD, ARG_WS, ARG_INT(box->id), ARG_INT(box->epoch),
                  ARG_TEXT(str_of(action)), ARG_INT(op->now));
}

int outbox_end_delivery(struct op *op, const struct outbox *box, const char *outcome,
                        struct str detail)
{
    return db_run(op, &SQL_DELIVERY_END, ARG_WS, ARG_INT(box->id), ARG_INT(box->epoch),
                  ARG_INT(op->now), ARG_TEXT(str_of(outcome)), ARG_TEXT(detail));
}

/* 0: its turn has come. OUTBOX_NOT_YET and when to look again. */
static int its_turn(struct op *op, const struct outbox *box, int64_t *ret_at)
{
    int64_t due = box->next_try_at, other;
    int r;

    if (box->send_after_at > due)
        due = box->send_after_at;
    if (due > op->now) {
        *ret_at = due;
        return OUTBOX_NOT_YET;
    }
    r = db_number(op, &other, &SQL_OUTBOX_AHEAD, ARG_WS, ARG_INT(box->conversation_id),
                  ARG_INT(box->id), ARG_INT(op->now), ARG_INT(box->channel_id));
    if (r < 0)
        return r;
    if (r == DB_NO_ROW)
        return 0;
    *ret_at = op->now + LOOK_AGAIN_MS;
    return OUTBOX_NOT_YET;
}

int outbox_claim(struct op *op, int64_t id, struct outbox *ret, int64_t *ret_at)
{
    struct outbox old, now;
    int r;

    r = outbox_need(op, id, &old);
    if (r < 0)
        return r;
    if (!str_is(old.state, "queued")) {
        *ret_at = 0;
        return OUTBOX_NOT_YET;
    }
    r = its_turn(op, &old, ret_at);
    if (r)
        return r;

    now = old;
    now.state = STR("sending");
    now.reason = STR("");
    now.epoch++;
    now.attempts++;
    now.next_try_at = 0;
    now.lease_until_at = op->now + outbox_lease_ms(op);
    r = outbox_move(op, &old, &now);
    if (r < 0)
        return r;
    r = add_delivery(op, &now, "send");
    if (r < 0)
        return r;

    *ret = now;
    return 0;
}

int outbox_claim_find(struct op *op, int64_t id, struct outbox *ret, int64_t *ret_number,
                      int64_t *ret_at)
{
    struct outbox old, now;
    int r;

    r = outbox_need(op, id, &old);
    if (r < 0)
        return r;
    if (!str_is(old.state, "unknown")) {
        *ret_at = 0;
        return OUTBOX_NOT_YET;
    }
    if (old.next_try_at > op->now || old.lease_until_at > op->now) {
        *ret_at =
            old.next_try_at > old.lease_until_at ? old.next_try_at : old.lease_until_at;
        return OUTBOX_NOT_YET;
    }

    now = old;
    now.epoch++;
    now.lease_until_at = op->now + outbox_lease_ms(op);
    r = outbox_end_delivery(op, &old, "cannot_tell", STR("the worker did not come back"));
    if (r < 0)
        return r;
    r = outbox_move(op, &old, &now);
    if (r < 0)
        return r;
    r = add_delivery(op, &now, "find");
    if (r < 0)
        return r;
    r = db_number(op, ret_number, &SQL_DELIVERY_FINDS, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;

    *ret = now;
    return 0;
}

int outbox_freeze(struct op *op, int64_t id, struct str bytes)
{
    return db_run(op, &SQL_OUTBOX_BYTES_ADD, ARG_WS, ARG_INT(id), ARG_BLOB(bytes),
                  ARG_BLOB(digest_of(op->arena, bytes)));
}

int outbox_thaw(struct op *op, int64_t id)
{
    return db_run(op, &SQL_OUTBOX_BYTES_DROP, ARG_WS, ARG_INT(id));
}

int outbox_bytes(struct op *op, int64_t id, struct str *ret)
{
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_OUTBOX_BYTES_GET, ARG_WS, ARG_INT(id));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return OUTBOX_NOT_FOUND;
    *ret = db_blob(op, rows, 0);
    if (!digest_fits(op->arena, db_blob(op, rows, 1), *ret))
        return op_fail(op, ERR_INTERNAL,
                       "the words of the reply %lld are not what they were: the disk has "
                       "changed them, and so they are not sent",
                       (long long)id);
    return 0;
}

void outbox_is_sent(struct op *op, struct outbox *box, const char *how)
{
    box->state = STR("sent");
    box->how = str_of(how);
    box->reason = STR("");
    box->sent_at = op->now;
    box->next_try_at = 0;
    box->lease_until_at = 0;
}

int outbox_name_message(struct op *op, const struct outbox *box, struct str external_id)
{
    struct message old, now, copy, given_up;
    int r;

    r = message_get(op, box->message_id, &old);
    if (r < 0)
        return r;
    if (r == RECORD_NOT_FOUND || !external_id.n || old.external_id.n ||
        old.channel_id != box->channel_id)
        return 0;

    r = message_by_external_id(op, box->channel_id, external_id, &copy);
    if (r < 0)
        return r;
    if (r == 0) {
        given_up = copy;
        given_up.external_id = STR("");
        given_up.removed_at = op->now;
        r = message_update(op, &copy, &given_up, "message.given_up");
        if (r < 0)
            return r;
    }
    now = old;
    now.external_id = external_id;
    return message_update(op, &old, &now, "message.delivered");
}

int outbox_wake_next(struct op *op, const struct outbox *after)
{
    int64_t next;
    int r;

    r = db_number(op, &next, &SQL_OUTBOX_NEXT, ARG_WS, ARG_INT(after->conversation_id),
                  ARG_INT(op->now), ARG_INT(after->channel_id));
    if (r < 0)
        return r;
    return r == DB_NO_ROW ? 0 : job_add(op, "deliver", next, op->now);
}

/* An earlier try may have arrived all the same. */
static struct str failed_or_uncertain(const struct outbox *box)
{
    return box->unknown_since_at ? STR("uncertain") : STR("failed");
}

/* Queue it again, or give up when it was tried often or long enough. */
static int again(struct op *op, struct outbox *box, struct str reason, int64_t retry_at)
{
    int64_t first = 0;
    int r;

    r = db_number(op, &first, &SQL_DELIVERY_FIRST_SEND, ARG_WS, ARG_INT(box->id),
                  ARG_INT(box->attempts));
    if (r < 0)
        return r;
    if (box->attempts < OUTBOX_MAX_ATTEMPTS &&
        (!first || retry_at - first <= OUTBOX_MAX_TRYING_MS)) { /* 0: never tried here */
        box->state = STR("queued");
        box->next_try_at = retry_at;
        box->reason = reason;
        return 0;
    }
    box->state = failed_or_uncertain(box);
    box->next_try_at = 0;
    box->reason = arena_fmt(op->arena, "given up after %lld tries: " STR_FMT,
                            (long long)box->attempts, STR_ARG(reason));
    return 0;
}

/* The fields of `box` after `result`. */
static int apply(struct op *op, const struct outbox_result *result, struct outbox *box)
{
    box->lease_until_at = 0;
    box->reason = result->reason;
    switch (result->outcome) {
    case OUTBOX_SENT:
        outbox_is_sent(op, box, result->how ? result->how : "answered");
        return 0;
    case OUTBOX_FOUND:
        outbox_is_sent(op, box, "found");
        return 0;
    case OUTBOX_LATER:
        if (!box->unknown_since_at)
            return again(op, box, result->reason, result->retry_at);
        box->state = STR("unknown"); /* this one not, but one before perhaps */
        box->next_try_at = result->retry_at;
        return 0;
    case OUTBOX_SAME_NAME:
        return again(op, box, result->reason, op->now);
    case OUTBOX_ABSENT:
        box->unknown_since_at = 0;
        return again(op, box, result->reason, op->now);
    case OUTBOX_REFUSED:
        box->state = failed_or_uncertain(box);
        return 0;
    case OUTBOX_DOUBT:
        box->state = STR("unknown");
        box->unknown_since_at = op->now;
        box->next_try_at = result->retry_at;
        return 0;
    case OUTBOX_CANNOT_TELL:
        box->state = result->retry_at ? STR("unknown") : STR("uncertain");
        box->next_try_at = result->retry_at;
        return 0;
    }
    return op_fail(op, ERR_INTERNAL, "a delivery ended in no known way");
}

int outbox_first_tried_at(struct op *op, int64_t id, int64_t *ret)
{
    int r = db_number(op, ret, &SQL_DELIVERY_FIRST_EVER, ARG_WS, ARG_INT(id));

    if (r == DB_NO_ROW)
        *ret = 0;
    return r < 0 ? r : 0;
}

/* The network shows more than one: nobody may overlook that. */
int outbox_note_copies(struct op *op, const struct outbox *box, int64_t copies)
{
    struct event event = event_of(box, "outbox.duplicate_seen");

    event.extra = arena_fmt(op->arena, "\"copies\":%lld", (long long)copies);
    return event_add(op, &event);
}

int outbox_settle(struct op *op, const struct outbox *box,
                  const struct outbox_result *result)
{
    const struct outcome *outcome = &outcomes[result->outcome];
    struct outbox old, now;
    int r;

    r = outbox_need(op, box->id, &old);
    if (r < 0)
        return r;
    if (old.epoch != box->epoch || !str_is(old.state, outcome->from)) {
        if (!FAILPOINT("control.no_epoch")) /* what the tests must be able to notice */
            return OUTBOX_STALE;
    }

    now = old;
    r = apply(op, result, &now);
    if (r < 0)
        return r;
    r = outbox_end_delivery(op, &old, outcome->name, result->reason);
    if (r < 0)
        return r;
    r = outbox_move(op, &old, &now);
    if (r < 0)
        return r;
    if (str_is(now.state, "sent")) {
        r = outbox_name_message(op, &now, result->external_id);
        if (r < 0)
            return r;
    }
    if (result->copies > 1) {
        r = outbox_note_copies(op, &now, result->copies);
        if (r < 0)
            return r;
    }
    if (str_is(now.state, "queued") || str_is(now.state, "unknown"))
        return 0;
    return outbox_wake_next(op, &now);
}

int outbox_expire_lease(struct op *op, int64_t id)
{
    struct outbox old, now;
    int r;

    r = outbox_need(op, id, &old);
    if (r < 0)
        return r;
    if (!str_is(old.state, "sending") || old.lease_until_at > op->now)
        return 0;

    now = old;
    now.state = STR("unknown");
    now.epoch++;
    now.unknown_since_at = old.lease_until_at;
    now.lease_until_at = 0;
    now.next_try_at = op->now;
    now.reason = STR("the program was interrupted while sending");
    if (FAILPOINT("control.repeats") || FAILPOINT("control.no_epoch")) {
        now.state = STR("queued"); /* what the tests must be able to notice */
        now.unknown_since_at = 0;
    }
    r = outbox_end_delivery(op, &old, "doubt", STR("the worker did not come back"));
    return r < 0 ? r : outbox_move(op, &old, &now);
}

static int doubt(struct op *op, int64_t id, struct str reason)
{
    struct outbox old, now;
    int r;

    r = outbox_need(op, id, &old);
    if (r < 0)
        return r;
    now = old;
    now.state = STR("unknown");
    now.epoch++;
    now.unknown_since_at = op->now;
    now.lease_until_at = 0;
    now.next_try_at = op->now;
    now.reason = reason;
    r = outbox_end_delivery(op, &old, "doubt", reason);
    if (r >= 0)
        r = outbox_move(op, &old, &now);
    return r < 0 ? r : job_add(op, "deliver", id, op->now);
}

enum { DOUBTS = 200 }; /* of one look */

static int list_waiting(struct op *op, int64_t after, int64_t ids[DOUBTS],
                        size_t *ret_count)
{
    DB_ROWS(rows);
    size_t n = 0;
    int r;

    r = db_query(op, &rows, &SQL_OUTBOX_WAITING_ALL, ARG_WS, ARG_INT(op->now),
                 ARG_INT(after), ARG_INT(DOUBTS));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0)
        ids[n++] = db_int(rows, 0);
    *ret_count = n;
    return r;
}

int outbox_doubt_all(struct op *op, struct str reason, int64_t *ret_count)
{
    int64_t ids[DOUBTS], after = 0;
    size_t n;
    int r;

    *ret_count = 0;
    do {
        r = list_waiting(op, after, ids, &n);
        for (size_t i = 0; r >= 0 && i < n; i++)
            r = doubt(op, after = ids[i], reason);
        if (r < 0)
            return r;
        *ret_count += (int64_t)n;
    } while (n == DOUBTS);
    return 0;
}

int outbox_give_up(struct op *op, int64_t id, struct str reason)
{
    struct outbox old, now;
    int r;

    r = outbox_need(op, id, &old);
    if (r < 0)
        return r;
    now = old;
    if (str_is(old.state, "queued"))
        now.state = failed_or_uncertain(&old);
    else if (str_is(old.state, "sending") || str_is(old.state, "unknown"))
        now.state = STR("uncertain");
    else
        return 0;
    now.epoch++;
    now.reason = reason;
    now.lease_until_at = 0;
    now.next_try_at = 0;
    r = outbox_end_delivery(op, &old, "doubt", reason);
    if (r < 0)
        return r;
    r = outbox_move(op, &old, &now);
    return r < 0 ? r : outbox_wake_next(op, &now);
}
