/* hours.c - service time between two instants.
 *
 * Walks through the calendar's zone and adds up what each slot shares with the span:
 * week by week where all weeks are alike, day by day around its ends, holidays and
 * changes of the clocks. Spans are cut off after a century, since nobody waits that long.
 */
#include "desk/hours.h"

#include "base/clock.h"
#include "base/ids.h"
#include "base/strbuf.h"
#include "base/zone.h"
#include "desk/stmt.h"

enum { DAY_MINUTES = 1440, MAX_DAYS = 36525 };

static bool cut_number(struct str *rest, int64_t most, int *ret)
{
    struct str part = str_cut(*rest, ' ', rest);
    int64_t value;

    if (!str_to_i64(part, &value) || value < 0 || value > most)
        return false;
    *ret = (int)value;
    return true;
}

/* "0 480 1080": weekday, from, until. */
static bool parse_slot(struct str line, struct hours_slot *ret)
{
    struct str rest = line;

    return cut_number(&rest, 6, &ret->weekday) &&
           cut_number(&rest, DAY_MINUTES - 1, &ret->from) &&
           cut_number(&rest, (int64_t)2 * DAY_MINUTES, &ret->until) && rest.n == 0;
}

static void read_slots(struct op *op, struct str text, struct hours *ret)
{
    ret->slots = arena_new(op->arena, struct hours_slot, HOURS_MAX_SLOTS);
    while (text.n && ret->slot_count < HOURS_MAX_SLOTS) {
        if (parse_slot(str_cut(text, '\n', &text), &ret->slots[ret->slot_count]))
            ret->slot_count++;
    }
}

static void read_holidays(struct op *op, struct str text, struct hours *ret)
{
    ret->holidays = arena_new(op->arena, struct str, HOURS_MAX_HOLIDAYS);
    while (text.n && ret->holiday_count < HOURS_MAX_HOLIDAYS)
        ret->holidays[ret->holiday_count++] = str_cut(text, '\n', &text);
}

static struct hours read_row(struct op *op, struct db_rows *rows)
{
    struct hours hours = {
        .id = db_int(rows, 0),
        .department_id = db_int(rows, 1),
        .time_zone = db_text(op, rows, 2),
        .valid_from_at = db_int(rows, 5),
    };

    read_slots(op, db_text(op, rows, 3), &hours);
    read_holidays(op, db_text(op, rows, 4), &hours);
    return hours;
}

int hours_get(struct op *op, int64_t department_id, int64_t at, struct hours *ret)
{
    DB_ROWS(rows);
    int r;

    if (department_id == 0)
        return HOURS_NONE;
    r = db_query(op, &rows, &SQL_CALENDAR_VALID, ARG_WS, ARG_INT(department_id),
                 ARG_INT(at));
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return HOURS_NONE;
    *ret = read_row(op, rows);
    return 0;
}

int hours_planned(struct op *op, int64_t department_id, struct hours **ret,
                  size_t *ret_count)
{
    struct hours *list = arena_new(op->arena, struct hours, HOURS_MAX_PLANNED);
    size_t count = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_CALENDAR_PLANNED, ARG_WS, ARG_INT(department_id),
                     ARG_INT(op->now), ARG_INT(HOURS_MAX_PLANNED));

    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) == 1)
        list[count++] = read_row(op, rows);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = count;
    return 0;
}

/* By its id, or whatever was planned for that instant. */
static int drop(struct op *op, int64_t department_id, int64_t id, int64_t valid_from_at)
{
    return db_run(op, &SQL_CALENDAR_DROP, ARG_WS, ARG_INT(department_id),
                  ARG_INT(op->now), ARG_INT(id), ARG_INT(valid_from_at));
}

int hours_drop(struct op *op, int64_t department_id, int64_t id)
{
    struct hours *planned;
    size_t count;
    int r = hours_planned(op, department_id, &planned, &count);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++)
        if (planned[i].id == id)
            return drop(op, department_id, id, 0);
    return HOURS_NONE;
}

/* A time to come: not the past, not too far, not too many. */
static int check_begin(struct op *op, const struct hours *hours)
{
    int64_t latest = op->now + DAYS(HOURS_MAX_AHEAD_DAYS);
    struct hours *planned;
    size_t count;
    int r;

    if (hours->valid_from_at < op->now)
        return op_fail_field_as(op, "hours.valid_from", "before_now",
                                "is in the past, which keeps its hours");
    if (hours->valid_from_at > latest)
        return op_out_of_range(op, "hours.valid_from", 0, HOURS_MAX_AHEAD_DAYS);
    r = drop(op, hours->department_id, 0, hours->valid_from_at);
    if (r >= 0)
        r = hours_planned(op, hours->department_id, &planned, &count);
    if (r < 0)
        return r;
    return count < HOURS_MAX_PLANNED ? 0 : op_too_many(op, "hours", HOURS_MAX_PLANNED);
}

static int check_slots(struct op *op, const struct hours *hours)
{
    if (hours->slot_count > HOURS_MAX_SLOTS)
        return op_too_many(op, "hours.slots", HOURS_MAX_SLOTS);
    for (size_t i = 0; i < hours->slot_count; i++) {
        const struct hours_slot *a = &hours->slots[i];

        if (a->weekday < 0 || a->weekday > 6 || a->from < 0 || a->from >= DAY_MINUTES ||
            a->until <= a->from || a->until > a->from + DAY_MINUTES)
            return op_fail_field_as(op, "hours.slots", "not_a_span",
                                    "has one that is no span of a day");
        for (size_t j = 0; j < i; j++) {
            const struct hours_slot *b = &hours->slots[j];

            if (a->weekday == b->weekday && a->from < b->until && b->from < a->until)
                return op_fail_field_as(op, "hours.slots", "overlap",
                                        "overlap on one day");
        }
    }
    return 0;
}

static bool is_date(struct str s)
{
    struct str rest = s, year = str_cut(s, '-', &rest), month, day;
    uint64_t y, m, d;

    month = str_cut(rest, '-', &day);
    return s.n == 10 && str_to_u64(year, &y) && str_to_u64(month, &m) &&
           str_to_u64(day, &d) && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

int hours_put(struct op *op, struct hours *hours)
{
    struct strbuf slots = STRBUF(op->arena), holidays = STRBUF(op->arena);
    int r;

    if (!zone_exists(hours->time_zone))
        return op_fail_field_as(op, "hours.time_zone", "unknown", "is no time zone");
    r = check_slots(op, hours);
    if (r < 0)
        return r;
    if (hours->holiday_count > HOURS_MAX_HOLIDAYS)
        return op_too_many(op, "hours.holidays", HOURS_MAX_HOLIDAYS);
    for (size_t i = 0; i < hours->slot_count; i++)
        strbuf_fmt(&slots, "%d %d %d\n", hours->slots[i].weekday, hours->slots[i].from,
                   hours->slots[i].until);
    for (size_t i = 0; i < hours->holiday_count; i++) {
        if (!is_date(hours->holidays[i]))
            return op_fail_field_as(op, "hours.holidays", "not_a_date",
                                    "has one that is no date like 2026-12-25");
        strbuf_fmt(&holidays, STR_FMT "\n", STR_ARG(hours->holidays[i]));
    }
    if (hours->valid_from_at) {
        r = check_begin(op, hours);
        if (r < 0)
            return r;
    }
    hours->id = id_next(op);
    if (!hours->valid_from_at)
        hours->valid_from_at = op->now;
    return db_run(op, &SQL_CALENDAR_ADD, ARG_WS, ARG_INT(hours->id),
                  ARG_INT(hours->department_id), ARG_TEXT(hours->time_zone),
                  ARG_TEXT(strbuf_str(&slots)), ARG_TEXT(strbuf_str(&holidays)),
                  ARG_INT(hours->valid_from_at), ARG_INT(op->now));
}

/* A calendar made ready for walking. Days have a number, counted from 1970-01-01. */
struct days {
    struct str zone;
    struct civil first; /* some day, and its number */
    int64_t number;
    const struct hours_slot *slots; /* in the order of the week */
    size_t slot_count;
    int64_t *holidays;
    size_t holiday_count;
    int64_t week_ms; /* service of a week without holiday and change of clocks */
};

static bool day_number(struct op *op, struct str date, int64_t *ret)
{
    struct str midnight = arena_fmt(op->arena, STR_FMT "T00:00:00Z", STR_ARG(date));
    int64_t at;

    if (!time_parse(midnight, &at))
        return false;
    *ret = at / DAYS(1);
    return true;
}

static struct hours_slot *sorted(struct op *op, const struct hours *hours)
{
    struct hours_slot *slots = arena_new(op->arena, struct hours_slot, hours->slot_count);

    for (size_t i = 0; i < hours->slot_count; i++) {
        struct hours_slot slot = hours->slots[i];
        size_t at = i;

        for (; at > 0 && (slots[at - 1].weekday > slot.weekday ||
                          (slots[at - 1].weekday == slot.weekday &&
                           slots[at - 1].from > slot.from));
             at--)
            slots[at] = slots[at - 1];
        slots[at] = slot;
    }
    return slots;
}

static int days_from(struct op *op, const struct hours *hours, int64_t at,
                     struct days *ret)
{
    struct days days = { .zone = hours->time_zone, .slot_count = hours->slot_count };
    int r = zone_local(op, hours->time_zone, at, &days.first);
    struct str date;

    if (r < 0)
        return r;
    date = arena_fmt(op->arena, "%04d-%02d-%02d", days.first.year, days.first.month,
                     days.first.day);
    if (!day_number(op, date, &days.number))
        return op_fail(op, ERR_INTERNAL, "the calendar has no day " STR_FMT,
                       STR_ARG(date));
    days.slots = sorted(op, hours);
    for (size_t i = 0; i < days.slot_count; i++)
        days.week_ms += MINUTES(days.slots[i].until - days.slots[i].from);
    days.holidays = arena_new(op->arena, int64_t, hours->holiday_count);
    for (size_t i = 0; i < hours->holiday_count; i++)
        days.holiday_count +=
            day_number(op, hours->holidays[i], &days.holidays[days.holiday_count]);
    *ret = days;
    return 0;
}

/* A local time of a day: minutes may pass midnight. */
static int instant(struct op *op, const struct days *days, int64_t day, int minutes,
                   int64_t *ret)
{
    struct civil c = {
        .year = days->first.year,
        .month = days->first.month,
        .day = days->first.day + (int)(day - days->number) + minutes / DAY_MINUTES,
        .hour = minutes % DAY_MINUTES / 60,
        .minute = minutes % 60,
    };

    return zone_instant(op, days->zone, &c, ret);
}

/* Is there a holiday among these days? */
static bool has_holiday(const struct days *days, int64_t from, int64_t until)
{
    for (size_t i = 0; i < days->holiday_count; i++)
        if (days->holidays[i] >= from && days->holidays[i] < until)
            return true;
    return false;
}

/* Counts service time from `from` on, day by day. Stops at `until`, or, when
 * `want` >= 0, as soon as that much has passed; `*ret_at` is where it stopped. */
struct walk {
    int64_t from, until, want;
    int64_t sum, at;
    bool reached;
};

static void take(struct walk *walk, const int64_t span[2])
{
    int64_t from = span[0] > walk->from ? span[0] : walk->from;
    int64_t until = span[1] < walk->until ? span[1] : walk->until;

    if (walk->reached || from >= until)
        return;
    if (walk->want >= 0 && walk->sum + (until - from) >= walk->want) {
        walk->at = from + (walk->want - walk->sum);
        walk->sum = walk->want;
        walk->reached = true;
        return;
    }
    walk->sum += until - from;
}

/* Slots in the order of the day, so that `want` is reached at the right place. */
static int walk_day(struct op *op, const struct days *days, int64_t day,
                    struct walk *walk)
{
    int weekday = (int)((day % 7 + 10) % 7); /* day 0 was a Thursday */

    if (has_holiday(days, day, day + 1))
        return 0;
    for (size_t i = 0; i < days->slot_count; i++) {
        const struct hours_slot *slot = &days->slots[i];
        int64_t span[2];
        int r;

        if (slot->weekday != weekday)
            continue;
        r = instant(op, days, day, slot->from, &span[0]);
        if (r >= 0)
            r = instant(op, days, day, slot->until, &span[1]);
        if (r < 0)
            return r;
        take(walk, span);
    }
    return 0;
}

/* A week at once, if all of its slots lie in the span, none of its days is a holiday and
 * the clocks do not change around it. WEEK_NOT: day by day, then. */
enum { WEEK_NOT = 1 };
static int walk_week(struct op *op, const struct days *days, int64_t day, int64_t noon,
                     struct walk *walk)
{
    int64_t before, behind;
    int r;

    if (walk->from > noon - DAYS(2) || walk->until < noon + DAYS(10) ||
        (walk->want >= 0 && walk->sum + days->week_ms >= walk->want) ||
        has_holiday(days, day, day + 7))
        return WEEK_NOT;
    r = instant(op, days, day - 1, DAY_MINUTES / 2, &before);
    if (r >= 0)
        r = instant(op, days, day + 9, DAY_MINUTES / 2, &behind);
    if (r < 0)
        return r;
    if (behind - before != DAYS(10))
        return WEEK_NOT;
    walk->sum += days->week_ms;
    return 0;
}

/* From the day before (its slots may pass midnight) to the last day. */
static int walk_days(struct op *op, const struct hours *hours, struct walk *walk)
{
    struct days days = { .number = 0 };
    int64_t noon, day;
    int r = days_from(op, hours, walk->from, &days);

    if (r < 0)
        return r;
    for (day = days.number - 1; day < days.number + MAX_DAYS;) {
        r = instant(op, &days, day, DAY_MINUTES / 2, &noon);
        if (r < 0)
            return r;
        if (noon - DAYS(1) > walk->until || walk->reached)
            return 0;
        r = walk_week(op, &days, day, noon, walk);
        day += r == WEEK_NOT ? 1 : 7;
        if (r == WEEK_NOT)
            r = walk_day(op, &days, day - 1, walk);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Until when the calendar valid at `at` stays valid. */
static int valid_until(struct op *op, int64_t department_id, int64_t at, int64_t *ret)
{
    int64_t next;
    int r = db_number(op, &next, &SQL_CALENDAR_NEXT, ARG_WS, ARG_INT(department_id),
                      ARG_INT(at));

    if (r < 0)
        return r;
    *ret = r == DB_NO_ROW || next == 0 ? INT64_MAX : next;
    return 0;
}

/* Walks through all calendars of a span, each for its own time. */
static int walk_calendars(struct op *op, int64_t department_id, struct walk *walk)
{
    int64_t end = walk->until, at = walk->from;
    struct hours hours;
    int r = 0;

    while (at < end && !walk->reached) {
        r = hours_get(op, department_id, at, &hours);
        if (r < 0)
            return r;
        if (r == HOURS_NONE) { /* the first calendar came later: it counts from then on */
            r = valid_until(op, department_id, at, &at);
            if (r < 0 || at >= end)
                return r < 0 ? r : 0;
            continue;
        }
        walk->from = at;
        r = valid_until(op, department_id, at, &at);
        if (r < 0)
            return r;
        walk->until = at < end ? at : end;
        r = walk_days(op, &hours, walk);
        if (r < 0)
            return r;
    }
    return 0;
}

static int has_calendar(struct op *op, int64_t department_id, int64_t at)
{
    int64_t next;
    struct hours hours;
    int r = hours_get(op, department_id, at, &hours);

    if (r <= 0 || department_id == 0)
        return r;
    r = valid_until(op, department_id, at, &next);
    if (r < 0)
        return r;
    return next <= op->now ? 0 : HOURS_NONE;
}

int hours_between(struct op *op, int64_t department_id, int64_t from, int64_t until,
                  int64_t *ret_ms)
{
    struct walk walk = { .from = from, .until = until, .want = -1 };
    int r = has_calendar(op, department_id, from);

    if (r != 0)
        return r;
    r = walk_calendars(op, department_id, &walk);
    if (r < 0)
        return r;
    *ret_ms = walk.sum;
    return 0;
}

int hours_after(struct op *op, int64_t department_id, int64_t from, int64_t ms,
                int64_t *ret)
{
    struct walk walk = { .from = from, .until = from + DAYS(366), .want = ms };
    int r = has_calendar(op, department_id, from);

    if (r != 0)
        return r;
    r = walk_calendars(op, department_id, &walk);
    if (r < 0)
        return r;
    if (!walk.reached)
        return HOURS_NONE; /* a calendar without hours promises nothing */
    *ret = walk.at;
    return 0;
}
