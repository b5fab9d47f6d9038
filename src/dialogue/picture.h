/* picture.h - pictures that a network names by their address and that are yet to be
 * fetched. Fetched once, they are attachments of their message; those that cannot be had
 * are left where they are, and the message's words say where. */
#ifndef DIALOGUE_PICTURE_H
#define DIALOGUE_PICTURE_H

#include "dialogue/attachment.h"
#include "dialogue/message.h"

struct awaited {
    int64_t message_id, number;
    struct str url, description;
};

/* Those of a message: the first ATTACHMENT_MAX_PER_MESSAGE, none of them twice. 0, or
 * AWAITED_SOME: at least one is new and waits. */
enum { AWAITED_SOME = 1 };
int awaited_add(struct op *op, int64_t message_id, const struct awaited *list,
                size_t count) MUST_CHECK;
/* The first that waits. AWAITED_NONE: none does any more. */
enum { AWAITED_NONE = 1 };
int awaited_next(struct op *op, int64_t message_id, struct awaited *ret) MUST_CHECK;

/* It came: an attachment of the message, and the event "message.picture_kept". */
int awaited_keep(struct op *op, const struct message *msg, const struct awaited *one,
                 const char *mime, struct str bytes) MUST_CHECK;
/* It stays where it is, and why. */
int awaited_leave(struct op *op, const struct awaited *one, struct str reason) MUST_CHECK;

#endif
