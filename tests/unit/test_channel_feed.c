/* test_channel_feed.c - feeds read: by hand, by the corpus of another reader, and asked
 * for. */
#include "fixture.h"

#include <ftw.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "channel/feed.h"
#include "net/client.h"
#include "text/plain.h"

#define SUITE "../shared/suites/feedparser-tests/tests/"

static const char rss[] =
    "<?xml version=\"1.0\"?><rss version=\"2.0\" "
    "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
    "xmlns:media=\"http://search.yahoo.com/mrss/\" "
    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Das Blatt</title>"
    "<link>https://example.org/</link><language>de</language>"
    "<item><title>Kaffee &amp;amp; mehr</title><link>https://example.org/1</link>"
    "<guid>g-1</guid><media:title>falsch</media:title><description>Kurz, aber länger als "
    "&amp;lt;b&amp;gt;alles andere</description>"
    "<content:encoded><![CDATA[<p>Draht ist <b>laut</b></p>]]></content:encoded>"
    "<dc:creator>Paula</dc:creator><pubDate>Sun, 01 Nov 2026 10:00:00 +0100</pubDate>"
    "<unknown><title>falsch</title></unknown></item>"
    "<item><title>Ohne alles</title></item></channel></rss>";

static const char atom[] =
    "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
    "xmlns:thr=\"http://purl.org/syndication/thread/1.0\"><title type=\"html\">A</title>"
    "<entry><id>tag:1</id><title type=\"xhtml\"><div "
    "xmlns=\"http://www.w3.org/1999/xhtml\">Ein <i>Titel</i></div></title>"
    "<link rel=\"self\" href=\"https://example.org/self\"/>"
    "<link href=\"https://example.org/2\"/>"
    "<author><name>Otto</name><email>otto@example.org</email>"
    "<uri>https://example.org/otto</uri></author>"
    "<thr:in-reply-to ref=\"tag:0\"/><updated>2026-11-01T09:00:00Z</updated>"
    "<content>Nur Text</content></entry></feed>";

static const char json[] =
    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"J\","
    "\"authors\":[{\"name\":\"Jo\"}],\"items\":[7,{\"id\":3,"
    "\"url\":\"https://example.org/3\",\"content_text\":\"Hallo <3\","
    "\"date_published\":\"2026-11-01T10:00:00+01:00\"}]}";

static struct item item_at(struct fixture *f, const char *text, size_t index)
{
    struct item item;
    struct feed feed;

    assert_int_equal(feed_read(&f->op, str_of(text), &feed), 0);
    assert_true(index < feed.count);
    CHECK_OK(f,
             feed_parse(&f->op, feed_item(&f->op, &feed, &feed.entries[index]), &item));
    assert_true(item.mention && item.snapshot);
    return item;
}

static void each_kind_of_feed_becomes_mentions(void **state UNUSED)
{
    struct item item;
    FIXTURE(f);

    item = item_at(&f, rss, 0);
    CHECK_STR(item.external_id, "g-1");
    CHECK_STR(item.thread.title, "Kaffee & mehr");
    CHECK_STR(item.thread.url, "https://example.org/1");
    CHECK_STR(item.body, "Draht ist laut");
    CHECK_STR(item.author.name, "Paula");
    CHECK_STR(item.language, "de");
    assert_int_equal(item.sent_at, INT64_C(1793523600000));
    item = item_at(&f, rss, 1);
    CHECK_STR(item.external_id, "Ohne alles");
    CHECK_STR(item.body, "Ohne alles");
    CHECK_STR(item.author.name, "Das Blatt");
    item = item_at(&f, atom, 0);
    CHECK_STR(item.external_id, "tag:1");
    CHECK_STR(item.thread.external_id, "tag:0");
    CHECK_STR(item.thread.title, "Ein Titel");
    CHECK_STR(item.thread.url, "https://example.org/2");
    CHECK_STR(item.author.name, "Otto");
    CHECK_STR(item.author.url, "https://example.org/otto");
    item = item_at(&f, json, 0);
    CHECK_STR(item.external_id, "3");
    CHECK_STR(item.body, "Hallo <3");
    CHECK_STR(item.author.name, "Jo");
}

static void times_are_read_as_feeds_write_them(void **state UNUSED)
{
    static const struct {
        const char *text, *time;
    } cases[] = {
        { "Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21.000Z" },
        { "01 Jan 2004 19:48 +0200", "2004-01-01T17:48:00.000Z" },
        { "Thu, 1 Jan 04 19:48:21 EST", "2004-01-02T00:48:21.000Z" },
        { "Thu 01 Jan 2004 19:48:21", "2004-01-01T19:48:21.000Z" },
        { "2004-02-29T12:00:00+01:00", "2004-02-29T11:00:00.000Z" },
        { " 2003-12-31T10:14Z", "" },
        { "2003-12-31T10:14:55", "2003-12-31T10:14:55.000Z" },
        { "2003-12-31T10:14", "2003-12-31T10:14:00.000Z" },
        { "2003-12-31", "2003-12-31T00:00:00.000Z" },
        { "2003-12", "2003-12-01T00:00:00.000Z" },
        { "2003", "2003-01-01T00:00:00.000Z" },
        { "gestern", "" },
        { "32 Jan 2004 19:48:21 GMT", "" },
        { "", "" },
    };
    FIXTURE(f);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t at = feed_time(&f.op, str_of(cases[i].text));

        CHECK_STR(at ? time_format(&f.arena, at) : STR(""), cases[i].time);
    }
}

static void what_is_no_feed_is_said_to_be_none(void **state UNUSED)
{
    static const char *const cases[] = {
        "", "{}", "[]", "<html><title>x</title></html>", "nichts", "{\"items\":7}", "<a/>"
    };
    struct feed feed;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);

        assert_int_equal(feed_read(&f.op, str_of(cases[i]), &feed), FEED_NONE);
    }
}

/* As net/client.c hands over an answer without a body. */
static void an_answer_without_a_body_is_no_feed_and_no_lack_of_memory(void **state UNUSED)
{
    const struct str nothing = { NULL, 0 };
    struct feed feed;
    FIXTURE(f);

    assert_int_equal(feed_read(&f.op, nothing, &feed), FEED_NONE);
    assert_int_equal(feed_read_xml(&f.op, nothing, &feed), FEED_NONE);
    assert_int_equal(feed_read_json(&f.op, nothing, &feed), FEED_NONE);
}

/* A billion laughs, a file of ours, and a feed that breaks off. */
static void entities_do_not_grow_and_fetch_nothing(void **state UNUSED)
{
    struct strbuf bomb;
    struct feed feed;
    FIXTURE(f);

    bomb = STRBUF(&f.arena);
    strbuf_add(&bomb, STR("<!DOCTYPE rss [<!ENTITY a0 \"ha\">"));
    for (int i = 1; i < 12; i++)
        strbuf_fmt(
            &bomb, "<!ENTITY a%d \"&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;\">",
            i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    strbuf_add(&bomb, STR("<!ENTITY file SYSTEM \"file:///etc/passwd\">]><rss><channel>"
                          "<item><title>&a11;&file;x</title><guid>1</guid></item>"
                          "<item><guid a=\"&a11;\">2</guid>"));
    if (feed_read(&f.op, strbuf_str(&bomb), &feed) == 0)
        for (size_t i = 0; i < feed.count; i++) {
            assert_true(feed.entries[i].title.n < 1024);
            assert_true(str_find(feed.entries[i].title, STR("root")) < 0);
        }
    assert_int_equal(feed_read(&f.op,
                               STR("<rss><channel><item><guid>1</guid></item><item><gu"),
                               &feed),
                     0);
    assert_true(feed.count >= 1);
    CHECK_STR(feed.entries[0].id, "1");
}

static void of_a_feed_the_first_500_entries_are_read(void **state UNUSED)
{
    for (size_t n = FEED_MAX_ENTRIES; n <= FEED_MAX_ENTRIES + 1; n++) {
        FIXTURE(f);
        struct strbuf text = STRBUF(&f.arena);
        struct feed feed;

        strbuf_add(&text, STR("<rss><channel>"));
        for (size_t i = 0; i < n; i++)
            strbuf_fmt(&text, "<item><guid>%zu</guid></item>", i);
        strbuf_add(&text, STR("</channel></rss>"));
        assert_int_equal(feed_read(&f.op, strbuf_str(&text), &feed), 0);
        assert_int_equal(feed.count, FEED_MAX_ENTRIES);
        CHECK_STR(feed.entries[499].id, "499");
    }
}

/* The corpus: each file says in a comment what its author's reader makes of it. What it
 * says of the fields that we read, in the plainest form, must be so here. */
static struct {
    size_t files, feeds, checked, wrong;
} corpus;

static struct str expected(struct str text, const char *field)
{
    char pattern[64];
    ptrdiff_t at;
    struct str rest, value;

    snprintf(pattern, sizeof(pattern), "entries[0]['%s'] == ", field);
    at = str_find(text, str_of(pattern));
    if (at < 0)
        return (struct str){ NULL, 0 };
    rest = str_sub(text, (size_t)at + strlen(pattern), text.n);
    if (str_starts(rest, STR("u'")))
        rest = str_sub(rest, 1, rest.n);
    if (!str_starts(rest, STR("'")))
        return (struct str){ NULL, 0 };
    value = str_cut(str_sub(rest, 1, rest.n), '\'', &rest);
    return memchr(value.n ? value.p : "", '\\', value.n) ? (struct str){ NULL, 0 }
                                                         : value;
}

/* Relative addresses and the base64 of Atom 0.3 stay as they are, a title of another
 * module is none, and one of these compares what a browser would run. */
static bool is_otherwise(const char *path)
{
    return strstr(path, "base") || strstr(path, "media-rss") ||
           strstr(path, "inline_markup_2") || strstr(path, "entry_title_crazy");
}

static void compare(struct fixture *f, const char *path, struct str text,
                    const char *field, struct str ours)
{
    struct str theirs = expected(text, field);

    if (!theirs.p || is_otherwise(path))
        return;
    corpus.checked++;
    if (str_eq(text_plain(&f->arena, theirs, false), text_plain(&f->arena, ours, false)))
        return;
    corpus.wrong++;
    print_message("%s: %s is \"" STR_FMT "\", not \"" STR_FMT "\"\n", path, field,
                  STR_ARG(ours), STR_ARG(theirs));
}

static int read_wellformed(const char *path, const struct stat *about UNUSED, int type,
                           struct FTW *where UNUSED)
{
    struct feed feed;
    struct str text;
    FIXTURE(f);

    if (type != FTW_F)
        return 0;
    text = fixture_read_file(&f.arena, path);
    corpus.files++;
    if (feed_read(&f.op, text, &feed) != 0)
        return 0;
    corpus.feeds++;
    for (size_t i = 0; i < feed.count; i++) {
        struct item item;

        if (feed_parse(&f.op, feed_item(&f.op, &feed, &feed.entries[i]), &item) == 0)
            assert_true(utf8_is_valid(item.body) && item.external_id.n <= ITEM_MAX_ID);
        f.op.err = (struct err){ 0 };
    }
    if (!feed.count)
        return 0;
    compare(&f, path, text, "title", feed.entries[0].title);
    compare(&f, path, text, "link", feed.entries[0].link);
    compare(&f, path, text, "id", feed.entries[0].id);
    return 0;
}

static void the_corpus_of_another_reader_is_read(void **state UNUSED)
{
    if (nftw(SUITE "wellformed", read_wellformed, 8, FTW_PHYS) < 0)
        skip();
    assert_int_equal(nftw(SUITE "json", read_wellformed, 8, FTW_PHYS), 0);
    print_message("%zu files, %zu feeds, %zu fields compared, %zu otherwise\n",
                  corpus.files, corpus.feeds, corpus.checked, corpus.wrong);
    assert_true(corpus.files > 1000);
    assert_true(corpus.checked > 50);
    assert_int_equal(corpus.wrong, 0);
    assert_int_equal(nftw(SUITE "illformed", read_wellformed, 8, FTW_PHYS), 0);
    assert_int_equal(nftw(SUITE "encoding", read_wellformed, 8, FTW_PHYS), 0);
}

/* A server that gives one answer after the other. */
struct script {
    struct http_client base;
    struct http_reply replies[4];
    struct http_call seen[4];
    size_t calls;
};

static int scripted(struct op *op, const struct http_client *client,
                    const struct http_call *call, struct http_reply *ret)
{
    struct script *script = CONTAINER_OF(client, struct script, base);

    (void)op;
    assert_true(script->calls < COUNT_OF(script->replies));
    script->seen[script->calls] = *call;
    *ret = script->replies[script->calls++];
    return 0;
}

static void an_unchanged_feed_costs_a_line_and_is_asked_less_often(void **state UNUSED)
{
    struct script s = { .base.send = scripted };
    struct connection connection = { 0 };
    struct receipt receipt = { 0 };
    struct poll_page page;
    struct json *settings;
    FIXTURE(f);

    f.world.http = &s.base;
    CHECK_OK(&f,
             json_parse(&f.op, STR("{\"url\":\"https://example.org/feed\"}"), &settings));
    connection.settings = settings;
    s.replies[0] = (struct http_reply){ .status = 200, .body = str_of(rss) };
    http_add(&f.arena, &s.replies[0].headers, STR("ETag"), STR("\"v1\""));
    http_add(&f.arena, &s.replies[0].headers, STR("Last-Modified"),
             STR("Sun, 01 Nov 2026 10:00:00 GMT"));
    s.replies[1] = (struct http_reply){ .status = 304 };
    s.replies[2] = s.replies[0]; /* asked in vain: the server knows no conditions */
    s.replies[3] = (struct http_reply){ .status = 200, .body = str_of(atom) };
    for (size_t i = 0; i < 4; i++) {
        static const int64_t every[] = { MINUTES(15), MINUTES(15) * 3 / 2,
                                         MINUTES(15) * 9 / 4, MINUTES(15) };
        static const size_t counts[] = { 2, 0, 0, 1 };
        struct str cursor = i ? page.next : STR("");

        assert_int_equal(connector_feed.poll(&f.op, &connection, cursor, &page, &receipt),
                         0);
        assert_int_equal(page.again_ms, every[i]);
        assert_int_equal(page.count, counts[i]);
        CHECK_STR(http_field(&s.seen[i].headers, "If-None-Match"), i ? "\"v1\"" : "");
    }
    CHECK_STR(http_field(&s.seen[1].headers, "If-Modified-Since"),
              "Sun, 01 Nov 2026 10:00:00 GMT");
}

/* Seconds are too coarse: an entry of the same second would never be seen. */
static void
a_feed_that_changed_a_moment_ago_is_asked_for_without_conditions(void **state UNUSED)
{
    static const struct {
        const char *date, *tag;
    } cases[] = { { "Sun, 01 Nov 2026 10:00:59 GMT", "" },
                  { "Sun, 01 Nov 2026 10:01:00 GMT", "\"v1\"" } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct script s = { .base.send = scripted };
        struct connection connection = { 0 };
        struct receipt receipt = { 0 };
        struct poll_page page;
        struct json *settings;
        FIXTURE(f);

        f.world.http = &s.base;
        CHECK_OK(&f, json_parse(&f.op, STR("{\"url\":\"https://example.org/feed\"}"),
                                &settings));
        connection.settings = settings;
        s.replies[0] = (struct http_reply){ .status = 200, .body = str_of(rss) };
        http_add(&f.arena, &s.replies[0].headers, STR("ETag"), STR("\"v1\""));
        http_add(&f.arena, &s.replies[0].headers, STR("Last-Modified"),
                 STR("Sun, 01 Nov 2026 10:00:00 GMT"));
        http_add(&f.arena, &s.replies[0].headers, STR("Date"), str_of(cases[i].date));
        s.replies[1] = (struct http_reply){ .status = 304 };
        for (size_t k = 0; k < 2; k++)
            assert_int_equal(connector_feed.poll(&f.op, &connection,
                                                 k ? page.next : STR(""), &page,
                                                 &receipt),
                             0);
        CHECK_STR(http_field(&s.seen[1].headers, "If-None-Match"), cases[i].tag);
    }
}

static void what_a_feed_answers_is_told_in_words(void **state UNUSED)
{
    static const struct {
        int status;
        const char *body, *trouble;
    } cases[] = { { 404, "", "no_feed" },
                  { 403, "", "not_public" },
                  { 200, "<html></html>", "no_feed" } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct script s = { .base.send = scripted };
        struct connection connection = { 0 };
        struct receipt receipt = { 0 };
        struct poll_page page;
        struct json *settings;
        FIXTURE(f);

        f.world.http = &s.base;
        CHECK_OK(&f, json_parse(&f.op, STR("{\"url\":\"https://example.org/feed\"}"),
                                &settings));
        connection.settings = settings;
        s.replies[0] = s.replies[1] =
            (struct http_reply){ .status = cases[i].status,
                                 .body = str_of(cases[i].body) };
        assert_int_equal(
            connector_feed.poll(&f.op, &connection, STR(""), &page, &receipt),
            POLL_FAILED);
        assert_string_equal(receipt.trouble, cases[i].trouble);
        assert_int_equal(connector_feed.verify(&f.op, &connection, &receipt),
                         VERIFY_FAILED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_feed_becomes_mentions),
        cmocka_unit_test(times_are_read_as_feeds_write_them),
        cmocka_unit_test(what_is_no_feed_is_said_to_be_none),
        cmocka_unit_test(an_answer_without_a_body_is_no_feed_and_no_lack_of_memory),
        cmocka_unit_test(entities_do_not_grow_and_fetch_nothing),
        cmocka_unit_test(of_a_feed_the_first_500_entries_are_read),
        cmocka_unit_test(the_corpus_of_another_reader_is_read),
        cmocka_unit_test(an_unchanged_feed_costs_a_line_and_is_asked_less_often),
        cmocka_unit_test(
            a_feed_that_changed_a_moment_ago_is_asked_for_without_conditions),
        cmocka_unit_test(what_a_feed_answers_is_told_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
