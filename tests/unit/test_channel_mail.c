/* test_channel_mail.c - mails read: by hand, and those that two other readers are tried
 * with; and replies written. */
#include "fixture.h"

#include <ftw.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "channel/email.h"
#include "channel/mail.h"

#define SUITES "../shared/suites/"

static struct mail *read_mail(struct fixture *f, const char *text)
{
    struct mail *mail = arena_new(&f->arena, struct mail, 1);

    CHECK_OK(f, mail_read(&f->op, str_of(text), mail));
    return mail;
}

static void what_a_mail_says_is_read_whatever_its_form(void **state UNUSED)
{
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        { "From: a@b.de\n\nHallo\n", "Hallo" },
        { "Subject: x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
          "Content-Transfer-Encoding: quoted-printable\r\n\r\nM=E4rz =80=\r\n!",
          "März €!" },
        { "Subject: x\nContent-Type: text/html\n\n<p>Ja &amp; <a "
          "href=\"https://e.org/\">hier</a></p><script>alert(1)</script>",
          "Ja & hier (https://e.org/)" },
        { "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n--x\n"
          "Content-Type: text/plain\n\nschlicht\n--x\nContent-Type: "
          "text/html\n\n<b>bunt</b>\n"
          "--x--\n",
          "schlicht" },
        { "Content-Type: multipart/alternative; boundary=x\n\n--x\n"
          "Content-Type: text/plain\n\n\n--x\nContent-Type: "
          "text/html\n\n<b>bunt</b>\n--x--\n",
          "bunt" },
        { "Content-Type: multipart/mixed; boundary=x\n\n--x\n\neins\n--x\n\nzwei\n",
          "eins\n\nzwei" },
        { "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
          "SGFsbG8gTcOkcno=\n",
          "Hallo März" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);

        CHECK_STR(read_mail(&f, cases[i].bytes)->text, cases[i].text);
    }
}

static void names_subjects_and_references_are_decoded(void **state UNUSED)
{
    struct mail *mail;
    FIXTURE(f);

    mail = read_mail(&f, "From: =?UTF-8?Q?Eva_M=C3=BCller?= <Eva@Example.ORG>\n"
                         "Reply-To: rat@example.org\n"
                         "Subject: AW: Re: =?iso-8859-1?Q?M=E4rz?= [#17]\n"
                         "Message-ID: <m@x>\nIn-Reply-To: <b@x>\n"
                         "References: <a@x>\n <b@x>\n"
                         "Date: Sat, 28 Nov 2026 10:00:00 +0100\n\nx");
    CHECK_STR(mail->from.name, "Eva Müller");
    CHECK_STR(mail->from.address, "eva@example.org");
    CHECK_STR(mail->reply_to.address, "rat@example.org");
    CHECK_STR(mail->subject, "März");
    assert_int_equal(mail->token, 17);
    CHECK_STR(mail->message_id, "m@x");
    CHECK_STR(mail->root, "a@x");
    CHECK_STR(mail->newest, "b@x");
    assert_int_equal(mail->sent_at, INT64_C(1795856400000));
}

static void a_mail_that_nobody_wrote_is_known_for_one(void **state UNUSED)
{
    static const struct {
        const char *fields;
        bool automatic;
    } cases[] = {
        { "From: paula@example.org\n", false },
        { "From: paula@example.org\nAuto-Submitted: no\n", false },
        { "From: paula@example.org\nAuto-Submitted: auto-replied\n", true },
        { "From: paula@example.org\nAuto-Submitted: auto-generated; x=1\n", true },
        { "From: paula@example.org\nX-Autoreply: yes\n", true },
        { "From: paula@example.org\nX-Autorespond: on\n", true },
        { "From: paula@example.org\nPrecedence: bulk\n", true },
        { "From: paula@example.org\nPrecedence: list\n", false },
        { "From: paula@example.org\nReturn-Path: <>\n", true },
        { "From: paula@example.org\nReturn-Path: <paula@example.org>\n", false },
        { "From: MAILER-DAEMON@example.org\n", true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIXTURE(f);

        print_message("%zu\n", i);
        assert_int_equal(read_mail(&f, arena_cstr(&f.arena, arena_fmt(&f.arena, "%s\nx",
                                                                      cases[i].fields)))
                             ->automatic,
                         cases[i].automatic);
    }
}

static void a_mail_that_goes_in_circles_is_automatic(void **state UNUSED)
{
    for (int more = 0; more <= 1; more++) {
        struct strbuf out;
        FIXTURE(f);

        out = STRBUF(&f.arena);
        for (int i = 0; i < MAIL_MAX_HOPS + more; i++)
            strbuf_add(&out, STR("Received: from a by b\n"));
        strbuf_add(&out, STR("From: a@b.de\n\nx"));
        assert_int_equal(read_mail(&f, arena_cstr(&f.arena, strbuf_str(&out)))->automatic,
                         more);
    }
}

#define REPORT(action)                                                                   \
    "From: Mailer-Daemon@example.org\nContent-Type: multipart/report;"                   \
    " report-type=delivery-status; boundary=x\n\n--x\n\nKam nicht an.\n--x\n"            \
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.org\n\n"  \
    "Action: " action "\nFinal-Recipient: rfc822;paula@example.com\nStatus: 5.1.1\n"     \
    "Diagnostic-Code: smtp; 550 nobody of that name\n\n--x\n"                            \
    "Content-Type: message/rfc822\n\nMessage-ID: <draht-7@example.org>\n"                \
    "Subject: Re: Frage\n\nText\n--x--\n"

static void a_report_says_which_mail_did_not_arrive_and_why(void **state UNUSED)
{
    struct mail *mail;
    FIXTURE(f);

    mail = read_mail(&f, REPORT("failed"));
    CHECK_STR(mail->bounce.message_id, "draht-7@example.org");
    CHECK_STR(mail->bounce.reason, "paula@example.com: 5.1.1 550 nobody of that name");
    assert_true(mail->automatic);
    mail = read_mail(&f, REPORT("delayed"));
    CHECK_STR(mail->bounce.reason, "");
}

/* At the ceiling and one past it. */
static void what_is_past_a_ceiling_is_named_and_the_rest_is_read(void **state UNUSED)
{
    for (int more = 0; more <= 1; more++) {
        struct strbuf out;
        struct mail *mail;
        FIXTURE(f);

        out = STRBUF(&f.arena);
        strbuf_add(&out, STR("Content-Type: multipart/mixed; boundary=x\n\n"));
        for (int i = 0; i < ITEM_MAX_FILES + more; i++)
            strbuf_fmt(
                &out, "--x\nContent-Disposition: attachment; filename=f%d\n\nbytes\n", i);
        strbuf_add(&out, STR("--x--\n"));
        mail = read_mail(&f, arena_cstr(&f.arena, strbuf_str(&out)));
        assert_int_equal(mail->file_count, ITEM_MAX_FILES);
        assert_int_equal(mail->left_count, more);
        assert_int_equal(mail->left_in_all, more);
        if (more)
            CHECK_STR(mail->left[0].name, "f10");
    }
    for (int more = 0; more <= 1; more++) {
        struct strbuf out;
        struct mail *mail;
        FIXTURE(f);

        out = STRBUF(&f.arena);
        strbuf_add(&out, STR("Content-Type: multipart/mixed; boundary=x\n\n"));
        for (int i = 0; i < ITEM_MAX_FILES + ITEM_MAX_LEFT + more; i++)
            strbuf_fmt(
                &out, "--x\nContent-Disposition: attachment; filename=f%d\n\nbytes\n", i);
        strbuf_add(&out, STR("--x--\n"));
        mail = read_mail(&f, arena_cstr(&f.arena, strbuf_str(&out)));
        assert_int_equal(mail->left_count, ITEM_MAX_LEFT);
        assert_int_equal(mail->left_in_all, ITEM_MAX_LEFT + more);
    }
    for (int more = 0; more <= 1; more++) {
        struct strbuf out;
        struct mail *mail;
        FIXTURE(f);

        out = STRBUF(&f.arena);
        strbuf_add(&out, STR("Content-Type: multipart/mixed; boundary=x\n\n"));
        for (int i = 0; i < MAIL_MAX_PARTS - 1 + more; i++) /* the whole is one, too */
            strbuf_fmt(&out, "--x\n\nnr%d.\n", i);
        strbuf_add(&out, STR("--x--\n"));
        mail = read_mail(&f, arena_cstr(&f.arena, strbuf_str(&out)));
        assert_true(str_find(mail->text, STR("nr198.")) > 0);
        assert_true(str_find(mail->text, STR("nr199.")) < 0);
        assert_int_equal(mail->left_count, more);
        if (more)
            CHECK_STR(mail->left[0].name, "text/plain");
    }
}

static void what_is_no_mail_is_refused(void **state UNUSED)
{
    static const char *const cases[] = { "", "Hallo", "{}", "\n\nText", ": x" };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct mail *mail;
        FIXTURE(f);

        mail = arena_new(&f.arena, struct mail, 1);
        assert_int_equal(mail_read(&f.op, str_of(cases[i]), mail), ERR_INVALID);
    }
}

static void a_reply_that_was_written_is_read_the_same(void **state UNUSED)
{
    static const char *const texts[] = {
        "Kurz.", "Größer als\ngedacht – €.\n.\n..\nFrom hier\n=3D", "",
        "eine sehr lange Zeile mit vielen Wörtern, die weit über die 76 Zeichen "
        "hinausgeht, "
        "die in einer Zeile stehen dürfen, und am Ende ein Blank "
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (size_t files = 0; files <= 1; files++) {
            const struct item_file file = { STR("Größe 1.bin"), STR("application/x-y"),
                                            STR("\0\1\2\377--=_") };
            struct mail_draft draft = {
                .from = { STR("Hilfe, \"Rat\""), STR("wir@e.org") },
                .to = { STR(""), STR("paula@e.com") },
                .message_id = STR("draht-7@e.org"),
                .in_reply_to = STR("b@x"),
                .references = STR("a@x b@x"),
                .subject = STR("Re: Märzmaschine und noch viel mehr "
                               "Wörter, die länger sind"),
                .text = str_of(texts[i]),
                .date = INT64_C(1795856400000),
                .files = &file,
                .file_count = files
            };
            struct str bytes;
            struct mail *mail;
            FIXTURE(f);

            bytes = mail_write(&f.op, &draft);
            for (size_t k = 0; k < bytes.n; k++)
                assert_true((unsigned char)bytes.p[k] < 0x80);
            mail = read_mail(&f, arena_cstr(&f.arena, bytes));
            CHECK_STR(mail->text, arena_cstr(&f.arena, str_trim(draft.text)));
            CHECK_STR(mail->from.name, "Hilfe, \"Rat\"");
            CHECK_STR(mail->message_id, "draht-7@e.org");
            CHECK_STR(mail->root, "a@x");
            CHECK_STR(mail->newest, "b@x");
            CHECK_STR(mail->subject,
                      "Märzmaschine und noch viel mehr Wörter, die länger sind");
            assert_int_equal(mail->sent_at, draft.date);
            assert_int_equal(mail->file_count, files);
            if (files) {
                CHECK_STR(mail->files[0].name, "Größe 1.bin");
                assert_true(str_eq(mail->files[0].bytes, file.bytes));
            }
        }
}

static struct {
    unsigned files, mails, empty;
} suite;

static int on_file(const char *path, const struct stat *st, int type,
                   struct FTW *ftw UNUSED)
{
    struct str name = str_of(path), bytes;
    struct item item;
    FILE *file;
    char *text;
    FIXTURE(f);

    if (type != FTW_F || st->st_size == 0 ||
        (!str_ends(name, STR(".eml")) && str_find(name, STR("/emails/")) < 0))
        return 0;
    file = fopen(path, "rbe");
    assert_non_null(file);
    text = arena_new(&f.arena, char, (size_t)st->st_size);
    bytes = (struct str){ text, fread(text, 1, (size_t)st->st_size, file) };
    fclose(file);
    suite.files++;
    if (email_parse(&f.op, bytes, &item) < 0) {
        print_message("no mail: %s\n", path);
        return 0;
    }
    suite.mails++;
    suite.empty += item.wordless;
    assert_int_equal(item.body.n == 0, item.wordless);
    assert_true(item.body.n <= ITEM_MAX_BODY);
    assert_true(item.external_id.n > 0 && item.external_id.n <= ITEM_MAX_ID);
    assert_true(utf8_is_valid(item.body) && utf8_is_valid(item.thread.title) &&
                utf8_is_valid(item.author.name) && utf8_is_valid(item.external_id));
    return 0;
}

static void the_mails_of_two_other_readers_are_read(void **state UNUSED)
{
    static const char *const folders[] = { SUITES "mail-parser-eml",
                                           SUITES "rubymail-fixtures" };

    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        memset(&suite, 0, sizeof(suite));
        if (nftw(folders[i], on_file, 8, FTW_PHYS) != 0 || !suite.files) {
            print_message("not run: %s is not here\n", folders[i]);
            skip();
        }
        print_message("%s: %u files, %u mails, %u without a word\n", folders[i],
                      suite.files, suite.mails, suite.empty);
        assert_int_equal(suite.mails, suite.files);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_mail_says_is_read_whatever_its_form),
        cmocka_unit_test(names_subjects_and_references_are_decoded),
        cmocka_unit_test(a_mail_that_nobody_wrote_is_known_for_one),
        cmocka_unit_test(a_mail_that_goes_in_circles_is_automatic),
        cmocka_unit_test(a_report_says_which_mail_did_not_arrive_and_why),
        cmocka_unit_test(what_is_past_a_ceiling_is_named_and_the_rest_is_read),
        cmocka_unit_test(what_is_no_mail_is_refused),
        cmocka_unit_test(a_reply_that_was_written_is_read_the_same),
        cmocka_unit_test(the_mails_of_two_other_readers_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
