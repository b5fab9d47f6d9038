/* evaluate_heads.h - the figures of all the yes-or-no questions of a model. */
#ifndef CMD_EVALUATE_HEADS_H
#define CMD_EVALUATE_HEADS_H

#include "cmd/command.h"
#include "text/corpus.h"

/* `logits`: MODEL_HEADS for each example. */
void evaluate_say_heads(struct op *op, const struct call *call,
                        const struct corpus *corpus, const float *logits);

/* Files of examples, their names parted by commas. */
int evaluate_read_corpus(struct op *op, struct str names, struct corpus *ret) MUST_CHECK;

void evaluate_say(const struct call *call, const char *name, double value);
void evaluate_say_count(const struct call *call, const char *name, uint64_t value);

#endif
