/* cmd_demo.h - what `draht serve --demo` does before it serves. */
#ifndef CMD_CMD_DEMO_H
#define CMD_CMD_DEMO_H

#include "cmd/command.h"

/* The demo is there afterwards; made now when the store was empty, which is said on
 * standard output with the password of all colleagues. ERR_CONFLICT when the store
 * belongs to somebody else. */
int demo_prepare(struct op *op, const struct conf *conf) MUST_CHECK;

#endif
