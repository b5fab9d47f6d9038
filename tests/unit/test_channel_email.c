/* test_channel_email.c - a mailbox and its way out, answered from a script. */
#include "fixture.h"

#include "base/strbuf.h"
#include "channel/email.h"
#include "channel/mail.h"
#include "net/wire.h"

/* Each connection is one text: what the server says, "\n" for the end of its line; where
 * it waits for a line of ours first stands "?". It ends with the text. */
struct script {
    struct dialer base;
    const char *const *says; /* one for each connection */
    size_t opened;
    struct strbuf heard;
};
struct scripted {
    struct wire base;
    struct script *script;
    const char *rest;
};

static int hear(struct op *op UNUSED, struct wire *wire, struct str bytes)
{
    struct scripted *w = CONTAINER_OF(wire, struct scripted, base);

    strbuf_add(&w->script->heard, bytes);
    if (*w->rest == '?')
        w->rest++;
    return 0;
}

static int say(struct op *op UNUSED, struct wire *wire, char *to, size_t room UNUSED,
               size_t *ret_n)
{
    struct scripted *w = CONTAINER_OF(wire, struct scripted, base);

    if (!*w->rest || *w->rest == '?') {
        wire->why = STR("it ended the connection");
        return WIRE_BROKEN;
    }
    *to = *w->rest++;
    *ret_n = 1;
    return 0;
}

static int secure(struct op *op UNUSED, struct wire *wire)
{
    struct scripted *w = CONTAINER_OF(wire, struct scripted, base);

    strbuf_add(&w->script->heard, STR("(TLS)\r\n"));
    return 0;
}

static int open_script(struct op *op, const struct dialer *base,
                       const struct dial *dial UNUSED, struct wire **ret,
                       struct str *ret_why)
{
    struct script *script =
        CONTAINER_OF((struct dialer *)(uintptr_t)base, struct script, base);
    struct scripted *w = arena_new(op->arena, struct scripted, 1);

    if (!script->says[script->opened]) {
        *ret_why = STR("nobody answers");
        return WIRE_NOT_OPENED;
    }
    *w =
        (struct scripted){ .base = { .transmit = hear, .receive = say, .secure = secure },
                           .script = script,
                           .rest = script->says[script->opened++] };
    *ret = &w->base;
    return 0;
}

struct setup {
    struct script script;
    struct connection connection;
    struct outbound out;
    struct receipt receipt;
};

#define SETTINGS                                                                         \
    "\"address\":\"wir@example.org\",\"imap_host\":\"mail.example.org\","                \
    "\"smtp_host\":\"mail.example.org\""

static void set_up(struct fixture *f, struct setup *s, const char *settings,
                   const char *const *says)
{
    struct json *json;

    *s = (struct setup){
        .script = { .base.open = open_script, .says = says, .heard = STRBUF(&f->arena) }
    };
    f->world.dialer = &s->script.base;
    CHECK_OK(f, json_parse(&f->op, str_of(settings), &json));
    s->connection = (struct connection){ .channel_id = 1, .settings = json };
    s->connection.credential.site = email_site(&f->op, json);
    s->connection.credential.text = STR("geheim");
    s->out = (struct outbound){ .key = STR("draht-7"),
                                .thread_external_id = STR("a@x"),
                                .parent_external_id = STR("b@x"),
                                .thread_title = STR("Frage"),
                                .to = STR("paula@example.com"),
                                .case_number = 12,
                                .settings = json,
                                .body = STR(".Antwort") };
    CHECK_OK(f, connector_email.compose(&f->op, &s->out, &s->out.bytes));
}

static bool heard(const struct setup *s, const char *text)
{
    return str_find(strbuf_str(&s->script.heard), str_of(text)) >= 0;
}

#define IN_SMTP   "220 hello\n?250-x\n250 AUTH PLAIN\n?235 in\n"
#define IN_IMAP   "* OK hello\n?* CAPABILITY AUTH=PLAIN\nd1 OK\n?+ \n?d2 OK\n?d3 OK\n"
#define TAKEN     "?250 ok\n?250 ok\n?250 ok\n?354 go\n"
#define BEHIND(n) "d" n " OK\n"

static void of_a_mail_it_is_said_exactly_whether_it_may_have_left(void **state UNUSED)
{
    static const struct {
        const char *says;
        int expected;
        const char *trouble;
    } cases[] = {
        { NULL, SEND_LATER, NULL },
        { "", SEND_LATER, NULL },
        { "554 go away\n", SEND_LATER, NULL },
        { "HTTP/1.1 400 Bad Request\n", SEND_LATER, NULL },
        { "220 hello\n?250 AUTH PLAIN\n?535 no\n", SEND_LATER, "credential_refused" },
        { "220 hello\n?250 AUTH PLAIN\n?454 later\n", SEND_LATER, NULL },
        { "220 hello\n?250 AUTH PLAIN\n?250 odd\n", SEND_LATER, NULL },
        { IN_SMTP "?354 odd\n", SEND_LATER, NULL },
        { IN_SMTP "?250 ok\n?250 ok\n?250 ok\n?250 odd\n", SEND_LATER, NULL },
        { IN_SMTP "?452 full\n", SEND_LATER, NULL },
        { IN_SMTP "?250 ok\n?550 nobody\n", SEND_REFUSED, NULL },
        { IN_SMTP "?250 ok\n?450 later\n", SEND_LATER, NULL },
        { IN_SMTP "?250 ok\n?250 ok\n?250 ok\n?451 later\n", SEND_LATER, NULL },
        { IN_SMTP "?250 ok\n?250 ok\n?250 ok\n", SEND_LATER, NULL },
        { IN_SMTP TAKEN, SEND_DOUBT, NULL },
        { IN_SMTP TAKEN "?554 spam\n", SEND_REFUSED, NULL },
        { IN_SMTP TAKEN "?451 later\n", SEND_LATER, NULL },
        { IN_SMTP TAKEN "?250 queued\n", 0, NULL },
        { IN_SMTP "?250 ok\n?250 ok\n?550 no copies\n?354 go\n?250 queued\n", 0, NULL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const says[] = { cases[i].says, NULL };
        struct setup s;
        int r;
        FIXTURE(f);

        print_message("%zu\n", i);
        set_up(&f, &s, "{" SETTINGS "}", says);
        r = connector_email.send(&f.op, &s.connection, &s.out, &s.receipt);
        assert_int_equal(r, cases[i].expected);
        assert_true(r == 0 || s.receipt.reason.n > 0);
        if (cases[i].trouble)
            assert_string_equal(s.receipt.trouble, cases[i].trouble);
        if (r == 0) {
            CHECK_STR(s.receipt.external_id, "draht-7@example.org");
            assert_true(heard(&s, "\r\n=2EAntwort\r\n.\r\n"));
        }
    }
}

static void nothing_that_proves_who_we_are_leaves_without_tls(void **state UNUSED)
{
    static const char *const smtp[] = { "220 hello\n?250 AUTH PLAIN\n?235 in\n", NULL };
    static const char *const tls[] = {
        "220 hello\n?250 STARTTLS\n?220 go\n?250 AUTH PLAIN\n?"
        "535 no\n",
        NULL
    };
    static const char *const imap[] = { "* OK hello\n?* CAPABILITY AUTH=PLAIN\nd1 OK\n",
                                        NULL };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "{" SETTINGS ",\"smtp_starttls\":true,\"imap_starttls\":true}", smtp);
    assert_int_equal(connector_email.send(&f.op, &s.connection, &s.out, &s.receipt),
                     SEND_LATER);
    assert_true(str_find(s.receipt.reason, STR("no TLS")) > 0);
    assert_false(heard(&s, "AUTH"));
    s.script.says = tls;
    s.script.opened = 0;
    assert_int_equal(connector_email.send(&f.op, &s.connection, &s.out, &s.receipt),
                     SEND_LATER);
    assert_true(heard(&s, "STARTTLS\r\n(TLS)\r\nEHLO draht.invalid\r\nAUTH PLAIN "));
    s.script.says = imap;
    s.script.opened = 0;
    s.script.heard.n = 0;
    assert_int_equal(
        connector_email.poll(&f.op, &s.connection, STR(""), &page, &s.receipt),
        POLL_FAILED);
    assert_true(str_find(s.receipt.reason, STR("no TLS")) > 0);
    assert_false(heard(&s, "AUTHENTICATE"));
}

static void a_password_goes_to_no_other_server(void **state UNUSED)
{
    static const char *const says[] = { IN_IMAP, NULL };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "{" SETTINGS "}", says);
    s.connection.credential.site = STR("other.example.org:993");
    assert_int_equal(
        connector_email.poll(&f.op, &s.connection, STR(""), &page, &s.receipt),
        POLL_FAILED);
    assert_string_equal(s.receipt.trouble, "credential_missing");
    assert_false(heard(&s, "AUTH"));
}

#define FETCHED(tag, tag2, uid, id)                                                      \
    "?* 1 FETCH (UID " uid " INTERNALDATE \"28-Nov-2026 10:00:00 +0100\" RFC822.SIZE "   \
    "40)\n" tag " OK\n?* 1 FETCH (UID " uid " BODY[] {36}\nFrom: a@b.de\r\nMessage-ID: " \
    "<" id ">\r\n\r\nx)\n" tag2 " OK\n"

static void what_is_new_has_a_higher_number_or_another_count(void **state UNUSED)
{
    static const struct {
        const char *cursor, *says, *heard, *next;
        size_t count;
    } cases[] = {
        { "",
          IN_IMAP "?* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 9] x\nd4 OK\n?* SEARCH 8\nd5 "
                  "OK\n" FETCHED("d6", "d7", "8", "m8@b.de") "?d8 OK\n?d9 OK\n",
          "UID SEARCH SINCE ", "\"inbox\":{\"validity\":5,\"uid\":8}", 1 },
        { "{\"inbox\":{\"validity\":5,\"uid\":7}}",
          IN_IMAP "?* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 9] x\nd4 OK\n?* SEARCH 8 7\nd5 "
                  "OK\n" FETCHED("d6", "d7", "8", "m8@b.de") "?d8 OK\n?d9 OK\n",
          "UID SEARCH UID 8:*\r\n", "\"inbox\":{\"validity\":5,\"uid\":8}", 1 },
        { "{\"inbox\":{\"validity\":5,\"uid\":8}}",
          IN_IMAP "?* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 9] x\nd4 OK\n?d5 OK\n?d6 OK\n",
          "EXAMINE \"INBOX\"\r\nd5 LIST", "\"inbox\":{\"validity\":5,\"uid\":8}", 0 },
        { "{\"inbox\":{\"validity\":4,\"uid\":800},\"at\":1795000000000}",
          IN_IMAP "?* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 9] x\nd4 OK\n?* SEARCH 8\nd5 "
                  "OK\n" FETCHED("d6", "d7", "8", "m8@b.de") "?d8 OK\n?d9 OK\n",
          "UID SEARCH SINCE ", "\"inbox\":{\"validity\":5,\"uid\":8}", 1 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const says[] = { cases[i].says, NULL };
        struct poll_page page = { .count = 99 };
        struct item item;
        struct setup s;
        FIXTURE(f);

        print_message("%zu\n", i);
        set_up(&f, &s, "{" SETTINGS "}", says);
        assert_int_equal(connector_email.poll(&f.op, &s.connection,
                                              str_of(cases[i].cursor), &page, &s.receipt),
                         0);
        assert_int_equal(page.count, cases[i].count);
        assert_true(heard(&s, cases[i].heard));
        assert_true(str_find(page.next, str_of(cases[i].next)) >= 0);
        assert_false(heard(&s, "STORE") || heard(&s, "SELECT") || heard(&s, "EXPUNGE"));
        if (page.count) {
            CHECK_OK(&f, email_parse(&f.op, page.items[0], &item));
            CHECK_STR(item.external_id, "m8@b.de");
            assert_int_equal(item.sent_at, INT64_C(1795856400000));
        }
    }
}

static void a_mailbox_that_fails_says_why_and_moves_nothing(void **state UNUSED)
{
    static const struct {
        const char *says, *trouble;
    } cases[] = {
        { NULL, NULL },
        { "", NULL },
        { "* BYE too busy\n", NULL },
        { "HTTP/1.1 400\n", NULL },
        { "* OK hello\n?* CAPABILITY AUTH=PLAIN\nd1 OK\n?+ \n?d2 NO "
          "[AUTHENTICATIONFAILED] no\n",
          "credential_refused" },
        { "* OK hello\n?* CAPABILITY AUTH=PLAIN\nd1 OK\n?+ \n?d2 NO [UNAVAILABLE] "
          "later\n",
          "busy" },
        { IN_IMAP "?d4 NO no such box\n", NULL },
        { IN_IMAP
          "?* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 9] x\nd4 OK\n?* SEARCH 8\nd5 OK\n?* 1 "
          "FETCH (RFC822.SIZE 99)\nd6 OK\n?* 1 FETCH (BODY[] {99}\nFrom:",
          NULL },
        { IN_IMAP "?* 1 FETCH (BODY[] {99999999999}\nFrom:", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const says[] = { cases[i].says, NULL };
        struct poll_page page = { .count = 99 };
        struct setup s;
        FIXTURE(f);

        print_message("%zu\n", i);
        set_up(&f, &s, "{" SETTINGS "}", says);
        assert_int_equal(
            connector_email.poll(&f.op, &s.connection, STR(""), &page, &s.receipt),
            POLL_FAILED);
        assert_int_equal(page.count, 99);
        assert_true(s.receipt.reason.n > 0);
        if (cases[i].trouble)
            assert_string_equal(s.receipt.trouble, cases[i].trouble);
    }
}

#define IN_RESYNC                                                                        \
    "* OK hello\n?* CAPABILITY AUTH=PLAIN\nd1 OK\n?+ \n?d2 OK\n"                         \
    "?* CAPABILITY ENABLE CONDSTORE QRESYNC\nd3 OK\n?* ENABLED QRESYNC\nd4 OK\n"
#define FOLDER(next, modseq)                                                             \
    "* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT " next "] x\n* OK [HIGHESTMODSEQ " modseq     \
    "] x\n"
#define AT_8(modseq) "{\"inbox\":{\"validity\":5,\"uid\":8,\"modseq\":" modseq "}"
#define LONG_READ    "{\"inbox\":{\"validity\":5,\"uid\":90000,\"modseq\":70}"

/* RFC 7162. What left the folder is counted and told, and changes nothing here. */
static void a_mailbox_that_numbers_changes_is_asked_for_these_alone(void **state UNUSED)
{
    static const struct {
        const char *cursor, *says, *heard, *next;
        int64_t vanished;
        size_t count;
    } cases[] = {
        { AT_8("0") "}", /* the first time it is told how far the changes are */
          IN_RESYNC "?" FOLDER("9", "70") "d5 OK\n?d6 OK\n?d7 OK\n",
          "EXAMINE \"INBOX\" (CONDSTORE)\r\nd6 LIST", AT_8("70"), 0, 0 },
        { AT_8("70") "}",
          IN_RESYNC "?" FOLDER("9", "74") "* VANISHED (EARLIER) 1:3,6,400\n"
                                          "* 2 FETCH (UID 7 FLAGS (\\Seen) MODSEQ (73))\n"
                                          "d5 OK\n?d6 OK\n?d7 OK\n",
          "EXAMINE \"INBOX\" (QRESYNC (5 70 1:8))\r\nd6 LIST", AT_8("74"), 4, 0 },
        { AT_8("74") "}", /* the newest was deleted before we came: nothing is looked for
                           */
          IN_RESYNC "?" FOLDER("12", "74") "d5 OK\n?d6 OK\n?d7 OK\n",
          "EXAMINE \"INBOX\" (QRESYNC (5 74 1:8))\r\nd6 LIST", AT_8("74"), 0, 0 },
        { AT_8("74") "}", /* the same, and something changed */
          IN_RESYNC "?" FOLDER("12", "75") "d5 OK\n?* SEARCH 8\nd6 OK\n?d7 OK\n?d8 OK\n",
          "UID SEARCH UID 9:*\r\nd7 LIST", AT_8("75"), 0, 0 },
        { AT_8("70") "}", /* counted anew: the old numbers say nothing */
          IN_RESYNC "?* OK [UIDVALIDITY 6] x\n* OK [UIDNEXT 1] x\n"
                    "* VANISHED (EARLIER) 1:8\nd5 OK\n?* SEARCH\nd6 OK\n?d7 OK\n?d8 OK\n",
          "UID SEARCH SINCE ", "\"inbox\":{\"validity\":6,\"uid\":0}", 0, 0 },
        { AT_8("70") "}", /* it does not count the changes of this folder */
          IN_RESYNC "?* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 9] x\n* OK [NOMODSEQ] x\n"
                    "d5 OK\n?d6 OK\n?d7 OK\n",
          "(QRESYNC (5 70 1:8))", "\"inbox\":{\"validity\":5,\"uid\":8}", 0, 0 },
        { LONG_READ "}", /* at the ceiling, and what is past it */
          IN_RESYNC
          "?" FOLDER("90001", "71") "* VANISHED (EARLIER) 1:90000,5:9999999999\n* "
                                    "VANISHED (EARLIER) 85000\n"
                                    "d5 OK\n?d6 OK\n?d7 OK\n",
          "(QRESYNC (5 70 80001:90000))", "\"modseq\":71", IMAP_MAX_RESYNC, 0 },
        { AT_8("70") "}", /* words that are no numbers */
          IN_RESYNC "?" FOLDER("9", "71") "* VANISHED (EARLIER) x:y,3:,:,7:2,,-4\n"
                                          "* VANISHED 1:8\nd5 OK\n?d6 OK\n?d7 OK\n",
          "(QRESYNC (5 70 1:8))", AT_8("71"), 1, 0 },
        { AT_8("70") "}", /* offered before, and not any more */
          IN_IMAP "?" FOLDER("9", "71") "d4 OK\n?d5 OK\n?d6 OK\n",
          "EXAMINE \"INBOX\"\r\nd5 LIST", AT_8("71"), 0, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const says[] = { cases[i].says, NULL };
        struct poll_page page = { .count = 99 };
        struct setup s;
        FIXTURE(f);

        print_message("%zu\n", i);
        set_up(&f, &s, "{" SETTINGS "}", says);
        assert_int_equal(connector_email.poll(&f.op, &s.connection,
                                              str_of(cases[i].cursor), &page, &s.receipt),
                         0);
        assert_int_equal(page.count, cases[i].count);
        assert_int_equal(page.vanished, cases[i].vanished);
        assert_true(heard(&s, cases[i].heard));
        assert_true(str_find(page.next, str_of(cases[i].next)) >= 0);
    }
}

/* Until a folder was read to its end, what left it is not told, and is told once then. */
static void a_page_that_ends_early_keeps_the_old_change(void **state UNUSED)
{
    struct strbuf text;
    const char *says[2] = { NULL };
    struct poll_page page;
    struct setup s;
    FIXTURE(f);

    text = (struct strbuf)STRBUF(&f.arena);
    strbuf_add(&text, STR(IN_RESYNC "?" FOLDER(
                          "200", "80") "* VANISHED (EARLIER) 1:3\nd5 OK\n?* SEARCH"));
    for (int uid = 9; uid < 9 + 101; uid++)
        strbuf_fmt(&text, " %d", uid);
    strbuf_add(&text, STR("\nd6 OK\n"));
    for (int n = 0; n < 100; n++)
        strbuf_fmt(&text,
                   "?* 1 FETCH (RFC822.SIZE 30)\nd%d OK\n?* 1 FETCH (BODY[] {26}\n"
                   "From: a@b.de\n\nHallo %05d\n)\nd%d OK\n",
                   7 + 2 * n, n, 8 + 2 * n);
    strbuf_add(&text, STR("?d207 OK\n"));
    says[0] = arena_cstr(&f.arena, strbuf_str(&text));
    set_up(&f, &s, "{" SETTINGS "}", says);
    assert_int_equal(connector_email.poll(&f.op, &s.connection, STR(AT_8("70") "}"),
                                          &page, &s.receipt),
                     0);
    assert_true(page.more);
    assert_int_equal(page.count, 100);
    assert_int_equal(page.vanished, 0);
    assert_true(str_find(page.next, STR("\"uid\":108,\"modseq\":70}")) > 0);
}

/* Fifty megabytes of a mail and half of one beside it, and not a byte more. */
static void what_answers_one_command_has_a_ceiling(void **state UNUSED)
{
    enum { BESIDE = 2 * MAIL_MAX_HEADER };
    static const char mail[] = "* F {52428800}\n";
    FIXTURE(f);

    for (size_t more = 0; more < 2; more++) {
        struct strbuf text = STRBUF(&f.arena);
        struct poll_page page;
        const char *says[2] = { NULL };
        struct setup s;

        strbuf_add(&text, STR(IN_IMAP "?* "));
        for (size_t i = 0; i < BESIDE - strlen("* ") - strlen("* F {52428800}") + more;
             i++)
            strbuf_char(&text, 'x');
        strbuf_fmt(&text, "\n%s", mail);
        says[0] = arena_cstr(&f.arena, strbuf_str(&text));
        set_up(&f, &s, "{" SETTINGS "}", says);
        assert_int_equal(
            connector_email.poll(&f.op, &s.connection, STR(""), &page, &s.receipt),
            POLL_FAILED);
        CHECK_STR(s.receipt.reason,
                  more ? "what answers there does not speak IMAP as it should"
                       : "it ended the connection");
    }
}

static void numbers_in_many_answers_are_all_found(void **state UNUSED)
{
    enum { ANSWERS = 3000 };
    struct strbuf text;
    const char *says[2] = { NULL };
    struct imap_numbers found;
    struct email_account account;
    struct imap imap;
    struct setup s;
    FIXTURE(f);

    text = (struct strbuf)STRBUF(&f.arena);
    strbuf_add(&text, STR(IN_IMAP "?"));
    for (int i = ANSWERS; i > 0; i--)
        strbuf_fmt(&text, "* SEARCH %d\n", i);
    strbuf_add(&text, STR("d4 OK\n"));
    says[0] = arena_cstr(&f.arena, strbuf_str(&text));
    set_up(&f, &s, "{" SETTINGS "}", says);
    email_account(&f.op, s.connection.settings, &account);
    CHECK_OK(&f, imap_open(&f.op, &s.connection, &account, &imap, &s.receipt));
    CHECK_OK(&f, imap_search(&f.op, &imap, STR("ALL"), &found));
    assert_int_equal(found.count, ANSWERS);
    for (int i = 0; i < ANSWERS; i++)
        assert_int_equal(found.list[i], i + 1);
}

/* Absent is a proof only when our own copy would have to be there. */
static void a_reply_is_looked_for_where_its_copy_would_be(void **state UNUSED)
{
    static const struct {
        const char *more, *says;
        int expected;
    } cases[] = {
        { "", IN_IMAP "?d4 OK\n?* SEARCH\nd5 OK\n?d6 OK\n?d7 OK\n", FIND_ABSENT },
        { ",\"no_copy\":true", IN_IMAP "?d4 OK\n?* SEARCH\nd5 OK\n?d6 OK\n",
          FIND_CANNOT_TELL },
        { "", IN_IMAP "?d4 OK\n?* SEARCH 5\nd5 OK\n?d6 OK\n", 0 },
        { "",
          IN_IMAP
          "?d4 OK\n?* SEARCH\nd5 OK\n?* LIST (\\Sent) \".\" \"Gesendet\"\nd6 OK\n?d7 OK\n"
          "?* SEARCH 3\nd8 OK\n",
          0 },
        { "", IN_IMAP "?d4 OK\n?* SEARCH\nd5 OK\n", FIND_CANNOT_TELL },
        { "", NULL, FIND_CANNOT_TELL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const says[] = { cases[i].says, NULL };
        struct setup s;
        FIXTURE(f);

        print_message("%zu\n", i);
        set_up(
            &f, &s,
            arena_cstr(&f.arena, arena_fmt(&f.arena, "{" SETTINGS "%s}", cases[i].more)),
            says);
        assert_int_equal(connector_email.find(&f.op, &s.connection, &s.out, &s.receipt),
                         cases[i].expected);
        assert_true(!cases[i].says ||
                    heard(&s, "HEADER Message-ID \"draht-7@example.org\""));
    }
}

static void a_reply_names_what_it_answers_and_where_it_began(void **state UNUSED)
{
    static const char *const says[] = { NULL };
    struct setup s;
    FIXTURE(f);

    set_up(&f, &s, "{" SETTINGS ",\"name\":\"Rat\",\"subject_token\":true}", says);
    assert_true(str_find(s.out.bytes, STR("From: \"Rat\"\r\n <wir@example.org>\r\n")) >
                0);
    assert_true(str_find(s.out.bytes, STR("In-Reply-To: <b@x>\r\n")) > 0);
    assert_true(str_find(s.out.bytes, STR("References: <a@x>\r\n <b@x>\r\n")) > 0);
    assert_true(str_find(s.out.bytes, STR("Message-ID: <draht-7@example.org>\r\n")) > 0);
    assert_true(str_find(s.out.bytes, STR("Subject: Re: Frage [#12]\r\n")) > 0);
}

static int hold(struct wire *wire UNUSED)
{
    return 5;
}

static int take(struct wire *wire UNUSED, char *to UNUSED, size_t room UNUSED,
                size_t *ret_n UNUSED)
{
    return WIRE_BROKEN;
}

static int open_held(struct op *op, const struct dialer *base, const struct dial *dial,
                     struct wire **ret, struct str *ret_why)
{
    int r = open_script(op, base, dial, ret, ret_why);

    if (r == 0) {
        (*ret)->hold = hold;
        (*ret)->take = take;
    }
    return r;
}

#define IDLING                                                                           \
    "* OK hello\n?* CAPABILITY AUTH=PLAIN IDLE\nd1 OK\n?+ \n?d2 OK\n?d3 OK\n"            \
    "?* 3 EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 4] x\nd4 OK\n"

static void begin_watch(struct fixture *f, struct setup *s, const char *says,
                        struct str cursor, struct watch *ret)
{
    const char *const all[] = { says, NULL };

    set_up(f, s, "{" SETTINGS "}", all);
    s->script.base.open = open_held;
    assert_int_equal(
        connector_email.watch(&f->op, &s->connection, cursor, ret, &s->receipt), 0);
}

static void what_a_mailbox_says_while_it_is_watched_is_news_or_not(void **state UNUSED)
{
    static const struct {
        const char *says; /* one line after the other */
        int expected;     /* of the last one */
        const char *answer;
    } cases[] = {
        { "+ idling", 0, "" },
        { "* OK still here", 0, "" },
        { "* 3 EXISTS", 0, "" },
        { "* 4 EXISTS", WATCH_NEWS, "" },
        { "* 4 exists", WATCH_NEWS, "" },
        { "* 4 EXISTS\n* 4 EXISTS", 0, "" },
        { "* 1 EXPUNGE", 0, "" },
        { "* 1 EXPUNGE\n* 2 EXISTS", 0, "" },
        { "* 1 EXPUNGE\n* 3 EXISTS", WATCH_NEWS, "" },
        { "* 1 RECENT", 0, "" },
        { "* 2 FETCH (FLAGS (\\Seen))", 0, "" },
        { "* -1 EXISTS", 0, "" },
        { "d5 OK done", 0, "d6 IDLE\r\n" },
        { "d5 OK done\n+ idling", 0, "" },
        { "d5 NO no", WATCH_OVER, "" },
        { "d4 OK late", WATCH_OVER, "" },
        { "* BYE", WATCH_OVER, "" },
        { "* bye for now", WATCH_OVER, "" },
        { "", WATCH_OVER, "" },
        { "HTTP/1.1 400 Bad Request", WATCH_OVER, "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct str rest = str_of(cases[i].says);
        struct watch watch;
        struct setup s;
        int r;

        begin_watch(&f, &s, IDLING, STR(""), &watch);
        assert_true(watch.waiting && watch.descriptor == 5);
        assert_true(heard(&s, "d4 EXAMINE \"INBOX\"\r\nd5 IDLE\r\n"));
        do {
            watch.say = STR("");
            r = watch.hear(&watch, str_cut(rest, '\n', &rest));
        } while (rest.n);
        assert_int_equal(r, cases[i].expected);
        assert_true(str_is(watch.say, cases[i].answer));
        assert_int_equal(!!watch.why, r == WATCH_OVER);
    }
}

static void a_watch_knows_what_came_before_it_began(void **state UNUSED)
{
    static const struct {
        const char *cursor;
        bool news;
    } cases[] = {
        { "{\"inbox\":{\"validity\":7,\"uid\":3}}", false },
        { "{\"inbox\":{\"validity\":7,\"uid\":2}}", true },
        { "{\"inbox\":{\"validity\":8,\"uid\":3}}", true },
        { "", true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);
        struct watch watch;
        struct setup s;

        begin_watch(&f, &s, IDLING, str_of(cases[i].cursor), &watch);
        assert_int_equal(watch.news, cases[i].news);
    }
}

static void a_mailbox_that_cannot_be_watched_is_left_alone(void **state UNUSED)
{
    static const char signed_in_and_closed[] =
        "* OK hello\n?* CAPABILITY AUTH=PLAIN IDLE\nd1 OK\n"
        "?+ \n?d2 OK\n?d3 OK\n?d4 NO closed\n";
    static const char *const cases[] = {
        "", IN_IMAP, "* OK hello\n?* CAPABILITY IDLE\nd1 OK\n?d2 NO\n",
        signed_in_and_closed
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *const says[] = { cases[i], NULL };
        FIXTURE(f);
        struct watch watch;
        struct setup s;

        set_up(&f, &s, "{" SETTINGS "}", says);
        s.script.base.open = open_held;
        assert_int_equal(
            connector_email.watch(&f.op, &s.connection, STR(""), &watch, &s.receipt),
            WATCH_NONE);
        assert_false(heard(&s, "d5 IDLE"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_mail_it_is_said_exactly_whether_it_may_have_left),
        cmocka_unit_test(nothing_that_proves_who_we_are_leaves_without_tls),
        cmocka_unit_test(a_password_goes_to_no_other_server),
        cmocka_unit_test(what_is_new_has_a_higher_number_or_another_count),
        cmocka_unit_test(a_mailbox_that_numbers_changes_is_asked_for_these_alone),
        cmocka_unit_test(a_page_that_ends_early_keeps_the_old_change),
        cmocka_unit_test(a_mailbox_that_fails_says_why_and_moves_nothing),
        cmocka_unit_test(what_answers_one_command_has_a_ceiling),
        cmocka_unit_test(numbers_in_many_answers_are_all_found),
        cmocka_unit_test(a_reply_is_looked_for_where_its_copy_would_be),
        cmocka_unit_test(a_reply_names_what_it_answers_and_where_it_began),
        cmocka_unit_test(what_a_mailbox_says_while_it_is_watched_is_news_or_not),
        cmocka_unit_test(a_watch_knows_what_came_before_it_began),
        cmocka_unit_test(a_mailbox_that_cannot_be_watched_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
