/* test_channel_custom.c - what the custom network makes of a receiver's answers. */
#include "fixture.h"

#include "channel/custom.h"
#include "net/client.h"
#include "net/signature.h"

#define SECRET "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
#define OTHER  "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4"

/* A receiver that gives one answer and remembers the question. */
struct script {
    struct http_client base;
    int outcome;
    struct http_reply reply;
    struct http_call seen;
    unsigned calls;
};

static int scripted(struct op *op, const struct http_client *client,
                    const struct http_call *call, struct http_reply *ret)
{
    struct script *script = CONTAINER_OF(client, struct script, base);

    (void)op;
    script->seen = *call;
    script->calls++;
    *ret = script->reply;
    return script->outcome;
}

struct setup {
    struct script script;
    struct str secrets[2];
    struct connection connection;
    struct outbound out;
};

static void set_up(struct fixture *f, struct setup *s, const char *settings)
{
    struct json *json;

    *s = (struct setup){ .script.base.send = scripted };
    f->world.http = &s->script.base;
    assert_int_equal(json_parse(&f->op, str_of(settings), &json), 0);
    s->secrets[0] = STR(SECRET);
    s->secrets[1] = STR(OTHER);
    s->connection = (struct connection){ 7, json, s->secrets, 2 };
    s->out = (struct outbound){ .key = STR("draht-1"), .bytes = STR("{\"a\":1}") };
}

#define WITH_URL "{\"outbound_url\":\"https://example.org/in\"}"

static void the_answer_of_the_receiver_decides(void **state)
{
    static const struct {
        int outcome, status;
        const char *body;
        int expected;
        const char *id, *reason;
    } cases[] = {
        { 0, 200, "{\"external_id\":\"r-1\"}", 0, "r-1", "" },
        { 0, 201, "{}", 0, "", "" },
        { 0, 204, "", 0, "", "" },
        { 0, 200, "[]", SEND_DOUBT, "", "the receiver answered 200 without JSON" },
        { 0, 200, "<html>Log in</html>", SEND_DOUBT, "",
          "the receiver answered 200 without JSON" },
        { 0, 429, "", SEND_LATER, "", "the receiver answered 429" },
        { 0, 400, "{\"error\":\"no such thread\"}", SEND_REFUSED, "",
          "the receiver answered 400: no such thread" },
        { 0, 301, "", SEND_REFUSED, "", "the receiver answered 301" },
        { 0, 404, "", SEND_REFUSED, "", "the receiver answered 404" },
        { 0, 408, "", SEND_DOUBT, "", "the receiver answered 408" },
        { 0, 409, "", SEND_DOUBT, "", "the receiver answered 409" },
        { 0, 500, "", SEND_DOUBT, "", "the receiver answered 500" },
        { 0, 503, "", SEND_DOUBT, "", "the receiver answered 503" },
        { HTTP_REFUSED, 0, "", SEND_REFUSED, "", "words" },
        { HTTP_NOT_SENT, 0, "", SEND_LATER, "", "words" },
        { HTTP_MAY_HAVE_LEFT, 0, "", SEND_DOUBT, "", "words" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, WITH_URL);
        s.script.outcome = cases[i].outcome;
        s.script.reply = (struct http_reply){ .status = cases[i].status,
                                              .body = str_of(cases[i].body) };
        if (cases[i].outcome)
            s.script.reply.reason = STR("words");
        if (connector_custom.send(&f.op, &s.connection, &s.out, &receipt) !=
            cases[i].expected)
            fail_msg("case %zu: another outcome", i);
        CHECK_STR(receipt.external_id, cases[i].id);
        CHECK_STR(receipt.reason, cases[i].reason);
    }
}

static void a_reply_leaves_signed_with_its_key_and_the_frozen_bytes(void **state)
{
    struct receipt receipt = { 0 };
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s, WITH_URL);
    s.script.reply.status = 204;
    assert_int_equal(connector_custom.send(&f.op, &s.connection, &s.out, &receipt), 0);
    CHECK_STR(s.script.seen.method, "POST");
    CHECK_STR(s.script.seen.url, "https://example.org/in");
    CHECK_STR(s.script.seen.body, "{\"a\":1}");
    CHECK_STR(http_field(&s.script.seen.headers, "webhook-id"), "draht-1");
    assert_int_equal(signature_verify(&f.op, STR(SECRET), &s.script.seen.headers,
                                      s.script.seen.body, f.op.now),
                     0);
    assert_false(s.script.seen.follow_redirects);
}

static void how_long_the_receiver_wants_to_be_left_alone_is_passed_on(void **state)
{
    struct receipt receipt = { 0 };
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s, WITH_URL);
    s.script.reply = (struct http_reply){ .status = 429, .retry_after = 90 };
    assert_int_equal(connector_custom.send(&f.op, &s.connection, &s.out, &receipt),
                     SEND_LATER);
    assert_int_equal(receipt.wait_ms, SECONDS(90));
}

static void an_id_of_the_receiver_above_512_bytes_is_not_taken(void **state)
{
    (void)state;

    for (size_t n = ITEM_MAX_ID; n <= ITEM_MAX_ID + 1; n++) {
        struct receipt receipt = { 0 };
        struct setup s;
        FIXTURE(f);
        char *id = arena_new(&f.arena, char, n);

        memset(id, 'x', n);
        set_up(&f, &s, WITH_URL);
        s.script.reply.status = 200;
        s.script.reply.body =
            arena_fmt(&f.arena, "{\"external_id\":\"%.*s\"}", (int)n, id);
        assert_int_equal(connector_custom.send(&f.op, &s.connection, &s.out, &receipt),
                         0);
        assert_int_equal(receipt.external_id.n, n > ITEM_MAX_ID ? 0 : n);
    }
}

static void without_an_address_a_reply_is_recorded_only(void **state)
{
    struct receipt receipt = { 0 };
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s, "{}");
    assert_int_equal(connector_custom.send(&f.op, &s.connection, &s.out, &receipt), 0);
    assert_true(receipt.nowhere);
    assert_int_equal(s.script.calls, 0);
}

static void without_a_secret_nothing_leaves(void **state)
{
    struct receipt receipt = { 0 };
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s, WITH_URL);
    s.connection.secret_count = 0;
    assert_int_equal(connector_custom.send(&f.op, &s.connection, &s.out, &receipt),
                     ERR_UNAVAILABLE);
    assert_int_equal(s.script.calls, 0);
}

static void reading_back_finds_proves_absence_or_cannot_tell(void **state)
{
    static const struct {
        int outcome, status;
        const char *body;
        int expected;
        const char *id;
    } cases[] = {
        { 0, 200, "{\"items\":[{\"external_id\":\"r-1\"}]}", 0, "r-1" },
        { 0, 200, "{\"items\":[{},{}]}", 0, "" },
        { 0, 200, "{\"items\":[]}", FIND_ABSENT, "" },
        { 0, 200, "{\"items\":{}}", FIND_CANNOT_TELL, "" },
        { 0, 200, "{}", FIND_CANNOT_TELL, "" },
        { 0, 200, "[]", FIND_CANNOT_TELL, "" },
        { 0, 200, "", FIND_CANNOT_TELL, "" },
        { 0, 204, "", FIND_CANNOT_TELL, "" },
        { 0, 404, "{\"items\":[]}", FIND_CANNOT_TELL, "" },
        { 0, 500, "", FIND_CANNOT_TELL, "" },
        { HTTP_REFUSED, 0, "", FIND_CANNOT_TELL, "" },
        { HTTP_NOT_SENT, 0, "", FIND_CANNOT_TELL, "" },
        { HTTP_MAY_HAVE_LEFT, 0, "", FIND_CANNOT_TELL, "" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { 0 };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, WITH_URL);
        s.script.outcome = cases[i].outcome;
        s.script.reply = (struct http_reply){ .status = cases[i].status,
                                              .body = str_of(cases[i].body) };
        if (connector_custom.find(&f.op, &s.connection, &s.out, &receipt) !=
            cases[i].expected)
            fail_msg("case %zu: another outcome", i);
        CHECK_STR(receipt.external_id, cases[i].id);
    }
}

static void reading_back_names_the_key_in_the_address(void **state)
{
    struct receipt receipt = { 0 };
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s, "{\"outbound_url\":\"https://example.org/in?a=1\"}");
    s.out.key = STR("k/1");
    s.script.reply.status = 500;
    assert_int_equal(connector_custom.find(&f.op, &s.connection, &s.out, &receipt),
                     FIND_CANNOT_TELL);
    CHECK_STR(s.script.seen.method, "GET");
    CHECK_STR(s.script.seen.url, "https://example.org/in?a=1&idempotency_key=k%2F1");
    CHECK_STR(s.script.seen.body, "");
}

static void a_reply_is_written_as_the_documentation_shows_it(void **state)
{
    static const struct item_file file = { STR("a.txt"), STR("text/plain"), STR("hi") };
    struct outbound out = {
        .key = STR("draht-1"),
        .conversation_id = 5,
        .thread_external_id = STR("p-3"),
        .visibility = STR("public"),
        .body = STR("Bitte \"neu\" starten"),
        .author_name = STR("Eva"),
        .files = &file,
        .file_count = 1,
    };
    struct str bytes;
    (void)state;
    FIXTURE(f);

    assert_int_equal(connector_custom.compose(&f.op, &out, &bytes), 0);
    CHECK_STR(bytes, "{\"idempotency_key\":\"draht-1\",\"conversation_id\":\"5\","
                     "\"thread_external_id\":\"p-3\",\"parent_external_id\":null,"
                     "\"visibility\":\"public\",\"body\":\"Bitte \\\"neu\\\" starten\","
                     "\"author_name\":\"Eva\",\"attachments\":[{\"name\":\"a.txt\","
                     "\"mime\":\"text/plain\",\"base64\":\"aGk=\"}]}");
}

static void only_a_fresh_signature_over_the_very_bytes_is_genuine(void **state)
{
    static const struct {
        const char *signing, *body;
        int64_t age;
        int expected;
    } cases[] = {
        { SECRET, "{\"a\":1}", 0, 0 },
        { OTHER, "{\"a\":1}", 0, 0 }, /* the old one, while it is being rotated */
        { SECRET, "{\"a\":1}", MINUTES(5), 0 },
        { SECRET, "{\"a\":1}", MINUTES(5) + SECONDS(1), CHECK_FORGED },
        { SECRET, "{\"a\":1}", -MINUTES(5) - SECONDS(1), CHECK_FORGED },
        { SECRET, "{\"a\":2}", 0, CHECK_FORGED },
        { "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB", "{\"a\":1}", 0, CHECK_FORGED },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_fields headers = { 0 };
        struct receipt receipt = { 0 };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, WITH_URL);
        f.op.now -= cases[i].age;
        assert_int_equal(signature_add(&f.op, str_of(cases[i].signing), STR("m-1"),
                                       STR("{\"a\":1}"), &headers),
                         0);
        f.op.now += cases[i].age;
        if (connector_custom.check(&f.op, &s.connection, &headers, str_of(cases[i].body),
                                   &receipt) != cases[i].expected)
            fail_msg("case %zu: another outcome", i);
        assert_true((receipt.reason.n != 0) == (cases[i].expected != 0));
    }
}

static void an_unsigned_request_and_a_channel_without_secret_are_refused(void **state)
{
    struct http_fields headers = { 0 };
    struct receipt receipt = { 0 };
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s, WITH_URL);
    assert_int_equal(
        connector_custom.check(&f.op, &s.connection, &headers, STR("{}"), &receipt),
        CHECK_FORGED);
    CHECK_STR(receipt.reason, "the request is not signed");
    s.connection.secret_count = 0;
    assert_int_equal(signature_add(&f.op, STR(SECRET), STR("m"), STR("{}"), &headers), 0);
    assert_int_equal(
        connector_custom.check(&f.op, &s.connection, &headers, STR("{}"), &receipt),
        CHECK_FORGED);
}

static void verifying_says_in_words_what_was_seen(void **state)
{
    static const struct {
        const char *settings;
        int outcome, status;
        const char *body;
        int expected;
        const char *words;
    } cases[] = {
        { "{}", 0, 0, "", 0, "no outbound address: replies are only recorded" },
        { WITH_URL, 0, 200, "{\"items\":[]}", 0,
          "the address answers and can be asked what it received" },
        { WITH_URL, 0, 404, "", VERIFY_FAILED,
          "a reply in doubt could not be looked up: the receiver answered 404" },
        { WITH_URL, HTTP_REFUSED, 0, "", VERIFY_FAILED,
          "a reply in doubt could not be looked up: words" },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { 0 };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, cases[i].settings);
        s.script.outcome = cases[i].outcome;
        s.script.reply = (struct http_reply){ .status = cases[i].status,
                                              .body = str_of(cases[i].body),
                                              .reason = STR("words") };
        assert_int_equal(connector_custom.verify(&f.op, &s.connection, &receipt),
                         cases[i].expected);
        CHECK_STR(receipt.reason, cases[i].words);
    }
}

static void settings_are_checked_by_the_table_of_the_network(void **state)
{
    static const struct {
        const char *settings;
        int expected;
    } cases[] = {
        { "{}", 0 },
        { "{\"outbound_url\":\"https://example.org/in\",\"quiet_ms\":0}", 0 },
        { "{\"outbound_url\":null}", 0 },
        { "{\"quiet_ms\":3600000}", 0 },
        { "{\"quiet_ms\":3600001}", ERR_INVALID },
        { "{\"quiet_ms\":-1}", ERR_INVALID },
        { "{\"quiet_ms\":\"1\"}", ERR_INVALID },
        { "{\"outbound_url\":\"file:///etc/passwd\"}", ERR_INVALID },
        { "{\"outbound_url\":\"https://user@example.org/\"}", ERR_INVALID },
        { "{\"outbound_url\":7}", ERR_INVALID },
        { "{\"signing_secret\":\"mine\"}", ERR_INVALID },
        { "{\"other\":1}", ERR_INVALID },
        { "[]", ERR_INVALID },
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct json *json;
        FIXTURE(f);

        assert_int_equal(json_parse(&f.op, str_of(cases[i].settings), &json), 0);
        if (connector_check_settings(&f.op, &connector_custom, json) != cases[i].expected)
            fail_msg("%s: another outcome", cases[i].settings);
    }
}

static void the_quiet_time_is_a_setting_with_a_default(void **state)
{
    struct setup s;
    (void)state;
    FIXTURE(f);

    set_up(&f, &s, "{\"quiet_ms\":1500}");
    assert_int_equal(connector_custom.quiet_ms(&s.connection), 1500);
    set_up(&f, &s, "{}");
    assert_int_equal(connector_custom.quiet_ms(&s.connection), SECONDS(30));
}

/* A connector that leaves one out would end the process later, in the middle of work. */
static void every_network_is_complete_and_found_by_its_name(void **state)
{
    const struct connector *c;
    (void)state;

    for (size_t i = 0; (c = connector_at(i)); i++) {
        if (!c->name || !c->capabilities || !c->settings || !c->verify)
            fail_msg("%s does not say what it is", c->network);
        assert_ptr_equal(connector_by_network(str_of(c->network)), c);
        if (c->split && !c->parse)
            fail_msg("%s takes things in and cannot read them", c->network);
        if (c->send && (!c->compose || !c->quiet_ms || !c->delivery))
            fail_msg("%s sends, and lacks what belongs to it", c->network);
        if (c->send && (c->find == NULL) != (c->delivery == DELIVERY_SILENT))
            fail_msg("%s is of another class than it says", c->network);
        if ((c->delivery == DELIVERY_KEYED) != (c->key_ms > 0) &&
            strncmp(c->network, "mock", 4) != 0)
            fail_msg("%s does not say how long a key counts", c->network);
        if ((c->poll != NULL) != (c->poll_ms > 0))
            fail_msg("%s does not say how often it is polled", c->network);
    }
    assert_null(connector_by_network(STR("morse")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_of_the_receiver_decides),
        cmocka_unit_test(a_reply_leaves_signed_with_its_key_and_the_frozen_bytes),
        cmocka_unit_test(how_long_the_receiver_wants_to_be_left_alone_is_passed_on),
        cmocka_unit_test(an_id_of_the_receiver_above_512_bytes_is_not_taken),
        cmocka_unit_test(without_an_address_a_reply_is_recorded_only),
        cmocka_unit_test(without_a_secret_nothing_leaves),
        cmocka_unit_test(reading_back_finds_proves_absence_or_cannot_tell),
        cmocka_unit_test(reading_back_names_the_key_in_the_address),
        cmocka_unit_test(a_reply_is_written_as_the_documentation_shows_it),
        cmocka_unit_test(only_a_fresh_signature_over_the_very_bytes_is_genuine),
        cmocka_unit_test(an_unsigned_request_and_a_channel_without_secret_are_refused),
        cmocka_unit_test(verifying_says_in_words_what_was_seen),
        cmocka_unit_test(settings_are_checked_by_the_table_of_the_network),
        cmocka_unit_test(the_quiet_time_is_a_setting_with_a_default),
        cmocka_unit_test(every_network_is_complete_and_found_by_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
