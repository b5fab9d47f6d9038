/* test_net_parse.c - what is a request, what is refused, and with which status. */
#include "fixture.h"

#include <dirent.h>

#include "net/parse.h"

#define VECTORS "../shared/suites/llhttp-vectors/test/request"

/* Everything a test wants to know about a row of pipelined requests. */
struct seen {
    unsigned requests; /* complete ones */
    int status;        /* of a refusal; 0: none */
    const char *reason;
    bool keep_alive; /* after the last complete one */
    struct http_request rq;
};

/* Feed `input` in pieces of `step` bytes until it is used up or refused. */
static struct seen feed(struct arena *arena, struct str input, size_t step)
{
    struct seen seen = { .keep_alive = true };
    struct parser parser;
    struct str piece = { "", 0 };
    bool again = false;

    parser_begin(&parser, arena);
    while (seen.status == 0 && seen.keep_alive && (input.n > 0 || piece.n > 0 || again)) {
        if (piece.n == 0 && !again) {
            piece = str_sub(input, 0, step);
            input = str_sub(input, piece.n, input.n);
        }
        again = false;
        switch (parser_feed(&parser, &piece)) {
        case PARSE_MORE:
            assert_int_equal(piece.n, 0);
            break;
        case PARSE_HEAD:
            parser.max_body = KIB(64);
            again = true;
            break;
        case PARSE_DONE:
            seen.requests++;
            seen.keep_alive = parser.keep_alive;
            seen.rq = parser.rq;
            parser_begin(&parser, arena);
            break;
        case PARSE_REFUSED:
            seen.status = parser.status;
            seen.reason = parser.reason;
            break;
        }
    }
    parser_release(&parser);
    return seen;
}

struct probe {
    const char *title, *input;
    int status; /* 0: accepted */
};

static const struct probe probes[] = {
    { "plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0 },
    { "1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0 },
    { "absolute target", "GET http://a:80/x?y HTTP/1.1\r\nHost: b\r\n\r\n", 0 },
    { "chunked",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      0 },
    { "chunk extension and trailer",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "Chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n",
      0 },
    { "empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 0 },
    { "empty field", "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", 0 },
    { "upgrade ignored",
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", 0 },
    { "both lengths",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n",
      400 },
    { "both lengths, the other way",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
      "5\r\n\r\n0\r\n\r\n",
      400 },
    { "two lengths",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      400 },
    { "twice the same length",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
      400 },
    { "length list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
      400 },
    { "length +2", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nab", 400 },
    { "length -1", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400 },
    { "length 0x2", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\nab", 400 },
    { "length overflow",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\na",
      400 },
    { "field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400 },
    { "first field without a name", "GET / HTTP/1.1\r\n: x\r\nHost: a\r\n\r\n", 400 },
    { "blank before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
    { "bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400 },
    { "bare LF in the fields", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400 },
    { "lone CR", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400 },
    { "missing Host", "GET / HTTP/1.1\r\n\r\n", 400 },
    { "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
    { "Host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
    { "Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400 },
    { "folded field", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400 },
    { "folded with a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n", 400 },
    { "folded transfer encoding",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
      400 },
    { "blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400 },
    { "chunked, identity",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, "
      "identity\r\n\r\n0\r\n\r\n",
      400 },
    { "gzip, chunked",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      400 },
    { "chunked twice",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0\r\n\r\n",
      400 },
    { "xchunked",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400 },
    { "chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400 },
    { "chunk size overflow",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n10000000000000001\r\na\r\n0\r\n\r\n",
      400 },
    { "chunk size with a sign",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n",
      400 },
    { "chunk size 0x3",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
      400 },
    { "chunk longer than said",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
      400 },
    { "LF in a chunk extension",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3;x\nabc\r\n0\r\n\r\n",
      400 },
    { "other expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417 },
    { "no target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "target without slash", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "target with a fragment", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "target with a user", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "target of another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "star", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "raw UTF-8 in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "tunnel", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501 },
    { "trace", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501 },
    { "unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "lower case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
    { "version 0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505 },
    { "version 2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505 },
    { "version 1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505 },
    { "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505 },
    { "TLS on a plain port", "\x16\x03\x01\x02", 400 },
};

static void every_probe_gets_its_status_however_it_is_cut(void **state UNUSED)
{
    for (size_t i = 0; i < COUNT_OF(probes); i++) {
        for (size_t step = 1; step < 200; step = step < 4 ? step + 1 : step * 3) {
            ARENA(arena);
            struct seen seen = feed(&arena, str_of(probes[i].input), step);

            if (seen.status != probes[i].status)
                print_error("probe \"%s\", steps of %zu: %s\n", probes[i].title, step,
                            seen.reason ? seen.reason : "accepted");
            assert_int_equal(seen.status, probes[i].status);
            assert_int_equal(seen.requests, probes[i].status ? 0 : 1);
        }
    }
}

static void a_nul_in_a_field_is_refused(void **state UNUSED)
{
    ARENA(arena);

    assert_int_equal(
        feed(&arena, STR("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"), 999).status,
        400);
    assert_int_equal(feed(&arena, STR("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"), 999).status,
                     400);
}

static void the_parts_of_a_request_arrive(void **state UNUSED)
{
    static const char input[] = "POST /a%20b/c?d=e&f HTTP/1.1\r\nHost: h:80\r\n"
                                "X-Empty:\r\nX-Blank:  v v\t \r\n"
                                "Content-Length: 4\r\n\r\nbody";

    for (size_t step = 1; step < 200; step++) {
        ARENA(arena);
        struct seen seen = feed(&arena, str_of(input), step);

        assert_int_equal(seen.requests, 1);
        CHECK_STR(seen.rq.method, "POST");
        CHECK_STR(seen.rq.target, "/a%20b/c?d=e&f");
        CHECK_STR(seen.rq.path, "/a%20b/c");
        CHECK_STR(seen.rq.query, "d=e&f");
        CHECK_STR(seen.rq.host, "h:80");
        CHECK_STR(seen.rq.body, "body");
        assert_int_equal(seen.rq.headers.count, 4);
        CHECK_STR(http_header(&seen.rq, "x-blank"), "v v");
        assert_non_null(http_header(&seen.rq, "x-empty").p);
        assert_int_equal(http_header(&seen.rq, "x-empty").n, 0);
        assert_null(http_header(&seen.rq, "x-none").p);
    }
}

static void an_absolute_target_names_the_host(void **state UNUSED)
{
    ARENA(arena);
    struct seen seen =
        feed(&arena, STR("GET http://one:81?q HTTP/1.1\r\nHost: two\r\n\r\n"), 999);

    CHECK_STR(seen.rq.host, "one:81");
    CHECK_STR(seen.rq.path, "/");
    CHECK_STR(seen.rq.query, "q");
}

static void pipelined_requests_are_told_apart(void **state UNUSED)
{
    static const char input[] =
        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
        "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\r\n"
        "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
        "chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
        "GET /4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        "GET /5 HTTP/1.1\r\nHost: a\r\n\r\n";

    for (size_t step = 1; step < sizeof(input); step++) {
        ARENA(arena);
        struct seen seen = feed(&arena, str_of(input), step);

        assert_int_equal(seen.requests, 4); /* what follows "close" is not read */
        assert_false(seen.keep_alive);
        CHECK_STR(seen.rq.path, "/4");
    }
}

/* `count` bytes of `c`. */
static struct str run_of(struct arena *arena, char c, size_t count)
{
    char *bytes = arena_alloc(arena, 1, 1, count);

    memset(bytes, c, count);
    return (struct str){ bytes, count };
}

static int status_of_line(size_t length)
{
    ARENA(arena);
    struct str filler = run_of(&arena, 'a', length - strlen("GET / HTTP/1.1"));
    struct str input = arena_fmt(&arena, "GET /" STR_FMT " HTTP/1.1\r\nHost: a\r\n\r\n",
                                 STR_ARG(filler));

    return feed(&arena, input, 1000).status;
}

static void a_request_line_has_a_ceiling(void **state UNUSED)
{
    assert_int_equal(status_of_line(SERVER_MAX_LINE), 0);
    assert_int_equal(status_of_line(SERVER_MAX_LINE + 1), 414);
    assert_int_equal(status_of_line(60000), 414);
}

static int status_of_head(size_t length)
{
    ARENA(arena);
    size_t rest = strlen("Host: a\r\nX: \r\n\r\n");
    struct str filler = run_of(&arena, 'a', length - rest);
    struct str input = arena_fmt(
        &arena, "GET / HTTP/1.1\r\nHost: a\r\nX: " STR_FMT "\r\n\r\n", STR_ARG(filler));

    return feed(&arena, input, 1000).status;
}

static void the_fields_have_a_ceiling_together(void **state UNUSED)
{
    assert_int_equal(status_of_head(SERVER_MAX_HEAD), 0);
    assert_int_equal(status_of_head(SERVER_MAX_HEAD + 1), 431);
    assert_int_equal(status_of_head(100 * 1024), 431);
}

static int status_of_fields(unsigned count)
{
    ARENA(arena);
    struct strbuf input = STRBUF(&arena);

    strbuf_add(&input, STR("GET / HTTP/1.1\r\nHost: a\r\n"));
    for (unsigned i = 1; i < count; i++)
        strbuf_fmt(&input, "X-%u: y\r\n", i);
    strbuf_add(&input, STR("\r\n"));
    return feed(&arena, strbuf_str(&input), 1000).status;
}

static void the_number_of_fields_has_a_ceiling(void **state UNUSED)
{
    assert_int_equal(status_of_fields(SERVER_MAX_FIELDS), 0);
    assert_int_equal(status_of_fields(SERVER_MAX_FIELDS + 1), 431);
}

static int status_of_body(size_t length, bool chunked)
{
    ARENA(arena);
    struct str body = run_of(&arena, 'b', length);
    struct str input;

    if (chunked)
        input = arena_fmt(&arena,
                          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                          "\r\n%x\r\n" STR_FMT "\r\n1\r\nb\r\n0\r\n\r\n",
                          (unsigned)length - 1, (int)length - 1, body.p);
    else
        input = arena_fmt(&arena,
                          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n"
                          "\r\n" STR_FMT,
                          length, STR_ARG(body));
    return feed(&arena, input, 5000).status;
}

static void a_body_has_the_ceiling_of_its_route(void **state UNUSED)
{
    for (int chunked = 0; chunked < 2; chunked++) {
        assert_int_equal(status_of_body(KIB(64), chunked), 0);
        assert_int_equal(status_of_body(KIB(64) + 1, chunked), 413);
    }
}

static void a_long_body_is_refused_before_it_is_read(void **state UNUSED)
{
    static const char *const heads[] = {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
    };

    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        ARENA(arena);

        assert_int_equal(feed(&arena, str_of(heads[i]), 999).status, 413);
    }
}

static void trailers_and_extensions_do_not_go_on_for_ever(void **state UNUSED)
{
    static const char *const formats[] = {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: " STR_FMT
        "\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" STR_FMT
        "\r\nx\r\n0\r\n\r\n",
    };

    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        ARENA(arena);
        struct str filler = run_of(&arena, 'a', 17000);
        struct strbuf input = STRBUF(&arena);
        struct str format = str_of(formats[i]);
        size_t at = (size_t)str_find(format, STR(STR_FMT));

        strbuf_add(&input, str_sub(format, 0, at));
        strbuf_add(&input, filler);
        strbuf_add(&input, str_sub(format, at + strlen(STR_FMT), format.n));
        assert_int_equal(feed(&arena, strbuf_str(&input), 999).status, 400);
    }
}

/* The vectors of llhttp: Markdown with one ```http block and one ```log block for each
 * case. Line ends stand for CRLF, a backslash at the end of a line joins it with the
 * next, escapes are C's. */
static struct str unescape(struct arena *arena, struct str text)
{
    struct strbuf out = STRBUF(arena);

    if (str_ends(text, STR("\n")))
        text.n--;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i], next = i + 1 < text.n ? text.p[i + 1] : '\0';
        struct str byte;

        if (c == '\n') {
            strbuf_add(&out, STR("\r\n"));
        } else if (c == '\\' && next == 'x' &&
                   http_decode(arena, arena_fmt(arena, "%%%.2s", text.p + i + 2), false,
                               &byte)) {
            strbuf_add(&out, byte);
            i += 3;
        } else if (c == '\\' &&
                   next == 'x') { /* not UTF-8: the tests only use 7f..ff so */
            strbuf_char(&out, '\xff');
            i += 3;
        } else if (c == '\\' && memchr("rntf\n", next, 5)) {
            if (next != '\n')
                strbuf_char(&out, next == 'r'   ? '\r'
                                  : next == 'n' ? '\n'
                                  : next == 't' ? '\t'
                                                : '\f');
            i++;
        } else {
            strbuf_char(&out, c);
        }
    }
    return strbuf_str(&out);
}

/* The vectors mostly come without Host, which we insist on. */
static struct str with_host(struct arena *arena, struct str input)
{
    ptrdiff_t end;
    struct str lower = arena_dup(arena, input);

    for (size_t i = 0; i < lower.n; i++) {
        if (lower.p[i] >= 'A' && lower.p[i] <= 'Z')
            ((char *)(uintptr_t)lower.p)[i] |= 0x20;
    }
    if (str_find(lower, STR("\nhost:")) >= 0)
        return input;
    end = str_find(input, STR(" HTTP/1.1\r\n"));
    if (end < 0)
        return input;
    return arena_fmt(arena, STR_FMT "Host: a\r\n" STR_FMT, (int)end + 11, input.p,
                     STR_ARG(str_sub(input, (size_t)end + 11, input.n)));
}

/* The text of the next block ```kind at or after `*at`; moves behind it. */
static bool next_block(struct str file, const char *kind, size_t *at, struct str *ret)
{
    ptrdiff_t begin = str_find(str_sub(file, *at, file.n), str_of(kind)), end;
    size_t from;

    if (begin < 0)
        return false;
    from = *at + (size_t)begin + strlen(kind);
    end = str_find(str_sub(file, from, file.n), STR("```"));
    if (end < 0)
        return false;
    *ret = str_sub(file, from, (size_t)end);
    *at = from + (size_t)end + 3;
    return true;
}

/* Accepted by the llhttp that the vectors were written for, refused by the older one
 * that is built in: harmless, since nobody in earnest sends these. */
static bool is_beyond_our_llhttp(struct str http)
{
    static const char *const marks[] = {
        "Content-Length:\\t42\\t", /* a tab before the number */
        "QUERY /",                 /* a method from after its time */
        "5;ilovew3",               /* chunk extensions without values, or quoted */
    };

    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (str_find(http, str_of(marks[i])) >= 0)
            return true;
    }
    return false;
}

struct tally {
    unsigned refused, accepted, stricter, lenient;
};

static void run_vector(const char *file, struct str meta, struct str http, struct str log,
                       struct tally *tally)
{
    ARENA(arena);
    struct str input = with_host(&arena, unescape(&arena, http));
    struct seen seen = feed(&arena, input, 7);
    /* Error 22 pauses before another protocol, which for us is no request. */
    bool upgrade = str_find(log, STR("error code=22")) >= 0;
    bool error = str_find(log, STR("error code=")) >= 0 && !upgrade;
    bool ours =
        seen.reason && strcmp(seen.reason, "the request is not valid HTTP/1.1") != 0;

    if (error) {
        /* An error of what follows a last request is none of ours: it is not read. */
        if (seen.status == 0 && seen.keep_alive && str_find(meta, STR("finish")) < 0)
            print_error("%s: accepted, but llhttp refuses:\n" STR_FMT, file,
                        STR_ARG(http));
        else
            tally->refused++;
    } else if (str_find(meta, STR("lenient")) >= 0) {
        tally->lenient++;
    } else if (seen.status == 0 || (upgrade && seen.requests == 1)) {
        tally->accepted++;
    } else if (ours || is_beyond_our_llhttp(http)) {
        tally->stricter++;
    } else {
        print_error("%s: refused (%d), but llhttp accepts:\n" STR_FMT, file, seen.status,
                    STR_ARG(http));
    }
}

static unsigned run_file(struct str file, const char *name, struct tally *tally)
{
    size_t at = 0;
    unsigned count = 0;
    struct str meta, http, log;

    while (next_block(file, "<!-- meta=", &(size_t){ at }, &meta)) {
        ptrdiff_t begin = str_find(str_sub(file, at, file.n), STR("<!-- meta="));

        at += (size_t)begin;
        meta = str_sub(file, at, 120);
        meta = str_cut(meta, '\n', &(struct str){ NULL, 0 });
        if (!next_block(file, "```http\n", &at, &http) ||
            !next_block(file, "```log\n", &at, &log))
            break;
        run_vector(name, meta, http, log, tally);
        count++;
    }
    return count;
}

static void
the_vectors_of_llhttp_are_refused_and_accepted_as_they_say(void **state UNUSED)
{
    DIR *folder = opendir(VECTORS);
    struct tally tally = { 0 };
    unsigned count = 0;

    if (!folder) {
        print_message("SKIP: %s is not there\n", VECTORS);
        skip();
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        ARENA(arena);
        struct str path = arena_fmt(&arena, VECTORS "/%s", entry->d_name);
        struct str file = { NULL, 0 };

        if (str_ends(path, STR(".md")))
            file = fixture_read_file(&arena, arena_cstr(&arena, path));
        count += run_file(file, entry->d_name, &tally);
    }
    closedir(folder);
    print_message("%u vectors: %u refused, %u accepted, %u refused by rules of ours, "
                  "%u need a lenient parser\n",
                  count, tally.refused, tally.accepted, tally.stricter, tally.lenient);
    assert_true(count > 100);
    assert_int_equal(count,
                     tally.refused + tally.accepted + tally.stricter + tally.lenient);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_probe_gets_its_status_however_it_is_cut),
        cmocka_unit_test(a_nul_in_a_field_is_refused),
        cmocka_unit_test(the_parts_of_a_request_arrive),
        cmocka_unit_test(an_absolute_target_names_the_host),
        cmocka_unit_test(pipelined_requests_are_told_apart),
        cmocka_unit_test(a_request_line_has_a_ceiling),
        cmocka_unit_test(the_fields_have_a_ceiling_together),
        cmocka_unit_test(the_number_of_fields_has_a_ceiling),
        cmocka_unit_test(a_body_has_the_ceiling_of_its_route),
        cmocka_unit_test(a_long_body_is_refused_before_it_is_read),
        cmocka_unit_test(trailers_and_extensions_do_not_go_on_for_ever),
        cmocka_unit_test(the_vectors_of_llhttp_are_refused_and_accepted_as_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
