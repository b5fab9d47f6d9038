/* program.h - what will happen in the ninety days. */
#ifndef DEMO_PROGRAM_H
#define DEMO_PROGRAM_H

#include "demo/stage.h"

/* Plans all beats; the house is built, nothing has happened yet. */
int program_plan(struct op *op, struct demo *d) MUST_CHECK;

#endif
