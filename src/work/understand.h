/* understand.h - what a message says, by the word lists of the workspace, what its people
 * taught and the shipped model. Bytes in, findings out; what they need is read once for
 * many messages.
 */
#ifndef WORK_UNDERSTAND_H
#define WORK_UNDERSTAND_H

#include "dialogue/findings.h"
#include "dialogue/intake.h"

struct understanding;

/* The workspace's lists and lessons; called without a transaction. */
int understanding_load(struct op *op, struct understanding **ret) MUST_CHECK;

/* The workspace's own lists alone, as many as are looked at; in a transaction. */
int understanding_lists(struct op *op, struct text_lists *ret) MUST_CHECK;

/* That of the workspace: "de" or "en". */
struct str understanding_language(const struct understanding *words);

/* Fills language (when the sender did not say) and all that text/ finds. */
void understand(struct op *op, const struct understanding *words, struct incoming *in);

/* The same of any text, a part of `body` that begins and ends anywhere in it: as it is
 * stored, and the version of the model. */
struct str understand_text(struct op *op, const struct understanding *words,
                           struct str body, struct str part, struct str *ret_model);

#endif
