/* webhook_delivery.c - from the log to deliveries, and what becomes of each.
 *
 * A failure that is about the receiver (no answer, 429, 502, 503, 504) lets the whole
 * webhook rest, so that a thousand deliveries are not a thousand calls at a door that is
 * closed. Every failure lets its own delivery wait longer each time.
 */
#include "base/ids.h"
#include "base/json.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "dialogue/stmt.h"
#include "dialogue/webhook_parts.h"
#include "job/job.h"

int64_t webhook_wait(struct op *op, int64_t failures, int64_t longest)
{
    int64_t wait = WEBHOOK_FIRST_MS;

    while (--failures > 0 && wait < longest)
        wait *= 4;
    if (wait > longest)
        wait = longest;
    /* Four to six fifths of it. */
    return wait / 5 * 4 + (int64_t)(random_u64(op) % (uint64_t)(wait / 5 * 2 + 1));
}

/* From the log --------------------------------------------------------------------- */

static void put_actor(struct json_writer *w, struct actor actor)
{
    static const char *const names[] = { "system", "account", "person", "command" };

    json_begin_object(w, "actor");
    json_put_c(w, "kind",
               (size_t)actor.kind < COUNT_OF(names) ? names[actor.kind] : names[0]);
    json_put_id(w, "id", actor.id);
    json_end_object(w);
}

/* Names and ids: nothing that anybody said. */
static struct str body_of(struct op *op, const struct event_row *row)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_text(&w, "type", row->kind);
    json_put_time(&w, "timestamp", row->at);
    json_begin_object(&w, "data");
    json_put_int(&w, "seq", row->seq);
    put_actor(&w, row->actor);
    json_put_id(&w, "conversation_id", row->conversation_id);
    json_put_id(&w, "thread_id", row->thread_id);
    json_put_id(&w, "person_id", row->person_id);
    json_put_id(&w, "channel_id", row->channel_id);
    json_put_id(&w, "message_id", row->message_id);
    json_put_id(&w, "department_id", row->department_id);
    json_put_id(&w, "subject_id", row->subject_id);
    json_end_object(&w);
    json_end_object(&w);
    return json_done(&w);
}

static bool concerns(const struct webhook *hook, const struct event_row *row)
{
    if (str_is(row->kind, WEBHOOK_TEST))
        return row->subject_id == hook->id;
    return webhook_wants(hook, row->kind);
}

static int add(struct op *op, const struct webhook *hook, const struct event_row *row)
{
    return db_run(op, &SQL_WEBHOOK_DELIVERY_ADD, ARG_WS, ARG_INT(id_next(op)),
                  ARG_INT(hook->id), ARG_INT(row->seq), ARG_TEXT(row->kind),
                  ARG_TEXT(body_of(op, row)), ARG_INT(op->now));
}

/* Deliveries of a page of the log; moves the hook's place in it. */
static int take_page(struct op *op, struct webhook *hook, int64_t room, bool *ret_more)
{
    struct event_row *rows;
    int64_t before = hook->seen_seq, made = 0;
    size_t count;
    int r = event_list(op, hook->seen_seq, WEBHOOK_PAGE, &rows, &count);

    for (size_t i = 0; r >= 0 && i < count && made < room; i++) {
        if (concerns(hook, &rows[i])) {
            r = add(op, hook, &rows[i]);
            made++;
        }
        hook->seen_seq = rows[i].seq;
    }
    if (r < 0 || hook->seen_seq == before)
        return r < 0 ? r : 0;
    *ret_more = count == WEBHOOK_PAGE && made < room;
    r = db_run(op, &SQL_WEBHOOK_SEEN, ARG_WS, ARG_INT(hook->id), ARG_INT(hook->seen_seq));
    if (r >= 0 && made)
        r = db_run(op, &SQL_WEBHOOK_DELIVERY_FORGET, ARG_WS, ARG_INT(hook->id),
                   ARG_INT(WEBHOOK_KEPT));
    return r < 0 ? r : 0;
}

static bool is_over(const struct op *op, const struct webhook *hook)
{
    return hook->told_at && op->now >= hook->told_at + WEBHOOK_WARN_FOR_MS;
}

int webhook_feed(struct op *op, struct webhook *hook, bool *ret_more)
{
    int64_t waiting;
    int r;

    *ret_more = false;
    if (is_over(op, hook)) {
        r = webhook_end(op, hook, STR("failing"),
                        STR("the webhook had failed for four days"));
        hook->enabled = 0;
        return r < 0 ? r : 0;
    }
    r = db_number(op, &waiting, &SQL_WEBHOOK_DELIVERY_WAITING, ARG_WS, ARG_INT(hook->id));
    if (r < 0 || waiting >= WEBHOOK_MAX_WAITING)
        return r < 0 ? r : 0;
    return take_page(op, hook, WEBHOOK_MAX_WAITING - waiting, ret_more);
}

/* Reading -------------------------------------------------------------------------- */

static struct webhook_delivery read_delivery(struct op *op, struct db_rows *rows)
{
    return (struct webhook_delivery){
        .id = db_int(rows, 0),
        .webhook_id = db_int(rows, 1),
        .seq = db_int(rows, 2),
        .kind = db_text(op, rows, 3),
        .body = db_text(op, rows, 4),
        .state = db_text(op, rows, 5),
        .tries = db_int(rows, 6),
        .since_at = db_int(rows, 7),
        .next_at = db_int(rows, 8),
        .tried_at = db_int(rows, 9),
        .status = db_int(rows, 10),
        .answer = db_text(op, rows, 11),
        .reason = db_text(op, rows, 12),
        .created_at = db_int(rows, 13),
    };
}

int webhook_delivery_list(struct op *op, int64_t webhook_id, int64_t below, int64_t limit,
                          struct webhook_delivery **ret, size_t *ret_count)
{
    struct webhook_delivery *list =
        arena_new(op->arena, struct webhook_delivery, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_WEBHOOK_DELIVERY_LIST, ARG_WS, ARG_INT(webhook_id),
                     ARG_INT(below ? below : INT64_MAX), ARG_INT(limit));

    if (r < 0)
        return r;
    while ((int64_t)n < limit && (r = db_next(op, rows)) > 0)
        list[n++] = read_delivery(op, rows);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

static int get_delivery(struct op *op, int64_t id, struct webhook_delivery *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_WEBHOOK_DELIVERY_GET, ARG_WS, ARG_INT(id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : WEBHOOK_NOT_FOUND;
    *ret = read_delivery(op, rows);
    return 0;
}

/* When there is nothing to try until `at`; also the end of the warning is due once. */
static int64_t look_again(const struct webhook *hook, int64_t at)
{
    int64_t end = hook->told_at ? hook->told_at + WEBHOOK_WARN_FOR_MS : 0;

    return end && (!at || end < at) ? end : at;
}

int webhook_next(struct op *op, const struct webhook *hook, struct webhook_delivery *ret,
                 int64_t *ret_at)
{
    struct webhook_delivery next;
    int64_t at;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_WEBHOOK_DELIVERY_NEXT, ARG_WS, ARG_INT(hook->id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0) {
        *ret_at = look_again(hook, 0);
        return WEBHOOK_IDLE;
    }
    next = read_delivery(op, rows);
    at = next.next_at > hook->rest_until_at ? next.next_at : hook->rest_until_at;
    if (at > op->now) {
        *ret_at = look_again(hook, at);
        return WEBHOOK_IDLE;
    }
    *ret = next;
    return 0;
}

/* What came of a try --------------------------------------------------------------- */

static int store(struct op *op, const struct webhook_delivery *now)
{
    return db_run(op, &SQL_WEBHOOK_DELIVERY_SET, ARG_WS, ARG_INT(now->id),
                  ARG_TEXT(now->state), ARG_INT(now->tries), ARG_INT(now->next_at),
                  ARG_TIME(now->tried_at), ARG_INT(now->status), ARG_TEXT(now->answer),
                  ARG_TEXT(now->reason));
}

/* The beginning of an answer, as a text that any engine and any page can hold. */
static struct str beginning(struct op *op, struct str body)
{
    struct str whole = utf8_repair(op->arena, str_sub(body, 0, WEBHOOK_MAX_ANSWER));
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; i < whole.n; i++) {
        char c = whole.p[i];
        bool control = (unsigned char)c < ' ' || c == 0x7f;

        if (control && c != '\n' && c != '\t')
            c = ' ';
        strbuf_char(&out, c);
    }
    return strbuf_str(&out);
}

/* Is it about the receiver as a whole, and not about this one delivery? */
static bool is_down(int64_t status)
{
    return status == 0 || status == 429 || (status >= 502 && status <= 504);
}

static int hook_took(struct op *op, const struct webhook *hook)
{
    int r = db_run(op, &SQL_WEBHOOK_TOOK, ARG_WS, ARG_INT(hook->id), ARG_INT(op->now));

    return r < 0 || !hook->told_at ? r : webhook_tell(op, hook, 0);
}

static int hook_failed(struct op *op, const struct webhook *hook,
                       const struct webhook_answer *answer)
{
    int64_t since = hook->failing_at ? hook->failing_at : op->now;
    int64_t failures = 0, rest = 0;
    int r;

    if (answer->status == 410)
        return webhook_end(op, hook, STR("gone"), STR("the receiver answered 410 Gone"));
    if (is_down(answer->status)) {
        failures = hook->failures + 1;
        rest = webhook_wait(op, failures, WEBHOOK_LONG_REST_MS);
    }
    if (answer->wait_ms > rest)
        rest = answer->wait_ms;
    r = db_run(op, &SQL_WEBHOOK_FAILED, ARG_WS, ARG_INT(hook->id), ARG_INT(op->now),
               ARG_INT(failures), ARG_INT(rest ? op->now + rest : 0));
    if (r < 0 || hook->told_at || op->now - since < WEBHOOK_TRY_FOR_MS)
        return r;
    return webhook_tell(op, hook, op->now);
}

static void judge(struct op *op, struct webhook_delivery *now,
                  const struct webhook_answer *answer)
{
    int64_t end = now->since_at + WEBHOOK_TRY_FOR_MS;

    now->tries++;
    now->tried_at = op->now;
    now->status = answer->status;
    now->answer = beginning(op, answer->body);
    now->reason = answer->reason;
    if (answer->status >= 200 && answer->status < 300) {
        now->state = STR("delivered");
    } else if (answer->status == 410 || op->now >= end) {
        now->state = STR("failed");
    } else {
        now->next_at = op->now + webhook_wait(op, now->tries, WEBHOOK_LONGEST_MS);
        if (answer->wait_ms && now->next_at < op->now + answer->wait_ms)
            now->next_at = op->now + answer->wait_ms;
        if (now->next_at > end) /* one last try at the end of its time */
            now->next_at = end;
    }
}

int webhook_settle(struct op *op, const struct webhook_delivery *tried,
                   const struct webhook_answer *answer)
{
    struct webhook_delivery now;
    struct webhook hook;
    int r = webhook_get(op, tried->webhook_id, &hook);

    if (r == 0)
        r = get_delivery(op, tried->id, &now);
    if (r)
        return r < 0 ? r : 0; /* removed while it was called */
    judge(op, &now, answer);
    if (!hook.enabled && str_is(now.state, "waiting"))
        now.state = STR("failed");
    r = store(op, &now);
    if (r < 0 || !hook.enabled)
        return r;
    return str_is(now.state, "delivered") ? hook_took(op, &hook)
                                          : hook_failed(op, &hook, answer);
}

int webhook_resend(struct op *op, const struct webhook *hook, int64_t delivery_id)
{
    struct webhook_delivery found;
    int r = webhook_need_on(op, hook);

    if (r >= 0)
        r = get_delivery(op, delivery_id, &found);
    if (r < 0)
        return r;
    if (r == WEBHOOK_NOT_FOUND || found.webhook_id != hook->id)
        return op_fail(op, ERR_NOT_FOUND, "there is no such delivery");
    r = db_run(op, &SQL_WEBHOOK_DELIVERY_AGAIN, ARG_WS, ARG_INT(delivery_id),
               ARG_INT(op->now));
    if (r >= 0)
        r = db_run(op, &SQL_WEBHOOK_NO_REST, ARG_WS, ARG_INT(hook->id));
    return r < 0 ? r : job_add(op, WEBHOOK_JOB, hook->id, op->now);
}
