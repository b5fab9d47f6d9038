/* test_web.c - which addresses belong to the interface. */
#include "fixture.h"

#include "web/web.h"

static int ask(struct fixture *f, const char *method, const char *path,
               struct http_answer *ret)
{
    struct http_request rq = { .method = str_of(method), .path = str_of(path) };

    *ret = (struct http_answer){ 0 };
    return web_answer(&f->arena, &rq, ret);
}

static void every_address_of_a_page_is_answered_with_the_one_page(void **state)
{
    static const char *const paths[] = { "/",
                                         "/setup",
                                         "/login",
                                         "/link",
                                         "/today",
                                         "/inbox/all",
                                         "/conversations/912",
                                         "/c/912",
                                         "/t/3",
                                         "/threads/3",
                                         "/reports/reaction_time",
                                         "/settings/channels/new" };
    (void)state;
    FIXTURE(f);
    struct http_answer answer;

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        assert_int_equal(ask(&f, "GET", paths[i], &answer), 0);
        assert_int_equal(answer.status, 200);
        assert_true(str_starts(str_of(answer.content_type), STR("text/html")));
        assert_true(str_find(answer.body, STR("<!doctype html>")) == 0);
    }
}

static void an_address_of_nobody_is_left_to_others(void **state)
{
    static const char *const paths[] = { "/nothing",   "/inboxes", "/assets/gone.js",
                                         "/index.php", "//",       "/api/v1/me",
                                         "/Today",     "*",        "" };
    (void)state;
    FIXTURE(f);
    struct http_answer answer;

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        assert_int_equal(ask(&f, "GET", paths[i], &answer), WEB_NOT_FOUND);
        assert_int_equal(answer.status, 0);
    }
}

static void a_page_only_shows_itself(void **state)
{
    (void)state;
    FIXTURE(f);
    struct http_answer answer;

    assert_int_equal(ask(&f, "POST", "/today", &answer), 0);
    assert_int_equal(answer.status, 405);
}

static void the_page_is_asked_for_again_each_time(void **state)
{
    (void)state;
    FIXTURE(f);
    struct http_answer answer;

    assert_int_equal(ask(&f, "GET", "/today", &answer), 0);
    assert_true(str_is(http_field(&answer.headers, "Cache-Control"), "no-cache"));
    assert_true(http_field(&answer.headers, "ETag").n > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_of_a_page_is_answered_with_the_one_page),
        cmocka_unit_test(an_address_of_nobody_is_left_to_others),
        cmocka_unit_test(a_page_only_shows_itself),
        cmocka_unit_test(the_page_is_asked_for_again_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
