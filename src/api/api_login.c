/* api_login.c - cookies, and the account as its owner sees it. */
#include "api/api_login.h"

#include "admin/role.h"
#include "api/api_server.h"

static void set_cookie(struct op *op, const struct api_call *call, struct str value,
                       int64_t seconds, struct http_answer *ret)
{
    struct str base = api_server_config(call->server)->base_url;
    bool secure = call->rq->secure || str_starts(base, STR("https:"));
    struct str text = arena_fmt(
        op->arena, "%s=" STR_FMT "; Path=/; Max-Age=%lld; HttpOnly; SameSite=Strict%s",
        SESSION_COOKIE, STR_ARG(value), (long long)seconds, secure ? "; Secure" : "");

    http_add(op->arena, &ret->headers, STR("Set-Cookie"), text);
}

void api_clear_cookie(struct op *op, const struct api_call *call, struct http_answer *ret)
{
    set_cookie(op, call, STR(""), 0, ret);
}

void api_put_rights(struct json_writer *w, const char *key, struct str rights)
{
    json_begin_array(w, key);
    while (rights.n > 0)
        json_put_text(w, NULL, str_cut(rights, ' ', &rights));
    json_end_array(w);
}

int api_put_departments(struct op *op, struct json_writer *w, int64_t account_id)
{
    struct membership *list;
    size_t n;
    int r = account_memberships(op, account_id, &list, &n);

    if (r < 0)
        return r;
    json_begin_array(w, "departments");
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w, NULL);
        json_put_id(w, "id", list[i].department_id);
        json_put_text(w, "name", list[i].name);
        json_put_bool(w, "is_head", list[i].is_head);
        json_end_object(w);
    }
    json_end_array(w);
    return 0;
}

int api_put_account(struct op *op, struct json_writer *w, const char *key,
                    int64_t account_id, struct str rights)
{
    struct account account;
    struct role role;
    int r = account_get(op, account_id, &account);

    if (r == 0)
        r = role_get(op, account.role_id, &role);
    if (r > 0)
        return op_fail(op, ERR_NOT_FOUND, "there is no account %lld",
                       (long long)account_id);
    if (r < 0)
        return r;
    json_begin_object(w, key);
    json_put_id(w, "id", account.id);
    json_put_text(w, "email", account.email);
    json_put_text(w, "name", account.name);
    json_put_text(w, "language", account.language);
    json_begin_object(w, "role");
    json_put_text(w, "slug", role.slug);
    json_put_text(w, "name", role.name);
    json_end_object(w);
    api_put_rights(w, "rights", rights.p ? rights : role.rights);
    r = api_put_departments(op, w, account.id);
    json_put_bool(w, "totp_enabled", account.totp_enabled_at != 0);
    json_put_bool(w, "trained", account.trained_at != 0);
    json_end_object(w);
    return r;
}

/* Who logs in anew leaves nothing of the login before in this browser. */
static int end_old(struct op *op, const struct api_call *call)
{
    struct str cookie = http_cookie(call->rq, SESSION_COOKIE);
    struct op other = *op;
    struct access old;
    int r = access_by_session(&other, cookie, &old);

    if (r == 0)
        r = session_revoke(&other, old.account_id, old.session_id);
    op->err = other.err;
    return r < 0 ? r : 0;
}

static int note_login(struct op *op, int64_t account_id)
{
    struct account old, now;
    int r = account_get(op, account_id, &old);

    if (r > 0)
        return op_fail(op, ERR_LOGIN, "the account is gone");
    if (r < 0)
        return r;
    now = old;
    now.last_login_at = op->now;
    return account_update(op, &old, &now, "account.logged_in");
}

int api_log_in(struct op *op, struct api_call *call, int64_t account_id,
               struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct session session;
    struct str cookie;
    int r;

    op->actor = (struct actor){ ACTOR_ACCOUNT, account_id };
    r = end_old(op, call);
    if (r < 0)
        return r;
    r = note_login(op, account_id);
    if (r < 0)
        return r;
    r = session_start(op, account_id, http_header(call->rq, "User-Agent"),
                      http_sender(call->rq), &session, &cookie);
    if (r < 0)
        return r;
    set_cookie(op, call, cookie, SESSION_LIFE_MS / 1000, ret);
    json_begin_object(&w, NULL);
    json_put_text(&w, "csrf_token", session.csrf_token);
    r = api_put_account(op, &w, "account", account_id, (struct str){ 0 });
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, 201, &w);
}

int api_rotate(struct op *op, const struct api_call *call, struct http_answer *ret)
{
    struct str cookie;
    int r;

    if (call->who.session_id == 0)
        return 0;
    r = session_rotate(op, call->who.session_id, &cookie);
    if (r < 0)
        return r;
    set_cookie(op, call, cookie, SESSION_LIFE_MS / 1000, ret);
    return 0;
}

struct str api_link_url(struct op *op, const struct api_call *call, const char *page,
                        struct str token)
{
    struct str base = api_server_config(call->server)->base_url;

    if (base.n == 0)
        base = arena_fmt(op->arena, "http%s://" STR_FMT, call->rq->secure ? "s" : "",
                         STR_ARG(call->rq->host));
    return arena_fmt(op->arena, STR_FMT "%s?token=" STR_FMT, STR_ARG(base), page,
                     STR_ARG(token));
}

int api_fail_second_factor(struct op *op, const char *code, const char *message)
{
    (void)op_fail_field_as(op, "code", code, "%s", message);
    op->err.kind = ERR_LOGIN;
    op->err.code = code;
    op->err.text = str_of(message);
    return ERR_LOGIN;
}
