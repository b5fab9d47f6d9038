/* ticket.h - the hidden field of a public form, which stands in for a cookie.
 *
 * It is signed and says for which form it was made, when, and one number that is the
 * same however often the form is sent: so a form of another site cannot be sent here,
 * two presses make one message, and what was filled in faster than a person can read
 * is asked about once more (it then carries a mark that it was).
 *
 * Anybody can fetch a ticket and lay it into a form of a page of their own. So a form
 * that a browser sends from another site is not taken but shown again, by us and with a
 * new ticket (entry.c), and nothing secret follows from a ticket alone.
 */
#ifndef PAGE_TICKET_H
#define PAGE_TICKET_H

#include "base/op.h"

enum { TICKET_NUMBER = 16, TICKET_MIN_MS = 2000 };
#define TICKET_MAX_MS HOURS(24)

struct ticket {
    int64_t made_at;
    unsigned char number[TICKET_NUMBER];
    bool asked; /* "please send it once more" was said already */
};

struct ticket ticket_new(struct op *op);

/* `form` names the kind, `subject` the thing it is about. */
int ticket_write(struct op *op, const struct ticket *ticket, const char *form,
                 int64_t subject, struct str *ret) MUST_CHECK;

enum { TICKET_FORGED = 1, TICKET_STALE, TICKET_HASTY };
/* Fills `*ret` for all but TICKET_FORGED. */
int ticket_read(struct op *op, struct str text, const char *form, int64_t subject,
                struct ticket *ret) MUST_CHECK;

/* The number in hexadecimal. */
struct str ticket_name(struct op *op, const struct ticket *ticket);

/* A secret of 256 bits that follows from the ticket, what was sent with it and the key of
 * the data folder: so the second press finds the same status page as the first, and who
 * only knows the ticket finds none. */
int ticket_secret(struct op *op, const struct ticket *ticket, int64_t subject,
                  struct str sent, struct str *ret) MUST_CHECK;

#endif
