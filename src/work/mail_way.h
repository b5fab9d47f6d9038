/* mail_way.h - how an answer goes on by mail from where it stands.
 *
 * A talk on a page of ours (the chat, a status page) shows an answer at once. Where
 * somebody left an address (dialogue/mail_wish.h), a second item of the outbox takes it
 * there by a channel of the workspace that writes mail.
 */
#ifndef WORK_MAIL_WAY_H
#define WORK_MAIL_WAY_H

#include "dialogue/mail_copy.h"
#include "dialogue/mail_wish.h"
#include "work/mailbox.h"

/* How long an answer may stand unseen in a chat before it goes by mail. */
#define MAIL_WAY_UNSEEN_MS MINUTES(3)

/* How long a reply in this network waits to be seen. */
int64_t mail_way_wait_ms(const struct connector *connector);

/* `box` was sent: plan its copy by mail, if one is wished and there is a way. */
int mail_way_follow(struct op *op, const struct outbox *box,
                    const struct connector *connector) MUST_CHECK;

/* Why a copy that was not sent is not needed any more; NULL: it is. */
int mail_way_needless(struct op *op, const struct message *message,
                      const char **ret) MUST_CHECK;

/* Make a mail of a reply: to whom, about what, and a line that says why it comes.
 * out->body is the reply's. */
int mail_way_dress(struct op *op, const struct mail_wish *wish,
                   const struct conversation *c, struct outbound *out) MUST_CHECK;

#endif
