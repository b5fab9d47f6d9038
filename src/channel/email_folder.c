/* email_folder.c - what a mailbox says of its folders, and its dates. */
#include "channel/email.h"

#include "base/clock.h"

enum { MAX_FOUND = 1000 * 1000 };

/* The text of a name: quoted, literal, or as it is. */
static struct str name_at_end(struct op *op, const struct imap_answer *answer)
{
    struct str line = answer->text[0];
    size_t n = 0;
    char *out;

    if (answer->literals)
        return answer->literal[0];
    if (!str_ends(line, STR("\""))) {
        size_t at = line.n;

        while (at > 0 && line.p[at - 1] != ' ')
            at--;
        return str_sub(line, at, line.n);
    }
    out = arena_new(op->arena, char, line.n);
    for (size_t i = line.n - 1; i > 0; i--) { /* backwards, to its opening quote */
        bool escaped = i >= 2 && line.p[i - 2] == '\\';

        if (line.p[i - 1] == '"' && !escaped)
            break;
        out[line.n - ++n] = line.p[i - 1];
        if (escaped && i >= 2)
            i--;
    }
    return (struct str){ out + line.n - n, n };
}

struct sent {
    struct str special, usual;
};

static int hear_list(struct op *op, const struct imap_answer *answer, void *ctx)
{
    static const char *const names[] = {
        "Sent",     "Sent Items",        "Sent Messages",      "INBOX.Sent",
        "Gesendet", "Gesendete Objekte", "Gesendete Elemente", "INBOX.Gesendet"
    };
    struct sent *sent = ctx;
    struct str name;

    if (!str_starts(answer->text[0], STR("LIST ")))
        return 0;
    name = name_at_end(op, answer);
    if (str_find(answer->text[0], STR("\\Sent")) >= 0 && !sent->special.n)
        sent->special = name;
    for (size_t i = 0; i < COUNT_OF(names) && !sent->usual.n; i++)
        if (str_eq_ignore_case(name, str_of(names[i])))
            sent->usual = name;
    return 0;
}

int imap_find_sent(struct op *op, struct imap *imap, const struct email_account *account,
                   struct str *ret)
{
    struct sent sent = { STR(""), STR("") };
    int r;

    *ret = account->sent;
    if (ret->n)
        return 0;
    r = imap_do(op, imap, STR("LIST \"\" \"*\""), hear_list, &sent);
    if (r)
        return r;
    *ret = sent.special.n ? sent.special : sent.usual;
    return 0;
}

/* The number behind "[UIDNEXT " in an answer. */
static void read_code(struct str line, const char *word, int64_t *ret)
{
    ptrdiff_t at = str_find(line, str_of(word));
    struct str rest;

    if (at >= 0)
        (void)str_to_i64(
            str_cut(str_sub(line, (size_t)at + strlen(word), line.n), ']', &rest), ret);
}

/* A folder that is being opened, and the numbers that were asked about. */
struct opening {
    struct imap_folder found;
    int64_t first, last; /* 0, -1: none */
};

/* "300:310,405": how many of the numbers that were asked about, and no more than these.
 */
static void count_vanished(struct opening *opening, struct str set)
{
    int64_t all = opening->last - opening->first + 1, count = opening->found.vanished;

    while (set.n && count < all) {
        struct str part = str_cut(set, ',', &set), upper,
                   lower = str_cut(part, ':', &upper);
        int64_t from, to;

        if (!str_to_i64(lower, &from) || !str_to_i64(upper.n ? upper : lower, &to))
            continue;
        from = from < opening->first ? opening->first : from;
        to = to > opening->last ? opening->last : to;
        count += to >= from ? to - from + 1 : 0;
    }
    opening->found.vanished = count < all ? count : all;
}

static int hear_folder(struct op *op UNUSED, const struct imap_answer *answer, void *ctx)
{
    static const char earlier[] = "(EARLIER) ";
    struct opening *opening = ctx;
    struct imap_folder *folder = &opening->found;
    struct str rest, word = str_cut(answer->text[0], ' ', &rest);
    int64_t number;

    if (str_eq_ignore_case(rest, STR("EXISTS")) && str_to_i64(word, &number) &&
        number >= 0)
        folder->exists = number;
    if (str_eq_ignore_case(word, STR("VANISHED")) && str_starts(rest, str_of(earlier)))
        count_vanished(opening, str_sub(rest, strlen(earlier), rest.n));
    read_code(answer->text[0], "[UIDVALIDITY ", &folder->validity);
    read_code(answer->text[0], "[UIDNEXT ", &folder->next);
    read_code(answer->text[0], "[HIGHESTMODSEQ ", &folder->modseq);
    return 0;
}

/* "" where the server offers neither. */
static struct str ask_for_changes(struct op *op, const struct imap *imap,
                                  const struct imap_known *known, struct opening *opening)
{
    if (!known || !imap->has_condstore)
        return STR("");
    if (!imap->resyncs || !known->modseq || !known->uid)
        return STR(" (CONDSTORE)");
    opening->last = known->uid;
    opening->first = known->uid > IMAP_MAX_RESYNC ? known->uid - IMAP_MAX_RESYNC + 1 : 1;
    return arena_fmt(op->arena, " (QRESYNC (%lld %lld %lld:%lld))",
                     (long long)known->validity, (long long)known->modseq,
                     (long long)opening->first, (long long)opening->last);
}

int imap_examine(struct op *op, struct imap *imap, struct str folder,
                 const struct imap_known *known, struct imap_folder *ret)
{
    struct opening opening = { .first = 0, .last = -1 };
    struct str changes = ask_for_changes(op, imap, known, &opening);
    int r = imap_do(op, imap,
                    arena_fmt(op->arena, "EXAMINE " STR_FMT STR_FMT,
                              STR_ARG(imap_quote(op, folder)), STR_ARG(changes)),
                    hear_folder, &opening);

    if (opening.found.modseq < 0)
        opening.found.modseq = 0;
    if (r == 0)
        *ret = opening.found;
    return r;
}

/* A list that grows by doubling: the numbers may come in as many answers as there are. */
struct numbers {
    struct imap_numbers found;
    size_t room;
};

static void add_number(struct op *op, struct numbers *numbers, int64_t number)
{
    struct imap_numbers *found = &numbers->found;

    if (found->count == numbers->room) {
        int64_t *old = found->list;

        numbers->room = numbers->room * 2 + 64;
        found->list = arena_new(op->arena, int64_t, numbers->room);
        if (found->count)
            memcpy(found->list, old, found->count * sizeof(*old));
    }
    found->list[found->count++] = number;
}

static int hear_search(struct op *op, const struct imap_answer *answer, void *ctx)
{
    struct numbers *numbers = ctx;
    struct str rest = answer->text[0];

    if (!str_starts(rest, STR("SEARCH")))
        return 0;
    (void)str_cut(rest, ' ', &rest);
    while (rest.n && numbers->found.count < MAX_FOUND) {
        int64_t number;

        if (str_to_i64(str_cut(rest, ' ', &rest), &number) && number > 0)
            add_number(op, numbers, number);
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

int imap_search(struct op *op, struct imap *imap, struct str what,
                struct imap_numbers *ret)
{
    struct numbers numbers = { .room = 0 };
    struct imap_numbers *found = &numbers.found;
    int r = imap_do(op, imap, arena_fmt(op->arena, "UID SEARCH " STR_FMT, STR_ARG(what)),
                    hear_search, &numbers);

    if (r)
        return r;
    if (found->count)
        qsort(found->list, found->count, sizeof(*found->list), compare);
    *ret = *found;
    return 0;
}

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static int month_of(struct str name)
{
    for (int m = 0; m < 12; m++)
        if (str_eq_ignore_case(name, (struct str){ months + (size_t)m * 3, 3 }))
            return m + 1;
    return 0;
}

int64_t imap_time(struct op *op, struct str text)
{
    struct str rest = str_trim(text), day, month, year, clock;
    int64_t at, number;

    day = str_trim(str_cut(rest, '-', &rest));
    month = str_cut(rest, '-', &rest);
    year = str_cut(rest, ' ', &rest);
    clock = str_cut(rest, ' ', &rest);
    if (!str_to_i64(day, &number) || !month_of(month) || rest.n != 5)
        return 0;
    text = arena_fmt(op->arena, STR_FMT "-%02d-%02lldT" STR_FMT STR_FMT ":" STR_FMT,
                     STR_ARG(year), month_of(month), (long long)number, STR_ARG(clock),
                     STR_ARG(str_sub(rest, 0, 3)), STR_ARG(str_sub(rest, 3, 2)));
    return time_parse(text, &at) ? at : 0;
}

struct str imap_date(struct op *op, int64_t at)
{
    struct str iso = time_format(op->arena, at);
    int64_t month = 1;

    (void)str_to_i64(str_sub(iso, 5, 2), &month);
    return arena_fmt(op->arena, STR_FMT "-%.3s-" STR_FMT, STR_ARG(str_sub(iso, 8, 2)),
                     months + (size_t)(month - 1) * 3, STR_ARG(str_sub(iso, 0, 4)));
}
