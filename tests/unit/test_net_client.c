/* test_net_client.c - asking a scripted peer: above all, what is known when it fails. */
#include "fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "net/client.h"
#include "net/server.h"
#include "raw.h"

enum { MAX_TURNS = 8 };

/* Says `answers` to one connection each, whatever is asked. */
struct peer {
    int listener;
    struct str answers[MAX_TURNS]; /* n == 0: none, hang until told to stop */
    unsigned count;
    bool reset; /* instead of a proper end */
    char asked[MAX_TURNS][4096];
    unsigned turns;
    pthread_t thread;
    int stop[2];
    uint16_t port;
};

static void read_request(int fd, char *to, size_t room)
{
    size_t n = 0;
    ssize_t got = 1;
    const char *end, *length;

    while (n < room - 1 && got > 0) {
        got = recv(fd, to + n, room - 1 - n, 0);
        n += got > 0 ? (size_t)got : 0;
        to[n] = '\0';
        end = strstr(to, "\r\n\r\n");
        length = strstr(to, "Content-Length: ");
        if (end &&
            n >= (size_t)(end + 4 - to) + (length ? strtoul(length + 16, NULL, 10) : 0))
            return;
    }
}

static void serve(struct peer *peer, int fd, struct str answer)
{
    struct linger linger = { .l_onoff = 1 };
    char c;

    if (answer.n == 0 && !peer->reset)
        while (read(peer->stop[0], &c, 1) < 0)
            ;
    raw_send(fd, answer);
    if (peer->reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static void *run_peer(void *ctx)
{
    struct peer *peer = ctx;

    for (unsigned i = 0; i < peer->count; i++) {
        int fd = accept(peer->listener, NULL, NULL);

        if (fd < 0)
            return NULL;
        read_request(fd, peer->asked[i], sizeof(peer->asked[i]));
        peer->turns++;
        serve(peer, fd, peer->answers[i]);
        close(fd);
    }
    return NULL;
}

static void peer_listen(struct peer *peer)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t n = sizeof(at);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(peer->listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(peer->listener, 8), 0);
    getsockname(peer->listener, (struct sockaddr *)&at, &n);
    peer->port = ntohs(at.sin_port);
}

static void peer_start(struct peer *peer)
{
    assert_int_equal(pipe(peer->stop), 0);
    assert_int_equal(pthread_create(&peer->thread, NULL, run_peer, peer), 0);
}

static void peer_end(struct peer *peer)
{
    shutdown(peer->listener, SHUT_RDWR);
    close(peer->stop[1]);
    pthread_join(peer->thread, NULL);
    close(peer->stop[0]);
    close(peer->listener);
}

/* "localhost" and "here.example" are 127.0.0.1, nothing else is known. */
static int resolve(struct op *op, const struct gate *gate UNUSED, struct str host,
                   uint16_t port, struct gate_pass *ret)
{
    if (!str_is(host, "localhost") && !str_is(host, "here.example"))
        return op_fail(op, ERR_UNAVAILABLE, "the host is not known"), GATE_UNKNOWN;
    ret->count = 1;
    assert_true(gate_address(op, STR("127.0.0.1"), port, &ret->addresses[0]));
    return 0;
}

struct desk {
    struct fixture f;
    struct gate gate;
    struct http_client_curl client;
};

static void desk_begin(struct desk *desk)
{
    static const struct str allowed[] = { STR("127.0.0.1"), STR("localhost") };

    fixture_begin(&desk->f);
    log_set_level(LOG_ERROR);
    desk->gate = (struct gate){ allowed, COUNT_OF(allowed), resolve, NULL };
    http_client_init(&desk->client, &desk->gate);
    desk->f.world.http = &desk->client.base;
}

static void desk_end(struct desk *desk)
{
    fixture_end(&desk->f);
}

#define DESK(name)                                                                       \
    CLEANUP(desk_end) struct desk name;                                                  \
    desk_begin(&name)

static struct str url_at(struct desk *desk, const struct peer *peer, const char *path)
{
    return arena_fmt(&desk->f.arena, "http://127.0.0.1:%u%s", peer->port, path);
}

/* Send one call to a peer that gives one answer. */
static int exchange(struct desk *desk, struct str answer, bool reset,
                    struct http_call call, struct http_reply *ret, struct peer *peer)
{
    int r;

    *peer = (struct peer){ .answers = { answer }, .count = 1, .reset = reset };
    peer_listen(peer);
    peer_start(peer);
    call.url = url_at(desk, peer, "/x?y");
    r = http_send(&desk->f.op, &call, ret);
    peer_end(peer);
    return r;
}

static void an_answer_comes_back_with_its_parts(void **state UNUSED)
{
    DESK(desk);
    struct http_reply reply;
    struct peer peer;
    struct http_call call = { .method = STR("PUT"), .body = STR("a body") };

    http_add(&desk.f.arena, &call.headers, STR("X-One"), STR("1"));
    http_add(&desk.f.arena, &call.headers, STR("X-Empty"), STR(""));
    assert_int_equal(exchange(&desk,
                              STR("HTTP/1.1 100 Continue\r\nX-No: 1\r\n\r\n"
                                  "HTTP/1.1 429 Slow\r\nX-Two:  2 \r\nRetry-After: 9\r\n"
                                  "Content-Length: 5\r\n\r\nhello"),
                              false, call, &reply, &peer),
                     0);
    assert_int_equal(reply.status, 429);
    assert_int_equal(reply.retry_after, 9);
    CHECK_STR(reply.body, "hello");
    CHECK_STR(http_field(&reply.headers, "x-two"), "2");
    assert_null(http_field(&reply.headers, "x-no").p);
    assert_int_equal(reply.reason.n, 0);
    assert_true(str_starts(str_of(peer.asked[0]), STR("PUT /x?y HTTP/1.1\r\n")));
    assert_true(str_ends(str_of(peer.asked[0]), STR("\r\n\r\na body")));
    assert_non_null(strstr(peer.asked[0], "\r\nX-One: 1\r\n"));
    assert_non_null(strstr(peer.asked[0], "\r\nX-Empty:\r\n"));
    assert_non_null(strstr(peer.asked[0], "\r\nContent-Length: 6\r\n"));
    assert_null(strstr(peer.asked[0], "Expect"));
    assert_null(strstr(peer.asked[0], "Content-Type"));
}

static void each_method_sends_what_it_should(void **state UNUSED)
{
    static const struct {
        const char *method, *body, *start;
        bool length;
    } cases[] = {
        { "", "", "GET /x?y", false },         { "GET", "", "GET /x?y", false },
        { "POST", "", "POST /x?y", true },     { "POST", "b", "POST /x?y", true },
        { "DELETE", "", "DELETE /x?y", true }, { "PATCH", "b", "PATCH /x?y", true },
        { "HEAD", "", "HEAD /x?y", false },
    };
    DESK(desk);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_call call = { .method = str_of(cases[i].method),
                                  .body = str_of(cases[i].body) };
        struct http_reply reply;
        struct peer peer;

        assert_int_equal(exchange(&desk,
                                  STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                                  false, call, &reply, &peer),
                         0);
        assert_true(str_starts(str_of(peer.asked[0]), str_of(cases[i].start)));
        assert_int_equal(strstr(peer.asked[0], "Content-Length") != NULL,
                         cases[i].length);
    }
}

static void after_the_first_byte_it_may_have_left(void **state UNUSED)
{
    static const struct {
        struct str answer;
        bool reset, hangs;
    } cases[] = {
        { STR(""), true },        /* reset */
        { STR(""), false, true }, /* no answer */
        { STR("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), false }, /* cut */
        { STR("HTTP/1.1 200 OK\r\nContent-"), true },
        { STR("HELLO\r\n\r\n"), false },
        { STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), false },
    };
    DESK(desk);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_call call = { .method = STR("POST"),
                                  .body = STR("b"),
                                  .total_ms = cases[i].hangs ? 1500 : 10000 };
        struct http_reply reply = { .status = 1 };
        struct peer peer;

        assert_int_equal(
            exchange(&desk, cases[i].answer, cases[i].reset, call, &reply, &peer),
            HTTP_MAY_HAVE_LEFT);
        assert_true(str_find(reply.reason, STR("127.0.0.1 could not be asked: ")) == 0);
        assert_int_equal(reply.status, 0);
        assert_int_equal(desk.f.op.err.kind, 0);
    }
}

static int body_of(struct desk *desk, size_t length, struct http_reply *reply)
{
    char *bytes = arena_alloc(&desk->f.arena, 1, 1, length);
    struct http_call call = { .max_answer = 1000 };
    struct peer peer;

    memset(bytes, 'x', length);
    return exchange(desk,
                    arena_fmt(&desk->f.arena,
                              "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%.*s",
                              length, (int)length, bytes),
                    false, call, reply, &peer);
}

static void an_answer_has_a_ceiling(void **state UNUSED)
{
    DESK(desk);
    struct http_reply reply;

    assert_int_equal(body_of(&desk, 1000, &reply), 0);
    assert_int_equal(reply.body.n, 1000);
    assert_int_equal(body_of(&desk, 1001, &reply), HTTP_MAY_HAVE_LEFT);
    CHECK_STR(reply.reason, "the answer of 127.0.0.1 is longer than 1000 bytes");
}

static void the_head_of_an_answer_has_a_ceiling(void **state UNUSED)
{
    DESK(desk);
    struct strbuf text = STRBUF(&desk.f.arena);
    struct http_reply reply;
    struct peer peer;

    strbuf_add(&text, STR("HTTP/1.1 200 OK\r\n"));
    while (text.n < CLIENT_MAX_HEAD)
        strbuf_add(&text, STR("X-Filler: 0123456789012345678901234567890123456789\r\n"));
    strbuf_add(&text, STR("Content-Length: 0\r\n\r\n"));
    assert_int_equal(
        exchange(&desk, strbuf_str(&text), false, (struct http_call){ 0 }, &reply, &peer),
        HTTP_MAY_HAVE_LEFT);
}

static int send_to(struct desk *desk, struct str url, struct http_reply *reply)
{
    struct http_call call = { .method = STR("POST"), .body = STR("b"), .url = url };

    call.total_ms = 10000;
    return http_send(&desk->f.op, &call, reply);
}

static void before_the_first_byte_nothing_was_sent(void **state UNUSED)
{
    DESK(desk);
    struct http_reply reply;
    struct peer peer = { .count = 1, .answers = { STR("no TLS") } };
    struct str plain, secure;

    peer_listen(&peer);
    plain = url_at(&desk, &peer, "/");
    secure = arena_fmt(&desk.f.arena, "https://127.0.0.1:%u/", peer.port);
    assert_int_equal(send_to(&desk, STR("http://unknown.example/"), &reply),
                     HTTP_NOT_SENT);
    CHECK_STR(reply.reason, "the host is not known");
    peer_start(&peer);
    assert_int_equal(send_to(&desk, secure, &reply), HTTP_NOT_SENT);
    peer_end(&peer);
    assert_int_equal(send_to(&desk, plain, &reply), HTTP_NOT_SENT); /* refused */
    assert_true(str_find(reply.reason, STR("127.0.0.1 could not be asked")) == 0);
    assert_int_equal(desk.f.op.err.kind, 0);
}

static void whoever_slept_past_the_last_moment_sends_nothing(void **state UNUSED)
{
    DESK(desk);
    struct http_reply reply;
    struct peer peer;

    desk.f.op.ask_until = 1; /* long ago, on the monotonic clock */
    assert_int_equal(exchange(&desk, STR("HTTP/1.1 204 No\r\n\r\n"), false,
                              (struct http_call){ .method = STR("POST") }, &reply, &peer),
                     HTTP_NOT_SENT);
    assert_int_equal(peer.asked[0][0], 0);
    desk.f.op.ask_until = INT64_MAX;
    assert_int_equal(exchange(&desk, STR("HTTP/1.1 204 No\r\n\r\n"), false,
                              (struct http_call){ .method = STR("POST") }, &reply, &peer),
                     0);
}

static void what_the_gate_refuses_is_never_asked(void **state UNUSED)
{
    static const struct {
        const char *before, *after; /* of the port */
    } urls[] = {
        { "http://here.example:", "/" },
        { "http://127.0.0.2:", "/" },
        { "http://[::ffff:127.0.0.1]:", "/" },
        { "http://0.0.0.0:", "/" },
        { "http://127.1:", "/" },
        { "ftp://127.0.0.1:", "/" },
        { "http://127.0.0.1:", "@x/" },
    };
    DESK(desk);
    struct peer peer = { .count = 1, .answers = { STR("x") } };
    struct http_reply reply;

    peer_listen(&peer);
    peer_start(&peer);
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct str text =
            arena_fmt(&desk.f.arena, "%s%u%s", urls[i].before, peer.port, urls[i].after);

        assert_int_equal(send_to(&desk, text, &reply), HTTP_REFUSED);
        assert_true(reply.reason.n > 0);
    }
    peer_end(&peer);
    assert_int_equal(peer.turns, 0);
}

static struct str redirect_to(struct desk *desk, const char *scheme_and_host,
                              uint16_t port, const char *path)
{
    return arena_fmt(
        &desk->f.arena,
        "HTTP/1.1 302 Found\r\nLocation: %s:%u%s\r\nContent-Length: 0\r\n\r\n",
        scheme_and_host, port, path);
}

static void redirects_are_followed_and_checked_again(void **state UNUSED)
{
    DESK(desk);
    struct peer peer = { .count = 2 };
    struct http_call call = { .follow_redirects = true };
    struct http_reply reply;

    peer_listen(&peer);
    peer.answers[0] = redirect_to(&desk, "http://localhost", peer.port, "/b");
    peer.answers[1] = STR("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    peer_start(&peer);
    call.url = url_at(&desk, &peer, "/a");
    http_add(&desk.f.arena, &call.headers, STR("Authorization"), STR("Bearer s"));
    http_add(&desk.f.arena, &call.headers, STR("X-Kept"), STR("1"));
    assert_int_equal(http_send(&desk.f.op, &call, &reply), 0);
    peer_end(&peer);
    CHECK_STR(reply.body, "ok");
    assert_true(str_starts(reply.url, STR("http://localhost:")));
    assert_non_null(strstr(peer.asked[0], "Authorization: Bearer s"));
    assert_null(strstr(peer.asked[1], "Authorization"));
    assert_non_null(strstr(peer.asked[1], "X-Kept: 1"));
}

static void
a_credential_goes_to_its_site_and_stays_behind_at_a_redirect(void **state UNUSED)
{
    DESK(desk);
    struct peer peer = { .count = 2 };
    struct http_call call = { .follow_redirects = true };
    struct http_reply reply;

    peer_listen(&peer);
    peer.answers[0] = redirect_to(&desk, "http://localhost", peer.port, "/b");
    peer.answers[1] = STR("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    peer_start(&peer);
    call.url = url_at(&desk, &peer, "/a");
    call.credential.site = url_at(&desk, &peer, "/another/page");
    call.credential.authorization = STR("Basic s\r\nX-Split: 1");
    assert_int_equal(http_send(&desk.f.op, &call, &reply), 0);
    peer_end(&peer);
    assert_non_null(strstr(peer.asked[0], "\r\nAuthorization: Basic s  X-Split: 1\r\n"));
    assert_null(strstr(peer.asked[1], "Authorization"));
}

static void a_credential_of_another_site_sends_nothing(void **state UNUSED)
{
    /* Another scheme, another name, another port, none. */
    static const char *const sites[] = { "https://127.0.0.1:", "http://localhost:",
                                         "http://127.0.0.1:1", "no address " };

    for (size_t i = 0; i < COUNT_OF(sites); i++) {
        DESK(desk);
        struct peer peer = { .count = 0 };
        struct http_call call = { .credential.authorization = STR("Basic s") };
        struct http_reply reply;

        peer_listen(&peer);
        peer_start(&peer);
        call.url = url_at(&desk, &peer, "/a");
        call.credential.site = arena_fmt(&desk.f.arena, "%s%u/", sites[i], peer.port);
        assert_int_equal(http_send(&desk.f.op, &call, &reply), HTTP_REFUSED);
        CHECK_STR(reply.reason, "what proves who we are was given for another address");
        peer_end(&peer);
        assert_int_equal(peer.turns, 0);
    }
}

/* Anybody on the way could read it. The address is one of the world's that nobody has any
 * more; nothing is sent. */
static void a_credential_leaves_the_house_with_tls_alone(void **state UNUSED)
{
    DESK(desk);
    struct http_call call = { .url = STR("http://[3ffe::1]/"),
                              .credential.site = STR("http://[3ffe::1]/"),
                              .credential.authorization = STR("Basic s") };
    struct http_reply reply;

    assert_int_equal(http_send(&desk.f.op, &call, &reply), HTTP_REFUSED);
    CHECK_STR(reply.reason, "what proves who we are is not sent without TLS: the address "
                            "must begin with https://");
}

static void a_redirect_does_not_open_the_gate(void **state UNUSED)
{
    static const char *const targets[] = { "http://127.0.0.2", "http://here.example",
                                           "http://127.1", "file://127.0.0.1" };
    DESK(desk);

    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        struct peer peer = { .count = 2, .answers = { [1] = STR("x") } };
        struct http_call call = { .follow_redirects = true };
        struct http_reply reply;

        peer_listen(&peer);
        peer.answers[0] = redirect_to(&desk, targets[i], peer.port, "/");
        peer_start(&peer);
        call.url = url_at(&desk, &peer, "/a");
        assert_int_equal(http_send(&desk.f.op, &call, &reply), HTTP_REFUSED);
        peer_end(&peer);
        assert_int_equal(peer.turns, 1);
    }
}

static void redirects_have_a_ceiling(void **state UNUSED)
{
    DESK(desk);
    struct peer peer = { .count = MAX_TURNS };
    struct http_call call = { .follow_redirects = true };
    struct http_reply reply;

    peer_listen(&peer);
    for (unsigned i = 0; i < MAX_TURNS; i++)
        peer.answers[i] = redirect_to(&desk, "http://127.0.0.1", peer.port, "/");
    peer_start(&peer);
    call.url = url_at(&desk, &peer, "/a");
    assert_int_equal(http_send(&desk.f.op, &call, &reply), HTTP_REFUSED);
    CHECK_STR(reply.reason, "the redirect was not followed: there are too many");
    peer_end(&peer);
    assert_int_equal(peer.turns, CLIENT_MAX_REDIRECTS + 1);
}

static void a_post_is_never_redirected(void **state UNUSED)
{
    DESK(desk);
    struct peer peer = { .count = 2, .answers = { [1] = STR("x") } };
    struct http_call call = { .method = STR("POST"), .follow_redirects = true };
    struct http_reply reply;

    peer_listen(&peer);
    peer.answers[0] = redirect_to(&desk, "http://127.0.0.1", peer.port, "/");
    peer_start(&peer);
    call.url = url_at(&desk, &peer, "/a");
    assert_int_equal(http_send(&desk.f.op, &call, &reply), 0);
    assert_int_equal(reply.status, 302);
    peer_end(&peer);
    assert_int_equal(peer.turns, 1);
}

static void proxies_of_the_environment_are_ignored(void **state UNUSED)
{
    static char proxy[] = "http_proxy=http://127.0.0.1:1",
                all[] = "ALL_PROXY=http://127.0.0.1:1";
    DESK(desk);
    struct http_reply reply;
    struct peer peer;

    putenv(proxy);
    putenv(all);
    assert_int_equal(exchange(&desk, STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                              false, (struct http_call){ 0 }, &reply, &peer),
                     0);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
}

static void on_request(struct exchange *exchange_, void *ctx UNUSED)
{
    exchange_answer(exchange_, &(struct http_answer){ .body = STR("{}") });
}

static void a_certificate_must_be_vouched_for_and_fit_the_name(void **state UNUSED)
{
    PAPERS(papers);
    DESK(desk);
    struct server_config config = { .listen = STR("127.0.0.1:0"),
                                    .certificate = papers.certificate,
                                    .key = papers.key,
                                    .on_request = on_request };
    struct server *server;
    struct http_reply reply;
    struct str port, named, numeric;

    assert_int_equal(server_start(&desk.f.op, &config, &server), 0);
    str_cut(server_address(server), ':', &port);
    named = arena_fmt(&desk.f.arena, "https://localhost:" STR_FMT "/", STR_ARG(port));
    numeric = arena_fmt(&desk.f.arena, "https://127.0.0.1:" STR_FMT "/", STR_ARG(port));
    assert_int_equal(send_to(&desk, named, &reply), HTTP_NOT_SENT);
    desk.client.authorities = papers.certificate;
    assert_int_equal(send_to(&desk, named, &reply), 0);
    assert_int_equal(reply.status, 200);
    assert_int_equal(send_to(&desk, numeric, &reply), HTTP_NOT_SENT);
    server_free(server);
}

static void retry_after_is_a_number_or_a_date(void **state UNUSED)
{
    static const struct {
        const char *value, *date;
        unsigned seconds;
    } cases[] = {
        { "120", "", 120 },
        { "0", "", 0 },
        { "", "", 0 },
        { "-1", "", 0 },
        { "soon", "", 0 },
        { "99999999999", "", INT32_MAX },
        { "Mon, 02 Nov 2026 08:01:30 GMT", "", 90 },
        { "Mon, 02 Nov 2026 07:59:59 GMT", "", 0 },
        { "Mon, 02 Nov 2026 09:00:10 GMT", "Mon, 02 Nov 2026 09:00:00 GMT", 10 },
        { "Mon, 02 Nov 2026 08:01:30 GMT", "yesterday", 90 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(
            http_retry_after(str_of(cases[i].value), str_of(cases[i].date), FIXTURE_NOW),
            cases[i].seconds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_comes_back_with_its_parts),
        cmocka_unit_test(each_method_sends_what_it_should),
        cmocka_unit_test(after_the_first_byte_it_may_have_left),
        cmocka_unit_test(an_answer_has_a_ceiling),
        cmocka_unit_test(the_head_of_an_answer_has_a_ceiling),
        cmocka_unit_test(before_the_first_byte_nothing_was_sent),
        cmocka_unit_test(whoever_slept_past_the_last_moment_sends_nothing),
        cmocka_unit_test(what_the_gate_refuses_is_never_asked),
        cmocka_unit_test(redirects_are_followed_and_checked_again),
        cmocka_unit_test(a_credential_goes_to_its_site_and_stays_behind_at_a_redirect),
        cmocka_unit_test(a_credential_of_another_site_sends_nothing),
        cmocka_unit_test(a_credential_leaves_the_house_with_tls_alone),
        cmocka_unit_test(a_redirect_does_not_open_the_gate),
        cmocka_unit_test(redirects_have_a_ceiling),
        cmocka_unit_test(a_post_is_never_redirected),
        cmocka_unit_test(proxies_of_the_environment_are_ignored),
        cmocka_unit_test(a_certificate_must_be_vouched_for_and_fit_the_name),
        cmocka_unit_test(retry_after_is_a_number_or_a_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
