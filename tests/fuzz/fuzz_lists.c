/* fuzz_lists.c - a list of words that was taken finds its own spellings. Input: a list,
 * a NUL, a text. */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/lists.h"
#include "text/scan.h"

static void check_tokens(struct arena *arena, struct str text)
{
    size_t count = 0;
    struct text_token *tokens = text_scan(arena, text, &count);

    for (size_t i = 0; i < count; i++) {
        PROMISE(tokens[i].word.n > 0 && utf8_is_valid(tokens[i].word));
        PROMISE(i > 0 || !tokens[i].joined);
    }
}

/* The text that is one spelling of the list has it, unless a veto stands there too. */
static void check_found(struct arena *arena, struct str list)
{
    struct str first = list;
    struct text_prepared prepared;

    for (size_t i = 0; i < list.n; i++) {
        if (memchr("!*|\n", list.p[i], 4))
            return;
    }
    prepared = text_prepare(arena, first);
    PROMISE(text_list_find(&prepared, list) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct str text, list = str_cut(INPUT, '\0', &text);
    const struct text_list rows[] = { { STR(TEXT_TOPIC), STR("t"), list },
                                      { STR(TEXT_THANKS), STR(""), list },
                                      { STR(TEXT_INTENT), STR("praise"), list } };
    const struct text_lists own = { rows, COUNT_OF(rows) }, none = { NULL, 0 };
    struct text_prepared prepared = text_prepare(&arena, text);
    struct str topic, intent;
    int r = text_list_check(&op, "words", list);

    PROMISE(r == 0 || (r == ERR_INVALID && op.err.fields));
    if (r == 0 && str_trim(list).n)
        check_found(&arena, list);
    check_tokens(&arena, text);
    topic = text_topic(&prepared, &own);
    PROMISE(!topic.n || text_list_find(&prepared, list) >= 0);
    PROMISE(!text_topic(&prepared, &none).n);
    intent = text_intent(&prepared, &own);
    PROMISE(!text_is_thanks(&prepared, &own) || !str_is(intent, "complaint"));
    (void)text_is_opt_out(&prepared, &none);
    PROMISE(str_eq(text_lists_words(&own, TEXT_THANKS, ""), list));
    return 0;
}
