/* api_session.c - logging in and out, and the list of my logins.
 *
 * A login is four steps on a thread of its own: find the account, charge the attempt,
 * check the password (slow by purpose), write. An unknown address takes the same steps,
 * so neither the answer nor its time tells whether there is such an account.
 */
#include "api/api_login.h"

#include "admin/guard.h"
#include "admin/password.h"
#include "admin/totp.h"
#include "admin/workspace.h"

struct login {
    struct api_call *call;
    struct http_answer *ret;
    struct account account; /* id 0: there is none */
    int64_t workspace;
    struct guard guard;
};

static int find_in(struct op *op, struct login *login, int64_t workspace)
{
    int r;

    op->workspace = workspace;
    r = account_by_email(op, api_text(login->call, "email"), &login->account);
    if (r == 0 && login->account.disabled_at != 0) {
        login->account = (struct account){ 0 };
        return ACCOUNT_NOT_FOUND;
    }
    if (r == 0)
        login->workspace = workspace;
    return r;
}

/* In the workspace that is named; else in the first that has the address. */
static int find_account(struct op *op, struct login *login)
{
    struct str slug = api_text(login->call, "workspace");
    int64_t workspace = 0;
    int r;

    if (slug.n > 0) {
        r = workspace_by_slug(op, slug, &workspace);
        return r == 0 ? find_in(op, login, workspace) : r;
    }
    while ((r = workspace_next(op, workspace, &workspace)) == 0) {
        r = find_in(op, login, workspace);
        if (r <= 0)
            return r;
    }
    return r;
}

static int find(struct op *op, void *ctx)
{
    struct login *login = ctx;
    struct str cookie = http_cookie(login->call->rq, SESSION_COOKIE);
    int64_t owner;
    int r = find_account(op, login);

    if (r < 0)
        return r;
    login->guard = (struct guard){
        .email_key = account_email_key(op->arena, api_text(login->call, "email")),
        .address = http_sender(login->call->rq),
    };
    if (login->account.id == 0 || cookie.n == 0)
        return 0;
    r = session_owner(op, cookie, &owner);
    if (r < 0)
        return r;
    login->guard.known_browser = r == 0 && owner == login->account.id;
    return 0;
}

static int charge(struct op *op, void *ctx)
{
    struct login *login = ctx;

    return guard_enter(op, &login->guard);
}

static int refund(struct op *op, void *ctx)
{
    struct login *login = ctx;

    return guard_refund(op, &login->guard);
}

/* Checking a password takes long enough for the owner to change it, or for somebody to
 * disable the account, and with that to end all sessions: this one must not follow. */
static int check_again(struct op *op, const struct login *login)
{
    struct account now;
    int r = account_get(op, login->account.id, &now);

    if (r < 0)
        return r;
    if (r == 0 && now.disabled_at == 0 &&
        str_eq(now.password_hash, login->account.password_hash))
        return 0;
    return op_fail_as(op, ERR_LOGIN, "login_wrong",
                      "the e-mail address or the password is wrong");
}

static int log_in(struct op *op, void *ctx)
{
    struct login *login = ctx;
    int r;

    *login->ret = (struct http_answer){ 0 };
    op->workspace = login->workspace;
    r = check_again(op, login);
    if (r == 0 && login->account.totp_enabled_at != 0)
        r = totp_take(op, login->account.id, api_text(login->call, "code"));
    if (r == TOTP_WRONG)
        return api_fail_second_factor(op, "wrong_code", "the code is wrong or was used");
    if (r == 0)
        r = guard_success(op, &login->guard);
    return r < 0 ? r : api_log_in(op, login->call, login->account.id, login->ret);
}

static int session_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct login login = { .call = call, .ret = ret };
    int r = store_read(op, find, &login);

    if (r == 0)
        r = store_write(op, charge, &login);
    if (r < 0)
        return r;
    if (!password_fits(op, login.account.password_hash, api_text(call, "password")))
        return op_fail_as(op, ERR_LOGIN, "login_wrong",
                          "the e-mail address or the password is wrong");
    if (login.account.totp_enabled_at != 0 && api_text(call, "code").n == 0) {
        r = store_write(op, refund, &login);
        return r < 0 ? r
                     : api_fail_second_factor(op, "code_needed",
                                              "the second factor's code is needed");
    }
    return store_write(op, log_in, &login);
}

static int session_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct session *list;
    size_t n;
    int r = session_list(op, call->who.account_id, &list, &n);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; i < n; i++) {
        json_begin_object(&w, NULL);
        json_put_id(&w, "id", list[i].id);
        json_put_time(&w, "created_at", list[i].created_at);
        json_put_time(&w, "last_seen_at", list[i].last_seen_at);
        json_put_time(&w, "expires_at", list[i].expires_at);
        json_put_text(&w, "user_agent", list[i].user_agent);
        json_put_text(&w, "address", list[i].address);
        json_put_bool(&w, "current", list[i].id == call->who.session_id);
        json_end_object(&w);
    }
    api_end_list(op, &w, STR(""));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int end(struct op *op, struct api_call *call, int64_t id, struct http_answer *ret)
{
    int r = session_revoke(op, call->who.account_id, id);

    if (r == SESSION_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no session %lld of yours",
                       (long long)id);
    if (r < 0)
        return r;
    if (id == call->who.session_id)
        api_clear_cookie(op, call, ret);
    return api_no_content(ret);
}

static int session_end(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return end(op, call, call->id, ret);
}

static int session_end_current(struct op *op, struct api_call *call,
                               struct http_answer *ret)
{
    int r = api_need_session(op, call);

    return r < 0 ? r : end(op, call, call->who.session_id, ret);
}

static const struct api_field create_fields[] = {
    { "email", API_TEXT, .required = true, .max = ACCOUNT_MAX_EMAIL },
    { "password", API_TEXT, .required = true, .max = PASSWORD_MAX },
    { "code", API_TEXT, .max = 40, .help = "Of the second factor, or a recovery code." },
    { "workspace", API_TEXT, .help = "Its slug, where one store has several." },
    { NULL },
};

const struct api_route api_session_routes[] = {
    {
        .method = "POST",
        .pattern = "/api/v1/sessions",
        .mode = API_PASSWORD,
        .access = API_ANYBODY,
        .summary = "Log in: sets the session's cookie.",
        .fields = create_fields,
        .handle = session_create,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/sessions",
        .mode = API_READ,
        .access = API_LOGGED_IN,
        .summary = "List my logins.",
        .handle = session_index,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/sessions/current",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .summary = "Log out.",
        .handle = session_end_current,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/sessions/{id}",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .summary = "End one of my logins at once.",
        .handle = session_end,
    },
    { NULL },
};
