/* test_conformance_poll.c - what every connector that polls promises of it: after days
 * without us everything is read, page by page to the end, and a call that was refused on
 * the way is asked again without a loss.
 *
 * A connector gets in through a row in `shops`: its network as a small server over a list
 * of posts, which answers what the connector asks. The mock networks are tried so in
 * test_work_poll.c.
 */
#include "fixture.h"

#include "base/strbuf.h"
#include "channel/bluesky.h"
#include "channel/connector.h"
#include "net/client.h"
#include "net/wire.h"

enum { BEFORE = 3, AFTER = 130, MAX_CALLS = 2000 };

struct post {
    int number;
    int64_t at;
};

/* What stands on the network, oldest first, and how often it was asked. */
struct shop {
    struct http_client http;
    struct dialer dialer;
    struct fixture *f;
    const struct row *row;
    struct post posts[BEFORE + AFTER];
    size_t count, calls, refuse; /* which call is refused; 0: none */
    int status;                  /* with what */
};

static struct str at_of(struct shop *shop, const struct post *post)
{
    return time_format(&shop->f->arena, post->at);
}

/* The text behind `name` in an address, up to the next "&". */
static struct str parameter(struct str url, const char *name)
{
    ptrdiff_t at = str_find(url, str_of(name));
    struct str rest;

    if (at < 0)
        return STR("");
    return str_cut(str_sub(url, (size_t)at + strlen(name), url.n), '&', &rest);
}

static struct str between(struct str text, const char *begin, char end)
{
    ptrdiff_t at = str_find(text, str_of(begin));
    struct str rest;

    return at < 0
               ? STR("")
               : str_cut(str_sub(text, (size_t)at + strlen(begin), text.n), end, &rest);
}

/* The newest first, `per_page` of those older than number `below` (0: from the newest),
 * each as `format` says of number, time, number. */
static struct str list_down(struct shop *shop, int64_t below, size_t per_page,
                            struct str (*one)(struct shop *, const struct post *),
                            int *ret_last)
{
    struct strbuf out = STRBUF(&shop->f->arena);
    size_t given = 0;

    *ret_last = 0;
    for (size_t i = shop->count; i > 0 && given < per_page; i--) {
        const struct post *post = &shop->posts[i - 1];

        if (below && post->number >= below)
            continue;
        strbuf_add(&out, given++ ? STR(",") : STR(""));
        strbuf_add(&out, one(shop, post));
        *ret_last = i > 1 ? post->number : 0;
    }
    return strbuf_str(&out);
}

/* --- WordPress --- */

static struct http_reply comments(struct shop *shop, struct str url)
{
    enum { PER_PAGE = 50 };
    struct strbuf out = STRBUF(&shop->f->arena);
    struct str after = parameter(url, "&after="), day = str_sub(after, 0, 10);
    struct http_reply reply = { .status = 200 };
    int64_t page = 1;
    size_t found = 0;

    (void)str_to_i64(parameter(url, "&page="), &page);
    strbuf_add(&out, STR("["));
    for (size_t i = 0; i < shop->count; i++) {
        struct str at = at_of(shop, &shop->posts[i]);

        if (str_cmp(str_sub(at, 0, 10), day) < 0)
            continue;
        if (found++ / PER_PAGE != (size_t)page - 1)
            continue;
        strbuf_fmt(&out,
                   "%s{\"id\":%d,\"post\":4,\"date_gmt\":\"" STR_FMT
                   "\",\"content\":{\"raw\":\"x\"},\"type\":\"comment\"}",
                   found % PER_PAGE == 1 ? "" : ",", shop->posts[i].number,
                   STR_ARG(str_sub(at, 0, 19)));
    }
    strbuf_add(&out, STR("]"));
    reply.body = strbuf_str(&out);
    http_add(&shop->f->arena, &reply.headers, STR("X-WP-Total"),
             arena_fmt(&shop->f->arena, "%zu", found));
    http_add(&shop->f->arena, &reply.headers, STR("X-WP-TotalPages"),
             arena_fmt(&shop->f->arena, "%zu", (found + PER_PAGE - 1) / PER_PAGE));
    return reply;
}

static struct http_reply wordpress(struct shop *shop, struct str url)
{
    if (str_find(url, STR("users/me")) >= 0)
        return (struct http_reply){ .status = 200, .body = STR("{\"id\":1}") };
    return comments(shop, url);
}

/* --- Mastodon --- */

static struct str notification(struct shop *shop, const struct post *post)
{
    return arena_fmt(&shop->f->arena,
                     "{\"id\":\"%d\",\"type\":\"mention\",\"created_at\":\"" STR_FMT
                     "\",\"status\":{\"id\":\"%d\"}}",
                     post->number, STR_ARG(at_of(shop, post)), post->number);
}

static struct str status_named(struct shop *shop, struct str id)
{
    for (size_t i = 0; i < shop->count; i++)
        if (str_eq(arena_fmt(&shop->f->arena, "%d", shop->posts[i].number), id))
            return arena_fmt(&shop->f->arena,
                             "{\"id\":\"" STR_FMT "\",\"content\":\"x\",\"account\":{"
                             "\"id\":\"2\",\"acct\":\"fan\"},\"created_at\":\"" STR_FMT
                             "\",\"visibility\":\"public\"}",
                             STR_ARG(id), STR_ARG(at_of(shop, &shop->posts[i])));
    return STR("");
}

static struct http_reply mastodon(struct shop *shop, struct str url)
{
    struct http_reply reply = { .status = 200, .body = STR("[]") };
    int64_t below = 0;
    int last;

    (void)str_to_i64(parameter(url, "&max_id="), &below);
    if (str_find(url, STR("verify_credentials")) >= 0)
        reply.body = STR("{\"id\":\"1\",\"acct\":\"haus\"}");
    else if (str_find(url, STR("/context")) >= 0)
        reply.body = STR("{\"ancestors\":[],\"descendants\":[]}");
    else if (str_find(url, STR("v1/notifications")) >= 0)
        reply.body = arena_fmt(&shop->f->arena, "[" STR_FMT "]",
                               STR_ARG(list_down(shop, below, 40, notification, &last)));
    else if (str_find(url, STR("v1/statuses/")) >= 0)
        reply.body = status_named(shop, between(url, "v1/statuses/", '?'));
    if (!reply.body.n)
        reply = (struct http_reply){ .status = 404, .body = STR("{}") };
    return reply;
}

/* --- Bluesky --- */

#define FAN "at://did:plc:fan/app.bsky.feed.post/"

static struct str heard(struct shop *shop, const struct post *post)
{
    return arena_fmt(&shop->f->arena,
                     "{\"uri\":\"" FAN
                     "%d\",\"reason\":\"mention\",\"indexedAt\":\"" STR_FMT "\"}",
                     post->number, STR_ARG(at_of(shop, post)));
}

static struct http_reply bluesky(struct shop *shop, struct str url)
{
    struct http_reply reply = { .status = 200, .body = STR("{\"feed\":[]}") };
    int64_t below = 0;
    int last;

    (void)str_to_i64(parameter(url, "&cursor="), &below);
    if (str_find(url, STR("listNotifications")) >= 0) {
        struct str list = list_down(shop, below, 50, heard, &last);

        reply.body =
            arena_fmt(&shop->f->arena, "{\"notifications\":[" STR_FMT "]", STR_ARG(list));
        reply.body = last ? arena_fmt(&shop->f->arena, STR_FMT ",\"cursor\":\"%d\"}",
                                      STR_ARG(reply.body), last)
                          : arena_fmt(&shop->f->arena, STR_FMT "}", STR_ARG(reply.body));
    } else if (str_find(url, STR("getPostThread")) >= 0) {
        struct str id = between(url, "feed.post%2F", '&');

        reply.body = arena_fmt(
            &shop->f->arena,
            "{\"thread\":{\"post\":{\"uri\":\"" FAN STR_FMT
            "\",\"author\":{\"did\":\"did:plc:fan\"},\"indexedAt\":\"" STR_FMT
            "\",\"record\":{\"text\":\"x\"}},\"replies\":[]}}",
            STR_ARG(id), STR_ARG(time_format(&shop->f->arena, shop->f->op.now)));
    }
    return reply;
}

/* --- a feed --- */

static struct str entry(struct shop *shop, const struct post *post)
{
    return arena_fmt(&shop->f->arena,
                     "{\"id\":\"%d\",\"content_text\":\"x\",\"date_published\":\"" STR_FMT
                     "\"}",
                     post->number, STR_ARG(at_of(shop, post)));
}

static struct http_reply feed(struct shop *shop, struct str url UNUSED)
{
    int last;
    struct str list = list_down(shop, 0, BEFORE + AFTER, entry, &last);

    return (struct http_reply){
        .status = 200,
        .body = arena_fmt(&shop->f->arena,
                          "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":"
                          "\"T\",\"items\":[" STR_FMT "]}",
                          STR_ARG(list)),
    };
}

/* --- a mailbox --- */

struct mailbox {
    struct wire base;
    struct shop *shop;
    struct strbuf out;
    size_t given;
    bool refuses, proving;
    struct str tag;
};

static void say_mail(struct mailbox *box, int64_t uid)
{
    struct str mail = arena_fmt(
        &box->shop->f->arena,
        "From: a@example.com\r\nMessage-ID: <%lld@example.com>\r\n\r\nx", (long long)uid);

    strbuf_fmt(&box->out, "* 1 FETCH (UID %lld BODY[] {%zu}\r\n" STR_FMT ")\r\n",
               (long long)uid, mail.n, STR_ARG(mail));
}

static void answer_command(struct mailbox *box, struct str command)
{
    struct shop *shop = box->shop;
    int64_t uid = 0;

    if (str_is(command, "CAPABILITY"))
        strbuf_add(&box->out, STR("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"));
    if (str_starts(command, STR("EXAMINE ")))
        strbuf_fmt(&box->out, "* OK [UIDVALIDITY 5] x\r\n* OK [UIDNEXT %zu] x\r\n",
                   shop->count + 1);
    if (str_starts(command, STR("UID SEARCH "))) {
        (void)str_to_i64(between(command, "UID SEARCH UID ", ':'), &uid);
        strbuf_add(&box->out, STR("* SEARCH"));
        for (size_t i = 0; i < shop->count; i++)
            if (shop->posts[i].number >= uid)
                strbuf_fmt(&box->out, " %d", shop->posts[i].number);
        strbuf_add(&box->out, STR("\r\n"));
    }
    if (str_starts(command, STR("UID FETCH "))) {
        (void)str_to_i64(between(command, "UID FETCH ", ' '), &uid);
        if (str_find(command, STR("BODY.PEEK")) >= 0)
            say_mail(box, uid);
        else
            strbuf_fmt(&box->out,
                       "* 1 FETCH (UID %lld INTERNALDATE \"02-Nov-2026 08:00:00 +0000\" "
                       "RFC822.SIZE 60)\r\n",
                       (long long)uid);
    }
}

static int hear(struct op *op UNUSED, struct wire *wire, struct str bytes)
{
    struct mailbox *box = CONTAINER_OF(wire, struct mailbox, base);
    struct str rest, line = str_cut(bytes, '\r', &rest), command;

    if (box->proving) {
        box->proving = false;
        strbuf_fmt(&box->out, STR_FMT "%s\r\n", STR_ARG(box->tag),
                   box->refuses ? " NO [AUTHENTICATIONFAILED] no" : " OK");
        return 0;
    }
    box->tag = arena_dup(&box->shop->f->arena, str_cut(line, ' ', &command));
    if (str_starts(command, STR("AUTHENTICATE"))) {
        box->proving = true;
        strbuf_add(&box->out, STR("+ \r\n"));
        return 0;
    }
    answer_command(box, command);
    strbuf_fmt(&box->out, STR_FMT " OK\r\n", STR_ARG(box->tag));
    return 0;
}

static int give(struct op *op UNUSED, struct wire *wire, char *to, size_t room,
                size_t *ret_n)
{
    struct mailbox *box = CONTAINER_OF(wire, struct mailbox, base);
    struct str left = str_sub(strbuf_str(&box->out), box->given, box->out.n);

    if (!left.n) {
        wire->why = STR("it ended the connection");
        return WIRE_BROKEN;
    }
    *ret_n = left.n < room ? left.n : room;
    memcpy(to, left.p, *ret_n);
    box->given += *ret_n;
    return 0;
}

static int secure(struct op *op UNUSED, struct wire *wire UNUSED)
{
    return 0;
}

static int open_mailbox(struct op *op, const struct dialer *base,
                        const struct dial *dial UNUSED, struct wire **ret,
                        struct str *ret_why UNUSED)
{
    struct shop *shop =
        CONTAINER_OF((struct dialer *)(uintptr_t)base, struct shop, dialer);
    struct mailbox *box = arena_new(op->arena, struct mailbox, 1);

    *box =
        (struct mailbox){ .base = { .transmit = hear, .receive = give, .secure = secure },
                          .shop = shop,
                          .out = STRBUF(&shop->f->arena),
                          .refuses = ++shop->calls == shop->refuse };
    strbuf_add(&box->out, STR("* OK hello\r\n"));
    *ret = &box->base;
    return 0;
}

/* --- all of them --- */

static const struct row {
    const char *network, *settings;
    struct http_reply (*answer)(struct shop *shop, struct str url);
} shops[] = {
    { "wordpress", "{\"url\":\"https://example.org\",\"user\":\"eva\"}", wordpress },
    { "mastodon", "{\"url\":\"https://example.org\"}", mastodon },
    { "bluesky", "{\"url\":\"https://example.org\",\"handle\":\"haus\"}", bluesky },
    { "feed", "{\"url\":\"https://example.org/feed\"}", feed },
    { "email",
      "{\"address\":\"wir@example.org\",\"imap_host\":\"mail.example.org\","
      "\"smtp_host\":\"mail.example.org\"}",
      NULL },
};

static int answered(struct op *op UNUSED, const struct http_client *client,
                    const struct http_call *call, struct http_reply *ret)
{
    struct shop *shop =
        CONTAINER_OF((struct http_client *)(uintptr_t)client, struct shop, http);

    if (++shop->calls == shop->refuse) {
        *ret = (struct http_reply){ .status = shop->status,
                                    .body = STR("{\"error\":\"no\"}"),
                                    .retry_after = shop->status == 429 ? 60 : 0 };
        return 0;
    }
    *ret = shop->row->answer(shop, call->url);
    return 0;
}

struct setup {
    struct shop shop;
    const struct connector *connector;
    struct connection connection;
    struct str cursor;
    bool seen[BEFORE + AFTER + 1];
    size_t refused;
};

static void set_up(struct fixture *f, struct setup *s, const struct row *row)
{
    static int64_t channel = 1000; /* what a process keeps of a channel is its own */
    const struct bluesky_session session = { STR("did:plc:us"), STR("haus"), STR("a"),
                                             STR("r") };
    struct json *json;

    *s = (struct setup){
        .shop = { .http.send = answered,
                  .dialer.open = open_mailbox,
                  .f = f,
                  .row = row },
        .connector = connector_by_network(str_of(row->network)),
        .cursor = STR(""),
    };
    f->world.http = &s->shop.http;
    f->world.dialer = &s->shop.dialer;
    CHECK_OK(f, json_parse(&f->op, str_of(row->settings), &json));
    s->connection = (struct connection){ .channel_id = ++channel, .settings = json };
    s->connection.credential.site =
        s->connector->site ? s->connector->site(&f->op, json) : json_text(json, "url");
    s->connection.credential.text = STR("abcd");
    bluesky_session_keep(&s->connection, &session, 1);
}

static void publish(struct setup *s, size_t count, int64_t every_ms)
{
    for (size_t i = 0; i < count; i++) {
        struct shop *shop = &s->shop;

        fixture_advance(shop->f, every_ms);
        shop->posts[shop->count] = (struct post){ (int)shop->count + 1, shop->f->op.now };
        shop->count++;
    }
}

/* "at://…/7" and "7@example.com" are number 7. */
static int64_t number_of(struct str id)
{
    int64_t number = 0;
    struct str rest;

    if (str_starts(id, STR(FAN)))
        id = str_sub(id, strlen(FAN), id.n);
    (void)str_to_i64(str_cut(id, '@', &rest), &number);
    return number;
}

static void see(struct setup *s, const struct poll_page *page)
{
    struct fixture *f = s->shop.f;

    for (size_t i = 0; i < page->count; i++) {
        struct item item;
        int64_t number;

        CHECK_OK(f, s->connector->parse(&f->op, page->items[i], &item));
        number = number_of(item.external_id);
        if (number < 1 || number > (int64_t)s->shop.count)
            fail_msg("%s: nobody wrote " STR_FMT, s->shop.row->network,
                     STR_ARG(item.external_id));
        s->seen[number] = true;
    }
}

/* As the job does: page by page from the last cursor; one that failed is asked again. */
static void poll_to_the_end(struct setup *s)
{
    struct fixture *f = s->shop.f;

    for (int calls = 0; calls < MAX_CALLS; calls++) {
        struct receipt receipt = { .reason = STR("") };
        struct poll_page page = { 0 };
        int r = s->connector->poll(&f->op, &s->connection, s->cursor, &page, &receipt);

        if (r == POLL_FAILED) {
            assert_true(receipt.reason.n > 0);
            assert_true(++s->refused <= 1);
            bluesky_session_keep(&s->connection,
                                 &(const struct bluesky_session){
                                     STR("did:plc:us"), STR("haus"), STR("a"), STR("r") },
                                 1);
            fixture_advance(f, MINUTES(2));
            continue;
        }
        CHECK_OK(f, r);
        see(s, &page);
        s->cursor = page.next;
        if (!page.more)
            return;
    }
    fail_msg("%s comes to no end", s->shop.row->network);
}

static size_t missing(const struct setup *s)
{
    size_t count = 0;

    for (size_t i = 1; i <= s->shop.count; i++)
        count += !s->seen[i];
    return count;
}

static const struct row *row_of(const struct connector *connector)
{
    for (size_t i = 0; i < COUNT_OF(shops); i++)
        if (strcmp(shops[i].network, connector->network) == 0)
            return &shops[i];
    if (strncmp(connector->network, "mock_", 5) != 0)
        fail_msg("%s has no row in this file", connector->network);
    return NULL;
}

/* Some were read; then nobody asked for three days, while people wrote. */
static void play(struct fixture *f, struct setup *s, const struct row *row, size_t refuse,
                 int status)
{
    set_up(f, s, row);
    publish(s, BEFORE, MINUTES(10));
    poll_to_the_end(s);
    publish(s, AFTER, DAYS(3) / AFTER);
    s->shop.refuse = refuse ? s->shop.calls + refuse : 0;
    s->shop.status = status;
    poll_to_the_end(s);
}

static void after_three_days_without_us_everything_is_read(void **state UNUSED)
{
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++) {
        const struct row *row = c->poll ? row_of(c) : NULL;
        struct setup s;
        FIXTURE(f);

        if (!row)
            continue;
        print_message("%s\n", row->network);
        play(&f, &s, row, 0, 0);
        assert_int_equal(s.shop.count, BEFORE + AFTER);
        assert_int_equal(missing(&s), 0);
        memset(s.seen, 0, sizeof(s.seen));
        fixture_advance(&f, MINUTES(1));
        poll_to_the_end(&s); /* and what is known does not begin anew */
        assert_true(missing(&s) > BEFORE || c->poll_ms > MINUTES(1));
    }
}

static void a_refused_call_on_the_way_loses_nothing(void **state UNUSED)
{
    static const int statuses[] = { 401, 429 };
    const struct connector *c;

    for (size_t i = 0; (c = connector_at(i)); i++)
        for (size_t k = 1; c->poll && k <= 12; k++) {
            const struct row *row = row_of(c);
            struct setup s;
            FIXTURE(f);

            if (!row)
                break;
            play(&f, &s, row, k, statuses[k % COUNT_OF(statuses)]);
            if (missing(&s))
                fail_msg("%s misses %zu when call %zu is refused", row->network,
                         missing(&s), k);
            assert_true(s.refused == 1 || s.shop.calls < s.shop.refuse);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_three_days_without_us_everything_is_read),
        cmocka_unit_test(a_refused_call_on_the_way_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
