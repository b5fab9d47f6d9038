/* evaluate_likeness.c - pairs of names through text/likeness.
 *
 * Rows `label TAB name TAB name`; the label is `lookalike` (or 1) or `honest` (or 0).
 * Printed are the number of each, the recall at 1 % false alarms with the score from
 * which that holds, and both at the score that the program uses.
 */
#include "cmd/evaluate.h"

#include "text/likeness.h"

/* Scores are counted in steps, so that a file of any length needs one table. */
enum { STEPS = 1000 };

struct tally {
    int64_t alike[STEPS + 1], honest[STEPS + 1];
    int64_t alike_count, honest_count;
};

static bool is_alike(struct str label, bool *ret)
{
    *ret = str_is(label, "lookalike") || str_is(label, "1");
    return *ret || str_is(label, "honest") || str_is(label, "0");
}

static int count(struct op *op, struct likeness *likeness, struct evaluate_rows *rows,
                 struct tally *tally)
{
    while (evaluate_next(rows)) {
        ARENA(scratch);
        struct op one = *op;
        struct str rest, label = str_cut(rows->text, '\t', &rest);
        struct str right, left = str_cut(rest, '\t', &right);
        size_t step;
        bool alike;

        one.arena = &scratch;
        if (!is_alike(label, &alike) || left.n == 0 || right.n == 0)
            return op_fail(op, ERR_INVALID,
                           "line %zu is not lookalike or honest, a name and a name, with "
                           "tabs between",
                           rows->line);
        step = (size_t)(likeness_of(&one, likeness, left, right).score * STEPS + 0.5);
        if (alike)
            tally->alike[step]++, tally->alike_count++;
        else
            tally->honest[step]++, tally->honest_count++;
    }
    return 0;
}

static double share(int64_t part, int64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

static void print(const struct tally *t)
{
    int64_t alike = 0, honest = 0, best = 0, alarms = 0;
    size_t threshold = STEPS + 1, used = (size_t)(LIKENESS_ALIKE * STEPS + 0.5);

    for (size_t step = STEPS + 1; step-- > 0;) {
        alike += t->alike[step];
        honest += t->honest[step];
        if (share(honest, t->honest_count) <= 0.01) {
            best = alike;
            alarms = honest;
            threshold = step;
        }
    }
    printf("n %lld\n", (long long)t->alike_count + (long long)t->honest_count);
    printf("lookalike %lld\nhonest %lld\n", (long long)t->alike_count,
           (long long)t->honest_count);
    printf("recall_at_1_percent %.4f\n", share(best, t->alike_count));
    printf("false_alarms_there %.4f\n", share(alarms, t->honest_count));
    printf("threshold_there %.3f\n", (double)threshold / STEPS);
    alike = honest = 0;
    for (size_t step = used; step <= STEPS; step++) {
        alike += t->alike[step];
        honest += t->honest[step];
    }
    printf("recall_as_used %.4f\n", share(alike, t->alike_count));
    printf("false_alarms_as_used %.4f\n", share(honest, t->honest_count));
}

int evaluate_likeness(struct op *op, struct call *call)
{
    struct tally *tally = arena_new(op->arena, struct tally, 1);
    struct evaluate_rows rows = { .line = 0 };
    struct likeness *likeness = NULL;
    int r;

    if (call->word_count != 1)
        return call_misused(op, "which file? draht evaluate --task likeness FILE.tsv");
    r = evaluate_read(op, call->words[0], &rows.rest);
    if (r < 0)
        return r;
    r = likeness_open(op, &likeness);
    if (r >= 0)
        r = count(op, likeness, &rows, tally);
    likeness_close(likeness);
    if (r >= 0)
        print(tally);
    return r;
}
