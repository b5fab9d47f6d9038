/* work_visible.h - planning to measure how long a network takes to show what it took. */
#ifndef WORK_WORK_VISIBLE_H
#define WORK_WORK_VISIBLE_H

#include "channel/connector.h"
#include "dialogue/outbox.h"

/* The network has just answered that it took this one. In the write that settles it. */
int visible_plan(struct op *op, const struct outbox *sent,
                 const struct connector *connector) MUST_CHECK;

#endif
