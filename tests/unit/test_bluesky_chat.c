/* test_bluesky_chat.c - private messages: what is read of them, what leaves, and what the
 * answers of their service and of the server before it mean. */
#include "bluesky_script.h"

#include "base/clock.h"

#define MESSAGE(id, who, at, text)                                                       \
    "{\"$type\":\"chat.bsky.convo.defs#messageView\",\"id\":\"" id "\",\"rev\":\"" id    \
    "\",\"text\":\"" text "\",\"sender\":{\"did\":\"did:plc:" who "\"},\"sentAt\":"      \
    "\"2026-11-02T0" at ":00.000Z\"}"
#define CONVO(id, rev, more)                                                             \
    "{\"id\":\"" id "\",\"rev\":\"" rev "\",\"members\":[{\"did\":\"did:plc:us\","       \
    "\"handle\":\"haus.test\"},{\"did\":\"did:plc:fan\",\"handle\":\"fan.test\","        \
    "\"displayName\":\"Fan <b>\"}],\"muted\":false,\"unreadCount\":1" more "}"
#define LAST(at)  ",\"lastMessage\":" MESSAGE("m9", "fan", at, "x")
#define BAD_TOKEN "{\"error\":\"InvalidToken\",\"message\":\"Bad token method\"}"

static void set_up_chat(struct fixture *f, struct setup *s, const char *body)
{
    struct json *json;

    set_up(f, s, body);
    CHECK_OK(f, json_parse(&f->op,
                           STR("{\"url\":\"https://example.org/\",\"handle\":\"haus\","
                               "\"chat\":true}"),
                           &json));
    s->connection.settings = json;
    s->out.thread_external_id = STR("chat:c1");
    s->out.parent_external_id = STR("chat:c1/m1");
    s->out.visibility = STR("private");
    CHECK_OK(f, connector_bluesky.compose(&f->op, &s->out, &s->out.bytes));
}

static void a_talk_and_its_messages_have_names_that_are_read_back(void **state UNUSED)
{
    static const struct {
        const char *text, *convo, *message; /* NULL: it is none */
    } cases[] = {
        { "chat:c1", "c1", "" },    { "chat:c1/m1", "c1", "m1" },
        { "chat:", NULL, NULL },    { "chat:/m1", NULL, NULL },
        { "chat:c1/", NULL, NULL }, { "chat:c1/m1/x", NULL, NULL },
        { "chat:c 1", NULL, NULL }, { "c1/m1", NULL, NULL },
        { FAN, NULL, NULL },        { "", NULL, NULL },
    };
    struct bluesky_chat_id id;
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool is = bluesky_chat_id_read(str_of(cases[i].text), &id);

        assert_int_equal(is, cases[i].convo != NULL);
        if (!is)
            continue;
        CHECK_STR(id.convo, cases[i].convo);
        CHECK_STR(id.message, cases[i].message);
        CHECK_STR(bluesky_chat_id(&f.op, id.convo, id.message), cases[i].text);
    }
    assert_int_equal(bluesky_chat_id(&f.op, STR("a/b"), STR("")).n, 0);
    for (int more = 0; more < 2; more++)
        assert_int_equal(
            bluesky_chat_id(&f.op, arena_fmt(&f.arena, "%0*d", 128 + more, 0), STR(""))
                    .n > 0,
            !more);
}

/* One poll behind another. */
static struct poll_page poll(struct fixture *f, struct setup *s, struct str cursor)
{
    struct receipt receipt = { .reason = STR("") };
    struct poll_page page;

    CHECK_OK(f, connector_bluesky.poll(&f->op, &s->connection, cursor, &page, &receipt));
    assert_int_equal(receipt.wait_ms, 0);
    return page;
}

static void
a_talk_that_changed_is_read_down_to_what_is_known_and_oldest_first(void **state UNUSED)
{
    struct poll_page page;
    struct item item;
    struct setup s;
    FIXTURE(f);

    set_up_chat(&f, &s, "x");
    s.script.replies[0] = script_answer(
        200, "{\"cursor\":\"n\",\"convos\":[" CONVO("c1", "r1", LAST("7:30")) "]}");
    s.script.replies[1] = script_answer(
        200, "{\"cursor\":\"n\",\"messages\":[" MESSAGE(
                 "m2", "us", "7:30",
                 "gern") ","
                         "{\"$type\":\"chat.bsky.convo.defs#deletedMessageView\",\"id\":"
                         "\"d\"},"
                         "{\"$type\":\"chat.bsky.convo.defs#systemMessageView\",\"id\":"
                         "\"s\"}," MESSAGE("mx", "else", "7:20", "fremd") "," MESSAGE(
                             "m1", "fan", "7:10", "Hallo <b>") "]}");
    s.script.replies[2] = script_answer(200, "{\"messages\":[]}");
    page = poll(&f, &s, STR(""));
    assert_true(page.more && page.count == 0);
    CHECK_STR(s.script.seen[0].url,
              "https://example.org/xrpc/chat.bsky.convo.listConvos?limit=100");
    CHECK_STR(http_field(&s.script.seen[0].headers, "atproto-proxy"),
              "did:web:api.bsky.chat#bsky_chat");
    page = poll(&f, &s, page.next);
    assert_int_equal(page.count, 2);
    CHECK_OK(&f, bluesky_parse(&f.op, page.items[0], &item));
    CHECK_STR(item.body, "Hallo <b>");
    CHECK_STR(item.external_id, "chat:c1/m1");
    CHECK_STR(item.thread.external_id, "chat:c1");
    CHECK_STR(item.thread.visibility, "private");
    CHECK_STR(item.author.external_id, "did:plc:fan");
    CHECK_STR(item.author.name, "Fan <b>");
    assert_false(item.author.is_us || item.mention);
    CHECK_OK(&f, bluesky_parse(&f.op, page.items[1], &item));
    assert_true(item.author.is_us && item.sent_at > 0);
    CHECK_STR(item.author.handle, "haus.test");
    page = poll(&f, &s, page.next); /* below the first page of it */
    CHECK_STR(s.script.seen[2].url, "https://example.org/xrpc/chat.bsky.convo."
                                    "getMessages?limit=100&convoId=c1&cursor=n");
    assert_true(page.more); /* the rest of the list */
}

/* Of the list: the talk that is as it was is not read, nor is a group, nor what was quiet
 * since before. */
static void only_what_changed_is_read_again(void **state UNUSED)
{
    static const struct {
        const char *convo;
        bool read;
    } cases[] = {
        { CONVO("c1", "r1", LAST("7:30")), false },
        { CONVO("c1", "r2", LAST("7:30")), true },
        { CONVO("c2", "r1", LAST("7:30")), true },
        { CONVO("c2", "r1", LAST("5:29")), false },
        { CONVO("c2", "r1", ""), false },
        { CONVO("../c", "r1", LAST("7:30")), false },
        { CONVO("c2", "r1",
                LAST("7:30") ",\"kind\":{\"$type\":\"chat.bsky.convo.defs#groupConvo\"}"),
          false },
    };
    int64_t known;

    assert_true(time_parse(STR("2026-11-02T07:30:00.000Z"), &known));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct setup s;
        struct str cursor;
        FIXTURE(f);

        set_up_chat(&f, &s, "x");
        cursor = arena_fmt(&f.arena,
                           "{\"listed\":%lld,\"chat\":{\"known_at\":%lld,\"known\":[{"
                           "\"id\":\"c1\",\"rev\":\"r1\",\"at\":%lld}]}}",
                           (long long)f.op.now, (long long)known, (long long)known);
        s.script.replies[0] =
            (struct http_reply){ .status = 200,
                                 .body = arena_fmt(&f.arena, "{\"convos\":[%s]}",
                                                   cases[i].convo) };
        if (poll(&f, &s, cursor).more != cases[i].read)
            fail_msg("case %zu", i);
    }
}

static void
what_the_service_says_no_to_is_told_in_words_and_posts_go_on(void **state UNUSED)
{
    static const struct {
        int outcome, status;
        const char *body, *trouble;
    } cases[] = {
        { 0, 400, BAD_TOKEN, "chat_refused" },
        { 0, 401, "{}", "chat_refused" },
        { 0, 403, "{\"error\":\"ScopeMissingError\"}", "chat_refused" },
        { 0, 501, "{\"error\":\"MethodNotImplemented\"}", "chat_none" },
        { 0, 404, "", "chat_none" },
        { 0, 400,
          "{\"error\":\"InvalidRequest\",\"message\":\"could not resolve proxy did\"}",
          "chat_none" },
        { 0, 502, "{\"error\":\"UpstreamFailure\"}", "chat_away" },
        { 0, 200, "no json", "chat_away" },
        { 0, 429, "{}", "busy" },
        { HTTP_MAY_HAVE_LEFT, 0, "", "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct poll_page page;
        struct setup s;
        FIXTURE(f);

        set_up_chat(&f, &s, "x");
        s.script.replies[0] = script_answer(cases[i].status, cases[i].body);
        s.script.outcomes[0] = cases[i].outcome;
        s.script.replies[1] = script_answer(200, "{\"notifications\":[]}");
        page = poll(&f, &s, STR(""));
        assert_true(page.more && page.part.told);
        assert_true(cases[i].outcome || page.part.reason.n > 0);
        CHECK_STR(str_of(page.part.trouble), cases[i].trouble);
        page = poll(&f, &s, page.next);
        assert_true(str_find(s.script.seen[1].url, STR("listNotifications")) > 0);
        assert_false(page.part.told);
        assert_int_equal(s.script.calls, 2); /* no new session */
    }
}

static void
after_a_no_it_is_asked_again_later_or_with_another_session(void **state UNUSED)
{
    const struct bluesky_session session = { STR("did:plc:us"), STR("haus.test"),
                                             STR("other"), STR("refresh") };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up_chat(&f, &s, "x");
    s.script.replies[0] = script_answer(400, BAD_TOKEN);
    for (size_t i = 1; i < SCRIPT_MAX; i++)
        s.script.replies[i] = script_answer(200, "{\"notifications\":[],\"convos\":[]}");
    page = poll(&f, &s, STR(""));
    page = poll(&f, &s, page.next);
    f.op.now += MINUTES(9);
    page = poll(&f, &s, page.next);
    assert_true(str_find(s.script.seen[2].url, STR("listNotifications")) > 0);
    bluesky_session_keep(&s.connection, &session, f.op.now);
    f.op.now += 1;
    page = poll(&f, &s, page.next);
    assert_true(str_find(s.script.seen[3].url, STR("listConvos")) > 0);
    assert_true(page.part.told && page.part.reason.n == 0);
}

static void without_the_setting_nothing_is_asked(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up_chat(&f, &s, "x");
    CHECK_OK(&f, json_parse(&f.op, STR("{\"url\":\"https://example.org/\"}"),
                            (struct json **)&s.connection.settings));
    s.script.replies[0] = script_answer(200, "{\"notifications\":[]}");
    page = poll(&f, &s, STR("{\"chat\":{\"failed_at\":1}}"));
    assert_true(page.part.told && !page.part.reason.n && page.more);
    assert_int_equal(s.script.calls, 0);
    (void)poll(&f, &s, page.next);
    assert_true(str_find(s.script.seen[0].url, STR("listNotifications")) > 0);
    assert_int_equal(connector_bluesky.send(&f.op, &s.connection, &s.out, &receipt),
                     SEND_REFUSED);
    assert_true(str_find(receipt.reason, STR("switched off")) > 0);
}

static void
an_answer_lets_in_who_wrote_says_it_and_marks_what_it_answers_as_read(void **state UNUSED)
{
    static const char *const methods[] = { "acceptConvo", "sendMessage", "updateRead" };
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up_chat(&f, &s, "Ja: https://a.example");
    s.script.replies[0] = script_answer(200, "{}");
    s.script.replies[1] = script_answer(200, "{\"id\":\"m3\"}");
    s.script.replies[2] = script_answer(500, ""); /* which is nobody's trouble */
    CHECK_OK(&f, connector_bluesky.send(&f.op, &s.connection, &s.out, &receipt));
    CHECK_STR(receipt.external_id, "chat:c1/m3");
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        CHECK_STR(
            s.script.seen[i].url,
            arena_cstr(&f.arena,
                       arena_fmt(&f.arena, "https://example.org/xrpc/chat.bsky.convo.%s",
                                 methods[i])));
        CHECK_STR(http_field(&s.script.seen[i].headers, "atproto-proxy"),
                  "did:web:api.bsky.chat#bsky_chat");
    }
    CHECK_STR(s.script.seen[0].body, "{\"convoId\":\"c1\"}");
    CHECK_STR(s.script.seen[1].body,
              "{\"convoId\":\"c1\",\"message\":{\"text\":\"Ja: https://a.example\","
              "\"facets\":[{\"index\":{\"byteStart\":4,\"byteEnd\":21},\"features\":[{"
              "\"$type\":\"app.bsky.richtext.facet#link\",\"uri\":\"https://a.example\"}]"
              "}]}}");
    CHECK_STR(s.script.seen[2].body, "{\"convoId\":\"c1\",\"messageId\":\"m1\"}");
    assert_int_equal(s.script.seen[2].total_ms, SECONDS(5));
}

static void what_the_service_says_to_an_answer_decides(void **state UNUSED)
{
    static const struct {
        int outcome, status;
        const char *body;
        int expected;
    } cases[] = {
        { 0, 200, "{}", SEND_DOUBT },
        { 0, 200, "{\"id\":\"../x\"}", SEND_DOUBT },
        { 0, 502, "", SEND_DOUBT },
        { 0, 408, "", SEND_DOUBT },
        { HTTP_MAY_HAVE_LEFT, 0, "", SEND_DOUBT },
        { HTTP_NOT_SENT, 0, "", SEND_LATER },
        { HTTP_REFUSED, 0, "", SEND_REFUSED },
        { 0, 429, "{}", SEND_LATER },
        { 0, 400, BAD_TOKEN, SEND_LATER },
        { 0, 501, "{\"error\":\"MethodNotImplemented\"}", SEND_LATER },
        { 0, 400, "{\"error\":\"ConvoLocked\"}", SEND_REFUSED },
        { 0, 400, "{\"error\":\"InvalidRequest\",\"message\":\"blocked\"}",
          SEND_REFUSED },
    };

    for (size_t at = 0; at < 2; at++)
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            bool asks_only = at == 0; /* to be let in: nothing was said yet */
            struct receipt receipt = { .reason = STR("") };
            struct setup s;
            int r, expected = cases[i].expected;
            FIXTURE(f);

            if (asks_only && (cases[i].status == 200))
                continue;
            if (asks_only && expected == SEND_DOUBT)
                expected = SEND_LATER;
            set_up_chat(&f, &s, "Ja.");
            s.script.replies[0] = script_answer(200, "{}");
            s.script.replies[at] = script_answer(cases[i].status, cases[i].body);
            s.script.outcomes[at] = cases[i].outcome;
            r = connector_bluesky.send(&f.op, &s.connection, &s.out, &receipt);
            if (r != expected)
                fail_msg("case %zu of %zu: %d", i, at, r);
            assert_int_equal(s.script.calls, at + 1);
            /* what answers is no reason to leave the posts alone */
            assert_true(cases[i].outcome || cases[i].status == 200 || receipt.answered);
        }
}

#define LIST(list) "{\"cursor\":\"n\",\"messages\":[" list "]}"

/* It is asked at half past seven, of what was composed then. */
static void an_answer_is_known_by_who_said_it_its_words_and_its_time(void **state UNUSED)
{
    static const struct {
        const char *first, *second;
        int expected;
        int64_t copies;
    } cases[] = {
        { LIST(MESSAGE("m3", "us", "7:30", "Ja.")), LIST(""), 0, 1 },
        { LIST(MESSAGE("m4", "us", "7:30", "Ja.") "," MESSAGE("m3", "us", "7:30", "Ja.")),
          LIST(""), 0, 2 },
        { LIST(MESSAGE("m4", "fan", "7:30", "Ja.")),
          "{\"messages\":[" MESSAGE("m3", "us", "7:30", " Ja. ") "]}", 0, 1 },
        { LIST(MESSAGE("m3", "us", "7:30", "Ja.")), "{}", 0, 1 },
        { LIST(MESSAGE("m3", "us", "7:29", "Ja.")), NULL, FIND_ABSENT, 0 },
        { LIST(MESSAGE("m3", "fan", "7:30", "Ja.")), LIST(""), FIND_ABSENT, 0 },
        { LIST(MESSAGE("m3", "us", "7:30", "Nein.")), LIST(""), FIND_ABSENT, 0 },
        { LIST(MESSAGE("m3", "us", "7:30", "Nein.")), "{}", FIND_CANNOT_TELL, 0 },
        { BAD_TOKEN, NULL, FIND_CANNOT_TELL, 0 },
    };
    int64_t now;

    assert_true(time_parse(STR("2026-11-02T07:30:00.000Z"), &now));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        int r;
        FIXTURE(f);

        set_up_chat(&f, &s, "Ja.");
        s.script.replies[0] =
            script_answer(strcmp(cases[i].first, BAD_TOKEN) ? 200 : 400, cases[i].first);
        s.script.replies[1] = script_answer(200, cases[i].second);
        for (size_t k = 0; k < 2; k++)
            http_add(&f.arena, &s.script.replies[k].headers, STR("Date"),
                     http_date(&f.arena, now));
        r = connector_bluesky.find(&f.op, &s.connection, &s.out, &receipt);
        if (r != cases[i].expected || receipt.copies != cases[i].copies)
            fail_msg("case %zu: %d, %lld", i, r, (long long)receipt.copies);
        if (r == 0)
            CHECK_STR(receipt.external_id, "chat:c1/m3");
        else
            assert_true(receipt.reason.n > 0);
        assert_int_equal(s.script.calls, cases[i].second ? 2 : 1);
    }
}

static void a_message_becomes_an_item_with_all_that_people_see_of_it(void **state UNUSED)
{
    static const char message[] =
        "{\"$type\":\"chat.bsky.convo.defs#messageView\",\"id\":\"m2\",\"text\":"
        "\"seht hier\",\"facets\":[{\"index\":{\"byteStart\":5,\"byteEnd\":9},"
        "\"features\":[{\"$type\":\"app.bsky.richtext.facet#link\",\"uri\":"
        "\"https://a.example/\"}]}],\"embed\":{\"$type\":\"app.bsky.embed.record#view\","
        "\"record\":{\"uri\":\"" FAN
        "\",\"author\":{\"handle\":\"fan.test\"},\"value\":{\"text\":\"Zitat\"}}},"
        "\"replyTo\":{\"id\":\"m1\",\"text\":\"?\"},\"reactions\":[{\"value\":\"+\"},"
        "{\"value\":\"+\"},{\"value\":\"-\"}],\"sentAt\":\"2026-11-02T07:30:00.000Z\"}";
    const struct bluesky_me me = { STR("did:plc:us"), STR("haus.test") };
    struct json *json, *author;
    struct item item;
    FIXTURE(f);

    CHECK_OK(&f, json_parse(&f.op, str_of(message), &json));
    CHECK_OK(&f, json_parse(&f.op, STR("{\"did\":\"did:plc:fan\"}"), &author));
    CHECK_OK(&f,
             bluesky_parse(&f.op, bluesky_chat_item(&f.op, &me, STR("c1"), author, json),
                           &item));
    CHECK_STR(item.body, "seht hier (https://a.example/)\n> @fan.test:\n> Zitat\n"
                         "https://bsky.app/profile/did:plc:fan/post/3k");
    CHECK_STR(item.parent_external_id, "chat:c1/m1");
    CHECK_STR(item.thread.url, "https://bsky.app/messages/c1");
    assert_int_equal(item.reaction_count, 2);
    CHECK_STR(item.reactions[0].kind, "+");
    assert_int_equal(item.reactions[0].number, 2);
    assert_false(item.wordless);
    assert_int_equal(bluesky_parse(&f.op, STR("{\"chat\":{}}"), &item), ERR_INVALID);
}

static void
a_chat_message_is_neither_hidden_nor_looked_for_among_posts(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up_chat(&f, &s, "x");
    assert_int_equal(connector_bluesky.moderate(&f.op, &s.connection, STR("chat:c1/m1"),
                                                STR("held"), &receipt),
                     SEND_REFUSED);
    assert_true(receipt.reason.n > 0);
    assert_int_equal(
        connector_bluesky.look(&f.op, &s.connection, STR("chat:c1/m1"), &receipt),
        LOOK_CANNOT_TELL);
    assert_int_equal(s.script.calls, 0);
}

static void a_chat_message_may_be_longer_than_a_post(void **state UNUSED)
{
    struct length_rule rule;
    struct setup s;
    FIXTURE(f);

    set_up_chat(&f, &s, "x");
    rule = connector_bluesky.length(&s.connection, true);
    assert_int_equal(rule.most, 1000);
    assert_int_equal(rule.most_bytes, 10000);
    assert_int_equal(connector_bluesky.length(&s.connection, false).most, 300);
    assert_int_equal(connector_delivery(&connector_bluesky, STR("private")),
                     DELIVERY_ALIKE);
    assert_int_equal(connector_delivery(&connector_bluesky, STR("public")),
                     DELIVERY_EXACT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_talk_and_its_messages_have_names_that_are_read_back),
        cmocka_unit_test(
            a_talk_that_changed_is_read_down_to_what_is_known_and_oldest_first),
        cmocka_unit_test(only_what_changed_is_read_again),
        cmocka_unit_test(what_the_service_says_no_to_is_told_in_words_and_posts_go_on),
        cmocka_unit_test(after_a_no_it_is_asked_again_later_or_with_another_session),
        cmocka_unit_test(without_the_setting_nothing_is_asked),
        cmocka_unit_test(
            an_answer_lets_in_who_wrote_says_it_and_marks_what_it_answers_as_read),
        cmocka_unit_test(what_the_service_says_to_an_answer_decides),
        cmocka_unit_test(an_answer_is_known_by_who_said_it_its_words_and_its_time),
        cmocka_unit_test(a_message_becomes_an_item_with_all_that_people_see_of_it),
        cmocka_unit_test(a_chat_message_is_neither_hidden_nor_looked_for_among_posts),
        cmocka_unit_test(a_chat_message_may_be_longer_than_a_post),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
