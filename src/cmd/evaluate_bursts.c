/* evaluate_bursts.c - a series of counts through the detector of text/burst.
 *
 * Rows `timestamp,value`, one each five minutes, a first row with those names allowed.
 * Printed is `timestamp,score,alarm` for each row. Each message counts as a person's.
 * --climb and --excess try another tuning.
 */
#include "cmd/evaluate.h"

#include "text/burst.h"

static bool row(struct str text, struct str *ret_timestamp, int64_t *ret_value)
{
    struct str value;

    *ret_timestamp = str_cut(text, ',', &value);
    value = str_trim(value);
    if (str_ends(value, STR(".0")))
        value.n -= 2;
    return ret_timestamp->n > 0 && str_to_i64(value, ret_value);
}

/* A number above 0 that fills the option; `*ret` stays where it is not given. */
static int option(struct op *op, const struct call *call, const char *name, double *ret)
{
    struct str text = call_option(call, name);
    const char *c = arena_cstr(op->arena, text);
    char *end;
    double value;

    if (!text.p)
        return 0;
    value = strtod(c, &end);
    if (end == c || *end || !(value > 0 && value < 100))
        return call_misused(op, "--%s is a number above 0 and below 100", name);
    *ret = value;
    return 0;
}

int evaluate_bursts(struct op *op, struct call *call)
{
    struct evaluate_rows rows = { .line = 0 };
    struct burst_tuning tuning = burst_tuning;
    struct burst burst = { .bins = 0 };
    struct str timestamp;
    int64_t value;
    int r;

    if (call->word_count != 1)
        return call_misused(op, "which file? draht evaluate --task bursts FILE.csv");
    r = option(op, call, "climb", &tuning.climb);
    if (r >= 0)
        r = option(op, call, "excess", &tuning.excess);
    if (r >= 0)
        r = evaluate_read(op, call->words[0], &rows.rest);
    if (r < 0)
        return r;
    printf("timestamp,score,alarm\n");
    while (evaluate_next(&rows)) {
        struct burst_finding found;

        if (rows.line == 1 && str_is(rows.text, "timestamp,value"))
            continue;
        if (!row(rows.text, &timestamp, &value))
            return op_fail(op, ERR_INVALID, "line %zu is not timestamp,value", rows.line);
        found = burst_step(&burst, &tuning, value, INT64_MAX);
        printf(STR_FMT ",%.4f,%d\n", STR_ARG(timestamp), found.score,
               found.verdict == BURST_ALARM);
    }
    return 0;
}
