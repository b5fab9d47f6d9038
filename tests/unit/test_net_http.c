/* test_net_http.c - fields, cookies, parameters, dates, problems, assets. */
#include "fixture.h"

#include "base/json.h"
#include "net/assets.h"
#include "net/http.h"

static void fields_are_found_without_case_and_trimmed(void **state UNUSED)
{
    struct http_field items[] = { { STR("X-One"), STR("  a b ") },
                                  { STR("x-one"), STR("second") },
                                  { STR("X-Empty"), STR("") } };
    struct http_fields fields = { items, COUNT_OF(items), 0 };

    CHECK_STR(http_field(&fields, "x-ONE"), "a b");
    assert_non_null(http_field(&fields, "X-Empty").p);
    assert_null(http_field(&fields, "X-On").p);
}

static void a_list_names_its_tokens(void **state UNUSED)
{
    assert_true(http_field_has(STR("keep-alive, Upgrade"), "upgrade"));
    assert_true(http_field_has(STR("a;q=1 , b ;x"), "b"));
    assert_false(http_field_has(STR("upgraded, a b"), "upgrade"));
    assert_false(http_field_has(STR(""), "upgrade"));
}

static void cookies_are_found_by_their_whole_name(void **state UNUSED)
{
    struct http_field items[] = { { STR("Cookie"), STR("xsid=1; sid=abc=; flag") },
                                  { STR("cookie"), STR("other=2;sid=later; empty=") } };
    struct http_request rq = { .headers = { items, COUNT_OF(items), 0 } };

    CHECK_STR(http_cookie(&rq, "sid"), "abc=");
    CHECK_STR(http_cookie(&rq, "other"), "2");
    CHECK_STR(http_cookie(&rq, "empty"), "");
    assert_non_null(http_cookie(&rq, "empty").p);
    assert_null(http_cookie(&rq, "id").p);
    assert_null(http_cookie(&rq, "flag").p);
}

static struct str sender(const char *remote, struct http_field *items, size_t count)
{
    struct http_request rq = { .remote = str_of(remote), .headers = { items, count, 0 } };

    return http_sender(&rq);
}

static void who_asks_is_the_peer_whatever_the_peer_says(void **state UNUSED)
{
    struct http_field items[] = { { STR("X-Forwarded-For"), STR("198.51.100.7") } };

    CHECK_STR(sender("192.0.2.1", items, 1), "192.0.2.1");
    CHECK_STR(sender("2001:db8::1", items, 1), "2001:db8::1");
    CHECK_STR(sender("::ffff:192.0.2.1", items, 1), "192.0.2.1");
    CHECK_STR(sender("127.0.0.1", NULL, 0), "127.0.0.1");
}

static void a_server_on_this_machine_says_last_who_asked_it(void **state UNUSED)
{
    struct http_field items[] = { { STR("x-forwarded-for"), STR("10.0.0.1, 192.0.2.1") },
                                  { STR("X-Forwarded-For"), STR("198.51.100.7 ,") } };

    CHECK_STR(sender("127.0.0.1", items, 1), "192.0.2.1");
    CHECK_STR(sender("::1", items, 2), "198.51.100.7");
    CHECK_STR(sender("::ffff:127.0.0.1", items, 2), "198.51.100.7");
    items[0].value = STR(" , ");
    CHECK_STR(sender("127.0.0.1", items, 1), "127.0.0.1");
    items[0].value = STR("::ffff:192.0.2.9");
    CHECK_STR(sender("127.0.0.1", items, 1), "192.0.2.9");
}

static void a_field_stays_on_its_line(void **state UNUSED)
{
    FIXTURE(f);
    static const struct http_field foreign[] = { { STR("A"), STR("1") } };
    struct http_fields fields = { (struct http_field *)(uintptr_t)foreign, 1, 0 };

    for (int i = 0; i < 20; i++)
        http_add(&f.arena, &fields, STR("X"), STR("a\r\nSet-Cookie: b\0c"));
    assert_int_equal(fields.count, 21);
    CHECK_STR(fields.items[0].value, "1");
    CHECK_STR(fields.items[20].value, "a  Set-Cookie: b c");
}

static void percent_encoding_is_undone_strictly(void **state UNUSED)
{
    static const struct {
        const char *text;
        bool form;
        const char *decoded; /* NULL: refused */
    } cases[] = {
        { "", false, "" },
        { "a%20b", false, "a b" },
        { "a+b", false, "a+b" },
        { "a+b", true, "a b" },
        { "%C3%a4", false, "\xc3\xa4" },
        { "%2F%2e", false, "/." },
        { "%", false, NULL },
        { "%2", false, NULL },
        { "%zz", false, NULL },
        { "%00", false, NULL },
        { "%c3", false, NULL },
        { "%ed%a0%80", false, NULL },
        { "%+1", false, NULL },
    };
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str decoded = { NULL, 0 };
        bool good = http_decode(&f.arena, str_of(cases[i].text), cases[i].form, &decoded);

        assert_int_equal(good, cases[i].decoded != NULL);
        if (good)
            CHECK_STR(decoded, cases[i].decoded);
    }
    CHECK_STR(http_encode(&f.arena, STR("a b/\xc3\xa4~")), "a%20b%2F%C3%A4~");
}

static void parameters_are_read_from_the_query(void **state UNUSED)
{
    FIXTURE(f);
    struct http_request rq = { .query = STR("a=1&b=x+y%26&&a=2&c&%64=e&bad=%zz") };
    struct str value;
    struct http_fields all;

    assert_int_equal(http_param(&f.op, &rq, "a", &value), 0);
    CHECK_STR(value, "1");
    assert_int_equal(http_param(&f.op, &rq, "b", &value), 0);
    CHECK_STR(value, "x y&");
    assert_int_equal(http_param(&f.op, &rq, "c", &value), 0);
    CHECK_STR(value, "");
    assert_int_equal(http_param(&f.op, &rq, "d", &value), 0);
    CHECK_STR(value, "e");
    assert_int_equal(http_param(&f.op, &rq, "e", &value), HTTP_NO_PARAM);
    assert_int_equal(http_param(&f.op, &rq, "bad", &value), ERR_INVALID);
    CHECK_STR(f.op.err.fields->field, "bad");
    assert_int_equal(http_params(&f.op, rq.query, &all), ERR_INVALID);
    assert_int_equal(http_params(&f.op, STR("a=1&&b"), &all), 0);
    assert_int_equal(all.count, 2);
    CHECK_STR(all.items[1].name, "b");
}

static void parameters_have_a_ceiling(void **state UNUSED)
{
    FIXTURE(f);
    struct strbuf text = STRBUF(&f.arena);
    struct http_fields all;

    for (int i = 0; i < HTTP_MAX_PARAMS; i++)
        strbuf_fmt(&text, "p%d=%d&", i, i);
    assert_int_equal(http_params(&f.op, strbuf_str(&text), &all), 0);
    assert_int_equal(all.count, HTTP_MAX_PARAMS);
    strbuf_add(&text, STR("more"));
    assert_int_equal(http_params(&f.op, strbuf_str(&text), &all), ERR_TOO_LARGE);
}

static void a_problem_is_what_rfc_9457_says(void **state UNUSED)
{
    FIXTURE(f);
    struct http_answer answer;
    struct json *json;

    http_problem(&f.arena, 404, STR("there is no \"x\""), &answer);
    assert_int_equal(answer.status, 404);
    assert_string_equal(answer.content_type, "application/problem+json");
    assert_int_equal(json_parse(&f.op, answer.body, &json), 0);
    CHECK_STR(json_text(json, "type"), "about:blank");
    CHECK_STR(json_text(json, "title"), "Not Found");
    CHECK_STR(json_text(json, "detail"), "there is no \"x\"");
    assert_int_equal(json_int(json, "status", 0), 404);
}

static void dates_are_written_and_read_back(void **state UNUSED)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {
        { 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
        { 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
        { 951827696, "Tue, 29 Feb 2000 12:34:56 GMT" },
        { 1793606400, "Mon, 02 Nov 2026 08:00:00 GMT" },
        { 4107542399, "Sun, 28 Feb 2100 23:59:59 GMT" },
        { 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
    };
    FIXTURE(f);
    int64_t at;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(http_date(&f.arena, cases[i].seconds * 1000), cases[i].text);
        assert_true(http_date_parse(str_of(cases[i].text), &at));
        assert_true(at == cases[i].seconds * 1000);
    }
    assert_true(http_date_parse(STR("Sunday, 06-Nov-94 08:49:37 GMT"), &at));
    assert_true(at == INT64_C(784111777000));
    assert_true(http_date_parse(STR("Sun Nov  6 08:49:37 1994"), &at));
    assert_true(at == INT64_C(784111777000));
}

static void what_is_no_date_is_refused(void **state UNUSED)
{
    static const char *const cases[] = {
        "",
        "now",
        "120",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT GMT",
    };
    int64_t at = 7;

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_false(http_date_parse(str_of(cases[i]), &at));
    assert_int_equal(at, 7);
}

static const struct asset assets[] = {
    { .path = "/a-1f.js",
      .mime = "text/javascript",
      .etag = "\"1f\"",
      .body = STR("0123456789"),
      .gzip = STR("gzipped"),
      .brotli = STR("brot"),
      .immutable = true },
    { .path = "/", .mime = "text/html", .etag = "\"2e\"", .body = STR("<p>") },
    { 0 },
};

static struct http_answer ask(struct fixture *f, const char *method, const char *path,
                              const char *name, const char *value)
{
    struct http_request rq = { .method = str_of(method), .path = str_of(path) };
    struct http_answer answer;

    if (name)
        http_add(&f->arena, &rq.headers, str_of(name), str_of(value));
    asset_answer(&f->arena, &rq, asset_find(assets, rq.path), &answer);
    return answer;
}

static void an_asset_comes_in_the_smallest_form_that_is_wanted(void **state UNUSED)
{
    static const struct {
        const char *accept, *body, *coding;
    } cases[] = {
        { "gzip, deflate, br", "brot", "br" },
        { "gzip;q=1.0, br;q=0", "gzipped", "gzip" },
        { "br ; q=0.000 , *", "gzipped", "gzip" },
        { "*", "brot", "br" },
        { "*;q=0", "0123456789", NULL },
        { "identity", "0123456789", NULL },
        { "", "0123456789", NULL },
        { "BR;q=0.1", "brot", "br" },
    };
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_answer answer =
            ask(&f, "GET", "/a-1f.js", "Accept-Encoding", cases[i].accept);
        struct str coding = http_field(&answer.headers, "content-encoding");

        CHECK_STR(answer.body, cases[i].body);
        CHECK_STR(coding, cases[i].coding ? cases[i].coding : "");
        CHECK_STR(http_field(&answer.headers, "vary"), "Accept-Encoding");
        CHECK_STR(http_field(&answer.headers, "etag"),
                  cases[i].coding ? "W/\"1f\"" : "\"1f\"");
    }
    CHECK_STR(ask(&f, "GET", "/", "Accept-Encoding", "br").body, "<p>");
}

static void only_named_content_is_kept_for_a_year(void **state UNUSED)
{
    FIXTURE(f);
    struct http_answer named = ask(&f, "GET", "/a-1f.js", NULL, NULL);
    struct http_answer page = ask(&f, "GET", "/", NULL, NULL);

    CHECK_STR(http_field(&named.headers, "cache-control"),
              "public, max-age=31536000, immutable");
    CHECK_STR(http_field(&page.headers, "cache-control"), "no-cache");
    assert_null(http_field(&page.headers, "vary").p);
}

static void an_asset_that_is_known_is_not_sent_again(void **state UNUSED)
{
    static const char *const known[] = { "\"2e\"", "W/\"2e\"", "\"x\", \"2e\"", "*" };
    FIXTURE(f);
    struct http_answer answer;

    for (size_t i = 0; i < COUNT_OF(known); i++) {
        answer = ask(&f, "GET", "/", "If-None-Match", known[i]);
        assert_int_equal(answer.status, 304);
        assert_int_equal(answer.body.n, 0);
        CHECK_STR(http_field(&answer.headers, "etag"), "\"2e\"");
    }
    assert_int_equal(ask(&f, "GET", "/", "If-None-Match", "\"2f\"").status, 200);
    answer = ask(&f, "POST", "/", NULL, NULL);
    assert_int_equal(answer.status, 405);
    CHECK_STR(http_field(&answer.headers, "allow"), "GET, HEAD");
    assert_null(asset_find(assets, STR("/b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_found_without_case_and_trimmed),
        cmocka_unit_test(a_list_names_its_tokens),
        cmocka_unit_test(cookies_are_found_by_their_whole_name),
        cmocka_unit_test(who_asks_is_the_peer_whatever_the_peer_says),
        cmocka_unit_test(a_server_on_this_machine_says_last_who_asked_it),
        cmocka_unit_test(a_field_stays_on_its_line),
        cmocka_unit_test(percent_encoding_is_undone_strictly),
        cmocka_unit_test(parameters_are_read_from_the_query),
        cmocka_unit_test(parameters_have_a_ceiling),
        cmocka_unit_test(a_problem_is_what_rfc_9457_says),
        cmocka_unit_test(dates_are_written_and_read_back),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(an_asset_comes_in_the_smallest_form_that_is_wanted),
        cmocka_unit_test(only_named_content_is_kept_for_a_year),
        cmocka_unit_test(an_asset_that_is_known_is_not_sent_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
