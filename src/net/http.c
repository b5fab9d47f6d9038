/* http.c - reading requests and building answers, without any socket. */
#include "net/http.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/utf8.h"
#include "net/proxies.h"

struct str http_field(const struct http_fields *fields, const char *name)
{
    struct str wanted = str_of(name);

    for (size_t i = 0; i < fields->count; i++) {
        if (str_eq_ignore_case(fields->items[i].name, wanted))
            return str_trim(fields->items[i].value);
    }
    return (struct str){ NULL, 0 };
}

struct str http_header(const struct http_request *rq, const char *name)
{
    return http_field(&rq->headers, name);
}

bool http_field_has(struct str value, const char *token)
{
    struct str rest = value, item, parameters;

    while (rest.n > 0) {
        item = str_cut(rest, ',', &rest);
        item = str_cut(item, ';', &parameters);
        if (str_eq_ignore_case(str_trim(item), str_of(token)))
            return true;
    }
    return false;
}

struct str http_cookie(const struct http_request *rq, const char *name)
{
    struct str wanted = str_of(name), rest, pair, value, key;

    for (size_t i = 0; i < rq->headers.count; i++) {
        if (!str_eq_ignore_case(rq->headers.items[i].name, STR("cookie")))
            continue;
        for (rest = rq->headers.items[i].value; rest.n > 0;) {
            pair = str_trim(str_cut(rest, ';', &rest));
            key = str_cut(pair, '=', &value);
            if (key.n < pair.n && str_eq(key, wanted))
                return value.p ? value : STR("");
        }
    }
    return (struct str){ NULL, 0 };
}

struct str http_sender(const struct http_request *rq)
{
    return rq->sender.n ? rq->sender : proxies_sender(NULL, rq);
}

static struct str one_line(struct arena *arena, struct str s)
{
    char *copy = NULL;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\r' && s.p[i] != '\n' && s.p[i] != '\0')
            continue;
        if (!copy) {
            copy = (char *)(uintptr_t)arena_dup(arena, s).p;
            s.p = copy;
        }
        copy[i] = ' ';
    }
    return s;
}

void http_add(struct arena *arena, struct http_fields *fields, struct str name,
              struct str value)
{
    struct http_field *items;

    if (fields->count >= fields->room) {
        fields->room = fields->count ? fields->count * 2 : 4;
        items = arena_new(arena, struct http_field, fields->room);
        if (fields->count)
            memcpy(items, fields->items, fields->count * sizeof(*items));
        fields->items = items;
    }
    fields->items[fields->count++] = (struct http_field){
        one_line(arena, name),
        one_line(arena, value),
    };
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte of the escape at `s.p`, or -1. */
static int escape_value(struct str s)
{
    int high = s.n >= 3 ? hex_value(s.p[1]) : -1;
    int low = s.n >= 3 ? hex_value(s.p[2]) : -1;

    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool http_decode(struct arena *arena, struct str text, bool form, struct str *ret)
{
    char *out = arena_alloc(arena, 1, 1, text.n + 1);
    struct str done = { out, 0 };
    int value;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == '%') {
            value = escape_value(str_sub(text, i, 3));
            if (value <= 0)
                return false;
            c = (char)value;
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        if (c == '\0')
            return false;
        out[done.n++] = c;
    }
    if (!utf8_is_valid(done))
        return false;
    *ret = done;
    return true;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

struct str http_encode(struct arena *arena, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, 1, 1, text.n * 3 + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (is_unreserved(text.p[i])) {
            out[n++] = text.p[i];
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    return (struct str){ out, n };
}

int http_param(struct op *op, const struct http_request *rq, const char *name,
               struct str *ret)
{
    struct str rest = rq->query, pair, key, value;

    while (rest.n > 0) {
        pair = str_cut(rest, '&', &rest);
        key = str_cut(pair, '=', &value);
        if (!http_decode(op->arena, key, true, &key) || !str_is(key, name))
            continue;
        if (!http_decode(op->arena, value, true, &value))
            return op_fail_field_as(op, name, "not_utf8",
                                    "is not percent-encoded UTF-8 text");
        *ret = value;
        return 0;
    }
    return HTTP_NO_PARAM;
}

int http_params(struct op *op, struct str encoded, struct http_fields *ret)
{
    struct http_fields params = { NULL, 0, 0 };
    struct http_field *items;
    struct str rest = encoded, pair, key, value;

    items = arena_new(op->arena, struct http_field, HTTP_MAX_PARAMS);
    params.items = items;
    while (rest.n > 0) {
        pair = str_cut(rest, '&', &rest);
        if (pair.n == 0)
            continue;
        if (params.count == HTTP_MAX_PARAMS)
            return op_fail(op, ERR_TOO_LARGE, "there are more than %d parameters",
                           HTTP_MAX_PARAMS);
        key = str_cut(pair, '=', &value);
        if (!http_decode(op->arena, key, true, &key))
            return op_fail(op, ERR_INVALID,
                           "the name of parameter %zu is not percent-encoded UTF-8 text",
                           params.count + 1);
        if (!http_decode(op->arena, value, true, &value))
            return op_fail_field_as(op, arena_cstr(op->arena, key), "not_utf8",
                                    "is not percent-encoded UTF-8 text");
        items[params.count++] = (struct http_field){ key, value };
    }
    *ret = params;
    return 0;
}

void http_problem(struct arena *arena, int status, struct str detail,
                  struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(arena);

    json_begin_object(&w, NULL);
    json_put_c(&w, "type", "about:blank");
    json_put_c(&w, "title", http_reason(status));
    json_put_int(&w, "status", status);
    json_put_text(&w, "detail", detail);
    json_end_object(&w);
    *ret = (struct http_answer){
        .status = status,
        .content_type = "application/problem+json",
        .body = json_done(&w),
    };
}

const char *http_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        { 100, "Continue" },
        { 200, "OK" },
        { 201, "Created" },
        { 202, "Accepted" },
        { 204, "No Content" },
        { 206, "Partial Content" },
        { 301, "Moved Permanently" },
        { 302, "Found" },
        { 303, "See Other" },
        { 304, "Not Modified" },
        { 307, "Temporary Redirect" },
        { 308, "Permanent Redirect" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 406, "Not Acceptable" },
        { 408, "Request Timeout" },
        { 409, "Conflict" },
        { 410, "Gone" },
        { 411, "Length Required" },
        { 412, "Precondition Failed" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 415, "Unsupported Media Type" },
        { 417, "Expectation Failed" },
        { 421, "Misdirected Request" },
        { 422, "Unprocessable Content" },
        { 428, "Precondition Required" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 502, "Bad Gateway" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 505, "HTTP Version Not Supported" },
        { 507, "Insufficient Storage" },
    };

    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "";
}
