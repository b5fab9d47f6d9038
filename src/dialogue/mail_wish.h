/* mail_wish.h - where somebody who talks to us on a page of ours wants answers by mail.
 *
 * An address that was typed, and that nobody has proved: answers go there and nothing
 * else, no page shows it, and no event holds it, so that it is gone when it is taken
 * back.
 */
#ifndef DIALOGUE_MAIL_WISH_H
#define DIALOGUE_MAIL_WISH_H

#include "base/op.h"

struct mail_wish {
    int64_t thread_id;
    struct str address;
    struct str language; /* de, en */
    int64_t asked_at;
};

enum { MAIL_WISH_NONE = 1 };
int mail_wish_get(struct op *op, int64_t thread_id, struct mail_wish *ret) MUST_CHECK;

/* The wish takes the place of an earlier one; asked_at is now. `conversation_id`, 0: none
 * yet, goes to the event "thread.mail_wished" or "thread.mail_unwished". */
int mail_wish_put(struct op *op, const struct mail_wish *wish,
                  int64_t conversation_id) MUST_CHECK;
int mail_wish_drop(struct op *op, int64_t thread_id, int64_t conversation_id) MUST_CHECK;

#endif
