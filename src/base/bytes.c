/* bytes.c - hexadecimal and base64, strict in reading. */
#include "base/bytes.h"

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char hex_digits[] = "0123456789abcdef";

/* The value of a digit, or -1. */
static int value_of(const char *digits, char c)
{
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

struct str hex_encode(struct arena *arena, struct str bytes)
{
    char *p = arena_alloc(arena, 2, 1, bytes.n);

    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char byte = (unsigned char)bytes.p[i];

        p[2 * i] = hex_digits[byte >> 4];
        p[2 * i + 1] = hex_digits[byte & 15];
    }
    return (struct str){ p, bytes.n * 2 };
}

bool hex_decode(struct arena *arena, struct str text, struct str *ret)
{
    char *p;

    if (text.n % 2 != 0)
        return false;
    p = arena_alloc(arena, 1, 1, text.n / 2);
    for (size_t i = 0; i < text.n; i += 2) {
        int high = value_of(hex_digits, text.p[i]);
        int low = value_of(hex_digits, text.p[i + 1]);

        if (high < 0 || low < 0)
            return false;
        p[i / 2] = (char)(high << 4 | low);
    }
    *ret = (struct str){ p, text.n / 2 };
    return true;
}

/* Without padding; there is room for it. */
static struct str encode(struct arena *arena, const char *digits, struct str bytes)
{
    char *p = arena_alloc(arena, 4, 1, bytes.n / 3 + 1);
    unsigned bits = 0, waiting = 0;
    size_t n = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        bits = bits << 8 | (unsigned char)bytes.p[i];
        for (waiting += 8; waiting >= 6; waiting -= 6)
            p[n++] = digits[bits >> (waiting - 6) & 63];
    }
    if (waiting)
        p[n++] = digits[bits << (6 - waiting) & 63];
    return (struct str){ p, n };
}

/* Bits that are left over must be zero: each run of bytes has one spelling. */
static bool decode(struct arena *arena, const char *digits, struct str text,
                   struct str *ret)
{
    char *p = arena_alloc(arena, 3, 1, text.n / 4 + 1);
    unsigned bits = 0, waiting = 0;
    size_t n = 0;

    if (text.n % 4 == 1)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        int value = value_of(digits, text.p[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
        waiting += 6;
        if (waiting >= 8) {
            waiting -= 8;
            p[n++] = (char)(bits >> waiting & 255);
        }
    }
    if (bits & ((1U << waiting) - 1))
        return false;
    *ret = (struct str){ p, n };
    return true;
}

struct str base64_encode(struct arena *arena, struct str bytes)
{
    struct str s = encode(arena, base64_digits, bytes);
    char *p = (char *)s.p;

    while (s.n % 4 != 0)
        p[s.n++] = '=';
    return s;
}

struct str base64url_encode(struct arena *arena, struct str bytes)
{
    return encode(arena, base64url_digits, bytes);
}

bool base64_decode(struct arena *arena, struct str text, struct str *ret)
{
    if (text.n % 4 != 0)
        return false;
    if (str_ends(text, STR("==")))
        text.n -= 2;
    else if (str_ends(text, STR("=")))
        text.n -= 1;
    return decode(arena, base64_digits, text, ret);
}

bool base64url_decode(struct arena *arena, struct str text, struct str *ret)
{
    return decode(arena, base64url_digits, text, ret);
}
