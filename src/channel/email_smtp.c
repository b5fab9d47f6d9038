/* email_smtp.c - handing a mail over for delivery (RFC 6409).
 *
 * Until the line that ends the mail has left, nothing was sent for certain. From then on
 * only the server's answer tells: without one it is a doubt.
 */
#include "channel/email.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "channel/email_token.h"

enum { MAX_LINES = 100 };

struct smtp {
    struct wire *wire;
    struct receipt *receipt;
    int status;      /* of the last answer */
    struct str said; /* its last line, without the number */
    bool has_tls, has_plain, has_xoauth2;
};

static int broken(const struct smtp *smtp, int r)
{
    if (r > 0)
        email_broken(smtp->wire, smtp->receipt);
    return r > 0 ? EMAIL_FAILED : r;
}

static void note_offer(struct smtp *smtp, struct str line)
{
    smtp->has_tls = smtp->has_tls || str_eq_ignore_case(line, STR("STARTTLS"));
    if (!str_eq_ignore_case(str_sub(line, 0, 5), STR("AUTH ")))
        return;
    smtp->has_plain = str_find(line, STR("PLAIN")) >= 0;
    smtp->has_xoauth2 = str_find(line, STR("XOAUTH2")) >= 0;
}

/* An answer of one or more lines: "250-…", "250 …". */
static int read_answer(struct op *op, struct smtp *smtp)
{
    for (int lines = 0; lines < MAX_LINES; lines++) {
        struct str line;
        int64_t status;
        int r = wire_line(op, smtp->wire, &line);

        if (r)
            return broken(smtp, r);
        if (!str_to_i64(str_sub(line, 0, 3), &status) || status < 200 || status > 599)
            break;
        smtp->status = (int)status;
        smtp->said = str_sub(line, 4, line.n);
        note_offer(smtp, smtp->said);
        if (line.n < 4 || line.p[3] != '-')
            return 0;
    }
    smtp->receipt->reason = STR("what answers there does not speak SMTP as it should");
    return EMAIL_FAILED;
}

static int ask(struct op *op, struct smtp *smtp, struct str command)
{
    struct str line = arena_fmt(op->arena, STR_FMT "\r\n", STR_ARG(command));
    int r = broken(smtp, wire_write(op, smtp->wire, line));

    if (r)
        return r;
    r = read_answer(op, smtp);
    if (r == 0) /* whatever it says: it may not be what was waited for */
        smtp->receipt->reason =
            arena_fmt(op->arena, "the mail server says: %d " STR_FMT, smtp->status,
                      STR_ARG(email_words(op, smtp->said)));
    return r;
}

/* As `ask`; EMAIL_FAILED too when the answer is no yes. */
static int need(struct op *op, struct smtp *smtp, struct str command)
{
    int r = ask(op, smtp, command);

    return r == 0 && smtp->status >= 400 ? EMAIL_FAILED : r;
}

static int hello(struct op *op, struct smtp *smtp)
{
    return need(op, smtp, STR("EHLO draht.invalid"));
}

static int start_tls(struct op *op, struct smtp *smtp)
{
    int r;

    if (!smtp->has_tls) {
        smtp->receipt->reason = STR(
            "the mail server offers no TLS on this port, and nothing is sent without it");
        return EMAIL_FAILED;
    }
    r = need(op, smtp, STR("STARTTLS"));
    if (r == 0)
        r = broken(smtp, wire_secure(op, smtp->wire));
    return r ? r : hello(op, smtp);
}

static int log_in(struct op *op, struct smtp *smtp, const struct connection *connection,
                  const struct email_account *account)
{
    struct str kind, proof;
    int r = email_prove(op, connection, account, &kind, &proof, smtp->receipt);

    if (r)
        return r;
    r = ask(
        op, smtp,
        arena_fmt(op->arena, "AUTH " STR_FMT " " STR_FMT, STR_ARG(kind), STR_ARG(proof)));
    if (r == 0 && smtp->status == 334) /* why XOAUTH2 failed; the end comes behind it */
        r = ask(op, smtp, STR(""));
    if (r || smtp->status == 235)
        return r;
    email_token_forget(connection);
    if (smtp->status / 100 == 5) {
        smtp->receipt->trouble = "credential_refused";
        smtp->receipt->reason = arena_fmt(
            op->arena,
            "the mail server does not accept user name and password (%d " STR_FMT
            "): enter the password again",
            smtp->status, STR_ARG(email_words(op, smtp->said)));
    }
    return EMAIL_FAILED;
}

static int smtp_open(struct op *op, const struct connection *connection,
                     const struct email_account *account, struct smtp *ret,
                     struct receipt *receipt)
{
    struct smtp smtp = { .receipt = receipt };
    int r = email_dial(op, account, &account->smtp, &smtp.wire, receipt);

    if (r == 0)
        r = read_answer(op, &smtp);
    if (r == 0 && smtp.status != 220) {
        receipt->reason = arena_fmt(op->arena, "the mail server says: %d " STR_FMT,
                                    smtp.status, STR_ARG(email_words(op, smtp.said)));
        r = EMAIL_FAILED;
    }
    if (r == 0)
        r = hello(op, &smtp);
    if (r == 0 && account->smtp.starttls)
        r = start_tls(op, &smtp);
    if (r == 0)
        r = log_in(op, &smtp, connection, account);
    if (r)
        return r < 0 ? r : EMAIL_FAILED;
    receipt->reason = STR("");
    *ret = smtp;
    return 0;
}

int smtp_try(struct op *op, const struct connection *connection,
             const struct email_account *account, struct receipt *receipt)
{
    struct smtp smtp;

    return smtp_open(op, connection, account, &smtp, receipt);
}

/* A line that begins with a dot gets another (RFC 5321 4.5.2), and a dot is the end. */
static struct str stuffed(struct op *op, struct str mail)
{
    struct strbuf out = STRBUF(op->arena);

    while (mail.n) {
        struct str line = str_cut(mail, '\n', &mail);

        if (str_starts(line, STR(".")))
            strbuf_char(&out, '.');
        strbuf_add(&out, line);
        strbuf_char(&out, '\n');
    }
    strbuf_add(&out, STR(".\r\n"));
    return strbuf_str(&out);
}

/* What a no means for this mail: 5xx is for good, everything else may change. */
static int judge(const struct smtp *smtp)
{
    return smtp->status / 100 == 5 ? SEND_REFUSED : SEND_LATER;
}

/* One more recipient. That our own copy is not taken must not keep the mail back. */
static int add_recipient(struct op *op, struct smtp *smtp, struct str address)
{
    return ask(op, smtp, arena_fmt(op->arena, "RCPT TO:<" STR_FMT ">", STR_ARG(address)));
}

static int hand_over(struct op *op, struct smtp *smtp, struct str mail)
{
    int r;

    /* The last moment before it leaves: whoever holds a lease may have slept. */
    if (op->ask_until && clock_monotonic() >= op->ask_until) {
        smtp->receipt->reason = STR("there was no time left to ask");
        return SEND_LATER;
    }
    r = broken(smtp, wire_write(op, smtp->wire, stuffed(op, mail)));
    if (r == 0)
        r = read_answer(op, smtp);
    if (r)
        return r < 0 ? r : SEND_DOUBT;
    if (smtp->status / 100 == 2)
        return 0;
    smtp->receipt->reason =
        arena_fmt(op->arena, "the mail server did not take it: %d " STR_FMT, smtp->status,
                  STR_ARG(email_words(op, smtp->said)));
    return judge(smtp);
}

int smtp_send(struct op *op, const struct connection *connection,
              const struct email_account *account, const struct email_letter *letter,
              struct receipt *receipt)
{
    struct smtp smtp;
    int r = smtp_open(op, connection, account, &smtp, receipt);

    if (r)
        return r < 0 ? r : SEND_LATER;
    r = ask(op, &smtp,
            arena_fmt(op->arena, "MAIL FROM:<" STR_FMT ">", STR_ARG(account->address)));
    if (r == 0 && smtp.status / 100 == 2)
        r = add_recipient(op, &smtp, letter->to);
    if (r)
        return r < 0 ? r : SEND_LATER;
    if (smtp.status / 100 != 2)
        return judge(&smtp);
    if (letter->copy.n) {
        r = add_recipient(op, &smtp, letter->copy);
        if (r)
            return r < 0 ? r : SEND_LATER;
    }
    r = ask(op, &smtp, STR("DATA"));
    if (r)
        return r < 0 ? r : SEND_LATER;
    if (smtp.status != 354)
        return judge(&smtp);
    receipt->reason = STR("");
    return hand_over(op, &smtp, letter->mail);
}
