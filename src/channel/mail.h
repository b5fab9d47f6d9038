/* mail.h - one mail, read (RFC 5322, MIME) and written.
 *
 * Reading never fails because of what a mail looks like: real ones break every rule. What
 * cannot be read as it was meant is read as it stands; what is past a ceiling is named
 * (`left`) and stays in the mailbox. Views are of the bytes or of op->arena, all text is
 * valid UTF-8.
 */
#ifndef CHANNEL_MAIL_H
#define CHANNEL_MAIL_H

#include "channel/connector.h"
#include "text/safe.h"

enum {
    MAIL_MAX_BYTES = 50 * 1024 * 1024, /* of one mail; of a longer one its beginning */
    MAIL_MAX_BEGINNING = 1024 * 1024,
    MAIL_MAX_HEADER = 256 * 1024, /* of its header; behind it a mail is only text */
    MAIL_MAX_PARTS = 200,
    MAIL_MAX_DEPTH = 20,
    MAIL_MAX_HOPS = 50, /* "Received" lines: more is a loop */
    MAIL_MAX_ID = 500,  /* bytes of a Message-ID; a longer one counts by its hash */
    MAIL_MAX_REFERENCES = 100,
    MAIL_MAX_ADDRESS = 254, /* bytes; RFC 5321 4.5.3.1.3 */
};

struct mail_address {
    struct str name, address; /* the address in lower case */
};

struct mail {
    struct str message_id, in_reply_to; /* without "<" and ">" */
    struct str root;    /* the mail with which the exchange began; empty: this one */
    struct str newest;  /* the one it answers: In-Reply-To, else the last reference */
    struct str subject; /* without "Re:", "AW:" and the like */
    int64_t token;      /* the case that the subject names: "[#123]"; 0: none */
    struct mail_address from, reply_to;
    int64_t sent_at;
    struct str text; /* what people read, HTML as plain text */
    bool designed;   /* there is HTML among it: mail_show() */
    struct item_file files[ITEM_MAX_FILES];
    size_t file_count;
    struct item_left left[ITEM_MAX_LEFT]; /* stays in the mailbox */
    size_t left_count, left_in_all;       /* named, and altogether */
    bool automatic; /* RFC 3834 and what programs do instead; a bounce, a loop */
    bool listed;    /* came through a mailing list */
    struct {
        struct str message_id; /* of the mail that did not arrive; empty: not a bounce */
        struct str reason;
    } bounce;
};

/* ERR_INVALID when it has no header at all: then it is no mail. */
int mail_read(struct op *op, struct str bytes, struct mail *ret);

/* mail_read.c, for mail_kind.c: the value of a header field of the whole mail, decoded;
 * empty: it has none. `mail` is a GMimeMessage. */
struct mail_source;
struct str mail_field(const struct mail_source *source, const char *name);
int mail_field_count(const struct mail_source *source, const char *name);
/* mail_kind.c: nobody wrote it by hand just now. */
bool mail_is_automatic(const struct mail_source *source, const struct mail *mail);
/* The fields of a message/delivery-status (RFC 3464). */
void mail_read_report(struct op *op, struct str report, struct mail *mail);
/* "Re: AW: [#17] Frage" is "Frage", and the 17 goes to `*ret_token`. */
struct str mail_subject(struct op *op, struct str subject, int64_t *ret_token);

/* mail_show.c: as it looked to whom it was sent. MAIL_PLAIN: it is words alone, and they
 * are given as they stand. ERR_INVALID as above. */
enum { MAIL_PLAIN = 1 };
int mail_show(struct op *op, struct str bytes, struct safe_html *ret);

/* mail_write.c */
/* One "@", nothing that could end a line or an address where it is used; at most
 * MAIL_MAX_ADDRESS bytes. */
bool mail_is_address(struct str text);
struct mail_draft {
    struct mail_address from, to;
    struct str message_id, in_reply_to, references; /* ids without "<" and ">" */
    struct str subject, text;
    int64_t date;
    const struct item_file *files;
    size_t file_count;
    bool automatic; /* a program wrote it: nobody's absence shall answer (RFC 3834) */
};
/* The whole mail, seven bits wide, lines ending with CR LF. */
struct str mail_write(struct op *op, const struct mail_draft *draft);

#endif
