/* loop.h - the inside of the server, for net/ only.
 *
 * server.c      listening, loops, stopping
 * connection.c  the life of one connection, on its loop's thread
 * exchange.c    what other threads may call; they leave notes for the loop
 * answer.c      an answer as bytes
 * tls.c         OpenSSL between memory buffers
 * proxies.c     whose word counts about the sender
 * peers.c       how many connections and bytes each address has
 *
 * A loop owns its connections. A connection owns the exchange whose request it is
 * reading; from on_request() until the note of the answer arrives, the exchange
 * belongs to whoever answers it, and both sides may outlive the other: exchange->conn
 * is NULL once the connection is gone. The same holds for streams. All of these
 * fields are touched by the loop's thread only; the lock guards the notes alone.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

#include "net/parse.h"
#include "net/peers.h"
#include "net/tls.h"

enum { LOOP_INPUT = 64 * 1024, LOOP_LINGER_MS = 2000 };

enum note_kind { NOTE_ANSWER, NOTE_OPEN, NOTE_WRITE, NOTE_END, NOTE_FREE, NOTE_STOP };

/* A message to a loop. Owns its bytes. */
struct note {
    struct note *next;
    enum note_kind kind;
    struct exchange *exchange; /* NOTE_ANSWER, NOTE_OPEN */
    struct stream *stream;     /* NOTE_OPEN, NOTE_WRITE, NOTE_END, NOTE_FREE */
    struct str bytes;          /* malloc'ed */
    bool close;                /* NOTE_ANSWER: then close; NOTE_END: at once */
    int64_t grace_ms;          /* NOTE_STOP */
};

struct loop {
    struct server *server;
    struct thread *thread;
    uv_loop_t uv;
    uv_tcp_t listener;
    uv_async_t wake;
    uv_timer_t tick;
    struct connection *connections;
    bool stopping;
    uint64_t stop_at; /* of uv_now(): then what is still open is closed */
    char input[LOOP_INPUT];
    char plain[16 * 1024]; /* out of TLS */

    pthread_mutex_t lock; /* of what follows */
    struct note *notes, **last_note;
    bool stopped; /* nobody reads notes any more */
};

struct server {
    struct server_config config; /* with every default filled in */
    struct str address;
    char address_text[64];
    SSL_CTX *tls; /* under tls_lock, but whether there is one never changes */
    pthread_mutex_t tls_lock;
    struct peers *peers;
    atomic_uint connections;
    atomic_uint exchanges; /* given to on_request() and not answered yet */
    atomic_uint counter;   /* of request ids */
    atomic_size_t bodies;  /* bytes of the large bodies that are here */
    atomic_bool stopping;
    unsigned loop_count;
    struct loop *loops;
};

struct exchange {
    struct loop *loop;
    struct connection *conn; /* NULL: gone */
    struct arena arena;
    struct parser parser;
    size_t counted; /* of server.bodies, and of the peer's */
    unsigned char
        peer[PEER_KEY]; /* whom a web server speaks for, once the head is here */
    bool entered;       /* ... and as such among server.peers */
    struct str id;
    int64_t began_at; /* clock_monotonic() */
};

struct stream {
    struct loop *loop;
    struct connection *conn; /* NULL: gone */
    void (*on_close)(void *ctx);
    void *ctx;
    bool chunked;
    atomic_size_t waiting; /* bytes queued and not yet written */
    atomic_bool ending;
    char id[48];
    uint64_t sent;
    int64_t began_at;
};

enum connection_state {
    CONN_READING,   /* the next request, or waiting for it */
    CONN_WAITING,   /* for the answer to a request */
    CONN_ANSWERING, /* writing it */
    CONN_STREAMING,
    CONN_LINGERING, /* all is written; reading and dropping until the peer closes, lest
                     * a reset destroys the answer on its way */
    CONN_CLOSING,
};

struct connection {
    struct loop *loop;
    struct connection *next, **link;
    uv_tcp_t tcp;
    uv_shutdown_t shutdown;
    struct tls *tls; /* NULL: plain */
    enum connection_state state;
    struct exchange *exchange;
    struct stream *stream;
    char *rest;           /* input that follows the request being answered ... */
    struct str rest_view; /* ... what of it is still to be read */
    uint64_t deadline;    /* of uv_now(); 0: none */
    size_t body_seen;     /* bytes of the body that have bought their time */
    bool close_after;
    size_t queued;         /* bytes the peer had not taken at the last look */
    uint64_t queued_since; /* that long nothing was taken */
    unsigned char peer[PEER_KEY];
    bool is_proxy; /* a web server that is trusted */
    char remote[64];
};

/* connection.c */
void connection_accept(struct loop *loop);
void connection_answer(struct connection *conn, struct str bytes, bool close);
void connection_stream(struct connection *conn, struct stream *stream, struct str head);
void connection_stream_write(struct connection *conn, struct str bytes);
void connection_stream_end(struct connection *conn); /* what is queued still goes out */
void connection_check(struct connection *conn);      /* deadlines */
void connection_stop(struct connection *conn); /* the server stops: end what is idle */
void connection_close(struct connection *conn);

/* exchange.c */
struct exchange *exchange_new(struct connection *conn);
void exchange_free(struct exchange *exchange);
bool loop_note(struct loop *loop, const struct note *note); /* false: stopped */
void loop_read_notes(struct loop *loop);
void stream_gone(struct stream *stream); /* the connection has let go of it */

/* answer.c: the bytes are malloc'ed. */
struct str answer_bytes(const struct exchange *exchange, const struct http_answer *answer,
                        bool close);
struct str answer_stream_head(const struct exchange *exchange,
                              const struct http_answer *answer, bool chunked);
void answer_log(const struct exchange *exchange, const struct http_answer *answer);

/* server.c */
void loop_stop(struct loop *loop, int64_t grace_ms);
void loop_maybe_end(struct loop *loop); /* a connection is gone; was it the last? */

#endif
