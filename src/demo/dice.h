/* dice.h - chance that is the same each time: the demo is made from a seed, so that two
 * people who look at it see the same. Not for secrets.
 */
#ifndef DEMO_DICE_H
#define DEMO_DICE_H

#include "base/base.h"

struct dice {
    uint64_t state;
};

/* SplitMix64, by Sebastiano Vigna (public domain), from its description. */
static inline uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* 0 to n - 1; n at least 1. */
static inline size_t dice_roll(struct dice *dice, size_t n)
{
    return (size_t)(dice_next(dice) % n);
}

static inline int64_t dice_between(struct dice *dice, int64_t low, int64_t high)
{
    return low + (int64_t)(dice_next(dice) % (uint64_t)(high - low + 1));
}

/* True in `percent` of 100 throws. */
static inline bool dice_happens(struct dice *dice, int percent)
{
    return (int)dice_roll(dice, 100) < percent;
}

#endif
