/* clock.c - reading the machine's clocks, and RFC 3339. */
#include "base/clock.h"

static const int64_t latest = INT64_C(253402300799999); /* 9999-12-31T23:59:59.999Z */

#ifdef DRAHT_TEST_HOOKS
static struct clock *simulated;

void clock_simulate(struct clock *clock)
{
    simulated = clock;
}
#endif

static int64_t read_ms(clockid_t which)
{
    struct timespec now;

#ifdef DRAHT_TEST_HOOKS
    if (simulated)
        return atomic_load(&simulated->frozen_at);
#endif
    if (clock_gettime(which, &now) < 0)
        abort();
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_machine(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_now(struct clock *clock)
{
    int64_t frozen = atomic_load(&clock->frozen_at);

    return frozen ? frozen : clock_machine();
}

bool clock_is_virtual(const struct clock *clock)
{
    return atomic_load(&clock->frozen_at) != 0;
}

void clock_set(struct clock *clock, int64_t now)
{
    int64_t old = atomic_load(&clock->frozen_at);

    while (now > old) {
        if (atomic_compare_exchange_weak(&clock->frozen_at, &old, now))
            return;
    }
}

static void put_digits(char *to, size_t n, int value)
{
    for (; n > 0; value /= 10)
        to[--n] = (char)('0' + value % 10);
}

struct str time_format(struct arena *arena, int64_t at)
{
    struct str text = arena_dup(arena, STR("0000-00-00T00:00:00.000Z"));
    char *p = (char *)text.p;
    struct tm tm;
    time_t seconds;

    at = at < 0 ? 0 : at > latest ? latest : at;
    seconds = (time_t)(at / 1000);
    gmtime_r(&seconds, &tm);
    put_digits(p, 4, tm.tm_year + 1900);
    put_digits(p + 5, 2, tm.tm_mon + 1);
    put_digits(p + 8, 2, tm.tm_mday);
    put_digits(p + 11, 2, tm.tm_hour);
    put_digits(p + 14, 2, tm.tm_min);
    put_digits(p + 17, 2, tm.tm_sec);
    put_digits(p + 20, 3, (int)(at % 1000));
    return text;
}

/* Exactly `n` digits from the front of `*s`; false when they are not there. */
static bool digits(struct str *s, size_t n, int *ret)
{
    uint64_t value;

    if (s->n < n || !str_to_u64(str_sub(*s, 0, n), &value))
        return false;
    *s = str_sub(*s, n, s->n);
    *ret = (int)value;
    return true;
}

static bool sign(struct str *s, char one, char other)
{
    if (s->n == 0 || (s->p[0] != one && s->p[0] != other))
        return false;
    *s = str_sub(*s, 1, s->n);
    return true;
}

static bool date(struct str *s, struct tm *tm)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year, month, day, last;

    if (!digits(s, 4, &year) || !sign(s, '-', '-') || !digits(s, 2, &month) ||
        !sign(s, '-', '-') || !digits(s, 2, &day))
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1)
        return false;
    last = days[month - 1];
    if (month == 2 && (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)))
        last++;
    if (day > last)
        return false;
    tm->tm_year = year - 1900;
    tm->tm_mon = month - 1;
    tm->tm_mday = day;
    return true;
}

static bool time_of_day(struct str *s, struct tm *tm)
{
    return digits(s, 2, &tm->tm_hour) && sign(s, ':', ':') && digits(s, 2, &tm->tm_min) &&
           sign(s, ':', ':') && digits(s, 2, &tm->tm_sec) && tm->tm_hour <= 23 &&
           tm->tm_min <= 59 && tm->tm_sec <= 60;
}

/* An optional fraction of any length; what is finer than milliseconds is cut. */
static bool fraction(struct str *s, int *ret)
{
    int ms = 0, digit, weight = 100;

    *ret = 0;
    if (!sign(s, '.', '.'))
        return true;
    if (!digits(s, 1, &digit))
        return false;
    do {
        ms += digit * weight;
        weight /= 10;
    } while (digits(s, 1, &digit));
    *ret = ms;
    return true;
}

static bool offset(struct str s, int *ret_minutes)
{
    int hours, minutes;
    bool west = s.n > 0 && s.p[0] == '-';

    *ret_minutes = 0;
    if (s.n == 1)
        return sign(&s, 'Z', 'z');
    if (!sign(&s, '+', '-') || !digits(&s, 2, &hours) || !sign(&s, ':', ':') ||
        !digits(&s, 2, &minutes) || s.n != 0 || hours > 23 || minutes > 59)
        return false;
    *ret_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

bool time_parse(struct str s, int64_t *ret)
{
    struct tm tm = { 0 };
    int ms, minutes;
    int64_t seconds;
    bool leap;

    if (!date(&s, &tm) || !sign(&s, 'T', 't') || !time_of_day(&s, &tm) ||
        !fraction(&s, &ms) || !offset(s, &minutes))
        return false;
    leap = tm.tm_sec == 60; /* timegm() makes it the next minute */
    seconds = (int64_t)timegm(&tm) - (int64_t)minutes * 60;
    if (leap && seconds % 86400 != 0) /* there is one at the end of a day only */
        return false;
    if (seconds < 0 || seconds * 1000 + ms > latest)
        return false;
    *ret = seconds * 1000 + ms;
    return true;
}
