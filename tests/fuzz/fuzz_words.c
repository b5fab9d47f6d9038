/* fuzz_words.c - search words are clean, and a text is found by its own words. */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/lists.h"
#include "text/words.h"

static bool has_word(struct str words, struct str word)
{
    while (words.n > 0) {
        if (str_eq(str_cut(words, ' ', &words), word))
            return true;
    }
    return false;
}

static void check_words(struct str words)
{
    PROMISE(utf8_is_valid(words));
    while (words.n > 0) {
        struct str word = str_cut(words, ' ', &words);

        PROMISE(word.n > 0 && word.n <= TEXT_WORD_MAX_BYTES);
        for (size_t i = 0; i < word.n; i++) {
            unsigned char c = (unsigned char)word.p[i];

            PROMISE(c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
        }
    }
}

static void check_query(struct op *op, struct str text, struct str words)
{
    struct text_query query;

    if (text_query(op, text, &query) < 0)
        return;
    for (size_t i = 0; i < query.count; i++) {
        bool found = false;

        for (size_t k = 0; k < query.words[i].count; k++)
            found |= has_word(words, query.words[i].any[k]);
        PROMISE(found);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text_lists none = { NULL, 0 };
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct str words = text_words(&arena, INPUT);
    struct text_prepared prepared;

    check_words(words);
    check_query(&op, INPUT, words);
    prepared = text_prepare(&arena, INPUT);
    PROMISE(utf8_is_valid(prepared.words));
    text_intent(&prepared, &none);
    text_is_thanks(&prepared, &none);
    PROMISE(text_list_find(&prepared, INPUT) < (ptrdiff_t)prepared.words.n);
    return 0;
}
