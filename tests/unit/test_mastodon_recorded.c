/* test_mastodon_recorded.c - what a real Mastodon answered to another client, read by our
 * connector. The recordings (vcrpy's YAML, one exchange after the other) lie outside this
 * repository; without them these tests skip. */
#include "fixture.h"

#include <dirent.h>
#include <unistd.h>

#include "base/clock.h"
#include "channel/mastodon.h"

#define CASSETTES "../shared/suites/rec-mastodon-py/tests/cassettes/"

static const struct mastodon_me me = { { "117020565693913441", 18 },
                                       { "admin", 5 },
                                       { "http://localhost:3000/@admin", 28 } };

/* The rest of a line of YAML that goes on in the next one: one blank stands for the line
 * end and what is indented behind it. */
static size_t fold(struct str text, size_t i, struct strbuf *out)
{
    strbuf_char(out, ' ');
    while (i < text.n && (text.p[i] == '\n' || text.p[i] == ' '))
        i++;
    return i;
}

/* 'a '' quoted text' as YAML has it; `text` begins behind the first quote. */
static struct str single_quoted(struct arena *arena, struct str text)
{
    struct strbuf out = STRBUF(arena);

    for (size_t i = 0; i < text.n;) {
        if (text.p[i] == '\n') {
            i = fold(text, i, &out);
            continue;
        }
        if (text.p[i] == '\'' && (i + 1 == text.n || text.p[i + 1] != '\''))
            break;
        i += text.p[i] == '\'';
        strbuf_char(&out, text.p[i++]);
    }
    return strbuf_str(&out);
}

/* "a text with \"escapes\"": as in JSON, but for escaped line ends and blanks. */
static struct str double_quoted(struct fixture *f, struct str text)
{
    struct strbuf out = STRBUF(&f->arena);
    struct json *json;

    strbuf_char(&out, '"');
    for (size_t i = 0; i < text.n && text.p[i] != '"';) {
        bool escape = text.p[i] == '\\' && i + 1 < text.n;

        if (escape && text.p[i + 1] == '\n') {
            i += 2;
            while (i < text.n && text.p[i] == ' ')
                i++;
        } else if (escape && text.p[i + 1] == ' ') {
            i++;
        } else if (escape && text.p[i + 1] == 'x') {
            strbuf_add(&out, STR("\\u00"));
            i += 2;
        } else if (escape && text.p[i + 1] == 'U') {
            strbuf_char(&out, '?'); /* eight digits: a sign beyond JSON's four */
            i += 10;
        } else if (text.p[i] == '\n') {
            i = fold(text, i, &out);
        } else {
            if (escape)
                strbuf_char(&out, text.p[i++]);
            strbuf_char(&out, text.p[i++]);
        }
    }
    strbuf_char(&out, '"');
    CHECK_OK(f, json_parse(&f->op, strbuf_str(&out), &json));
    return json->text;
}

/* The next answer's body; what stands behind it goes to *ret_rest. False: no more. */
static bool next_body(struct fixture *f, struct str text, struct str *ret,
                      struct str *ret_rest)
{
    static const struct str mark = { "\n      string: ", 15 };
    ptrdiff_t at = str_find(text, mark);
    struct str rest;

    if (at < 0)
        return false;
    rest = str_sub(text, (size_t)at + mark.n, text.n);
    *ret = str_starts(rest, STR("'")) ? single_quoted(&f->arena, str_sub(rest, 1, rest.n))
           : str_starts(rest, STR("\"")) ? double_quoted(f, str_sub(rest, 1, rest.n))
                                         : STR("");
    *ret_rest = rest;
    return true;
}

static struct {
    size_t files, answers, statuses, named, warned, shown;
} seen;

static void check_status(struct fixture *f, const struct json *status)
{
    struct str bytes = mastodon_item(&f->op, &me, status, status);
    struct item item;
    int r = mastodon_parse(&f->op, bytes, &item);

    f->op.err = (struct err){ 0 };
    if (r == ERR_INVALID) {
        assert_true(str_is(json_text(status, "content"), ""));
        return;
    }
    assert_int_equal(r, 0);
    seen.statuses++;
    CHECK_STR(item.external_id, arena_cstr(&f->arena, json_text(status, "id")));
    assert_true(item.sent_at > 0 && item.author.handle.n && item.author.name.n);
    assert_true(str_find(item.body, STR("<p>")) < 0);
    assert_true(str_find(item.body, STR("@mastodonpy_test (")) < 0);
    assert_int_equal(item.author.is_us,
                     str_eq(json_text(json_get(status, "account"), "id"), me.id));
    seen.named += str_find(item.body, STR("@mastodonpy_test")) >= 0;
    seen.warned += str_starts(item.body, STR("CW: "));
    seen.shown += str_find(item.body, STR("[image")) >= 0;
}

/* Statuses stand in lists, in notifications, in what was boosted. */
static void check_all(struct fixture *f, const struct json *json)
{
    const struct json *content = json_get(json, "content");

    if (content && content->type == JSON_TEXT && json_get(json, "account") &&
        json_text(json, "id").n && json_text(json, "visibility").n)
        check_status(f, json);
    for (size_t i = 0;
         (json->type == JSON_ARRAY || json->type == JSON_OBJECT) && i < json->count; i++)
        check_all(f, &json->items[i]);
}

static void read_cassette(const char *name)
{
    FIXTURE(f);
    struct str text = fixture_read_file(
        &f.arena, arena_cstr(&f.arena, arena_fmt(&f.arena, CASSETTES "%s", name)));
    struct str body;

    seen.files++;
    while (next_body(&f, text, &body, &text)) {
        struct json *json;

        seen.answers++;
        if (json_parse(&f.op, body, &json) == 0)
            check_all(&f, json);
        f.op.err = (struct err){ 0 };
    }
}

static void every_status_of_the_recordings_is_read(void **state UNUSED)
{
    DIR *folder = opendir(CASSETTES);
    const struct dirent *entry;

    if (!folder) {
        print_message("no recordings at " CASSETTES "\n");
        skip();
    }
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            read_cassette(entry->d_name);
    closedir(folder);
    print_message("%zu files, %zu answers, %zu statuses; %zu name somebody, %zu warn, "
                  "%zu show something\n",
                  seen.files, seen.answers, seen.statuses, seen.named, seen.warned,
                  seen.shown);
    assert_true(seen.files >= 80 && seen.answers > 300);
    assert_true(seen.statuses > 100 && seen.named > 10 && seen.shown > 0);
}

/* A header of the exchange whose body was just read. */
static struct str header(struct fixture *f, struct str text, const char *name)
{
    struct str mark = arena_fmt(&f->arena, "\n      %s:\n      - ", name), value;
    ptrdiff_t at = str_find(text, mark);

    assert_true(at >= 0);
    value = str_sub(text, (size_t)at + mark.n, text.n);
    value = str_trim(str_cut(value, '\n', &text));
    return str_starts(value, STR("'")) ? str_sub(value, 1, value.n - 2) : value;
}

struct script {
    struct http_client base;
    struct http_reply reply;
    struct str url;
};

static int scripted(struct op *op, const struct http_client *client,
                    const struct http_call *call, struct http_reply *ret)
{
    struct script *script = CONTAINER_OF(client, struct script, base);

    (void)op;
    script->url = call->url;
    *ret = script->reply;
    return 0;
}

/* The list of mentions as a real server gave it, with the headers of its rate limit. */
static void a_recorded_list_of_mentions_is_what_a_poll_reads(void **state UNUSED)
{
    FIXTURE(f);
    struct script script = { .base.send = scripted };
    struct receipt receipt = { .reason = STR("") };
    struct connection connection = { .credential.text = STR("token") };
    struct str text, body, rest, id = STR("");
    struct poll_page page;
    struct json *json;
    int64_t reset;

    if (access(CASSETTES "test_notifications_mentions_only.yaml", R_OK)) {
        print_message("no recordings at " CASSETTES "\n");
        skip();
    }
    text = fixture_read_file(&f.arena, CASSETTES "test_notifications_mentions_only.yaml");
    while (!id.n && next_body(&f, text, &body, &rest)) {
        text = rest;
        if (json_parse(&f.op, body, &json) == 0 && json->type == JSON_ARRAY &&
            json->count)
            id = json_text(json_get(&json->items[0], "status"), "id");
    }
    assert_true(id.n > 0);
    script.reply = (struct http_reply){ .status = 200, .body = body };
    http_add(&f.arena, &script.reply.headers, STR("X-RateLimit-Remaining"),
             header(&f, rest, "x-ratelimit-remaining"));
    http_add(&f.arena, &script.reply.headers, STR("X-RateLimit-Reset"),
             header(&f, rest, "x-ratelimit-reset"));
    assert_true(time_parse(header(&f, rest, "x-ratelimit-reset"), &reset));
    f.op.now = reset - MINUTES(4);
    f.world.http = &script.base;
    CHECK_OK(&f, json_parse(&f.op, STR("{\"url\":\"http://localhost:3000\"}"), &json));
    connection.settings = json;
    CHECK_OK(&f, connector_mastodon.poll(&f.op, &connection,
                                         STR("{\"me\":{\"id\":\"117020565966271181\"}}"),
                                         &page, &receipt));
    assert_true(str_find(script.url, STR("/api/v1/notifications?limit=40")) > 0);
    assert_true(page.more && receipt.told && receipt.told_left > 0);
    assert_int_equal(receipt.told_ms, MINUTES(4));
    assert_true(str_find(page.next, arena_fmt(&f.arena, "\"waiting\":[\"" STR_FMT "\"",
                                              STR_ARG(id))) > 0);
}

/* What a real server said when it had taken a report. */
static void a_recorded_answer_to_a_report_says_that_it_is_there(void **state UNUSED)
{
    FIXTURE(f);
    struct script script = { .base.send = scripted };
    struct receipt receipt = { .reason = STR("") };
    struct connection connection = { .credential.text = STR("token") };
    struct restraint_wish wish = { .kind = STR("report"),
                                   .message = STR("117020583182779033"),
                                   .account = STR("117020565966271181"),
                                   .reason = STR("insult"),
                                   .comment = STR("makes the bad post") };
    struct str text, body, rest;
    bool found = false;
    struct json *json;

    if (access(CASSETTES "test_report.yaml", R_OK)) {
        print_message("no recordings at " CASSETTES "\n");
        skip();
    }
    text = fixture_read_file(&f.arena, CASSETTES "test_report.yaml");
    while (!found && next_body(&f, text, &body, &rest)) {
        text = rest;
        found = json_parse(&f.op, body, &json) == 0 && json_get(json, "action_taken");
    }
    assert_true(found);
    script.reply = (struct http_reply){ .status = 200, .body = body };
    f.world.http = &script.base;
    CHECK_OK(&f, json_parse(&f.op, STR("{\"url\":\"http://localhost:3000\"}"), &json));
    connection.settings = json;
    CHECK_OK(&f, connector_mastodon.restrain(&f.op, &connection, &wish, &receipt));
    CHECK_STR(script.url, "http://localhost:3000/api/v1/reports");
    assert_null(receipt.trouble);
    wish.forward = true; /* that server knows no other */
    CHECK_OK(&f, connector_mastodon.restrain(&f.op, &connection, &wish, &receipt));
    assert_string_equal(receipt.trouble, "not_forwarded");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_of_the_recordings_is_read),
        cmocka_unit_test(a_recorded_list_of_mentions_is_what_a_poll_reads),
        cmocka_unit_test(a_recorded_answer_to_a_report_says_that_it_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
