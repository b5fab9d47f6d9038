/* gap.h - gap reports: each complete poll that brought something says what it fetched
 * and how much of that had been missed until then. */
#ifndef DIALOGUE_GAP_H
#define DIALOGUE_GAP_H

#include "event/record.h"

struct gap_report {
    int64_t id, channel_id;
    struct str asked_by; /* timer, command, night */
    int64_t started_at, ended_at;
    int64_t fetched, added, missed, refused;
    int64_t removed; /* gone there, kept here */
    int64_t unclear; /* not listed there any more, and not to be told whether gone */
};

/* Sets gap->id. One that missed something leaves the event "channel.gap" too. */
int gap_file(struct op *op, struct gap_report *gap) MUST_CHECK;

/* That of the last night that came to its end; GAP_NOT_FOUND. */
enum { GAP_NOT_FOUND = 1 };
int gap_last_night(struct op *op, int64_t channel_id, struct gap_report *ret) MUST_CHECK;

/* Newest first; before_id 0: from the newest on. */
int gap_list(struct op *op, int64_t channel_id, int64_t before_id, int64_t limit,
             struct gap_report **ret, size_t *ret_count) MUST_CHECK;

#endif
