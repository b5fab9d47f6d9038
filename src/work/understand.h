/* understand.h - what a message is about, by the word lists of text/ and of the
 * workspace. Bytes in, findings out; the lists are read once for many messages.
 */
#ifndef WORK_UNDERSTAND_H
#define WORK_UNDERSTAND_H

#include "dialogue/intake.h"

struct understanding;

/* The workspace's lists; called without a transaction. */
int understanding_load(struct op *op, struct understanding **ret) MUST_CHECK;

/* Fills language (when the sender did not say), intent, topic, is_thanks, is_opt_out. */
void understand(struct op *op, const struct understanding *words, struct incoming *in);

#endif
