/* fingerprint.h - is a text nearly the same as another one?
 *
 * The text without case, accents, signs, addresses and digits is cut into runs of
 * FINGERPRINT_RUN letters; of each of FINGERPRINT_MINS orders of all runs the first is
 * kept (minhash). So many of those are equal in two texts, so large is the share of runs
 * that they have in common. A text that is posted forty times, or lightly changed, is
 * one group; a text too short to be told from others by its runs is near to itself
 * alone.
 */
#ifndef TEXT_FINGERPRINT_H
#define TEXT_FINGERPRINT_H

#include "base/arena.h"

enum {
    FINGERPRINT_RUN = 5,
    FINGERPRINT_MINS = 24,
    FINGERPRINT_KEYS = 8,         /* keys to look others up by */
    FINGERPRINT_LEAST = 25,       /* letters; shorter texts are the same or nothing */
    FINGERPRINT_MAX_BYTES = 4000, /* of a text that are looked at */
};

/* From here on two texts are nearly the same. */
#define FINGERPRINT_NEAR 0.6

struct fingerprint {
    uint32_t mins[FINGERPRINT_MINS];
    bool empty; /* no letter: near to nothing */
};

struct fingerprint text_fingerprint(struct arena *arena, struct str text);

/* The share of runs in common, as far as the fingerprints tell: 0 up to 1. */
double fingerprint_likeness(const struct fingerprint *a, const struct fingerprint *b);

/* Texts that are nearly the same share at least one of these keys (of those with a
 * likeness of .6, 86 of 100 do; of .8, 99.7): look the candidates up by them and compare.
 * Positive, so that every database can hold them. */
void fingerprint_keys(const struct fingerprint *fingerprint,
                      int64_t ret[FINGERPRINT_KEYS]);

#endif
