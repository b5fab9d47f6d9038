/* test_mastodon_media.c - pictures of a reply on their way to a server of Mastodon's
 * interface. */
#include "mastodon_script.h"

/* Two pictures, the second of which takes its time. */
static void pictures_are_there_before_the_post_and_are_brought_once(void **state UNUSED)
{
    const struct item_file files[] = {
        { STR("a\"b.png"), STR("image/png"), STR("\x89PNG-bytes"), STR("ein Rad") },
        { STR("b.gif"), STR("image/gif"), STR("GIF89a"), STR("") },
    };
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    s.out.files = files;
    s.out.file_count = COUNT_OF(files);
    CHECK_OK(&f, connector_mastodon.compose(&f.op, &s.out, &s.out.bytes));
    s.script.replies[0] = script_answer(200, PARENT);
    s.script.replies[1] = script_answer(200, ME);
    s.script.replies[2] = script_answer(200, "{\"id\":\"101\"}");
    s.script.replies[3] = script_answer(202, "{\"id\":\"102\",\"url\":null}");
    s.script.replies[4] = script_answer(206, "{\"id\":\"102\"}");
    assert_int_equal(connector_mastodon.send(&f.op, &s.connection, &s.out, &receipt),
                     SEND_LATER);
    CHECK_STR(receipt.reason, "the server still prepares a picture");
    assert_true(receipt.answered && !receipt.wait_ms && receipt.keep.n);
    CHECK_STR(s.script.seen[2].url, "https://example.org/api/v2/media");
    CHECK_STR(s.script.seen[2].method, "POST");
    CHECK_STR(http_field(&s.script.seen[2].headers, "content-type"),
              "multipart/form-data; boundary=draht-k-1");
    CHECK_STR(s.script.seen[2].body,
              "--draht-k-1\r\nContent-Disposition: form-data; "
              "name=\"description\"\r\n\r\nein Rad\r\n--draht-k-1\r\n"
              "Content-Disposition: form-data; name=\"file\"; filename=\"a_b.png\"\r\n"
              "Content-Type: image/png\r\n\r\n\x89PNG-bytes\r\n--draht-k-1--\r\n");
    assert_true(str_find(s.script.seen[3].body, STR("description")) < 0);
    CHECK_STR(s.script.seen[4].url, "https://example.org/api/v1/media/102");
    assert_int_equal(s.script.calls, 5);

    s.out.bytes = receipt.keep;
    s.script.calls = 0;
    s.script.replies[2] = script_answer(404, "{}"); /* it has vanished: once more */
    s.script.replies[3] = script_answer(200, "{\"id\":\"103.png\"}");
    s.script.replies[4] = script_answer(200, "{\"id\":\"102\"}");
    s.script.replies[5] = script_answer(200, "{\"id\":\"77\"}");
    CHECK_OK(&f, connector_mastodon.send(&f.op, &s.connection, &s.out, &receipt));
    CHECK_STR(s.script.seen[2].url, "https://example.org/api/v1/media/101");
    CHECK_STR(s.script.seen[3].url, "https://example.org/api/v2/media");
    CHECK_STR(s.script.seen[4].url, "https://example.org/api/v1/media/102");
    assert_true(
        str_find(s.script.seen[5].body, STR("\"media_ids\":[\"103.png\",\"102\"]")) > 0);
    assert_int_equal(s.script.calls, 6);
}

static void begin_with_a_picture(struct fixture *f, struct setup *s)
{
    static const struct item_file file = { { "a", 1 }, { "image/png", 9 }, { "x", 1 } };

    set_up(f, s);
    s->out.files = &file;
    s->out.file_count = 1;
    CHECK_OK(f, connector_mastodon.compose(&f->op, &s->out, &s->out.bytes));
    s->script.replies[0] = script_answer(200, PARENT);
    s->script.replies[1] = script_answer(200, ME);
}

static void what_a_server_says_of_a_picture_decides(void **state UNUSED)
{
    static const struct script_case cases[] = {
        { 0, 422, "{\"error\":\"Validation failed: File type\"}", SEND_REFUSED },
        { 0, 401, "{}", SEND_LATER },
        { 0, 200, "{\"id\":\"../x\"}", SEND_LATER },
    };

    script_try_pictures(&(struct script_pictures){
        &connector_mastodon, begin_with_a_picture, 2, cases, COUNT_OF(cases) });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_there_before_the_post_and_are_brought_once),
        cmocka_unit_test(what_a_server_says_of_a_picture_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
