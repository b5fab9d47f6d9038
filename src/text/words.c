/* words.c - folding and joining. */
#include "text/words.h"

#include "base/map.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "text/scan.h"
#include "text/stem.h"

/* The tokens from `i` on that hyphens join, as one word; their number to
 * `*ret_n`. No longer than the first 64 bytes and a bit. */
static struct str join(struct arena *arena, const struct text_token *tokens, size_t count,
                       size_t i, size_t *ret_n)
{
    struct strbuf b = STRBUF(arena);
    size_t n = 1;

    while (i + n < count && tokens[i + n].joined)
        n++;
    for (size_t k = i; n > 1 && k < i + n && b.n < TEXT_WORD_MAX_BYTES; k++)
        strbuf_add(&b, tokens[k].word);
    *ret_n = n;
    return n > 1 ? strbuf_str(&b) : tokens[i].word;
}

static bool any_digits(const struct text_token *tokens, size_t n)
{
    bool digits = false;

    for (size_t i = 0; i < n; i++)
        digits |= tokens[i].digits;
    return digits;
}

/* The words of one text, each once. */
struct collected {
    struct map seen;
    struct strbuf words;
};

static void collect(struct collected *c, const struct text_query_word *w)
{
    for (size_t i = 0; i < w->count; i++) {
        if (!map_add(&c->seen, w->any[i], c))
            continue;
        if (c->words.n > 0)
            strbuf_char(&c->words, ' ');
        strbuf_add(&c->words, w->any[i]);
    }
}

struct str text_words(struct arena *arena, struct str text)
{
    struct collected c;
    struct text_token *tokens;
    size_t count;
    ARENA(scratch);
    STEMMERS(stemmers);

    c = (struct collected){ MAP(&scratch), STRBUF(arena) };
    tokens = text_scan(&scratch, text, &count);
    for (size_t i = 0; i < count; i++) {
        const struct text_token *token = &tokens[i];
        struct text_query_word w;
        size_t n;

        w = stem_alternatives(&scratch, stemmers, token->word,
                              !token->emoji && !token->digits);
        collect(&c, &w);
        if (token->joined)
            continue; /* the first of them has joined them all */
        w.any[0] = join(&scratch, tokens, count, i, &n);
        if (n == 1)
            continue;
        w = stem_alternatives(&scratch, stemmers, w.any[0], !any_digits(token, n));
        collect(&c, &w);
    }
    return strbuf_str(&c.words);
}

/* "W-Lan", "E-Mail", "geht's": a part so short that it means nothing alone. */
static bool has_short_part(const struct text_token *tokens, size_t n)
{
    bool found = false;

    for (size_t i = 0; i < n; i++)
        found |= n > 1 && utf8_count(tokens[i].word) < 3;
    return found;
}

static bool is_known(const struct text_query *query, struct str word)
{
    bool known = false;

    for (size_t i = 0; i < query->count; i++)
        known |= str_eq(query->words[i].any[0], word);
    return known;
}

/* False when there is no room for it. */
static bool add_word(struct text_query *query, const struct text_query_word *w)
{
    if (is_known(query, w->any[0]))
        return true;
    if (query->count == TEXT_QUERY_MAX_WORDS)
        return false;
    query->words[query->count++] = *w;
    return true;
}

/* Whether the query ends within its last word. */
static bool is_typing(struct str query, const struct text_token *last)
{
    unsigned char c = (unsigned char)query.p[query.n - 1];
    bool in_word =
        c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');

    return in_word && !last->emoji && utf8_count(last->word) >= 2;
}

int text_query(struct op *op, struct str query, struct text_query *ret)
{
    struct text_query result = { .count = 0 };
    struct text_token *tokens;
    size_t count, n;
    STEMMERS(stemmers);

    if (utf8_count(query) > TEXT_QUERY_MAX_CHARACTERS)
        return op_too_long(op, "q", TEXT_QUERY_MAX_CHARACTERS, "characters");
    tokens = text_scan(op->arena, query, &count);
    for (size_t i = 0; i < count; i += n) {
        struct str word = join(op->arena, tokens, count, i, &n);
        struct text_query_word w;

        if (!has_short_part(tokens + i, n)) {
            word = tokens[i].word;
            n = 1;
        }
        w = stem_alternatives(op->arena, stemmers, word,
                              !tokens[i].emoji && !any_digits(tokens + i, n));
        w.prefix = i + n == count && is_typing(query, &tokens[i + n - 1]);
        if (!add_word(&result, &w))
            return op_fail_field_as(op, "q", "too_many", "has more than %d words",
                                    TEXT_QUERY_MAX_WORDS);
    }
    *ret = result;
    return 0;
}
