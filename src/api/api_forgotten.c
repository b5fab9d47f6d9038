/* api_forgotten.c - a new password for who forgot it, by mail.
 *
 * Whether there is such an account nobody learns here: the answer is the same. How long
 * it takes differs by less than a commit does by itself, and the guard lets nobody ask
 * often enough to see more. The address in the mail is the one from the settings: the one
 * that a request names could be anybody's.
 */
#include "api/api_login.h"

#include "admin/guard.h"
#include "admin/link.h"
#include "admin/notice.h"
#include "admin/workspace.h"
#include "api/api_server.h"
#include "work/notify.h"

/* So long after one mail there is no other. */
#define PAUSE_MS MINUTES(15)

int api_can_forget(struct op *op, const struct api_call *call, bool *ret)
{
    int64_t before = op->workspace, workspace = 0, channel_id;
    int r = MAILBOX_NONE;

    *ret = false;
    if (!api_server_config(call->server)->base_url.n)
        return 0;
    while (r == MAILBOX_NONE && (r = workspace_next(op, workspace, &workspace)) == 0) {
        op->workspace = workspace;
        r = mailbox_find(op, MAILBOX_NOTICES, 0, &channel_id);
    }
    op->workspace = before;
    *ret = r == 0;
    return r < 0 ? r : 0;
}

/* In the workspace of the account: who has no password yet gets the invitation anew. */
static int send_link(struct op *op, const struct api_call *call,
                     const struct account *account)
{
    const char *kind = account->password_hash.n ? "reset" : "invitation";
    struct notice last;
    struct str token;
    int64_t channel_id;
    int r = notice_of(op, account->id, &last);

    if (r < 0 || (r == 0 && op->now - last.created_at < PAUSE_MS))
        return r < 0 ? r : 0;
    r = mailbox_find(op, MAILBOX_NOTICES, 0, &channel_id);
    if (r == 0)
        r = link_new(op, kind, account->id, &token);
    if (r == 0)
        r = notify_link(op, account, kind, api_link_url(op, call, "/link", token));
    return r < 0 ? r : 0;
}

static int send_in(struct op *op, const struct api_call *call, int64_t workspace)
{
    struct account account;
    int r;

    op->workspace = workspace;
    r = account_by_email(op, api_text(call, "email"), &account);
    if (r)
        return r < 0 ? r : 0;
    return account.disabled_at ? 0 : send_link(op, call, &account);
}

static int forgotten(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct guard guard = {
        .email_key =
            arena_fmt(op->arena, "forgotten " STR_FMT,
                      STR_ARG(account_email_key(op->arena, api_text(call, "email")))),
        .address = http_sender(call->rq),
    };
    struct str slug = api_text(call, "workspace");
    int64_t workspace = 0;
    bool can;
    int r = api_can_forget(op, call, &can);

    if (r == 0 && !can)
        return op_fail_as(op, ERR_CONFLICT, "no_mail",
                          "no mailbox is connected that could send a new password: ask "
                          "whoever manages the users");
    if (r == 0)
        r = guard_enter(op, &guard);
    if (r < 0)
        return r;
    op->actor = (struct actor){ ACTOR_SYSTEM, 0 };
    if (slug.n) {
        r = workspace_by_slug(op, slug, &workspace);
        if (r == 0)
            r = send_in(op, call, workspace);
    }
    while (!slug.n && r == 0 && (r = workspace_next(op, workspace, &workspace)) == 0)
        r = send_in(op, call, workspace);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_end_object(&w);
    return api_answer(ret, 202, &w);
}

static const struct api_field fields[] = {
    { "email", API_TEXT, .required = true, .max = ACCOUNT_MAX_EMAIL },
    { "workspace", API_TEXT, .help = "Its slug, where one store has several." },
    { NULL },
};

const struct api_route api_forgotten_routes[] = {
    {
        .method = "POST",
        .pattern = "/api/v1/forgotten",
        .mode = API_WRITE,
        .access = API_ANYBODY,
        .summary = "Send a way to a new password by mail, if there is such an account.",
        .fields = fields,
        .handle = forgotten,
    },
    { NULL },
};
