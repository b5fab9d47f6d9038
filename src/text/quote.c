/* quote.c - what somebody wrote themselves in a mail, apart from what they quote. */
#include "text/quote.h"

enum {
    MAX_INTRODUCTION = 300, /* bytes of "On … wrote:" over its lines */
    MAX_HEADINGS = 8,       /* lines within which "From:" is followed by "Subject:" */
    MAX_SIGNATURE = 12,     /* lines behind "-- " */
};

/* The line that begins at `at`, and where the next one does. */
static struct str line_at(struct str text, size_t at, size_t *ret_next)
{
    struct str rest = str_sub(text, at, text.n), behind;
    struct str line = str_cut(rest, '\n', &behind);

    *ret_next = at + line.n + (line.n < rest.n);
    if (str_ends(line, STR("\r")))
        line.n--;
    return line;
}

static bool is_quoted(struct str line)
{
    return str_starts(str_trim(line), STR(">"));
}

static bool has_any(struct str line, const char *const *words)
{
    for (; *words; words++)
        if (str_find(line, str_of(*words)) >= 0)
            return true;
    return false;
}

static bool ends_any(struct str line, const char *const *words)
{
    for (; *words; words++)
        if (str_ends(line, str_of(*words)))
            return true;
    return false;
}

static bool starts_any(struct str line, const char *const *words)
{
    for (; *words; words++)
        if (str_starts(line, str_of(*words)))
            return true;
    return false;
}

static bool has_digit(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] >= '0' && line.p[i] <= '9')
            return true;
    return false;
}

/* "Am 3. Mai 2026 um 10:00 schrieb Eva <eva@…>:", "On …, Eva wrote:", also when the
 * program broke the line. */
static bool introduces(struct str text, size_t at)
{
    static const char *const begins[] = { "Am ", "On ", "Den ", "Le ", NULL };
    static const char *const verbs[] = { " schrieb", " wrote",   "\nschrieb",
                                         "\nwrote",  " a écrit", NULL };
    static const char *const whole[] = { " schrieb:", " wrote:", " writes:", NULL };
    struct str line, all;
    size_t next, end = at;

    line = str_trim(line_at(text, at, &next));
    if (has_digit(line) && ends_any(line, whole))
        return true; /* "2026-05-03 10:00 GMT+02:00 Eva <eva@…> wrote:" */
    if (!starts_any(line, begins))
        return false;
    for (int lines = 0; lines < 4 && end < text.n; lines++) {
        line = str_trim(line_at(text, end, &end));
        if (!line.n)
            return false;
        if (!str_ends(line, STR(":")))
            continue;
        all = str_sub(text, at, end - at);
        return all.n <= MAX_INTRODUCTION && has_digit(all) && has_any(all, verbs);
    }
    return false;
}

/* "Von: … / Gesendet: … / Betreff: …" as Outlook puts it above the mail that it answers.
 */
static bool is_heading_block(struct str text, size_t at)
{
    static const char *const first[] = { "Von: ",  "From: ",  "*Von:* ", "*From:* ",
                                         "*Von: ", "*From: ", NULL };
    static const char *const sent[] = { "Gesendet:", "Sent:", "Datum:", "Date:", NULL };
    static const char *const about[] = { "Betreff:", "Subject:", NULL };
    bool has_sent = false;
    size_t next;

    if (!starts_any(str_trim(line_at(text, at, &next)), first))
        return false;
    for (int lines = 0; lines < MAX_HEADINGS && next < text.n; lines++) {
        struct str line = line_at(text, next, &next);

        has_sent = has_sent || has_any(line, sent);
        if (has_any(line, about))
            return has_sent;
    }
    return false;
}

static bool is_divider(struct str line)
{
    static const char *const words[] = { "Ursprüngliche Nachricht",   "Original Message",
                                         "Original-Nachricht",        "Originalnachricht",
                                         "Weitergeleitete Nachricht", "Forwarded message",
                                         "Forwarded Message",         NULL };

    line = str_trim(line);
    return str_starts(line, STR("--")) && str_ends(line, STR("--")) &&
           has_any(line, words);
}

static bool is_ruler(struct str line)
{
    size_t n = 0;

    line = str_trim(line);
    while (n < line.n && line.p[n] == '_')
        n++;
    return n >= 20 && n == line.n;
}

/* Does what is quoted begin with this line? */
static bool begins_quote(struct str text, size_t at)
{
    size_t next;
    struct str line = line_at(text, at, &next);

    if (is_quoted(line) || is_divider(line) || introduces(text, at) ||
        is_heading_block(text, at))
        return true;
    return is_ruler(line) && next < text.n && is_heading_block(text, next);
}

/* Is something of their own behind the first quoted line? Then they answered between the
 * lines. What Outlook quotes has no marks, and goes to the end. */
static bool is_answered_between(struct str text, size_t at)
{
    size_t next = at;
    struct str line = line_at(text, at, &next);
    bool marks = is_quoted(line);

    if (is_divider(line) || is_heading_block(text, at) || is_ruler(line))
        return false;
    for (; next < text.n;) {
        line = str_trim(line_at(text, next, &next));
        if (is_quoted(line)) {
            marks = true;
            continue;
        }
        if (str_is(line, "--"))
            return false;
        if (line.n && marks)
            return true;
    }
    return false;
}

/* "-- " alone on a line, and little behind it. */
static size_t signature_at(struct str text)
{
    size_t next, found = text.n;

    for (size_t at = 0; at < text.n; at = next) {
        struct str line = line_at(text, at, &next);

        if (str_is(line, "-- ") || str_is(line, "--"))
            found = at;
    }
    next = found;
    for (int lines = 0; next < text.n; lines++) {
        if (lines > MAX_SIGNATURE)
            return text.n;
        (void)line_at(text, next, &next);
    }
    return found;
}

/* Programs put what "Sent from my phone" says where a signature stands. */
static size_t device_at(struct str text)
{
    static const char *const words[] = { "Von meinem ",
                                         "Sent from my ",
                                         "Gesendet von ",
                                         "Von meiner ",
                                         "Diese Nachricht wurde von meinem ",
                                         "Get Outlook for ",
                                         "Outlook für ",
                                         "Gesendet mit der ",
                                         NULL };
    struct str trimmed = str_trim(text);
    size_t end = trimmed.n ? (size_t)(trimmed.p - text.p) + trimmed.n : 0, at = end, next;

    while (at > 0 && text.p[at - 1] != '\n')
        at--;
    if (end && starts_any(str_trim(line_at(text, at, &next)), words) && end - at < 120)
        return at;
    return text.n;
}

struct text_parts text_parts(struct str text)
{
    struct text_parts parts = { text, { text.p + text.n, 0 }, { text.p + text.n, 0 } };
    size_t next, quote = text.n, sign;

    for (size_t at = 0; at < text.n; at = next) {
        (void)line_at(text, at, &next);
        if (!begins_quote(text, at))
            continue;
        if (!is_answered_between(text, at))
            quote = at;
        break;
    }
    parts.own = str_sub(text, 0, quote);
    parts.quoted = str_sub(text, quote, text.n);
    if (!str_trim(parts.own).n) /* a mail that was only passed on is all there is */
        return (struct text_parts){ text, parts.signature, { text.p + text.n, 0 } };
    sign = signature_at(parts.own);
    if (sign == parts.own.n)
        sign = device_at(parts.own);
    parts.signature = str_trim(str_sub(parts.own, sign, parts.own.n));
    parts.own = str_sub(parts.own, 0, sign);
    parts.own = str_trim(parts.own);
    parts.quoted = str_trim(parts.quoted);
    return parts;
}
