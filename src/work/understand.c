/* understand.c - the word lists of text/ and of the workspace over a message. */
#include "work/understand.h"

#include "admin/word_list.h"
#include "db/store.h"
#include "text/lists.h"

/* Rows of one workspace that are looked at, and how many are read at once. */
enum { MAX_LISTS = 1000, LISTS_AT_ONCE = 200 };

struct understanding {
    struct text_lists lists;
};

static int read_lists(struct op *op, void *ctx)
{
    struct text_list *rows = NULL; /* most have none or a few: no room for a thousand */
    struct text_lists *lists = ctx;
    struct word_list *page;
    size_t n, count = 0;
    int64_t after = 0;
    int r;

    do {
        r = word_list_list(op, after, LISTS_AT_ONCE, &page, &n);
        if (r < 0)
            return r;
        if (n && !rows)
            rows =
                arena_new(op->arena, struct text_list, n < LISTS_AT_ONCE ? n : MAX_LISTS);
        for (size_t i = 0; i < n && count < MAX_LISTS; i++)
            rows[count++] =
                (struct text_list){ page[i].kind, page[i].value, page[i].words };
        after = n ? page[n - 1].id : after;
    } while (n == LISTS_AT_ONCE && count < MAX_LISTS);

    *lists = (struct text_lists){ rows, count };
    return 0;
}

int understanding_load(struct op *op, struct understanding **ret)
{
    struct understanding *words = arena_new(op->arena, struct understanding, 1);
    int r;

    r = store_read(op, read_lists, &words->lists);
    if (r < 0)
        return r;
    *ret = words;
    return 0;
}

void understand(struct op *op, const struct understanding *words, struct incoming *in)
{
    struct text_prepared text;

    if (in->author.is_us)
        return; /* what we say ourselves is not sorted */
    text = text_prepare(op->arena, in->own.n ? in->own : in->body);
    in->intent = text_intent(&text, &words->lists);
    in->topic = text_topic(&text, &words->lists);
    in->is_thanks = text_is_thanks(&text, &words->lists);
    in->is_opt_out = text_is_opt_out(&text, &words->lists);
}
