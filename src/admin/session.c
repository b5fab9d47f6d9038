/* session.c - logins of browsers. */
#include "admin/session.h"

#include "admin/hash.h"
#include "admin/stmt.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/utf8.h"
#include "event/event.h"

int session_start(struct op *op, int64_t account_id, struct str user_agent,
                  struct str address, struct session *ret, struct str *ret_cookie)
{
    struct str cookie = random_token(op, 32);
    struct session made = {
        .id = id_next(op),
        .csrf_token = random_token(op, 32),
        .created_at = op->now,
        .last_seen_at = op->now,
        .expires_at = op->now + SESSION_LIFE_MS,
        .user_agent = utf8_cut(utf8_repair(op->arena, user_agent), SESSION_MAX_AGENT),
        .address = address,
    };
    int r = db_run(op, &SQL_SESSION_ADD, ARG_WS, ARG_INT(made.id), ARG_INT(account_id),
                   ARG_BLOB(secret_hash(op->arena, cookie)), ARG_TEXT(made.csrf_token),
                   ARG_INT(op->now), ARG_INT(made.expires_at), ARG_TEXT(made.user_agent),
                   ARG_TEXT(made.address));
    if (r < 0)
        return r;
    r = db_run(op, &SQL_SESSION_REVOKE_OLD, ARG_WS, ARG_INT(account_id), ARG_INT(op->now),
               ARG_INT(SESSION_MAX));
    if (r < 0)
        return r;
    *ret = made;
    *ret_cookie = cookie;
    return 0;
}

int session_rotate(struct op *op, int64_t id, struct str *ret_cookie)
{
    struct str cookie = random_token(op, 32);
    int r = db_run(op, &SQL_SESSION_ROTATE, ARG_WS, ARG_INT(id),
                   ARG_BLOB(secret_hash(op->arena, cookie)));

    if (r == 0)
        *ret_cookie = cookie;
    return r;
}

int session_list(struct op *op, int64_t account_id, struct session **ret,
                 size_t *ret_count)
{
    struct session *list = arena_new(op->arena, struct session, SESSION_MAX);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_SESSION_LIST, ARG_WS, ARG_INT(account_id),
                     ARG_INT(op->now), ARG_INT(op->now - SESSION_IDLE_MS),
                     ARG_INT(SESSION_MAX));

    if (r < 0)
        return r;
    while (n < SESSION_MAX && (r = db_next(op, rows)) > 0)
        list[n++] = (struct session){
            .id = db_int(rows, 0),
            .created_at = db_int(rows, 1),
            .last_seen_at = db_int(rows, 2),
            .expires_at = db_int(rows, 3),
            .user_agent = db_text(op, rows, 4),
            .address = db_text(op, rows, 5),
        };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

/* The log tells the event streams of the account to look again. */
static int tell(struct op *op, int64_t account_id)
{
    struct event event = { .kind = "account.sessions_ended", .subject_id = account_id };

    return event_add(op, &event);
}

int session_revoke(struct op *op, int64_t account_id, int64_t id)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_SESSION_REVOKE, ARG_WS, ARG_INT(account_id),
                      ARG_INT(id), ARG_INT(op->now));

    if (r < 0)
        return r;
    return changed == 0 ? SESSION_NOT_FOUND : tell(op, account_id);
}

int session_revoke_others(struct op *op, int64_t account_id, int64_t keep)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_SESSION_REVOKE_OTHERS, ARG_WS,
                      ARG_INT(account_id), ARG_INT(keep), ARG_INT(op->now));

    if (r < 0)
        return r;
    return changed == 0 ? 0 : tell(op, account_id);
}

int session_touch(struct op *op, int64_t id)
{
    return db_run(op, &SQL_SESSION_TOUCH, ARG_WS, ARG_INT(id), ARG_INT(op->now));
}

int session_owner(struct op *op, struct str cookie, int64_t *ret_account)
{
    int r = db_number(op, ret_account, &SQL_SESSION_OWNER,
                      ARG_BLOB(secret_hash(op->arena, cookie)));

    return r == DB_NO_ROW ? SESSION_NOT_FOUND : r;
}
