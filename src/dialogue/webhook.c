/* webhook.c - which programs are told what, and by which secret. */
#include "dialogue/webhook.h"

#include "admin/secret.h"
#include "base/ids.h"
#include "dialogue/stmt.h"
#include "dialogue/webhook_parts.h"
#include "job/job.h"
#include "net/gate.h"
#include "net/signature.h"

static const struct column columns[] = {
    COLUMN(webhook, id, COLUMN_ID),
    COLUMN_WORDS(webhook, name),
    COLUMN_WORDS(webhook, url), /* such addresses are often secrets themselves */
    COLUMN(webhook, kinds, COLUMN_TEXT),
    COLUMN(webhook, enabled, COLUMN_BOOL),
    COLUMN(webhook, ended, COLUMN_TEXT),
    COLUMN(webhook, told_at, COLUMN_TIME),
    COLUMN(webhook, created_at, COLUMN_TIME),
    COLUMN(webhook, updated_at, COLUMN_TIME),
    COLUMN(webhook, removed_at, COLUMN_TIME),
    { NULL },
};

const struct record webhook_record = {
    .table = "webhook",
    .columns = columns,
    .size = sizeof(struct webhook),
    .get = &SQL_WEBHOOK_GET,
    .add = &SQL_WEBHOOK_ADD,
    .set = &SQL_WEBHOOK_SET,
    .all = &SQL_WEBHOOK_ALL,
};

/* A promise to programs elsewhere: a name is never changed, only added. Each is a kind of
 * the log. */
static const char *const kinds[] = {
    "conversation.created",      "conversation.message", "conversation.answered",
    "conversation.solved",       "conversation.closed",  "conversation.reopened",
    "message.delivered",         "check_back.due",       "check_back.answered",
    "conversation.reply_failed",
};

const char *webhook_kind_at(size_t index)
{
    return index < COUNT_OF(kinds) ? kinds[index] : NULL;
}

static bool is_kind(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(name, kinds[i]))
            return true;
    return false;
}

bool webhook_wants(const struct webhook *hook, struct str kind)
{
    for (struct str rest = hook->kinds; rest.n > 0;)
        if (str_eq(str_cut(rest, ' ', &rest), kind))
            return true;
    return false;
}

/* Without TLS only inside the house; what a name leads to is looked at when it is called.
 */
static int check_url(struct op *op, struct str text)
{
    struct gate_address address;
    struct url url;

    if (text.n > URL_MAX)
        return op_too_long(op, "url", URL_MAX, "bytes");
    if (url_parse(op, text, &url) < 0) {
        op->err = (struct err){ 0 };
        return op_fail_field_as(op, "url", "not_an_address",
                                "must be an address of http or https");
    }
    if (!url.secure && gate_address(op, url.host, url.port, &address) &&
        gate_is_public((const struct sockaddr *)&address.socket))
        return op_fail_field_as(op, "url", "not_secure",
                                "must begin with https:// outside of your own network");
    return 0;
}

static int check(struct op *op, const struct webhook *hook)
{
    if (hook->name.n == 0)
        return op_fail_field_as(op, "name", "empty", "must not be empty");
    if (hook->kinds.n == 0)
        return op_fail_field_as(op, "kinds", "empty", "must name at least one event");
    for (struct str rest = hook->kinds; rest.n > 0;) {
        struct str kind = str_cut(rest, ' ', &rest);

        if (!is_kind(kind))
            return op_fail_field_as(op, "kinds", "unknown", "has no event " STR_FMT,
                                    STR_ARG(str_sub(kind, 0, 40)));
    }
    return check_url(op, hook->url);
}

static int renew(struct op *op, int64_t id, int64_t keep_old_ms, struct str *ret)
{
    *ret = signature_new_secret(op);
    return secret_put(op, id, STR(WEBHOOK_SECRET), *ret, keep_old_ms);
}

static int check_room(struct op *op)
{
    struct webhook *list;
    size_t count;
    int r = webhook_list(op, &list, &count);

    if (r < 0)
        return r;
    if (count >= WEBHOOK_MAX)
        return op_fail_as(op, ERR_CONFLICT, "too_many_webhooks",
                          "a workspace has at most %d webhooks", WEBHOOK_MAX);
    return 0;
}

/* Nothing of what was before. */
static int begin_now(struct op *op, int64_t id)
{
    int64_t seq;
    int r = event_last_seq(op, &seq);

    return r < 0 ? r : db_run(op, &SQL_WEBHOOK_FRESH, ARG_WS, ARG_INT(id), ARG_INT(seq));
}

int webhook_add(struct op *op, struct webhook *hook, struct str *ret_secret)
{
    struct webhook made = *hook;
    struct event event = { .kind = "webhook.created" };
    int r = check(op, &made);

    if (r >= 0)
        r = check_room(op);
    if (r < 0)
        return r;
    made.id = id_next(op);
    made.enabled = 1;
    made.ended = STR("");
    made.created_at = made.updated_at = op->now;
    made.told_at = made.removed_at = 0;
    event.subject_id = made.id;
    r = record_insert(op, &webhook_record, &made, &event);
    if (r >= 0)
        r = begin_now(op, made.id);
    if (r >= 0)
        r = renew(op, made.id, 0, ret_secret);
    if (r >= 0)
        r = job_add(op, WEBHOOK_JOB, made.id, op->now);
    if (r >= 0)
        r = webhook_get(op, made.id, hook);
    return r < 0 ? r : 0;
}

static void read_row(struct op *op, struct db_rows *rows, struct webhook *ret)
{
    int next = (int)COUNT_OF(columns) - 1;

    record_read(op, &webhook_record, rows, 0, ret);
    ret->seen_seq = db_int(rows, next++);
    ret->failing_at = db_int(rows, next++);
    ret->failures = db_int(rows, next++);
    ret->rest_until_at = db_int(rows, next++);
    ret->delivered_at = db_int(rows, next);
}

int webhook_get(struct op *op, int64_t id, struct webhook *ret)
{
    struct webhook hook = { 0 };
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_WEBHOOK_GET, ARG_WS, ARG_INT(id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r > 0)
        read_row(op, rows, &hook);
    if (r == 0 || hook.removed_at)
        return WEBHOOK_NOT_FOUND;
    *ret = hook;
    return 0;
}

int webhook_list(struct op *op, struct webhook **ret, size_t *ret_count)
{
    struct webhook *list = arena_new(op->arena, struct webhook, WEBHOOK_MAX);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_WEBHOOK_LIST, ARG_WS, ARG_INT(WEBHOOK_MAX));

    if (r < 0)
        return r;
    while (n < WEBHOOK_MAX && (r = db_next(op, rows)) > 0)
        read_row(op, rows, &list[n++]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

/* It is not called any more: what waits ends too. */
static int stop(struct op *op, int64_t id, struct str reason)
{
    int r = db_run(op, &SQL_WEBHOOK_DELIVERY_END_WAITING, ARG_WS, ARG_INT(id),
                   ARG_TEXT(reason));

    return r < 0 ? r : job_cancel(op, WEBHOOK_JOB, id);
}

static int start(struct op *op, int64_t id)
{
    int r = begin_now(op, id);

    return r < 0 ? r : job_add(op, WEBHOOK_JOB, id, op->now);
}

int webhook_update(struct op *op, const struct webhook *old, const struct webhook *now)
{
    struct event event = { .kind = "webhook.updated", .subject_id = now->id };
    struct webhook changed = *now;
    int r = check(op, now);

    if (r < 0)
        return r;
    changed.updated_at = op->now;
    changed.ended = now->enabled ? STR("") : STR("person");
    changed.told_at = now->enabled && old->enabled ? old->told_at : 0;
    r = record_update(op, &webhook_record, old, &changed, &event);
    if (r < 0 || !now->enabled == !old->enabled)
        return r;
    return now->enabled ? start(op, now->id)
                        : stop(op, now->id, STR("the webhook was switched off"));
}

int webhook_end(struct op *op, const struct webhook *hook, struct str ended,
                struct str reason)
{
    struct event event = { .kind = "webhook.disabled", .subject_id = hook->id };
    struct webhook now = *hook;
    int r;

    now.enabled = 0;
    now.ended = ended;
    now.updated_at = op->now;
    r = record_update(op, &webhook_record, hook, &now, &event);
    return r < 0 ? r : stop(op, hook->id, reason);
}

int webhook_tell(struct op *op, const struct webhook *hook, int64_t told_at)
{
    struct event event = { .kind = told_at ? "webhook.failing" : "webhook.recovered",
                           .subject_id = hook->id };
    struct webhook now = *hook;

    now.told_at = told_at;
    return record_update(op, &webhook_record, hook, &now, &event);
}

int webhook_remove(struct op *op, const struct webhook *hook)
{
    struct event event = { .kind = "webhook.removed", .subject_id = hook->id };
    struct webhook now = *hook;
    int r;

    now.enabled = 0;
    now.ended = STR("person");
    now.told_at = 0;
    now.updated_at = now.removed_at = op->now;
    r = record_update(op, &webhook_record, hook, &now, &event);
    if (r >= 0)
        r = db_run(op, &SQL_WEBHOOK_DELIVERY_REMOVE, ARG_WS, ARG_INT(hook->id));
    if (r >= 0)
        r = secret_end(op, hook->id, STR(WEBHOOK_SECRET));
    return r < 0 ? r : job_cancel(op, WEBHOOK_JOB, hook->id);
}

int webhook_renew_secret(struct op *op, const struct webhook *hook, struct str *ret)
{
    struct event event = { .kind = "webhook.secret_rotated", .subject_id = hook->id };
    int r = renew(op, hook->id, WEBHOOK_OLD_SECRET_MS, ret);

    return r < 0 ? r : event_add(op, &event);
}

int webhook_need_on(struct op *op, const struct webhook *hook)
{
    return hook->enabled ? 0
                         : op_fail_as(op, ERR_CONFLICT, "webhook_off",
                                      "the webhook is switched off");
}

int webhook_try(struct op *op, const struct webhook *hook)
{
    struct event event = { .kind = WEBHOOK_TEST, .subject_id = hook->id };
    int r = webhook_need_on(op, hook);

    if (r >= 0)
        r = event_add(op, &event);
    if (r >= 0)
        r = db_run(op, &SQL_WEBHOOK_NO_REST, ARG_WS, ARG_INT(hook->id));
    return r < 0 ? r : job_add(op, WEBHOOK_JOB, hook->id, op->now);
}

/* Waking ------------------------------------------------------------------------ */

struct wake {
    struct db_late late;
    int64_t workspace, at;
};

static int run_wake(struct op *op, struct db_late *late)
{
    const struct wake *wake = CONTAINER_OF(late, struct wake, late);

    return job_wake_all(op, wake->workspace, WEBHOOK_JOB, wake->at);
}

static void drop_wake(struct db_late *late)
{
    free(CONTAINER_OF(late, struct wake, late));
}

static bool is_planned(const struct op *op)
{
    for (struct db_late *late = op->db->last; late; late = late->next)
        if (late->run == run_wake &&
            CONTAINER_OF(late, struct wake, late)->workspace == op->workspace)
            return true;
    return false;
}

int webhook_wake(struct op *op, const char *kind)
{
    struct wake *wake;

    if (!is_kind(str_of(kind)))
        return 0;
    if (!op->db->depth)
        return job_wake_all(op, op->workspace, WEBHOOK_JOB, op->now);
    if (is_planned(op))
        return 0;
    wake = must_alloc(sizeof(*wake));
    *wake = (struct wake){ { run_wake, drop_wake, NULL }, op->workspace, op->now };
    db_add_last(op->db, &wake->late); /* earlier, the words would be written twice */
    return 0;
}
