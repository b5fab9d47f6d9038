/* api_setup.c - the first start: whoever has the printed address makes the workspace
 * and becomes its administrator; and the other addresses that work once.
 */
#include "api/api_login.h"

#include "admin/guard.h"
#include "admin/link.h"
#include "admin/password.h"
#include "admin/role.h"
#include "admin/totp.h"
#include "admin/workspace.h"

static int setup_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    bool needed, can_forget;
    int r = account_any(op);

    needed = r == ACCOUNT_NOT_FOUND;
    if (r >= 0)
        r = api_can_forget(op, call, &can_forget);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_bool(&w, "needed", needed);
    json_put_bool(&w, "can_forget", can_forget);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* What the reading, hashing and writing steps hand on. */
struct step {
    struct api_call *call;
    struct http_answer *ret;
    struct link link;
    struct account account;
    struct str hash;
};

static int find_setup(struct op *op, void *ctx)
{
    struct step *step = ctx;
    int r = account_any(op);

    if (r == 0)
        return op_fail_as(op, ERR_CONFLICT, "setup_done",
                          "the set-up is done already: log in");
    if (r > 0)
        r = link_find(op, api_text(step->call, "token"), &step->link);
    if (r < 0)
        return r;
    if (r == LINK_UNKNOWN || !str_is(step->link.kind, "setup"))
        return op_fail_as(op, ERR_DENIED, "setup_link_gone",
                          "the set-up address is unknown, used or too old: start draht "
                          "again to get a new one");
    return 0;
}

/* A workspace that a command began and left without anybody is taken over. */
static int make_workspace(struct op *op, const struct api_call *call)
{
    struct workspace old, workspace = {
        .name = api_text(call, "workspace_name"),
        .language = api_text(call, "language"),
        .time_zone = api_text(call, "time_zone"),
    };
    int r = workspace_next(op, 0, &op->workspace);

    if (r == WORKSPACE_NONE)
        return workspace_create(op, &workspace);
    if (r == 0)
        r = workspace_get(op, &old);
    if (r < 0)
        return r;
    struct workspace now = old;
    now.name = workspace.name;
    if (workspace.language.n > 0)
        now.language = workspace.language;
    if (workspace.time_zone.n > 0)
        now.time_zone = workspace.time_zone;
    return workspace_update(op, &old, &now);
}

static int make_first_account(struct op *op, const struct api_call *call, struct str hash,
                              struct account *ret)
{
    struct role role;
    struct workspace workspace;
    int r = workspace_get(op, &workspace);

    if (r == 0)
        r = role_by_slug(op, STR("administrator"), &role);
    if (r == ROLE_NOT_FOUND)
        return op_fail(op, ERR_CONFLICT, "the workspace has no role administrator");
    if (r < 0)
        return r;
    *ret = (struct account){
        .email = api_text(call, "email"),
        .name = str_trim(api_text(call, "name")),
        .role_id = role.id,
        .language = workspace.language,
        .password_hash = hash,
        .trained_at = op->now,
    };
    return account_add(op, ret);
}

/* Whoever begins here is no stranger here later. */
static int remember(struct op *op, const struct step *step)
{
    struct guard guard = { .email_key = step->account.email_key,
                           .address = http_sender(step->call->rq),
                           .known = true };

    return guard_success(op, &guard);
}

static int set_up(struct op *op, void *ctx)
{
    struct step *step = ctx;
    int r = account_any(op);

    *step->ret = (struct http_answer){ 0 };
    op->workspace = 0;
    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    if (r > 0)
        r = link_use(op, &step->link);
    else if (r == 0)
        r = LINK_UNKNOWN;
    if (r == LINK_UNKNOWN)
        return op_fail_as(op, ERR_CONFLICT, "setup_done",
                          "the set-up is done already: log in");
    if (r == 0)
        r = make_workspace(op, step->call);
    if (r == 0)
        r = make_first_account(op, step->call, step->hash, &step->account);
    if (r == 0)
        r = remember(op, step);
    if (r < 0)
        return r;
    return api_log_in(op, step->call, step->account.id, step->ret);
}

static int setup_take(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct step step = { .call = call, .ret = ret };
    struct str password = api_text(call, "password");
    int r = store_read(op, find_setup, &step);

    if (r == 0)
        r = password_check(op, "password", password, api_text(call, "email"));
    if (r == 0)
        r = password_hash(op, password, &step.hash);
    return r < 0 ? r : store_write(op, set_up, &step);
}

static int find_link(struct op *op, struct str token, struct link *ret,
                     struct account *ret_account)
{
    int r = link_find(op, token, ret);

    if (r == 0 && ret->workspace_id != 0) {
        op->workspace = ret->workspace_id;
        r = account_get(op, ret->account_id, ret_account);
        if (r == 0 && ret_account->disabled_at == 0)
            return 0;
    }
    if (r < 0)
        return r;
    return op_fail_as(op, ERR_NOT_FOUND, "link_gone",
                      "this address is unknown, used or too old");
}

static int link_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct account account;
    struct link link;
    int r = find_link(op, call->name, &link, &account);

    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "kind", link.kind);
    json_put_text(&w, "email", account.email);
    json_put_text(&w, "name", account.name);
    json_put_bool(&w, "code_needed", account.totp_enabled_at != 0);
    json_put_time(&w, "expires_at", link.expires_at);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int find_taken(struct op *op, void *ctx)
{
    struct step *step = ctx;

    return find_link(op, step->call->name, &step->link, &step->account);
}

/* The address shows who the administrator trusts; the second factor stays the owner's. */
static int take_code(struct op *op, const struct step *step)
{
    struct str code = api_text(step->call, "code");
    int r;

    if (step->account.totp_enabled_at == 0)
        return 0;
    if (code.n == 0)
        return api_fail_second_factor(op, "code_needed",
                                      "the second factor's code is needed");
    r = totp_take(op, step->account.id, code);
    return r == TOTP_WRONG
               ? api_fail_second_factor(op, "wrong_code", "the code is wrong or was used")
               : r;
}

static int take_link(struct op *op, void *ctx)
{
    struct step *step = ctx;
    int r;

    *step->ret = (struct http_answer){ 0 };
    op->workspace = step->link.workspace_id;
    op->actor = (struct actor){ ACTOR_ACCOUNT, step->account.id };
    r = take_code(op, step);
    if (r == 0)
        r = link_use(op, &step->link);
    if (r == LINK_UNKNOWN)
        return op_fail_as(op, ERR_NOT_FOUND, "link_gone",
                          "this address is unknown, used or too old");
    if (r == 0)
        r = account_set_password(op, step->account.id, step->hash, 0);
    if (r == 0)
        r = remember(op, step);
    if (r < 0)
        return r;
    return api_log_in(op, step->call, step->account.id, step->ret);
}

/* Codes are guessed no faster here than at a login. */
static int charge(struct op *op, void *ctx)
{
    struct step *step = ctx;
    struct guard guard = { .email_key = step->account.email_key,
                           .address = http_sender(step->call->rq) };

    return guard_enter(op, &guard);
}

static int link_take(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct step step = { .call = call, .ret = ret };
    struct str password = api_text(call, "password");
    int r = store_read(op, find_taken, &step);

    if (r == 0)
        r = password_check(op, "password", password, step.account.email);
    if (r == 0 && step.account.totp_enabled_at != 0 && api_text(call, "code").n > 0)
        r = store_write(op, charge, &step);
    if (r == 0)
        r = password_hash(op, password, &step.hash);
    return r < 0 ? r : store_write(op, take_link, &step);
}

static const struct api_field setup_fields[] = {
    { "token", API_TEXT, .required = true, .help = "From the address that was printed." },
    { "workspace_name", API_TEXT, .required = true, .min = 1 },
    { "email", API_TEXT, .required = true, .min = 3, .max = ACCOUNT_MAX_EMAIL },
    { "name", API_TEXT, .required = true, .min = 1 },
    { "password", API_TEXT, .required = true, .max = 1000 },
    { "language", API_CHOICE, .choices = "de|en" },
    { "time_zone", API_TEXT, .help = "IANA name; Europe/Berlin by default." },
    { NULL },
};

static const struct api_field link_fields[] = {
    { "password", API_TEXT, .required = true, .max = 1000 },
    { "code", API_TEXT, .max = 40, .help = "With a second factor." },
    { NULL },
};

const struct api_route api_setup_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/setup",
        .mode = API_READ,
        .access = API_ANYBODY,
        .summary = "Is there nobody yet who could log in? Could a password be forgotten?",
        .handle = setup_show,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/setup",
        .mode = API_PASSWORD,
        .access = API_ANYBODY,
        .summary = "Make the workspace and its first administrator, and log in.",
        .fields = setup_fields,
        .handle = setup_take,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/links/{text:token}",
        .mode = API_READ,
        .access = API_ANYBODY,
        .summary = "Show whose invitation or reset this is.",
        .handle = link_show,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/links/{text:token}",
        .mode = API_PASSWORD,
        .access = API_ANYBODY,
        .summary = "Take an invitation or reset: set a password, and log in.",
        .fields = link_fields,
        .handle = link_take,
    },
    { NULL },
};
