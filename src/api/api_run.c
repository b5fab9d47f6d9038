/* api_run.c - the steps of a request: who is it, may they, handle, conclude.
 *
 * Order: login before rights before the body, so that a stranger learns nothing
 * about what a body must look like beyond the published description.
 */
#include "api/api_parts.h"

#include "admin/session.h"
#include "admin/token.h"

static bool is_safe(struct str method)
{
    return str_is(method, "GET") || str_is(method, "HEAD");
}

/* The token of "Authorization: Bearer TOKEN"; `.p` NULL when there is no such field. */
static struct str bearer(const struct http_request *rq)
{
    struct str value = http_header(rq, "Authorization");
    struct str rest, scheme = str_cut(value, ' ', &rest);

    if (!value.p)
        return value;
    return str_eq_ignore_case(scheme, STR("Bearer")) ? str_trim(rest) : STR("");
}

/* A page of another origin must not act with our cookie. Browsers send Origin with
 * every unsafe request; programs do not, and have no cookie to steal. */
static int check_origin(struct op *op, const struct api_call *call)
{
    struct str origin = http_header(call->rq, "Origin"), own;
    struct str base = call->server ? call->server->config.base_url : STR("");
    ptrdiff_t at = str_find(origin, STR("://"));

    if (!origin.p || (base.n > 0 && str_eq_ignore_case(origin, base)))
        return 0;
    own = at < 0 ? STR("") : str_sub(origin, (size_t)at + 3, origin.n);
    if (own.n > 0 && str_eq_ignore_case(own, call->rq->host))
        return 0;
    return op_fail_as(op, ERR_DENIED, "other_site",
                      "the request comes from a page of another site");
}

static int check_csrf(struct op *op, const struct api_call *call)
{
    struct str sent = http_header(call->rq, "X-CSRF-Token");

    if (is_safe(call->rq->method))
        return 0;
    if (call->who.session_id != 0 && !str_eq_secret(sent, call->who.csrf_token))
        return op_fail_as(
            op, ERR_DENIED, "csrf",
            "the header X-CSRF-Token is missing or not the one of this login");
    return 0;
}

int api_authenticate(struct op *op, struct api_call *call)
{
    struct str token = bearer(call->rq);
    struct str cookie = http_cookie(call->rq, SESSION_COOKIE);
    bool anybody = call->route->access == API_ANYBODY;
    int r = ACCESS_UNKNOWN;

    if (token.n > 0)
        r = access_by_token(op, token, &call->who);
    else if (!token.p && cookie.n > 0 && !anybody)
        r = access_by_session(op, cookie, &call->who);
    if (r < 0)
        return r;
    if (r == ACCESS_UNKNOWN && !anybody)
        return op_fail(op, ERR_LOGIN,
                       token.p || cookie.n > 0
                           ? "the login is over or unknown: log in again"
                           : "this needs a login");
    return 0;
}

static int check_rights(struct op *op, const struct api_call *call)
{
    switch (call->route->access) {
    case API_ANYBODY:
    case API_LOGGED_IN:
        return 0;
    case API_RIGHT:
        return api_need_right(op, call, call->route->right);
    }
    return op_fail(op, ERR_INTERNAL, "the route %s does not say who may call it",
                   call->route->pattern);
}

int api_limit(struct op *op, const struct api_call *call, const char *what,
              struct str who, struct meter_limit limit)
{
    struct str key = arena_fmt(op->arena, "%s " STR_FMT, what, STR_ARG(who));
    int64_t ms = meter_take(call->server->meter, key, limit, op->now);

    if (!ms)
        return 0;
    (void)op_fail(op, ERR_BUSY, "that was too much at once: wait %lld seconds",
                  (long long)((ms + 999) / 1000));
    op->err.wait = (unsigned)((ms + 999) / 1000);
    return ERR_BUSY;
}

int api_prepare(struct op *op, void *request)
{
    struct api_request *rq = request;
    struct api_call *call = &rq->call;
    int r = api_authenticate(op, call);

    if (r == 0 && !is_safe(call->rq->method) && !call->route->fail)
        r = check_origin(op, call);
    if (r == 0)
        r = check_csrf(op, call);
    if (r == 0)
        r = check_rights(op, call);
    if (r == 0 && call->route->allow)
        r = call->route->allow(op, call);
    if (r == 0)
        r = api_check_request(op, call);
    if (r > 0)
        r = op_fail(op, ERR_INTERNAL, "%s passed on an outcome", call->route->pattern);
    if (r < 0)
        return r;
    return call->route->mode == API_READ ? api_handle(op, rq) : 0;
}

/* As a write this may run twice, so it begins anew. */
int api_handle(struct op *op, void *request)
{
    struct api_request *rq = request;
    const struct api_route *route = rq->call.route;
    bool once = route->creates && route->mode == API_WRITE;
    int r = 0;

    rq->answer = (struct http_answer){ 0 };
    op->err = (struct err){ 0 };
    if (once)
        r = api_idempotency_find(op, &rq->call, &rq->answer);
    if (r != 0)
        return r < 0 ? r : 0;
    r = route->handle(op, &rq->call, &rq->answer);
    if (r > 0)
        return op_fail(op, ERR_INTERNAL, "%s %s passed on an outcome, %d", route->method,
                       route->pattern, r);
    if (r == 0 && once)
        r = api_idempotency_keep(op, &rq->call, &rq->answer);
    return r;
}

static void put_field(struct json_writer *w, const struct err_field *field)
{
    json_begin_object(w, NULL);
    json_put_text(w, "field", field->field);
    json_put_c(w, "code", field->code ? field->code : err_name(ERR_INVALID));
    if (field->min != 0)
        json_put_int(w, "min", field->min);
    if (field->max != 0)
        json_put_int(w, "max", field->max);
    json_put_text(w, "message", field->message);
    json_end_object(w);
}

void api_problem(const struct op *op, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    int status = err_http_status(op->err.kind);
    struct str body;

    json_begin_object(&w, NULL);
    json_put_c(&w, "type", "about:blank");
    json_put_c(&w, "title", http_reason(status));
    json_put_int(&w, "status", status);
    json_put_c(&w, "kind", err_name(op->err.kind));
    json_put_c(&w, "code", op->err.code ? op->err.code : err_name(op->err.kind));
    json_put_text(&w, "detail", op->err.text);
    json_put_text(&w, "request", op->id);
    if (op->err.fields) {
        json_begin_array(&w, "errors");
        for (const struct err_field *f = op->err.fields; f; f = f->next)
            put_field(&w, f);
        json_end_array(&w);
    }
    json_end_object(&w);
    body = json_done(&w);
    if (op->err.extra.n > 0)
        body = arena_fmt(op->arena, STR_FMT "," STR_FMT "}",
                         STR_ARG(str_sub(body, 0, body.n - 1)), STR_ARG(op->err.extra));
    *ret = (struct http_answer){
        .status = status,
        .content_type = "application/problem+json",
        .body = body,
        .retry_after = op->err.wait,
    };
}

void api_conclude(struct api_request *rq, int r)
{
    struct op *op = &rq->op;

    if (r >= 0) {
        if (rq->answer.status == 0)
            rq->answer.status = 200;
        return;
    }
    if (op->err.kind >= 0)
        (void)op_fail(op, ERR_INTERNAL, "a failure was not described");
    if (op->err.wait == 0 &&
        (op->err.kind == ERR_UNAVAILABLE || op->err.kind == ERR_BUSY))
        op->err.wait = 1;
    op_log_failure(op);
    if (rq->call.route && rq->call.route->fail)
        rq->call.route->fail(op, &rq->call, err_http_status(op->err.kind), &rq->answer);
    else
        api_problem(op, &rq->answer);
    if (op->err.kind == ERR_LOGIN)
        http_add(op->arena, &rq->answer.headers, STR("WWW-Authenticate"), STR("Bearer"));
}

void api_count(struct api_server *api, int status)
{
    int class = status / 100;

    if (class >= 1 && class <= 5)
        atomic_fetch_add(&api->answers[class], 1);
}
