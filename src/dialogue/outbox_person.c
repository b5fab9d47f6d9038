/* outbox_person.c - the outbox as people see and settle it, and echoes.
 *
 * A person's word raises the epoch, so a worker that is still out there cannot
 * overwrite it.
 */
#include "dialogue/outbox_row.h"

#include "base/utf8.h"
#include "dialogue/stmt.h"
#include "job/job.h"

int outbox_by_message(struct op *op, int64_t message_id, struct outbox *ret)
{
    int64_t id;
    int r;

    r = db_number(op, &id, &SQL_OUTBOX_BY_MESSAGE, ARG_WS, ARG_INT(message_id));
    if (r < 0)
        return r;
    return r == DB_NO_ROW ? OUTBOX_NOT_FOUND : outbox_get(op, id, ret);
}

int outbox_of_channel(struct op *op, int64_t message_id, int64_t channel_id,
                      struct outbox *ret)
{
    int64_t id;
    int r;

    r = db_number(op, &id, &SQL_OUTBOX_OF_CHANNEL, ARG_WS, ARG_INT(message_id),
                  ARG_INT(channel_id));
    if (r < 0)
        return r;
    return r == DB_NO_ROW ? OUTBOX_NOT_FOUND : outbox_get(op, id, ret);
}

int outbox_list(struct op *op, struct str state, int64_t before_id, int64_t limit,
                struct outbox **ret, size_t *ret_count)
{
    return record_list(op, &outbox_record, ret, ret_count, &SQL_OUTBOX_LIST, ARG_WS,
                       ARG_TEXT(state), ARG_INT(before_id ? before_id : INT64_MAX),
                       ARG_INT(limit));
}

int outbox_list_conversation(struct op *op, int64_t conversation_id, struct outbox **ret,
                             size_t *ret_count)
{
    return record_list(op, &outbox_record, ret, ret_count, &SQL_OUTBOX_LIST_CONVERSATION,
                       ARG_WS, ARG_INT(conversation_id));
}

int outbox_counts(struct op *op, int64_t channel_id, struct outbox_counts *ret)
{
    struct outbox_counts counts = { 0 };
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, &SQL_OUTBOX_COUNTS, ARG_WS, ARG_INT(channel_id));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1) {
        struct str state = db_text(op, rows, 0);

        if (str_is(state, "queued"))
            counts.queued = db_int(rows, 1);
        else if (str_is(state, "unknown"))
            counts.unknown = db_int(rows, 1);
        else if (str_is(state, "uncertain"))
            counts.uncertain = db_int(rows, 1);
        else if (str_is(state, "failed"))
            counts.failed = db_int(rows, 1);
    }
    if (r < 0)
        return r;
    *ret = counts;
    return 0;
}

/* Get the item when its state is one of `states` (names, one blank between). */
static int need_state(struct op *op, int64_t id, const char *states, const char *verb,
                      struct outbox *ret)
{
    struct str rest = str_of(states);
    int r;

    r = outbox_need(op, id, ret);
    if (r < 0)
        return r;
    while (rest.n)
        if (str_eq(str_cut(rest, ' ', &rest), ret->state))
            return 0;
    return op_fail_as(op, ERR_CONFLICT, "outbox_state",
                      "a message that is " STR_FMT " cannot be %s", STR_ARG(ret->state),
                      verb);
}

/* A person settles an item: `change` it where its state allows. What is queued then gets
 * a job; of what is not, the next of its conversation goes on. */
static int settle(struct op *op, int64_t id, const char *states, const char *verb,
                  void (*change)(struct op *op, struct outbox *box))
{
    struct outbox old, now;
    int r;

    r = need_state(op, id, states, verb, &old);
    if (r < 0)
        return r;
    now = old;
    now.epoch++;
    change(op, &now);
    r = outbox_move(op, &old, &now);
    if (r < 0)
        return r;
    if (str_is(now.state, "queued"))
        return job_add(op, "deliver", id, now.next_try_at);
    r = job_cancel(op, "deliver", id);
    return r < 0 ? r : outbox_wake_next(op, &now);
}

/* Back into the queue, to be tried at once or at its hour. */
static void queue(struct op *op, struct outbox *box)
{
    box->state = STR("queued");
    box->reason = STR("");
    box->how = STR("");
    box->lease_until_at = 0;
    box->unknown_since_at = 0;
    box->next_try_at = box->send_after_at > op->now ? box->send_after_at : op->now;
}

static void approve(struct op *op, struct outbox *box)
{
    box->held_for = STR("");
    box->approved_by = op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
    queue(op, box);
}

static void retry(struct op *op, struct outbox *box)
{
    box->attempts = 0;
    queue(op, box);
}

static void mark_sent(struct op *op, struct outbox *box)
{
    outbox_is_sent(op, box, "by_person");
}

static void cancel(struct op *op, struct outbox *box)
{
    (void)op;
    box->state = STR("cancelled");
    box->next_try_at = 0;
}

int outbox_approve(struct op *op, int64_t id)
{
    return settle(op, id, "held", "approved", approve);
}

int outbox_retry(struct op *op, int64_t id)
{
    return settle(op, id, "failed uncertain", "sent again", retry);
}

int outbox_mark_sent(struct op *op, int64_t id)
{
    return settle(op, id, "uncertain failed", "marked as sent", mark_sent);
}

int outbox_cancel(struct op *op, int64_t id)
{
    struct outbox box;
    int r = outbox_need(op, id, &box);

    if (r < 0)
        return r;
    if (str_is(box.state, "queued") && box.unknown_since_at)
        return op_fail_as(op, ERR_CONFLICT, "outbox_state",
                          "a message that may have arrived cannot be cancelled");
    return settle(op, id, "held queued failed", "cancelled", cancel);
}

/* Networks trim, and put other spaces and quotes; the folded text stays. */
static struct str comparable(struct op *op, struct str body)
{
    return str_trim(utf8_fold(op->arena, body));
}

/* The one of ours in the thread, `among` these, that has its key; where no key is shown,
 * the oldest that reads like it. */
static int find_echo(struct op *op, const struct db_stmt *among, const struct echo *echo,
                     int64_t *ret_id)
{
    struct str wanted = comparable(op, echo->body);
    DB_ROWS(rows);
    int r;

    r = db_query(op, &rows, among, ARG_WS, ARG_INT(echo->thread_id));
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1) {
        if (echo->key.n ? str_eq(db_text(op, rows, 2), echo->key)
                        : str_eq(comparable(op, db_text(op, rows, 1)), wanted)) {
            *ret_id = db_int(rows, 0);
            return 0;
        }
    }
    return r < 0 ? r : OUTBOX_NOT_FOUND;
}

/* Something of ours that we do not know, and that is a reply which was sent more than
 * once: the first try had arrived after all. */
static int note_late_copy(struct op *op, const struct echo *echo)
{
    struct outbox box;
    int64_t id;
    int r = find_echo(op, &SQL_OUTBOX_REPEATED, echo, &id);

    if (r)
        return r < 0 ? r : 0;
    r = outbox_need(op, id, &box);
    return r < 0 ? r : outbox_note_copies(op, &box, 2);
}

int outbox_came_by_itself(struct op *op, const struct outbox *old)
{
    struct outbox now = *old;
    int r;

    if (str_is(old->state, "sent"))
        return 0;
    now.epoch++;
    outbox_is_sent(op, &now, "echo");
    r = outbox_end_delivery(op, old, "found", STR("it came back by itself"));
    if (r >= 0)
        r = outbox_move(op, old, &now);
    return r < 0 ? r : outbox_wake_next(op, &now);
}

int outbox_echo(struct op *op, const struct echo *echo, int64_t *ret_message_id)
{
    struct outbox box;
    int64_t id;
    int r;

    r = find_echo(op, &SQL_OUTBOX_ECHO_CANDIDATES, echo, &id);
    if (r == OUTBOX_NOT_FOUND) {
        r = note_late_copy(op, echo);
        return r < 0 ? r : OUTBOX_NOT_FOUND;
    }
    if (r < 0)
        return r;
    r = outbox_need(op, id, &box);
    if (r >= 0)
        r = outbox_came_by_itself(op, &box);
    if (r >= 0)
        r = outbox_name_message(op, &box, echo->external_id);
    if (r < 0)
        return r;
    *ret_message_id = box.message_id;
    return 0;
}

/* A report may overtake the answer to the call that it is about. */
static bool is_out(const struct outbox *box)
{
    return str_is(box->state, "sent") || str_is(box->state, "sending") ||
           str_is(box->state, "unknown");
}

int outbox_came_back(struct op *op, const struct outbox *old, struct str reason)
{
    struct outbox now = *old;
    int r;

    if (!is_out(old))
        return OUTBOX_NOT_FOUND;
    now.state = STR("failed");
    now.epoch++;
    now.sent_at = now.lease_until_at = now.unknown_since_at = now.next_try_at = 0;
    now.how = STR("");
    now.reason = arena_fmt(op->arena, "it did not arrive: " STR_FMT, STR_ARG(reason));
    r = outbox_end_delivery(op, old, "refused", now.reason);
    return r < 0 ? r : outbox_move(op, old, &now);
}
