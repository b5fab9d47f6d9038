/* api_token.c - keys of programs that act for me. */
#include "api/api_login.h"

#include "admin/role.h"
#include "admin/token.h"
#include "base/ids.h"

static void put_token(struct json_writer *w, const char *key, const struct token *token)
{
    json_begin_object(w, key);
    json_put_id(w, "id", token->id);
    json_put_text(w, "name", token->name);
    api_put_rights(w, "scopes", token->scopes);
    json_put_time(w, "created_at", token->created_at);
    json_put_time(w, "last_used_at", token->last_used_at);
    json_end_object(w);
}

static int token_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct token *list;
    struct page page;
    size_t n;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = token_list(op, call->who.account_id, page.id, page.ask, &list, &n);
    if (r < 0)
        return r;
    page_open(&page, &w, &n);
    for (size_t i = 0; i < n; i++) {
        put_token(&w, NULL, &list[i]);
        page_at(&page, 0, list[i].id);
    }
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* A token must not make one that can do more than itself. */
static int scopes_of(struct op *op, const struct api_call *call, struct str *ret)
{
    const struct json *list = json_get(call->body, "scopes");
    bool by_token = call->who.token_id != 0;
    struct strbuf out = STRBUF(op->arena);

    /* No scope at all would be read as all of them. */
    if (by_token && call->who.rights.n == 0)
        return op_fail_as(op, ERR_DENIED, "token_scopes",
                          "this token may nothing, and so make no other");
    if (!list || list->count == 0) {
        *ret = by_token ? call->who.rights : STR("all");
        return 0;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct str scope = list->items[i].text;
        if (scope.n == 0)
            return op_fail_field_as(op, "scopes", "empty", "has an empty member");
        if (by_token && !role_has(call->who.rights, arena_cstr(op->arena, scope)))
            return op_fail_field_as(op, "scopes", "token_scopes",
                                    "is more than this token may itself");
        strbuf_fmt(&out, "%s" STR_FMT, i > 0 ? " " : "", STR_ARG(scope));
    }
    *ret = strbuf_str(&out);
    return 0;
}

static int token_create(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct token token = { .name = str_trim(api_text(call, "name")) };
    struct str value = { 0 };
    int r = scopes_of(op, call, &token.scopes);

    if (r == 0)
        r = token_add(op, call->who.account_id, &token, &value);
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_put_text(&w, "token", value);
    put_token(&w, "item", &token);
    json_end_object(&w);
    return api_answer(ret, 201, &w);
}

static int token_end(struct op *op, struct api_call *call, struct http_answer *ret)
{
    int r = token_revoke(op, call->who.account_id, call->id);

    if (r == TOKEN_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no token %lld of yours",
                       (long long)call->id);
    return r < 0 ? r : api_no_content(ret);
}

static const struct api_field create_fields[] = {
    { "name", API_TEXT, .required = true, .min = 1 },
    { "scopes", API_LIST_TEXT, .max = 50, .help = "Rights; none: all that I have." },
    { NULL },
};

const struct api_route api_token_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/tokens",
        .mode = API_READ,
        .access = API_LOGGED_IN,
        .summary = "List my tokens.",
        .handle = token_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/tokens",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .creates = true,
        .summary = "Make a token; it is shown this once.",
        .fields = create_fields,
        .handle = token_create,
    },
    {
        .method = "DELETE",
        .pattern = "/api/v1/tokens/{id}",
        .mode = API_WRITE,
        .access = API_LOGGED_IN,
        .summary = "End one of my tokens at once.",
        .handle = token_end,
    },
    { NULL },
};
