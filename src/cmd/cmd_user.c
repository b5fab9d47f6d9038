/* cmd_user.c - draht user add, list, password; draht token add.
 *
 * Accounts made here count as trained: whoever owns the machine vouches for them.
 */
#include "cmd/rows.h"

#include "admin/account.h"
#include "admin/password.h"
#include "admin/role.h"
#include "admin/token.h"
#include "admin/workspace.h"

enum { MOST_USERS = 10000 };

struct new_user {
    const struct call *call;
    struct str email, name, role, hash;
    int64_t id;
};

/* The first user of an empty store gets a workspace, and set-up is over. */
static int find_workspace(struct op *op, const struct call *call)
{
    struct workspace workspace = { .name = STR("Draht") };
    int r = account_any(op);

    if (r < 0)
        return r;
    if (r == ACCOUNT_NOT_FOUND && call_option(call, "workspace").n == 0) {
        r = workspace_next(op, 0, &op->workspace);
        return r == WORKSPACE_NONE ? workspace_create(op, &workspace) : r;
    }
    if (call_flag(call, "new-workspace")) {
        workspace.slug = call_option(call, "workspace");
        workspace.name = workspace.slug;
        return workspace_create(op, &workspace);
    }
    return call_workspace(op, call);
}

static int add_user(struct op *op, void *ctx)
{
    struct new_user *user = ctx;
    struct account account = {
        .email = user->email,
        .name = user->name,
        .password_hash = user->hash,
        .trained_at = op->now,
    };
    struct workspace workspace;
    struct role role;
    int r = find_workspace(op, user->call);

    if (r >= 0)
        r = workspace_get(op, &workspace);
    if (r >= 0)
        r = role_by_slug(op, user->role, &role);
    if (r == ROLE_NOT_FOUND)
        return op_fail(op, ERR_INVALID,
                       "there is no role " STR_FMT "; try administrator, manager, "
                       "coordinator, agent, trainee, legal or reader",
                       STR_ARG(user->role));
    if (r < 0)
        return r;
    account.role_id = role.id;
    account.language = workspace.language;
    r = account_add(op, &account);
    if (r < 0)
        return r;
    user->id = account.id;
    return 0;
}

static int user_add(struct op *op, struct call *call)
{
    struct new_user user = {
        .call = call,
        .email = call->words[0],
        .name = call_option(call, "name"),
        .role = call_option(call, "role"),
    };
    struct str password;
    int r = 0;

    if (call->word_count != 1)
        return call_misused(op, "whose? draht user add EMAIL --name NAME --role ROLE");
    if (user.name.n == 0)
        user.name = user.email;
    if (user.role.n == 0)
        user.role = STR("agent");
    if (call_flag(call, "password-stdin")) {
        r = read_secret_line(op, "Password", &password);
        if (r >= 0)
            r = password_check(op, "password", password, user.email);
        if (r >= 0)
            r = password_hash(op, password, &user.hash);
    }
    if (r >= 0)
        r = store_write(op, add_user, &user);
    if (r < 0)
        return r;
    if (call->json)
        json_put_id(call->out, "id", user.id);
    else
        printf("%lld\n", (long long)user.id);
    return 0;
}

static int list_users(struct op *op, void *ctx)
{
    struct call *call = ctx;
    struct account *list;
    struct rows rows;
    size_t count;
    int r = call_workspace(op, call);

    if (r >= 0)
        r = account_list(op, 0, MOST_USERS, &list, &count);
    if (r < 0)
        return r;
    rows = rows_begin(call);
    for (size_t i = 0; i < count; i++) {
        row_begin(&rows);
        row_id(&rows, "id", list[i].id);
        row_text(&rows, "email", list[i].email);
        row_text(&rows, "name", list[i].name);
        row_since(&rows, "disabled_at", list[i].disabled_at, "disabled");
        row_end(&rows);
    }
    rows_end(&rows);
    return 0;
}

static int user_list(struct op *op, struct call *call)
{
    return store_read(op, list_users, call);
}

struct new_password {
    const struct call *call;
    struct str hash;
};

static int find_account(struct op *op, const struct call *call, struct account *ret)
{
    int r = call_workspace(op, call);

    if (r >= 0)
        r = account_by_email(op, call->words[0], ret);
    return r == ACCOUNT_NOT_FOUND
               ? op_fail(op, ERR_NOT_FOUND, "there is no user " STR_FMT,
                         STR_ARG(call->words[0]))
               : r;
}

static int set_password(struct op *op, void *ctx)
{
    const struct new_password *new_password = ctx;
    struct account account;
    int r = find_account(op, new_password->call, &account);

    return r < 0 ? r : account_set_password(op, account.id, new_password->hash, 0);
}

static int user_password(struct op *op, struct call *call)
{
    struct new_password new_password = { .call = call };
    struct str password;
    int r;

    if (call->word_count != 1)
        return call_misused(op, "whose? draht user password EMAIL");
    r = read_secret_line(op, "New password", &password);
    if (r >= 0)
        r = password_check(op, "password", password, call->words[0]);
    if (r >= 0)
        r = password_hash(op, password, &new_password.hash);
    if (r >= 0)
        r = store_write(op, set_password, &new_password);
    if (r >= 0 && call->json)
        json_put_bool(call->out, "changed", true);
    return r;
}

struct new_token {
    const struct call *call;
    struct str value;
};

static int add_token(struct op *op, void *ctx)
{
    struct new_token *new_token = ctx;
    struct token token = {
        .name = call_option(new_token->call, "name"),
        .scopes = call_option(new_token->call, "scopes"),
    };
    struct account account;
    int r = find_account(op, new_token->call, &account);

    return r < 0 ? r : token_add(op, account.id, &token, &new_token->value);
}

static int token_add_command(struct op *op, struct call *call)
{
    struct new_token new_token = { .call = call };
    int r;

    if (call->word_count != 1)
        return call_misused(op, "whose? draht token add EMAIL --name NAME");
    r = store_write(op, add_token, &new_token);
    if (r < 0)
        return r;
    if (call->json)
        json_put_text(call->out, "token", new_token.value);
    else
        printf(STR_FMT "\n", STR_ARG(new_token.value));
    return 0;
}

const struct command command_user_add = {
    .name = "user add",
    .usage = "EMAIL [--name NAME] [--role ROLE] [--password-stdin] [--new-workspace]",
    .help = "Add somebody who uses Draht; the first one ends the set-up.",
    .options = "name role",
    .flags = "password-stdin new-workspace",
    .store = COMMAND_STORE,
    .run = user_add,
};

const struct command command_user_list = {
    .name = "user list",
    .usage = "",
    .help = "List who uses Draht.",
    .options = "",
    .flags = "",
    .store = COMMAND_STORE,
    .run = user_list,
};

const struct command command_user_password = {
    .name = "user password",
    .usage = "EMAIL",
    .help = "Set a new password, read from standard input; ends all sessions.",
    .options = "",
    .flags = "password-stdin",
    .store = COMMAND_STORE,
    .run = user_password,
};

const struct command command_token_add = {
    .name = "token add",
    .usage = "EMAIL --name NAME [--scopes RIGHTS]",
    .help = "Make a token for a program; it is printed once.",
    .options = "name scopes",
    .flags = "",
    .store = COMMAND_STORE,
    .run = token_add_command,
};
