/* connection.c - the life of one connection, on its loop's thread.
 *
 * READING -> WAITING -> ANSWERING -> READING again, or LINGERING and the end; or
 * WAITING -> STREAMING. While a request waits for its answer nothing is read, so
 * pipelined requests are answered in order and a peer cannot pile up input.
 */
#include "net/loop.h"

#include "base/clock.h"

struct write {
    uv_write_t request;
    struct connection *conn;
    char *bytes;
    size_t counted; /* of stream.waiting */
    bool last;      /* of an answer */
};

static void pump(struct connection *conn);

static uint64_t now(const struct connection *conn)
{
    return uv_now(&conn->loop->uv);
}

static const struct server_config *config(const struct connection *conn)
{
    return &conn->loop->server->config;
}

static uv_stream_t *socket_of(struct connection *conn)
{
    return (uv_stream_t *)&conn->tcp;
}

static void on_closed(uv_handle_t *handle)
{
    struct connection *conn = handle->data;
    struct loop *loop = conn->loop;

    *conn->link = conn->next;
    if (conn->next)
        conn->next->link = conn->link;
    peers_leave(loop->server->peers, conn->peer);
    atomic_fetch_sub(&loop->server->connections, 1);
    tls_free(conn->tls);
    free(conn->rest);
    free(conn);
    loop_maybe_end(loop);
}

void connection_close(struct connection *conn)
{
    struct exchange *exchange = TAKE(conn->exchange);
    struct stream *stream = TAKE(conn->stream);
    bool waiting = conn->state == CONN_WAITING;

    if (conn->state == CONN_CLOSING)
        return;
    conn->state = CONN_CLOSING;
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
    if (exchange && waiting)
        exchange->conn = NULL; /* somebody is still at it */
    else
        exchange_free(exchange);
    if (stream)
        stream_gone(stream);
}

static void on_shutdown(uv_shutdown_t *request UNUSED, int status UNUSED)
{
}

static void answered(struct connection *conn);

static void on_written(uv_write_t *request, int status)
{
    struct write *write = CONTAINER_OF(request, struct write, request);
    struct connection *conn = write->conn;
    size_t counted = write->counted;
    bool last = write->last;

    free(write->bytes);
    free(write);
    if (conn->state == CONN_CLOSING)
        return;
    if (status < 0) {
        connection_close(conn);
        return;
    }
    conn->queued_since = now(conn);
    if (conn->stream) {
        atomic_fetch_sub(&conn->stream->waiting, counted);
        conn->stream->sent += counted;
    }
    if (last)
        answered(conn);
}

/* Takes over the malloc'ed bytes. `template` says what they are. */
static void write_bytes(struct connection *conn, struct str bytes,
                        const struct write *template)
{
    struct write *write = must_alloc(sizeof(*write));
    uv_buf_t buffer;

    if (conn->tls) {
        bool good = tls_write(conn->tls, bytes);

        free((void *)(uintptr_t)bytes.p);
        if (!good) {
            free(write);
            connection_close(conn);
            return;
        }
        bytes = tls_take(conn->tls);
    }
    *write = *template;
    write->conn = conn;
    write->bytes = (char *)(uintptr_t)bytes.p;
    buffer = uv_buf_init(write->bytes, (unsigned)bytes.n);
    if (uv_stream_get_write_queue_size(socket_of(conn)) == 0)
        conn->queued_since = now(conn);
    if (uv_write(&write->request, socket_of(conn), &buffer, 1, on_written) < 0) {
        free(write->bytes);
        free(write);
        connection_close(conn);
    }
}

/* Handshake messages and alerts, which OpenSSL has made on its own account. */
static void flush_tls(struct connection *conn)
{
    struct str bytes = tls_take(conn->tls);
    struct tls *tls = conn->tls;

    if (bytes.n == 0)
        return;
    conn->tls = NULL; /* they are encrypted already */
    write_bytes(conn, bytes, &(struct write){ .last = false });
    conn->tls = tls;
}

static void on_alloc(uv_handle_t *handle, size_t wanted UNUSED, uv_buf_t *ret)
{
    struct connection *conn = handle->data;

    *ret = uv_buf_init(conn->loop->input, sizeof(conn->loop->input));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer);

static void start_reading(struct connection *conn)
{
    int r = uv_read_start(socket_of(conn), on_alloc, on_read);

    if (r < 0 && r != UV_EALREADY)
        connection_close(conn);
}

static void linger(struct connection *conn)
{
    conn->state = CONN_LINGERING;
    conn->deadline = now(conn) + LOOP_LINGER_MS;
    if (conn->tls) {
        tls_end(conn->tls);
        flush_tls(conn);
    }
    if (conn->state == CONN_CLOSING)
        return;
    if (uv_shutdown(&conn->shutdown, socket_of(conn), on_shutdown) < 0) {
        connection_close(conn);
        return;
    }
    start_reading(conn);
}

/* The last byte of an answer has been taken by the kernel. */
static void answered(struct connection *conn)
{
    if (conn->close_after || conn->loop->stopping) {
        linger(conn);
        return;
    }
    conn->state = CONN_READING;
    conn->deadline = now(conn) + (uint64_t)config(conn)->idle_ms;
    pump(conn);
}

void connection_answer(struct connection *conn, struct str bytes, bool close)
{
    conn->state = CONN_ANSWERING;
    conn->close_after = close;
    conn->deadline = 0;
    write_bytes(conn, bytes, &(struct write){ .last = true });
}

/* Answer what never became an exchange of the program, and close. */
static void refuse(struct connection *conn, int status, const char *reason)
{
    struct exchange *exchange = TAKE(conn->exchange);
    struct http_answer answer;
    struct str bytes;

    uv_read_stop(socket_of(conn));
    http_problem(&exchange->arena, status, str_of(reason), &answer);
    if (status == 503)
        answer.retry_after = 5;
    bytes = answer_bytes(exchange, &answer, true);
    answer_log(exchange, &answer);
    exchange_free(exchange);
    connection_answer(conn, bytes, true);
}

static void choose_max_body(struct connection *conn)
{
    struct parser *parser = &conn->exchange->parser;
    const struct server_config *c = config(conn);
    size_t max = c->max_body ? c->max_body(parser->rq.method, parser->rq.path, c->ctx)
                             : SERVER_MAX_BODY;

    parser->max_body = max < SERVER_MAX_ANY_BODY ? max : SERVER_MAX_ANY_BODY;
}

static void send_continue(struct connection *conn)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    char *bytes = must_alloc(sizeof(text) - 1);

    memcpy(bytes, text, sizeof(text) - 1);
    write_bytes(conn, (struct str){ bytes, sizeof(text) - 1 },
                &(struct write){ .last = false });
}

/* A web server that is trusted says for whom it speaks: the body is theirs, and so is a
 * place among the requests, of which none has more than their share. */
static bool name_sender(struct connection *conn)
{
    struct exchange *exchange = conn->exchange;
    struct http_request *rq = &exchange->parser.rq;
    size_t max = config(conn)->max_per_sender;

    rq->sender = proxies_sender(&config(conn)->proxies, rq);
    if (!peer_key_of(arena_cstr(&exchange->arena, rq->sender), exchange->peer) ||
        memcmp(exchange->peer, conn->peer, PEER_KEY) == 0)
        return true;
    exchange->entered = peers_enter(conn->loop->server->peers, exchange->peer,
                                    max ? max : SERVER_MAX_PER_ADDRESS);
    return exchange->entered;
}

static void on_head(struct connection *conn)
{
    if (!name_sender(conn)) {
        refuse(conn, 503, "there are too many requests of this address");
        return;
    }
    conn->body_seen = 0;
    conn->deadline = now(conn) + (uint64_t)config(conn)->receive_ms;
    choose_max_body(conn);
    if (conn->exchange->parser.expects_continue &&
        conn->exchange->parser.declared <= conn->exchange->parser.max_body)
        send_continue(conn);
}

static void on_complete(struct connection *conn)
{
    struct exchange *exchange = conn->exchange;
    const struct server_config *c = config(conn);

    uv_read_stop(socket_of(conn));
    conn->state = CONN_WAITING;
    conn->deadline = 0;
    exchange->began_at = clock_monotonic();
    atomic_fetch_add(&conn->loop->server->exchanges, 1);
    c->on_request(exchange, c->ctx);
}

/* What so many bytes of a body buy. */
static uint64_t bought_ms(size_t n)
{
    return (uint64_t)n * 1000 / SERVER_BODY_RATE;
}

/* A body that keeps coming gets a second more for each SERVER_BODY_RATE bytes. It cannot
 * save much of that up: who sends fast and then stops must not hold what was sent. */
static void extend_deadline(struct connection *conn, bool had_begun)
{
    const struct parser *parser = &conn->exchange->parser;
    uint64_t receive_ms = (uint64_t)config(conn)->receive_ms;
    uint64_t latest = now(conn) + SERVER_BODY_PERIODS * receive_ms;

    if (!had_begun && parser_has_begun(parser))
        conn->deadline = now(conn) + receive_ms;
    if (parser->state != PARSE_IN_BODY)
        return;
    conn->deadline += bought_ms(parser->body_n) - bought_ms(conn->body_seen);
    conn->body_seen = parser->body_n;
    if (conn->deadline > latest)
        conn->deadline = latest;
}

/* How much of the room for bodies one address may take. A web server that is trusted and
 * does not say for whom speaks for everybody. */
static size_t share(const struct connection *conn, size_t taken)
{
    const struct server_config *c = config(conn);

    if (c->max_bodies_per_address > 0)
        return c->max_bodies_per_address;
    if (conn->is_proxy && memcmp(conn->exchange->peer, conn->peer, PEER_KEY) == 0)
        return c->max_bodies;
    return taken > c->max_bodies / 2 ? c->max_bodies / SERVER_BODY_SHARE_CROWDED
                                     : c->max_bodies / SERVER_BODY_SHARE;
}

/* Is there room for the body as far as it came? Nobody had to log in to send it, and
 * each address has many connections. */
static bool take_room(struct connection *conn)
{
    struct exchange *exchange = conn->exchange;
    struct server *server = conn->loop->server;
    size_t n = exchange->parser.body_n, more, taken;

    if (n <= SERVER_SMALL_BODY || n == exchange->counted)
        return true;
    more = n - exchange->counted;
    exchange->counted = n;
    taken = atomic_fetch_add(&server->bodies, more) + more;
    return peers_take(server->peers, exchange->peer, more, share(conn, taken)) &&
           taken <= config(conn)->max_bodies;
}

static void feed(struct connection *conn, struct str *input, bool *ret_head_done)
{
    bool had_begun = parser_has_begun(&conn->exchange->parser);
    enum parse_result result = parser_feed(&conn->exchange->parser, input);

    *ret_head_done = result == PARSE_HEAD;
    if (result != PARSE_REFUSED && !take_room(conn)) {
        refuse(conn, 503, "too much is being sent at the same time");
        return;
    }
    switch (result) {
    case PARSE_MORE:
        extend_deadline(conn, had_begun);
        break;
    case PARSE_HEAD: /* a request without a body ends with no byte more */
        on_head(conn);
        break;
    case PARSE_DONE:
        on_complete(conn);
        break;
    case PARSE_REFUSED:
        refuse(conn, conn->exchange->parser.status, conn->exchange->parser.reason);
        break;
    }
}

/* Read from the front of `*input` until it is empty or a request is complete. */
static void consume(struct connection *conn, struct str *input)
{
    bool head_done = false;

    while (conn->state == CONN_READING && (input->n > 0 || head_done)) {
        if (!conn->exchange)
            conn->exchange = exchange_new(conn);
        feed(conn, input, &head_done);
    }
}

static void keep_rest(struct connection *conn, struct str rest)
{
    if (rest.n == 0 || conn->state == CONN_CLOSING)
        return;
    conn->rest = must_alloc(rest.n);
    memcpy(conn->rest, rest.p, rest.n);
    conn->rest_view = (struct str){ conn->rest, rest.n };
}

static void consume_rest(struct connection *conn)
{
    consume(conn, &conn->rest_view);
    if (conn->rest_view.n == 0) {
        free(conn->rest);
        conn->rest = NULL;
    }
}

/* False when there is no more plaintext for now. */
static bool consume_tls(struct connection *conn)
{
    bool was_open = tls_is_open(conn->tls);
    struct str input = { conn->loop->plain, 0 };
    enum tls_read_result r =
        tls_read(conn->tls, conn->loop->plain, sizeof(conn->loop->plain), &input.n);

    flush_tls(conn);
    if (conn->state == CONN_CLOSING)
        return false;
    if (!was_open && tls_is_open(conn->tls))
        conn->deadline = now(conn) + (uint64_t)config(conn)->idle_ms;
    if (r == TLS_ENDED || r == TLS_BROKEN)
        connection_close(conn);
    if (r != TLS_DATA)
        return false;
    consume(conn, &input);
    keep_rest(conn, input);
    return true;
}

/* Go on with what is here already, then with what comes. */
static void pump(struct connection *conn)
{
    while (conn->state == CONN_READING && conn->rest)
        consume_rest(conn);
    while (conn->state == CONN_READING && conn->tls && consume_tls(conn))
        ;
    if (conn->state == CONN_READING)
        start_reading(conn);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    struct connection *conn = stream->data;
    struct str input = { buffer->base, n > 0 ? (size_t)n : 0 };

    if (n < 0) {
        connection_close(conn);
    } else if (conn->state == CONN_READING && conn->tls) {
        tls_feed(conn->tls, input);
        pump(conn);
    } else if (conn->state == CONN_READING) {
        consume(conn, &input);
        keep_rest(conn, input);
    }
}

void connection_stream(struct connection *conn, struct stream *stream, struct str head)
{
    conn->state = CONN_STREAMING;
    conn->stream = stream;
    stream->conn = conn;
    if (conn->loop->stopping) {
        free((void *)(uintptr_t)head.p);
        connection_close(conn);
        return;
    }
    write_bytes(conn, head, &(struct write){ .last = false });
    if (conn->state == CONN_STREAMING)
        start_reading(conn); /* to learn when the peer goes */
}

void connection_stream_write(struct connection *conn, struct str bytes)
{
    write_bytes(conn, bytes, &(struct write){ .counted = bytes.n });
}

void connection_stream_end(struct connection *conn)
{
    static const char end[] = "0\r\n\r\n";
    struct stream *stream = TAKE(conn->stream);
    size_t n = stream->chunked ? sizeof(end) - 1 : 0;
    char *bytes = must_alloc(n);

    uv_read_stop(socket_of(conn));
    memcpy(bytes, end, n);
    connection_answer(conn, (struct str){ bytes, n }, true);
    stream_gone(stream);
}

void connection_check(struct connection *conn)
{
    size_t queued = uv_stream_get_write_queue_size(socket_of(conn));

    if (conn->state == CONN_CLOSING)
        return;
    if (queued == 0 || queued < conn->queued)
        conn->queued_since = now(conn);
    conn->queued = queued;
    if (queued > 0 && now(conn) - conn->queued_since > (uint64_t)config(conn)->idle_ms) {
        connection_close(conn);
        return;
    }
    if (conn->deadline == 0 || now(conn) < conn->deadline)
        return;
    if (conn->state == CONN_READING && conn->exchange &&
        parser_has_begun(&conn->exchange->parser))
        refuse(conn, 408, "the request did not arrive in time");
    else
        connection_close(conn);
}

void connection_stop(struct connection *conn)
{
    bool begun = conn->exchange && parser_has_begun(&conn->exchange->parser);

    if (conn->state == CONN_STREAMING)
        connection_stream_end(conn);
    else if (conn->state == CONN_READING && !begun)
        connection_close(conn);
}

static void name_peer(struct connection *conn)
{
    struct sockaddr_storage address;
    int n = sizeof(address);

    memset(&address, 0, sizeof(address));
    uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&address, &n);
    peer_key((const struct sockaddr *)&address, conn->peer);
    if (address.ss_family == AF_INET)
        uv_ip4_name((const struct sockaddr_in *)&address, conn->remote,
                    sizeof(conn->remote));
    else if (address.ss_family == AF_INET6)
        uv_ip6_name((const struct sockaddr_in6 *)&address, conn->remote,
                    sizeof(conn->remote));
    conn->is_proxy = proxies_trust(&config(conn)->proxies, str_of(conn->remote));
}

static bool has_place(struct connection *conn)
{
    const struct server_config *c = config(conn);
    size_t max = c->max_per_address;

    if (max == 0)
        max = conn->is_proxy ? SERVER_MAX_PER_PROXY : SERVER_MAX_PER_ADDRESS;
    return atomic_load(&conn->loop->server->connections) < c->max_connections &&
           peers_enter(conn->loop->server->peers, conn->peer, max);
}

static void on_refused(uv_handle_t *handle)
{
    struct connection *conn = handle->data;

    free(conn);
}

/* Over a ceiling: say so if the socket takes it at once, without holding a place. */
static void turn_away(struct connection *conn)
{
    struct exchange *exchange = exchange_new(conn);
    struct http_answer answer;
    struct str bytes;
    uv_buf_t buffer;

    if (!config(conn)->certificate) {
        http_problem(&exchange->arena, 503, STR("there are too many connections"),
                     &answer);
        answer.retry_after = 5;
        bytes = answer_bytes(exchange, &answer, true);
        buffer = uv_buf_init((char *)(uintptr_t)bytes.p, (unsigned)bytes.n);
        uv_try_write(socket_of(conn), &buffer, 1);
        free((void *)(uintptr_t)bytes.p);
    }
    exchange_free(exchange);
    uv_close((uv_handle_t *)&conn->tcp, on_refused);
}

/* With the certificate of this moment: it can be renewed while the server runs. */
static struct tls *open_tls(struct server *server)
{
    struct tls *tls;

    pthread_mutex_lock(&server->tls_lock);
    tls = server->tls ? tls_new(server->tls) : NULL;
    pthread_mutex_unlock(&server->tls_lock);
    return tls;
}

void connection_accept(struct loop *loop)
{
    struct connection *conn = must_zalloc(sizeof(*conn));
    struct server *server = loop->server;

    conn->loop = loop;
    if (uv_tcp_init(&loop->uv, &conn->tcp) < 0)
        abort();
    conn->tcp.data = conn;
    if (uv_accept((uv_stream_t *)&loop->listener, socket_of(conn)) < 0) {
        uv_close((uv_handle_t *)&conn->tcp, on_refused);
        return;
    }
    name_peer(conn);
    if (!has_place(conn)) {
        turn_away(conn);
        return;
    }
    atomic_fetch_add(&server->connections, 1);
    conn->next = loop->connections;
    conn->link = &loop->connections;
    if (conn->next)
        conn->next->link = &conn->next;
    loop->connections = conn;
    uv_tcp_nodelay(&conn->tcp, 1);
    uv_tcp_keepalive(&conn->tcp, 1, 60);
    conn->queued_since = now(conn);
    conn->tls = open_tls(server);
    conn->deadline = now(conn) + (uint64_t)(conn->tls ? server->config.receive_ms
                                                      : server->config.idle_ms);
    start_reading(conn);
}
