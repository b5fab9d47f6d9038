/* exchange.c - answering from any thread.
 *
 * Other threads never touch a connection: they make the bytes and leave a note.
 * Notes of one thread arrive in order, so a stream may be freed by a note that is
 * queued after its on_close() returned: no note about it can follow.
 */
#include "net/loop.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"

struct exchange *exchange_new(struct connection *conn)
{
    struct exchange *exchange = must_zalloc(sizeof(*exchange));
    struct http_request *rq;

    exchange->loop = conn->loop;
    exchange->conn = conn;
    memcpy(exchange->peer, conn->peer, PEER_KEY);
    exchange->began_at = clock_monotonic();
    parser_begin(&exchange->parser, &exchange->arena);
    exchange->id =
        arena_fmt(&exchange->arena, "req-%" PRIx64 "-%x", (uint64_t)clock_machine(),
                  atomic_fetch_add(&conn->loop->server->counter, 1));
    rq = &exchange->parser.rq;
    rq->remote = arena_dup(&exchange->arena, str_of(conn->remote));
    rq->secure = conn->tls != NULL;
    return exchange;
}

static void drop_request(struct exchange *exchange)
{
    struct server *server = exchange->loop->server;

    atomic_fetch_sub(&server->bodies, exchange->counted);
    if (exchange->counted > 0)
        peers_give(server->peers, exchange->peer, exchange->counted);
    exchange->counted = 0;
    if (exchange->entered)
        peers_leave(server->peers, exchange->peer);
    exchange->entered = false;
    parser_release(&exchange->parser);
    arena_reset(&exchange->arena);
}

void exchange_free(struct exchange *exchange)
{
    if (!exchange)
        return;
    drop_request(exchange);
    free(exchange);
}

const struct http_request *exchange_request(const struct exchange *exchange)
{
    return &exchange->parser.rq;
}

struct arena *exchange_arena(struct exchange *exchange)
{
    return &exchange->arena;
}

struct str exchange_id(const struct exchange *exchange)
{
    return exchange->id;
}

bool loop_note(struct loop *loop, const struct note *note)
{
    struct note *copy;
    bool stopped;

    pthread_mutex_lock(&loop->lock);
    stopped = loop->stopped;
    if (!stopped) {
        copy = must_alloc(sizeof(*copy));
        *copy = *note;
        copy->next = NULL;
        *loop->last_note = copy;
        loop->last_note = &copy->next;
        uv_async_send(&loop->wake);
    }
    pthread_mutex_unlock(&loop->lock);
    return !stopped;
}

void exchange_answer(struct exchange *exchange, const struct http_answer *answer)
{
    struct server *server = exchange->loop->server;
    bool close = !exchange->parser.keep_alive || atomic_load(&server->stopping);
    struct note note = {
        .kind = NOTE_ANSWER,
        .exchange = exchange,
        .bytes = answer_bytes(exchange, answer, close),
        .close = close,
    };

    answer_log(exchange, answer);
    drop_request(exchange);
    if (!loop_note(exchange->loop, &note)) {
        free((void *)(uintptr_t)note.bytes.p);
        free(exchange);
    }
    atomic_fetch_sub(&server->exchanges, 1);
}

struct stream *exchange_stream(struct exchange *exchange, const struct http_answer *head,
                               void (*on_close)(void *ctx), void *ctx)
{
    struct server *server = exchange->loop->server;
    struct stream *stream = must_zalloc(sizeof(*stream));
    struct note note = { .kind = NOTE_OPEN, .exchange = exchange, .stream = stream };

    stream->loop = exchange->loop;
    stream->on_close = on_close;
    stream->ctx = ctx;
    stream->chunked = exchange->parser.rq.minor > 0;
    stream->began_at = exchange->began_at;
    snprintf(stream->id, sizeof(stream->id), STR_FMT, STR_ARG(exchange->id));
    note.bytes = answer_stream_head(exchange, head, stream->chunked);
    answer_log(exchange, head);
    drop_request(exchange);
    if (!loop_note(exchange->loop, &note)) {
        free((void *)(uintptr_t)note.bytes.p);
        free(exchange);
        free(stream);
        stream = NULL;
    }
    atomic_fetch_sub(&server->exchanges, 1);
    return stream;
}

/* One chunk (RFC 9112 7.1), or the bytes as they are. */
static struct str chunk(const struct stream *stream, struct str bytes)
{
    char size[20];
    int n = stream->chunked ? snprintf(size, sizeof(size), "%zx\r\n", bytes.n) : 0;
    size_t head = (size_t)n, tail = stream->chunked ? 2 : 0;
    char *copy = must_alloc(head + bytes.n + tail);

    memcpy(copy, size, head);
    memcpy(copy + head, bytes.p, bytes.n);
    memcpy(copy + head + bytes.n, "\r\n", tail);
    return (struct str){ copy, head + bytes.n + tail };
}

static void end_stream(struct stream *stream, bool at_once)
{
    if (!atomic_exchange(&stream->ending, true))
        loop_note(stream->loop,
                  &(struct note){ .kind = NOTE_END, .stream = stream, .close = at_once });
}

bool stream_write(struct stream *stream, struct str bytes)
{
    struct note note = { .kind = NOTE_WRITE, .stream = stream };
    size_t max = stream->loop->server->config.max_stream_queue;

    if (atomic_load(&stream->ending))
        return false;
    if (bytes.n == 0)
        return true;
    note.bytes = chunk(stream, bytes);
    if (atomic_fetch_add(&stream->waiting, note.bytes.n) + note.bytes.n <= max &&
        loop_note(stream->loop, &note))
        return true;
    free((void *)(uintptr_t)note.bytes.p);
    end_stream(stream, true);
    return false;
}

void stream_close(struct stream *stream)
{
    end_stream(stream, false);
}

void stream_gone(struct stream *stream)
{
    struct note note = { .kind = NOTE_FREE, .stream = stream };

    stream->conn = NULL;
    atomic_store(&stream->ending, true);
    log_line(LOG_INFO, str_of(stream->id),
             "event=stream_end bytes=%" PRIu64 " ms=%" PRId64, stream->sent,
             clock_monotonic() - stream->began_at);
    stream->on_close(stream->ctx);
    if (!loop_note(stream->loop, &note))
        free(stream);
}

static void read_answer(const struct note *note)
{
    struct connection *conn = note->exchange->conn;

    free(note->exchange);
    if (!conn) {
        free((void *)(uintptr_t)note->bytes.p);
        return;
    }
    conn->exchange = NULL;
    connection_answer(conn, note->bytes, note->close);
}

static void read_open(const struct note *note)
{
    struct connection *conn = note->exchange->conn;

    free(note->exchange);
    if (!conn) {
        free((void *)(uintptr_t)note->bytes.p);
        stream_gone(note->stream);
        return;
    }
    conn->exchange = NULL;
    connection_stream(conn, note->stream, note->bytes);
}

static void read_stream_note(const struct note *note)
{
    struct connection *conn = note->stream->conn;

    if (!conn) { /* on_close was called already */
        free((void *)(uintptr_t)note->bytes.p);
        return;
    }
    if (note->kind == NOTE_WRITE)
        connection_stream_write(conn, note->bytes);
    else if (note->close)
        connection_close(conn);
    else
        connection_stream_end(conn);
}

static struct note *take_note(struct loop *loop)
{
    struct note *note;

    pthread_mutex_lock(&loop->lock);
    note = loop->notes;
    if (note) {
        loop->notes = note->next;
        if (!loop->notes)
            loop->last_note = &loop->notes;
    }
    pthread_mutex_unlock(&loop->lock);
    return note;
}

void loop_read_notes(struct loop *loop)
{
    struct note *note;

    while ((note = take_note(loop)) != NULL) {
        switch (note->kind) {
        case NOTE_ANSWER:
            read_answer(note);
            break;
        case NOTE_OPEN:
            read_open(note);
            break;
        case NOTE_WRITE:
        case NOTE_END:
            read_stream_note(note);
            break;
        case NOTE_FREE:
            free(note->stream);
            break;
        case NOTE_STOP:
            loop_stop(loop, note->grace_ms);
            break;
        }
        free(note);
    }
}
