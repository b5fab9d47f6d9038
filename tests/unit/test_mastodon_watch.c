/* test_mastodon_watch.c - a server of Mastodon's interface that says when something is
 * new, as a scripted one says it and as a real one was recorded. The recordings lie
 * outside this repository; without them their test skips. */
#include "mastodon_script.h"

#include <unistd.h>

#include "net/wire.h"

#define RECORDED                                                                         \
    "../shared/suites/rec-mastodon-py/tests/cassettes/test_stream_user_direct.yaml"

/* What the other end says, and what it heard. */
struct stream {
    struct dialer base;
    struct wire wire;
    const char *rest;
    struct strbuf heard;
    struct str host;
    int64_t port;
    bool refuses_tls, secured;
};

static int transmit(struct op *op UNUSED, struct wire *wire, struct str bytes)
{
    struct stream *stream = CONTAINER_OF(wire, struct stream, wire);

    assert_true(stream->secured); /* nothing leaves before */
    strbuf_add(&stream->heard, bytes);
    return 0;
}

static int receive(struct op *op UNUSED, struct wire *wire, char *to, size_t room UNUSED,
                   size_t *ret_n)
{
    struct stream *stream = CONTAINER_OF(wire, struct stream, wire);

    if (!*stream->rest) {
        wire->why = STR("it ended the connection");
        return WIRE_BROKEN;
    }
    *to = *stream->rest++;
    *ret_n = 1;
    return 0;
}

static int secure(struct op *op UNUSED, struct wire *wire)
{
    struct stream *stream = CONTAINER_OF(wire, struct stream, wire);

    stream->secured = !stream->refuses_tls;
    return stream->secured ? 0 : WIRE_REFUSED;
}

static int hold(struct wire *wire UNUSED)
{
    return 5;
}

static int take(struct wire *wire UNUSED, char *to UNUSED, size_t room UNUSED,
                size_t *ret_n UNUSED)
{
    return WIRE_BROKEN;
}

static int open_stream(struct op *op UNUSED, const struct dialer *base,
                       const struct dial *dial, struct wire **ret, struct str *ret_why)
{
    struct stream *stream =
        CONTAINER_OF((struct dialer *)(uintptr_t)base, struct stream, base);

    stream->host = dial->host;
    stream->port = dial->port;
    if (!stream->rest) {
        *ret_why = STR("nobody answers");
        return WIRE_NOT_OPENED;
    }
    stream->wire = (struct wire){ .transmit = transmit,
                                  .receive = receive,
                                  .secure = secure,
                                  .hold = hold,
                                  .take = take };
    *ret = &stream->wire;
    return 0;
}

static int begin(struct fixture *f, struct setup *s, struct stream *stream,
                 const char *told, const char *says, struct watch *ret)
{
    struct receipt receipt = { .reason = STR("") };

    set_up(f, s);
    *stream = (struct stream){ .base.open = open_stream,
                               .rest = says,
                               .heard = STRBUF(&f->arena),
                               .refuses_tls = stream->refuses_tls };
    f->world.dialer = &stream->base;
    s->script.replies[0] = script_answer(200, told);
    return connector_mastodon.watch(&f->op, &s->connection, STR(""), ret, &receipt);
}

#define TOLD(address) "{\"urls\":{\"streaming_api\":\"" address "\"}}"
#define HEAD(status)                                                                     \
    "HTTP/1.1 " status "\r\nX-Powered-By: Express\r\ncontent-type: "                     \
    "text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

static void who_streams_is_asked_with_the_token_over_tls(void **state UNUSED)
{
    struct stream stream = { .refuses_tls = false };
    struct watch watch;
    struct setup s;
    FIXTURE(f);

    assert_int_equal(
        begin(&f, &s, &stream, TOLD("wss://example.org"), HEAD("200 OK"), &watch), 0);
    CHECK_STR(s.script.seen[0].url, "https://example.org/api/v1/instance");
    CHECK_STR(stream.host, "example.org");
    assert_int_equal(stream.port, 443);
    CHECK_STR(strbuf_str(&stream.heard),
              "GET /api/v1/streaming/user/notification HTTP/1.1\r\nHost: example.org\r\n"
              "Accept: text/event-stream\r\nAuthorization: Bearer token\r\n\r\n");
    assert_int_equal(watch.descriptor, 5);
    assert_false(watch.news);
}

/* The token would go elsewhere, or nobody streams: then it is polled as before. */
static void who_does_not_stream_at_that_address_is_polled(void **state UNUSED)
{
    static const struct {
        const char *told, *says;
        bool refuses_tls, opens;
    } cases[] = {
        { "{}", HEAD("200 OK"), false, false },
        { TOLD(""), HEAD("200 OK"), false, false },
        { TOLD("ws://example.org"), HEAD("200 OK"), false, false },
        { TOLD("wss://streaming.example.org"), HEAD("200 OK"), false, false },
        { TOLD("wss://example.org:4000"), HEAD("200 OK"), false, false },
        { TOLD("wss://user@example.org"), HEAD("200 OK"), false, false },
        { TOLD("wss://"), HEAD("200 OK"), false, false },
        { TOLD("wss://example.org"), NULL, false, true },
        { TOLD("wss://example.org"), HEAD("200 OK"), true, true },
        { TOLD("wss://example.org"), HEAD("401 Unauthorized"), false, true },
        { TOLD("wss://example.org"), HEAD("404 Not Found"), false, true },
        { TOLD("wss://example.org"), "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
          false, true },
        { TOLD("wss://example.org"), "HTTP/1.1 200 OK\r\n", false, true },
        { TOLD("wss://example.org"), "", false, true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stream stream = { .refuses_tls = cases[i].refuses_tls };
        struct watch watch;
        struct setup s;
        FIXTURE(f);

        if (begin(&f, &s, &stream, cases[i].told, cases[i].says, &watch) != WATCH_NONE)
            fail_msg("case %zu is watched", i);
        assert_int_equal(stream.host.n > 0, cases[i].opens);
        assert_int_equal(f.op.err.kind, 0);
    }
}

static void only_a_notification_is_news(void **state UNUSED)
{
    static const struct {
        const char *line;
        int expected;
    } cases[] = {
        { "event: notification", WATCH_NEWS },
        { "event:notification", WATCH_NEWS },
        { "event: update", 0 },
        { "event: notifications_merged", 0 },
        { "data: {\"type\":\"mention\",\"event: notification\":1}", 0 },
        { ":thump", 0 },
        { ":)", 0 },
        { "1f3", 0 },
        { "", 0 },
    };
    struct stream stream = { .refuses_tls = false };
    struct watch watch;
    struct setup s;
    FIXTURE(f);

    assert_int_equal(
        begin(&f, &s, &stream, TOLD("wss://example.org"), HEAD("200 OK"), &watch), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        watch.renew(&watch);
        assert_true(watch.waiting && !watch.say.n);
        if (watch.hear(&watch, str_of(cases[i].line)) != cases[i].expected)
            fail_msg("case %zu: another outcome", i);
        assert_false(watch.waiting); /* it is still there */
    }
}

static void a_real_stream_has_its_notifications_as_news(void **state UNUSED)
{
    struct stream stream = { .refuses_tls = false };
    size_t news = 0, events = 0;
    struct watch watch;
    struct setup s;
    struct str rest;
    FIXTURE(f);

    if (access(RECORDED, R_OK) != 0) {
        print_message("not run: no recordings at " RECORDED "\n");
        skip();
    }
    assert_int_equal(
        begin(&f, &s, &stream, TOLD("wss://example.org"), HEAD("200 OK"), &watch), 0);
    rest = fixture_read_file(&f.arena, RECORDED);
    while (rest.n) {
        struct str line = str_trim(str_cut(rest, '\n', &rest));

        events += str_starts(line, STR("event: "));
        news += watch.hear(&watch, line) == WATCH_NEWS;
    }
    assert_true(events >= 4 && news >= 1 && news < events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_streams_is_asked_with_the_token_over_tls),
        cmocka_unit_test(who_does_not_stream_at_that_address_is_polled),
        cmocka_unit_test(only_a_notification_is_news),
        cmocka_unit_test(a_real_stream_has_its_notifications_as_news),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
