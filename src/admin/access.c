/* access.c - who is calling and what they may do. */
#include "admin/access.h"

#include "admin/hash.h"
#include "admin/role.h"
#include "admin/session.h"
#include "admin/stmt.h"
#include "base/strbuf.h"
#include "admin/token.h"

/* Longer is no value of ours; not worth a hash. */
enum { MAX_VALUE = 200 };

bool access_has(const struct access *who, const char *right)
{
    return role_has(who->rights, right);
}

static size_t find(const struct access *who, int64_t department_id)
{
    for (size_t i = 0; i < who->departments; i++)
        if (who->department_ids[i] == department_id)
            return i;
    return who->departments;
}

bool access_in_department(const struct access *who, int64_t department_id)
{
    return who->departments == 0 || department_id == 0 ||
           find(who, department_id) < who->departments;
}

bool access_is_head(const struct access *who, int64_t department_id)
{
    size_t i = find(who, department_id);

    return i < who->departments && who->is_head[i];
}

static int read_departments(struct op *op, struct access *who)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_MEMBERSHIP_LIST, ARG_WS, ARG_INT(who->account_id));

    if (r < 0)
        return r;
    while (who->departments < ACCESS_MAX_DEPARTMENTS && (r = db_next(op, rows)) > 0) {
        who->department_ids[who->departments] = db_int(rows, 0);
        who->is_head[who->departments++] = db_int(rows, 1) != 0;
    }
    return r < 0 ? r : 0;
}

/* Columns from `first` on: email, name, language, trained_at, slug, rights. */
static void read_account(struct op *op, struct db_rows *rows, int first,
                         struct access *who)
{
    who->email = db_text(op, rows, first);
    who->name = db_text(op, rows, first + 1);
    who->language = db_text(op, rows, first + 2);
    who->trained = !db_is_null(rows, first + 3);
    who->role = db_text(op, rows, first + 4);
    who->rights = db_text(op, rows, first + 5);
}

/* From here on the op works for this account. */
static int enter(struct op *op, int64_t workspace, struct access *who, struct access *ret)
{
    int64_t before = op->workspace;
    int r;

    op->workspace = workspace;
    r = read_departments(op, who);
    if (r < 0) {
        op->workspace = before;
        return r;
    }
    op->actor = (struct actor){ ACTOR_ACCOUNT, who->account_id };
    *ret = *who;
    return 0;
}

int access_by_session(struct op *op, struct str cookie, struct access *ret)
{
    struct access who = { 0 };
    int64_t workspace;
    DB_ROWS(rows);
    int r;

    if (cookie.n == 0 || cookie.n > MAX_VALUE)
        return ACCESS_UNKNOWN;
    r = db_query(op, &rows, &SQL_ACCESS_BY_SESSION,
                 ARG_BLOB(secret_hash(op->arena, cookie)), ARG_INT(op->now),
                 ARG_INT(op->now - SESSION_IDLE_MS));
    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return ACCESS_UNKNOWN;
    workspace = db_int(rows, 0);
    who.session_id = db_int(rows, 1);
    who.account_id = db_int(rows, 2);
    who.csrf_token = db_text(op, rows, 3);
    who.last_seen_at = db_int(rows, 4);
    read_account(op, rows, 5, &who);
    db_finish(&rows);
    return enter(op, workspace, &who, ret);
}

static struct str intersect(struct op *op, struct str rights, struct str scopes)
{
    struct strbuf out = STRBUF(op->arena);

    if (str_is(scopes, "all"))
        return rights;
    while (rights.n > 0) {
        struct str right = str_cut(rights, ' ', &rights);
        if (!role_has(scopes, arena_cstr(op->arena, right)))
            continue;
        if (out.n > 0)
            strbuf_char(&out, ' ');
        strbuf_add(&out, right);
    }
    return strbuf_str(&out);
}

int access_by_token(struct op *op, struct str token, struct access *ret)
{
    struct access who = { 0 };
    struct str scopes;
    int64_t workspace;
    DB_ROWS(rows);
    int r;

    if (!str_starts(token, STR(TOKEN_PREFIX)) || token.n > MAX_VALUE)
        return ACCESS_UNKNOWN;
    r = db_query(op, &rows, &SQL_ACCESS_BY_TOKEN,
                 ARG_BLOB(secret_hash(op->arena, token)));
    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return ACCESS_UNKNOWN;
    workspace = db_int(rows, 0);
    who.token_id = db_int(rows, 1);
    who.account_id = db_int(rows, 2);
    scopes = db_text(op, rows, 3);
    who.last_seen_at = db_int(rows, 4);
    read_account(op, rows, 5, &who);
    who.rights = intersect(op, who.rights, scopes);
    db_finish(&rows);
    return enter(op, workspace, &who, ret);
}

int access_recheck(struct op *op, const struct access *who, struct str *ret_rights)
{
    DB_ROWS(rows);
    int r;

    if (who->session_id != 0)
        r = db_query(op, &rows, &SQL_ACCESS_SESSION_COUNTS, ARG_WS,
                     ARG_INT(who->session_id), ARG_INT(op->now),
                     ARG_INT(op->now - SESSION_IDLE_MS));
    else
        r = db_query(op, &rows, &SQL_ACCESS_TOKEN_COUNTS, ARG_WS, ARG_INT(who->token_id));
    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return ACCESS_UNKNOWN;
    *ret_rights = intersect(op, db_text(op, rows, 1), db_text(op, rows, 0));
    return 0;
}

int access_of_account(struct op *op, int64_t account_id, struct access *ret)
{
    struct access who = { .account_id = account_id };
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_ACCESS_BY_ACCOUNT, ARG_WS, ARG_INT(account_id));

    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return ACCESS_UNKNOWN;
    read_account(op, rows, 0, &who);
    db_finish(&rows);
    return enter(op, op->workspace, &who, ret);
}
