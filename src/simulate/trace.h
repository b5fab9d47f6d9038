/* trace.h - what happened, line by line: its hash is what a seed stands for. */
#ifndef SIMULATE_TRACE_H
#define SIMULATE_TRACE_H

#include <sodium.h>

#include "base/arena.h"

enum { TRACE_HASH_BYTES = 16, TRACE_MAX_LINE = 512 };

struct trace {
    crypto_generichash_state state;
    FILE *file; /* NULL: only the hash is wanted */
    size_t lines;
};

void trace_begin(struct trace *trace, FILE *file);
void trace_line(struct trace *trace, int64_t at, const char *fmt, va_list args)
    PRINTF(3, 0);
void trace_end(struct trace *trace, unsigned char ret[TRACE_HASH_BYTES]);

#endif
