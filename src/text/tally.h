/* tally.h - how often a classifier was right: what was meant against what was found. */
#ifndef TEXT_TALLY_H
#define TEXT_TALLY_H

#include "base/arena.h"

enum { TALLY_MAX_LABELS = 100 };

struct tally {
    size_t labels;
    uint32_t cells[TALLY_MAX_LABELS][TALLY_MAX_LABELS]; /* [meant][found] */
};

struct tally_figures {
    double accuracy, macro_f1;
    double official_f; /* harmonic mean of macro precision and macro recall (GermEval) */
    double f1[TALLY_MAX_LABELS];
    uint32_t n;
};

/* Labels that were neither meant nor found do not count. */
struct tally_figures tally_figures(const struct tally *tally);

/* Where the figure is in 95 of 100 samples of so many rows. */
struct tally_interval {
    double low, high;
};

/* Wilson 1927. */
struct tally_interval tally_accuracy_interval(const struct tally_figures *figures);
/* The rows drawn again and again, with those drawn put back; from a fixed seed. Of more
 * than 100,000 rows the first ones. */
struct tally_interval tally_macro_interval(struct arena *arena,
                                           const struct tally *tally);

#endif
