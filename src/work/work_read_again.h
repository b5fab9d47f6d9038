/* work_read_again.h - reading the messages that are here already with the model of today.
 *
 * What an older model found, or nobody, is read again in the background, a portion at a
 * time; it rests as long as it worked, longer while others want to write, and is behind
 * all that is due before. Only what was found is replaced, and what its conversation is
 * sorted by: nobody is written to, nothing is opened again or locked, and what a person
 * said of a finding stands (dialogue/verdict.h).
 */
#ifndef WORK_WORK_READ_AGAIN_H
#define WORK_WORK_READ_AGAIN_H

#include "dialogue/read_again.h"

enum { READ_AGAIN_PORTION = 100 };

/* Everything from the beginning, for whoever asks (op->actor). One that is at it already
 * goes on. Inside a write. */
int reading_begin(struct op *op) MUST_CHECK;

/* When a process starts: what another model has read in op->workspace is read again, and
 * what was not ended goes on. Inside a write. */
int reading_plan(struct op *op) MUST_CHECK;

/* When it will be done, by how long it took so far; 0: that cannot be said. */
int64_t reading_done_at(const struct op *op, const struct read_again *row);

#endif
