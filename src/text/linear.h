/* linear.h - a linear model over the features of a text, and how it is learned.
 *
 * One support vector machine a label (squared hinge, solved in the dual, one coordinate
 * after the other), the rarer side weighted up. Five folds of the examples give scores
 * that the model has not learned by heart; from those come the offset of each label and
 * how much a difference of scores is worth as a probability. The same examples in the
 * same order give the same model, bit by bit.
 */
#ifndef TEXT_LINEAR_H
#define TEXT_LINEAR_H

#include "text/features.h"
#include "text/tally.h"

/* What the offsets are chosen for. */
enum linear_aim {
    LINEAR_MACRO_F1,
    LINEAR_OFFICIAL_F,    /* harmonic mean of macro precision and recall */
    LINEAR_F1,            /* of one label */
    LINEAR_F1_RARE_ALARM, /* the same, with false alarms on at most 2 of 1,000 others */
};

struct linear_examples {
    struct str *texts;
    uint8_t *labels;
    size_t count;
    size_t label_count;
    enum linear_aim aim;
    size_t aim_label; /* for the last two aims */
};

struct linear {
    size_t label_count;
    float *rarity;   /* FEATURES */
    float *weights;  /* FEATURES times label_count; those of one feature side by side */
    float *bias;     /* one a label */
    float *offsets;  /* added to the scores before they are compared */
    float sharpness; /* of the scores as logits */
};

struct linear linear_train(struct arena *arena, const struct linear_examples *examples);

/* The label that fits best; `ret_probabilities`, one a label, add up to 1. */
size_t linear_find(struct arena *scratch, const struct linear *model, struct str text,
                   float *ret_probabilities);

#endif
