/* learned.h - what the corrections of a workspace taught, kept between messages.
 *
 * Learning five thousand examples takes a fraction of a second: too long for each
 * message, and soon enough when somebody has corrected one. What was learned is kept for
 * LEARNED_WORKSPACES at once, and made anew when the workspace's verdicts, the sentences
 * of its topics or its own model have changed. What that has learned as a whole
 * (work_train.h) is not learned once more one by one.
 */
#ifndef WORK_LEARNED_H
#define WORK_LEARNED_H

#include "text/correction.h"
#include "dialogue/verdict.h"
#include "text/topics.h"
#include "text/trained.h"

enum { LEARNED_WORKSPACES = 16 };

/* The newest that hold, the oldest first. `list` has room for CORRECTION_MAX_EXAMPLES. */
struct learned_examples {
    struct verdict_example *list;
    size_t count;
    int64_t revision; /* of the verdicts */
};
/* Those with a newer id than `after`. */
int learned_examples(struct op *op, int64_t after,
                     struct learned_examples *ret) MUST_CHECK;
/* As text/ learns it; false: of a kind that is not known any more. */
bool learned_example(const struct verdict_example *one, struct correction_example *ret);

/* Brings what is kept for op->workspace up to date, with the sentences of its lists.
 * Called without a transaction. */
int learned_refresh(struct op *op, const struct text_lists *lists) MUST_CHECK;

/* What is kept for the workspace, or NULL; stays until learned_release(), which follows
 * on the same thread in any case. */
struct learned {
    const struct trained *own;           /* at the last training; NULL: none */
    const struct correction *correction; /* since then */
    const struct topics *topics;
};
struct learned learned_borrow(const struct op *op);
void learned_release(void);

#endif
