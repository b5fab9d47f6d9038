/* client.h - asking other servers.
 *
 * A table of one function, so that tests and the simulator script the network.
 * The real one (http_client_curl) blocks and is for workers. It checks TLS
 * certificates, ignores proxy settings of the environment, speaks HTTP/1.1 only,
 * and passes every address through the gate (net/gate.h).
 *
 * What matters to a sender of messages is what happened when there is no answer:
 *
 *     0                   there is an answer, of whatever status
 *     HTTP_REFUSED        the gate or the URL itself forbids it; nothing was sent
 *                         (but the question that a redirect answered), and repeating
 *                         is no use
 *     HTTP_NOT_SENT       no byte of the request left us: no such name, connection
 *                         refused, TLS failed. Repeating is safe
 *     HTTP_MAY_HAVE_LEFT  the first byte was written, then something failed (time
 *                         ran out, reset, answer cut or too long): the other side
 *                         may have acted. Look before repeating
 *
 * In the last three `ret->reason` says why in words; nothing else in `*ret` counts.
 * Negative: our own failure before anything was sent.
 */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include "net/gate.h"
#include "net/http.h"

enum {
    HTTP_REFUSED = 1,
    HTTP_NOT_SENT = 2,
    HTTP_MAY_HAVE_LEFT = 3,
};

enum {
    CLIENT_MAX_ANSWER = 1024 * 1024,
    CLIENT_MAX_HEAD = 64 * 1024, /* all header fields of an answer */
    CLIENT_MAX_REDIRECTS = 3,
    CLIENT_CONNECT_MS = 10 * 1000,
    CLIENT_TOTAL_MS = 60 * 1000,
};

/* Who we are to one site. It goes to that scheme, host and port alone: a call that begins
 * elsewhere is HTTP_REFUSED, a redirect that leads away leaves it behind. Without TLS it
 * goes to addresses that are not public alone. */
struct http_credential {
    struct str site;          /* any address there; empty: there is no credential */
    struct str authorization; /* "Basic …", "Bearer …" */
};

struct http_call {
    struct str method; /* empty: GET */
    struct str url;
    struct http_fields headers;
    struct http_credential credential;
    struct str body;
    size_t max_answer;     /* bytes of the body; 0: CLIENT_MAX_ANSWER */
    int64_t connect_ms;    /* 0: CLIENT_CONNECT_MS */
    int64_t total_ms;      /* redirects included; 0: CLIENT_TOTAL_MS */
    bool needs_tls;        /* outside of the house's own network, as for a credential */
    bool follow_redirects; /* GET and HEAD only, at most CLIENT_MAX_REDIRECTS */
};

struct http_reply {
    int status;
    struct http_fields headers;
    struct str body;
    unsigned retry_after; /* seconds from now; 0: not said, or past */
    struct str url;       /* where it came from in the end */
    struct str reason;    /* of a positive outcome */
};

struct http_client {
    int (*send)(struct op *op, const struct http_client *client,
                const struct http_call *call, struct http_reply *ret);
};

/* The real one. `gate` must live as long as the client. */
struct http_client_curl {
    struct http_client base;
    const struct gate *gate;
    const char *authorities; /* PEM file of trusted authorities; NULL: the system's */
};

/* Once per process for the library, before threads start. */
void http_client_init(struct http_client_curl *client, const struct gate *gate);

/* world->http->send(). */
int http_send(struct op *op, const struct http_call *call, struct http_reply *ret);

/* The seconds of a Retry-After field: a number, or a date, counted from the answer's
 * own Date (`date`, may be empty) or else from `now`. 0 when it says nothing. */
unsigned http_retry_after(struct str value, struct str date, int64_t now);

#endif
