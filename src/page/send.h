/* send.h - what somebody wrote on a page of ours becomes a raw item like any other.
 *
 * It is kept verbatim first and understood then (work/work_intake.h): whatever fails
 * later can be looked at and replayed. The same form sent twice gives the same bytes.
 */
#ifndef PAGE_SEND_H
#define PAGE_SEND_H

#include "channel/connector.h"
#include "dialogue/message.h"
#include "dialogue/person.h"

enum {
    SEND_MAX_TEXT = 5000, /* characters of what a page takes */
    SEND_MAX_NAME = 80,   /* characters */
    SEND_MAX_EMAIL = 254, /* bytes; RFC 5321 4.5.3.1.3 */
};

struct page_message {
    int64_t channel_id;
    struct item item; /* as the connector `form` reads it back */
    int64_t parent_id;
};

/* Keep it and understand it. `*ret` is the message, or its id is 0 when it is on disk
 * and will be understood a little later. Called without a transaction. */
int page_send(struct op *op, const struct page_message *message,
              struct message *ret) MUST_CHECK;

/* How a message of a form is called: the same form with the same text sent twice is one
 * message, with another text a second one. `ticket` is ticket_name(). */
struct str page_message_name(struct op *op, struct str ticket, struct str text);

/* By what an author who gives name and address is known again: a hash of both, since
 * neither was proved. Empty without an address: then nobody is known again. */
struct str page_author_key(struct op *op, struct str name, struct str email);

#endif
