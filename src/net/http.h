/* http.h - an HTTP request, an answer to one, and how to read and build them.
 *
 * Both are plain values full of views. A request lives as long as its exchange
 * (net/server.h); an answer must live until exchange_answer() has copied it.
 * `path` and `query` are as they were sent: cut a path into segments first,
 * then http_decode() each, so that an encoded slash stays inside its segment.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/op.h"

struct http_field {
    struct str name; /* as sent; compare without case */
    struct str value;
};

struct http_fields {
    struct http_field *items;
    size_t count;
    size_t room; /* of http_add(); 0: the array is somebody else's */
};

struct http_request {
    struct str method; /* "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" */
    struct str target; /* all of it, as sent */
    struct str path;   /* begins with a slash ("*" for OPTIONS *), still encoded */
    struct str query;  /* without the question mark, still encoded */
    struct str host;   /* of the Host field or the absolute target, with port */
    struct http_fields headers;
    struct str body;
    struct str remote; /* the peer's address without port: "127.0.0.1", "2001:db8::1" */
    struct str sender; /* set by the server: see http_sender() */
    int minor;         /* HTTP/1.minor: 0 or 1 */
    bool secure;       /* came over TLS */
};

/* The server adds Content-Length, Date, Connection, X-Request-Id, the security
 * fields (server.h) and `Cache-Control: no-store`, each unless `headers` has a
 * field of that name already (the first four are always the server's). */
struct http_answer {
    int status;                 /* 0 is taken for 200 */
    const char *content_type;   /* NULL: application/json when there is a body */
    struct http_fields headers; /* fill with http_add() */
    struct str body;
    unsigned retry_after; /* seconds; 0: no Retry-After */
    struct str log_as;    /* in the access log, where the path itself holds a secret */
};

/* The value of the first field `name`, without surrounding blanks. `.p` is NULL
 * when there is none. */
struct str http_field(const struct http_fields *fields, const char *name);
struct str http_header(const struct http_request *rq, const char *name);

/* Does the list-valued field (`a, b;q=1, c`) name `token`? Without case;
 * parameters after a semicolon are ignored. */
bool http_field_has(struct str value, const char *token);

/* The cookie `name`, raw. `.p` is NULL when there is none. */
struct str http_cookie(const struct http_request *rq, const char *name);

/* Who asks: the peer, or, behind a web server that is trusted, whom that one spoke with
 * (net/proxies.h). Without a server of ours: the machine itself is trusted alone. */
struct str http_sender(const struct http_request *rq);

/* Append a field. Line ends and NUL in it become blanks: who could write a line end
 * could write fields of his own. */
void http_add(struct arena *arena, struct http_fields *fields, struct str name,
              struct str value);

/* Undo percent encoding (and "+" for a space when `form`). False for a broken
 * escape, NUL, or what is not UTF-8 afterwards. */
bool http_decode(struct arena *arena, struct str text, bool form, struct str *ret);

/* Percent-encode everything but letters, digits and "-._~". */
struct str http_encode(struct arena *arena, struct str text);

enum { HTTP_NO_PARAM = 1, HTTP_MAX_PARAMS = 100 };

/* The query parameter `name`, decoded; of repeated ones the first.
 * HTTP_NO_PARAM when there is none; ERR_INVALID naming it when it cannot be decoded. */
int http_param(struct op *op, const struct http_request *rq, const char *name,
               struct str *ret);

/* All of a query or of a form body, decoded, in order. ERR_INVALID for what
 * cannot be decoded, ERR_TOO_LARGE above HTTP_MAX_PARAMS. */
int http_params(struct op *op, struct str encoded, struct http_fields *ret);

/* An answer in the form of RFC 9457: application/problem+json. */
void http_problem(struct arena *arena, int status, struct str detail,
                  struct http_answer *ret);

const char *http_reason(int status); /* "Not Found"; "" for an unknown one */

/* "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate) and back. The reader also takes
 * the two obsolete forms of RFC 9110 5.6.7. Instants are milliseconds. */
struct str http_date(struct arena *arena, int64_t at);
bool http_date_parse(struct str text, int64_t *ret);

#endif
