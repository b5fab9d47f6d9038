/* work_alike.h - finding messages that say nearly the same (dialogue/alike.h).
 *
 * Some seconds after messages came they are read in portions, outside of any transaction,
 * and put into groups a few at a time, so that nobody waits for it. It looks once more at
 * the last minute, since what another process writes can come a little late.
 */
#ifndef WORK_WORK_ALIKE_H
#define WORK_WORK_ALIKE_H

#include "dialogue/alike.h"

enum { ALIKE_PORTION = 200, ALIKE_FORGOTTEN_AT_ONCE = 200 };

/* New messages are here; inside a write. */
int alike_plan(struct op *op) MUST_CHECK;
/* This one says something else than before, or nothing any more; inside a write. */
int alike_plan_one(struct op *op, int64_t message_id) MUST_CHECK;

#endif
