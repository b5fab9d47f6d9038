/* own_model.h - a workspace's own model, as it is stored (text/trained.h): which one is
 * in force, since when, and how the last training went.
 */
#ifndef DIALOGUE_OWN_MODEL_H
#define DIALOGUE_OWN_MODEL_H

#include "base/op.h"

struct own_model {
    struct str version; /* of the one in force; empty: none */
    int64_t since_at, learned, until_id;
    int64_t tried_at, tried_revision; /* of the verdicts */
    struct str outcome;               /* as trained_outcome_name() has it */
    int64_t tried_count, shipped, at_once, trained;
};

enum { OWN_MODEL_NONE = 1 };
int own_model_get(struct op *op, struct own_model *ret) MUST_CHECK;

/* Its file; empty: none. */
int own_model_weights(struct op *op, struct str *ret) MUST_CHECK;

/* How the last try went, without a change of what is in force. */
int own_model_tried(struct op *op, const struct own_model *row) MUST_CHECK;

/* All of it; says in the log that another one is in force, or none. */
int own_model_put(struct op *op, const struct own_model *row,
                  struct str weights) MUST_CHECK;

/* How many words of people came since the last try, counted up to `most`. */
int own_model_waiting(struct op *op, int64_t most, int64_t *ret) MUST_CHECK;

#endif
