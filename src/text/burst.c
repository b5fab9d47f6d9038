/* burst.c - two levels of a stream of counts, and what passes the higher one. */
#include "text/burst.h"

#include <math.h>

/* Counts below this are noise: the logarithm of (CALM + n) hardly moves there. */
static const double CALM = 4;
/* A stream that never moved is used to nothing; this much at least it must be used to. */
static const double LEAST_SPREAD = 0.15;
/* A bin that passes the high level by this or more lifts it by a whole step. */
static const double FULL_STEP = 0.2;
/* In the first bins the levels go faster, to find where the stream is. */
static const double FIRST_STEPS = 3;
static const double HALF_LIFE_BINS = 90.0 * 24 * 3600 / BURST_BIN_SECONDS;

const struct burst_tuning burst_tuning = { .climb = 0.009, .excess = 0.55 };

static void follow(struct burst *b, double x, double climb)
{
    double step = fmax(climb, FIRST_STEPS / (double)(b->bins + 2));

    if (x > b->high)
        b->high += step * fmin(1, (x - b->high) / FULL_STEP);
    else
        b->high = b->usual + (b->high - b->usual) * exp2(-1 / HALF_LIFE_BINS);
    b->usual += (x > b->usual ? step : -step) / 2;
}

static int64_t recent(struct burst *b, int64_t count)
{
    int64_t sum = 0;

    b->recent[b->bins % BURST_RECENT_BINS] = count;
    for (size_t i = 0; i < BURST_RECENT_BINS; i++)
        sum = sum > INT64_MAX - b->recent[i] ? INT64_MAX : sum + b->recent[i];
    return sum;
}

static enum burst_verdict judge(const struct burst *b, int64_t messages, int64_t persons)
{
    if (b->bins < BURST_WARM_UP_BINS || messages < BURST_LEAST_MESSAGES)
        return BURST_QUIET;
    if (persons < BURST_LEAST_PERSONS)
        return BURST_FEW;
    if (b->alarm_bin && b->bins + 1 - b->alarm_bin < BURST_SILENT_BINS)
        return BURST_KNOWN;
    return BURST_ALARM;
}

struct burst_finding burst_step(struct burst *b, const struct burst_tuning *tuning,
                                int64_t count, int64_t persons)
{
    struct burst_finding found = { .verdict = BURST_QUIET };
    double x, beyond, wanted;

    count = count < 0 ? 0 : count;
    x = log(CALM + (double)count);
    found.recent = recent(b, count);
    if (b->bins == 0)
        b->usual = b->high = x;
    wanted = tuning->excess * fmax(b->high - b->usual, LEAST_SPREAD);
    beyond = fmax(0, x - b->high);
    found.score = beyond / (beyond + wanted);
    if (beyond > wanted)
        found.verdict = judge(b, found.recent, persons);
    follow(b, x, tuning->climb);
    b->bins++;
    if (found.verdict == BURST_ALARM)
        b->alarm_bin = b->bins;
    return found;
}
