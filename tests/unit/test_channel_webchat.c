/* test_channel_webchat.c - who writes in a web chat, on which pages, and what. */
#include "fixture.h"

#include "base/bytes.h"
#include "channel/webchat.h"
#include "net/signature.h"

#define SECRET "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
#define KEY    "0123456789abcdefABCDEF-_0123456789"

static const struct str secrets[] = { { SECRET, sizeof(SECRET) - 1 } };

static struct str proof(struct fixture *f, const char *user)
{
    return hex_encode(&f->arena, hmac_sha256(&f->arena, STR(SECRET), str_of(user)));
}

static int identify(struct fixture *f, const char *key, const char *user,
                    struct str signature, struct webchat_visitor *ret)
{
    const struct connection connection = { .secrets = secrets, .secret_count = 1 };
    const struct webchat_claim claim = { .key = str_of(key),
                                         .user = str_of(user),
                                         .signature = signature };

    return webchat_identify(&f->op, &connection, &claim, ret);
}

static void a_key_is_known_by_its_hash_alone(void **state)
{
    struct webchat_visitor one, again, other;
    FIXTURE(f);

    (void)state;
    assert_int_equal(identify(&f, KEY, NULL, STR(""), &one), 0);
    assert_int_equal(identify(&f, KEY, NULL, STR(""), &again), 0);
    assert_int_equal(identify(&f, KEY "x", NULL, STR(""), &other), 0);
    assert_int_equal(one.identity, WEBCHAT_UNSIGNED);
    assert_true(str_eq(one.id, again.id));
    assert_false(str_eq(one.id, other.id));
    assert_true(str_starts(one.id, STR("v:")));
    assert_int_equal(one.id.n, 2 + 32);
    assert_int_equal(str_find(one.id, STR(KEY)), -1);
}

static void what_is_no_key_is_nobody(void **state)
{
    static const char *const wrong[] = {
        "",
        "short",
        "0123456789abcdef0123456789abcde", /* 31 */
        "0123456789abcdef0123456789abcde ",
        "0123456789abcdef0123456789abcde:",
        "0123456789abcdef0123456789abcde\xC3\xA4",
    };
    struct webchat_visitor visitor;
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(identify(&f, wrong[i], NULL, STR(""), &visitor), WEBCHAT_NOBODY);
        assert_int_equal(visitor.id.n, 0);
    }
}

static void a_signed_id_wins_over_the_key_and_a_forged_one_does_not(void **state)
{
    struct webchat_visitor visitor;
    struct str right;
    FIXTURE(f);

    (void)state;
    right = proof(&f, "17");
    assert_int_equal(identify(&f, KEY, "17", right, &visitor), 0);
    assert_int_equal(visitor.identity, WEBCHAT_SIGNED);
    assert_true(str_is(visitor.id, "u:17"));

    assert_int_equal(identify(&f, KEY, "18", right, &visitor), 0);
    assert_int_equal(visitor.identity, WEBCHAT_FORGED);
    assert_true(str_starts(visitor.id, STR("v:")));
    assert_int_equal(visitor.user.n, 0);

    assert_int_equal(identify(&f, "", "17", STR(""), &visitor), WEBCHAT_NOBODY);
    assert_int_equal(visitor.identity, WEBCHAT_FORGED);
}

/* The value that Python's hmac module gives for this secret and id. */
static void the_signature_is_the_one_that_other_libraries_make(void **state)
{
    struct webchat_visitor visitor;
    FIXTURE(f);

    (void)state;
    assert_int_equal(identify(&f, "", "kunde-17",
                              STR("38702bb9438844df06b22342dab42bc4"
                                  "9bede60fe4d8a408a8f845c602e8681c"),
                              &visitor),
                     0);
    assert_int_equal(visitor.identity, WEBCHAT_SIGNED);
}

static const struct {
    const char *list, *page;
    bool may;
} pages[] = {
    { "", "https://anywhere.example/", true },
    { "", "", true },
    { "https://shop.example", "https://shop.example/a?b#c", true },
    { "https://shop.example", "https://SHOP.example/", true },
    { "https://shop.example/", "https://shop.example:443/", true },
    { "https://shop.example", "http://shop.example/", false },
    { "https://shop.example", "https://shop.example:444/", false },
    { "https://shop.example", "https://www.shop.example/", false },
    { "https://shop.example", "https://shop.example.evil.example/", false },
    { "https://shop.example", "https://shop.example@evil.example/", false },
    { "https://shop.example", "", false },
    { "https://shop.example", "about:srcdoc", false },
    { "https://*.shop.example", "https://a.b.shop.example/", true },
    { "https://*.shop.example", "https://shop.example/", false },
    { "https://*.shop.example", "https://evilshop.example/", false },
    { " ,https://a.example,\n\thttps://b.example ", "https://b.example/", true },
    { "https://k\xC3\xA4se.example", "https://xn--kse-qla.example/", true },
    { "http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080/x", true },
};

static void the_chat_is_shown_on_the_pages_that_are_listed(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        struct json_writer w = JSON_WRITER(&f.arena);
        struct json *settings;

        json_begin_object(&w, NULL);
        json_put_c(&w, "allowed_origins", pages[i].list);
        json_end_object(&w);
        CHECK_OK(&f, json_parse(&f.op, json_done(&w), &settings));
        CHECK_OK(&f, webchat_check_origins(&f.op, "x", str_of(pages[i].list)));
        if (webchat_may_show(&f.op, settings, str_of(pages[i].page)) != pages[i].may)
            fail_msg("\"%s\" on \"%s\"", pages[i].list, pages[i].page);
        assert_int_equal(f.op.err.kind, 0);
    }
}

static void the_browser_is_told_the_same_and_nothing_more(void **state)
{
    struct json *settings;
    struct str policy;
    FIXTURE(f);

    (void)state;
    CHECK_OK(&f, json_parse(&f.op,
                            STR("{\"allowed_origins\":\"https://a.example "
                                "https://*.b.example http://[2001:db8::1]:81 "
                                "https://c.example;script-src *\"}"),
                            &settings));
    policy = webchat_frame_ancestors(&f.op, settings);
    assert_true(str_is(policy, "frame-ancestors 'self' https://a.example:443 "
                               "https://*.b.example:443 http://[2001:db8::1]:81"));
    CHECK_OK(&f, json_parse(&f.op, STR("{}"), &settings));
    assert_int_equal(webchat_frame_ancestors(&f.op, settings).n, 0);
}

#define ENVELOPE(message)                                                                \
    "{\"visitor\":\"v:0123456789abcdef0123456789abcdef\",\"user\":\"\","                 \
    "\"message\":" message "}"

static void a_message_in_its_envelope_is_an_item(void **state)
{
    struct item item;
    FIXTURE(f);

    (void)state;
    CHECK_OK(&f, webchat_parse(
                     &f.op,
                     STR(ENVELOPE(
                         "{\"client_id\":\"c-1_A\",\"body\":\" Hallo \","
                         "\"language\":\"de\",\"page_url\":\"https://a.example/x\","
                         "\"page_title\":\"Rad\",\"sent_at\":\"2020-01-01T00:00:00Z\","
                         "\"files\":[{\"name\":\"a.txt\",\"mime\":\"text/plain\","
                         "\"base64\":\"aGk=\"}]}")),
                     &item));
    assert_true(str_is(item.external_id, "v:0123456789abcdef0123456789abcdef:c-1_A"));
    assert_true(str_is(webchat_client_id(item.external_id), "c-1_A"));
    assert_true(str_eq(item.thread.external_id, item.author.external_id));
    assert_true(str_is(item.thread.kind, "chat"));
    assert_true(str_is(item.thread.visibility, "private"));
    assert_true(str_is(item.thread.url, "https://a.example/x"));
    assert_true(str_is(item.thread.title, "Rad"));
    assert_true(str_is(item.author.name, "Gast 012345"));
    assert_true(str_is(item.body, " Hallo "));
    assert_int_equal(item.file_count, 1);
    assert_true(str_is(item.files[0].bytes, "hi"));
    assert_int_equal(item.sent_at, 0); /* a browser's clock is not asked */
    assert_false(item.author.is_us);
}

static void nothing_in_the_message_can_say_who_writes(void **state)
{
    struct item item;
    FIXTURE(f);

    (void)state;
    CHECK_OK(&f,
             webchat_parse(
                 &f.op,
                 STR(ENVELOPE("{\"client_id\":\"c\",\"body\":\"x\",\"visitor\":\"u:1\","
                              "\"user\":\"1\",\"change\":\"remove\",\"at\":"
                              "\"2026-01-01T00:00:00Z\",\"is_us\":true,"
                              "\"external_id\":\"u:1:c\"}")),
                 &item));
    assert_true(str_is(item.author.external_id, "v:0123456789abcdef0123456789abcdef"));
    assert_int_equal(item.author.handle.n, 0);
    assert_int_equal(item.removed_at, 0);
    assert_false(item.author.is_us);
}

static void hints_that_do_not_fit_are_left_out_and_refuse_nothing(void **state)
{
    static const char *const urls[] = { "javascript:alert(1)", "https://a b/", "17" };
    struct item item;
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct str text =
            arena_fmt(&f.arena,
                      ENVELOPE("{\"client_id\":\"c\",\"body\":\"x\",\"page_url\":\"%s\","
                               "\"page_title\":7,\"name\":[]}"),
                      urls[i]);

        CHECK_OK(&f, webchat_parse(&f.op, text, &item));
        assert_int_equal(item.thread.url.n, 0);
        assert_int_equal(item.thread.title.n, 0);
        assert_true(str_is(item.author.name, "Guest 012345"));
    }
}

static const struct {
    const char *text, *field;
} refused[] = {
    { "{}", "visitor" },
    { "[]", "visitor" },
    { "{\"visitor\":\"v:\",\"message\":{\"client_id\":\"c\",\"body\":\"x\"}}",
      "visitor" },
    { ENVELOPE("{\"body\":\"x\"}"), "client_id" },
    { ENVELOPE("{\"client_id\":\"a:b\",\"body\":\"x\"}"), "client_id" },
    { ENVELOPE("{\"client_id\":17,\"body\":\"x\"}"), "client_id" },
    { ENVELOPE("{\"client_id\":\"c\"}"), "body" },
    { ENVELOPE("{\"client_id\":\"c\",\"body\":\"  \\n\"}"), "body" },
    { ENVELOPE("{\"client_id\":\"c\",\"body\":\"a\\u0000b\"}"), "body" },
    { ENVELOPE("{\"client_id\":\"c\",\"body\":[1]}"), "body" },
    { ENVELOPE("{\"client_id\":\"c\",\"files\":{}}"), "files" },
    { ENVELOPE("{\"client_id\":\"c\",\"files\":[1]}"), "files" },
    { ENVELOPE("{\"client_id\":\"c\",\"files\":[{\"name\":\"\",\"base64\":\"aGk=\"}]}"),
      "files" },
    { ENVELOPE("{\"client_id\":\"c\",\"files\":[{\"name\":\"a\",\"base64\":\"?\"}]}"),
      "files" },
    { "{\"visitor\":\"v:0\",\"change\":\"edit\",\"at\":\"soon\",\"client_id\":\"c\","
      "\"message\":{\"body\":\"x\"}}",
      "at" },
    { "{\"visitor\":\"v:0\",\"change\":\"burn\",\"at\":\"2026-01-01T00:00:00Z\","
      "\"client_id\":\"c\",\"message\":{\"body\":\"x\"}}",
      "change" },
};

static void what_is_wrong_is_refused_by_name(void **state)
{
    FIXTURE(f);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct item item = { .sent_at = 7 };

        assert_int_equal(webchat_parse(&f.op, str_of(refused[i].text), &item),
                         ERR_INVALID);
        assert_int_equal(item.sent_at, 7);
        if (!f.op.err.fields || !str_is(f.op.err.fields->field, refused[i].field))
            fail_msg("%s does not complain about %s", refused[i].text, refused[i].field);
    }
}

static void a_removal_needs_no_words_and_an_edit_does(void **state)
{
    const struct webchat_visitor visitor = { .id = STR("v:0123") };
    struct webchat_envelope envelope = {
        .visitor = &visitor, .change = "remove", .at = FIXTURE_NOW, .client_id = STR("c")
    };
    struct item item;
    FIXTURE(f);

    (void)state;
    CHECK_OK(&f, webchat_parse(&f.op, webchat_wrap(&f.op, &envelope), &item));
    assert_int_equal(item.removed_at, FIXTURE_NOW);
    assert_true(str_is(item.external_id, "v:0123:c"));
    envelope.change = "edit";
    assert_int_equal(webchat_parse(&f.op, webchat_wrap(&f.op, &envelope), &item),
                     ERR_INVALID);
    envelope.message = STR("{\"body\":\"neu\"}");
    CHECK_OK(&f, webchat_parse(&f.op, webchat_wrap(&f.op, &envelope), &item));
    assert_int_equal(item.edited_at, FIXTURE_NOW);
    assert_true(str_is(item.body, "neu"));
}

static void a_reply_is_sent_as_soon_as_it_is_stored_and_found_again(void **state)
{
    const struct connection connection = { .channel_id = 1 };
    const struct outbound out = { .key = STR("draht-17"), .body = STR("Ja") };
    struct receipt sent = { .reason = STR("") }, found = { .reason = STR("") };
    FIXTURE(f);

    (void)state;
    assert_int_equal(connector_webchat.send(&f.op, &connection, &out, &sent), 0);
    assert_int_equal(connector_webchat.find(&f.op, &connection, &out, &found), 0);
    assert_true(str_is(sent.external_id, "out:draht-17"));
    assert_true(str_eq(sent.external_id, found.external_id));
    assert_false(sent.nowhere);
}

static void the_mailbox_alone_writes_mail(void **state)
{
    const struct connector *connector;

    (void)state;
    assert_true(connector_can(&connector_webchat, "private"));
    for (size_t i = 0; (connector = connector_at(i)); i++)
        assert_int_equal(connector_can(connector, "mail"),
                         str_is(str_of(connector->network), "email"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_known_by_its_hash_alone),
        cmocka_unit_test(what_is_no_key_is_nobody),
        cmocka_unit_test(a_signed_id_wins_over_the_key_and_a_forged_one_does_not),
        cmocka_unit_test(the_signature_is_the_one_that_other_libraries_make),
        cmocka_unit_test(the_chat_is_shown_on_the_pages_that_are_listed),
        cmocka_unit_test(the_browser_is_told_the_same_and_nothing_more),
        cmocka_unit_test(a_message_in_its_envelope_is_an_item),
        cmocka_unit_test(nothing_in_the_message_can_say_who_writes),
        cmocka_unit_test(hints_that_do_not_fit_are_left_out_and_refuse_nothing),
        cmocka_unit_test(what_is_wrong_is_refused_by_name),
        cmocka_unit_test(a_removal_needs_no_words_and_an_edit_does),
        cmocka_unit_test(a_reply_is_sent_as_soon_as_it_is_stored_and_found_again),
        cmocka_unit_test(the_mailbox_alone_writes_mail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
