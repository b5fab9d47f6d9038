/* personal.c - forms, lengths and checksums. */
#include "text/personal.h"

enum { MOST_SIGNS = 60, IBAN_MIN = 15, IBAN_MAX = 34, CARD_MIN = 13, CARD_MAX = 19 };
enum { PHONE_MIN = 7, PHONE_MIN_ABROAD = 8, PHONE_MAX = 15, PHONE_NORTH_AMERICA = 10 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80;
}

/* Digits with what people put between them, from the front of a text. */
struct digits {
    char list[MOST_SIGNS];
    size_t count, length; /* of bytes, up to the last digit */
    size_t groups, dots;
};

static size_t gap_at(struct str text, size_t at)
{
    struct str rest = str_sub(text, at, 3);

    if (rest.n && strchr(" -/.()", rest.p[0]))
        return 1;
    return str_starts(rest, STR("\xc2\xa0"))       ? 2
           : str_starts(rest, STR("\xe2\x80\x93")) ? 3
           : str_starts(rest, STR("\xe2\x80\xaf")) ? 3
                                                   : 0;
}

static struct digits read_digits(struct str text, size_t from)
{
    struct digits d = { .count = 0 };
    size_t i = from, gap = 0, n;

    while (i < text.n && d.count < MOST_SIGNS) {
        if (is_digit(text.p[i])) {
            d.groups += gap > 0 || d.count == 0;
            d.list[d.count++] = text.p[i++];
            d.length = i;
            gap = 0;
            continue;
        }
        n = gap_at(text, i);
        if (n == 0 || ++gap > 3)
            break;
        d.dots += text.p[i] == '.';
        i += n;
    }
    return d;
}

static bool luhn_fits(const struct digits *d)
{
    unsigned sum = 0;

    for (size_t i = 0; i < d->count; i++) {
        unsigned one = (unsigned)(d->list[d->count - 1 - i] - '0');

        one = i % 2 ? one * 2 : one;
        sum += one > 9 ? one - 9 : one;
    }
    return sum % 10 == 0;
}

static bool is_card(const struct digits *d)
{
    return d->count >= CARD_MIN && d->count <= CARD_MAX && d->list[0] >= '2' &&
           d->list[0] <= '6' && luhn_fits(d);
}

/* The checksum of ISO 13616: the country and its two digits move to the end, a letter
 * counts as two digits. */
static bool iban_fits(const char *signs, size_t n)
{
    size_t rest = 0;

    for (size_t k = 0; k < n; k++) {
        char c = signs[(k + 4) % n];
        size_t value = is_digit(c) ? (size_t)(c - '0') : (size_t)((c | 32) - 'a') + 10;

        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest == 1;
}

static bool iban_begins(struct str text)
{
    return text.n >= IBAN_MIN && is_letter(text.p[0]) && is_letter(text.p[1]) &&
           is_digit(text.p[2]) && is_digit(text.p[3]);
}

/* The length of an account number at the front, or 0. */
static size_t iban_at(struct str text)
{
    char signs[IBAN_MAX + 1];
    size_t n = 0, end = 0;

    if (!iban_begins(text))
        return 0;
    for (size_t i = 0; i < text.n && n <= IBAN_MAX; i++) {
        bool last = i + 1 == text.n;

        if (text.p[i] == ' ' && i >= 4 && !last && is_word(text.p[i + 1]))
            continue;
        if (!is_digit(text.p[i]) && !is_letter(text.p[i]))
            break;
        signs[n++] = text.p[i];
        /* a checksum that fits on a group's edge ends it: what follows may be a word */
        if (n >= IBAN_MIN && n <= IBAN_MAX && (last || !is_word(text.p[i + 1])) &&
            iban_fits(signs, n))
            end = i + 1;
    }
    return end;
}

static bool is_local(char c)
{
    return is_word(c) || (c && strchr(".!#$%&'*+/=?^_`{|}~-", c));
}

/* The address of mail around the "@" at `at`; false: there is none. */
static bool email_at(struct str text, size_t at, struct personal *ret)
{
    size_t from = at, to = at + 1, dot = 0;

    while (from > 0 && is_local(text.p[from - 1]))
        from--;
    while (from < at && !is_word(text.p[from]))
        from++;
    for (; to < text.n && (is_word(text.p[to]) || strchr(".-", text.p[to])); to++) {
        if (text.p[to] == '.')
            dot = to;
    }
    while (to > at + 1 && !is_word(text.p[to - 1]))
        to--;
    if (from == at || dot <= at + 1 || dot + 2 >= to) {
        for (dot = to; dot > at + 1 && text.p[dot - 1] != '.';)
            dot--;
        if (from == at || dot <= at + 2 || dot + 1 >= to)
            return false;
    }
    *ret = (struct personal){ PERSONAL_EMAIL, (uint32_t)from, (uint32_t)to };
    return true;
}

/* Numbers that are called by another name are no telephone's. */
static bool is_called_otherwise(struct str text, size_t from)
{
    static const char *const names[] = {
        "kunden",   "bestell",  "auftrag", "rechnung", "vertrag", "hler",    "order",
        "invoice",  "account",  "ticket",  "meter",    "serien",  "artikel", "sendung",
        "track",    "customer", "policy",  "booking",  "buchung", "vorgang", "konto",
        "contract", "mitglied", "serial",  "parcel",   "paket",   "mandat",  "steuer",
    };
    char word[41] = { 0 };
    size_t begin = from > 40 ? from - 40 : 0, n = 0;

    for (size_t i = begin; i < from; i++) {
        char c = text.p[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if (strchr("\n,;!?", c))
            n = 0;
        else
            word[n++] = c;
        word[n] = '\0';
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strstr(word, names[i]))
            return true;
    }
    return false;
}

static bool is_date(const struct digits *d)
{
    return d->dots >= 2 && d->groups == 3 && d->count <= 8;
}

/* `plus`: a "+" stands before; `open`: a bracket. */
static bool is_phone(const struct digits *d, bool plus, bool open)
{
    if (d->count > PHONE_MAX || is_date(d))
        return false;
    if (plus)
        return d->count >= PHONE_MIN_ABROAD;
    if (d->list[0] == '0')
        return d->count >= PHONE_MIN && d->dots < 3;
    /* (312) 555-0110, 312-555-0110 */
    return d->count == PHONE_NORTH_AMERICA && d->list[0] >= '2' &&
           (open ? d->groups >= 2 : d->groups == 3);
}

/* The number whose first digit stands at `at`. */
static size_t number_at(struct str text, size_t at, struct personal *ret)
{
    struct digits d = read_digits(text, at);
    bool open = at > 0 && text.p[at - 1] == '(';
    bool plus = at > (size_t)open && text.p[at - 1 - open] == '+';
    size_t from = at - open - plus;
    bool ends = d.length >= text.n || !is_letter(text.p[d.length]);

    ret->from = (uint32_t)from;
    ret->to = (uint32_t)d.length;
    if (ends && !plus && is_card(&d)) {
        ret->kind = PERSONAL_CARD;
        return d.length;
    }
    if (ends && is_phone(&d, plus, open) && (plus || !is_called_otherwise(text, from))) {
        ret->kind = PERSONAL_PHONE;
        return d.length;
    }
    return 0;
}

bool personal_is_pattern(struct str pattern)
{
    size_t digits = 0;

    for (size_t i = 0; i < pattern.n; i++)
        digits += pattern.p[i] == '0';
    return digits >= 2 && pattern.n >= PERSONAL_MIN_PATTERN &&
           pattern.n <= PERSONAL_MAX_PATTERN;
}

/* The length of what fits the pattern at the front, or 0. */
static size_t fits(struct str text, struct str pattern)
{
    if (pattern.n == 0 || pattern.n > PERSONAL_MAX_PATTERN || text.n < pattern.n)
        return 0;
    for (size_t i = 0; i < pattern.n; i++) {
        char want = pattern.p[i], is = text.p[i];

        if (want == '0'          ? !is_digit(is)
            : (want | 32) == 'a' ? !is_letter(is)
                                 : want != is)
            return 0;
    }
    return text.n > pattern.n && is_word(text.p[pattern.n]) ? 0 : pattern.n;
}

/* The same for the longest of several patterns. */
static size_t order_at(struct str text, struct str patterns)
{
    size_t longest = 0;

    for (int i = 0; patterns.n > 0 && i < PERSONAL_MAX_PATTERNS; i++) {
        size_t n = fits(text, str_trim(str_cut(patterns, '\n', &patterns)));

        if (n > longest)
            longest = n;
    }
    return longest;
}

/* What begins at `at`: the byte behind it, or 0. */
static size_t find_at(struct str text, size_t at, struct str orders, struct personal *ret)
{
    struct str rest = str_sub(text, at, text.n);
    bool inside = at > 0 && is_word(text.p[at - 1]);
    size_t n;

    if (text.p[at] == '@')
        return email_at(text, at, ret) ? ret->to : 0;
    *ret = (struct personal){ .from = (uint32_t)at };
    if (inside)
        return 0;
    if ((n = order_at(rest, orders)) > 0)
        ret->kind = PERSONAL_ORDER;
    else if ((n = iban_at(rest)) > 0)
        ret->kind = PERSONAL_IBAN;
    else if (is_digit(text.p[at]))
        return number_at(text, at, ret);
    ret->to = (uint32_t)(at + n);
    return n ? at + n : 0;
}

/* Where the digits end that begin at `at`: a long number is not looked at from within. */
static size_t behind_digits(struct str text, size_t at)
{
    while (at < text.n && is_digit(text.p[at]))
        at++;
    return at;
}

size_t text_personal(struct str text, struct str orders,
                     struct personal ret[PERSONAL_MAX])
{
    size_t count = 0, i = 0;

    while (i < text.n && count < PERSONAL_MAX) {
        struct personal one;
        size_t end = find_at(text, i, orders, &one);

        if (end == 0) {
            i = is_digit(text.p[i]) ? behind_digits(text, i) : i + 1;
            continue;
        }
        if (count == 0 || one.from >= ret[count - 1].to)
            ret[count++] = one;
        i = end;
    }
    return count;
}

const char *personal_kind_name(enum personal_kind kind)
{
    static const char *const names[] = { "email", "phone", "iban", "card", "order" };

    return names[kind];
}
