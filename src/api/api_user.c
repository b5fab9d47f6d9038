/* api_user.c - the people who use Draht, for those who manage them. */
#include "api/api_login.h"

#include "admin/link.h"
#include "admin/notice.h"
#include "admin/role.h"
#include "base/ids.h"
#include "work/notify.h"

static int put_role(struct op *op, struct json_writer *w, int64_t role_id)
{
    struct role role;
    int r = role_get(op, role_id, &role);

    if (r == ROLE_NOT_FOUND)
        return op_fail(op, ERR_INTERNAL, "there is no role %lld", (long long)role_id);
    if (r < 0)
        return r;
    json_begin_object(w, "role");
    json_put_text(w, "slug", role.slug);
    json_put_text(w, "name", role.name);
    json_end_object(w);
    return 0;
}

/* What became of the mail with their way in. */
static int put_notice(struct op *op, struct json_writer *w, int64_t account_id)
{
    struct notice notice;
    int r = notice_of(op, account_id, &notice);

    if (r == NOTICE_NONE)
        json_put_null(w, "notice");
    if (r)
        return r < 0 ? r : 0;
    json_begin_object(w, "notice");
    json_put_text(w, "kind", notice.kind);
    json_put_text(w, "state", notice.state);
    json_put_text(w, "reason", notice.reason);
    json_put_time(w, "created_at", notice.created_at);
    json_put_time(w, "ended_at", notice.ended_at);
    json_end_object(w);
    return 0;
}

/* Colleagues see names and departments; addresses and dates are for those who manage. */
static int put_user(struct op *op, const struct api_call *call, struct json_writer *w,
                    const char *key, const struct account *account)
{
    int r;

    json_begin_object(w, key);
    json_put_id(w, "id", account->id);
    json_put_text(w, "name", account->name);
    r = put_role(op, w, account->role_id);
    if (r == 0)
        r = api_put_departments(op, w, account->id);
    json_put_bool(w, "disabled", account->disabled_at != 0);
    if (access_has(&call->who, "users")) {
        json_put_text(w, "email", account->email);
        json_put_text(w, "language", account->language);
        json_put_bool(w, "trained", account->trained_at != 0);
        json_put_bool(w, "invited", account->password_hash.n == 0);
        json_put_bool(w, "totp_enabled", account->totp_enabled_at != 0);
        json_put_time(w, "created_at", account->created_at);
        json_put_time(w, "last_login_at", account->last_login_at);
        if (r >= 0)
            r = put_notice(op, w, account->id);
    }
    json_end_object(w);
    return r;
}

static int user_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct account *list;
    struct page page;
    size_t n;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = account_list(op, page.id, page.ask, &list, &n);
    if (r < 0)
        return r;
    page_open(&page, &w, &n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = put_user(op, call, &w, NULL, &list[i]);
        page_at(&page, 0, list[i].id);
    }
    page_close(&page, &w);
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, 200, &w);
}

static int find(struct op *op, const struct api_call *call, struct account *ret)
{
    int r = account_get(op, call->id, ret);

    if (r == ACCOUNT_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no user %lld", (long long)call->id);
    return r;
}

static int answer_user(struct op *op, const struct api_call *call,
                       const struct account *account, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    int r = put_user(op, call, &w, NULL, account);

    return r < 0 ? r : api_answer(ret, 200, &w);
}

static int user_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct account account;
    int r = find(op, call, &account);

    return r < 0 ? r : answer_user(op, call, &account, ret);
}

static int find_role(struct op *op, const struct api_call *call, int64_t *ret)
{
    struct role role;
    int r = role_by_slug(op, api_text(call, "role"), &role);

    if (r == ROLE_NOT_FOUND)
        return op_fail_field_as(op, "role", "unknown", "is no role of this workspace");
    if (r == 0)
        *ret = role.id;
    return r;
}

/* The list of departments that an account is to have. */
struct list {
    struct membership items[ACCESS_MAX_DEPARTMENTS];
    size_t n;
};

/* The entry of a department, made when it is missing; NULL when there is no room. */
static struct membership *entry(struct list *list, int64_t department_id)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].department_id == department_id)
            return &list->items[i];
    if (list->n == ACCESS_MAX_DEPARTMENTS)
        return NULL;
    list->items[list->n] = (struct membership){ .department_id = department_id };
    return &list->items[list->n++];
}

/* Add the ids of a field; with `heads` those people are heads. */
static int add_ids(struct op *op, struct list *list, const struct api_call *call,
                   const char *field, bool heads)
{
    const struct json *ids = json_get(call->body, field);
    int64_t id;

    for (size_t i = 0; ids && i < ids->count; i++) {
        struct membership *one = NULL;
        if (id_parse(ids->items[i].text, &id))
            one = entry(list, id);
        if (!one)
            return op_too_many(op, field, ACCESS_MAX_DEPARTMENTS);
        one->is_head |= heads;
    }
    return 0;
}

/* `department_ids` replaces the list, `head_of_ids` who is head; one without the other
 * leaves the other as it was. A head belongs to the department. */
static int set_departments(struct op *op, const struct api_call *call, int64_t id)
{
    bool departments = api_has(call, "department_ids");
    bool heads = api_has(call, "head_of_ids");
    struct membership *old;
    struct list list = { .n = 0 };
    size_t n = 0;
    int r = account_memberships(op, id, &old, &n);

    if (r < 0 || (!departments && !heads))
        return r;
    r = add_ids(op, &list, call, "department_ids", false);
    for (size_t i = 0; i < n; i++) {
        struct membership *one = NULL;
        size_t before = list.n;
        if (r == 0)
            one = entry(&list, old[i].department_id);
        if (one && departments && list.n > before)
            list.n = before; /* not any more */
        else if (one && !heads)
            one->is_head = old[i].is_head;
    }
    if (r == 0)
        r = add_ids(op, &list, call, "head_of_ids", true);
    return r < 0 ? r : account_set_memberships(op, id, list.items, list.n);
}

/* Make the address that works once and, where a mailbox is connected, send it; `mailed`
 * says whether it was. */
static int let_in(struct op *op, const struct api_call *call,
                  const struct account *account, struct str *ret_url, bool *ret_mailed)
{
    const char *kind = account->password_hash.n > 0 ? "reset" : "invitation";
    struct str token;
    int r = link_new(op, kind, account->id, &token);

    if (r < 0)
        return r;
    *ret_url = api_link_url(op, call, "/link", token);
    r = notify_link(op, account, kind, *ret_url);
    *ret_mailed = r == 0;
    return r < 0 ? r : 0;
}

static int user_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct account account = {
        .email = api_text(call, "email"),
        .name = str_trim(api_text(call, "name")),
        .language =
            api_has(call, "language") ? api_text(call, "language") : call->who.language,
        .trained_at = api_bool(call, "trained", false) ? op->now : 0,
    };
    struct str url = STR("");
    bool mailed = false;
    int r = find_role(op, call, &account.role_id);

    if (r == 0)
        r = account_add(op, &account);
    if (r == 0)
        r = set_departments(op, call, account.id);
    if (r == 0)
        r = let_in(op, call, &account, &url, &mailed);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    r = put_user(op, call, &w, "user", &account);
    json_put_text(&w, "invitation_url", url);
    json_put_bool(&w, "mailed", mailed);
    json_end_object(&w);
    return r < 0 ? r : api_answer(ret, 201, &w);
}

/* Somebody lost the second factor: those who manage users can switch it off, not on. */
static int end_second_factor(struct op *op, const struct api_call *call,
                             struct account *now)
{
    if (!api_has(call, "totp_enabled"))
        return 0;
    if (api_bool(call, "totp_enabled", false))
        return op_fail_field_as(op, "totp_enabled", "totp_only_off",
                                "can only be switched off here");
    now->totp_enabled_at = 0;
    return 0;
}

static void set_moment(const struct op *op, const struct api_call *call,
                       const char *field, int64_t *moment)
{
    if (!api_has(call, field))
        return;
    if (!api_bool(call, field, false))
        *moment = 0;
    else if (*moment == 0)
        *moment = op->now;
}

static int user_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct account old, now;
    int r = find(op, call, &old);

    if (r < 0)
        return r;
    now = old;
    if (api_has(call, "name"))
        now.name = str_trim(api_text(call, "name"));
    if (api_has(call, "role"))
        r = find_role(op, call, &now.role_id);
    set_moment(op, call, "trained", &now.trained_at);
    set_moment(op, call, "disabled", &now.disabled_at);
    if (r == 0)
        r = end_second_factor(op, call, &now);
    if (r == 0)
        r = account_update(op, &old, &now, "account.updated");
    if (r == 0)
        r = set_departments(op, call, now.id);
    return r < 0 ? r : answer_user(op, call, &now, ret);
}

static int user_reset(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct account account;
    struct str url;
    bool mailed;
    int r = find(op, call, &account);

    if (r < 0)
        return r;
    if (account.disabled_at != 0)
        return op_fail_as(op, ERR_CONFLICT, "account_disabled",
                          "the account is disabled");
    r = let_in(op, call, &account, &url, &mailed);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "reset_url", url);
    json_put_bool(&w, "mailed", mailed);
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static const struct api_field create_fields[] = {
    { "email", API_TEXT, .required = true, .min = 3, .max = ACCOUNT_MAX_EMAIL },
    { "name", API_TEXT, .required = true, .min = 1 },
    { "role", API_TEXT, .required = true, .min = 1, .help = "Slug of the role." },
    { "department_ids", API_LIST_ID, .max = ACCESS_MAX_DEPARTMENTS },
    { "head_of_ids", API_LIST_ID, .max = ACCESS_MAX_DEPARTMENTS },
    { "language", API_CHOICE, .choices = "de|en" },
    { "trained", API_BOOL },
    { NULL },
};
static const struct api_field change_fields[] = {
    { "name", API_TEXT, .min = 1 },
    { "role", API_TEXT, .min = 1, .help = "Slug of the role." },
    { "department_ids", API_LIST_ID, .max = ACCESS_MAX_DEPARTMENTS },
    { "head_of_ids", API_LIST_ID, .max = ACCESS_MAX_DEPARTMENTS },
    { "trained", API_BOOL },
    { "disabled", API_BOOL },
    { "totp_enabled", API_BOOL, .help = "Only false: the second factor was lost." },
    { NULL },
};

const struct api_route api_user_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/users",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List the people who use Draht.",
        .handle = user_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/users",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "users",
        .creates = true,
        .summary = "Add somebody; answers with the address of the invitation.",
        .fields = create_fields,
        .handle = user_create,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/users/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show one of them.",
        .handle = user_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/users/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "users",
        .summary = "Change name, role, departments; disable the account.",
        .fields = change_fields,
        .handle = user_change,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/users/{id}/reset",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "users",
        .creates = true,
        .summary = "Make an address where a new password can be set once.",
        .handle = user_reset,
    },
    { NULL },
};
