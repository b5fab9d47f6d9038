/* learned.h - what the corrections of a workspace taught, kept between messages.
 *
 * Learning five thousand examples takes a fraction of a second: too long for each
 * message, and soon enough when somebody has corrected one. What was learned is kept for
 * LEARNED_WORKSPACES at once, and made anew when the workspace's verdicts or the
 * sentences of its topics have changed.
 */
#ifndef WORK_LEARNED_H
#define WORK_LEARNED_H

#include "text/correction.h"
#include "text/topics.h"

enum { LEARNED_WORKSPACES = 16 };

/* Brings what is kept for op->workspace up to date, with the sentences of its lists.
 * Called without a transaction. */
int learned_refresh(struct op *op, const struct text_lists *lists) MUST_CHECK;

/* What is kept for the workspace, or NULL; stays until learned_release(), which follows
 * on the same thread in any case. */
struct learned {
    const struct correction *correction;
    const struct topics *topics;
};
struct learned learned_borrow(const struct op *op);
void learned_release(void);

#endif
