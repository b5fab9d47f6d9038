/* zone.c - ICU's calendar, opened for one question and closed again. */
#include <unicode/ucal.h>

#include "base/zone.h"

enum { MAX_ZONE_NAME = 64 };

static void close_calendar(UCalendar **calendar)
{
    if (*calendar)
        ucal_close(*calendar);
}

#define CALENDAR(name) CLEANUP(close_calendar) UCalendar *name = NULL

/* Zone names are ASCII, so each byte is a UTF-16 unit. */
static bool widen(struct str zone, UChar *ret)
{
    if (zone.n == 0 || zone.n > MAX_ZONE_NAME)
        return false;
    for (size_t i = 0; i < zone.n; i++) {
        if ((unsigned char)zone.p[i] >= 0x80)
            return false;
        ret[i] = (UChar)zone.p[i];
    }
    return true;
}

bool zone_exists(struct str zone)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar name[MAX_ZONE_NAME], canonical[MAX_ZONE_NAME];
    UBool is_system = false;

    if (!widen(zone, name) || str_is(zone, "Etc/Unknown"))
        return false;
    ucal_getCanonicalTimeZoneID(name, (int32_t)zone.n, canonical, MAX_ZONE_NAME,
                                &is_system, &status);
    return U_SUCCESS(status) && is_system;
}

static int icu_failed(struct op *op, UErrorCode status)
{
    return op_detail(op, op_fail(op, ERR_INTERNAL, "the calendar failed"), "icu %s",
                     u_errorName(status));
}

static int open_calendar(struct op *op, struct str zone, UCalendar **ret)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar name[MAX_ZONE_NAME];

    if (!zone_exists(zone) || !widen(zone, name))
        return op_fail(op, ERR_INVALID, "there is no time zone \"" STR_FMT "\"",
                       STR_ARG(str_sub(zone, 0, MAX_ZONE_NAME)));
    *ret = ucal_open(name, (int32_t)zone.n, "en_US", UCAL_GREGORIAN, &status);
    return U_FAILURE(status) ? icu_failed(op, status) : 0;
}

int zone_local(struct op *op, struct str zone, int64_t at, struct civil *ret)
{
    UErrorCode status = U_ZERO_ERROR;
    CALENDAR(calendar);
    struct civil civil;
    int r;

    r = open_calendar(op, zone, &calendar);
    if (r < 0)
        return r;
    ucal_setMillis(calendar, (double)at, &status);
    civil = (struct civil){
        .year = ucal_get(calendar, UCAL_YEAR, &status),
        .month = ucal_get(calendar, UCAL_MONTH, &status) + 1,
        .day = ucal_get(calendar, UCAL_DATE, &status),
        .hour = ucal_get(calendar, UCAL_HOUR_OF_DAY, &status),
        .minute = ucal_get(calendar, UCAL_MINUTE, &status),
        .second = ucal_get(calendar, UCAL_SECOND, &status),
        .millisecond = ucal_get(calendar, UCAL_MILLISECOND, &status),
        /* ICU counts from Sunday, 1 */
        .weekday = (ucal_get(calendar, UCAL_DAY_OF_WEEK, &status) + 5) % 7,
    };
    if (U_FAILURE(status))
        return icu_failed(op, status);
    *ret = civil;
    return 0;
}

int zone_instant(struct op *op, struct str zone, const struct civil *civil, int64_t *ret)
{
    UErrorCode status = U_ZERO_ERROR;
    CALENDAR(calendar);
    double at;
    int r;

    r = open_calendar(op, zone, &calendar);
    if (r < 0)
        return r;
    ucal_setAttribute(calendar, UCAL_LENIENT, 1); /* roll over */
    ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
    /* The last offset before a gap, seen from behind it: forward by the gap. */
    ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_LAST);
    ucal_clear(calendar);
    ucal_setDateTime(calendar, civil->year, civil->month - 1, civil->day, civil->hour,
                     civil->minute, civil->second, &status);
    ucal_set(calendar, UCAL_MILLISECOND, civil->millisecond);
    at = ucal_getMillis(calendar, &status);
    if (U_FAILURE(status))
        return icu_failed(op, status);
    *ret = (int64_t)at;
    return 0;
}

int zone_add_days(struct op *op, struct str zone, int64_t at, int days, int64_t *ret)
{
    struct civil civil = { 0 };
    int r;

    r = zone_local(op, zone, at, &civil);
    if (r < 0)
        return r;
    if (days == 0) { /* the second of two equal local times must stay the second */
        *ret = at;
        return 0;
    }
    civil.day += days;
    return zone_instant(op, zone, &civil, ret);
}
