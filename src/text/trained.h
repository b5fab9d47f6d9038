/* trained.h - a workspace's own model: what its people set right, learned as a whole.
 *
 * It is added to the shipped model, as correction.h is, and learned otherwise: all
 * examples several times, by logistic loss, until they agree with each other as well as
 * they can, instead of each once as it comes. What an example does not speak of stays as
 * the shipped model has it (its answers are goals of less weight). Its words count also
 * where the shipped model has never seen them.
 *
 * Whether that helps is tried before: five folds, the same text always in one of them,
 * judged by models that have not learned from it; against the shipped model alone,
 * against what is learned at once, and against what is learned when the words of people
 * are dealt to the texts like cards, which tells how often each is said and nothing else.
 * The same examples in the same order give the same
 * bytes on the same kind of processor.
 */
#ifndef TEXT_TRAINED_H
#define TEXT_TRAINED_H

#include "text/correction.h"

enum {
    TRAINED_ROWS = 1 << 14,
    TRAINED_LEAST = 40, /* words of people; below nothing is tried */
    TRAINED_MAX_BYTES = TRAINED_ROWS * MODEL_HEADS + 4096,
};

struct trained {
    struct str version; /* eight digits of its bytes */
    float scales[MODEL_HEADS];
    const int8_t *weights; /* TRAINED_ROWS times MODEL_HEADS */
};

/* What was tried, and how often each was right of `count` words of people. */
struct trained_trial {
    size_t count, shipped, at_once, trained, dealt;
    struct trained_beside {
        size_t mended, broken;
    } shipped_beside, dealt_beside;
};

enum trained_outcome {
    TRAINED_TAKEN,   /* it mends clearly more than it breaks beside the shipped model and
                        beside chance, and is not worse than what is learned at once */
    TRAINED_REFUSED, /* it does not help enough */
    TRAINED_HARMS,   /* it breaks more than it mends */
    TRAINED_FEW,     /* too few examples to try */
};

/* "taken", "refused", "harms", "few". */
const char *trained_outcome_name(enum trained_outcome outcome);

/* The oldest first, at most CORRECTION_MAX_EXAMPLES. `*ret`: the file, also when it
 * should not be taken; empty of too few. */
enum trained_outcome trained_learn(struct arena *arena,
                                   const struct correction_example *list, size_t count,
                                   struct trained_trial *ret_trial, struct str *ret);

enum { TRAINED_OTHER = 1 };
/* Views into `bytes`. TRAINED_OTHER: of another shipped model, or no such file. */
int trained_read(struct str bytes, struct trained *ret);

/* Adds what was learned to the logits of a text. */
void trained_add(struct arena *scratch, const struct trained *trained, struct str text,
                 float logits[MODEL_HEADS]);

/* Adds to each token what it carries of the head's logit; of correction_places(). */
void trained_carry(const struct trained *trained, const struct features *places,
                   const float *values, enum model_head head, float *tokens);

#endif
