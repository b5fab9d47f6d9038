/* test_api_stream.c - the event stream over a real connection. */
#include "office.h"

#include <unistd.h>

#include "net/server.h"
#include "raw.h"

/* An office with its doors open. */
struct agency {
    struct office o;
    struct server *server;
};

static void agency_end(struct agency *a)
{
    server_stop(a->server, 1000);
    api_server_stop(a->o.api);
    server_free(a->server);
    office_end(&a->o);
}

static void agency_begin(struct agency *a)
{
    struct server_config config = { .listen = STR("127.0.0.1:0"),
                                    .on_request = api_on_request,
                                    .max_body = api_max_body };

    office_begin(&a->o, ON_MEMORY);
    config.ctx = a->o.api;
    api_server_start(a->o.api);
    CHECK_OK(&a->o.f, server_start(&a->o.f.op, &config, &a->server));
}

#define AGENCY(name)                                                                     \
    CLEANUP(agency_end) struct agency name;                                              \
    agency_begin(&name)

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* A connection that asked for the stream; the answer's head is read. */
static int follow(struct agency *a, const struct caller *who, const char *last,
                  int status)
{
    struct arena *arena = &a->o.f.arena;
    int fd = raw_connect(server_address(a->server));
    struct raw_answer head;
    struct str more = STR("");

    if (who->cookie.p)
        more = arena_fmt(arena, "Cookie: " STR_FMT "\r\n", STR_ARG(who->cookie));
    if (who->token.p)
        more = arena_fmt(arena, "Authorization: Bearer " STR_FMT "\r\n",
                         STR_ARG(who->token));
    raw_send(fd, arena_fmt(
                     arena,
                     "GET /api/v1/events HTTP/1.1\r\nHost: x\r\n" STR_FMT "%s%s\r\n\r\n",
                     STR_ARG(more), last ? "Last-Event-ID: " : "X: y", last ? last : ""));
    assert_true(raw_read_head(arena, fd, &head));
    assert_int_equal(head.status, status);
    return fd;
}

/* Read until `text` has come; all that came since the call. */
static struct str read_until(struct agency *a, int fd, const char *text)
{
    struct strbuf seen = STRBUF(&a->o.f.arena);

    while (str_find(strbuf_str(&seen), str_of(text)) < 0) {
        struct str chunk = raw_read_chunk(&a->o.f.arena, fd);
        if (chunk.n == 0)
            fail_msg("the stream ended before \"%s\"", text);
        strbuf_add(&seen, chunk);
    }
    return strbuf_str(&seen);
}

static void check_ends(struct agency *a, int fd)
{
    while (raw_read_chunk(&a->o.f.arena, fd).n > 0)
        continue;
}

static void make_department(struct agency *a, int n)
{
    assert_int_equal(ask_fmt(&a->o, &a->o.admin, "POST", "/api/v1/departments",
                             "{\"name\":\"D%d\"}", n),
                     201);
}

static int64_t last_seq(struct agency *a)
{
    assert_int_equal(ask(&a->o, &a->o.admin, "GET", "/api/v1/audit?limit=1", NULL), 200);
    return seen(&a->o, "last_seq")->integer;
}

/* Every event's "id: N" in the text, which must rise by one from `*at`. What is told at
 * the opening says where it begins and is no event. */
static void check_gapless(struct str text, int64_t *at)
{
    ptrdiff_t found;

    while ((found = str_find(text, STR("id: "))) >= 0) {
        int64_t seq;
        text = str_sub(text, (size_t)found + 4, text.n);
        assert_true(str_to_i64(str_cut(text, '\n', &text), &seq));
        assert_int_equal(seq, str_starts(text, STR("event: ")) ? *at + 1 : *at);
        *at = seq;
    }
}

static const char *mark(struct agency *a, int64_t seq)
{
    return arena_fmt(&a->o.f.arena, "id: %lld\n", (long long)seq).p;
}

static void a_stream_resumes_without_gap_or_repeat(void **state)
{
    AGENCY(a);
    int64_t at = 0, last;

    (void)state;
    for (int round = 0; round < 3; round++) {
        struct str from = arena_fmt(&a.o.f.arena, "%lld", (long long)at);
        CLEANUP(close_fd) int fd = follow(&a, &a.o.admin, from.p, 200);
        for (int i = 0; i < 150; i++)
            make_department(&a, round * 1000 + i);
        last = last_seq(&a);
        check_gapless(read_until(&a, fd, mark(&a, last)), &at);
        assert_int_equal(at, last);
        /* While nobody listens the log goes on. */
        for (int i = 150; i < 500; i++)
            make_department(&a, round * 1000 + i);
    }
}

static void without_a_place_a_stream_begins_now(void **state)
{
    AGENCY(a);
    CLEANUP(close_fd) int fd = follow(&a, &a.o.admin, NULL, 200);
    int64_t at = last_seq(&a), before = at;

    (void)state;
    make_department(&a, 1);
    check_gapless(read_until(&a, fd, "event: department.created\n"), &at);
    assert_int_equal(at, before + 1);
}

/* Else who goes before the first event and comes back misses what happened meanwhile. */
static void a_stream_says_where_it_begins(void **state)
{
    static const char *const asked[] = { NULL, "1", "999999" };
    AGENCY(a);

    (void)state;
    make_department(&a, 1);
    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        CLEANUP(close_fd) int fd = follow(&a, &a.o.admin, asked[i], 200);
        int64_t begin = i == 1 ? 1 : last_seq(&a);
        struct str told = read_until(&a, fd, "retry: 2000\n\n");

        assert_true(str_starts(told, str_of(mark(&a, begin))));
        assert_true(str_find(told, STR("data:")) < 0);
    }
}

static void a_stream_ends_with_its_session(void **state)
{
    AGENCY(a);
    struct caller second = { 0 };
    CLEANUP(close_fd) int fd = -1;

    (void)state;
    assert_int_equal(log_in(&a.o, &second, "ada@example.org", OFFICE_PASSWORD), 201);
    fd = follow(&a, &second, NULL, 200);
    CLEANUP(close_fd) int other = follow(&a, &a.o.admin, NULL, 200);
    assert_int_equal(ask(&a.o, &second, "DELETE", "/api/v1/sessions/current", NULL), 204);
    check_ends(&a, fd);
    make_department(&a, 1);
    read_until(&a, other, "department.created");
}

static void a_stream_ends_when_its_owner_may_not_read_any_more(void **state)
{
    AGENCY(a);
    struct caller eva = caller_new(&a.o, "eva@example.org", "agent");
    CLEANUP(close_fd) int fd = follow(&a, &eva, NULL, 200);
    struct str id, path;

    (void)state;
    assert_int_equal(ask(&a.o, &eva, "GET", "/api/v1/me", NULL), 200);
    id = seen_text(&a.o, "account.id");
    path = arena_fmt(&a.o.f.arena, "/api/v1/users/" STR_FMT, STR_ARG(id));
    assert_int_equal(ask(&a.o, &a.o.admin, "PATCH", path.p, "{\"disabled\":true}"), 200);
    check_ends(&a, fd);
}

static void colleagues_do_not_see_what_happens_to_accounts(void **state)
{
    AGENCY(a);
    struct caller eva = caller_new(&a.o, "eva@example.org", "agent");
    CLEANUP(close_fd) int hers = follow(&a, &eva, "0", 200);
    CLEANUP(close_fd) int admins = follow(&a, &a.o.admin, "0", 200);
    struct str text;

    (void)state;
    caller_new(&a.o, "max@example.org", "agent");
    make_department(&a, 1);
    text = read_until(&a, hers, "department.created");
    assert_true(str_find(text, STR("account.")) < 0);
    assert_true(str_find(text, STR("role.")) < 0);
    text = read_until(&a, admins, "department.created");
    assert_true(str_find(text, STR("event: account.created\n")) > 0);
}

static void who_may_not_follow_is_told_so(void **state)
{
    AGENCY(a);
    struct caller nobody = { 0 }, old = { .token = STR("drt_old") };
    struct caller writer = token_of(&a.o, &a.o.admin, "[\"note\"]");
    CLEANUP(close_fd) int one UNUSED = follow(&a, &nobody, NULL, 401);
    CLEANUP(close_fd) int two UNUSED = follow(&a, &old, NULL, 401);
    CLEANUP(close_fd) int three UNUSED = follow(&a, &writer, NULL, 403);
    CLEANUP(close_fd) int four UNUSED = follow(&a, &a.o.admin, "abc", 422);
    CLEANUP(close_fd) int five = follow(&a, &a.o.admin, "999999", 200);

    (void)state;
    make_department(&a, 1);
    read_until(&a, five, "department.created");
}

static void an_account_has_twenty_streams_and_the_oldest_ends(void **state)
{
    AGENCY(a);
    int fds[21];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        fds[i] = follow(&a, &a.o.admin, NULL, 200);
        read_until(&a, fds[i], "retry:");
    }
    check_ends(&a, fds[0]);
    make_department(&a, 1);
    for (size_t i = 1; i < COUNT_OF(fds); i++)
        read_until(&a, fds[i], "department.created");
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        close(fds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_resumes_without_gap_or_repeat),
        cmocka_unit_test(without_a_place_a_stream_begins_now),
        cmocka_unit_test(a_stream_says_where_it_begins),
        cmocka_unit_test(a_stream_ends_with_its_session),
        cmocka_unit_test(a_stream_ends_when_its_owner_may_not_read_any_more),
        cmocka_unit_test(colleagues_do_not_see_what_happens_to_accounts),
        cmocka_unit_test(who_may_not_follow_is_told_so),
        cmocka_unit_test(an_account_has_twenty_streams_and_the_oldest_ends),
    };
    return cmocka_run_group_tests_name("api_stream", tests, NULL, NULL);
}
