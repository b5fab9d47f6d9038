/* simulate_campaign.h - many runs of the simulator, on all processors: draht simulate. */
#ifndef CMD_SIMULATE_CAMPAIGN_H
#define CMD_SIMULATE_CAMPAIGN_H

#include "simulate/simulate.h"

enum { CAMPAIGN_MAX_JOBS = 64, CAMPAIGN_MAX_FAULTS = 8, CAMPAIGN_REPLAY_EVERY = 20 };

struct campaign {
    struct simulate_options options; /* of each run; the seed is the campaign's */
    uint64_t first, last;
    unsigned jobs;
    bool stop_at_fault; /* one is enough */
};

struct campaign_fault {
    uint64_t seed;
    char text[SIMULATE_MAX_FAULT];
};

struct campaign_report {
    uint64_t runs, replays;
    int64_t marks[MARK_COUNT];
    int64_t asked, answers, sends, doubled, lost;
    uint64_t faults; /* how many; the first few are listed */
    struct campaign_fault list[CAMPAIGN_MAX_FAULTS];
};

/* Every CAMPAIGN_REPLAY_EVERY-th seed runs twice; another trace is a fault. */
void campaign_run(const struct campaign *campaign, struct campaign_report *ret);

#endif
