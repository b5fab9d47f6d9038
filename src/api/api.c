/* api.c - what handlers use: members of the checked body, query, answers, rights. */
#include "api/api_parts.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/ids.h"

bool api_has(const struct api_call *call, const char *field)
{
    return json_get(call->body, field) != NULL;
}

bool api_is_null(const struct api_call *call, const char *field)
{
    const struct json *value = json_get(call->body, field);

    return value && value->type == JSON_NULL;
}

struct str api_text(const struct api_call *call, const char *field)
{
    return json_text(call->body, field);
}

int64_t api_int(const struct api_call *call, const char *field, int64_t fallback)
{
    return json_int(call->body, field, fallback);
}

bool api_bool(const struct api_call *call, const char *field, bool fallback)
{
    const struct json *value = json_get(call->body, field);

    return value && value->type == JSON_BOOL ? value->boolean : fallback;
}

int64_t api_id(const struct api_call *call, const char *field)
{
    int64_t id = 0;

    return id_parse(json_text(call->body, field), &id) ? id : 0;
}

int64_t api_time(const struct api_call *call, const char *field)
{
    int64_t at = 0;

    return time_parse(json_text(call->body, field), &at) ? at : 0;
}

struct str api_query(struct op *op, const struct api_call *call, const char *name)
{
    (void)op;
    return http_field(&call->params, name);
}

int64_t api_query_id(struct op *op, const struct api_call *call, const char *name)
{
    int64_t id = 0;

    return id_parse(api_query(op, call, name), &id) ? id : 0;
}

int64_t api_query_time(struct op *op, const struct api_call *call, const char *name)
{
    int64_t at = 0;

    return time_parse(api_query(op, call, name), &at) ? at : 0;
}

int api_answer(struct http_answer *ret, int status, struct json_writer *w)
{
    ret->status = status;
    ret->body = json_done(w);
    return 0;
}

int api_no_content(struct http_answer *ret)
{
    ret->status = 204;
    return 0;
}

void api_end_list(struct op *op, struct json_writer *w, struct str cursor)
{
    json_end_array(w);
    if (cursor.n > 0)
        json_put_text(w, "next_cursor", base64url_encode(op->arena, cursor));
    else
        json_put_null(w, "next_cursor");
}

int api_need_department(struct op *op, const struct api_call *call, int64_t department_id)
{
    if (access_in_department(&call->who, department_id) ||
        FAILPOINT("control.any_department"))
        return 0;
    return op_fail_as(op, ERR_DENIED, "other_department",
                      "another department is responsible: you write in your own only");
}

static const struct {
    const char *right, *words;
} words[] = {
    { "read", "to read" },
    { "draft", "to write drafts" },
    { "answer", "to answer people" },
    { "note", "to write notes" },
    { "work", "to assign, solve, close, tag and merge" },
    { "approve", "to approve replies" },
    { "moderate", "to moderate" },
    { "release", "to release posts" },
    { "hold", "to hold what goes out" },
    { "report", "to see figures" },
    { "channels", "to set up channels" },
    { "settings", "to change settings" },
    { "users", "to manage users and roles" },
    { "secrets", "to manage secrets" },
    { "audit", "to read the log" },
};

int api_need_right(struct op *op, const struct api_call *call, const char *right)
{
    const char *means = "";

    if (access_has(&call->who, right) || FAILPOINT("control.any_right"))
        return 0;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(str_of(right), words[i].right))
            means = words[i].words;
    (void)op_fail_as(
        op, ERR_DENIED, "right_missing", "this needs the right %s, %s%s", right, means,
        call->who.token_id ? "; the token's scopes must contain it too" : "");
    op->err.extra = arena_fmt(op->arena, "\"right\":\"%s\"", right);
    return ERR_DENIED;
}

int api_need_session(struct op *op, const struct api_call *call)
{
    if (call->who.session_id != 0)
        return 0;
    return op_fail_as(op, ERR_DENIED, "session_needed",
                      "this needs a login in a browser; a token may not");
}

void *api_server_ctx(const struct api_server *api)
{
    return api->config.ctx;
}

const struct api_config *api_server_config(const struct api_server *api)
{
    return &api->config;
}

void api_server_attach(struct api_server *api, const struct server *server)
{
    atomic_store(&api->http, server);
}
