/* test_channel_mastodon.c - what the connector makes of the answers of a server of
 * Mastodon's interface. */
#include "mastodon_script.h"

static struct str sent(struct fixture *f, const char *parent, bool is_private)
{
    struct receipt receipt = { .reason = STR("") };
    struct setup s;

    set_up(f, &s);
    if (is_private) {
        s.out.visibility = STR("private");
        CHECK_OK(f, connector_mastodon.compose(&f->op, &s.out, &s.out.bytes));
    }
    s.script.replies[0] = script_answer(200, parent);
    s.script.replies[1] = script_answer(200, ME);
    s.script.replies[2] = script_answer(200, "{\"id\":\"77\"}");
    assert_int_equal(connector_mastodon.send(&f->op, &s.connection, &s.out, &receipt), 0);
    CHECK_STR(receipt.external_id, "77");
    CHECK_STR(s.script.seen[0].url, "https://example.org/api/v1/statuses/12");
    CHECK_STR(s.script.seen[2].url, "https://example.org/api/v1/statuses");
    CHECK_STR(http_field(&s.script.seen[2].headers, "idempotency-key"), "k-1");
    CHECK_STR(s.script.seen[2].credential.authorization, "Bearer token");
    CHECK_STR(s.script.seen[2].credential.site, "https://example.org/");
    assert_false(s.script.seen[2].follow_redirects);
    return s.script.seen[2].body;
}

/* What is answered decides how public the answer is and whom it names; what the answer
 * warns of was decided when it was written. */
static void a_reply_is_no_more_public_than_what_it_answers(void **state UNUSED)
{
    static const struct {
        const char *visibility;
        bool is_private;
        const char *expected;
    } cases[] = {
        { "public", false, "public" },  { "unlisted", false, "unlisted" },
        { "private", false, "direct" }, { "direct", false, "direct" },
        { "public", true, "direct" },   { "", false, "direct" },
        { "limited", false, "direct" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct str parent =
            arena_fmt(&f.arena,
                      "{\"id\":\"12\",\"visibility\":\"%s\",\"spoiler_text\":\"Film\","
                      "\"account\":{\"id\":\"2\",\"acct\":\"fan@example.net\"}}",
                      cases[i].visibility);
        struct str expected = arena_fmt(
            &f.arena,
            "{\"status\":\"@fan@example.net Danke & bis bald\",\"in_reply_to_id\":\"12\","
            "\"visibility\":\"%s\"}",
            cases[i].expected);

        assert_true(str_eq(sent(&f, arena_cstr(&f.arena, parent), cases[i].is_private),
                           expected));
    }
}

static void below_our_own_post_the_person_is_named_whom_it_named(void **state UNUSED)
{
    FIXTURE(f);

    CHECK_STR(sent(&f,
                   "{\"id\":\"12\",\"visibility\":\"public\",\"account\":{\"id\":\"1\","
                   "\"acct\":\"haus\"},\"mentions\":[{\"acct\":\"fan\"}]}",
                   false),
              "{\"status\":\"@fan Danke & bis bald\",\"in_reply_to_id\":\"12\","
              "\"visibility\":\"public\"}");
}

static void the_answer_of_the_server_decides(void **state UNUSED)
{
    static const struct {
        size_t turn; /* at which call something happens */
        int outcome, status;
        const char *body;
        int expected;
    } cases[] = {
        { 0, 0, 404, "{}", SEND_REFUSED },
        { 0, 0, 401, "{}", SEND_LATER },
        { 0, 0, 502, "", SEND_LATER },
        { 0, 0, 200, "<html>", SEND_LATER },
        { 0, HTTP_MAY_HAVE_LEFT, 0, "", SEND_LATER },
        { 1, HTTP_MAY_HAVE_LEFT, 0, "", SEND_LATER },
        { 2, 0, 200, "{\"id\":\"7\"}", 0 },
        { 2, 0, 200, "{}", SEND_DOUBT },
        { 2, 0, 200, "<html>", SEND_DOUBT },
        { 2, 0, 422, "{\"error\":\"Validation failed\"}", SEND_REFUSED },
        { 2, 0, 401, "{}", SEND_LATER },
        { 2, 0, 403, "{}", SEND_LATER },
        { 2, 0, 429, "{}", SEND_LATER },
        { 2, 0, 503, "", SEND_DOUBT },
        { 2, HTTP_NOT_SENT, 0, "", SEND_LATER },
        { 2, HTTP_MAY_HAVE_LEFT, 0, "", SEND_DOUBT },
        { 2, HTTP_REFUSED, 0, "", SEND_REFUSED },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s);
        s.script.replies[0] = script_answer(200, PARENT);
        s.script.replies[1] = script_answer(200, ME);
        s.script.outcomes[cases[i].turn] = cases[i].outcome;
        s.script.replies[cases[i].turn] = script_answer(cases[i].status, cases[i].body);
        if (cases[i].outcome)
            s.script.replies[cases[i].turn].reason = STR("words");
        if (connector_mastodon.send(&f.op, &s.connection, &s.out, &receipt) !=
            cases[i].expected)
            fail_msg("case %zu: another outcome", i);
        assert_true(cases[i].expected == 0 || receipt.reason.n || i == 7);
    }
}

static void without_a_token_nothing_is_asked_and_the_reply_waits(void **state UNUSED)
{
    struct receipt receipt = { 0 };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    s.connection.credential.text = STR("");
    assert_int_equal(connector_mastodon.send(&f.op, &s.connection, &s.out, &receipt),
                     SEND_LATER);
    assert_int_equal(
        connector_mastodon.poll(&f.op, &s.connection, STR(""), &page, &receipt),
        POLL_FAILED);
    CHECK_STR(receipt.reason, "no access token was entered for this channel yet");
    assert_int_equal(s.script.calls, 0);
}

/* A server that sends no Retry-After says until when, by its own clock. */
static void what_is_left_of_the_limit_is_passed_on(void **state UNUSED)
{
    static const struct {
        int status;
        const char *left, *reset;
        int64_t wait_ms, told_left, told_ms;
    } cases[] = {
        { 200, "299", "2026-11-01T10:05:00.000000Z", 0, 299, MINUTES(5) },
        { 429, "0", "2026-11-01T10:02:00.000Z", MINUTES(2), 0, MINUTES(2) },
        { 200, "299", "2026-11-01T09:00:00.000Z", 0, -1, 0 },
        { 200, "-3", "2026-11-01T10:05:00.000Z", 0, -1, 0 },
        { 200, "many", "soon", 0, -1, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        const struct json *json;
        struct http_reply *reply;
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s);
        reply = &s.script.replies[0];
        *reply = script_answer(cases[i].status, "{}");
        http_add(&f.arena, &reply->headers, STR("Date"),
                 STR("Sun, 01 Nov 2026 10:00:00 GMT"));
        http_add(&f.arena, &reply->headers, STR("X-RateLimit-Remaining"),
                 str_of(cases[i].left));
        http_add(&f.arena, &reply->headers, STR("X-RateLimit-Reset"),
                 str_of(cases[i].reset));
        assert_int_equal(
            mastodon_read(&f.op, &s.connection, STR("v1/x"), STR(""), &json, &receipt),
            cases[i].status == 200 ? 0 : POLL_FAILED);
        assert_int_equal(receipt.wait_ms, cases[i].wait_ms);
        assert_int_equal(receipt.told, cases[i].told_left >= 0);
        assert_true(!receipt.told || receipt.told_left == cases[i].told_left);
        assert_int_equal(receipt.told_ms, cases[i].told_ms);
    }
}

/* Our words, below what they answer, and no older than the reply. */
static void
reading_back_tells_the_reply_from_another_of_the_same_words(void **state UNUSED)
{
    static const struct {
        const char *author, *parent, *content;
        int64_t age_ms; /* ten minutes after it was composed */
        int expected;
    } cases[] = {
        { "1", "12", "<p>@<span>fan</span> Danke &amp; bis bald</p>", MINUTES(9), 0 },
        { "1", "12", "Danke &amp; bis bald", MINUTES(10), 0 },
        { "1", "12", "Danke &amp; bis bald", MINUTES(11), FIND_ABSENT },
        { "2", "12", "Danke &amp; bis bald", MINUTES(9), FIND_ABSENT },
        { "1", "13", "Danke &amp; bis bald", MINUTES(9), FIND_ABSENT },
        { "1", "12", "Danke \xe2\x9d\xa4", MINUTES(9), FIND_CANNOT_TELL },
        { "1", "12", "Danke\",\"text\":\"@fan Danke & bis bald", MINUTES(9), 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s);
        fixture_advance(&f, MINUTES(10));
        s.script.replies[0] = script_answer(200, ME);
        s.script.replies[1] = script_answer(
            200,
            arena_cstr(
                &f.arena,
                arena_fmt(&f.arena,
                          "{\"descendants\":[{\"id\":\"99\",\"account\":{\"id\":\"%s\"},"
                          "\"in_reply_to_id\":\"%s\",\"content\":\"%s\","
                          "\"created_at\":\"" STR_FMT "\"}]}",
                          cases[i].author, cases[i].parent, cases[i].content,
                          STR_ARG(time_format(&f.arena, f.op.now - cases[i].age_ms)))));
        if (connector_mastodon.find(&f.op, &s.connection, &s.out, &receipt) !=
            cases[i].expected)
            fail_msg("case %zu", i);
        CHECK_STR(receipt.external_id, cases[i].expected ? "" : "99");
    }
}

static struct str item_of(struct fixture *f, const char *thread, const char *status)
{
    static const struct mastodon_me me = { { "1", 1 },
                                           { "haus", 4 },
                                           { "https://example.org/@haus", 25 } };
    struct json *a, *b;

    CHECK_OK(f, json_parse(&f->op, str_of(thread), &a));
    CHECK_OK(f, json_parse(&f->op, str_of(status), &b));
    return mastodon_item(&f->op, &me, a, b);
}

static void a_status_becomes_an_item(void **state UNUSED)
{
    struct item item;
    FIXTURE(f);
    struct str bytes = item_of(
        &f, "{\"id\":\"4\",\"url\":\"https://example.net/4\",\"account\":{\"id\":\"2\"}}",
        "{\"id\":\"8\",\"in_reply_to_id\":\"4\",\"created_at\":\"2026-11-01T10:00:00."
        "000Z\","
        "\"edited_at\":\"2026-11-01T11:00:00.000Z\",\"visibility\":\"unlisted\","
        "\"spoiler_text\":\"Film &amp; Ende\",\"language\":\"de\",\"content\":"
        "\"<p><span class=\\\"h-card\\\"><a href=\\\"https://example.org/@haus\\\" "
        "class=\\\"u-url mention\\\">@<span>haus</span></a></span> seht "
        "<a href=\\\"https://example.org/a/b?c=1\\\"><span "
        "class=\\\"invisible\\\">https://"
        "</span><span class=\\\"ellipsis\\\">example.org/a</span><span "
        "class=\\\"invisible\\\">/b?c=1</span></a> <a "
        "href=\\\"https://example.net/tags/x\\\" "
        "class=\\\"mention hashtag\\\">#<span>Ruhe</span></a></p>\","
        "\"account\":{\"id\":\"2\",\"acct\":\"fan@example.net\",\"username\":\"fan\","
        "\"display_name\":\"Fan\",\"url\":\"javascript:1\",\"followers_count\":7},"
        "\"media_attachments\":[{\"type\":\"image\",\"url\":\"https://example.net/"
        "i.png\","
        "\"description\":\"Eine Katze\"},{\"type\":\"video\",\"url\":\"data:x\"}],"
        "\"poll\":{\"options\":[{\"title\":\"Ja\",\"votes_count\":3},{\"title\":\"Nein\"}"
        "]},"
        "\"favourites_count\":3,\"reblogs_count\":-1}");

    assert_true(str_find(bytes, STR("followers")) < 0);
    assert_true(str_find(bytes, STR("votes")) < 0);
    CHECK_OK(&f, connector_mastodon.parse(&f.op, bytes, &item));
    CHECK_STR(item.external_id, "8");
    CHECK_STR(item.parent_external_id, "4");
    CHECK_STR(item.thread.external_id, "4");
    CHECK_STR(item.thread.url, "https://example.net/4");
    CHECK_STR(item.thread.visibility, "public");
    CHECK_STR(item.author.external_id, "2");
    CHECK_STR(item.author.handle, "fan@example.net");
    CHECK_STR(item.author.url, "");
    CHECK_STR(item.language, "de");
    CHECK_STR(item.body,
              "CW: Film & Ende\n\n@haus seht https://example.org/a/b?c=1 #Ruhe\n( ) Ja\n"
              "( ) Nein\n[image: Eine Katze] https://example.net/i.png");
    assert_int_equal(item.picture_count, 1);
    CHECK_STR(item.pictures[0].url, "https://example.net/i.png");
    CHECK_STR(item.pictures[0].description, "Eine Katze");
    assert_int_equal(item.sent_at, INT64_C(1793527200000));
    assert_true(item.snapshot && !item.mention && !item.author.is_us);
    CHECK_STR(item.reactions[0].kind, "like");
    assert_int_equal(item.reactions[0].number, 3);
    assert_int_equal(item.reactions[1].number, 0);
}

/* Who neither names us nor answers us is heard, and is nobody's concern. */
static void only_what_concerns_us_asks_for_somebody(void **state UNUSED)
{
    static const struct {
        const char *author, *thread_author, *members;
        bool mention, is_us;
    } cases[] = {
        { "2", "3", "\"content\":\"x\"", true, false },
        { "2", "1", "\"content\":\"x\"", false, false },
        { "1", "3", "\"content\":\"x\"", false, true },
        { "2", "3", "\"content\":\"x\",\"mentions\":[{\"id\":\"1\"}]", false, false },
        { "2", "3", "\"content\":\"x\",\"mentions\":[{\"id\":\"7\"}]", true, false },
        { "2", "3", "\"content\":\"hallo @Haus@example.org\"", false, false },
        { "2", "3", "\"content\":\"<a href=\\\"https://example.org/@haus\\\">wir</a>\"",
          false, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct item item;
        FIXTURE(f);
        struct str thread =
            arena_fmt(&f.arena, "{\"id\":\"4\",\"account\":{\"id\":\"%s\"}}",
                      cases[i].thread_author);
        struct str status = arena_fmt(
            &f.arena,
            "{\"id\":\"8\",\"visibility\":\"public\",\"account\":{\"id\":\"%s\"},%s}",
            cases[i].author, cases[i].members);

        CHECK_OK(&f, connector_mastodon.parse(&f.op,
                                              item_of(&f, arena_cstr(&f.arena, thread),
                                                      arena_cstr(&f.arena, status)),
                                              &item));
        if (item.mention != cases[i].mention || item.author.is_us != cases[i].is_us)
            fail_msg("case %zu", i);
    }
}

static void an_id_is_read_the_same_whenever_it_is_told(void **state UNUSED)
{
    static const struct {
        const char *told, *expected;
    } cases[] = {
        { "117020577157693549", "117020577157693549" },
        { "01HZ8ZQK3W8Y4QZ5T8P2X6N7B9", "01HZ8ZQK3W8Y4QZ5T8P2X6N7B9" },
        { "17958903764da45e0b111c39e3ea3142b4527e9933",
          "00000000004da45e0b111c39e3ea3142b4527e9933" },
        { "17958903864da45e0b111c39e3ea3142b4527e9933",
          "00000000004da45e0b111c39e3ea3142b4527e9933" },
        { "7/../8", "" },
        { "7?x=1", "" },
        { "", "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);

        CHECK_STR(mastodon_id(&f.op, str_of(cases[i].told)), cases[i].expected);
    }
}

static void an_id_has_a_longest_length(void **state UNUSED)
{
    FIXTURE(f);
    struct str id = arena_fmt(&f.arena, "%0*d", MASTODON_MAX_ID + 1, 0);

    assert_int_equal(mastodon_id(&f.op, str_sub(id, 0, MASTODON_MAX_ID)).n,
                     MASTODON_MAX_ID);
    assert_int_equal(mastodon_id(&f.op, id).n, 0);
}

static struct str thread_of(struct fixture *f, struct str bytes)
{
    struct item item;

    CHECK_OK(f, connector_mastodon.parse(&f->op, bytes, &item));
    return item.thread.external_id;
}

#define S(id, above, visibility)                                                         \
    "{\"id\":\"" id "\",\"in_reply_to_id\":" above ",\"visibility\":\"" visibility       \
    "\",\"content\":\"x\",\"created_at\":\"2026-11-02T07:00:00.000Z\",\"account\":"      \
    "{\"id\":\"2\"}}"

/* What only one person was told is never part of what everybody reads. */
static void private_words_in_a_public_tree_are_a_thread_of_their_own(void **state UNUSED)
{
    static const char *const threads[] = { "3", "3", "9", "9", "11" };
    struct receipt receipt = { .reason = STR("") };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] = script_answer(200, S("8", "\"3\"", "unlisted"));
    s.script.replies[1] = script_answer(
        200,
        "{\"ancestors\":[" S("3", "null", "public") "],\"descendants\":[" S(
            "9", "\"8\"", "direct") "," S("10", "\"9\"", "private") "," S("11", "\"10\"",
                                                                          "public") "]}");
    CHECK_OK(&f, connector_mastodon.poll(
                     &f.op, &s.connection,
                     arena_fmt(&f.arena,
                               "{\"me\":{\"id\":\"1\"},\"listed\":%lld,\"swept\":%lld,"
                               "\"waiting\":[\"8\",\"9\"]}",
                               (long long)f.op.now, (long long)f.op.now),
                     &page, &receipt));
    assert_int_equal(page.count, COUNT_OF(threads));
    for (size_t i = 0; i < page.count; i++)
        CHECK_STR(thread_of(&f, page.items[i]), threads[i]);
    CHECK_STR(page.whole.thread, "3");
    assert_false(page.more); /* 9 was read with it */
}

static void what_is_not_there_any_more_is_asked_for_in_its_thread(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] = script_answer(404, "{\"error\":\"Record not found\"}");
    CHECK_OK(&f, connector_mastodon.poll(
                     &f.op, &s.connection,
                     arena_fmt(&f.arena,
                               "{\"me\":{\"id\":\"1\"},\"listed\":%lld,\"swept\":%lld,"
                               "\"sweep\":[\"8\"],\"watched\":[{\"id\":\"8\","
                               "\"thread\":\"3\",\"at\":7}]}",
                               (long long)f.op.now, (long long)f.op.now),
                     &page, &receipt));
    assert_int_equal(page.count, 0);
    CHECK_STR(page.whole.thread, "3");
    assert_true(page.whole.to > page.whole.from);
    assert_true(str_find(page.next, STR("\"watched\":[]")) > 0);
}

static struct str mentions(struct fixture *f, int from, int count)
{
    struct strbuf list = STRBUF(&f->arena);

    for (int i = 0; i < count; i++)
        strbuf_fmt(&list,
                   "%s{\"id\":\"%d\",\"type\":\"mention\",\"created_at\":\"" STR_FMT
                   "\",\"status\":{\"id\":\"s%d\"}}",
                   i ? "," : "[", from - i,
                   STR_ARG(time_format(&f->arena, f->op.now - MINUTES(9000 - from + i))),
                   from - i);
    strbuf_add(&list, count ? STR("]") : STR("[]"));
    return strbuf_str(&list);
}

/* The trees of a page are read before the next page is asked for. */
static void mentions_are_listed_down_to_what_is_known(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct poll_page page = { .next = STR("") };
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    page.next = arena_fmt(&f.arena,
                          "{\"me\":{\"id\":\"1\"},\"swept\":%lld,"
                          "\"known\":[\"1050\",\"1049\"]}",
                          (long long)f.op.now);
    s.script.replies[0] =
        (struct http_reply){ .status = 200, .body = mentions(&f, 1091, 40) };
    for (size_t i = 1; i <= 8; i++)
        s.script.replies[i] = script_answer(404, "{}");
    CHECK_OK(&f,
             connector_mastodon.poll(&f.op, &s.connection, page.next, &page, &receipt));
    assert_true(page.more);
    assert_true(str_find(page.next, STR("\"below\":\"1052\"")) > 0);
    assert_true(str_find(page.next, STR("\"waiting\":[\"s1091\",")) > 0);
    assert_true(str_find(page.next, STR("\"s1052\"],")) > 0);

    page.next = arena_fmt(&f.arena,
                          "{\"me\":{\"id\":\"1\"},\"swept\":%lld,\"listed\":%lld,"
                          "\"known\":[\"1050\",\"1049\"],\"newest\":[\"1091\",\"1090\"],"
                          "\"below\":\"1052\"}",
                          (long long)f.op.now, (long long)f.op.now);
    s.script.calls = 0;
    s.script.replies[0] =
        (struct http_reply){ .status = 200, .body = mentions(&f, 1051, 40) };
    CHECK_OK(&f,
             connector_mastodon.poll(&f.op, &s.connection, page.next, &page, &receipt));
    assert_true(str_find(s.script.seen[0].url, STR("&max_id=1052")) > 0);
    assert_true(str_find(page.next, STR("\"waiting\":[\"s1051\"]")) > 0);
    assert_true(str_find(page.next, STR("\"below\":\"\"")) > 0);
    assert_true(str_find(page.next, STR("\"known\":[\"1091\",\"1090\"]")) > 0);
}

/* One that became visible late, with a number below those that are known. */
static void a_mention_that_comes_late_is_not_missed(void **state UNUSED)
{
    struct receipt receipt = { .reason = STR("") };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] =
        (struct http_reply){ .status = 200, .body = mentions(&f, 1050, 3) };
    CHECK_OK(&f,
             connector_mastodon.poll(&f.op, &s.connection,
                                     arena_fmt(&f.arena,
                                               "{\"me\":{\"id\":\"1\"},\"swept\":%lld,"
                                               "\"known\":[\"1050\",\"1048\"]}",
                                               (long long)f.op.now),
                                     &page, &receipt));
    assert_true(str_find(page.next, STR("\"waiting\":[\"s1049\"]")) > 0);
}

static void what_is_no_status_is_refused_with_its_field(void **state UNUSED)
{
    static const char *const cases[] = {
        "{}",
        "{\"status\":{\"id\":\"1\"}}",
        "{\"status\":[],\"thread\":7}",
        "{\"status\":{\"id\":\"1\",\"content\":\"<br>\"},\"thread\":{\"id\":\"1\"}}",
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct item item;
        FIXTURE(f);

        assert_int_equal(connector_mastodon.parse(&f.op, str_of(cases[i]), &item),
                         ERR_INVALID);
        assert_non_null(f.op.err.fields);
    }
}

/* What was counted of the account (no posts) or of the posts 12 and 13. */
static int measured(struct fixture *f, struct setup *s, size_t posts, struct counted *ret)
{
    static const struct str ids[] = { STR("12"), STR("13") };
    const struct measure_wish wish = { ids, posts };
    struct receipt receipt = { .reason = STR("") };

    ret[0] = ret[1] = counted_nothing();
    return connector_mastodon.measure(&f->op, &s->connection, &wish, ret, &receipt);
}

#define COUNTS(id)                                                                       \
    "{\"id\":\"" id "\",\"favourites_count\":12,\"reblogs_count\":3,"                    \
    "\"replies_count\":0}"

static void followers_are_counted_with_one_question(void **state UNUSED)
{
    struct counted counted[2];
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] = script_answer(200, "{\"id\":\"1\",\"followers_count\":1400}");
    assert_int_equal(measured(&f, &s, 0, counted), 0);
    assert_int_equal(counted[0].of[COUNTED_FOLLOWERS], 1400);
    assert_int_equal(s.script.calls, 1);
}

static void posts_are_counted_together_where_the_server_can(void **state UNUSED)
{
    struct counted counted[2];
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] = script_answer(200, "[" COUNTS("13") "]");
    assert_int_equal(measured(&f, &s, 2, counted), 0);
    CHECK_STR(s.script.seen[0].url,
              "https://example.org/api/v1/statuses?id[]=12&id[]=13");
    assert_int_equal(s.script.calls, 1);
    assert_false(counted[0].there);
    assert_true(counted[1].there);
    assert_int_equal(counted[1].of[COUNTED_LIKES], 12);
    assert_int_equal(counted[1].of[COUNTED_SHARES], 3);
    assert_int_equal(counted[1].of[COUNTED_REPLIES], 0);
    assert_int_equal(counted[1].of[COUNTED_QUOTES], COUNTED_NOT_GIVEN);
    assert_int_equal(counted[1].of[COUNTED_VIEWS], COUNTED_NOT_GIVEN);
}

/* One that was deleted there is no failure; one that is asked for in vain is. */
static void posts_are_counted_one_by_one_where_it_cannot(void **state UNUSED)
{
    struct counted counted[2];
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s);
    s.script.replies[0] = script_answer(404, "");
    s.script.replies[1] = script_answer(404, "{}");
    s.script.replies[2] = script_answer(200, COUNTS("13"));
    assert_int_equal(measured(&f, &s, 2, counted), 0);
    assert_int_equal(s.script.calls, 3);
    assert_false(counted[0].there);
    assert_int_equal(counted[1].of[COUNTED_LIKES], 12);
    set_up(&f, &s);
    s.script.replies[0] = script_answer(404, "");
    s.script.replies[1] = script_answer(500, "");
    assert_int_equal(measured(&f, &s, 2, counted), MEASURE_FAILED);
    assert_int_equal(s.script.calls, 2);
}

/* A server may take more than may be set: said, and never asked of a person. */
static void verify_says_how_long_a_post_may_be_there(void **state UNUSED)
{
    static const struct {
        const char *theirs, *mine, *said;
    } cases[] = {
        { "500", "500", "" },
        { "5000", "500",
          "; it takes posts of 5000 characters, and this channel is set to 500" },
        { "50000", "50000", "" },
        { "50001", "50000",
          "; it takes posts of 50001 characters, more than the 50000 that can be set "
          "here" },
        { "100000", "500",
          "; it takes posts of 100000 characters, more than the 50000 that can be set "
          "here; this channel is set to 500" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct receipt receipt = { .reason = STR("") };
        struct json *json;
        struct setup s;
        FIXTURE(f);

        set_up(&f, &s);
        CHECK_OK(&f, json_parse(&f.op,
                                arena_fmt(&f.arena,
                                          "{\"url\":\"https://example.org/\","
                                          "\"max_length\":%s}",
                                          cases[i].mine),
                                &json));
        s.connection.settings = json;
        s.script.replies[0] = script_answer(200, ME);
        s.script.replies[1] = script_answer(200, "[]");
        s.script.replies[2] = (struct http_reply){
            .status = 200,
            .body = arena_fmt(
                &f.arena, "{\"configuration\":{\"statuses\":{\"max_characters\":%s}}}",
                cases[i].theirs)
        };
        assert_int_equal(connector_mastodon.verify(&f.op, &s.connection, &receipt), 0);
        CHECK_STR(
            receipt.reason,
            arena_fmt(&f.arena, "the server answers: we are @haus there%s", cases[i].said)
                .p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_is_no_more_public_than_what_it_answers),
        cmocka_unit_test(below_our_own_post_the_person_is_named_whom_it_named),
        cmocka_unit_test(the_answer_of_the_server_decides),
        cmocka_unit_test(without_a_token_nothing_is_asked_and_the_reply_waits),
        cmocka_unit_test(what_is_left_of_the_limit_is_passed_on),
        cmocka_unit_test(reading_back_tells_the_reply_from_another_of_the_same_words),
        cmocka_unit_test(a_status_becomes_an_item),
        cmocka_unit_test(only_what_concerns_us_asks_for_somebody),
        cmocka_unit_test(an_id_is_read_the_same_whenever_it_is_told),
        cmocka_unit_test(an_id_has_a_longest_length),
        cmocka_unit_test(private_words_in_a_public_tree_are_a_thread_of_their_own),
        cmocka_unit_test(what_is_not_there_any_more_is_asked_for_in_its_thread),
        cmocka_unit_test(mentions_are_listed_down_to_what_is_known),
        cmocka_unit_test(a_mention_that_comes_late_is_not_missed),
        cmocka_unit_test(what_is_no_status_is_refused_with_its_field),
        cmocka_unit_test(followers_are_counted_with_one_question),
        cmocka_unit_test(posts_are_counted_together_where_the_server_can),
        cmocka_unit_test(posts_are_counted_one_by_one_where_it_cannot),
        cmocka_unit_test(verify_says_how_long_a_post_may_be_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
