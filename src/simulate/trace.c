/* trace.c - what happened, line by line. */
#include "simulate/trace.h"

void trace_begin(struct trace *trace, FILE *file)
{
    crypto_generichash_init(&trace->state, NULL, 0, TRACE_HASH_BYTES);
    trace->file = file;
    trace->lines = 0;
}

void trace_line(struct trace *trace, int64_t at, const char *fmt, va_list args)
{
    char line[TRACE_MAX_LINE];
    int n = snprintf(line, sizeof(line), "%lld ", (long long)at);

    n += vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, args);
    if (n > TRACE_MAX_LINE - 2)
        n = TRACE_MAX_LINE - 2;
    line[n++] = '\n';
    crypto_generichash_update(&trace->state, (const unsigned char *)line, (size_t)n);
    trace->lines++;
    if (trace->file)
        fwrite(line, 1, (size_t)n, trace->file);
}

void trace_end(struct trace *trace, unsigned char ret[TRACE_HASH_BYTES])
{
    crypto_generichash_final(&trace->state, ret, TRACE_HASH_BYTES);
}
