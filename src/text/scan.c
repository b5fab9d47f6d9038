/* scan.c - finding words; ICU knows what is a letter and what an emoji. */
#include <unicode/uchar.h>

#include "text/scan.h"

#include "base/utf8.h"

enum kind { SEPARATOR, LETTER, DIGIT, JOINER, EMOJI, FLAG, ALONE };

/* The finished tokens, and the one that is growing. */
struct scan {
    struct text_token *tokens;
    size_t count;
    struct text_token current; /* word.n is 0: none */
    enum kind last;            /* of the character before */
    bool joiner;               /* one stands between the last token and here */
};

static enum kind kind_of_ascii(char c)
{
    if (c >= '0' && c <= '9')
        return DIGIT;
    c |= 32; /* lower case */
    return c >= 'a' && c <= 'z' ? LETTER : SEPARATOR;
}

static enum kind kind_of(uint32_t c)
{
    if (c == '-' || c == '\'' || c == 0x2010 || c == 0x2011 || c == 0x2019)
        return JOINER;
    if (c < 0x80)
        return kind_of_ascii((char)c);
    if (u_hasBinaryProperty((UChar32)c, UCHAR_REGIONAL_INDICATOR))
        return FLAG;
    if (u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI_MODIFIER))
        return SEPARATOR; /* a thumb of any colour is found as a thumb */
    if (u_hasBinaryProperty((UChar32)c, UCHAR_EXTENDED_PICTOGRAPHIC))
        return EMOJI;
    if (u_hasBinaryProperty((UChar32)c, UCHAR_IDEOGRAPHIC))
        return ALONE;
    if (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK))
        return LETTER;
    return U_GET_GC_MASK(c) & U_GC_N_MASK ? DIGIT : SEPARATOR;
}

static void finish(struct scan *s)
{
    if (s->current.word.n == 0)
        return;
    s->tokens[s->count++] = s->current;
    s->current = (struct text_token){ .emoji = false };
    s->joiner = false;
}

static void append(struct scan *s, struct str c)
{
    if (s->current.word.n == 0) {
        s->current.word.p = c.p;
        s->current.joined = s->joiner;
    }
    s->current.word.n += c.n;
}

/* A word of one character; a flag is a pair of them. */
static void append_alone(struct scan *s, struct str c, enum kind kind)
{
    bool second = kind == FLAG && s->last == FLAG && s->current.word.n == c.n;

    if (!second)
        finish(s);
    s->joiner = false;
    append(s, c);
    s->current.emoji = kind != ALONE;
}

static void step(struct scan *s, struct str c, enum kind kind)
{
    bool in_word = s->last == LETTER || s->last == DIGIT;

    switch (kind) {
    case LETTER:
    case DIGIT:
        if (!in_word)
            finish(s);
        append(s, c);
        s->current.digits |= kind == DIGIT;
        break;
    case EMOJI:
    case FLAG:
    case ALONE:
        append_alone(s, c, kind);
        break;
    case JOINER:
        finish(s);
        s->joiner = in_word;
        break;
    case SEPARATOR:
        finish(s);
        s->joiner = false;
        break;
    }
    s->last = kind;
}

/* So many letters of ASCII begin the text. */
static size_t letters(struct str text)
{
    size_t n = 0;

    while (n < text.n && (unsigned char)((text.p[n] | 32) - 'a') < 26)
        n++;
    return n;
}

struct text_token *text_scan(struct arena *arena, struct str text, size_t *ret_count)
{
    struct scan s = { .last = SEPARATOR };
    struct str rest = utf8_fold(arena, str_sub(text, 0, TEXT_MAX_BYTES));
    size_t n;

    s.tokens = arena_new(arena, struct text_token, rest.n);
    for (; rest.n > 0; rest = str_sub(rest, n, rest.n)) {
        uint32_t c;

        n = letters(rest); /* nearly all there is */
        c = n ? 'a' : utf8_next(rest, &n);
        step(&s, str_sub(rest, 0, n), kind_of(c));
    }
    finish(&s);
    *ret_count = s.count;
    return s.tokens;
}
