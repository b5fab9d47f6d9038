/* length.c - how long a text is, as a network counts it. */
#include "text/length.h"

#include "base/utf8.h"

static const char *const names[] = {
    [LENGTH_GRAPHEMES] = "graphemes",
    [LENGTH_CHARACTERS] = "characters",
    [LENGTH_UTF16] = "utf16",
    [LENGTH_BYTES] = "bytes",
};

const char *length_unit_name(enum length_unit unit)
{
    return names[unit];
}

int length_unit_parse(struct str name, enum length_unit *ret)
{
    for (size_t i = LENGTH_GRAPHEMES; i < COUNT_OF(names); i++)
        if (str_is(name, names[i])) {
            *ret = (enum length_unit)i;
            return 0;
        }
    return LENGTH_NO_UNIT;
}

static int64_t utf16_units(struct str s)
{
    int64_t count = 0;

    while (s.n) {
        size_t n;

        count += utf8_next(s, &n) > 0xffff ? 2 : 1;
        s = str_sub(s, n, s.n);
    }
    return count;
}

static int64_t units(enum length_unit unit, struct str s)
{
    switch (unit) {
    case LENGTH_GRAPHEMES:
        return (int64_t)utf8_graphemes(s);
    case LENGTH_CHARACTERS:
        return (int64_t)utf8_count(s);
    case LENGTH_UTF16:
        return utf16_units(s);
    case LENGTH_BYTES:
        break;
    }
    return (int64_t)s.n;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The address that begins at `at`, empty when none does. */
static struct str address_at(struct str text, size_t at)
{
    static const char *const schemes[] = { "https://", "http://" };
    struct str rest = str_sub(text, at, text.n);
    size_t begin = 0, end;

    if (at > 0 && is_word(text.p[at - 1]))
        return STR("");
    for (size_t i = 0; i < COUNT_OF(schemes) && !begin; i++)
        if (str_eq_ignore_case(str_sub(rest, 0, strlen(schemes[i])), str_of(schemes[i])))
            begin = strlen(schemes[i]);
    end = begin;
    while (begin && end < rest.n && (unsigned char)rest.p[end] > ' ' &&
           !strchr("<>\"", rest.p[end]))
        end++;
    while (end > begin && strchr(".,;:!?')]}", rest.p[end - 1]))
        end--;
    return end > begin ? str_sub(rest, 0, end) : STR("");
}

int64_t length_of(const struct length_rule *rule, struct str text)
{
    int64_t count = 0;
    size_t from = 0;

    for (size_t at = 0; rule->link > 0 && at < text.n;) {
        struct str address = (text.p[at] | 0x20) == 'h' ? address_at(text, at) : STR("");

        if (!address.n) {
            at++;
            continue;
        }
        count += units(rule->unit, str_sub(text, from, at - from)) + rule->link;
        at += address.n;
        from = at;
    }
    return count + units(rule->unit, str_sub(text, from, text.n));
}
