/* test_channel_bluesky.c - what the connector makes of the answers of a server of the AT
 * Protocol, and of the protocol's own lists of right and wrong names. */
#include "bluesky_script.h"

#include <unistd.h>

#include "base/clock.h"

#define SYNTAX "../shared/suites/atproto-interop/syntax/"

/* Each list has one name a line; what begins with '#' is a comment. */
static void check_list(const char *name, bool (*is)(struct str), bool expected)
{
    struct str rest;
    size_t count = 0;
    FIXTURE(f);

    rest = fixture_read_file(
        &f.arena, arena_cstr(&f.arena, arena_fmt(&f.arena, SYNTAX "%s", name)));
    while (rest.n) {
        struct str line = str_cut(rest, '\n', &rest);

        if (!line.n || line.p[0] == '#')
            continue;
        if (is(line) != expected)
            fail_msg("%s: " STR_FMT, name, STR_ARG(line));
        count++;
    }
    assert_true(count > 3);
}

static bool is_uri(struct str text)
{
    struct bluesky_uri uri;

    return bluesky_uri_read(text, &uri);
}

static void names_are_right_or_wrong_as_the_protocols_own_lists_say(void **state UNUSED)
{
    if (access(SYNTAX "tid_syntax_valid.txt", R_OK)) {
        print_message("not run: no " SYNTAX "\n");
        skip();
    }
    check_list("did_syntax_valid.txt", bluesky_is_did, true);
    check_list("did_syntax_invalid.txt", bluesky_is_did, false);
    check_list("handle_syntax_valid.txt", bluesky_is_handle, true);
    check_list("handle_syntax_invalid.txt", bluesky_is_handle, false);
    check_list("nsid_syntax_valid.txt", bluesky_is_nsid, true);
    check_list("nsid_syntax_invalid.txt", bluesky_is_nsid, false);
    check_list("recordkey_syntax_valid.txt", bluesky_is_record_key, true);
    check_list("recordkey_syntax_invalid.txt", bluesky_is_record_key, false);
    check_list("tid_syntax_valid.txt", bluesky_is_tid, true);
    check_list("tid_syntax_invalid.txt", bluesky_is_tid, false);
    check_list("aturi_syntax_valid.txt", is_uri, true);
    check_list("aturi_syntax_invalid.txt", is_uri, false);
}

static void keys_of_records_are_valid_differ_and_grow_with_time(void **state UNUSED)
{
    struct str first, second, later;
    FIXTURE(f);

    first = bluesky_tid(&f.op, f.op.now);
    second = bluesky_tid(&f.op, f.op.now);
    later = bluesky_tid(&f.op, f.op.now + 1);
    assert_true(bluesky_is_tid(first) && bluesky_is_tid(second) && bluesky_is_tid(later));
    assert_false(str_eq(first, second));
    assert_true(str_cmp(first, later) < 0 && str_cmp(second, later) < 0);
}

static void an_external_id_is_a_record_named_by_its_did(void **state UNUSED)
{
    static const struct {
        const char *uri;
        bool expected;
    } cases[] = {
        { FAN, true },
        { "at://fan.test/app.bsky.feed.post/3k", false },
        { "at://did:plc:fan/app.bsky.feed.post", false },
        { "at://did:plc:fan", false },
        { "https://example.org/3k", false },
        { "", false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(bluesky_id(str_of(cases[i].uri)).n > 0, cases[i].expected);
}

static void an_external_id_is_taken_up_to_its_ceiling(void **state UNUSED)
{
    struct str uri;
    FIXTURE(f);

    uri = arena_fmt(&f.arena, "at://did:plc:fan/app.bsky.feed.post/%0*d",
                    ITEM_MAX_ID - (int)strlen("at://did:plc:fan/app.bsky.feed.post/"), 0);
    assert_int_equal(uri.n, ITEM_MAX_ID);
    assert_true(str_eq(bluesky_id(uri), uri));
    assert_int_equal(bluesky_id(arena_fmt(&f.arena, STR_FMT "0", STR_ARG(uri))).n, 0);
}

static void what_leads_somewhere_is_found_by_its_bytes(void **state UNUSED)
{
    static const struct {
        const char *text, *expected; /* kind, start-end, value; one after the other */
    } cases[] = {
        { "nichts", "" },
        { "https://example.org/a?b=1.", "1 0-25 https://example.org/a?b=1;" },
        { "(http://a.example)", "1 1-17 http://a.example;" },
        { "xhttps://a.example", "" },
        { "https://", "" },
        { "für @fan.test, ja", "2 5-14 fan.test;" },
        { "📦 @fan.test.", "2 5-14 fan.test;" },
        { "@fan", "" },
        { "mail@example.org", "" },
        { "#Päckchen! #7 #", "3 0-10 P\xc3\xa4"
                             "ckchen;" },
        { "#a#b", "3 0-2 a;" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bluesky_facet *list;
        struct strbuf out;
        size_t count;
        FIXTURE(f);

        out = STRBUF(&f.arena);
        count = bluesky_facets(&f.op, str_of(cases[i].text), &list);
        for (size_t k = 0; k < count; k++)
            strbuf_fmt(&out, "%d %zu-%zu " STR_FMT ";", (int)list[k].kind, list[k].start,
                       list[k].end, STR_ARG(list[k].value));
        CHECK_STR(strbuf_str(&out), cases[i].expected);
    }
}

static void facets_have_a_ceiling(void **state UNUSED)
{
    struct bluesky_facet *list;
    struct strbuf text;
    FIXTURE(f);

    text = STRBUF(&f.arena);
    for (int i = 0; i < BLUESKY_MAX_FACETS; i++)
        strbuf_add(&text, STR("#a "));
    assert_int_equal(bluesky_facets(&f.op, strbuf_str(&text), &list), BLUESKY_MAX_FACETS);
    strbuf_add(&text, STR("#a"));
    assert_int_equal(bluesky_facets(&f.op, strbuf_str(&text), &list), BLUESKY_MAX_FACETS);
}

#define LINK(start, end, uri)                                                            \
    "{\"index\":{\"byteStart\":" start ",\"byteEnd\":" end "},\"features\":[{"           \
    "\"$type\":\"app.bsky.richtext.facet#link\",\"uri\":\"" uri "\"}]}"

static void
addresses_behind_words_are_shown_whatever_the_facets_claim(void **state UNUSED)
{
    static const struct {
        const char *record, *expected;
    } cases[] = {
        { "{\"text\":\"<b>a & b\"}", "<b>a & b" },
        { "{\"text\":\"seht example.org/lang...!\",\"facets\":[" LINK(
              "5", "24", "https://example.org/lang/und/lang") "]}",
          "seht https://example.org/lang/und/lang!" },
        { "{\"text\":\"seht hier\",\"facets\":[" LINK("5", "9",
                                                      "https://a.example/") "]}",
          "seht hier (https://a.example/)" },
        { "{\"text\":\"a b\",\"facets\":[" LINK("2", "3", "https://b.example/") "," LINK(
              "0", "1", "https://a.example/") "]}",
          "a (https://a.example/) b (https://b.example/)" },
        /* Behind the text, backwards, below zero, inside a character, overlapping */
        { "{\"text\":\"ab\",\"facets\":[" LINK("1", "9", "https://a.example/") "]}",
          "ab" },
        { "{\"text\":\"ab\",\"facets\":[" LINK("2", "1", "https://a.example/") "]}",
          "ab" },
        { "{\"text\":\"ab\",\"facets\":[" LINK("-1", "1", "https://a.example/") "]}",
          "ab" },
        { "{\"text\":\"\xc3\xa4\",\"facets\":[" LINK("1", "2", "https://a.example/") "]}",
          "\xc3\xa4" },
        { "{\"text\":\"abc\",\"facets\":[" LINK("0", "2", "https://a.example/") "," LINK(
              "1", "3", "https://b.example/") "]}",
          "ab (https://a.example/)c" },
        { "{\"text\":\"ab\",\"facets\":[" LINK("0", "2", "javascript:x") "]}", "ab" },
        { "{\"text\":\"a\\u0000\\u0007b\",\"facets\":7}", "ab" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct json *json;
        FIXTURE(f);

        CHECK_OK(&f, json_parse(&f.op, str_of(cases[i].record), &json));
        CHECK_STR(bluesky_words(&f.op, json), cases[i].expected);
    }
}

static struct item item_of(struct fixture *f, const char *post, bool hidden)
{
    const struct bluesky_me me = { STR("did:plc:us"), STR("haus.test") };
    struct str bytes;
    struct item item;
    struct json *json;

    CHECK_OK(f, json_parse(&f->op, str_of(post), &json));
    bytes = bluesky_item(&f->op, &me, json, hidden);
    CHECK_OK(f, bluesky_parse(&f->op, bytes, &item));
    return item;
}

#define AUTHOR(did) "\"author\":{\"did\":\"" did "\",\"handle\":\"fan.test\"}"
#define REPLY(root, parent)                                                              \
    "\"reply\":{\"root\":{\"uri\":\"" root "\"},\"parent\":{\"uri\":\"" parent "\"}}"
#define OTHER "at://did:plc:other/app.bsky.feed.post/3o"

static void whom_a_post_is_for_decides_whether_it_asks_us(void **state UNUSED)
{
    static const struct {
        const char *record;
        bool mention;
    } cases[] = {
        { "{\"text\":\"a\"}", true },
        { "{\"text\":\"a\"," REPLY(OURS, OTHER) "}", false },
        { "{\"text\":\"a\"," REPLY(OTHER, OURS) "}", false },
        { "{\"text\":\"a\"," REPLY(OTHER, OTHER) "}", true },
        { "{\"text\":\"a\",\"facets\":[{\"features\":[{\"did\":\"did:plc:us\"}]}]}",
          false },
        { "{\"text\":\"a\",\"facets\":[{\"features\":[{\"did\":\"did:plc:x\"}]}]}",
          true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct str post = arena_fmt(
            &f.arena, "{\"uri\":\"" FAN "\"," AUTHOR("did:plc:fan") ",\"record\":%s}",
            cases[i].record);

        assert_int_equal(item_of(&f, arena_cstr(&f.arena, post), false).mention,
                         cases[i].mention);
    }
}

static void a_post_becomes_an_item_with_all_that_people_see_of_it(void **state UNUSED)
{
    struct item item;
    FIXTURE(f);

    item = item_of(
        &f,
        "{\"uri\":\"" FAN "\"," AUTHOR(
            "did:plc:fan") ",\"labels\":[{\"val\":\"porn\"},{\"val\":\"spam\",\"neg\":"
                           "true},"
                           "{\"val\":\"!no-unauthenticated\"},{\"val\":\"!warn\"}],"
                           "\"likeCount\":2,\"repostCount\":-1,\"quoteCount\":3,"
                           "\"record\":{\"text\":\"Hallo\",\"langs\":[\"de\",\"en\"],"
                           "\"createdAt\":\"2026-11-01T10:00:00.000Z\"," REPLY(
                               OURS, OTHER) "},\"embed\":{\"$type\":\"app.bsky.embed."
                                            "recordWithMedia#view"
                                            "\",\"media\":{\"$type\":\"app.bsky.embed."
                                            "images#view\","
                                            "\"images\":[{\"alt\":\"Hund\\nund "
                                            "Katze\",\"fullsize\":"
                                            "\"https://cdn.example/"
                                            "1\"},{\"fullsize\":\"ftp://x\"}]},"
                                            "\"record\":{\"record\":{\"uri\":\"" OTHER
                                            "\",\"author\":{\"handle\":\"other.test\"},"
                                            "\"value\":"
                                            "{\"text\":\"eins\\nzwei\"}}}}}",
        true);
    assert_int_equal(item.picture_count, 1);
    CHECK_STR(item.pictures[0].description, "Hund und Katze");
    assert_true(str_starts(item.pictures[0].url, STR("https://")));
    CHECK_STR(item.body, "CW: porn, !warn\n\nHallo\n[image: Hund und Katze] "
                         "https://cdn.example/1\n> @other.test:\n> eins\n> zwei\n"
                         "https://bsky.app/profile/did:plc:other/post/3o");
    CHECK_STR(item.external_id, FAN);
    CHECK_STR(item.thread.external_id, OURS);
    CHECK_STR(item.thread.url, "https://bsky.app/profile/did:plc:us/post/3a");
    CHECK_STR(item.parent_external_id, OTHER);
    CHECK_STR(item.language, "de");
    CHECK_STR(item.author.external_id, "did:plc:fan");
    CHECK_STR(item.author.name, "fan.test");
    CHECK_STR(str_of(item.standing), "held");
    assert_int_equal(item.reactions[0].number, 2);
    assert_int_equal(item.reactions[1].number, 0);
    assert_int_equal(item.reactions[2].number, 3);
    assert_true(item.snapshot && !item.author.is_us && item.sent_at > 0);
}

static void a_text_is_taken_up_to_its_ceiling(void **state UNUSED)
{
    for (int more = 0; more < 2; more++) {
        FIXTURE(f);
        struct item item;
        struct str bytes =
            arena_fmt(&f.arena,
                      "{\"post\":{\"uri\":\"" FAN
                      "\"," AUTHOR("did:plc:fan") ",\"record\":{\"text\":\"%0*d\"}}}",
                      ITEM_MAX_BODY + more, 0);

        assert_int_equal(bluesky_parse(&f.op, bytes, &item), more ? ERR_INVALID : 0);
    }
}

static void a_reply_names_what_it_answers_and_where_its_words_lead(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct str expected, key;
    struct json *ours;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "@fan.test @weg.test https://a.example #ja");
    s.script.replies[0] = script_answer(200, PARENT);
    s.script.replies[1] = script_answer(200, "{\"did\":\"did:plc:fan\"}");
    s.script.replies[2] = script_answer(400, "{\"error\":\"InvalidRequest\"}");
    s.script.replies[3] = script_answer(200, TAKEN);
    assert_int_equal(connector_bluesky.send(&f.op, &s.connection, &s.out, &receipt), 0);
    CHECK_STR(receipt.external_id, "at://did:plc:us/app.bsky.feed.post/3z");
    CHECK_STR(s.script.seen[0].url,
              "https://example.org/xrpc/app.bsky.feed.getPosts?uris="
              "at%3A%2F%2Fdid%3Aplc%3Afan%2Fapp.bsky.feed.post%2F3k");
    CHECK_STR(s.script.seen[3].url,
              "https://example.org/xrpc/com.atproto.repo.createRecord");
    CHECK_STR(s.script.seen[3].credential.authorization, "Bearer access");
    CHECK_STR(s.script.seen[3].credential.site, "https://example.org/");
    assert_false(s.script.seen[3].follow_redirects);
    CHECK_OK(&f, json_parse(&f.op, s.out.bytes, &ours));
    key = json_text(ours, "key");
    assert_true(bluesky_is_tid(key));
    expected = arena_fmt(
        &f.arena,
        "{\"repo\":\"did:plc:us\",\"collection\":\"app.bsky.feed.post\",\"rkey\":"
        "\"" STR_FMT
        "\",\"record\":{\"$type\":\"app.bsky.feed.post\",\"text\":\"@fan.test @weg.test "
        "https://a.example #ja\",\"createdAt\":\"" STR_FMT
        "\",\"reply\":{\"root\":{\"uri\":\"" OURS
        "\",\"cid\":\"c0\"},\"parent\":{\"uri\":\"" FAN "\",\"cid\":\"c1\"}},\"facets\":["
        "{\"index\":{\"byteStart\":0,\"byteEnd\":9},\"features\":[{\"$type\":"
        "\"app.bsky.richtext.facet#mention\",\"did\":\"did:plc:fan\"}]},"
        "{\"index\":{\"byteStart\":20,\"byteEnd\":37},\"features\":[{\"$type\":"
        "\"app.bsky.richtext.facet#link\",\"uri\":\"https://a.example\"}]},"
        "{\"index\":{\"byteStart\":38,\"byteEnd\":41},\"features\":[{\"$type\":"
        "\"app.bsky.richtext.facet#tag\",\"tag\":\"ja\"}]}]}}",
        STR_ARG(key), STR_ARG(json_text(ours, "created_at")));
    assert_true(str_eq(s.script.seen[3].body, expected));
}

/* The same words under the same key say that a try before was taken after all. */
static void a_refusal_of_what_is_there_already_is_no_refusal(void **state UNUSED)
{
    for (int same = 0; same < 2; same++) {
        struct receipt receipt = { .reason = STR("") };
        struct json *ours;
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, "Danke");
        CHECK_OK(&f, json_parse(&f.op, s.out.bytes, &ours));
        s.script.replies[0] = script_answer(200, PARENT);
        s.script.replies[1] = script_answer(400, "{\"error\":\"InvalidRequest\"}");
        s.script.replies[2] = (struct http_reply){
            .status = 200,
            .body = arena_fmt(
                &f.arena,
                "{\"uri\":\"at://did:plc:us/app.bsky.feed.post/3z\","
                "\"value\":{\"text\":\"%s\",\"createdAt\":\"" STR_FMT "\"}}",
                same ? "Danke" : "anderes", STR_ARG(json_text(ours, "created_at")))
        };
        assert_int_equal(connector_bluesky.send(&f.op, &s.connection, &s.out, &receipt),
                         same ? 0 : SEND_REFUSED);
    }
}

static void whether_our_server_has_the_record_is_a_proof(void **state UNUSED)
{
    static const struct {
        int status;
        const char *body;
        int expected;
    } cases[] = {
        { 400, "{\"error\":\"RecordNotFound\"}", FIND_ABSENT },
        { 400, "{\"error\":\"InvalidRequest\"}", FIND_CANNOT_TELL },
        { 502, "", FIND_CANNOT_TELL },
        { 200, "{\"uri\":\"x\",\"value\":{\"text\":\"anderes\"}}", FIND_CANNOT_TELL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, "Danke");
        s.script.replies[0] = script_answer(cases[i].status, cases[i].body);
        assert_int_equal(connector_bluesky.find(&f.op, &s.connection, &s.out, &receipt),
                         cases[i].expected);
        assert_true(receipt.reason.n > 0);
    }
}

#define SESSION                                                                          \
    "{\"did\":\"did:plc:us\",\"handle\":\"haus.test\",\"accessJwt\":\"new\","            \
    "\"refreshJwt\":\"newer\"}"
#define EXPIRED "{\"error\":\"ExpiredToken\"}"

static int poll_once(struct fixture *f, struct setup *s, struct receipt *receipt)
{
    struct poll_page page;

    return connector_bluesky.poll(&f->op, &s->connection, STR(""), &page, receipt);
}

static void
a_session_that_ended_is_renewed_once_and_then_the_password_counts(void **state UNUSED)
{
    static const struct {
        int refresh, create;
        int expected;
        size_t calls;
    } cases[] = {
        { 200, 0, 0, 3 },           { 400, 200, 0, 4 },
        { 401, 200, 0, 4 },         { 400, 401, POLL_FAILED, 3 },
        { 502, 0, POLL_FAILED, 2 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, "x");
        s.script.replies[0] = script_answer(400, EXPIRED);
        s.script.replies[1] = script_answer(cases[i].refresh, SESSION);
        s.script.replies[2] = script_answer(200, "{\"notifications\":[]}");
        s.script.replies[3] = s.script.replies[2];
        if (cases[i].create)
            s.script.replies[2] = script_answer(cases[i].create, SESSION);
        assert_int_equal(poll_once(&f, &s, &receipt), cases[i].expected);
        assert_int_equal(s.script.calls, cases[i].calls);
        CHECK_STR(s.script.seen[1].credential.authorization, "Bearer refresh");
        if (cases[i].create == 401)
            CHECK_STR(str_of(receipt.trouble), "credential_refused");
        if (!cases[i].expected)
            CHECK_STR(s.script.seen[s.script.calls - 1].credential.authorization,
                      "Bearer new");
    }
}

static void
a_first_session_is_got_by_the_password_which_is_said_to_nobody_else(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "x");
    bluesky_session_forget(&s.connection);
    s.script.replies[0] = script_answer(200, SESSION);
    s.script.replies[1] = script_answer(200, "{\"notifications\":[]}");
    assert_int_equal(poll_once(&f, &s, &receipt), 0);
    CHECK_STR(s.script.seen[0].body,
              "{\"identifier\":\"haus\",\"password\":\"password\"}");
    CHECK_STR(s.script.seen[0].credential.site, "https://example.org/");
    assert_int_equal(s.script.seen[0].credential.authorization.n, 0);

    s.connection.credential.text = STR("another");
    s.script.replies[2] = script_answer(401, "{\"error\":\"AuthFactorTokenRequired\"}");
    assert_int_equal(poll_once(&f, &s, &receipt), POLL_FAILED);
    assert_true(str_find(receipt.reason, STR("make an app password")) >= 0);
    s.connection.credential.text = STR("");
    assert_int_equal(poll_once(&f, &s, &receipt), POLL_FAILED);
    CHECK_STR(str_of(receipt.trouble), "credential_missing");
}

/* {"exp":1800000000} and no number at all, between two dots. */
static void until_when_a_session_counts_is_read_from_its_token(void **state UNUSED)
{
    static const struct {
        const char *token;
        int64_t until_at;
    } cases[] = {
        { "h.eyJleHAiOjE4MDAwMDAwMDB9.s", INT64_C(1800000000000) },
        { "h.eyJleHAiOiJzb29uIn0.s", 0 },
        { "h.e30.s", 0 },
        { "opaque", 0 },
        { "h.%%%.s", 0 },
    };
    struct receipt receipt = { .reason = STR("") };
    struct token_life life;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s, "x");
        bluesky_session_forget(&s.connection);
        assert_false(bluesky_token_life(&s.connection, &life));
        s.script.replies[0] = script_answer(
            200,
            arena_cstr(&f.arena, arena_fmt(&f.arena,
                                           "{\"did\":\"did:plc:us\",\"handle\":\"haus\","
                                           "\"accessJwt\":\"%s\",\"refreshJwt\":\"r\"}",
                                           cases[i].token)));
        s.script.replies[1] = script_answer(200, "{\"notifications\":[]}");
        assert_int_equal(poll_once(&f, &s, &receipt), 0);
        assert_true(bluesky_token_life(&s.connection, &life));
        assert_int_equal(life.renewed_at, f.op.now);
        assert_int_equal(life.until_at, cases[i].until_at);
        s.connection.credential.text = STR("another");
        assert_false(bluesky_token_life(&s.connection, &life));
    }
}

static void the_limit_is_told_in_seconds_of_the_servers_clock(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct http_fields *fields;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "x");
    s.script.replies[0] = script_answer(429, "{\"error\":\"RateLimitExceeded\"}");
    fields = &s.script.replies[0].headers;
    http_add(&f.arena, fields, STR("Date"), http_date(&f.arena, SECONDS(1000)));
    http_add(&f.arena, fields, STR("RateLimit-Remaining"), STR("0"));
    http_add(&f.arena, fields, STR("RateLimit-Reset"), STR("1090"));
    assert_int_equal(poll_once(&f, &s, &receipt), POLL_FAILED);
    assert_int_equal(receipt.wait_ms, SECONDS(90));
    assert_true(receipt.told && receipt.told_left == 0 && receipt.answered);
    CHECK_STR(str_of(receipt.trouble), "busy");
}

static void
a_round_reads_down_to_what_is_known_and_then_each_tree_once(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct poll_page page;
    struct item item;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "x");
    s.script.replies[0] =
        script_answer(200, "{\"cursor\":\"c&1\",\"notifications\":["
                           "{\"uri\":\"" FAN "\",\"reason\":\"mention\",\"indexedAt\":"
                           "\"2026-11-02T07:00:00.000Z\"},"
                           "{\"uri\":\"" OTHER "\",\"reason\":\"like\",\"indexedAt\":"
                           "\"2026-11-02T06:00:00.000Z\"}]}");
    s.script.replies[1] = script_answer(
        200, "{\"thread\":{\"post\":{\"uri\":\"" FAN
             "\"," AUTHOR("did:plc:fan") ",\"record\":{\"text\":\"Hallo\"},"
                                         "\"replyCount\":1},\"replies\":["
                                         "{\"blocked\":true,\"uri\":\"x\"}]}}");
    s.script.replies[2] = script_answer(200, "{\"notifications\":[]}");
    CHECK_OK(&f, connector_bluesky.poll(&f.op, &s.connection, STR(""), &page, &receipt));
    assert_true(page.more && page.count == 0);
    CHECK_OK(&f,
             connector_bluesky.poll(&f.op, &s.connection, page.next, &page, &receipt));
    assert_int_equal(page.count, 1);
    CHECK_OK(&f, bluesky_parse(&f.op, page.items[0], &item));
    CHECK_STR(item.body, "Hallo");
    CHECK_STR(page.whole.thread, FAN);
    CHECK_OK(&f,
             connector_bluesky.poll(&f.op, &s.connection, page.next, &page, &receipt));
    CHECK_STR(s.script.seen[2].url,
              "https://example.org/xrpc/app.bsky.notification.listNotifications?limit=50"
              "&cursor=c%261");
    assert_int_equal(page.count, 0);
}

static void what_is_not_there_any_more_is_claimed_to_be_gone(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "x");
    s.script.replies[0] = script_answer(400, "{\"error\":\"NotFound\"}");
    CHECK_OK(&f, connector_bluesky.poll(
                     &f.op, &s.connection,
                     arena_fmt(&f.arena,
                               "{\"listed\":%lld,\"swept\":%lld,\"sweep\":[\"" FAN
                               "\"],\"watched\":[{\"id\":\"" FAN "\",\"thread\":\"" OURS
                               "\",\"at\":1}]}",
                               (long long)f.op.now, (long long)f.op.now),
                     &page, &receipt));
    CHECK_STR(page.whole.thread, OURS);
    assert_true(page.whole.to > page.whole.from);
    s.script.replies[1] = script_answer(200, "{\"posts\":[]}");
    assert_int_equal(connector_bluesky.look(&f.op, &s.connection, STR(FAN), &receipt),
                     LOOK_GONE);
    s.script.replies[2] = script_answer(200, "{}");
    assert_int_equal(connector_bluesky.look(&f.op, &s.connection, STR(FAN), &receipt),
                     LOOK_CANNOT_TELL);
}

#define GATE                                                                             \
    "{\"cid\":\"v1\",\"value\":{\"$type\":\"app.bsky.feed.threadgate\",\"post\":\"" OURS \
    "\",\"allow\":[],\"hiddenReplies\":[\"" OTHER "\"]}}"
#define BELOW "{\"posts\":[{\"uri\":\"" FAN "\",\"record\":{" REPLY(OURS, OURS) "}}]}"

static void hiding_changes_one_line_of_the_threads_gate(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "x");
    s.script.replies[0] = script_answer(200, BELOW);
    s.script.replies[1] = script_answer(200, GATE);
    s.script.replies[2] = script_answer(200, "{}");
    assert_int_equal(
        connector_bluesky.moderate(&f.op, &s.connection, STR(FAN), STR("held"), &receipt),
        0);
    CHECK_STR(s.script.seen[2].body,
              "{\"repo\":\"did:plc:us\",\"collection\":\"app.bsky.feed.threadgate\","
              "\"rkey\":\"3a\",\"swapRecord\":\"v1\",\"record\":{\"$type\":"
              "\"app.bsky.feed.threadgate\",\"post\":\"" OURS
              "\",\"allow\":[],\"hiddenReplies\":[\"" OTHER "\",\"" FAN "\"]}}");

    s.script.replies[3] = script_answer(200, BELOW);
    s.script.replies[4] = script_answer(200, GATE);
    assert_int_equal(connector_bluesky.moderate(&f.op, &s.connection, STR(FAN),
                                                STR("shown"), &receipt),
                     0);
    assert_int_equal(s.script.calls, 5); /* it stood so already */

    s.script.replies[5] = script_answer(200, BELOW);
    s.script.replies[6] = script_answer(400, "{\"error\":\"RecordNotFound\"}");
    s.script.replies[7] = script_answer(400, "{\"error\":\"InvalidSwap\"}");
    assert_int_equal(
        connector_bluesky.moderate(&f.op, &s.connection, STR(FAN), STR("held"), &receipt),
        SEND_LATER);
    assert_true(str_find(s.script.seen[7].body, STR("\"swapRecord\":null")) >= 0);
}

static void what_the_network_counts_is_read_with_one_question(void **state UNUSED)
{
    static const struct str posts[] = { STR(OURS), STR(FAN) };
    struct counted counted[] = { counted_nothing(), counted_nothing() };
    struct measure_wish wish = { posts, 2 };
    struct receipt receipt = { .reason = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "Antwort");
    s.script.replies[0] =
        script_answer(200, "{\"posts\":[{\"uri\":\"" FAN "\",\"likeCount\":12,"
                           "\"repostCount\":3,\"quoteCount\":1}]}");
    s.script.replies[1] = script_answer(200, "{\"followersCount\":0}");
    assert_int_equal(
        connector_bluesky.measure(&f.op, &s.connection, &wish, counted, &receipt), 0);
    assert_true(str_find(s.script.seen[0].url, STR("getPosts?uris=at%3A%2F%2F")) > 0);
    assert_int_equal(s.script.calls, 1);
    assert_false(counted[0].there);
    assert_int_equal(counted[1].of[COUNTED_LIKES], 12);
    assert_int_equal(counted[1].of[COUNTED_SHARES], 3);
    assert_int_equal(counted[1].of[COUNTED_QUOTES], 1);
    assert_int_equal(counted[1].of[COUNTED_REPLIES], COUNTED_NOT_GIVEN);
    wish.count = 0;
    assert_int_equal(
        connector_bluesky.measure(&f.op, &s.connection, &wish, counted, &receipt), 0);
    assert_int_equal(counted[0].of[COUNTED_FOLLOWERS], 0);
    CHECK_STR(s.script.seen[1].url, "https://example.org/xrpc/app.bsky.actor.getProfile"
                                    "?actor=did%3Aplc%3Aus");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_right_or_wrong_as_the_protocols_own_lists_say),
        cmocka_unit_test(keys_of_records_are_valid_differ_and_grow_with_time),
        cmocka_unit_test(an_external_id_is_a_record_named_by_its_did),
        cmocka_unit_test(an_external_id_is_taken_up_to_its_ceiling),
        cmocka_unit_test(what_leads_somewhere_is_found_by_its_bytes),
        cmocka_unit_test(facets_have_a_ceiling),
        cmocka_unit_test(addresses_behind_words_are_shown_whatever_the_facets_claim),
        cmocka_unit_test(whom_a_post_is_for_decides_whether_it_asks_us),
        cmocka_unit_test(a_post_becomes_an_item_with_all_that_people_see_of_it),
        cmocka_unit_test(a_text_is_taken_up_to_its_ceiling),
        cmocka_unit_test(a_reply_names_what_it_answers_and_where_its_words_lead),
        cmocka_unit_test(a_refusal_of_what_is_there_already_is_no_refusal),
        cmocka_unit_test(whether_our_server_has_the_record_is_a_proof),
        cmocka_unit_test(
            a_session_that_ended_is_renewed_once_and_then_the_password_counts),
        cmocka_unit_test(until_when_a_session_counts_is_read_from_its_token),
        cmocka_unit_test(
            a_first_session_is_got_by_the_password_which_is_said_to_nobody_else),
        cmocka_unit_test(the_limit_is_told_in_seconds_of_the_servers_clock),
        cmocka_unit_test(a_round_reads_down_to_what_is_known_and_then_each_tree_once),
        cmocka_unit_test(what_is_not_there_any_more_is_claimed_to_be_gone),
        cmocka_unit_test(hiding_changes_one_line_of_the_threads_gate),
        cmocka_unit_test(what_the_network_counts_is_read_with_one_question),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
