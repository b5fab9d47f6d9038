/* finding_lists.c - findings by lists of words: topics, thanks, opt-outs, names. */
#include "text/finding_parts.h"

#include "text/scan.h"

/* The text as whole words, for lists. */
struct listed {
    struct finding_parts *parts;
    struct text_prepared words;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Without the ASCII signs around it. */
static struct finding_span trimmed(struct str text, size_t from, size_t to)
{
    static const char signs[] = ".,;:!?\"'()[]<>*_-";

    while (from < to && strchr(signs, text.p[from]))
        from++;
    while (from < to && strchr(signs, text.p[to - 1]))
        to--;
    return (struct finding_span){ (uint32_t)from, (uint32_t)to };
}

/* The part of the text, between blanks, that gave the words first to last - 1. */
static struct finding_span place_of(struct str text, size_t first, size_t last)
{
    ARENA(scratch);
    size_t seen = 0, from = 0, begin = text.n, end = text.n;

    while (from < text.n && seen < last) {
        size_t to = from, count;

        while (to < text.n && !is_blank(text.p[to]))
            to++;
        text_scan(&scratch, str_sub(text, from, to - from), &count);
        if (seen + count > first && begin == text.n)
            begin = from;
        seen += count;
        end = to;
        from = to + 1;
    }
    return begin < end ? trimmed(text, begin, end) : (struct finding_span){ 0, 0 };
}

static size_t words_in(struct str words)
{
    size_t n = 0;

    for (size_t i = 0; i < words.n; i++)
        n += words.p[i] == ' ';
    return n;
}

/* Which spelling matched is not known here: what is marked is its first word, with all
 * that stands joined to that one. */
static void mark(const struct listed *l, struct finding *one, ptrdiff_t at)
{
    size_t first;
    struct finding_span span;

    if (!one || at < 0)
        return;
    first = words_in(str_sub(l->words.words, 0, (size_t)at + 1)) - 1;
    span = place_of(l->parts->text, first, first + 1);
    if (span.from < span.to)
        one->spans[one->span_count++] = span;
}

static void find_row(const struct listed *l, const struct text_list *row,
                     enum finding_kind kind)
{
    ptrdiff_t at = row->words.n ? text_list_find(&l->words, row->words) : -1;

    if (at >= 0)
        mark(l, finding_add(l->parts, kind, FINDING_BY_LIST, row->value), at);
}

/* The lists that the workspace has made, which stand above what was learned. */
static void find_own_rows(const struct listed *l, const struct text_lists *lists)
{
    for (size_t i = 0; i < lists->count; i++) {
        if (str_is(lists->rows[i].kind, TEXT_TOPIC))
            find_row(l, &lists->rows[i], FINDING_TOPIC);
        else if (str_is(lists->rows[i].kind, TEXT_INTENT))
            find_row(l, &lists->rows[i], FINDING_INTENT);
        else if (str_is(lists->rows[i].kind, TEXT_COMPETITOR))
            find_row(l, &lists->rows[i], FINDING_COMPETITOR);
    }
}

void finding_by_lists(struct finding_parts *parts)
{
    static const struct text_lists none = { NULL, 0 };
    const struct text_lists *lists =
        parts->setting->lists ? parts->setting->lists : &none;
    struct listed l = { .parts = parts,
                        .words = text_prepare(parts->arena, parts->text) };

    find_own_rows(&l, lists);
    if (text_is_thanks(&l.words, lists))
        finding_add(parts, FINDING_THANKS, FINDING_BY_LIST, STR(""));
    if (text_is_opt_out(&l.words, lists))
        finding_add(parts, FINDING_OPT_OUT, FINDING_BY_LIST, STR(""));
}
