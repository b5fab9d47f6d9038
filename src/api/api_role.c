/* api_role.c - roles and their rights. */
#include "api/api_login.h"

#include "admin/role.h"

static void put_role(struct json_writer *w, const struct role *role)
{
    json_begin_object(w, NULL);
    json_put_id(w, "id", role->id);
    json_put_text(w, "slug", role->slug);
    json_put_text(w, "name", role->name);
    api_put_rights(w, "rights", role->rights);
    json_end_object(w);
}

static int role_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct role *list;
    size_t n;
    int r = role_list(op, &list, &n);

    (void)call;
    if (r < 0)
        return r;
    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; i < n; i++)
        put_role(&w, &list[i]);
    api_end_list(op, &w, STR(""));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static struct str join(struct op *op, const struct json *list)
{
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            strbuf_char(&out, ' ');
        strbuf_add(&out, list->items[i].text);
    }
    return strbuf_str(&out);
}

static int role_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct role old, now;
    int r = role_get(op, call->id, &old);

    if (r == ROLE_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no role %lld", (long long)call->id);
    if (r < 0)
        return r;
    now = old;
    if (api_has(call, "name"))
        now.name = api_text(call, "name");
    if (api_has(call, "rights"))
        now.rights = join(op, json_get(call->body, "rights"));
    r = role_update(op, &old, &now);
    if (r == 0)
        r = role_get(op, call->id, &now);
    if (r < 0)
        return r;
    put_role(&w, &now);
    return api_answer(ret, 200, &w);
}

static const struct api_field change_fields[] = {
    { "name", API_TEXT, .min = 1 },
    { "rights", API_LIST_TEXT, .max = 50 },
    { NULL },
};

const struct api_route api_role_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/roles",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List the roles and their rights.",
        .handle = role_index,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/roles/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "users",
        .summary = "Change a role's name or rights.",
        .fields = change_fields,
        .handle = role_change,
    },
    { NULL },
};
