/* test_net_server.c - a server on a free loopback port, and bare sockets against it. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/strbuf.h"
#include "net/server.h"
#include "raw.h"

/* One server, and what its handlers need. */
struct house {
    struct fixture f;
    struct server *server;
    struct pool *pool;
    struct exchange *held; /* by /hold */
    struct stream *stream; /* of /stream */
    sem_t arrived;         /* a request of /hold, /block or /stream is there */
    sem_t go_on;           /* for /block */
    sem_t closed;          /* on_close() was called */
    pthread_mutex_t lock;  /* of stream */
};

struct job {
    struct task task;
    struct exchange *exchange;
};

static void wait_for(sem_t *sem)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    while (sem_timedwait(sem, &until) < 0) {
        if (errno != EINTR)
            fail_msg("it never happened");
    }
}

static void answer_text(struct exchange *exchange, struct str text)
{
    exchange_answer(exchange,
                    &(struct http_answer){ .content_type = "text/plain", .body = text });
}

static void echo(struct exchange *exchange)
{
    const struct http_request *rq = exchange_request(exchange);

    answer_text(exchange, arena_fmt(exchange_arena(exchange),
                                    STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT,
                                    STR_ARG(rq->method), STR_ARG(rq->path),
                                    STR_ARG(rq->query), STR_ARG(rq->body)));
}

static void run_echo(struct task *task)
{
    struct job *job = CONTAINER_OF(task, struct job, task);

    echo(job->exchange);
    free(job);
}

static void on_close(void *ctx)
{
    struct house *house = ctx;

    pthread_mutex_lock(&house->lock);
    house->stream = NULL;
    pthread_mutex_unlock(&house->lock);
    sem_post(&house->closed);
}

static void open_stream(struct house *house, struct exchange *exchange)
{
    struct http_answer head = { .content_type = "text/event-stream" };

    pthread_mutex_lock(&house->lock);
    house->stream = exchange_stream(exchange, &head, on_close, house);
    pthread_mutex_unlock(&house->lock);
    sem_post(&house->arrived);
}

static void answer_large(struct exchange *exchange)
{
    char *bytes = arena_alloc(exchange_arena(exchange), 1, 1, MIB(4));

    memset(bytes, 'x', MIB(4));
    answer_text(exchange, (struct str){ bytes, MIB(4) });
}

static void answer_none(struct exchange *exchange)
{
    struct http_answer answer = { .status = 204, .retry_after = 7 };

    http_add(exchange_arena(exchange), &answer.headers, STR("Content-Length"), STR("9"));
    http_add(exchange_arena(exchange), &answer.headers, STR("Cache-Control"),
             STR("private"));
    exchange_answer(exchange, &answer);
}

static void on_request(struct exchange *exchange, void *ctx)
{
    struct house *house = ctx;
    struct str path = exchange_request(exchange)->path;
    struct job *job;

    if (str_is(path, "/hold")) {
        house->held = exchange;
        sem_post(&house->arrived);
    } else if (str_is(path, "/block")) {
        sem_post(&house->arrived);
        sem_wait(&house->go_on);
        echo(exchange);
    } else if (str_is(path, "/stream")) {
        open_stream(house, exchange);
    } else if (str_is(path, "/large")) {
        answer_large(exchange);
    } else if (str_is(path, "/none")) {
        answer_none(exchange);
    } else if (str_is(path, "/pool")) {
        job = must_zalloc(sizeof(*job));
        *job = (struct job){ .task = { .run = run_echo }, .exchange = exchange };
        assert_true(pool_submit(house->pool, &job->task));
    } else {
        echo(exchange);
    }
}

static size_t max_body(struct str method UNUSED, struct str path, void *ctx UNUSED)
{
    if (str_is(path, "/small"))
        return 10;
    return str_is(path, "/huge") ? MIB(64) : SERVER_MAX_BODY;
}

static void house_begin(struct house *house, struct server_config config)
{
    memset(house, 0, sizeof(*house));
    fixture_begin(&house->f);
    log_set_level(LOG_ERROR);
    sem_init(&house->arrived, 0, 0);
    sem_init(&house->go_on, 0, 0);
    sem_init(&house->closed, 0, 0);
    pthread_mutex_init(&house->lock, NULL);
    house->pool = pool_new("test", 2, 100);
    if (config.listen.n == 0)
        config.listen = STR("127.0.0.1:0");
    config.on_request = on_request;
    config.max_body = max_body;
    config.ctx = house;
    assert_int_equal(server_start(&house->f.op, &config, &house->server), 0);
}

static void house_end(struct house *house)
{
    server_stop(house->server, 1000);
    pool_free(house->pool);
    server_free(house->server);
    sem_destroy(&house->arrived);
    sem_destroy(&house->go_on);
    sem_destroy(&house->closed);
    pthread_mutex_destroy(&house->lock);
    fixture_end(&house->f);
}

#define HOUSE(name, ...)                                                                 \
    CLEANUP(house_end) struct house name;                                                \
    house_begin(&name, (struct server_config){ __VA_ARGS__ })

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#define PEER(name, house)                                                                \
    CLEANUP(close_fd) int name = raw_connect(server_address((house).server))

#define SEND(fd, text) raw_send((fd), STR(text))

static struct raw_answer read_answer(struct house *house, int fd)
{
    struct raw_answer answer;

    if (!raw_read(&house->f.arena, fd, false, &answer))
        fail_msg("the server closed without an answer");
    return answer;
}

/* It ends, and nothing more was said. */
static void check_closed(struct house *house, int fd)
{
    CHECK_STR(raw_read_rest(&house->f.arena, fd), "");
}

static void an_answer_has_the_fields_that_protect_it(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    struct raw_answer answer;
    const struct http_fields *headers = &answer.headers;
    int64_t date;

    SEND(fd, "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = read_answer(&house, fd);
    assert_int_equal(answer.status, 200);
    CHECK_STR(answer.body, "GET /a b ");
    CHECK_STR(http_field(headers, "content-type"), "text/plain");
    CHECK_STR(http_field(headers, "content-security-policy"), SERVER_CSP);
    CHECK_STR(http_field(headers, "x-content-type-options"), "nosniff");
    CHECK_STR(http_field(headers, "referrer-policy"), "no-referrer");
    CHECK_STR(http_field(headers, "cross-origin-opener-policy"), "same-origin");
    CHECK_STR(http_field(headers, "cache-control"), "no-store");
    assert_true(str_starts(http_field(headers, "x-request-id"), STR("req-")));
    assert_true(http_date_parse(http_field(headers, "date"), &date));
    assert_null(http_field(headers, "server").p);
    assert_null(http_field(headers, "strict-transport-security").p);
    assert_null(http_field(headers, "connection").p);
}

static void an_answer_may_set_fields_but_not_its_length(void **state UNUSED)
{
    HOUSE(house, .csp = STR("default-src 'none'"));
    PEER(fd, house);
    struct raw_answer answer;

    SEND(fd, "GET /none HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = read_answer(&house, fd);
    assert_int_equal(answer.status, 204);
    assert_null(http_field(&answer.headers, "content-length").p);
    CHECK_STR(http_field(&answer.headers, "retry-after"), "7");
    CHECK_STR(http_field(&answer.headers, "cache-control"), "private");
    CHECK_STR(http_field(&answer.headers, "content-security-policy"),
              "default-src 'none'");
    CHECK_STR(read_answer(&house, fd).body, "GET /2  ");
}

static void pipelined_requests_are_answered_in_order(void **state UNUSED)
{
    HOUSE(house, .loops = 2);
    PEER(fd, house);
    struct strbuf input = STRBUF(&house.f.arena);

    for (int i = 0; i < 300; i++)
        strbuf_fmt(&input,
                   "POST /%s?%d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
                   i % 3 ? "pool" : "here", i);
    raw_send(fd, strbuf_str(&input));
    for (int i = 0; i < 300; i++) {
        struct str expected =
            arena_fmt(&house.f.arena, "POST /%s %d abc", i % 3 ? "pool" : "here", i);

        CHECK_STR(read_answer(&house, fd).body, arena_cstr(&house.f.arena, expected));
    }
}

static void a_request_may_come_byte_by_byte(void **state UNUSED)
{
    static const char input[] =
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    HOUSE(house, 0);
    PEER(fd, house);

    for (size_t i = 0; i < sizeof(input) - 1; i++)
        raw_send(fd, (struct str){ input + i, 1 });
    CHECK_STR(read_answer(&house, fd).body, "POST /a  abcde");
}

static void head_has_the_length_but_no_body(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    struct raw_answer answer;

    SEND(fd, "HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\nGET /d HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_true(raw_read(&house.f.arena, fd, true, &answer));
    assert_int_equal(answer.status, 200);
    CHECK_STR(http_field(&answer.headers, "content-length"), "11");
    CHECK_STR(read_answer(&house, fd).body, "GET /d  ");
}

static void old_clients_are_closed_unless_they_ask(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    PEER(other, house);
    struct raw_answer answer;

    SEND(fd, "GET / HTTP/1.0\r\n\r\n");
    answer = read_answer(&house, fd);
    CHECK_STR(http_field(&answer.headers, "connection"), "close");
    check_closed(&house, fd);

    SEND(other, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    answer = read_answer(&house, other);
    CHECK_STR(http_field(&answer.headers, "connection"), "keep-alive");
    SEND(other, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    answer = read_answer(&house, other);
    CHECK_STR(http_field(&answer.headers, "connection"), "close");
    check_closed(&house, other);
}

static void who_expects_to_continue_is_told_so(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    struct raw_answer answer;

    SEND(fd, "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
             "Content-Length: 3\r\n\r\n");
    assert_true(raw_read_head(&house.f.arena, fd, &answer));
    assert_int_equal(answer.status, 100);
    SEND(fd, "abc");
    CHECK_STR(read_answer(&house, fd).body, "POST /a  abc");
}

static void a_body_too_long_is_refused_before_it_is_sent(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    struct raw_answer answer;

    SEND(fd, "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789");
    assert_int_equal(read_answer(&house, fd).status, 200);
    SEND(fd, "POST /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
             "Content-Length: 11\r\n\r\n");
    answer = read_answer(&house, fd);
    assert_int_equal(answer.status, 413);
    CHECK_STR(http_field(&answer.headers, "content-type"), "application/problem+json");
    CHECK_STR(http_field(&answer.headers, "connection"), "close");
    assert_true(str_find(answer.body, STR("\"status\":413")) > 0);
    check_closed(&house, fd);
}

static int status_of_body(struct house *house, const char *path, size_t length)
{
    PEER(fd, *house);

    raw_send(fd, arena_fmt(&house->f.arena,
                           "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
                           path, length));
    for (size_t sent = 0; sent < length; sent += 1000) {
        static const char filler[1000] = { 'x' };

        raw_send(fd, (struct str){ filler, length - sent < 1000 ? length - sent : 1000 });
    }
    return read_answer(house, fd).status;
}

/* The answer must be readable although the body is still on its way. */
static void a_body_has_two_ceilings(void **state UNUSED)
{
    HOUSE(house, 0);

    assert_int_equal(status_of_body(&house, "/other", SERVER_MAX_BODY), 200);
    assert_int_equal(status_of_body(&house, "/other", SERVER_MAX_BODY + 1), 413);
    assert_int_equal(status_of_body(&house, "/huge", SERVER_MAX_ANY_BODY), 200);
    assert_int_equal(status_of_body(&house, "/huge", SERVER_MAX_ANY_BODY + 1), 413);
}

static void what_can_be_read_in_two_ways_is_refused_and_ends_it(void **state UNUSED)
{
    static const struct {
        const char *input;
        int status;
    } cases[] = {
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked"
          "\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
          400 },
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n"
          "GET /b HTTP/1.1\r\nHost: a\r\n\r\n",
          400 },
        { "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { "GET / HTTP/1.1\nHost: a\n\n", 400 },
        { "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505 },
        { "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501 },
        { "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417 },
    };
    HOUSE(house, 0);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        PEER(fd, house);
        struct raw_answer answer;

        raw_send(fd, str_of(cases[i].input));
        answer = read_answer(&house, fd);
        assert_int_equal(answer.status, cases[i].status);
        CHECK_STR(http_field(&answer.headers, "content-type"),
                  "application/problem+json");
        CHECK_STR(http_field(&answer.headers, "content-security-policy"), SERVER_CSP);
        check_closed(&house, fd);
    }
}

static void who_is_too_slow_is_told_so_and_closed(void **state UNUSED)
{
    static const char *const beginnings[] = {
        "G",
        "GET / HTTP/1.1\r\nHost: x\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    };
    HOUSE(house, .receive_ms = 50);

    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        PEER(fd, house);

        raw_send(fd, str_of(beginnings[i]));
        assert_int_equal(read_answer(&house, fd).status, 408);
        check_closed(&house, fd);
    }
}

static void an_idle_connection_ends_without_a_word(void **state UNUSED)
{
    HOUSE(house, .idle_ms = 50);
    PEER(fd, house);
    PEER(used, house);

    check_closed(&house, fd);
    SEND(used, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    if (raw_read(&house.f.arena, used, false, &(struct raw_answer){ 0 }))
        check_closed(&house, used);
}

static void each_address_has_so_many_connections(void **state UNUSED)
{
    HOUSE(house, .max_per_address = 2);
    PEER(one, house);
    PEER(two, house);
    struct raw_answer answer;

    SEND(one, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(read_answer(&house, one).status, 200);
    SEND(two, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(read_answer(&house, two).status, 200);
    {
        PEER(three, house);

        answer = read_answer(&house, three);
        assert_int_equal(answer.status, 503);
        CHECK_STR(http_field(&answer.headers, "retry-after"), "5");
        check_closed(&house, three);
    }
    SEND(one, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_int_equal(read_answer(&house, one).status, 200);
    check_closed(&house, one);
    close(one);
    one = -1;
    while (server_connections(house.server) > 1)
        sched_yield();
    {
        PEER(four, house);

        SEND(four, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_int_equal(read_answer(&house, four).status, 200);
    }
}

static void all_addresses_together_have_so_many(void **state UNUSED)
{
    HOUSE(house, .max_connections = 1);
    PEER(one, house);

    SEND(one, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(read_answer(&house, one).status, 200);
    {
        PEER(two, house);

        assert_int_equal(read_answer(&house, two).status, 503);
    }
}

static void a_large_answer_arrives_whole(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);

    SEND(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(read_answer(&house, fd).body.n, MIB(4));
    CHECK_STR(read_answer(&house, fd).body, "GET /b  ");
}

static void who_does_not_read_the_answer_is_closed(void **state UNUSED)
{
    HOUSE(house, .idle_ms = 60);
    PEER(fd, house);

    SEND(fd, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    while (server_connections(house.server) == 0)
        sched_yield();
    while (server_connections(house.server) > 0)
        sched_yield();
    assert_true(raw_read_rest(&house.f.arena, fd).n < MIB(4));
}

static void an_answer_to_nobody_is_dropped(void **state UNUSED)
{
    HOUSE(house, 0);
    int fd = raw_connect(server_address(house.server));

    SEND(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    close(fd);
    answer_text(house.held, STR("too late"));
}

static bool write_stream(struct house *house, struct str bytes)
{
    bool written;

    pthread_mutex_lock(&house->lock);
    written = house->stream && stream_write(house->stream, bytes);
    pthread_mutex_unlock(&house->lock);
    return written;
}

static void a_stream_brings_what_is_written_to_it(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    struct raw_answer head;

    SEND(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    assert_true(raw_read_head(&house.f.arena, fd, &head));
    assert_int_equal(head.status, 200);
    CHECK_STR(http_field(&head.headers, "content-type"), "text/event-stream");
    CHECK_STR(http_field(&head.headers, "transfer-encoding"), "chunked");
    CHECK_STR(http_field(&head.headers, "cache-control"), "no-store");
    assert_true(write_stream(&house, STR("data: 1\n\n")));
    assert_true(write_stream(&house, STR("data: 2\n\n")));
    CHECK_STR(raw_read_chunk(&house.f.arena, fd), "data: 1\n\n");
    CHECK_STR(raw_read_chunk(&house.f.arena, fd), "data: 2\n\n");
    assert_true(write_stream(&house, STR("bye\n")));
    pthread_mutex_lock(&house.lock);
    stream_close(house.stream);
    assert_false(stream_write(house.stream, STR("late")));
    pthread_mutex_unlock(&house.lock);
    CHECK_STR(raw_read_chunk(&house.f.arena, fd), "bye\n");
    CHECK_STR(raw_read_chunk(&house.f.arena, fd), "");
    wait_for(&house.closed);
    check_closed(&house, fd);
}

static void a_stream_to_an_old_client_ends_with_the_connection(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    struct raw_answer head;

    SEND(fd, "GET /stream HTTP/1.0\r\n\r\n");
    wait_for(&house.arrived);
    assert_true(raw_read_head(&house.f.arena, fd, &head));
    assert_null(http_field(&head.headers, "transfer-encoding").p);
    assert_true(write_stream(&house, STR("data: 1\n\n")));
    pthread_mutex_lock(&house.lock);
    stream_close(house.stream);
    pthread_mutex_unlock(&house.lock);
    CHECK_STR(raw_read_rest(&house.f.arena, fd), "data: 1\n\n");
    wait_for(&house.closed);
}

static void a_stream_learns_that_its_peer_has_gone(void **state UNUSED)
{
    HOUSE(house, 0);
    int fd = raw_connect(server_address(house.server));

    SEND(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    close(fd);
    wait_for(&house.closed);
    assert_false(write_stream(&house, STR("late")));
}

static void a_stream_whose_peer_does_not_read_is_ended(void **state UNUSED)
{
    char bytes[8192] = { 0 };
    HOUSE(house, 0);
    PEER(fd, house);
    size_t written = 0;

    SEND(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    while (write_stream(&house, (struct str){ bytes, sizeof(bytes) }))
        written += sizeof(bytes);
    wait_for(&house.closed);
    assert_true(written >= SERVER_MAX_STREAM_QUEUE - 2 * sizeof(bytes));
}

/* With the loop held up nothing can be written, so the queue is exactly what was put in.
 */
static void the_queue_of_a_stream_has_a_ceiling(void **state UNUSED)
{
    char bytes[1024] = { 0 };
    size_t framing = strlen("3fa\r\n\r\n");
    HOUSE(house, .max_stream_queue = 1024 + 6);
    PEER(fd, house);
    PEER(blocker, house);

    SEND(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    SEND(blocker, "GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    assert_true(write_stream(&house, (struct str){ bytes, 1024 + 6 - 10 - framing }));
    assert_true(write_stream(&house, (struct str){ bytes, 10 - strlen("5\r\n\r\n") }));
    assert_false(write_stream(&house, (struct str){ bytes, 1 }));
    sem_post(&house.go_on);
    wait_for(&house.closed);
}

static void stopping_lets_a_running_request_finish(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    PEER(idle, house);
    PEER(streaming, house);
    struct raw_answer answer;

    SEND(streaming, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    SEND(fd, "GET /block HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    sem_post(&house.go_on);
    server_stop(house.server, 5000);
    answer = read_answer(&house, fd);
    CHECK_STR(answer.body, "GET /block  ");
    check_closed(&house, idle);
    wait_for(&house.closed);
    assert_int_equal(server_connections(house.server), 0);
}

static void an_answer_after_the_end_is_dropped(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    PEER(other, house);
    struct exchange *first;

    SEND(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    first = house.held;
    SEND(other, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    server_stop(house.server, 30);
    check_closed(&house, fd);
    answer_text(first, STR("too late"));
    assert_null(
        exchange_stream(house.held, &(struct http_answer){ 0 }, on_close, &house));
}

static void a_server_says_why_it_cannot_listen(void **state UNUSED)
{
    HOUSE(house, 0);
    struct server_config config = { .on_request = on_request };
    struct server *server = NULL;
    struct op *op = &house.f.op;

    config.listen = server_address(house.server);
    assert_int_equal(server_start(op, &config, &server), ERR_UNAVAILABLE);
    assert_true(str_ends(op->err.text, STR("another program does already")));
    config.listen = STR("nowhere:80");
    assert_int_equal(server_start(op, &config, &server), ERR_INVALID);
    config.listen = STR("127.0.0.1");
    assert_int_equal(server_start(op, &config, &server), ERR_INVALID);
    config.listen = STR("127.0.0.1:65536");
    assert_int_equal(server_start(op, &config, &server), ERR_INVALID);
    config.listen = STR("127.0.0.1:0");
    config.certificate = "/nowhere/cert.pem";
    config.key = "/nowhere/key.pem";
    assert_int_equal(server_start(op, &config, &server), ERR_INVALID);
    CHECK_STR(op->err.text, "cannot use the TLS certificate in \"/nowhere/cert.pem\"");
    assert_null(server);
}

/* A key and a certificate for "localhost" that vouches for itself, in two files. */
struct papers {
    char folder[32];
    char certificate[48], key[48];
};

static void papers_end(struct papers *papers)
{
    unlink(papers->certificate);
    unlink(papers->key);
    rmdir(papers->folder);
}

static void papers_begin(struct papers *papers)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    FILE *file;

    snprintf(papers->folder, sizeof(papers->folder), "/tmp/draht-net-XXXXXX");
    assert_non_null(mkdtemp(papers->folder));
    snprintf(papers->certificate, sizeof(papers->certificate), "%s/cert.pem",
             papers->folder);
    snprintf(papers->key, sizeof(papers->key), "%s/key.pem", papers->folder);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    file = fopen(papers->certificate, "w");
    PEM_write_X509(file, certificate);
    fclose(file);
    file = fopen(papers->key, "w");
    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

#define PAPERS(name)                                                                     \
    CLEANUP(papers_end) struct papers name;                                              \
    papers_begin(&name)

/* A TLS client; NULL when the handshake fails. */
static SSL *tls_connect(int fd, SSL_CTX *context, int version)
{
    SSL *ssl = SSL_new(context);

    SSL_set_min_proto_version(ssl, version);
    SSL_set_max_proto_version(ssl, version);
    SSL_set_fd(ssl, fd);
    if (SSL_connect(ssl) == 1)
        return ssl;
    SSL_free(ssl);
    return NULL;
}

static struct str tls_read_rest(struct arena *arena, SSL *ssl)
{
    struct strbuf out = STRBUF(arena);
    char bytes[4096];
    int n;

    while ((n = SSL_read(ssl, bytes, sizeof(bytes))) > 0)
        strbuf_add(&out, (struct str){ bytes, (size_t)n });
    return strbuf_str(&out);
}

static void free_context(SSL_CTX **context)
{
    SSL_CTX_free(*context);
}

static void over_tls_it_is_the_same_and_stays_so(void **state UNUSED)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    static const char input[] =
        "POST /pool HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
        "abcGET /large HTTP/1.1\r\nHost: x\r\n\r\n"
        "GET /b HTTP/1.0\r\n\r\n";
    PAPERS(papers);
    HOUSE(house, .certificate = papers.certificate, .key = papers.key);
    CLEANUP(free_context) SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        PEER(fd, house);
        SSL *ssl = tls_connect(fd, context, versions[i]);
        struct str all;

        assert_non_null(ssl);
        assert_int_equal(SSL_write(ssl, input, sizeof(input) - 1), sizeof(input) - 1);
        all = tls_read_rest(&house.f.arena, ssl);
        assert_true(
            str_find(all, STR("Strict-Transport-Security: max-age=31536000\r\n")) > 0);
        assert_true(str_find(all, STR("\r\n\r\nPOST /pool  abcHTTP/1.1 200 OK")) > 0);
        assert_true(str_find(all, STR("\r\n\r\nxxxx")) > 0);
        assert_true(str_ends(all, STR("GET /b  ")));
        assert_true(all.n > MIB(4));
        SSL_free(ssl);
    }
}

static void a_stream_over_tls_brings_what_is_written(void **state UNUSED)
{
    PAPERS(papers);
    HOUSE(house, .certificate = papers.certificate, .key = papers.key);
    CLEANUP(free_context) SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    PEER(fd, house);
    SSL *ssl = tls_connect(fd, context, TLS1_3_VERSION);

    assert_int_equal(SSL_write(ssl, "GET /stream HTTP/1.0\r\n\r\n", 24), 24);
    wait_for(&house.arrived);
    assert_true(write_stream(&house, STR("data: 1\n\n")));
    pthread_mutex_lock(&house.lock);
    stream_close(house.stream);
    pthread_mutex_unlock(&house.lock);
    assert_true(str_ends(tls_read_rest(&house.f.arena, ssl), STR("\r\n\r\ndata: 1\n\n")));
    wait_for(&house.closed);
    SSL_free(ssl);
}

static void old_tls_and_plain_text_are_turned_away(void **state UNUSED)
{
    PAPERS(papers);
    HOUSE(house, .certificate = papers.certificate, .key = papers.key, .receive_ms = 60);
    CLEANUP(free_context) SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    PEER(fd, house);
    PEER(plain, house);
    PEER(silent, house);

    SSL_CTX_set_security_level(context, 0);
    assert_null(tls_connect(fd, context, TLS1_1_VERSION));
    SEND(plain, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_true(str_find(raw_read_rest(&house.f.arena, plain), STR("HTTP")) < 0);
    check_closed(&house, silent); /* no handshake in time */
}

static void a_key_that_does_not_fit_is_named(void **state UNUSED)
{
    PAPERS(one);
    PAPERS(two);
    FIXTURE(f);
    struct server_config config = { .listen = STR("127.0.0.1:0"),
                                    .certificate = one.certificate,
                                    .key = two.key };
    struct server *server;

    assert_int_equal(server_start(&f.op, &config, &server), ERR_INVALID);
    assert_true(str_find(f.op.err.text, str_of(two.key)) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_has_the_fields_that_protect_it),
        cmocka_unit_test(an_answer_may_set_fields_but_not_its_length),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(a_request_may_come_byte_by_byte),
        cmocka_unit_test(head_has_the_length_but_no_body),
        cmocka_unit_test(old_clients_are_closed_unless_they_ask),
        cmocka_unit_test(who_expects_to_continue_is_told_so),
        cmocka_unit_test(a_body_too_long_is_refused_before_it_is_sent),
        cmocka_unit_test(a_body_has_two_ceilings),
        cmocka_unit_test(what_can_be_read_in_two_ways_is_refused_and_ends_it),
        cmocka_unit_test(who_is_too_slow_is_told_so_and_closed),
        cmocka_unit_test(an_idle_connection_ends_without_a_word),
        cmocka_unit_test(each_address_has_so_many_connections),
        cmocka_unit_test(all_addresses_together_have_so_many),
        cmocka_unit_test(a_large_answer_arrives_whole),
        cmocka_unit_test(who_does_not_read_the_answer_is_closed),
        cmocka_unit_test(an_answer_to_nobody_is_dropped),
        cmocka_unit_test(a_stream_brings_what_is_written_to_it),
        cmocka_unit_test(a_stream_to_an_old_client_ends_with_the_connection),
        cmocka_unit_test(a_stream_learns_that_its_peer_has_gone),
        cmocka_unit_test(a_stream_whose_peer_does_not_read_is_ended),
        cmocka_unit_test(the_queue_of_a_stream_has_a_ceiling),
        cmocka_unit_test(stopping_lets_a_running_request_finish),
        cmocka_unit_test(an_answer_after_the_end_is_dropped),
        cmocka_unit_test(a_server_says_why_it_cannot_listen),
        cmocka_unit_test(over_tls_it_is_the_same_and_stays_so),
        cmocka_unit_test(a_stream_over_tls_brings_what_is_written),
        cmocka_unit_test(old_tls_and_plain_text_are_turned_away),
        cmocka_unit_test(a_key_that_does_not_fit_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
