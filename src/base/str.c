/* str.c - comparing, cutting and reading views of bytes. */
#include "base/str.h"

struct str str_of(const char *c_string)
{
    return (struct str){ c_string, c_string ? strlen(c_string) : 0 };
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *c_string)
{
    return str_eq(a, str_of(c_string));
}

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c;
}

bool str_eq_ignore_case(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int r = n ? memcmp(a.p, b.p, n) : 0;

    if (r != 0)
        return r;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq((struct str){ s.p, prefix.n }, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

ptrdiff_t str_find(struct str s, struct str needle)
{
    const char *found;

    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return -1;
    found = memmem(s.p, s.n, needle.p, needle.n);
    return found ? found - s.p : -1;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
    if (from >= s.n)
        return (struct str){ s.p ? s.p + s.n : NULL, 0 };
    if (n > s.n - from)
        n = s.n - from;
    return (struct str){ s.p + from, n };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str str_cut(struct str s, char sep, struct str *ret_rest)
{
    const char *at = s.n ? memchr(s.p, sep, s.n) : NULL;
    size_t n = at ? (size_t)(at - s.p) : s.n;

    *ret_rest = at ? str_sub(s, n + 1, s.n) : (struct str){ NULL, 0 };
    return (struct str){ s.p, n };
}

bool str_to_u64(struct str s, uint64_t *ret)
{
    uint64_t value = 0;

    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
            return false;
    }
    *ret = value;
    return true;
}

bool str_to_i64(struct str s, int64_t *ret)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    uint64_t value;

    if (!str_to_u64(minus ? str_sub(s, 1, s.n) : s, &value))
        return false;
    if (value > (uint64_t)INT64_MAX + (minus ? 1 : 0))
        return false;
    *ret = minus ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

bool str_eq_secret(struct str a, struct str b)
{
    unsigned char different = 0;

    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        different |= (unsigned char)(a.p[i] ^ b.p[i]);
    return different == 0;
}
