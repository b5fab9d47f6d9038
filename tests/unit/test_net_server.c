/* test_net_server.c - bare sockets against a server of our own. */
#include "house.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/strbuf.h"

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

/* A reset instead would destroy the answer on its way through a real network. */
static void a_refusal_ends_the_connection_gently(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    char filler[8192] = { 0 }, c;

    SEND(fd, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n");
    assert_int_equal(read_answer(&house, fd).status, 413);
    for (int i = 0; i < 40; i++)
        raw_send(fd, (struct str){ filler, sizeof(filler) });
    assert_int_equal(recv(fd, &c, 1, 0), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(send(fd, filler, 100, MSG_NOSIGNAL), 100);
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

/* The second connection is the clock: when it is told off, the time of the first would
 * be over too, had its body not earned it more. */
static void a_body_that_keeps_coming_gets_more_time(void **state UNUSED)
{
    static const char half[30 * SERVER_BODY_RATE] = { 'x' };
    HOUSE(house, .receive_ms = 50);
    PEER(fd, house);
    PEER(clock, house);

    raw_send(fd, arena_fmt(&house.f.arena,
                           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
                           2 * sizeof(half)));
    raw_send(fd, (struct str){ half, sizeof(half) });
    SEND(clock, "GET / HTTP/1.1\r\n");
    assert_int_equal(read_answer(&house, clock).status, 408);
    raw_send(fd, (struct str){ half, sizeof(half) });
    assert_int_equal(read_answer(&house, fd).status, 200);
}

/* Others are told off one after the other meanwhile: then its time is over too. */
static void who_sends_fast_and_then_stops_keeps_no_room(void **state UNUSED)
{
    static const char much[60 * SERVER_BODY_RATE] = { 'x' };
    HOUSE(house, .receive_ms = 5);
    PEER(fd, house);
    struct pollfd answer = { .fd = fd, .events = POLLIN };

    raw_send(fd, arena_fmt(&house.f.arena,
                           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
                           sizeof(much) + 1));
    raw_send(fd, (struct str){ much, sizeof(much) });
    for (int i = 0; i < 4 * SERVER_BODY_PERIODS; i++) {
        PEER(clock, house);

        SEND(clock, "GET / HTTP/1.1\r\n");
        assert_int_equal(read_answer(&house, clock).status, 408);
    }
    assert_int_equal(poll(&answer, 1, 0), 1);
    assert_int_equal(read_answer(&house, fd).status, 408);
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

/* It speaks for many. Who they are is counted too, request by request. */
static void a_web_server_that_is_trusted_has_more_connections(void **state UNUSED)
{
    enum { MANY = SERVER_MAX_PER_ADDRESS + 1 };
    HOUSE(house, 0);
    int peers[MANY];

    for (size_t i = 0; i < MANY; i++) {
        peers[i] = raw_connect(server_address(house.server));
        SEND(peers[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_int_equal(read_answer(&house, peers[i]).status, 200);
    }
    for (size_t i = 0; i < MANY; i++)
        close(peers[i]);
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

/* A body of `n` bytes in one POST, or as much of it as `sent`. */
static void post(int fd, struct arena *arena, size_t n, size_t sent)
{
    char *bytes = arena_alloc(arena, 1, 1, sent);

    memset(bytes, 'x', sent);
    raw_send(
        fd,
        arena_fmt(arena, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", n));
    raw_send(fd, (struct str){ bytes, sent });
}

static void bodies_that_are_here_together_have_a_ceiling(void **state UNUSED)
{
    HOUSE(house, .max_bodies = KIB(300));
    PEER(slow, house);
    int status = 200;

    post(slow, &house.f.arena, KIB(150), KIB(150) - 1);
    for (int i = 0; i < 200 && status == 200; i++) {
        PEER(fd, house);

        post(fd, &house.f.arena, KIB(200), KIB(200));
        status = read_answer(&house, fd).status;
    }
    assert_int_equal(status, 503);
    {
        PEER(small, house);

        post(small, &house.f.arena, KIB(64), KIB(64));
        assert_int_equal(read_answer(&house, small).status, 200);
    }
    raw_send(slow, STR("x"));
    assert_int_equal(read_answer(&house, slow).status, 200);
    {
        PEER(fd, house);

        post(fd, &house.f.arena, KIB(300), KIB(300));
        assert_int_equal(read_answer(&house, fd).status, 200);
    }
}

static void one_address_has_a_share_of_the_room_for_bodies(void **state UNUSED)
{
    HOUSE(house, .max_bodies = MIB(2), .max_bodies_per_address = KIB(300));
    PEER(slow, house);
    int status = 200;

    post(slow, &house.f.arena, KIB(150) + 1, KIB(150));
    for (int i = 0; i < 200 && status == 200; i++) {
        PEER(greedy, house);

        post(greedy, &house.f.arena, KIB(300), KIB(300));
        status = read_answer(&house, greedy).status;
    }
    assert_int_equal(status, 503);
    {
        PEER(modest, house);

        post(modest, &house.f.arena, KIB(100), KIB(100));
        assert_int_equal(read_answer(&house, modest).status, 200);
    }
    raw_send(slow, STR("x"));
    assert_int_equal(read_answer(&house, slow).status, 200);
    {
        PEER(fd, house);

        post(fd, &house.f.arena, KIB(300), KIB(300));
        assert_int_equal(read_answer(&house, fd).status, 200);
    }
}

static void post_for(int fd, struct arena *arena, const char *sender, size_t n,
                     size_t sent)
{
    char *bytes = arena_new(arena, char, n);

    memset(bytes, 'x', sent);
    raw_send(fd,
             arena_fmt(arena,
                       "POST / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9, %s\r\n"
                       "Content-Length: %zu\r\n\r\n",
                       sender, n));
    raw_send(fd, (struct str){ bytes, sent });
}

/* A web server on the same machine: all bodies come from 127.0.0.1. */
static void a_body_counts_for_whom_the_web_server_speaks(void **state UNUSED)
{
    HOUSE(house, .max_bodies = MIB(2), .max_bodies_per_address = KIB(300));
    PEER(slow, house);
    int status = 200;

    post_for(slow, &house.f.arena, "192.0.2.1", KIB(100) + 1, KIB(100));
    for (int i = 0; i < 200 && status == 200; i++) {
        PEER(greedy, house);

        post_for(greedy, &house.f.arena, "192.0.2.1", KIB(300), KIB(300));
        status = read_answer(&house, greedy).status;
    }
    assert_int_equal(status, 503);
    {
        PEER(other, house);

        post_for(other, &house.f.arena, "2001:db8::7", KIB(300), KIB(300));
        assert_int_equal(read_answer(&house, other).status, 200);
    }
    {
        PEER(strange, house);

        post_for(strange, &house.f.arena, "unknown", KIB(300), KIB(300));
        assert_int_equal(read_answer(&house, strange).status, 200);
    }
}

static void
one_sender_behind_a_web_server_has_a_share_of_the_requests(void **state UNUSED)
{
    HOUSE(house, .max_per_sender = 2);
    PEER(one, house);
    PEER(two, house);
    int status = 200;

    post_for(one, &house.f.arena, "192.0.2.1", 8, 4);
    post_for(two, &house.f.arena, "192.0.2.1", 8, 4);
    for (int i = 0; i < 200 && status == 200; i++) {
        PEER(third, house);

        post_for(third, &house.f.arena, "192.0.2.1", 8, 8);
        status = read_answer(&house, third).status;
    }
    assert_int_equal(status, 503);
    {
        PEER(other, house);

        post_for(other, &house.f.arena, "192.0.2.2", 8, 8);
        assert_int_equal(read_answer(&house, other).status, 200);
    }
    SEND(one, "xxxx");
    assert_int_equal(read_answer(&house, one).status, 200);
    {
        PEER(third, house);

        post_for(third, &house.f.arena, "192.0.2.1", 8, 8);
        assert_int_equal(read_answer(&house, third).status, 200);
    }
}

/* Else anybody could fill the share of somebody else. */
static void what_a_sender_wrote_before_itself_takes_nobodys_share(void **state UNUSED)
{
    HOUSE(house, .max_per_sender = 1);
    PEER(slow, house);
    PEER(other, house);

    post_for(slow, &house.f.arena, "192.0.2.1, 203.0.113.5", 8, 4);
    post_for(other, &house.f.arena, "192.0.2.1", 8, 8);
    assert_int_equal(read_answer(&house, other).status, 200);
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
    wait_for(&house.arrived);
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

/* With the loop held up nothing is sent, so the queue is exactly what was put in: 1023
 * bytes, framed by "3ff" and two line ends. */
static bool queue_takes_1030_bytes(size_t ceiling)
{
    char bytes[1023] = { 0 };
    HOUSE(house, .max_stream_queue = ceiling);
    PEER(fd, house);
    PEER(blocker, house);
    bool taken;

    SEND(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    SEND(blocker, "GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    taken = write_stream(&house, (struct str){ bytes, sizeof(bytes) });
    sem_post(&house.go_on);
    if (!taken)
        wait_for(&house.closed);
    return taken;
}

static void the_queue_of_a_stream_has_a_ceiling(void **state UNUSED)
{
    assert_true(queue_takes_1030_bytes(1030));
    assert_false(queue_takes_1030_bytes(1029));
}

static void stop(void *ctx)
{
    server_stop(ctx, 10000);
}

static void stopping_lets_a_running_request_finish(void **state UNUSED)
{
    HOUSE(house, 0);
    PEER(fd, house);
    PEER(idle, house);
    PEER(streaming, house);
    struct raw_answer answer;
    struct thread *stopper;

    SEND(streaming, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    SEND(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&house.arrived);
    stopper = thread_start("stop", stop, house.server);
    check_closed(&house, idle); /* so it is stopping now */
    wait_for(&house.closed);
    answer_text(house.held, STR("at last"));
    answer = read_answer(&house, fd);
    CHECK_STR(answer.body, "at last");
    CHECK_STR(http_field(&answer.headers, "connection"), "close");
    check_closed(&house, fd); /* "/b" is not read any more */
    close(fd);
    fd = -1;
    close(streaming);
    streaming = -1;
    thread_join(stopper);
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
        cmocka_unit_test(a_refusal_ends_the_connection_gently),
        cmocka_unit_test(what_can_be_read_in_two_ways_is_refused_and_ends_it),
        cmocka_unit_test(who_is_too_slow_is_told_so_and_closed),
        cmocka_unit_test(who_sends_fast_and_then_stops_keeps_no_room),
        cmocka_unit_test(one_address_has_a_share_of_the_room_for_bodies),
        cmocka_unit_test(a_body_counts_for_whom_the_web_server_speaks),
        cmocka_unit_test(one_sender_behind_a_web_server_has_a_share_of_the_requests),
        cmocka_unit_test(what_a_sender_wrote_before_itself_takes_nobodys_share),
        cmocka_unit_test(a_body_that_keeps_coming_gets_more_time),
        cmocka_unit_test(an_idle_connection_ends_without_a_word),
        cmocka_unit_test(each_address_has_so_many_connections),
        cmocka_unit_test(a_web_server_that_is_trusted_has_more_connections),
        cmocka_unit_test(all_addresses_together_have_so_many),
        cmocka_unit_test(bodies_that_are_here_together_have_a_ceiling),
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
