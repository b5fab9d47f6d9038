/* lists.c - finding spellings in a text. */
#include "text/lists.h"

#include <pthread.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "text/scan.h"

/* The order in which intents are tried. */
static const char *const intents[] = { "complaint", "suggestion", "order",
                                       "question",  "discussion", "praise" };

static struct str spaced(struct arena *arena, struct str text)
{
    struct strbuf b = STRBUF(arena);
    struct text_token *tokens;
    size_t count;

    tokens = text_scan(arena, text, &count);
    strbuf_char(&b, ' ');
    for (size_t i = 0; i < count; i++) {
        strbuf_add(&b, tokens[i].word);
        strbuf_char(&b, ' ');
    }
    return strbuf_str(&b);
}

/* May there be a question mark, in any width or script? Folding costs more than this. */
static bool may_ask(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c == '?' || c == 0xD8 || c == 0xE2 || c == 0xEF)
            return true;
    }
    return false;
}

/* "?" at the end of something, not in "https://host/?page=2". */
static bool asks(struct arena *arena, struct str text)
{
    struct str rest;
    ptrdiff_t at;

    if (!may_ask(text))
        return false;
    rest = utf8_fold(arena, str_sub(text, 0, TEXT_MAX_BYTES));
    while ((at = str_find(rest, STR("?"))) >= 0) {
        bool after_word = at > 0;

        rest = str_sub(rest, (size_t)at + 1, rest.n);
        if (rest.n == 0 || strchr(" ?!.,;:)\"'", rest.p[0]) ||
            (after_word && (unsigned char)rest.p[0] >= 0x80))
            return true;
    }
    return str_find(text, STR("\xd8\x9f")) >= 0; /* Arabic */
}

/* The first two letters of a word, as a number below 256. */
static unsigned start_of(const char *p)
{
    return (((unsigned char)p[0] * 31U) ^ ((unsigned char)p[1] * 7U)) & 0xFF;
}

static void note_starts(struct text_prepared *text)
{
    for (size_t i = 0; i + 2 < text->words.n; i++) {
        unsigned start = start_of(&text->words.p[i + 1]);

        if (text->words.p[i] == ' ')
            text->starts[start >> 6] |= UINT64_C(1) << (start & 63);
    }
}

/* May the words stand in the text? Most do not, and this costs less than looking. */
static bool may_stand(const struct text_prepared *text, struct str words)
{
    unsigned start;

    if (words.n < 3)
        return words.n > 1;
    start = start_of(&words.p[1]);
    return text->starts[start >> 6] >> (start & 63) & 1;
}

struct text_prepared text_prepare(struct arena *arena, struct str text)
{
    struct text_prepared prepared = { spaced(arena, text), asks(arena, text), { 0 } };

    note_starts(&prepared);
    return prepared;
}

/* One spelling out of a list, as it was written. */
struct spelling {
    struct str words; /* with a space before, and one after unless it is a prefix */
    bool veto;
};

/* The next spelling that is not blank; false when there is none. */
static bool next_spelling(struct str *rest, struct str *ret)
{
    while (rest->n > 0) {
        size_t n = 0;

        while (n < rest->n && rest->p[n] != '|' && rest->p[n] != '\n')
            n++;
        *ret = str_trim(str_sub(*rest, 0, n));
        *rest = str_sub(*rest, n + 1, rest->n);
        if (ret->n > 0)
            return true;
    }
    return false;
}

static struct spelling read_spelling(struct arena *arena, struct str written)
{
    struct spelling s = { .veto = str_starts(written, STR("!")) };
    bool prefix = str_ends(written, STR("*"));

    s.words = spaced(arena, written);
    if (prefix && s.words.n > 1)
        s.words.n--;
    return s;
}

/* A whole list, read. */
struct spellings {
    struct spelling *list;
    size_t count;
};

static struct spellings read_list(struct arena *arena, struct str words)
{
    struct spellings all = { arena_new(arena, struct spelling, TEXT_LIST_MAX_SPELLINGS),
                             0 };
    struct str written;

    while (all.count < TEXT_LIST_MAX_SPELLINGS && next_spelling(&words, &written))
        all.list[all.count++] = read_spelling(arena, written);
    return all;
}

static ptrdiff_t find(const struct text_prepared *text, const struct spellings *all)
{
    ptrdiff_t first = -1;

    for (size_t i = 0; i < all->count; i++) {
        const struct spelling *s = &all->list[i];
        ptrdiff_t at = may_stand(text, s->words) ? str_find(text->words, s->words) : -1;

        if (at >= 0 && s->veto)
            return -1;
        if (at >= 0 && (first < 0 || at < first))
            first = at;
    }
    return first;
}

ptrdiff_t text_list_find(const struct text_prepared *text, struct str words)
{
    ARENA(scratch);
    struct spellings all = read_list(&scratch, words);

    return find(text, &all);
}

/* The lists that nearly everybody has are read once in the life of the process; reading
 * them for each message took three quarters of the time that understanding one did. */
enum { MAX_DEFAULTS = 32 };
static struct {
    pthread_once_t once;
    struct arena arena;
    struct spellings lists[MAX_DEFAULTS];
} ready = { .once = PTHREAD_ONCE_INIT };

static void read_defaults(void)
{
    size_t count;
    const struct text_list *defaults = text_default_lists(&count);

    for (size_t i = 0; i < count && i < MAX_DEFAULTS; i++)
        ready.lists[i] = read_list(&ready.arena, defaults[i].words);
}

/* In a list of the workspace or in a default one. */
static ptrdiff_t find_in(const struct text_prepared *text, const struct text_list *row)
{
    size_t count;
    const struct text_list *defaults = text_default_lists(&count);

    if (row < defaults || row >= defaults + count || row >= defaults + MAX_DEFAULTS)
        return text_list_find(text, row->words);
    pthread_once(&ready.once, read_defaults);
    return find(text, &ready.lists[row - defaults]);
}

int text_list_check(struct op *op, const char *field, struct str words)
{
    struct str written;
    int count = 0;

    while (next_spelling(&words, &written)) {
        if (++count > TEXT_LIST_MAX_SPELLINGS)
            return op_fail_field_as(op, field, "too_many", "has more than %d spellings",
                                    TEXT_LIST_MAX_SPELLINGS);
        if (utf8_count(written) > TEXT_SPELLING_MAX_CHARACTERS)
            return op_fail_field_as(op, field, "too_long",
                                    "has a spelling of more than %d characters",
                                    TEXT_SPELLING_MAX_CHARACTERS);
        if (read_spelling(op->arena, written).words.n < 2)
            return op_fail_field(op, field, "has a spelling without a word: " STR_FMT,
                                 STR_ARG(written));
    }
    return 0;
}

/* The row of a kind and value, or NULL. */
static const struct text_list *find_row(const struct text_list *rows, size_t count,
                                        const char *kind, const char *value)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(rows[i].kind, kind) && str_is(rows[i].value, value))
            return &rows[i];
    }
    return NULL;
}

static const struct text_list *row_of(const struct text_lists *lists, const char *kind,
                                      const char *value)
{
    const struct text_list *row = find_row(lists->rows, lists->count, kind, value);
    size_t count;
    const struct text_list *defaults = text_default_lists(&count);

    return row ? row : find_row(defaults, count, kind, value);
}

struct str text_lists_words(const struct text_lists *lists, const char *kind,
                            const char *value)
{
    const struct text_list *row = row_of(lists, kind, value);

    return row ? row->words : (struct str){ NULL, 0 };
}

static bool matches(const struct text_prepared *text, const struct text_lists *lists,
                    const char *kind, const char *value)
{
    const struct text_list *row = row_of(lists, kind, value);

    return row && find_in(text, row) >= 0;
}

bool text_is_thanks(const struct text_prepared *text, const struct text_lists *lists)
{
    return !text->asks && matches(text, lists, TEXT_THANKS, "") &&
           !matches(text, lists, TEXT_INTENT, "complaint");
}

bool text_is_opt_out(const struct text_prepared *text, const struct text_lists *lists)
{
    return matches(text, lists, TEXT_OPT_OUT, "");
}

struct str text_intent(const struct text_prepared *text, const struct text_lists *lists)
{
    for (size_t i = 0; i < COUNT_OF(intents); i++) {
        bool question = strcmp(intents[i], "question") == 0;

        if ((question && text->asks) || matches(text, lists, TEXT_INTENT, intents[i]))
            return str_of(intents[i]);
    }
    return (struct str){ NULL, 0 };
}

struct str text_topic(const struct text_prepared *text, const struct text_lists *lists)
{
    struct str topic = { NULL, 0 };
    ptrdiff_t first = -1;

    for (size_t i = 0; i < lists->count; i++) {
        const struct text_list *row = &lists->rows[i];
        ptrdiff_t at =
            str_is(row->kind, TEXT_TOPIC) ? text_list_find(text, row->words) : -1;

        if (at < 0 || (first >= 0 && at >= first))
            continue;
        first = at;
        topic = row->value;
    }
    return topic;
}
