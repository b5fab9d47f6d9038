/* tally.c - precision, recall and what is made of them. */
#include "text/tally.h"

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double harmonic(double a, double b)
{
    return share(2 * a * b, a + b);
}

struct tally_figures tally_figures(const struct tally *tally)
{
    struct tally_figures f = { .n = 0 };
    double precisions = 0, recalls = 0, f1s = 0, right = 0, seen = 0;

    for (size_t k = 0; k < tally->labels; k++) {
        double meant = 0, found = 0, both = tally->cells[k][k], precision, recall;

        for (size_t j = 0; j < tally->labels; j++) {
            meant += tally->cells[k][j];
            found += tally->cells[j][k];
        }
        if (meant + found <= 0)
            continue;
        precision = share(both, found);
        recall = share(both, meant);
        f.f1[k] = harmonic(precision, recall);
        precisions += precision;
        recalls += recall;
        f1s += f.f1[k];
        right += both;
        f.n += (uint32_t)meant;
        seen++;
    }
    f.accuracy = share(right, f.n);
    f.macro_f1 = share(f1s, seen);
    f.official_f = harmonic(share(precisions, seen), share(recalls, seen));
    return f;
}
