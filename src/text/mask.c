/* mask.c - what must not stand on a public page, taken out of a text. */
#include "text/mask.h"

#include "base/strbuf.h"

enum { MIN_IBAN = 15, LONGEST_RUN = 200 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters of other scripts too: bytes beyond ASCII belong to a word. */
static bool is_word(char c)
{
    return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80;
}

static bool is_local(char c)
{
    return is_word(c) || (c && strchr(".!#$%&'*+/=?^_`{|}~-", c));
}

static bool is_domain(char c)
{
    return is_word(c) || c == '.' || c == '-';
}

/* The length of the address whose "@" stands at `at`, and where it begins; 0: none.
 * Never begins before `from`, which is written already. */
static size_t email_at(struct str text, size_t from, size_t at, size_t *ret_begin)
{
    size_t begin = at, end = at + 1, dot = 0;

    while (begin > from && is_local(text.p[begin - 1]))
        begin--;
    while (end < text.n && is_domain(text.p[end])) {
        if (text.p[end] == '.' && end + 1 < text.n && is_word(text.p[end + 1]))
            dot = end;
        end++;
    }
    while (end > at + 1 && !is_word(text.p[end - 1]))
        end--;
    if (begin == at || !dot)
        return 0;
    *ret_begin = begin;
    return end - begin;
}

/* The length of the sign between digits at the front; 0: it is none. Editors and networks
 * put blanks that do not break, and dashes of all lengths. */
static size_t between(struct str text)
{
    unsigned char c = text.n ? (unsigned char)text.p[0] : 0;

    if (c && c < 0x80)
        return strchr(" -/.()+", (char)c) ? 1 : 0;
    if (str_starts(text, STR("\xc2\xa0")) || str_starts(text, STR("\xc2\xad")))
        return 2; /* no-break space, soft hyphen */
    if (!str_starts(text, STR("\xe2\x80")) || text.n < 3)
        return 0;
    c = (unsigned char)text.p[2];
    return c <= 0x95 || c == 0xaf ? 3 : 0; /* U+2000 to U+2015, U+202F */
}

/* Digits and what people put between them, at the front: ends with a digit. Of what
 * stands between, at most three signs follow each other. */
static size_t run_of_digits(struct str text, size_t *ret_digits)
{
    size_t end = 0, digits = 0, gap = 0, n;

    for (size_t i = 0; i < text.n && i < LONGEST_RUN; i += n) {
        n = is_digit(text.p[i]) ? 1 : between(str_sub(text, i, text.n));
        if (is_digit(text.p[i])) {
            digits++;
            gap = 0;
            end = i + 1;
        } else if (n == 0 || ++gap > 3) {
            break;
        }
    }
    *ret_digits = digits;
    return end;
}

/* Where the digits end of which those up to `end` are hidden: what was too long to be
 * looked at in one is hidden to its last digit. */
static size_t whole_run(struct str text, size_t end)
{
    size_t digits, n;

    while ((n = run_of_digits(str_sub(text, end, text.n), &digits)) > 0)
        end += n;
    return end;
}

/* "DE02 1203 0000 0000 2020 51" at the front; the length, or 0. */
static size_t iban(struct str text)
{
    size_t signs = 4, end = 4, digits = 0;

    if (text.n < 4 || !is_letter(text.p[0]) || !is_letter(text.p[1]) ||
        !is_digit(text.p[2]) || !is_digit(text.p[3]))
        return 0;
    for (size_t i = 4; i < text.n && signs < MASK_MAX_IBAN; i++) {
        if (text.p[i] == ' ' && i + 1 < text.n && is_digit(text.p[i + 1]))
            continue;
        if (!is_digit(text.p[i]) && !is_letter(text.p[i]))
            break;
        digits += is_digit(text.p[i]);
        signs++;
        end = i + 1;
    }
    if (signs < MIN_IBAN || digits < 8)
        return 0;
    return signs < MASK_MAX_IBAN ? end : whole_run(text, end);
}

/* Does `text` look like `shape`, where 0 stands for any digit? */
static bool fits(struct str text, const char *shape)
{
    struct str s = str_of(shape);

    if (text.n != s.n)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '0' ? !is_digit(text.p[i]) : text.p[i] != s.p[i])
            return false;
    return true;
}

static bool is_year(struct str text)
{
    return text.n == 4 && (str_starts(text, STR("19")) || str_starts(text, STR("20")));
}

/* "2024-2026": nine digits in a row are a telephone's. */
static bool is_years(struct str text)
{
    struct str from = str_sub(text, 0, 4), until = str_sub(text, 5, 4);

    return text.n == 9 && !is_digit(text.p[4]) && fits(from, "0000") &&
           fits(until, "0000") && is_year(from) && is_year(until);
}

/* 1.000.000: groups of three after the first. */
static bool is_grouped(struct str text)
{
    struct str rest, group = str_cut(text, '.', &rest);
    bool some = rest.n > 0;

    if (group.n == 0 || group.n > 3 || group.p[0] == '0')
        return false;
    while (rest.n) {
        group = str_cut(rest, '.', &rest);
        if (group.n != 3)
            return false;
        for (size_t i = 0; i < 3; i++)
            if (!is_digit(group.p[i]))
                return false;
    }
    return some;
}

/* Dates and figures, which tell nothing about anybody. */
static bool is_harmless(struct str text)
{
    static const char *const dates[] = {
        "00.00.0000", "0.00.0000",  "00.0.0000",  "0.0.0000",
        "0000-00-00", "00/00/0000", "00-00-0000",
    };

    for (size_t i = 0; i < COUNT_OF(dates); i++)
        if (fits(text, dates[i]))
            return true;
    return is_years(text) || is_grouped(text);
}

/* A number at the front that might be somebody's; the length, or 0. What is harmless
 * is passed over as a whole: `*ret_skip` is its length. */
static size_t number(struct str text, size_t *ret_skip)
{
    size_t digits, n;
    struct str run;

    *ret_skip = 1;
    if (!is_digit(text.p[0]) && text.p[0] != '+' && text.p[0] != '(')
        return 0;
    n = run_of_digits(text, &digits);
    if (n == 0)
        return 0;
    run = str_sub(text, 0, n);
    if (digits >= MASK_MIN_DIGITS && !is_harmless(run))
        return whole_run(text, n);
    /* "am 02.11.2026 0800 123456": the date alone is harmless. */
    if (is_digit(text.p[0])) {
        struct str first = run;

        for (size_t i = 0; i < run.n; i++)
            if (run.p[i] == ' ') {
                first = str_sub(run, 0, i);
                break;
            }
        *ret_skip = first.n;
    }
    return 0;
}

/* The same, where a harmless date or figure stands before a blank. */
static size_t number_after_date(struct str text, size_t *ret_skip)
{
    struct str rest, first = str_cut(text, ' ', &rest);

    if (rest.n && is_digit(text.p[0]) && is_harmless(first)) {
        *ret_skip = first.n;
        return 0;
    }
    return number(text, ret_skip);
}

struct str mask_private(struct arena *arena, struct str text,
                        const struct mask_words *words)
{
    struct strbuf out = STRBUF(arena);
    size_t written = 0, i = 0;

    while (i < text.n) {
        bool at_word = i == 0 || !is_word(text.p[i - 1]);
        struct str rest = str_sub(text, i, text.n), word = words->number;
        size_t begin = i, skip = 1, n = 0;

        if (text.p[i] == '@') {
            n = email_at(text, written, i, &begin);
            word = words->email;
        } else if (at_word && (n = iban(rest)) > 0) {
            word = words->account;
        } else if (i == 0 || !is_digit(text.p[i - 1])) {
            n = number_after_date(rest, &skip);
        }
        if (n == 0) {
            i += skip;
            continue;
        }
        strbuf_add(&out, str_sub(text, written, begin - written));
        strbuf_add(&out, word);
        i = written = begin + n;
    }
    if (written == 0)
        return text;
    strbuf_add(&out, str_sub(text, written, text.n));
    return strbuf_str(&out);
}
