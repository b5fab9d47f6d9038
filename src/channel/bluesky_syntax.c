/* bluesky_syntax.c - the names of the AT Protocol: DIDs, handles, NSIDs, record keys,
 * at-URIs, TIDs. Held to the protocol's own lists of right and wrong ones. */
#include "base/random.h"
#include "channel/bluesky.h"

enum {
    MAX_DID = 2048,
    MAX_HANDLE = 253,
    MAX_NSID = 317,
    MAX_LABEL = 63,
    MAX_KEY = 512,
    MAX_URI = 8192,
    MIN_NSID_PARTS = 3,
};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_plain(char c)
{
    return is_letter(c) || is_digit(c);
}

static bool all(struct str text, const char *more)
{
    for (size_t i = 0; i < text.n; i++)
        if (!text.p[i] || (!is_plain(text.p[i]) && !strchr(more, text.p[i])))
            return false;
    return true;
}

static bool is_label(struct str label)
{
    return label.n && label.n <= MAX_LABEL && all(label, "-") && is_plain(label.p[0]) &&
           is_plain(label.p[label.n - 1]);
}

bool bluesky_is_did(struct str text)
{
    struct str rest, method;

    if (text.n > MAX_DID || !str_starts(text, STR("did:")))
        return false;
    method = str_cut(str_sub(text, 4, text.n), ':', &rest);
    for (size_t i = 0; i < method.n; i++)
        if (!is_lower(method.p[i]))
            return false;
    return method.n && rest.n && all(rest, "._:%-") && !strchr(":%", rest.p[rest.n - 1]);
}

/* Labels between points; gives how many, 0: something is none. */
static size_t labels(struct str text, struct str *ret_first, struct str *ret_last)
{
    struct str rest = text;
    size_t count = 0;

    if (str_ends(text, STR(".")))
        return 0;
    while (rest.n) {
        struct str label = str_cut(rest, '.', &rest);

        if (!is_label(label))
            return 0;
        if (!count++)
            *ret_first = label;
        *ret_last = label;
    }
    return count;
}

bool bluesky_is_handle(struct str text)
{
    struct str first, last;

    return text.n <= MAX_HANDLE && labels(text, &first, &last) > 1 &&
           is_letter(last.p[0]);
}

bool bluesky_is_nsid(struct str text)
{
    struct str first, last;

    return text.n <= MAX_NSID && labels(text, &first, &last) >= MIN_NSID_PARTS &&
           is_letter(first.p[0]) && is_letter(last.p[0]) && all(last, "");
}

bool bluesky_is_record_key(struct str text)
{
    return text.n && text.n <= MAX_KEY && all(text, "_~.:-") && !str_is(text, ".") &&
           !str_is(text, "..");
}

static const char digits[] = "234567abcdefghijklmnopqrstuvwxyz";

enum { DIGIT_BITS = 5, DIGIT_MASK = 31, FIRST_DIGITS = 16 };

bool bluesky_is_tid(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!text.p[i] || !strchr(digits, text.p[i]))
            return false;
    return text.n == BLUESKY_TID && strchr(digits, text.p[0]) < digits + FIRST_DIGITS;
}

bool bluesky_uri_read(struct str text, struct bluesky_uri *ret)
{
    struct bluesky_uri uri = { .key = STR("") };
    struct str rest, path;

    if (text.n > MAX_URI || !str_starts(text, STR("at://")) || str_ends(text, STR("/")))
        return false;
    uri.repo = str_cut(str_sub(text, 5, text.n), '/', &rest);
    if (!bluesky_is_did(uri.repo) && !bluesky_is_handle(uri.repo))
        return false;
    path = rest;
    uri.collection = str_cut(path, '/', &uri.key);
    if (path.n && !bluesky_is_nsid(uri.collection))
        return false;
    if (uri.collection.n < path.n && !bluesky_is_record_key(uri.key))
        return false;
    *ret = uri;
    return true;
}

struct str bluesky_id(struct str uri)
{
    struct bluesky_uri parts;

    if (uri.n > ITEM_MAX_ID || !bluesky_uri_read(uri, &parts) || !parts.key.n ||
        !bluesky_is_did(parts.repo))
        return STR("");
    return uri;
}

/* 53 bits of microseconds and 10 that tell apart who made it; both our clock's
 * milliseconds and chance are in it. */
struct str bluesky_tid(struct op *op, int64_t at)
{
    enum { CLOCK_BITS = 10, US = 1000 };
    uint64_t chance = random_u64(op);
    uint64_t n = (uint64_t)at * US + chance % US;
    char *text = arena_new(op->arena, char, BLUESKY_TID);

    n = (n << CLOCK_BITS) | ((chance / US) & ((1 << CLOCK_BITS) - 1));
    for (size_t i = BLUESKY_TID; i-- > 0; n >>= DIGIT_BITS)
        text[i] = digits[n & DIGIT_MASK];
    return (struct str){ text, BLUESKY_TID };
}
