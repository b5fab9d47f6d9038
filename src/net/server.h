/* server.h - the HTTP/1.1 server: one event loop (or a few), no thread per request.
 *
 * Sockets and timers are libuv's, parsing is llhttp's in strict mode, TLS is
 * OpenSSL's. What they leave open is decided here: ceilings, deadlines, order of
 * pipelined requests, refusing what could be read in two ways, back-pressure.
 *
 * A complete request arrives as a `struct exchange` in on_request(), on the loop
 * thread, which must not block: hand the exchange to a pool (base/pool.h) and
 * return. It is answered later, from any thread, by exactly one call of
 * exchange_answer() or exchange_stream(). While it waits it holds no thread.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "net/proxies.h"

struct server;
struct exchange;
struct stream;

#define SERVER_CSP                                                                       \
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "    \
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

/* The ceilings. A member of struct server_config that is 0 means these. */
enum {
    SERVER_MAX_LINE = 8 * 1024,    /* request line: 414 */
    SERVER_MAX_HEAD = 32 * 1024,   /* all header fields together: 431 */
    SERVER_MAX_FIELDS = 100,       /* 431 */
    SERVER_MAX_BODY = 1024 * 1024, /* where max_body() says nothing: 413 */
    SERVER_MAX_ANY_BODY = 16 * 1024 * 1024 /* whatever max_body() says: 413 */,
    SERVER_MAX_BODIES = 256 * 1024 * 1024, /* bytes of all bodies that are here: 503 */
    SERVER_SMALL_BODY = 64 * 1024,         /* up to here a body is not counted for it */
    SERVER_MAX_CONNECTIONS = 10000,        /* 503 */
    SERVER_MAX_PER_ADDRESS = 256, /* 503; an IPv6 address counts as its /64. Behind a web
                                     server: so many requests at once */
    SERVER_MAX_PER_PROXY = 4096,  /* 503; a web server that is trusted */
    SERVER_MAX_STREAM_QUEUE = 256 * 1024, /* bytes waiting in a stream: it is closed */
    SERVER_RECEIVE_MS = 12 * 1000,        /* for a head, and for a body: 408 */
    SERVER_IDLE_MS = 60 * 1000,           /* keep-alive; also a peer that does not read */
    SERVER_BODY_RATE = 16 * 1024,         /* each so many bytes buy a body 1 s more, */
    SERVER_BODY_PERIODS = 5,              /* ... saved up to so many SERVER_RECEIVE_MS */
    SERVER_BODY_SHARE = 4, /* one address may have this part of all bodies: 503 */
    SERVER_BODY_SHARE_CROWDED = 16, /* ... while more than half of the room is taken */
};

struct server_config {
    struct str listen;       /* "127.0.0.1:8080", "[::1]:0"; port 0: any free one */
    const char *certificate; /* PEM file with the chain; NULL: no TLS */
    const char *key;         /* PEM file */
    unsigned loops;          /* threads; 0: one */
    struct str csp;          /* empty: SERVER_CSP */
    struct proxies proxies;  /* web servers that are trusted, besides this machine */

    /* On a loop thread, with a complete request; must not block. */
    void (*on_request)(struct exchange *exchange, void *ctx);
    /* On a loop thread, before the body is read: the ceiling of this route.
     * NULL: SERVER_MAX_BODY for all. */
    size_t (*max_body)(struct str method, struct str path, void *ctx);
    void *ctx;

    /* For tests; 0: the constants above. */
    size_t max_connections, max_per_address, max_stream_queue, max_bodies;
    size_t max_bodies_per_address, max_per_sender;
    int64_t receive_ms, idle_ms;
};

/* Bind, listen, start the threads. `*config` is copied, what it points to must
 * live as long as the server. Fails with ERR_UNAVAILABLE or ERR_INVALID. */
int server_start(struct op *op, const struct server_config *config,
                 struct server **ret) MUST_CHECK;

/* Read certificate and key anew, for the connections that come from now on; any thread.
 * When they cannot be used it fails, and the old ones stay. Without TLS: nothing. */
int server_renew_tls(struct op *op, struct server *server) MUST_CHECK;

struct str server_address(const struct server *server); /* "127.0.0.1:41233" */
unsigned server_connections(const struct server *server);

/* Stop accepting, end idle connections and streams, give running exchanges
 * `grace_ms` to be answered, close the rest, join the threads. Exchanges may still
 * be answered afterwards: nobody hears it, but each must be before server_free(). */
void server_stop(struct server *server, int64_t grace_ms);
void server_free(struct server *server); /* stops first; NULL is fine */

const struct http_request *exchange_request(const struct exchange *exchange);
struct arena *exchange_arena(struct exchange *exchange); /* dies with the exchange */
struct str
exchange_id(const struct exchange *exchange); /* "req-18f2c0a41b7-2a": op->id */

/* Answer, and end the exchange: it, its request and its arena are gone when this
 * returns, so it is the last thing to call. Bytes are copied. Any thread. */
void exchange_answer(struct exchange *exchange, const struct http_answer *answer);

/* Answer with a body that grows, such as server-sent events; ends the exchange
 * like exchange_answer(). `head` gives status, content type and fields.
 *
 * on_close(ctx) is called exactly once, on the loop thread, whoever ended the
 * stream: the peer, stream_close(), a full queue, server_stop(). Until it returns
 * the stream may be used from any thread, afterwards not: so it takes the lock of
 * the list of streams and removes this one. Hold that lock when calling
 * exchange_stream() too, since the peer may be gone at once.
 * Returns NULL when the server has stopped; then on_close is not called. */
struct stream *exchange_stream(struct exchange *exchange, const struct http_answer *head,
                               void (*on_close)(void *ctx), void *ctx);

/* Queue bytes, copied. False, and the stream ends, when more than the ceiling is
 * waiting because the peer does not read; false too when it is ending already. */
bool stream_write(struct stream *stream, struct str bytes);
void stream_close(struct stream *stream); /* what is queued still goes out */

#endif
