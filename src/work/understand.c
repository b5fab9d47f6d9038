/* understand.c - word lists over a message's text. */
#include "work/understand.h"

#include "admin/word_list.h"
#include "db/store.h"
#include "text/scan.h"

enum { LISTS_AT_ONCE = 200 };

/* One spelling: folded words that must follow each other. */
struct spelling {
    struct text_token *tokens;
    size_t count;
    const struct word_list *list;
    struct spelling *next;
};

struct understanding {
    struct word_list *lists;
    size_t count;
    struct spelling *first;
};

static int read_lists(struct op *op, void *ctx)
{
    struct understanding *words = ctx;

    return word_list_list(op, 0, LISTS_AT_ONCE, &words->lists, &words->count);
}

static void add_spellings(struct op *op, struct understanding *words,
                          const struct word_list *list)
{
    struct str rest = list->words;

    while (rest.n) {
        struct str line = str_trim(str_cut(rest, '\n', &rest));
        struct spelling *spelling = arena_new(op->arena, struct spelling, 1);

        spelling->tokens = text_scan(op->arena, line, &spelling->count);
        spelling->list = list;
        spelling->next = words->first;
        if (spelling->count)
            words->first = spelling;
    }
}

int understanding_load(struct op *op, struct understanding **ret)
{
    struct understanding *words = arena_new(op->arena, struct understanding, 1);
    int r;

    r = store_read(op, read_lists, words);
    if (r < 0)
        return r;
    for (size_t i = 0; i < words->count; i++)
        add_spellings(op, words, &words->lists[i]);
    *ret = words;
    return 0;
}

static bool occurs(const struct text_token *text, size_t n, const struct spelling *s)
{
    for (size_t at = 0; at + s->count <= n; at++) {
        size_t same = 0;

        while (same < s->count && str_eq(text[at + same].word, s->tokens[same].word))
            same++;
        if (same == s->count)
            return true;
    }
    return false;
}

static void found(const struct word_list *list, struct incoming *in)
{
    if (str_is(list->kind, "topic") && !in->topic.n)
        in->topic = list->value;
    else if (str_is(list->kind, "intent") && !in->intent.n)
        in->intent = list->value;
    else if (str_is(list->kind, "thanks"))
        in->is_thanks = true;
    else if (str_is(list->kind, "opt_out"))
        in->is_opt_out = true;
}

void understand(struct op *op, const struct understanding *words, struct incoming *in)
{
    size_t n;
    const struct text_token *text = text_scan(op->arena, in->body, &n);

    for (const struct spelling *s = words->first; s; s = s->next)
        if (occurs(text, n, s))
            found(s->list, in);
}
