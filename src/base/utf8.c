/* utf8.c - checking, counting and folding UTF-8; ICU knows the tables. */
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>

#include "base/utf8.h"

#include "base/strbuf.h"

enum { REPLACEMENT = 0xfffd };

/* The bytes at the front that are ASCII, looked at eight at a time. */
static size_t ascii_prefix(struct str s)
{
    size_t n = 0;

    for (uint64_t eight; n + sizeof(eight) <= s.n; n += sizeof(eight)) {
        memcpy(&eight, s.p + n, sizeof(eight));
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (n < s.n && (unsigned char)s.p[n] < 0x80)
        n++;
    return n;
}

static bool is_ascii(struct str s)
{
    return ascii_prefix(s) == s.n;
}

/* RFC 3629, section 4: what may follow the first byte. */
static const struct lead {
    unsigned char from, to;     /* the first byte */
    unsigned char low, high;    /* the second byte */
    unsigned char length, bits; /* of the sequence; payload mask of the first byte */
} leads[] = {
    { 0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f }, { 0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f },
    { 0xe1, 0xec, 0x80, 0xbf, 3, 0x0f }, { 0xed, 0xed, 0x80, 0x9f, 3, 0x0f },
    { 0xee, 0xef, 0x80, 0xbf, 3, 0x0f }, { 0xf0, 0xf0, 0x90, 0xbf, 4, 0x07 },
    { 0xf1, 0xf3, 0x80, 0xbf, 4, 0x07 }, { 0xf4, 0xf4, 0x80, 0x8f, 4, 0x07 },
};

static const struct lead *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < COUNT_OF(leads); i++) {
        if (byte >= leads[i].from && byte <= leads[i].to)
            return &leads[i];
    }
    return NULL;
}

/* False for an invalid sequence; then `*ret` and `*ret_n` say U+FFFD, 1. */
static bool next(struct str s, uint32_t *ret, size_t *ret_n)
{
    const unsigned char *p = (const unsigned char *)s.p;
    const struct lead *lead;
    uint32_t value;

    *ret_n = 1;
    *ret = p[0];
    if (p[0] < 0x80)
        return true;
    *ret = REPLACEMENT;
    lead = lead_of(p[0]);
    if (!lead || s.n < lead->length || p[1] < lead->low || p[1] > lead->high)
        return false;
    value = p[0] & lead->bits;
    for (size_t i = 1; i < lead->length; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf)
            return false;
        value = value << 6 | (p[i] & 0x3fU);
    }
    *ret = value;
    *ret_n = lead->length;
    return true;
}

uint32_t utf8_next(struct str s, size_t *ret_n)
{
    uint32_t value;

    next(s, &value, ret_n);
    return value;
}

size_t utf8_valid_prefix(struct str s)
{
    struct str rest = str_sub(s, ascii_prefix(s), s.n);
    uint32_t value;
    size_t n;

    while (rest.n > 0 && next(rest, &value, &n)) {
        rest = str_sub(rest, n, rest.n);
        rest = str_sub(rest, ascii_prefix(rest), rest.n);
    }
    return s.n - rest.n;
}

bool utf8_is_valid(struct str s)
{
    return utf8_valid_prefix(s) == s.n;
}

size_t utf8_count(struct str s)
{
    size_t count = 0, n;

    for (; s.n > 0; s = str_sub(s, n, s.n)) {
        utf8_next(s, &n);
        count++;
    }
    return count;
}

struct str utf8_repair(struct arena *arena, struct str s)
{
    struct strbuf b = STRBUF(arena);
    uint32_t value;
    size_t n;

    if (utf8_is_valid(s))
        return s;
    for (; s.n > 0; s = str_sub(s, n, s.n))
        strbuf_add(&b, next(s, &value, &n) ? str_sub(s, 0, n) : STR("\xef\xbf\xbd"));
    return strbuf_str(&b);
}

/* ICU counts in 32 bits; texts are far smaller, see the ceilings at the edge. */
static int32_t icu_length(struct str s)
{
    if (s.n > INT32_MAX / 8)
        abort();
    return (int32_t)s.n;
}

static void check(UErrorCode status)
{
    if (U_FAILURE(status))
        abort(); /* out of memory, or ICU's data is not installed */
}

/* The byte after `limit` graphemes, or the end; their number to `*ret_count`. */
static size_t walk(struct str s, size_t limit, size_t *ret_count)
{
    UErrorCode status = U_ZERO_ERROR;
    UText *text = utext_openUTF8(NULL, s.n ? s.p : "", icu_length(s), &status);
    UBreakIterator *breaks = ubrk_open(UBRK_CHARACTER, "", NULL, 0, &status);
    int32_t at = 0;
    size_t count = 0;

    check(status);
    ubrk_setUText(breaks, text, &status);
    check(status);
    while (count < limit) {
        int32_t to = ubrk_next(breaks);

        if (to == UBRK_DONE)
            break;
        at = to;
        count++;
    }
    ubrk_close(breaks);
    utext_close(text);
    *ret_count = count;
    return (size_t)at;
}

/* One byte is one grapheme, except CR LF. */
static bool is_simple(struct str s)
{
    return is_ascii(s) && str_find(s, STR("\r")) < 0;
}

size_t utf8_graphemes(struct str s)
{
    size_t count;

    if (is_simple(s))
        return s.n;
    walk(s, SIZE_MAX, &count);
    return count;
}

/* The same without ICU, whose iterator costs more than a whole row of a list: below the
 * combining marks each character stands alone, except CR LF. False: ask ICU. */
static bool walk_plain(struct str s, size_t limit, size_t *ret_end)
{
    struct str rest = s;
    size_t count = 0, n;

    while (rest.n > 0) {
        uint32_t c = utf8_next(rest, &n);

        if (c >= 0x300 || c == '\r')
            return false;
        if (count++ == limit) /* and nothing that belongs to the last one follows */
            break;
        rest = str_sub(rest, n, rest.n);
    }
    *ret_end = s.n - rest.n;
    return true;
}

struct str utf8_cut(struct str s, size_t n)
{
    size_t count, end;

    if (s.n <= n)
        return s;
    if (walk_plain(s, n, &end))
        return str_sub(s, 0, end);
    return str_sub(s, 0, walk(s, n, &count));
}

/* UTF-16 in an arena, as ICU likes it. */
struct wide {
    UChar *p;
    int32_t n;
};

static struct wide widen(struct arena *arena, struct str s)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t size = icu_length(s) + 1, substitutions;
    struct wide w = { arena_new(arena, UChar, (size_t)size), 0 };

    u_strFromUTF8WithSub(w.p, size, &w.n, s.n ? s.p : "", size - 1, REPLACEMENT,
                         &substitutions, &status);
    check(status);
    return w;
}

static struct wide normalize(struct arena *arena, const UNormalizer2 *form, struct wide w)
{
    UErrorCode status = U_ZERO_ERROR;
    struct wide out = { arena_new(arena, UChar, (size_t)w.n * 2 + 1), 0 };

    out.n = unorm2_normalize(form, w.p, w.n, out.p, w.n * 2 + 1, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        int32_t size = out.n + 1;

        status = U_ZERO_ERROR;
        out.p = arena_new(arena, UChar, (size_t)size);
        out.n = unorm2_normalize(form, w.p, w.n, out.p, size, &status);
    }
    check(status);
    return out;
}

/* Marks that belong to no script in particular, so not the vowels of Indian
 * scripts; the voicing marks of Japanese make other letters and stay. */
static bool is_diacritic(UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    int8_t type;

    if (c < 0x300 || c == 0x3099 || c == 0x309a)
        return false;
    type = u_charType(c);
    return (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK) &&
           uscript_getScript(c, &status) == USCRIPT_INHERITED;
}

static bool is_space(UChar32 c)
{
    return u_isUWhiteSpace(c) || u_charType(c) == U_CONTROL_CHAR;
}

/* Letters that Unicode does not take apart, although people leave the stroke
 * away when their keyboard has none. Lower case only: folding came before. */
static const struct {
    UChar32 letter;
    const char *plain;
} plain_letters[] = {
    { 0xe6, "ae" }, { 0xf8, "o" },  { 0x111, "d" },  { 0x127, "h" },
    { 0x131, "i" }, { 0x142, "l" }, { 0x153, "oe" },
};

static const char *plain(UChar32 c)
{
    for (size_t i = 0; i < COUNT_OF(plain_letters); i++) {
        if (plain_letters[i].letter == c)
            return plain_letters[i].plain;
    }
    return NULL;
}

/* The code point at `*i`, which moves behind it. */
static UChar32 take(struct wide w, int32_t *i)
{
    UChar32 c = w.p[(*i)++];

    if (U16_IS_LEAD(c) && *i < w.n && U16_IS_TRAIL(w.p[*i]))
        c = U16_GET_SUPPLEMENTARY(c, w.p[(*i)++]);
    return c;
}

/* Stripping, letter by letter: what the last letter was. */
struct strip {
    struct wide out;
    UChar32 base;
    bool umlaut; /* its diaeresis has become an e already */
};

static void strip_mark(struct strip *s, UChar32 mark)
{
    bool vowel = s->base == 'a' || s->base == 'o' || s->base == 'u';

    if (mark != 0x308 || !vowel || s->umlaut)
        return;
    s->out.p[s->out.n++] = 'e';
    s->umlaut = true;
}

static void strip_letter(struct strip *s, UChar32 c)
{
    const char *letters = plain(c);

    if (c == ' ' && s->base == ' ')
        return;
    s->base = c;
    s->umlaut = false;
    for (const char *p = letters; p && *p; p++)
        s->out.p[s->out.n++] = (UChar)*p;
    if (!letters)
        U16_APPEND_UNSAFE(s->out.p, s->out.n, c);
}

/* The decomposed text without marks, umlauts and spaces made plain. */
static struct wide strip(struct arena *arena, struct wide w)
{
    struct strip s = { .out = { arena_new(arena, UChar, (size_t)w.n * 2 + 1), 0 } };

    for (int32_t i = 0; i < w.n;) {
        UChar32 c = take(w, &i);

        if (is_diacritic(c))
            strip_mark(&s, c);
        else
            strip_letter(&s, is_space(c) ? ' ' : c);
    }
    return s.out;
}

static struct str narrow(struct arena *arena, struct wide w)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t size = w.n * 3 + 1, n, substitutions;
    char *p = arena_alloc(arena, 1, 1, (size_t)size);

    u_strToUTF8WithSub(p, size, &n, w.p, w.n, REPLACEMENT, &substitutions, &status);
    check(status);
    return (struct str){ p, (size_t)n };
}

/* What German letters fold to, by the byte that follows 0xc3; NULL: it is none. */
static const char *german(unsigned char second)
{
    switch (second | 0x20) { /* lower case: 0x84 is of A, 0xa4 of a */
    case 0xa4:
        return "ae";
    case 0xb6:
        return "oe";
    case 0xbc:
        return "ue";
    default:
        return second == 0x9f ? "ss" : NULL;
    }
}

/* Nothing but ASCII and the letters of German: most texts. */
static bool is_german(struct str s)
{
    for (size_t i = ascii_prefix(s); i < s.n; i++) {
        if ((unsigned char)s.p[i] < 0x80)
            continue;
        if ((unsigned char)s.p[i] != 0xc3 || i + 1 == s.n ||
            !german((unsigned char)s.p[++i]))
            return false;
    }
    return true;
}

/* Such a letter becomes two, and was two bytes. */
static struct str fold_german(struct arena *arena, struct str s)
{
    char *p = arena_alloc(arena, 1, 1, s.n);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if ((unsigned char)c == 0xc3) {
            memcpy(p + n, german((unsigned char)s.p[++i]), 2);
            n += 2;
            continue;
        }
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        if ((unsigned char)c <= ' ' || c == 0x7f)
            c = ' ';
        if (c != ' ' || n == 0 || p[n - 1] != ' ')
            p[n++] = c;
    }
    return (struct str){ p, n };
}

struct str utf8_fold(struct arena *arena, struct str s)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *fold, *apart, *together;
    ARENA(scratch);
    struct wide w;

    if (is_german(s))
        return fold_german(arena, s);
    fold = unorm2_getNFKCCasefoldInstance(&status);
    apart = unorm2_getNFDInstance(&status);
    together = unorm2_getNFCInstance(&status);
    check(status);
    w = normalize(&scratch, fold, widen(&scratch, s));
    w = strip(&scratch, normalize(&scratch, apart, w));
    return narrow(arena, normalize(&scratch, together, w));
}
