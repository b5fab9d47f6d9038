/* api_me.c - the account that is logged in: profile, password, second factor. */
#include "api/api_login.h"

#include "admin/guard.h"
#include "admin/password.h"
#include "admin/preference.h"
#include "admin/totp.h"
#include "admin/workspace.h"
#include "work/notify.h"

static int put_preferences(struct op *op, struct json_writer *w, int64_t account_id)
{
    struct preference preference;
    int r = preference_get(op, account_id, &preference);

    if (r < 0)
        return r;
    json_begin_object(w, "preferences");
    json_put_int(w, "undo_seconds", preference.undo_seconds);
    json_put_bool(w, "single_keys", preference.single_keys != 0);
    json_put_bool(w, "digest", preference.digest != 0);
    json_end_object(w);
    return 0;
}

static int show(struct op *op, const struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct workspace workspace;
    int64_t mailbox;
    int r = workspace_get(op, &workspace);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    r = api_put_account(op, &w, "account", call->who.account_id, call->who.rights);
    if (r >= 0)
        r = put_preferences(op, &w, call->who.account_id);
    json_begin_object(&w, "workspace");
    json_put_id(&w, "id", workspace.id);
    json_put_text(&w, "name", workspace.name);
    json_put_text(&w, "slug", workspace.slug);
    json_put_text(&w, "language", workspace.language);
    json_put_text(&w, "time_zone", workspace.time_zone);
    json_put_int(&w, "check_back_days", workspace.check_back_days);
    json_put_bool(&w, "demo", workspace.is_demo != 0);
    if (r >= 0)
        r = mailbox_find(op, MAILBOX_NOTICES, 0, &mailbox);
    json_put_bool(&w, "can_mail", r == 0);
    json_end_object(&w);
    if (call->who.session_id != 0)
        json_put_text(&w, "csrf_token", call->who.csrf_token);
    else
        json_put_null(&w, "csrf_token");
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static int me_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    return show(op, call, ret);
}

struct change {
    struct api_call *call;
    struct http_answer *ret;
    struct account account;
    struct guard guard;
    struct str hash; /* of the new password */
};

static int read_me(struct op *op, void *ctx)
{
    struct change *change = ctx;
    int r = account_get(op, change->call->who.account_id, &change->account);

    if (r > 0)
        return op_fail(op, ERR_LOGIN, "the account is gone");
    change->guard = (struct guard){ .email_key = change->account.email_key,
                                    .address = http_sender(change->call->rq),
                                    .known_browser = true };
    return r;
}

static int charge(struct op *op, void *ctx)
{
    struct change *change = ctx;

    return guard_enter(op, &change->guard);
}

static int refund(struct op *op, void *ctx)
{
    struct change *change = ctx;

    return guard_refund(op, &change->guard);
}

/* The password once more, before something that a stolen session must not do. */
static int check_password(struct op *op, struct change *change, const char *field)
{
    int r = store_read(op, read_me, change);

    if (r == 0)
        r = store_write(op, charge, change);
    if (r < 0)
        return r;
    if (!password_fits(op, change->account.password_hash, api_text(change->call, field)))
        return op_fail_field_as(op, field, "wrong_password", "is not your password");
    return store_write(op, refund, change);
}

static int change_preferences(struct op *op, const struct api_call *call)
{
    struct preference preference;
    int r;

    if (!api_has(call, "undo_seconds") && !api_has(call, "single_keys") &&
        !api_has(call, "digest"))
        return 0;
    r = preference_get(op, call->who.account_id, &preference);
    if (r < 0)
        return r;
    preference.undo_seconds = api_int(call, "undo_seconds", preference.undo_seconds);
    preference.single_keys = api_bool(call, "single_keys", preference.single_keys != 0);
    preference.digest = api_bool(call, "digest", preference.digest != 0);
    r = preference_put(op, call->who.account_id, &preference);
    if (r < 0 || !api_has(call, "digest"))
        return r;
    return digest_plan(op, call->who.account_id, preference.digest != 0);
}

static int write_me(struct op *op, void *ctx)
{
    struct change *change = ctx;
    struct api_call *call = change->call;
    struct account old, now;
    int r = account_get(op, call->who.account_id, &old);

    *change->ret = (struct http_answer){ 0 };
    if (r > 0)
        return op_fail(op, ERR_LOGIN, "the account is gone");
    if (r < 0)
        return r;
    now = old;
    if (api_has(call, "name"))
        now.name = str_trim(api_text(call, "name"));
    if (api_has(call, "language"))
        now.language = api_text(call, "language");
    r = account_update(op, &old, &now, "account.updated");
    if (r == 0)
        r = change_preferences(op, call);
    if (r == 0 && change->hash.n > 0)
        r = account_set_password(op, now.id, change->hash, call->who.session_id);
    if (r == 0 && change->hash.n > 0)
        r = api_rotate(op, call, change->ret);
    return r < 0 ? r : show(op, call, change->ret);
}

static int me_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct change change = { .call = call, .ret = ret };
    struct str password = api_text(call, "password");
    int r = 0;

    if (api_has(call, "password")) {
        r = api_need_session(op, call);
        if (r == 0)
            r = password_check(op, "password", password, call->who.email);
        if (r == 0)
            r = check_password(op, &change, "current_password");
        if (r == 0)
            r = password_hash(op, password, &change.hash);
    }
    return r < 0 ? r : store_write(op, write_me, &change);
}

static int write_totp_begin(struct op *op, void *ctx)
{
    struct change *change = ctx;
    struct json_writer w = JSON_WRITER(op->arena);
    struct str secret, uri;
    int r = totp_begin(op, change->call->who.account_id, &secret, &uri);

    *change->ret = (struct http_answer){ 0 };
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "secret", secret);
    json_put_text(&w, "uri", uri);
    json_end_object(&w);
    return api_answer(change->ret, 201, &w);
}

static int allow_session(struct op *op, struct api_call *call)
{
    return api_need_session(op, call);
}

/* With the password: who finds an open browser must not lock its owner out. */
static int totp_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct change change = { .call = call, .ret = ret };
    int r = check_password(op, &change, "password");

    return r < 0 ? r : store_write(op, write_totp_begin, &change);
}

static int totp_accept(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct str *codes = NULL;
    int r = totp_confirm(op, call->who.account_id, api_text(call, "code"), &codes);

    if (r == 0)
        r = api_rotate(op, call, ret);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "recovery_codes");
    for (int i = 0; codes && i < TOTP_RECOVERY_CODES; i++)
        json_put_text(&w, NULL, codes[i]);
    json_end_array(&w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int write_totp_end(struct op *op, void *ctx)
{
    struct change *change = ctx;

    *change->ret = (struct http_answer){ 0 };
    return totp_end(op, change->call->who.account_id);
}

static int totp_delete(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct change change = { .call = call, .ret = ret };
    int r = check_password(op, &change, "password");

    if (r == 0)
        r = store_write(op, write_totp_end, &change);
    return r < 0 ? r : api_no_content(ret);
}

static const struct api_field change_fields[] = {
    { "name", API_TEXT, .min = 1 },
    { "language", API_CHOICE, .choices = "de|en" },
    { "undo_seconds", API_INT, .min = 0, .max = PREFERENCE_MAX_UNDO_SECONDS,
      .help = "How much later than it is sent a reply of mine leaves." },
    { "single_keys", API_BOOL, .help = "Whether single keys are commands." },
    { "digest", API_BOOL, .help = "A mail each working morning with what waits." },
    { "password", API_TEXT, .max = 1000, .help = "A new one; ends all other logins." },
    { "current_password", API_TEXT, .max = PASSWORD_MAX },
    { NULL },
};
static const struct api_field code_fields[] = {
    { "code", API_TEXT, .required = true, .max = 40 },
    { NULL },
};
static const struct api_field password_fields[] = {
    { "password", API_TEXT, .required = true, .max = PASSWORD_MAX },
    { NULL },
};

const struct api_route api_me_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/me",
        .mode = API_READ,
        .access = API_LOGGED_IN,
        .summary = "Show who is logged in, and the workspace.",
        .handle = me_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/me",
        .mode = API_PASSWORD,
        .access = API_LOGGED_IN,
        .summary = "Change my name, language, preferences or password.",
        .fields = change_fields,
        .handle = me_change,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/me/totp",
        .mode = API_PASSWORD,
        .access = API_LOGGED_IN,
        .summary = "Make the secret of a second factor; it is not asked for yet.",
        .fields = password_fields,
        .allow = allow_session,
        .handle = totp_create,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/me/totp/confirm",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .summary = "Switch the second factor on; shows the recovery codes once.",
        .fields = code_fields,
        .allow = allow_session,
        .handle = totp_accept,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/me/totp",
        .mode = API_PASSWORD,
        .access = API_LOGGED_IN,
        .summary = "Switch the second factor off.",
        .fields = password_fields,
        .allow = allow_session,
        .handle = totp_delete,
    },
    { NULL },
};
