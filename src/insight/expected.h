/* expected.h - how long an answer of a channel takes, said so that it can be held.
 *
 * Nine of ten of the last answers came within this time. Whoever waits longer than that
 * right now counts too, so that a day on which nobody answers cannot be sold with last
 * week's figures. With hours of service it is time within them.
 */
#ifndef INSIGHT_EXPECTED_H
#define INSIGHT_EXPECTED_H

#include "db/db.h"

enum { EXPECTED_MIN = 5, EXPECTED_MAX = 100 };
#define EXPECTED_SPAN_MS DAYS(28)

struct expected {
    int64_t ms;
    int64_t n;       /* of how many answers */
    bool in_service; /* `ms` is counted within the hours of service */
};

/* EXPECTED_UNKNOWN: fewer than EXPECTED_MIN answers in the last four weeks. */
enum { EXPECTED_UNKNOWN = 1 };
int expected_reaction(struct op *op, int64_t channel_id, struct expected *ret) MUST_CHECK;

#endif
