/* work_measure.h - counting what networks count: followers daily, own posts by their age.
 */
#ifndef WORK_WORK_MEASURE_H
#define WORK_WORK_MEASURE_H

#include "work/connect.h"

/* Begin, or end, the measuring of a channel as its row says now. Inside a write; call it
 * whenever a channel was made, changed or retired. */
int measure_plan(struct op *op, const struct channel *channel) MUST_CHECK;

/* The same for all channels of op->workspace, when a process starts. */
int measure_plan_all(struct op *op) MUST_CHECK;

/* Does its network give numbers? */
bool measure_can(const struct channel *channel);

#endif
