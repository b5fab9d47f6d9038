/* readers.h - the end of a day of those who read and wrote on public pages. */
#ifndef DIALOGUE_READERS_H
#define DIALOGUE_READERS_H

#include "base/op.h"

/* The work that does it; planned by whoever begins a day (page/visitor.c). */
#define READERS_FORGET_WORK "forget_readers"

/* Salts and hashes of the days before `day` (since 1970, UTC); counts stay. Inside a
 * write. */
int readers_forget(struct op *op, int64_t day) MUST_CHECK;

#endif
