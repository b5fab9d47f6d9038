/* evaluate.h - what the tasks of `draht evaluate` share.
 *
 * TO ADD A TASK: a function in a file of its own, a row in tasks[] of cmd_evaluate.c,
 * docs/operate.md.
 */
#ifndef CMD_EVALUATE_H
#define CMD_EVALUATE_H

#include "base/strbuf.h"
#include "base/utf8.h"
#include "cmd/command.h"

enum {
    EVALUATE_MAX_BYTES = 512 * 1024 * 1024,
    EVALUATE_LEAST_EXAMPLES = 10, /* to learn from */
};

struct evaluation {
    const char *name;
    int (*run)(struct op *op, struct call *call);
};

/* A whole file; ERR_UNAVAILABLE, ERR_TOO_LARGE, ERR_INVALID when it is not UTF-8. */
int evaluate_read(struct op *op, struct str path, struct str *ret) MUST_CHECK;

/* The rows of a file, one after the other; empty lines are passed over. */
struct evaluate_rows {
    struct str rest; /* set by the caller to the whole */
    struct str text; /* the row, without its end */
    size_t line;     /* its number, from 1 */
};

bool evaluate_next(struct evaluate_rows *rows);

int evaluate_bursts(struct op *op, struct call *call) MUST_CHECK;
int evaluate_messages(struct op *op, struct call *call) MUST_CHECK;
int evaluate_texts(struct op *op, struct call *call) MUST_CHECK;
int evaluate_likeness(struct op *op, struct call *call) MUST_CHECK;

#endif
