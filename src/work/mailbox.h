/* mailbox.h - the channel by which the house writes to addresses of e-mail. */
#ifndef WORK_MAILBOX_H
#define WORK_MAILBOX_H

#include "work/connect.h"

/* Whom it writes to. An answer to somebody outside leaves through a channel that is in
 * dialogue; what the house tells its own people through any that is not retired. */
enum mailbox_use { MAILBOX_ANSWERS = 1, MAILBOX_NOTICES };

/* One that can, with a password that somebody gave: of this department (0: of whichever),
 * else the oldest. MAILBOX_NONE: there is none. */
enum { MAILBOX_NONE = 1 };
int mailbox_find(struct op *op, enum mailbox_use use, int64_t department_id,
                 int64_t *ret_channel) MUST_CHECK;

#endif
