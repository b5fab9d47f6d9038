/* evaluate_texts.h - what learning and trying of labels share. */
#ifndef CMD_EVALUATE_TEXTS_H
#define CMD_EVALUATE_TEXTS_H

#include "cmd/evaluate.h"
#include "text/labelled.h"

struct evaluated {
    const char *task;
    bool is_language;
    const struct labels *labels; /* of the rows */
    const struct labelled *test;
    struct tally *tally; /* by the labels: what is so, what was said */
};

/* By the model that the program carries. ERR_INVALID with words when it does not answer
 * such a question. */
int evaluate_shipped(struct op *op, const struct evaluated *e) MUST_CHECK;

#endif
