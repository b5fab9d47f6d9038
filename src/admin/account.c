/* account.c - the people who use Draht: their data, role and departments. */
#include "admin/account.h"

#include "admin/guard.h"
#include "admin/role.h"
#include "admin/session.h"
#include "admin/stmt.h"
#include "base/ids.h"
#include "base/json.h"

static const struct column columns[] = {
    COLUMN(account, id, COLUMN_ID),
    COLUMN_WORDS(account, email),
    COLUMN_WORDS(account, email_key),
    COLUMN_WORDS(account, name),
    COLUMN(account, role_id, COLUMN_ID),
    COLUMN(account, language, COLUMN_TEXT),
    COLUMN_WORDS(account, password_hash),
    COLUMN(account, totp_enabled_at, COLUMN_TIME),
    COLUMN(account, trained_at, COLUMN_TIME),
    COLUMN(account, created_at, COLUMN_TIME),
    COLUMN(account, disabled_at, COLUMN_TIME),
    COLUMN(account, last_login_at, COLUMN_TIME),
    { NULL },
};

const struct record account_record = {
    .table = "account",
    .columns = columns,
    .size = sizeof(struct account),
    .get = &SQL_ACCOUNT_GET,
    .add = &SQL_ACCOUNT_ADD,
    .set = &SQL_ACCOUNT_SET,
    .all = &SQL_ACCOUNT_ALL,
};

struct str account_email_key(struct arena *arena, struct str email)
{
    struct str trimmed = str_trim(email);
    char *key = arena_new(arena, char, trimmed.n + 1);

    for (size_t i = 0; i < trimmed.n; i++) {
        char c = trimmed.p[i];
        key[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return (struct str){ key, trimmed.n };
}

/* One @ between two parts, no blanks: the rest is known when mail arrives. */
static bool is_email(struct str email)
{
    ptrdiff_t at = str_find(email, STR("@"));

    if (email.n > ACCOUNT_MAX_EMAIL || at <= 0 || (size_t)at + 1 >= email.n)
        return false;
    if (str_find(str_sub(email, (size_t)at + 1, email.n), STR("@")) >= 0)
        return false;
    for (size_t i = 0; i < email.n; i++)
        if ((unsigned char)email.p[i] <= ' ' || email.p[i] == 127)
            return false;
    return true;
}

static int check(struct op *op, const struct account *account)
{
    struct role role;
    int r = role_get(op, account->role_id, &role);

    if (r == ROLE_NOT_FOUND)
        r = op_fail_field_as(op, "role", "unknown", "is no role of this workspace");
    if (r < 0 && r != ERR_INVALID)
        return r;
    if (!is_email(account->email))
        r = op_fail_field_as(op, "email", "not_an_email",
                             "is no e-mail address of at most %d bytes",
                             ACCOUNT_MAX_EMAIL);
    if (str_trim(account->name).n == 0)
        r = op_fail_field_as(op, "name", "empty", "must not be empty");
    if (!str_is(account->language, "de") && !str_is(account->language, "en"))
        r = op_fail_field_as(op, "language", "not_a_choice", "must be de or en");
    return r;
}

int account_add(struct op *op, struct account *account)
{
    struct event event = { .kind = "account.created" };
    struct account made = *account, other;
    int r;

    made.email = str_trim(made.email);
    made.email_key = account_email_key(op->arena, made.email);
    r = check(op, &made);
    if (r < 0)
        return r;
    r = account_by_email(op, made.email, &other);
    if (r < 0)
        return r;
    if (r != ACCOUNT_NOT_FOUND)
        return op_fail_as(op, ERR_CONFLICT, "email_taken",
                          "there is an account for this address already");
    made.id = id_next(op);
    made.created_at = op->now;
    event.subject_id = made.id;
    r = record_insert(op, &account_record, &made, &event);
    if (r == 0)
        *account = made;
    return r;
}

int account_get(struct op *op, int64_t id, struct account *ret)
{
    int r = record_get(op, &account_record, id, ret);

    return r == RECORD_NOT_FOUND ? ACCOUNT_NOT_FOUND : r;
}

int account_by_email(struct op *op, struct str email, struct account *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ACCOUNT_BY_EMAIL, ARG_WS,
                     ARG_TEXT(account_email_key(op->arena, email)));

    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return ACCOUNT_NOT_FOUND;
    record_read(op, &account_record, rows, 0, ret);
    return 0;
}

int account_list(struct op *op, int64_t after, int64_t limit, struct account **ret,
                 size_t *ret_count)
{
    struct account *list = arena_new(op->arena, struct account, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r =
        db_query(op, &rows, &SQL_ACCOUNT_LIST, ARG_WS, ARG_INT(after), ARG_INT(limit));

    if (r < 0)
        return r;
    while ((int64_t)n < limit && (r = db_next(op, rows)) > 0)
        record_read(op, &account_record, rows, 0, &list[n++]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int account_any(struct op *op)
{
    int64_t workspace = 0, id;
    int r;

    /* A workspace without an account is a set-up that is not finished. */
    while ((r = db_number(op, &workspace, &SQL_WORKSPACE_NEXT, ARG_INT(workspace))) ==
           0) {
        r = db_number(op, &id, &SQL_ACCOUNT_ANY, ARG_INT(workspace));
        if (r <= 0)
            return r;
    }
    return r < 0 ? r : ACCOUNT_NOT_FOUND;
}

int account_check_managers(struct op *op)
{
    int64_t n;
    int r = db_number(op, &n, &SQL_ACCOUNT_COUNT_WITH_RIGHT, ARG_WS,
                      ARG_TEXT(STR("% users %")));

    if (r < 0)
        return r;
    if (r == DB_NO_ROW || n == 0)
        return op_fail_as(
            op, ERR_CONFLICT, "last_administrator",
            "nobody could manage the users any more: give somebody else the "
            "right users first");
    return 0;
}

int account_update(struct op *op, const struct account *old, const struct account *now,
                   const char *kind)
{
    struct event event = { .kind = kind, .subject_id = now->id };
    struct account changed = *now;
    bool off = now->disabled_at != 0 && old->disabled_at == 0;
    int r;

    changed.email_key = account_email_key(op->arena, now->email);
    r = check(op, &changed);
    if (r < 0)
        return r;
    r = record_update(op, &account_record, old, &changed, &event);
    if (r == 0 && off)
        r = session_revoke_others(op, now->id, 0);
    if (r == 0 && off)
        r = db_run(op, &SQL_TOKEN_REVOKE_ALL, ARG_WS, ARG_INT(now->id), ARG_INT(op->now));
    if (r == 0 && (off || old->role_id != now->role_id))
        r = account_check_managers(op);
    return r;
}

int account_memberships(struct op *op, int64_t id, struct membership **ret,
                        size_t *ret_count)
{
    struct membership *list =
        arena_new(op->arena, struct membership, ACCESS_MAX_DEPARTMENTS);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_MEMBERSHIP_LIST, ARG_WS, ARG_INT(id));

    if (r < 0)
        return r;
    while (n < ACCESS_MAX_DEPARTMENTS && (r = db_next(op, rows)) > 0) {
        list[n].department_id = db_int(rows, 0);
        list[n].is_head = db_int(rows, 1) != 0;
        list[n++].name = db_text(op, rows, 2);
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

/* {"departments":["1"],"head_of":[]}, without the braces. */
static struct str facts(struct op *op, const struct membership *list, size_t count)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str text;

    json_begin_object(&w, NULL);
    json_begin_array(&w, "departments");
    for (size_t i = 0; i < count; i++)
        json_put_id(&w, NULL, list[i].department_id);
    json_end_array(&w);
    json_begin_array(&w, "head_of");
    for (size_t i = 0; i < count; i++)
        if (list[i].is_head)
            json_put_id(&w, NULL, list[i].department_id);
    json_end_array(&w);
    json_end_object(&w);
    text = json_done(&w);
    return str_sub(text, 1, text.n - 2);
}

static int check_departments(struct op *op, const struct membership *list, size_t count)
{
    int64_t retired;

    if (count > ACCESS_MAX_DEPARTMENTS)
        return op_too_many(op, "department_ids", ACCESS_MAX_DEPARTMENTS);
    for (size_t i = 0; i < count; i++) {
        int r = db_number(op, &retired, &SQL_DEPARTMENT_GET, ARG_WS,
                          ARG_INT(list[i].department_id));
        if (r < 0)
            return r;
        if (r == DB_NO_ROW)
            return op_fail_field_as(op, "department_ids", "unknown",
                                    "has no department %lld",
                                    (long long)list[i].department_id);
    }
    return 0;
}

int account_set_memberships(struct op *op, int64_t id, const struct membership *list,
                            size_t count)
{
    struct event event = { .kind = "account.departments", .subject_id = id };
    int r = check_departments(op, list, count);

    if (r == 0)
        r = db_run(op, &SQL_MEMBERSHIP_END, ARG_WS, ARG_INT(id), ARG_INT(op->now));
    for (size_t i = 0; r == 0 && i < count; i++)
        r = db_run(op, &SQL_MEMBERSHIP_ADD, ARG_WS, ARG_INT(id),
                   ARG_INT(list[i].department_id), ARG_BOOL(list[i].is_head),
                   ARG_INT(op->now));
    if (r < 0)
        return r;
    event.extra = facts(op, list, count);
    return event_add(op, &event);
}

int account_set_password(struct op *op, int64_t id, struct str hash, int64_t keep_session)
{
    struct event event = { .kind = "account.password", .subject_id = id };
    struct account old, now;
    int r = account_get(op, id, &old);

    if (r == ACCOUNT_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no account %lld", (long long)id);
    if (r < 0)
        return r;
    now = old;
    now.password_hash = hash;
    r = record_update(op, &account_record, &old, &now, &event);
    if (r == 0)
        r = session_revoke_others(op, id, keep_session);
    if (r == 0)
        r = guard_open(op, old.email_key);
    return r;
}
