/* http_date.c - the date formats of HTTP (RFC 9110 5.6.7). */
#include "net/http.h"

static const char *const weekdays[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

struct day {
    int64_t year, month, day; /* month 1..12 */
};

/* Days since 1970-01-01 of a date of the Gregorian calendar and back. The year is
 * taken to begin in March, so that the leap day is its last. */
static int64_t days_of(const struct day *date)
{
    int64_t year = date->month <= 2 ? date->year - 1 : date->year;
    int64_t month = date->month <= 2 ? date->month + 9 : date->month - 3;
    int64_t in_year = (153 * month + 2) / 5 + date->day - 1;

    return year * 365 + year / 4 - year / 100 + year / 400 + in_year - 719468;
}

static struct day day_of(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = z / 146097, in_era = z % 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) /
                   365; /* of the era */
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153; /* 0 is March */
    struct day ret = { .day = in_year - (153 * month + 2) / 5 + 1 };

    ret.month = month < 10 ? month + 3 : month - 9;
    ret.year = era * 400 + year + (ret.month <= 2);
    return ret;
}

struct str http_date(struct arena *arena, int64_t at)
{
    int64_t seconds = at / 1000, days = seconds / 86400, rest = seconds % 86400;
    struct day date = day_of(days);

    return arena_fmt(arena, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                     weekdays[(days + 3) % 7], (int)date.day, months[date.month - 1],
                     (int)date.year, (int)(rest / 3600), (int)(rest / 60 % 60),
                     (int)(rest % 60));
}

enum { MAX_WORDS = 8 };

/* Cut at blanks, commas, hyphens and colons. */
static size_t words_of(struct str text, struct str words[MAX_WORDS])
{
    size_t count = 0, i = 0, start;

    while (i < text.n) {
        if (memchr(" ,-:", text.p[i], 4)) {
            i++;
            continue;
        }
        if (count == MAX_WORDS)
            return 0;
        start = i;
        while (i < text.n && !memchr(" ,-:", text.p[i], 4))
            i++;
        words[count++] = str_sub(text, start, i - start);
    }
    return count;
}

static bool number(struct str word, int64_t max, int64_t *ret)
{
    uint64_t value;

    if (!str_to_u64(word, &value) || value > (uint64_t)max)
        return false;
    *ret = (int64_t)value;
    return true;
}

static int64_t month_of(struct str word)
{
    for (size_t i = 0; i < COUNT_OF(months); i++) {
        if (str_is(word, months[i]))
            return (int64_t)i + 1;
    }
    return 0;
}

bool http_date_parse(struct str text, int64_t *ret)
{
    struct str words[MAX_WORDS];
    size_t count = words_of(text, words);
    bool asctime_form = count == 7; /* Sun Nov  6 08:49:37 1994 */
    size_t time_at = asctime_form ? 3 : 4;
    struct day date;
    int64_t hour, minute, second;

    if (!asctime_form && (count != 8 || !str_is(words[7], "GMT")))
        return false;
    date.month = month_of(words[asctime_form ? 1 : 2]);
    if (date.month == 0 || !number(words[asctime_form ? 2 : 1], 31, &date.day) ||
        !number(words[asctime_form ? 6 : 3], 9999, &date.year) ||
        !number(words[time_at], 23, &hour) || !number(words[time_at + 1], 59, &minute) ||
        !number(words[time_at + 2], 60, &second) || date.day == 0)
        return false;
    if (date.year < 100) /* Sunday, 06-Nov-94 08:49:37 GMT */
        date.year += date.year < 70 ? 2000 : 1900;
    if (date.year < 1970)
        return false;
    *ret = (days_of(&date) * 86400 + hour * 3600 + minute * 60 + second) * 1000;
    return true;
}
