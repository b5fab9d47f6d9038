/* work_train.h - a workspace's own model, trained of what its people set right.
 *
 * In the night after somebody set something right, sooner when TRAIN_MANY words have come
 * since the last time, and when another program is there than the one that trained. It
 * comes into force when it is right more often on texts that it has not seen
 * (text/trained.h); what is in force stays when the new one is not clearly better, and is
 * put away when the shipped model alone is right more often, or hardly any words are
 * left.
 */
#ifndef WORK_WORK_TRAIN_H
#define WORK_WORK_TRAIN_H

#include "dialogue/own_model.h"

enum { TRAIN_MANY = 50 };

/* Somebody set something right, or took it back. Inside that write. */
int training_plan(struct op *op) MUST_CHECK;

/* When a process starts: what another program has trained is trained anew. Inside a
 * write. */
int training_plan_anew(struct op *op) MUST_CHECK;

/* Now, without a transaction; `*ret` as it is stored then. */
int training_run(struct op *op, struct own_model *ret) MUST_CHECK;

#endif
