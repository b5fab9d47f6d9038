/* model.h - the learned model: weights of one byte, a column for each question.
 *
 * Every feature of a text (features.h, folded to MODEL_ROWS places) has a row of weights,
 * one a head; a head is a yes-or-no question such as "is it a complaint?". The score of
 * a head is a logit that was calibrated on examples the machine had not learned from, so
 * that a probability of .7 is right seven times of ten.
 *
 * The file: a line "draht model 1", lines of numbers (each in units of 10^-9), an empty
 * line, then rarity (MODEL_ROWS bytes), weights (MODEL_ROWS times MODEL_HEADS, and
 * MODEL_BEYOND bytes) and the languages' table (TONGUE_BUCKETS times their number, and
 * TONGUE_BEYOND bytes). `draht train` writes it.
 */
#ifndef TEXT_MODEL_H
#define TEXT_MODEL_H

#include "base/op.h"
#include "text/features.h"
#include "text/tongue.h"

enum {
    MODEL_ROWS = 1 << 17,
    MODEL_MAX_TONGUES = 20,
    MODEL_MAX_BYTES = 5 * 1024 * 1024,
    /* Rises when what is made of its answers changes (finding_model.c): part of the
     * shipped one's version, so that old messages are read again. */
    MODEL_RULES = 2,
};

enum model_head {
    HEAD_PRAISE,
    HEAD_QUESTION,
    HEAD_COMPLAINT,
    HEAD_SUGGESTION,
    HEAD_DISCUSSION,
    HEAD_ORDER,
    HEAD_SPAM,
    HEAD_OTHER,
    HEAD_NEGATIVE,
    HEAD_NEUTRAL,
    HEAD_POSITIVE,
    HEAD_MIXED, /* a person could not say either: mixed, half-hearted, ironic */
    HEAD_THIRD, /* the sentiment is about somebody else */
    HEAD_URGENT,
    HEAD_FRUSTRATED,
    HEAD_RUDE,
    HEAD_INSULT,
    HEAD_AT_RISK,
    HEAD_DETERRED,
    HEAD_OPT_OUT,
    HEAD_CALL_BACK,
    HEAD_CHASER,
    HEAD_PRIVATE,
    HEAD_THANKS,
    HEAD_IRONY,
    HEAD_COMPETITOR,
    MODEL_HEADS
};

/* A row is read with a whole number of the machine's registers, so beyond its end. */
enum { MODEL_LANES = 32, MODEL_BEYOND = MODEL_LANES - MODEL_HEADS };
enum { HEAD_INTENTS = HEAD_NEGATIVE, HEAD_SENTIMENTS = HEAD_THIRD - HEAD_NEGATIVE };

/* "praise", ..., "negative", ..., "unsure", "third", "urgent", ... as in corpus/. */
const char *model_head_name(enum model_head head);

/* logit = slope * (bias + sum of weight * scale * value) + shift */
struct model_head_numbers {
    float scale, bias, slope, shift;
};

struct model {
    struct str version;
    struct model_head_numbers heads[MODEL_HEADS];
    const float *rarity;   /* MODEL_ROWS; 0: of no use */
    const int8_t *weights; /* MODEL_ROWS times MODEL_HEADS, and MODEL_BEYOND */
    struct tongue tongue;
    struct str tongues[MODEL_MAX_TONGUES];
};

/* ERR_INVALID with words when the bytes are no model. Views into `bytes`. */
int model_read(struct op *op, struct str bytes, struct model *ret) MUST_CHECK;

/* The one that the program carries. */
const struct model *model_shipped(void);

/* The vector of a text for this model; the features' indices are folded. */
struct vector model_vector(struct arena *arena, const float *rarity,
                           struct features *features);

/* The logit of each head. */
void model_score(const struct model *model, const struct vector *vector,
                 float ret[MODEL_HEADS]);

/* The same of a text; without a word in it, each as if there were none. */
void model_judge(struct arena *arena, const struct model *model, struct str text,
                 float ret[MODEL_HEADS]);

float model_probability(float logit);

/* Rarity is kept in a byte: times this. */
#define MODEL_RARITY_STEPS 24.0F
/* The numbers of the heads are written in units of this. */
#define MODEL_UNIT 1e-9

#endif
