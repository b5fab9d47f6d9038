/* email_account.c - the settings of a mailbox, and proving that it is ours. */
#include "channel/email.h"

#include "base/bytes.h"
#include "base/utf8.h"
#include "channel/email_token.h"

enum { WORDS = 200, IMAP_PORT = 993, SMTP_PORT = 465 };

static void read_server(const struct json *settings, const char *const names[3],
                        int64_t fallback, struct email_server *ret)
{
    *ret = (struct email_server){ .host = str_trim(json_text(settings, names[0])),
                                  .port = json_int(settings, names[1], fallback),
                                  .starttls = json_bool(settings, names[2]) };
}

void email_account(struct op *op, const struct json *settings, struct email_account *ret)
{
    static const char *const imap[] = { "imap_host", "imap_port", "imap_starttls" };
    static const char *const smtp[] = { "smtp_host", "smtp_port", "smtp_starttls" };

    (void)op;
    *ret =
        (struct email_account){ .address = str_trim(json_text(settings, "address")),
                                .name = str_trim(json_text(settings, "name")),
                                .user = str_trim(json_text(settings, "user")),
                                .authority = json_text(settings, "authority"),
                                .sent = str_trim(json_text(settings, "sent_folder")),
                                .token_url = json_text(settings, "token_url"),
                                .client_id = json_text(settings, "client_id"),
                                .no_copy = json_bool(settings, "no_copy"),
                                .subject_token = json_bool(settings, "subject_token") };
    if (!ret->user.n)
        ret->user = ret->address;
    read_server(settings, imap, IMAP_PORT, &ret->imap);
    read_server(settings, smtp, SMTP_PORT, &ret->smtp);
}

/* A password goes to the servers it was given for alone, and so does a token. */
struct str email_site(struct op *op, const struct json *settings)
{
    struct email_account a;

    email_account(op, settings, &a);
    return arena_fmt(op->arena, STR_FMT ":%lld " STR_FMT ":%lld " STR_FMT,
                     STR_ARG(a.imap.host), (long long)a.imap.port, STR_ARG(a.smtp.host),
                     (long long)a.smtp.port, STR_ARG(a.token_url));
}

static int prove_by_token(struct op *op, const struct connection *connection,
                          const struct email_account *account, struct str *ret_proof,
                          struct receipt *receipt)
{
    struct str token;
    int r = email_token(op, connection, account, &token, receipt);

    if (r)
        return r;
    *ret_proof = base64_encode(
        op->arena,
        arena_fmt(op->arena, "user=" STR_FMT "\001auth=Bearer " STR_FMT "\001\001",
                  STR_ARG(account->user), STR_ARG(token)));
    return 0;
}

int email_prove(struct op *op, const struct connection *connection,
                const struct email_account *account, struct str *ret_kind,
                struct str *ret_proof, struct receipt *receipt)
{
    struct str secret = connection->credential.text, plain;
    char *out;

    if (!secret.n) {
        receipt->trouble = "credential_missing";
        receipt->reason = STR("no password was entered for this mailbox yet");
        return EMAIL_FAILED;
    }
    if (!str_eq(connection->credential.site, email_site(op, connection->settings))) {
        receipt->trouble = "credential_missing";
        receipt->reason = STR("the password was given for other servers: enter it again");
        return EMAIL_FAILED;
    }
    if (account->token_url.n) {
        *ret_kind = STR("XOAUTH2");
        return prove_by_token(op, connection, account, ret_proof, receipt);
    }
    plain.n = account->user.n + secret.n + 2;
    out = arena_new(op->arena, char, plain.n);
    memcpy(out + 1, account->user.p, account->user.n);
    memcpy(out + 2 + account->user.n, secret.p, secret.n);
    plain.p = out;
    *ret_kind = STR("PLAIN");
    *ret_proof = base64_encode(op->arena, plain);
    return 0;
}

int email_dial(struct op *op, const struct email_account *account,
               const struct email_server *server, struct wire **ret,
               struct receipt *receipt)
{
    const struct dial dial = { .host = server->host,
                               .port = server->port,
                               .authority = account->authority };
    int r = wire_open(op, &dial, ret, &receipt->reason);

    if (r || server->starttls)
        return r;
    r = wire_secure(op, *ret);
    if (r > 0)
        email_broken(*ret, receipt);
    return r;
}

void email_broken(const struct wire *wire, struct receipt *receipt)
{
    if (wire->why.n)
        receipt->reason = wire->why;
}

struct str email_words(struct op *op, struct str said)
{
    char *out = arena_new(op->arena, char, said.n + 1);

    for (size_t i = 0; i < said.n; i++)
        out[i] = (char)((unsigned char)said.p[i] < ' ' ? ' ' : said.p[i]);
    return utf8_cut(utf8_repair(op->arena, str_trim((struct str){ out, said.n })), WORDS);
}
