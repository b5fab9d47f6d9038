/* email.h - the parts of the connector for a mailbox (IMAP) and its way out (SMTP). */
#ifndef CHANNEL_EMAIL_H
#define CHANNEL_EMAIL_H

#include "channel/connector.h"
#include "net/wire.h"

extern const struct connector connector_email;

/* The Message-ID of what tell() sends begins so. */
#define EMAIL_HOUSE_MARK "draht-house-"

/* email_account.c: what the settings say. */
struct email_server {
    struct str host;
    int64_t port;
    bool starttls; /* false: TLS from the first byte */
};
struct email_account {
    struct str address, name, user, authority, sent;
    struct email_server imap, smtp;
    struct str token_url, client_id; /* token_url empty: a password */
    bool no_copy, subject_token;
};
void email_account(struct op *op, const struct json *settings, struct email_account *ret);
/* The servers that the credential was given for. */
struct str email_site(struct op *op, const struct json *settings);
/* The initial answer of SASL, base64, and the name of its kind. EMAIL_FAILED: there is
 * no credential, or no token to be had, and `receipt` says why. */
enum { EMAIL_FAILED = 1 };
int email_prove(struct op *op, const struct connection *connection,
                const struct email_account *account, struct str *ret_kind,
                struct str *ret_proof, struct receipt *receipt);
/* Open and, unless it is STARTTLS, secure. 0, or as wire_open() with the reason told. */
int email_dial(struct op *op, const struct email_account *account,
               const struct email_server *server, struct wire **ret,
               struct receipt *receipt);
/* `wire` said no more, or nothing good: what is known goes to the receipt. */
void email_broken(const struct wire *wire, struct receipt *receipt);
/* Words of a server, for people. */
struct str email_words(struct op *op, struct str said);

/* email_imap.c: one session. All of it returns 0, IMAP_NO (the server said no: `said`),
 * or EMAIL_FAILED (it is over, and the receipt says why); negative: ours. */
enum { IMAP_NO = 2, IMAP_MAX_LITERALS = 8 };
struct imap_answer {
    struct str
        text[IMAP_MAX_LITERALS + 1]; /* around the literals, beginning behind "* " */
    struct str literal[IMAP_MAX_LITERALS];
    size_t literals;
};
typedef int imap_heard(struct op *op, const struct imap_answer *answer, void *ctx);
struct imap {
    struct wire *wire;
    struct receipt *receipt;
    unsigned tag;
    int64_t room; /* bytes that may yet answer the last command */
    bool has_plain, has_idle, has_special, has_starttls;
    bool has_condstore, has_qresync; /* RFC 7162: it numbers what changes */
    bool resyncs;                    /* and tells it when a folder is opened */
    struct str said; /* of the last command: "[AUTHENTICATIONFAILED] …" */
};
int imap_open(struct op *op, const struct connection *connection,
              const struct email_account *account, struct imap *ret,
              struct receipt *receipt);
/* From now on a folder that is opened may tell what changed. Nothing happens where the
 * server does not offer that, or not to us. */
int imap_enable_resync(struct op *op, struct imap *imap);
/* A command without its tag; `heard` (may be NULL) gets each untagged answer. */
int imap_do(struct op *op, struct imap *imap, struct str command, imap_heard *heard,
            void *ctx);
/* Put a mail into a folder, as read. */
int imap_append(struct op *op, struct imap *imap, struct str folder, struct str mail);
struct str imap_quote(struct op *op, struct str text);

/* email_folder.c: folders, and what stands in them. */
/* The name of the folder for what was sent; empty: there is none. */
int imap_find_sent(struct op *op, struct imap *imap, const struct email_account *account,
                   struct str *ret);
/* Open a folder for reading alone. `known` (may be NULL): how far it was read, so that
 * the server tells of that what left since; of the last IMAP_MAX_RESYNC numbers alone,
 * for it also names each whose flags changed. */
enum { IMAP_MAX_RESYNC = 10 * 1000 };
struct imap_known {
    int64_t validity, uid, modseq; /* modseq 0: it was not told */
};
struct imap_folder {
    int64_t validity, next, exists;
    int64_t modseq;   /* of the last change; 0: the server does not count them */
    int64_t vanished; /* so many of the known are not there any more, as far as told */
};
int imap_examine(struct op *op, struct imap *imap, struct str folder,
                 const struct imap_known *known, struct imap_folder *ret);
/* The numbers of "* SEARCH", smallest first. */
struct imap_numbers {
    int64_t *list;
    size_t count;
};
int imap_search(struct op *op, struct imap *imap, struct str what,
                struct imap_numbers *ret);
/* "17-Jul-1996 02:44:25 -0700"; 0: it is none. "28-Nov-2026" the other way. */
int64_t imap_time(struct op *op, struct str text);
struct str imap_date(struct op *op, int64_t at);

/* email_smtp.c: hand a mail over. As send(). */
struct email_letter {
    struct str to, copy, mail; /* copy: one more recipient; empty: none */
};
int smtp_send(struct op *op, const struct connection *connection,
              const struct email_account *account, const struct email_letter *letter,
              struct receipt *receipt);
/* Does it let us in? 0 or EMAIL_FAILED. */
int smtp_try(struct op *op, const struct connection *connection,
             const struct email_account *account, struct receipt *receipt);

/* email_item.c: an item is one line of JSON about the mail, and behind it the mail:
 * {"box": "inbox"|"sent", "us": our address, "at": arrival, "size": bytes if it was cut}.
 * Without the line it is a mail by itself. */
struct email_envelope {
    struct str box, us;
    int64_t at, size;
};
struct str email_item(struct op *op, const struct email_envelope *envelope,
                      struct str mail);
int email_parse(struct op *op, struct str bytes, struct item *ret);
int email_show(struct op *op, struct str bytes, struct safe_html *ret);

/* email_poll.c */
int email_poll(struct op *op, const struct connection *connection, struct str cursor,
               struct poll_page *ret, struct receipt *receipt);
/* Does the inbox hold nothing behind `cursor`? */
bool email_cursor_reaches(struct op *op, struct str cursor,
                          const struct imap_folder *inbox);

/* email_watch.c */
int email_watch(struct op *op, const struct connection *connection, struct str cursor,
                struct watch *ret, struct receipt *receipt);

#endif
