/* email_imap.c - one session with a mailbox (RFC 3501, and what servers add to it).
 *
 * Only what a reader of two folders needs. A folder is opened for reading alone: nothing
 * of ours marks, moves or deletes a mail.
 */
#include "channel/email.h"

#include "base/strbuf.h"
#include "channel/email_token.h"
#include "channel/mail.h"

/* Of all that answers one command: whoever sends more is no mailbox. */
enum {
    MAX_ANSWER_LINES = 200 * 1000,
    MAX_ANSWER_BYTES = MAIL_MAX_BYTES + 2 * MAIL_MAX_HEADER,
};

static int broken(const struct imap *imap, int r)
{
    if (r > 0)
        email_broken(imap->wire, imap->receipt);
    return r > 0 ? EMAIL_FAILED : r;
}

static int confused(struct imap *imap)
{
    imap->receipt->reason = STR("what answers there does not speak IMAP as it should");
    return EMAIL_FAILED;
}

/* "… {123}" at the end of a line announces 123 bytes. */
static bool announces(struct str *line, int64_t *ret)
{
    size_t at = line->n;

    if (!str_ends(*line, STR("}")))
        return false;
    while (at > 0 && line->p[at - 1] != '{')
        at--;
    if (!at || !str_to_i64(str_sub(*line, at, line->n - at - 1), ret) || *ret < 0)
        return false;
    line->n = at - 1;
    return true;
}

static int read_answer(struct op *op, struct imap *imap, struct imap_answer *ret)
{
    *ret = (struct imap_answer){ .literals = 0 };
    for (;;) {
        struct str *line = &ret->text[ret->literals];
        int64_t n;
        int r = wire_line(op, imap->wire, line);

        if (r)
            return broken(imap, r);
        imap->room -= (int64_t)line->n;
        if (imap->room < 0)
            return confused(imap);
        if (!announces(line, &n))
            return 0;
        if (ret->literals == IMAP_MAX_LITERALS || n > imap->room)
            return confused(imap);
        imap->room -= n;
        r = wire_bytes(op, imap->wire, (size_t)n, &ret->literal[ret->literals]);
        if (r)
            return broken(imap, r);
        ret->literals++;
    }
}

static int write_line(struct op *op, struct imap *imap, struct str text)
{
    struct str line = arena_fmt(op->arena, STR_FMT "\r\n", STR_ARG(text));

    return broken(imap, wire_write(op, imap->wire, line));
}

/* A word of a status, and what follows it. */
static bool takes(struct str *line, const char *word)
{
    struct str rest;

    if (!str_eq_ignore_case(str_cut(*line, ' ', &rest), str_of(word)))
        return false;
    *line = rest;
    return true;
}

/* Was it refused for now, or for who we are? */
static void explain_no(struct op *op, struct imap *imap)
{
    imap->receipt->reason = arena_fmt(op->arena, "the mailbox says: " STR_FMT,
                                      STR_ARG(email_words(op, imap->said)));
}

/* Up to the answer to `tag`. `proof`: what a "+" asks for; empty lines after it. */
struct exchange {
    struct str tag, proof;
    imap_heard *heard;
    void *ctx;
};

static int end_exchange(struct op *op, struct imap *imap, struct str line)
{
    if (takes(&line, "OK")) {
        imap->said = line;
        return 0;
    }
    imap->said = line;
    if (!takes(&imap->said, "NO") && !takes(&imap->said, "BAD"))
        return confused(imap);
    explain_no(op, imap);
    return IMAP_NO;
}

static int hear(struct op *op, struct imap *imap, struct exchange *e)
{
    for (int lines = 0; lines < MAX_ANSWER_LINES; lines++) {
        struct imap_answer answer;
        int r = read_answer(op, imap, &answer);

        if (r)
            return r;
        if (takes(&answer.text[0], "*")) {
            if (e->heard)
                r = e->heard(op, &answer, e->ctx);
            if (r)
                return r;
        } else if (str_starts(answer.text[0], STR("+"))) {
            r = write_line(op, imap, e->proof);
            e->proof = STR("");
            if (r)
                return r;
        } else if (takes(&answer.text[0], arena_cstr(op->arena, e->tag))) {
            return end_exchange(op, imap, answer.text[0]);
        }
    }
    return confused(imap);
}

static int run(struct op *op, struct imap *imap, struct str command, struct exchange *e)
{
    int r;

    imap->room = MAX_ANSWER_BYTES;
    e->tag = arena_fmt(op->arena, "d%u", ++imap->tag);
    r = write_line(
        op, imap,
        arena_fmt(op->arena, STR_FMT " " STR_FMT, STR_ARG(e->tag), STR_ARG(command)));
    return r ? r : hear(op, imap, e);
}

int imap_do(struct op *op, struct imap *imap, struct str command, imap_heard *heard,
            void *ctx)
{
    struct exchange e = { .proof = STR(""), .heard = heard, .ctx = ctx };

    return run(op, imap, command, &e);
}

int imap_append(struct op *op, struct imap *imap, struct str folder, struct str mail)
{
    struct exchange e = { .proof = mail };
    struct str command = arena_fmt(op->arena, "APPEND " STR_FMT " (\\Seen) {%zu}",
                                   STR_ARG(imap_quote(op, folder)), mail.n);

    return run(op, imap, command, &e);
}

struct str imap_quote(struct op *op, struct str text)
{
    struct strbuf out = STRBUF(op->arena);

    strbuf_char(&out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\')
            strbuf_char(&out, '\\');
        if ((unsigned char)text.p[i] >= ' ')
            strbuf_char(&out, text.p[i]);
    }
    strbuf_char(&out, '"');
    return strbuf_str(&out);
}

static int hear_capability(struct op *op UNUSED, const struct imap_answer *answer,
                           void *ctx)
{
    struct imap *imap = ctx;
    struct str rest = answer->text[0];

    if (!takes(&rest, "CAPABILITY"))
        return 0;
    while (rest.n) {
        struct str word = str_cut(rest, ' ', &rest);

        if (str_eq_ignore_case(word, STR("AUTH=PLAIN")))
            imap->has_plain = true;
        else if (str_eq_ignore_case(word, STR("IDLE")))
            imap->has_idle = true;
        else if (str_eq_ignore_case(word, STR("SPECIAL-USE")))
            imap->has_special = true;
        else if (str_eq_ignore_case(word, STR("STARTTLS")))
            imap->has_starttls = true;
        else if (str_eq_ignore_case(word, STR("CONDSTORE")))
            imap->has_condstore = true;
        else if (str_eq_ignore_case(word, STR("QRESYNC")))
            imap->has_condstore = imap->has_qresync = true;
    }
    return 0;
}

static int hear_enabled(struct op *op UNUSED, const struct imap_answer *answer, void *ctx)
{
    struct imap *imap = ctx;
    struct str rest = answer->text[0];

    if (!takes(&rest, "ENABLED"))
        return 0;
    while (rest.n)
        if (str_eq_ignore_case(str_cut(rest, ' ', &rest), STR("QRESYNC")))
            imap->resyncs = true;
    return 0;
}

int imap_enable_resync(struct op *op, struct imap *imap)
{
    int r;

    if (!imap->has_qresync)
        return 0;
    r = imap_do(op, imap, STR("ENABLE QRESYNC"), hear_enabled, imap);
    return r == IMAP_NO ? 0 : r;
}

static int greet(struct op *op, struct imap *imap)
{
    struct imap_answer answer;
    int r = read_answer(op, imap, &answer);

    if (r)
        return r;
    if (takes(&answer.text[0], "*") && takes(&answer.text[0], "OK"))
        return 0;
    imap->said = answer.text[0];
    explain_no(op, imap);
    return EMAIL_FAILED;
}

/* A server that does not offer TLS is not spoken to: what proves who we are would be
 * everybody's. */
static int start_tls(struct op *op, struct imap *imap)
{
    int r = imap_do(op, imap, STR("CAPABILITY"), hear_capability, imap);

    if (r)
        return r;
    if (!imap->has_starttls) {
        imap->receipt->reason =
            STR("the mailbox offers no TLS on this port, and nothing is sent without it");
        return EMAIL_FAILED;
    }
    r = imap_do(op, imap, STR("STARTTLS"), NULL, NULL);
    if (r)
        return r;
    return broken(imap, wire_secure(op, imap->wire));
}

static int log_in(struct op *op, struct imap *imap, const struct connection *connection,
                  const struct email_account *account)
{
    struct exchange e = { .heard = hear_capability, .ctx = imap };
    struct str kind;
    int r = email_prove(op, connection, account, &kind, &e.proof, imap->receipt);

    if (r)
        return r;
    if (!imap->has_plain && str_is(kind, "PLAIN"))
        return run(op, imap,
                   arena_fmt(op->arena, "LOGIN " STR_FMT " " STR_FMT,
                             STR_ARG(imap_quote(op, account->user)),
                             STR_ARG(imap_quote(op, connection->credential.text))),
                   &e);
    return run(op, imap, arena_fmt(op->arena, "AUTHENTICATE " STR_FMT, STR_ARG(kind)),
               &e);
}

static int refused(struct op *op, struct imap *imap, const struct connection *connection)
{
    static const char *const busy[] = { "[UNAVAILABLE]", "[INUSE]", "[LIMIT]", NULL };

    email_token_forget(connection);
    for (const char *const *word = busy; *word; word++)
        if (str_starts(imap->said, str_of(*word))) {
            imap->receipt->trouble = "busy";
            return EMAIL_FAILED;
        }
    imap->receipt->trouble = "credential_refused";
    imap->receipt->reason = arena_fmt(
        op->arena,
        "the mailbox does not accept user name and password (" STR_FMT
        "): enter the password again, or one made for programs where the provider "
        "wants that",
        STR_ARG(email_words(op, imap->said)));
    return EMAIL_FAILED;
}

int imap_open(struct op *op, const struct connection *connection,
              const struct email_account *account, struct imap *ret,
              struct receipt *receipt)
{
    struct imap imap = { .receipt = receipt, .room = MAX_ANSWER_BYTES };
    int r = email_dial(op, account, &account->imap, &imap.wire, receipt);

    if (r)
        return r < 0 ? r : EMAIL_FAILED;
    r = greet(op, &imap);
    if (r == 0 && account->imap.starttls)
        r = start_tls(op, &imap);
    if (r == 0)
        r = imap_do(op, &imap, STR("CAPABILITY"), hear_capability, &imap);
    if (r == 0) {
        r = log_in(op, &imap, connection, account);
        if (r == IMAP_NO)
            return refused(op, &imap, connection);
    }
    if (r == 0) /* what is offered changes once they know us */
        r = imap_do(op, &imap, STR("CAPABILITY"), hear_capability, &imap);
    if (r)
        return r < 0 ? r : EMAIL_FAILED;
    *ret = imap;
    return 0;
}
