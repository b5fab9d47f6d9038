/* answer.c - an answer as bytes, with the fields that every answer has. */
#include "net/loop.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"

static void field(struct strbuf *out, const char *name, struct str value)
{
    strbuf_add(out, str_of(name));
    strbuf_add(out, STR(": "));
    strbuf_add(out, value);
    strbuf_add(out, STR("\r\n"));
}

static void field_unless(struct strbuf *out, const struct http_answer *answer,
                         const char *name, struct str value)
{
    if (!http_field(&answer->headers, name).p)
        field(out, name, value);
}

/* Framing is the server's alone, lest an answer could be read in two ways. */
static bool is_ours(struct str name)
{
    static const char *const ours[] = { "content-length", "transfer-encoding",
                                        "connection",     "date",
                                        "x-request-id",   "content-type" };

    for (size_t i = 0; i < COUNT_OF(ours); i++) {
        if (str_eq_ignore_case(name, str_of(ours[i])))
            return true;
    }
    return false;
}

static void security_fields(struct strbuf *out, const struct exchange *exchange,
                            const struct http_answer *answer)
{
    const struct server *server = exchange->loop->server;

    field_unless(out, answer, "Content-Security-Policy", server->config.csp);
    field_unless(out, answer, "X-Content-Type-Options", STR("nosniff"));
    field_unless(out, answer, "Referrer-Policy", STR("no-referrer"));
    field_unless(out, answer, "Cross-Origin-Opener-Policy", STR("same-origin"));
    if (server->tls)
        field_unless(out, answer, "Strict-Transport-Security", STR("max-age=31536000"));
}

static int status_of(const struct http_answer *answer)
{
    return answer->status ? answer->status : 200;
}

/* All of the head but what says how long the body is. */
static void begin_head(struct strbuf *out, const struct exchange *exchange,
                       const struct http_answer *answer)
{
    int status = status_of(answer);

    strbuf_fmt(out, "HTTP/1.1 %d %s\r\n", status, http_reason(status));
    field(out, "Date", http_date(out->arena, clock_machine()));
    field(out, "X-Request-Id", exchange->id);
    if (answer->content_type)
        field(out, "Content-Type", str_of(answer->content_type));
    else if (answer->body.n > 0)
        field(out, "Content-Type", STR("application/json"));
    if (answer->retry_after > 0)
        strbuf_fmt(out, "Retry-After: %u\r\n", answer->retry_after);
    for (size_t i = 0; i < answer->headers.count; i++) {
        const struct http_field *item = &answer->headers.items[i];

        if (!is_ours(item->name))
            field(out, arena_cstr(out->arena, item->name), item->value);
    }
    security_fields(out, exchange, answer);
    field_unless(out, answer, "Cache-Control", STR("no-store"));
}

static struct str join(struct str head, struct str body)
{
    char *bytes = must_alloc(head.n + body.n);

    memcpy(bytes, head.p, head.n);
    if (body.n > 0)
        memcpy(bytes + head.n, body.p, body.n);
    return (struct str){ bytes, head.n + body.n };
}

struct str answer_bytes(const struct exchange *exchange, const struct http_answer *answer,
                        bool close)
{
    ARENA(scratch);
    struct strbuf out = STRBUF(&scratch);
    const struct http_request *rq = &exchange->parser.rq;
    int status = status_of(answer);
    bool bodiless = status == 204 || status == 304;

    begin_head(&out, exchange, answer);
    if (close)
        strbuf_add(&out, STR("Connection: close\r\n"));
    else if (rq->minor == 0)
        strbuf_add(&out, STR("Connection: keep-alive\r\n"));
    if (!bodiless)
        strbuf_fmt(&out, "Content-Length: %zu\r\n", answer->body.n);
    strbuf_add(&out, STR("\r\n"));
    if (bodiless || str_is(rq->method, "HEAD"))
        return join(strbuf_str(&out), (struct str){ NULL, 0 });
    return join(strbuf_str(&out), answer->body);
}

struct str answer_stream_head(const struct exchange *exchange,
                              const struct http_answer *answer, bool chunked)
{
    ARENA(scratch);
    struct strbuf out = STRBUF(&scratch);

    begin_head(&out, exchange, answer);
    strbuf_add(&out, STR("Connection: close\r\n"));
    if (chunked)
        strbuf_add(&out, STR("Transfer-Encoding: chunked\r\n"));
    strbuf_add(&out, STR("\r\n"));
    return join(strbuf_str(&out), (struct str){ NULL, 0 });
}

void answer_log(const struct exchange *exchange, const struct http_answer *answer)
{
    const struct http_request *rq = &exchange->parser.rq;
    struct str method = rq->method.n ? rq->method : STR("-");
    struct str path = answer->log_as.n ? answer->log_as : rq->path;

    if (path.n == 0)
        path = STR("-");
    log_line(LOG_INFO, exchange->id,
             "event=request method=" STR_FMT " path=" STR_FMT
             " status=%d bytes=%zu ms=%" PRId64 " from=" STR_FMT,
             STR_ARG(method), STR_ARG(path), status_of(answer), answer->body.n,
             clock_monotonic() - exchange->began_at, STR_ARG(rq->remote));
}
