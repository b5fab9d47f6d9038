/* model_train.h - making a model of examples. */
#ifndef TEXT_MODEL_TRAIN_H
#define TEXT_MODEL_TRAIN_H

#include "text/corpus.h"

struct model_examples {
    const struct corpus *corpus;
    struct tongue_examples tongue; /* none: no languages */
    const struct str *tongues;     /* their names; "other": is told from them, not told */
};

/* The bytes of the model's file. The same examples in the same order give the same
 * bytes. `ret_scores` gets the calibrated logits of each example by machines that have
 * not learned from it: MODEL_HEADS for each. */
struct str model_train(struct arena *arena, const struct model_examples *examples,
                       float **ret_scores);

/* Of the bytes of a model, for its version. */
uint64_t model_digest(struct str bytes);

#endif
