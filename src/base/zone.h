/* zone.h - local time in a named time zone (IANA), without touching the
 * process's environment. Uses ICU's calendar and its built-in zone data.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/op.h"

struct civil {
    int year, month, day; /* month 1..12, day 1..31 */
    int hour, minute, second, millisecond;
    int weekday; /* 0 Monday .. 6 Sunday; output only */
};

/* Fails with ERR_INVALID when there is no such zone ("Europe/Berlin"). */
int zone_local(struct op *op, struct str zone, int64_t at, struct civil *ret);

/* The instant of a local time. A time that the clock skips is moved forward by
 * the gap, of a time that happens twice the first is taken. Day 29 to 31 of a
 * shorter month, or hour 24, roll over. */
int zone_instant(struct op *op, struct str zone, const struct civil *civil, int64_t *ret);

/* `days` calendar days later (or earlier) at the same local time. */
int zone_add_days(struct op *op, struct str zone, int64_t at, int days, int64_t *ret);

bool zone_exists(struct str zone);

#endif
