/* hours.h - the weekly calendar of a department, and time counted in it.
 *
 * Slots lie in the calendar's own time zone and may pass midnight; holidays
 * have none. The calendar that was valid at a time counts for that time.
 */
#ifndef DESK_HOURS_H
#define DESK_HOURS_H

#include "db/db.h"

enum {
    HOURS_MAX_SLOTS = 64,
    HOURS_MAX_HOLIDAYS = 400,
    HOURS_MAX_PLANNED = 8,      /* of a department */
    HOURS_MAX_AHEAD_DAYS = 731, /* until they begin */
};

struct hours_slot {
    int weekday;     /* 0 Monday */
    int from, until; /* minutes of the day; until may pass 1440 */
};

struct hours {
    int64_t id, department_id;
    struct str time_zone;
    struct hours_slot *slots;
    size_t slot_count;
    struct str *holidays; /* "2026-12-25" */
    size_t holiday_count;
    int64_t valid_from_at;
};

enum { HOURS_NONE = 1 };
/* The one valid at `at`. */
int hours_get(struct op *op, int64_t department_id, int64_t at,
              struct hours *ret) MUST_CHECK;
/* A new one, valid from `valid_from_at` on (0: from now); it takes the place of one that
 * was planned for the same instant. Checks zone, slots (no overlap of one day with
 * itself), dates. */
int hours_put(struct op *op, struct hours *hours) MUST_CHECK;
/* Those that are not valid yet, in the order in which they will be. */
int hours_planned(struct op *op, int64_t department_id, struct hours **ret,
                  size_t *ret_count) MUST_CHECK;
/* One of them shall not come. HOURS_NONE: it is none of them. */
int hours_drop(struct op *op, int64_t department_id, int64_t id) MUST_CHECK;

/* Milliseconds of service between two instants. HOURS_NONE when the department
 * (0: none) has no calendar: then only wall time is known. */
int hours_between(struct op *op, int64_t department_id, int64_t from, int64_t until,
                  int64_t *ret_ms) MUST_CHECK;
/* The instant `ms` of service after `from`; HOURS_NONE as above. */
int hours_after(struct op *op, int64_t department_id, int64_t from, int64_t ms,
                int64_t *ret) MUST_CHECK;

#endif
