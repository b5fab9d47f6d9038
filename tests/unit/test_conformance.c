/* test_conformance.c - what every connector promises, tried on every connector there is.
 *
 * A connector gets in through a row in `cases`: settings with which it works, one of its
 * items as bytes, and what its network answers. tests/system and the peers show the rest:
 * that what is sent arrives once, and that nothing is missed after an outage.
 */
#include "fixture.h"

#include "base/strbuf.h"
#include "channel/bluesky.h"
#include "channel/connector.h"
#include "net/client.h"
#include "net/wire.h"

#define ITEM                                                                             \
    "{\"external_id\":\"i-1\",\"thread\":{\"external_id\":\"t-1\"},"                     \
    "\"author\":{\"external_id\":\"a-1\"},\"body\":\"Hallo\"}"
#define COMMENT                                                                          \
    "{\"me\":1,\"comment\":{\"id\":8,\"post\":4,\"content\":{\"raw\":\"Hallo\"},"        \
    "\"date_gmt\":\"2026-11-01T10:00:00\",\"type\":\"comment\"},\"post\":{}}"
#define STATUS                                                                           \
    "{\"me\":{\"id\":\"1\"},\"thread\":{\"id\":\"4\"},\"status\":{\"id\":\"8\","         \
    "\"content\":\"<p>Hallo</p>\",\"created_at\":\"2026-11-01T10:00:00.000Z\"}}"
#define POST                                                                             \
    "{\"me\":{\"did\":\"did:plc:us\"},\"post\":{\"uri\":"                                \
    "\"at://did:plc:fan/app.bsky.feed.post/8\",\"author\":{\"did\":\"did:plc:fan\"},"    \
    "\"record\":{\"text\":\"Hallo\",\"createdAt\":\"2026-11-01T10:00:00.000Z\"}}}"
#define POSTED                                                                           \
    "{\"posts\":[{\"uri\":\"8\",\"cid\":\"c\",\"record\":{}}],"                          \
    "\"uri\":\"at://did:plc:us/app.bsky.feed.post/77\",\"cid\":\"d\"}"
#define ENTRY "{\"feed\":{},\"entry\":{\"id\":\"e-1\",\"text\":\"Hallo\"}}"

#define MAIL                                                                             \
    "{\"box\":\"inbox\",\"us\":\"wir@example.org\",\"at\":1}\nFrom: a@example.com\r\n"   \
    "Message-ID: <m-1@example.com>\r\n\r\nHallo\r\n"
#define MAILBOX                                                                          \
    "{\"address\":\"wir@example.org\",\"imap_host\":\"mail.example.org\","               \
    "\"smtp_host\":\"mail.example.org\"}"

static const struct sample {
    const char *network, *settings;
    const char *item;  /* one of its items, as it is kept */
    const char *taken; /* how it answers a message that it took */
    const char *cursor;
} samples[] = {
    { "custom", "{\"outbound_url\":\"https://example.org/in\"}", ITEM, "{}", NULL },
    { "webchat", "{}", NULL, NULL, NULL },
    { "form", "{}", ITEM, NULL, NULL },
    { "wordpress", "{\"url\":\"https://example.org\",\"user\":\"eva\"}", COMMENT,
      "{\"id\":77}", "{\"me\":1,\"newest\":1,\"swept\":1}" },
    { "mastodon", "{\"url\":\"https://example.org\"}", STATUS, "{\"id\":\"77\"}",
      "{\"me\":{\"id\":\"1\"}}" },
    { "bluesky", "{\"url\":\"https://example.org\",\"handle\":\"haus\"}", POST, POSTED,
      "{\"known_at\":1}" },
    { "feed", "{\"url\":\"https://example.org/feed\"}", ENTRY, NULL, "{\"etag\":\"x\"}" },
    { "email", MAILBOX, MAIL, NULL, "{\"inbox\":{\"validity\":1,\"uid\":7}}" },
    { "mock_a", "{\"url\":\"https://example.org\"}", ITEM, "{\"id\":\"m\"}", "7" },
    { "mock_b", "{\"url\":\"https://example.org\"}", ITEM, "{\"id\":\"m\"}", "7" },
    { "mock_c", "{\"url\":\"https://example.org\"}", ITEM, "{\"id\":\"m\"}", "7" },
    { "mock_d", "{\"url\":\"https://example.org\"}", ITEM, "{\"id\":\"m\"}", "7" },
    { "mock_e", "{\"url\":\"https://example.org\"}", ITEM, "{\"id\":\"m\"}", "7" },
};

/* A network that gives the same answer to everything. */
struct script {
    struct http_client base;
    int outcome;
    bool acted; /* it was asked to do something */
    struct http_reply reply;
};

static int scripted(struct op *op, const struct http_client *client,
                    const struct http_call *call, struct http_reply *ret)
{
    struct script *script = CONTAINER_OF(client, struct script, base);

    (void)op;
    script->acted = script->acted || str_is(call->method, "POST");
    *ret = script->reply;
    return script->outcome;
}

/* A server that nobody reaches: of a network that is not HTTP, tests of its own try the
 * rest. */
static int unreachable(struct op *op, const struct dialer *dialer,
                       const struct dial *dial, struct wire **ret, struct str *ret_why)
{
    (void)op;
    (void)dialer;
    (void)dial;
    (void)ret;
    *ret_why = STR("words");
    return WIRE_NOT_OPENED;
}

static const struct dialer nobody = { unreachable };

static bool is_http(const struct connector *connector)
{
    return strcmp(connector->network, "email") != 0;
}

struct setup {
    const struct sample *sample;
    const struct connector *connector;
    struct script script;
    struct str secret;
    struct connection connection;
    struct outbound out;
};

static void set_up(struct fixture *f, struct setup *s, const struct connector *connector)
{
    const struct bluesky_session session = { STR("did:plc:us"), STR("haus"), STR("a"),
                                             STR("r") };
    struct json *json;

    *s = (struct setup){ .connector = connector, .script.base.send = scripted };
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        if (strcmp(samples[i].network, connector->network) == 0)
            s->sample = &samples[i];
    if (!s->sample)
        fail_msg("%s has no row in this file", connector->network);
    f->world.http = &s->script.base;
    f->world.dialer = &nobody;
    CHECK_OK(f, json_parse(&f->op, str_of(s->sample->settings), &json));
    s->secret = STR("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3");
    s->connection =
        (struct connection){ .settings = json, .secrets = &s->secret, .secret_count = 1 };
    s->connection.credential.site =
        connector->site ? connector->site(&f->op, json) : json_text(json, "url");
    s->connection.credential.text = STR("abcd");
    s->out = (struct outbound){ .key = STR("k-1"),
                                .thread_external_id = STR("4"),
                                .parent_external_id = STR("8"),
                                .to = STR("a@example.com"),
                                .settings = json,
                                .visibility = STR("public"),
                                .body = STR("Antwort") };
    bluesky_session_keep(&s->connection, &session, 1);
    if (connector->compose)
        CHECK_OK(f, connector->compose(&f->op, &s->out, &s->out.bytes));
}

static bool has_setting(const struct connector *c, const char *name)
{
    for (const struct setting *one = c->settings; one->name; one++)
        if (strcmp(one->name, name) == 0)
            return true;
    return false;
}

static void what_a_connector_says_of_itself_fits_together(void **state UNUSED)
{
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++) {
        print_message("%s\n", c->network);
        assert_true(c->name && c->capabilities && c->settings && c->verify && c->parse);
        assert_true(connector_by_network(str_of(c->network)) == c);
        assert_int_equal(c->poll != NULL, c->poll_ms > 0);
        assert_int_equal(c->poll != NULL, connector_can(c, "polling"));
        assert_int_equal(c->moderate != NULL, connector_can(c, "hide"));
        assert_int_equal(c->restrain != NULL, connector_can(c, "report") ||
                                                  connector_can(c, "mute") ||
                                                  connector_can(c, "block"));
        assert_int_equal(c->measure != NULL, connector_can(c, "metrics"));
        assert_int_equal(c->measure != NULL, c->measure_posts > 0);
        assert_int_equal(c->consent != NULL, connector_can(c, "consent"));
        assert_int_equal(c->consent != NULL, c->consented != NULL);
        assert_true(!c->consent || c->credential);
        assert_int_equal(c->send != NULL, c->delivery != 0);
        assert_int_equal(c->send != NULL, c->compose != NULL);
        assert_int_equal(c->send != NULL, c->quiet_ms != NULL);
        assert_int_equal(c->find != NULL,
                         c->send != NULL && c->delivery != DELIVERY_SILENT);
        assert_int_equal(c->check != NULL, c->split != NULL);
        assert_true(!c->signing_secret || has_setting(c, c->signing_secret));
        assert_true(!c->credential || has_setting(c, c->credential));
        assert_true(!c->credential || c->site || has_setting(c, "url"));
        for (const struct setting *one = c->settings; one->name; one++)
            assert_true(one->label && one->help && one->type);
    }
}

/* The same bytes give the same item, and a member that nobody knew yet changes nothing.
 */
static void an_item_is_read_the_same_with_members_that_nobody_knows(void **state UNUSED)
{
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++) {
        struct item once, more;
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, c);
        if (!s.sample->item)
            continue;
        CHECK_OK(&f, c->parse(&f.op, str_of(s.sample->item), &once));
        CHECK_OK(&f, c->parse(&f.op,
                              arena_fmt(&f.arena, "{\"new_member\":{\"x\":[1,null]},%s",
                                        s.sample->item + 1),
                              &more));
        assert_true(once.external_id.n && once.thread.external_id.n);
        assert_true(str_eq(once.external_id, more.external_id));
        assert_true(str_eq(once.thread.external_id, more.thread.external_id));
        CHECK_STR(once.body, "Hallo");
        CHECK_STR(more.body, "Hallo");
        assert_int_equal(once.sent_at, more.sent_at);
    }
}

static void what_is_no_item_is_refused_in_words(void **state UNUSED)
{
    static const char *const cases[] = { "", "{", "[]", "7", "{}", "null" };
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++)
        for (size_t k = 0; k < COUNT_OF(cases); k++) {
            struct item item;
            int r;
            FIXTURE(f);

            r = c->parse(&f.op, str_of(cases[k]), &item);
            assert_true(r == ERR_INVALID || r == ERR_MALFORMED);
            assert_true(f.op.err.text.n > 0);
        }
}

/* What each kind of answer may be taken for, whatever the network. Who only asked before
 * has not acted: then nothing is in doubt. */
static void
of_a_send_it_is_said_exactly_whether_it_may_have_been_applied(void **state UNUSED)
{
    static const struct {
        int outcome, status, expected;
    } cases[] = { { HTTP_REFUSED, 0, SEND_REFUSED },
                  { HTTP_NOT_SENT, 0, SEND_LATER },
                  { HTTP_MAY_HAVE_LEFT, 0, SEND_DOUBT },
                  { 0, 429, SEND_LATER },
                  { 0, 500, SEND_DOUBT },
                  { 0, 502, SEND_DOUBT },
                  { 0, 400, SEND_REFUSED },
                  { 0, 201, 0 } };
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++)
        for (size_t k = 0; k < COUNT_OF(cases); k++) {
            struct receipt receipt = { .reason = STR("") };
            struct setup s;
            int r, expected = cases[k].expected;
            FIXTURE(f);

            set_up(&f, &s, c);
            if (!c->send || !s.sample->taken)
                continue;
            s.script.outcome = cases[k].outcome;
            s.script.reply = (struct http_reply){ .status = cases[k].status,
                                                  .reason = STR("words"),
                                                  .body = STR("") };
            if (cases[k].status == 201)
                s.script.reply.body = str_of(s.sample->taken);
            if (cases[k].status == 429)
                s.script.reply.retry_after = 90;
            r = c->send(&f.op, &s.connection, &s.out, &receipt);
            if (expected == SEND_DOUBT && !s.script.acted)
                expected = SEND_LATER;
            if (r != expected)
                fail_msg("%s takes case %zu for %d", c->network, k, r);
            assert_true(r == 0 || receipt.reason.n > 0);
            assert_int_equal(receipt.wait_ms, cases[k].status == 429 ? SECONDS(90) : 0);
            assert_int_equal(receipt.answered, cases[k].status == 429);
        }
}

/* No answer, a refused token, a limit, something else than was asked for: the poll says
 * so, and the place up to which was read stays where it is. */
static void a_poll_that_fails_says_why_and_moves_nothing(void **state UNUSED)
{
    static const struct {
        int outcome, status;
        const char *body;
    } cases[] = { { HTTP_NOT_SENT, 0, "" }, { HTTP_MAY_HAVE_LEFT, 0, "" },
                  { 0, 401, "{}" },         { 0, 403, "" },
                  { 0, 429, "" },           { 0, 500, "" } };
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++)
        for (size_t k = 0; c->poll && k < COUNT_OF(cases); k++) {
            struct poll_page page = { .count = 12345 };
            struct receipt receipt = { .reason = STR("") };
            struct setup s;
            FIXTURE(f);

            set_up(&f, &s, c);
            if (!is_http(c) && !cases[k].outcome)
                continue;
            s.script.outcome = cases[k].outcome;
            s.script.reply = (struct http_reply){ .status = cases[k].status,
                                                  .reason = STR("words"),
                                                  .body = str_of(cases[k].body) };
            if (cases[k].status == 429)
                s.script.reply.retry_after = 90;
            assert_int_equal(
                c->poll(&f.op, &s.connection, str_of(s.sample->cursor), &page, &receipt),
                POLL_FAILED);
            assert_int_equal(page.count, 12345);
            assert_true(receipt.reason.n > 0);
            assert_int_equal(receipt.wait_ms, cases[k].status == 429 ? SECONDS(90) : 0);
        }
}

/* What is not told is not 0: neither when nobody answers nor when the answer has none of
 * it. */
static void measuring_gives_no_number_that_the_network_did_not_give(void **state UNUSED)
{
    static const struct {
        int outcome, status;
        const char *body;
    } cases[] = { { HTTP_NOT_SENT, 0, "" }, { HTTP_MAY_HAVE_LEFT, 0, "" },
                  { 0, 401, "{}" },         { 0, 429, "" },
                  { 0, 500, "" },           { 0, 200, "<html>" },
                  { 0, 200, "{}" },         { 0, 200, "{\"posts\":[{}]}" } };
    const struct str posts[] = { STR("8"), STR("at://did:plc:us/app.bsky.feed.post/9") };
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++)
        for (size_t k = 0; c->measure && k < COUNT_OF(cases) * 3; k++) {
            const struct measure_wish wish = { posts, k % 3 };
            struct counted counted[] = { counted_nothing(), counted_nothing() };
            struct receipt receipt = { .reason = STR("") };
            struct setup s;
            int r, status = cases[k / 3].status;
            FIXTURE(f);

            set_up(&f, &s, c);
            s.script.outcome = cases[k / 3].outcome;
            s.script.reply = (struct http_reply){ .status = status,
                                                  .reason = STR("words"),
                                                  .body = str_of(cases[k / 3].body) };
            if (status == 429)
                s.script.reply.retry_after = 90;
            r = c->measure(&f.op, &s.connection, &wish, counted, &receipt);
            assert_true(r == 0 || r == MEASURE_FAILED);
            assert_true(r == 0 || receipt.reason.n > 0);
            assert_true(r == MEASURE_FAILED || status == 200);
            assert_int_equal(receipt.wait_ms, status == 429 ? SECONDS(90) : 0);
            for (size_t n = 0; n < 2 * COUNTED_KINDS; n++)
                assert_int_equal(counted[n / COUNTED_KINDS].of[n % COUNTED_KINDS],
                                 COUNTED_NOT_GIVEN);
        }
}

/* A cursor of another version, or a damaged one, begins anew instead of stopping. */
static void a_cursor_that_cannot_be_read_does_not_stop_a_poll(void **state UNUSED)
{
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct poll_page page;
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, c);
        if (!c->poll)
            continue;
        s.script.outcome = HTTP_NOT_SENT;
        s.script.reply.reason = STR("words");
        assert_int_equal(c->poll(&f.op, &s.connection, STR("{\"not"), &page, &receipt),
                         POLL_FAILED);
        assert_int_equal(f.op.err.kind, 0);
        CHECK_STR(receipt.reason, "words");
    }
}

/* Absent is a proof, so silence and failure must not give it. */
static void looking_for_a_message_proves_nothing_when_nobody_answers(void **state UNUSED)
{
    static const struct {
        int outcome, status;
    } cases[] = { { HTTP_NOT_SENT, 0 }, { HTTP_MAY_HAVE_LEFT, 0 },
                  { 0, 401 },           { 0, 404 },
                  { 0, 429 },           { 0, 500 } };
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++)
        for (size_t k = 0; k < COUNT_OF(cases); k++) {
            struct receipt receipt = { .reason = STR("") };
            struct setup s;
            FIXTURE(f);

            set_up(&f, &s, c);
            if (!c->find || !s.sample->taken)
                continue;
            s.script.outcome = cases[k].outcome;
            s.script.reply =
                (struct http_reply){ .status = cases[k].status, .reason = STR("words") };
            assert_int_equal(c->find(&f.op, &s.connection, &s.out, &receipt),
                             FIND_CANNOT_TELL);
            if (c->look)
                assert_int_equal(c->look(&f.op, &s.connection, STR("8"), &receipt),
                                 LOOK_CANNOT_TELL);
            if (c->moderate)
                assert_true(c->moderate(&f.op, &s.connection, STR("8"), STR("held"),
                                        &receipt) > 0);
            if (c->restrain)
                assert_true(c->restrain(&f.op, &s.connection,
                                        &(const struct restraint_wish){
                                            .kind = STR("block"), .account = STR("8") },
                                        &receipt) > 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_connector_says_of_itself_fits_together),
        cmocka_unit_test(an_item_is_read_the_same_with_members_that_nobody_knows),
        cmocka_unit_test(what_is_no_item_is_refused_in_words),
        cmocka_unit_test(of_a_send_it_is_said_exactly_whether_it_may_have_been_applied),
        cmocka_unit_test(a_poll_that_fails_says_why_and_moves_nothing),
        cmocka_unit_test(measuring_gives_no_number_that_the_network_did_not_give),
        cmocka_unit_test(a_cursor_that_cannot_be_read_does_not_stop_a_poll),
        cmocka_unit_test(looking_for_a_message_proves_nothing_when_nobody_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
