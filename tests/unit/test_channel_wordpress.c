/* test_channel_wordpress.c - what the connector makes of a WordPress site's answers. */
#include "script.h"

#include "base/strbuf.h"
#include "channel/wordpress.h"

static void set_up(struct fixture *f, struct setup *s)
{
    struct json *json;

    script_begin(f, s);
    CHECK_OK(f,
             json_parse(&f->op,
                        STR("{\"url\":\"https://example.org/blog/\",\"user\":\"eva\"}"),
                        &json));
    s->connection = (struct connection){ .settings = json };
    s->connection.credential.site = STR("https://example.org/blog/");
    s->connection.credential.text = STR("abcd efgh");
    s->out = (struct outbound){ .key = STR("k-1"),
                                .thread_external_id = STR("4"),
                                .parent_external_id = STR("12"),
                                .body = STR("Danke <3 & bis bald") };
    CHECK_OK(f, connector_wordpress.compose(&f->op, &s->out, &s->out.bytes));
}

static struct http_reply answer(struct fixture *f, int status, const char *body,
                                const char *total, const char *pages)
{
    struct http_reply reply = script_answer(status, body);

    if (total)
        http_add(&f->arena, &reply.headers, STR("X-WP-Total"), str_of(total));
    if (pages)
        http_add(&f->arena, &reply.headers, STR("X-WP-TotalPages"), str_of(pages));
    return reply;
}

#define DUPLICATE "{\"code\":\"comment_duplicate\",\"message\":\"Duplicate\"}"

static void the_answer_of_the_site_decides(void **state)
{
    static const struct {
        int outcome, status;
        const char *body;
        int expected;
        const char *id, *reason;
    } cases[] = {
        { 0, 201, "{\"id\":77}", 0, "77", "" },
        { 0, 201, "<html>", SEND_DOUBT, "",
          "what answers at this address is not the interface of WordPress" },
        { 0, 201, "{}", SEND_DOUBT, "",
          "the site took the reply and does not say under which number" },
        { 0, 429, "", SEND_LATER, "", "the site asks to be left alone for a while" },
        { 0, 403, "{\"code\":\"rest_comment_closed\",\"message\":\"Sorry\"}",
          SEND_REFUSED, "", "comments are closed under this post" },
        { 0, 403, "{\"code\":\"rest_forbidden_context\"}", SEND_LATER, "",
          "this user of WordPress may not moderate comments: give it the role of an "
          "editor" },
        { 0, 400, "{\"code\":\"x\",\"message\":\"It&#8217;s <b>too</b> long.\"}",
          SEND_REFUSED, "", "the site answered 400: It\xe2\x80\x99s too long." },
        { 0, 301, "", SEND_REFUSED, "",
          "the site sends callers on to : enter that address here" },
        { 0, 500, "", SEND_DOUBT, "", "the site answered 500" },
        { 0, 502, "<html>", SEND_DOUBT, "", "the site answered 502" },
        { HTTP_REFUSED, 0, "", SEND_REFUSED, "", "words" },
        { HTTP_NOT_SENT, 0, "", SEND_LATER, "", "words" },
        { HTTP_MAY_HAVE_LEFT, 0, "", SEND_DOUBT, "", "words" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s);
        s.script.outcomes[0] = cases[i].outcome;
        s.script.replies[0] = answer(&f, cases[i].status, cases[i].body, NULL, NULL);
        if (cases[i].outcome)
            s.script.replies[0].reason = STR("words");
        if (connector_wordpress.send(&f.op, &s.connection, &s.out, &receipt) !=
            cases[i].expected)
            fail_msg("case %zu: another outcome", i);
        CHECK_STR(receipt.external_id, cases[i].id);
        CHECK_STR(receipt.reason, cases[i].reason);
    }
}

static void a_reply_leaves_with_its_key_and_only_to_the_site_of_the_password(void **state)
{
    struct receipt receipt = { 0 };
    const struct http_call *seen;
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] = answer(&f, 201, "{\"id\":77}", NULL, NULL);
    assert_int_equal(connector_wordpress.send(&f.op, &s.connection, &s.out, &receipt), 0);
    seen = &s.script.seen[0];
    CHECK_STR(seen->method, "POST");
    CHECK_STR(seen->url, "https://example.org/blog/?rest_route=/wp/v2/comments");
    CHECK_STR(seen->body, "{\"post\":4,\"parent\":12,"
                          "\"content\":\"Danke &lt;3 &amp; bis bald\","
                          "\"author_user_agent\":\"Draht k-1\"}");
    CHECK_STR(seen->credential.site, "https://example.org/blog/");
    CHECK_STR(seen->credential.authorization, "Basic ZXZhOmFiY2QgZWZnaA==");
    assert_false(seen->follow_redirects);
}

static void without_a_password_nothing_is_asked_and_the_reply_waits(void **state)
{
    struct receipt receipt = { 0 };
    struct poll_page page;
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s);
    s.connection.credential.text = STR("");
    assert_int_equal(connector_wordpress.send(&f.op, &s.connection, &s.out, &receipt),
                     SEND_LATER);
    assert_int_equal(
        connector_wordpress.poll(&f.op, &s.connection, STR(""), &page, &receipt),
        POLL_FAILED);
    assert_int_equal(connector_wordpress.verify(&f.op, &s.connection, &receipt),
                     VERIFY_FAILED);
    CHECK_STR(receipt.reason, "no application password was entered for this channel yet");
    assert_int_equal(s.script.calls, 0);
}

/* The mark tells our reply from another of the same words. */
static void whatever_comes_back_instead_of_a_list_is_said_in_words(void **state)
{
    static const struct {
        int status;
        const char *body, *reason;
    } cases[] = {
        { 200, "{}", "the site's list of comments cannot be read" },
        { 201, "[]", "the site answered 201" },
        { 204, "", "what answers at this address is not the interface of WordPress" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct setup s;
        struct receipt receipt = { .reason = STR("") };
        struct poll_page page;

        set_up(&f, &s);
        s.script.replies[0] = answer(&f, cases[i].status, cases[i].body, NULL, NULL);
        assert_int_equal(connector_wordpress.find(&f.op, &s.connection, &s.out, &receipt),
                         FIND_CANNOT_TELL);
        CHECK_STR(receipt.reason, cases[i].reason);
        receipt.reason = STR("");
        s.script.calls = 0;
        assert_int_equal(connector_wordpress.poll(&f.op, &s.connection, STR("{\"me\":7}"),
                                                  &page, &receipt),
                         POLL_FAILED);
        CHECK_STR(receipt.reason, cases[i].reason);
    }
}

static void what_a_duplicate_means_is_read_back(void **state)
{
    static const struct {
        int status;
        const char *list;
        int expected;
        const char *id;
    } cases[] = {
        { 200, "[{\"id\":5,\"author_user_agent\":\"Draht k-1\"}]", 0, "5" },
        { 200, "[{\"id\":5,\"author_user_agent\":\"Draht k-9\"},{\"id\":6}]",
          SEND_REFUSED, "" },
        { 500, "", SEND_DOUBT, "" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s);
        s.script.replies[0] = answer(&f, 409, DUPLICATE, NULL, NULL);
        s.script.replies[1] = answer(&f, cases[i].status, cases[i].list, NULL, NULL);
        assert_int_equal(connector_wordpress.send(&f.op, &s.connection, &s.out, &receipt),
                         cases[i].expected);
        CHECK_STR(receipt.external_id, cases[i].id);
    }
}

static struct str many(struct fixture *f, size_t n)
{
    struct strbuf list = STRBUF(&f->arena);

    for (size_t i = 0; i < n; i++)
        strbuf_fmt(&list, "%s{\"id\":%zu}", i ? "," : "[", i + 1);
    strbuf_add(&list, n ? STR("]") : STR("[]"));
    return strbuf_str(&list);
}

static void absent_is_only_what_a_whole_list_does_not_show(void **state)
{
    (void)state;

    for (size_t last = 99; last <= 100; last++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s);
        for (size_t i = 0; i < 3; i++)
            s.script.replies[i] =
                (struct http_reply){ .status = 200,
                                     .body = many(&f, i < 2 ? 100 : last) };
        assert_int_equal(connector_wordpress.find(&f.op, &s.connection, &s.out, &receipt),
                         last == 100 ? FIND_CANNOT_TELL : FIND_ABSENT);
        assert_int_equal(s.script.calls, 3);
    }
}

#define COMMENT(id, date) "{\"id\":" id ",\"post\":4,\"date_gmt\":\"" date "\"}"

static void a_round_reads_to_the_end_and_the_next_overlaps(void **state)
{
    struct receipt receipt = { 0 };
    struct poll_page page;
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] = answer(&f, 200, "{\"id\":1}", NULL, NULL);
    s.script.replies[1] =
        answer(&f, 200, "[" COMMENT("8", "2026-11-01T10:00:00") "]", "2", "2");
    s.script.replies[2] =
        answer(&f, 200, "[" COMMENT("9", "2026-11-01T12:00:00") "]", "2", "2");
    s.script.replies[3] = answer(&f, 200, "[]", "0", "0");
    assert_int_equal(
        connector_wordpress.poll(&f.op, &s.connection, STR(""), &page, &receipt), 0);
    assert_true(page.more);
    assert_int_equal(page.count, 1);
    assert_true(str_find(s.script.seen[1].url, STR("&after=2026-10-19T08%3A00")) > 0);
    assert_int_equal(
        connector_wordpress.poll(&f.op, &s.connection, page.next, &page, &receipt), 0);
    assert_false(page.more);
    assert_true(str_find(s.script.seen[2].url, STR("&page=2&")) > 0);
    fixture_advance(&f, MINUTES(1));
    assert_int_equal(
        connector_wordpress.poll(&f.op, &s.connection, page.next, &page, &receipt), 0);
    assert_true(str_find(s.script.seen[3].url, STR("&after=2026-11-01T10%3A00")) > 0);
    assert_true(str_find(s.script.seen[3].url, STR("&page=1&")) > 0);
}

static void a_list_that_shrank_between_two_pages_is_read_again(void **state)
{
    struct receipt receipt = { 0 };
    struct poll_page page;
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] = answer(&f, 200, "{\"id\":1}", NULL, NULL);
    s.script.replies[1] =
        answer(&f, 200, "[" COMMENT("8", "2026-11-01T10:00:00") "]", "3", "2");
    s.script.replies[2] =
        answer(&f, 200, "[" COMMENT("9", "2026-11-01T12:00:00") "]", "2", "2");
    assert_int_equal(
        connector_wordpress.poll(&f.op, &s.connection, STR(""), &page, &receipt), 0);
    assert_int_equal(
        connector_wordpress.poll(&f.op, &s.connection, page.next, &page, &receipt), 0);
    assert_true(page.more);
    assert_true(str_find(page.next, STR("\"page\":1,")) > 0);
}

static struct str comment(struct fixture *f, const char *members)
{
    struct json *json;
    struct str text = arena_fmt(
        &f->arena,
        "{\"id\":8,\"post\":4,\"parent\":7,\"date_gmt\":\"2026-11-01T10:00:00\",%s,"
        "\"_links\":{\"self\":1},\"_embedded\":{\"up\":[{\"id\":4,\"author\":3,"
        "\"link\":\"https://example.org/a\",\"title\":{\"rendered\":\"A &amp; B\"}}]}}",
        members);

    CHECK_OK(f, json_parse(&f->op, text, &json));
    return wordpress_item(&f->op, json, 1);
}

static void a_comment_becomes_an_item(void **state)
{
    struct item item;
    (void)state;
    FIXTURE(f);
    struct str bytes = comment(
        &f, "\"author\":0,\"author_name\":\"M&uuml;ller &amp; S&ouml;hne\","
            "\"author_email\":\" Max@Example.org\",\"author_url\":\"javascript:1\","
            "\"content\":{\"raw\":\"Na <i>so</i>\\n&lt;3\"},\"status\":\"hold\","
            "\"type\":\"comment\",\"new_member\":{\"x\":[1]}");

    assert_true(str_find(bytes, STR("_links")) < 0);
    assert_true(str_find(bytes, STR("new_member")) > 0);
    CHECK_OK(&f, connector_wordpress.parse(&f.op, bytes, &item));
    CHECK_STR(item.external_id, "8");
    CHECK_STR(item.parent_external_id, "7");
    CHECK_STR(item.thread.external_id, "4");
    CHECK_STR(item.thread.title, "A & B");
    CHECK_STR(item.thread.url, "https://example.org/a");
    CHECK_STR(item.author.name, "M\xc3\xbcller & S\xc3\xb6hne");
    CHECK_STR(item.author.url, "");
    assert_true(str_starts(item.author.external_id, STR("guest:")));
    assert_true(str_find(item.author.external_id, STR("example")) < 0);
    CHECK_STR(item.body, "Na so\n<3");
    assert_int_equal(item.sent_at, INT64_C(1793527200000));
    assert_true(item.snapshot && !item.automatic && !item.author.is_us);
    assert_string_equal(item.standing, "held");
}

static void the_house_is_our_user_and_the_author_of_the_post(void **state)
{
    static const struct {
        const char *author, *agent;
        bool is_us;
        const char *mark;
    } cases[] = {
        { "1", "Draht k-1", true, "k-1" },
        { "3", "Mozilla", true, "" },
        { "2", "Draht k-1", false, "" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct item item;
        FIXTURE(f);
        struct str members = arena_fmt(
            &f.arena,
            "\"author\":%s,\"author_user_agent\":\"%s\",\"content\":{\"raw\":\"x\"},"
            "\"status\":\"trash\",\"type\":\"pingback\"",
            cases[i].author, cases[i].agent);

        CHECK_OK(&f, connector_wordpress.parse(
                         &f.op, comment(&f, arena_cstr(&f.arena, members)), &item));
        assert_int_equal(item.author.is_us, cases[i].is_us);
        CHECK_STR(item.mark, cases[i].mark);
        assert_string_equal(item.standing, "gone");
        assert_true(item.automatic);
    }
}

static void what_is_no_comment_is_refused_with_its_field(void **state)
{
    static const char *const cases[] = {
        "{}",
        "{\"comment\":{\"id\":1}}",
        "{\"comment\":[]}",
        "{\"comment\":{\"id\":1,\"post\":2,\"content\":{\"raw\":\" \"}}}",
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct item item;
        FIXTURE(f);

        assert_int_equal(connector_wordpress.parse(&f.op, str_of(cases[i]), &item),
                         ERR_INVALID);
        assert_non_null(f.op.err.fields);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_of_the_site_decides),
        cmocka_unit_test(
            a_reply_leaves_with_its_key_and_only_to_the_site_of_the_password),
        cmocka_unit_test(without_a_password_nothing_is_asked_and_the_reply_waits),
        cmocka_unit_test(whatever_comes_back_instead_of_a_list_is_said_in_words),
        cmocka_unit_test(what_a_duplicate_means_is_read_back),
        cmocka_unit_test(absent_is_only_what_a_whole_list_does_not_show),
        cmocka_unit_test(a_round_reads_to_the_end_and_the_next_overlaps),
        cmocka_unit_test(a_list_that_shrank_between_two_pages_is_read_again),
        cmocka_unit_test(a_comment_becomes_an_item),
        cmocka_unit_test(the_house_is_our_user_and_the_author_of_the_post),
        cmocka_unit_test(what_is_no_comment_is_refused_with_its_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
