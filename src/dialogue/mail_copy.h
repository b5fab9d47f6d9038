/* mail_copy.h - a reply that leaves twice: through its own channel, and by mail.
 *
 * The first item of the outbox is the reply itself; the second one, on a channel that
 * writes mail, is planned when the first was sent, and is spared when the person has seen
 * the reply before its time comes.
 */
#ifndef DIALOGUE_MAIL_COPY_H
#define DIALOGUE_MAIL_COPY_H

#include "dialogue/intake.h"
#include "dialogue/outbox.h"

enum { MAIL_COPY_NONE = 1 };

/* The copy of a message. MAIL_COPY_NONE: it has none. */
int mail_copy_of(struct op *op, int64_t message_id, struct outbox *ret) MUST_CHECK;

/* The copy that left a channel under this key ("draht-17"), and its message. */
int mail_copy_by_key(struct op *op, int64_t channel_id, struct str key,
                     struct outbox *ret_box, struct message *ret_message) MUST_CHECK;

/* Not yet sent, and needed no more: `how` is "seen" or "withdrawn". Nothing happens when
 * it moved on since `box` was read. */
int mail_copy_spare(struct op *op, const struct outbox *box, const char *how) MUST_CHECK;

/* What a mail answers, when that is in a talk of another channel. MAIL_COPY_NONE: it
 * answers nothing there, or whoever wrote it is not the one who left an address in that
 * talk, and so belongs to a talk of their own. */
int mail_copy_answered(struct op *op, const struct incoming *in,
                       struct message *ret) MUST_CHECK;

/* Our own mail, as it was found in the mailbox: its copy is sent then, if that was not
 * known yet. MAIL_COPY_NONE: it is no copy. */
int mail_copy_came_back(struct op *op, const struct incoming *in,
                        struct message *ret) MUST_CHECK;

#endif
