/* parse.c - one request out of bytes. */
#include "net/parse.h"

enum { MAX_EXTRA = 16 * 1024 }; /* bytes of chunk extensions and trailers together */

struct parse_span {
    size_t name, name_n, value, value_n; /* in parser.text */
};

static int refuse(struct parser *parser, int status, const char *reason)
{
    parser->status = status;
    parser->reason = reason;
    return HPE_USER;
}

static struct parser *of(llhttp_t *http)
{
    return CONTAINER_OF(http, struct parser, http);
}

static int on_url(llhttp_t *http, const char *at, size_t n)
{
    struct parser *parser = of(http);

    strbuf_add(&parser->text, (struct str){ at, n });
    parser->target_n += n;
    return 0;
}

/* Trailers and chunk extensions are read and dropped, but not without end. */
static int on_extra(llhttp_t *http, const char *at UNUSED, size_t n)
{
    struct parser *parser = of(http);

    parser->extra_n += n + 1;
    if (parser->extra_n > MAX_EXTRA)
        return refuse(parser, 400, "the trailers or chunk extensions are too long");
    return 0;
}

static int on_name(llhttp_t *http, const char *at, size_t n)
{
    struct parser *parser = of(http);
    bool first = parser->span_count == 0;

    if (parser->state == PARSE_IN_BODY)
        return on_extra(http, at, n);
    if (first || parser->in_value) {
        if (parser->span_count == SERVER_MAX_FIELDS)
            return refuse(parser, 431, "there are more than 100 header fields");
        if (first)
            parser->spans =
                arena_new(parser->arena, struct parse_span, SERVER_MAX_FIELDS);
        parser->spans[parser->span_count++].name = parser->text.n;
        parser->in_value = false;
    }
    parser->spans[parser->span_count - 1].name_n += n;
    strbuf_add(&parser->text, (struct str){ at, n });
    return 0;
}

/* Also for a field without a value, which has no span. */
static int on_name_end(llhttp_t *http)
{
    struct parser *parser = of(http);

    if (parser->state == PARSE_IN_BODY)
        return 0;
    if (parser->span_count == 0 || parser->in_value ||
        parser->spans[parser->span_count - 1].name_n == 0)
        return refuse(parser, 400, "a header field has no name");
    parser->in_value = true;
    parser->spans[parser->span_count - 1].value = parser->text.n;
    return 0;
}

static int on_value(llhttp_t *http, const char *at, size_t n)
{
    struct parser *parser = of(http);

    if (parser->state == PARSE_IN_BODY)
        return on_extra(http, at, n);
    parser->spans[parser->span_count - 1].value_n += n;
    strbuf_add(&parser->text, (struct str){ at, n });
    return 0;
}

static int too_large(struct parser *parser)
{
    return refuse(parser, 413,
                  arena_cstr(parser->arena,
                             arena_fmt(parser->arena, "the body is longer than %zu bytes",
                                       parser->max_body)));
}

static int on_chunk(llhttp_t *http)
{
    struct parser *parser = of(http);

    if (http->content_length > parser->max_body - parser->body_n)
        return too_large(parser);
    return 0;
}

static int on_body(llhttp_t *http, const char *at, size_t n)
{
    struct parser *parser = of(http);

    if (n > parser->max_body - parser->body_n)
        return too_large(parser);
    if (n > parser->body_size - parser->body_n) {
        parser->body_size = (parser->body_n + n) * 2;
        if (parser->body_size > parser->max_body)
            parser->body_size = parser->max_body;
        parser->body = must_realloc(parser->body, parser->body_size);
    }
    memcpy(parser->body + parser->body_n, at, n);
    parser->body_n += n;
    return 0;
}

static int on_head_end(llhttp_t *http)
{
    struct parser *parser = of(http);

    /* Ignore "Upgrade": the answer is plain HTTP, and so is what follows it. */
    http->upgrade = 0;
    parser->keep_alive = llhttp_should_keep_alive(http);
    parser->declared = http->flags & F_CONTENT_LENGTH ? http->content_length : 0;
    return HPE_PAUSED;
}

static int on_end(llhttp_t *http UNUSED)
{
    return HPE_PAUSED;
}

static const llhttp_settings_t callbacks = {
    .on_url = on_url,
    .on_header_field = on_name,
    .on_header_field_complete = on_name_end,
    .on_header_value = on_value,
    .on_chunk_extension_name = on_extra,
    .on_chunk_extension_value = on_extra,
    .on_chunk_header = on_chunk,
    .on_headers_complete = on_head_end,
    .on_body = on_body,
    .on_message_complete = on_end,
};

void parser_begin(struct parser *parser, struct arena *arena)
{
    *parser = (struct parser){
        .arena = arena,
        .text = STRBUF(arena),
        .max_body = SERVER_MAX_BODY,
    };
    llhttp_init(&parser->http, HTTP_REQUEST, &callbacks);
}

bool parser_has_begun(const struct parser *parser)
{
    return parser->state != PARSE_IN_LEAD;
}

void parser_release(struct parser *parser)
{
    free(parser->body);
    parser->body = NULL;
}

/* The raw bytes of the head: lengths, and lines that continue the line before. */
static int scan_head(struct parser *parser, struct str head)
{
    for (size_t i = 0; i < head.n; i++) {
        char c = head.p[i];

        if (parser->last == '\n' && (c == ' ' || c == '\t'))
            return refuse(parser, 400, "a header field is folded over several lines");
        if (parser->line_ended)
            parser->head_n++;
        else if (c == '\n')
            parser->line_ended = true;
        else if (c != '\r')
            parser->line_n++;
        if (parser->line_n > SERVER_MAX_LINE)
            return refuse(parser, 414, "the request line is longer than 8192 bytes");
        if (parser->head_n > SERVER_MAX_HEAD)
            return refuse(parser, 431, "the header fields are longer than 32768 bytes");
        parser->last = c;
    }
    return 0;
}

static bool is_host(struct str host)
{
    if (host.n == 0 || host.n > 255 + 6)
        return false;
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!plain && !memchr("-._:[]", c, 6))
            return false;
    }
    return true;
}

/* "/path?query", "http://host/path?query", or "*" for OPTIONS. */
static int split_target(struct parser *parser)
{
    struct http_request *rq = &parser->rq;
    struct str rest = rq->target, authority;
    ptrdiff_t slashes = str_find(rest, STR("://"));
    size_t n;

    if (str_is(rest, "*") && str_is(rq->method, "OPTIONS")) {
        rq->path = rest;
        return 0;
    }
    if (rest.n > 0 && rest.p[0] != '/' && slashes >= 0) {
        authority = str_sub(rest, 0, (size_t)slashes);
        if (!str_eq_ignore_case(authority, STR("http")) &&
            !str_eq_ignore_case(authority, STR("https")))
            return refuse(parser, 400, "the request target has an unknown scheme");
        rest = str_sub(rest, (size_t)slashes + 3, rest.n);
        for (n = 0; n < rest.n && !memchr("/?", rest.p[n], 2);)
            n++;
        rq->host = str_sub(rest, 0, n);
        rest = str_sub(rest, n, rest.n);
        if (!is_host(rq->host))
            return refuse(parser, 400, "the request target has no usable host");
        if (rest.n == 0 || rest.p[0] == '?') {
            rq->path = STR("/");
            rq->query = str_sub(rest, 1, rest.n);
            return 0;
        }
    }
    if (rest.n == 0 || rest.p[0] != '/')
        return refuse(parser, 400, "the request target does not begin with a slash");
    if (memchr(rest.p, '#', rest.n))
        return refuse(parser, 400, "the request target has a fragment");
    rq->path = str_cut(rest, '?', &rq->query);
    return 0;
}

static int check_framing(struct parser *parser, struct str encoding, size_t encodings)
{
    if (encodings == 0)
        return 0;
    if (encodings > 1 || parser->rq.minor == 0 ||
        !str_eq_ignore_case(encoding, STR("chunked")))
        return refuse(parser, 400, "the only transfer encoding here is chunked");
    if (http_header(&parser->rq, "content-length").p)
        return refuse(parser, 400,
                      "Transfer-Encoding and Content-Length exclude each other");
    return 0;
}

static int check_host(struct parser *parser, struct str host, size_t hosts)
{
    if (hosts > 1)
        return refuse(parser, 400, "there is more than one Host field");
    if (hosts == 0 && parser->rq.minor > 0)
        return refuse(parser, 400, "there is no Host field");
    if (hosts == 1 && !is_host(host))
        return refuse(parser, 400, "the Host field is no host");
    if (!parser->rq.host.p)
        parser->rq.host = host;
    return 0;
}

/* What RFC 9112 demands of the fields that decide where a message ends and for whom
 * it is. */
static int check_fields(struct parser *parser)
{
    const struct http_fields *fields = &parser->rq.headers;
    struct str host = { NULL, 0 }, encoding = { NULL, 0 };
    struct str expect = http_field(fields, "expect");
    size_t hosts = 0, encodings = 0;
    int r;

    for (size_t i = 0; i < fields->count; i++) {
        if (str_eq_ignore_case(fields->items[i].name, STR("host"))) {
            host = fields->items[i].value;
            hosts++;
        } else if (str_eq_ignore_case(fields->items[i].name, STR("transfer-encoding"))) {
            encoding = fields->items[i].value;
            encodings++;
        }
    }
    r = check_host(parser, host, hosts);
    if (r)
        return r;
    r = check_framing(parser, encoding, encodings);
    if (r)
        return r;
    if (expect.p && !str_eq_ignore_case(expect, STR("100-continue")))
        return refuse(parser, 417, "the only expectation known here is 100-continue");
    for (size_t i = 0; i < fields->count; i++) {
        if (str_eq_ignore_case(fields->items[i].name, STR("connection")) &&
            http_field_has(fields->items[i].value, "close"))
            parser->keep_alive = false;
    }
    parser->expects_continue =
        expect.p && parser->rq.minor > 0 && (encodings || parser->declared);
    return 0;
}

static void fill_fields(struct parser *parser, struct str text)
{
    struct http_fields *fields = &parser->rq.headers;

    fields->items = arena_new(parser->arena, struct http_field, parser->span_count);
    fields->count = parser->span_count;
    for (size_t i = 0; i < fields->count; i++) {
        const struct parse_span *span = &parser->spans[i];

        fields->items[i] = (struct http_field){
            .name = str_sub(text, span->name, span->name_n),
            .value = str_trim(str_sub(text, span->value, span->value_n)),
        };
    }
}

static int finish_head(struct parser *parser)
{
    static const char *const methods[] = { "GET",   "HEAD",   "POST",   "PUT",
                                           "PATCH", "DELETE", "OPTIONS" };
    struct str text = strbuf_str(&parser->text);
    const char *method = llhttp_method_name(parser->http.method);
    bool known = false;
    int r;

    if (parser->http.http_major != 1 || parser->http.http_minor > 1)
        return refuse(parser, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        known = known || strcmp(methods[i], method) == 0;
    if (!known)
        return refuse(parser, 501, "this method is not known here");
    parser->rq.method = str_of(method);
    parser->rq.minor = parser->http.http_minor;
    parser->rq.target = str_sub(text, 0, parser->target_n);
    fill_fields(parser, text);
    r = split_target(parser);
    if (r)
        return r;
    return check_fields(parser);
}

static enum parse_result refused(struct parser *parser, llhttp_errno_t error)
{
    if (parser->status == 0 &&
        (error == HPE_INVALID_VERSION || error == HPE_PAUSED_H2_UPGRADE))
        refuse(parser, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    if (parser->status == 0)
        refuse(parser, 400, "the request is not valid HTTP/1.1");
    return PARSE_REFUSED;
}

static enum parse_result finish(struct parser *parser)
{
    parser->rq.body = (struct str){ parser->body, parser->body_n };
    if (parser->body)
        arena_defer(parser->arena, free, TAKE(parser->body));
    return PARSE_DONE;
}

enum parse_result parser_feed(struct parser *parser, struct str *input)
{
    bool in_head = parser->state != PARSE_IN_BODY;
    llhttp_errno_t error;
    size_t used;

    while (parser->state == PARSE_IN_LEAD && input->n > 0 &&
           (input->p[0] == '\r' || input->p[0] == '\n'))
        *input = str_sub(*input, 1, input->n);
    if (parser->state == PARSE_IN_LEAD && input->n == 0)
        return PARSE_MORE;
    if (in_head)
        parser->state = PARSE_IN_HEAD;
    if (!in_head && !parser->length_checked && parser->declared > parser->max_body) {
        too_large(parser);
        return PARSE_REFUSED;
    }
    parser->length_checked = !in_head;

    llhttp_resume(&parser->http);
    error = llhttp_execute(&parser->http, input->n ? input->p : "", input->n);
    used = error == HPE_OK || input->n == 0
               ? input->n
               : (size_t)(llhttp_get_error_pos(&parser->http) - input->p);
    if (in_head && scan_head(parser, str_sub(*input, 0, used)) != 0)
        return PARSE_REFUSED;
    *input = str_sub(*input, used, input->n);
    if (error == HPE_OK)
        return PARSE_MORE;
    if (error != HPE_PAUSED)
        return refused(parser, error);
    if (!in_head)
        return finish(parser);
    if (finish_head(parser) != 0)
        return PARSE_REFUSED;
    parser->state = PARSE_IN_BODY;
    return PARSE_HEAD;
}
