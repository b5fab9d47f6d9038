/* test_bluesky_media.c - pictures of a reply on their way to a server of the AT Protocol.
 */
#include "bluesky_script.h"

#define BLOB(cid, mime)                                                                  \
    "{\"blob\":{\"$type\":\"blob\",\"ref\":{\"$link\":\"" cid "\"},\"mimeType\":\"" mime \
    "\","                                                                                \
    "\"size\":11}}"

static void set_up_files(struct fixture *f, struct setup *s,
                         const struct item_file *files, size_t count)
{
    set_up(f, s, "Da.");
    s->out.files = files;
    s->out.file_count = count;
    CHECK_OK(f, connector_bluesky.compose(&f->op, &s->out, &s->out.bytes));
    s->script.replies[0] = script_answer(200, PARENT);
}

static void pictures_are_blobs_with_their_words_and_their_shape(void **state UNUSED)
{
    const struct item_file files[] = {
        { STR("a.gif"), STR("image/gif"), STR("GIF89a\3\0\2\0"), STR("ein \"Rad\"") },
        { STR("b.png"), STR("image/png"), STR("\x89PNG\r\n\x1a\n"), STR("") },
    };
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up_files(&f, &s, files, COUNT_OF(files));
    s.script.replies[1] = script_answer(200, BLOB("bafkrei1", "image/gif"));
    s.script.replies[2] = script_answer(200, BLOB("bafkrei2", "image/png"));
    s.script.replies[3] = script_answer(200, TAKEN);
    CHECK_OK(&f, connector_bluesky.send(&f.op, &s.connection, &s.out, &receipt));
    CHECK_STR(s.script.seen[1].url,
              "https://example.org/xrpc/com.atproto.repo.uploadBlob");
    CHECK_STR(s.script.seen[1].method, "POST");
    CHECK_STR(http_field(&s.script.seen[1].headers, "content-type"), "image/gif");
    assert_true(str_eq(s.script.seen[1].body, files[0].bytes));
    CHECK_STR(http_field(&s.script.seen[2].headers, "content-type"), "image/png");
    assert_true(
        str_find(
            s.script.seen[3].body,
            STR("\"embed\":{\"$type\":\"app.bsky.embed.images\",\"images\":[{\"image\":"
                "{\"$type\":\"blob\",\"ref\":{\"$link\":\"bafkrei1\"},\"mimeType\":"
                "\"image/gif\",\"size\":11},\"alt\":\"ein \\\"Rad\\\"\","
                "\"aspectRatio\":{\"width\":3,\"height\":2}},{\"image\":{\"$type\":"
                "\"blob\",\"ref\":{\"$link\":\"bafkrei2\"},\"mimeType\":\"image/png\","
                "\"size\":11},\"alt\":\"\"}]}")) > 0);
    assert_int_equal(s.script.calls, 4);
}

static void without_pictures_nothing_is_shown(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up_files(&f, &s, NULL, 0);
    s.script.replies[1] = script_answer(200, TAKEN);
    CHECK_OK(&f, connector_bluesky.send(&f.op, &s.connection, &s.out, &receipt));
    assert_true(str_find(s.script.seen[1].body, STR("embed")) < 0);
}

static void begin_with_a_picture(struct fixture *f, struct setup *s)
{
    static const struct item_file file = { { "a", 1 }, { "image/png", 9 }, { "x", 1 } };

    set_up_files(f, s, &file, 1);
}

static void what_the_server_says_of_a_picture_decides(void **state UNUSED)
{
    static const struct script_case cases[] = {
        { 0, 400, "{\"error\":\"InvalidRequest\",\"message\":\"too big\"}",
          SEND_REFUSED },
        { 0, 200, BLOB("../x", "image/png"), SEND_LATER },
        { 0, 200, BLOB("", "image/png"), SEND_LATER },
        { 0, 200, BLOB("bafkrei1", "text/html"), SEND_LATER },
    };

    script_try_pictures(&(struct script_pictures){
        &connector_bluesky, begin_with_a_picture, 1, cases, COUNT_OF(cases) });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_blobs_with_their_words_and_their_shape),
        cmocka_unit_test(without_pictures_nothing_is_shown),
        cmocka_unit_test(what_the_server_says_of_a_picture_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
