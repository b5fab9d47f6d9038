/* tally_interval.c - how far a figure may be off, because the rows are only so many. */
#include <math.h>

#include "text/tally.h"

enum { ROUNDS = 400, MOST_ROWS = 100000, LOW = ROUNDS / 40, HIGH = ROUNDS - 1 - LOW };

static const double normal_95 = 1.959964;

struct tally_interval tally_accuracy_interval(const struct tally_figures *f)
{
    double n = f->n, z = normal_95 * normal_95, middle, half;

    if (f->n == 0)
        return (struct tally_interval){ 0, 0 };
    middle = (f->accuracy + z / (2 * n)) / (1 + z / n);
    half = normal_95 / (1 + z / n) *
           sqrt(f->accuracy * (1 - f->accuracy) / n + z / (4 * n * n));
    return (struct tally_interval){ middle - half, middle + half };
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33);
}

/* Which cell each row stands in: meant times the labels, plus found. */
static uint32_t list_rows(const struct tally *tally, uint16_t *ret)
{
    uint32_t n = 0;

    for (size_t meant = 0; meant < tally->labels; meant++) {
        for (size_t found = 0; found < tally->labels; found++) {
            for (uint32_t i = 0; i < tally->cells[meant][found] && n < MOST_ROWS; i++)
                ret[n++] = (uint16_t)(meant * tally->labels + found);
        }
    }
    return n;
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

struct tally_interval tally_macro_interval(struct arena *arena, const struct tally *tally)
{
    uint16_t *rows = arena_new(arena, uint16_t, MOST_ROWS);
    struct tally *drawn = arena_new(arena, struct tally, 1);
    uint32_t n = list_rows(tally, rows);
    double figures[ROUNDS];
    uint64_t state = 1;

    if (n == 0)
        return (struct tally_interval){ 0, 0 };
    drawn->labels = tally->labels;
    for (size_t round = 0; round < ROUNDS; round++) {
        memset(drawn->cells, 0, sizeof(drawn->cells));
        for (uint32_t i = 0; i < n; i++) {
            uint16_t cell = rows[next_random(&state) % n];

            drawn->cells[cell / tally->labels][cell % tally->labels]++;
        }
        figures[round] = tally_figures(drawn).macro_f1;
    }
    qsort(figures, ROUNDS, sizeof(*figures), ascending);
    return (struct tally_interval){ figures[LOW], figures[HIGH] };
}
