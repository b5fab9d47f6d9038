/* work_moderate.h - telling a network what was decided about a message. */
#ifndef WORK_WORK_MODERATE_H
#define WORK_WORK_MODERATE_H

#include "dialogue/message.h"

/* Does the network of this message let us hide and release? */
int moderate_can(struct op *op, const struct message *msg, bool *ret) MUST_CHECK;

/* Tell it soon, in the same write as the decision. Nothing when it cannot be told. */
int moderate_plan(struct op *op, const struct message *msg) MUST_CHECK;

#endif
