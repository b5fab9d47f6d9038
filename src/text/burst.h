/* burst.h - is a subject suddenly on everybody's lips?
 *
 * One stream of counts (a topic on a channel), cut into bins of five minutes. Two levels
 * follow the logarithm of the counts: what is usual, and what is hardly ever passed. The
 * higher one climbs by small steps while it is passed, however far, so that one storm
 * does not make the next one usual; it sinks back slowly, by half in three months. A bin
 * stands out when it passes the high level by more than a share of the distance between
 * the two: the stream itself says how much it is used to.
 *
 * Loud is not many. An alarm needs some messages and some distinct persons within two
 * hours; one person forty times is told apart (BURST_FEW). After an alarm there is none
 * for a day and a half: who was told knows.
 *
 * Measured by `draht evaluate --task bursts` and bench/bursts.bench, see
 * docs/model-card.md. No seasons are modelled; hours of the day made it worse.
 */
#ifndef TEXT_BURST_H
#define TEXT_BURST_H

#include "base/base.h"

enum {
    BURST_BIN_SECONDS = 300,
    BURST_RECENT_BINS = 24,  /* two hours */
    BURST_WARM_UP_BINS = 50, /* what is usual is not known before */
    BURST_SILENT_BINS = 432, /* after an alarm */
    BURST_LEAST_MESSAGES = 10,
    BURST_LEAST_PERSONS = 8,
};

/* How it is tuned; burst_tuning holds what was measured. */
struct burst_tuning {
    double climb;  /* of the high level in a bin that passes it, in units of ln(4 + n) */
    double excess; /* how far beyond, as a share of high - usual */
};

extern const struct burst_tuning burst_tuning;

/* One stream so far. All zero: nothing was seen yet. */
struct burst {
    double usual, high; /* in units of ln(4 + n) */
    int64_t bins,
        alarm_bin; /* how many were seen; the one of the last alarm, counted from 1 */
    int64_t recent[BURST_RECENT_BINS];
};

enum burst_verdict {
    BURST_QUIET,
    BURST_FEW,   /* as loud as a burst, and only a few persons */
    BURST_KNOWN, /* goes on, and was told */
    BURST_ALARM,
};

struct burst_finding {
    double score;   /* 0 up to 1; 0.5 and more: the bin stands out */
    int64_t recent; /* messages in the last two hours, this bin among them */
    enum burst_verdict verdict;
};

/* The next bin: how many messages it has, and how many distinct persons wrote within the
 * last two hours. Negative figures count as 0. */
struct burst_finding burst_step(struct burst *burst, const struct burst_tuning *tuning,
                                int64_t count, int64_t persons);

#endif
