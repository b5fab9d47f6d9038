/* features.c - cutting a text into hashed words and runs of characters. */
#include "text/features.h"

#include <math.h>
#include <unicode/uchar.h>

#include "base/utf8.h"

/* Signs that stand for a class, from the private area of Unicode. */
enum {
    CLASS_ADDRESS = 0xE000,
    CLASS_NAME,
    CLASS_GLAD,
    CLASS_WINK,
    CLASS_SAD,
    CLASS_SHOUT,
    CLASS_STRETCHED,
    CLASS_NEGATED,
    CLASS_GOOD,
    CLASS_BAD,
    CLASS_GROUP,
    CLASS_PAIR,
    CLASS_START,
    CLASS_END,
    CLASS_LENGTH,
};

enum { NEGATION_REACH = 3, RUN_MIN = 2, RUN_MAX = 5, MOST_COUNTED = 3 };

struct cutter {
    struct features *out;
    struct str text;
    size_t at;      /* in bytes */
    uint32_t *word; /* the token that is being made */
    size_t n;
    uint32_t before;    /* the hash of the word before */
    unsigned negated;   /* so many words are still under a negation */
    unsigned good, bad; /* words of the polarity lists so far */
};

static uint32_t hash_step(uint32_t h, uint32_t c)
{
    return (h ^ c) * 0x9E3779B1U;
}

static uint32_t hash_end(uint32_t h)
{
    h ^= h >> 15;
    h *= 0x85EBCA77U;
    return h ^ h >> 13;
}

static uint32_t hash_word(const uint32_t *word, size_t n)
{
    uint32_t h = 0x811C9DC5U;

    for (size_t i = 0; i < n; i++)
        h = hash_step(h, word[i]);
    return hash_end(h);
}

static void emit(struct cutter *c, uint32_t hash, enum feature_block block)
{
    c->out->list[c->out->count++] =
        (struct feature){ hash & (FEATURES - 1), (uint16_t)c->out->token_count, block };
}

static void emit_class(struct cutter *c, uint32_t class, uint32_t detail)
{
    emit(c, hash_end(hash_step(hash_step(7, class), detail)), FEATURE_SIGN);
}

/* Runs of characters within the word and the blanks around it. */
static void emit_runs(struct cutter *c)
{
    for (size_t from = 0; from < c->n + 1; from++) {
        uint32_t h = 0x2545F491U;

        for (size_t k = 0; k < RUN_MAX && from + k < c->n + 2; k++) {
            size_t i = from + k;

            h = hash_step(h, i == 0 || i == c->n + 1 ? ' ' : c->word[i - 1]);
            if (k + 1 >= RUN_MIN)
                emit(c, hash_end(h), FEATURE_RUN);
        }
    }
}

static bool is_one_of(const uint32_t *word, size_t n, const char *const *list)
{
    for (; *list; list++) {
        size_t i = 0;

        while (i < n && (*list)[i] && word[i] == (unsigned char)(*list)[i])
            i++;
        if (i == n && !(*list)[i])
            return true;
    }
    return false;
}

static bool negates(const uint32_t *word, size_t n)
{
    static const char *const words[] = {
        "nicht",  "nich",  "nit",     "net",     "kein",   "keine", "keinen", "keiner",
        "keinem", "keins", "nie",     "niemals", "nichts", "weder", "ohne",   "not",
        "no",     "never", "nothing", "cannot",  "cant",   "dont",  "doesnt", "didnt",
        "wont",   "isnt",  "wasnt",   "without", NULL,
    };

    return is_one_of(word, n, words) ||
           (n > 2 && word[n - 1] == 't' && word[n - 2] == '\'' && word[n - 3] == 'n');
}

static void count_polarity(struct cutter *c, bool is_good)
{
    if (is_good == (c->negated == 0)) {
        c->good += c->good < MOST_COUNTED;
        emit_class(c, CLASS_GOOD, c->good);
    } else {
        c->bad += c->bad < MOST_COUNTED;
        emit_class(c, CLASS_BAD, c->bad);
    }
}

static void find_groups(struct cutter *c)
{
    unsigned found = word_groups(c->word, c->n);

    if (found & (1U << WORD_GOOD | 1U << WORD_BAD))
        count_polarity(c, !(found & 1U << WORD_BAD));
    for (unsigned g = WORD_ABUSIVE; g < WORD_GROUPS; g++) {
        if (found & 1U << g)
            emit_class(c, CLASS_GROUP, g - WORD_ABUSIVE);
    }
}

static void emit_word(struct cutter *c)
{
    uint32_t h = hash_word(c->word, c->n);

    emit(c, h, FEATURE_WORD);
    emit(c, hash_end(hash_step(hash_step(c->before, CLASS_PAIR), h)), FEATURE_WORD);
    if (c->negated > 0)
        emit(c, hash_end(hash_step(h, CLASS_NEGATED)), FEATURE_WORD);
    c->before = h;
}

static void close_token(struct cutter *c, size_t from)
{
    c->out->tokens[c->out->token_count++] =
        (struct feature_token){ (uint32_t)from, (uint32_t)c->at };
    c->n = 0;
}

/* The token is a class or a sign and no word. */
static void finish_sign(struct cutter *c, size_t from, uint32_t class)
{
    c->word[0] = class;
    c->n = 1;
    emit_word(c);
    emit_class(c, class, 0);
    close_token(c, from);
}

static uint32_t peek(const struct cutter *c, size_t ahead)
{
    return c->at + ahead < c->text.n ? (unsigned char)c->text.p[c->at + ahead] : 0;
}

static bool is_word_part(uint32_t c)
{
    if (c < 0x80)
        return (c | 32) - 'a' < 26 || c - '0' < 10;
    return U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK);
}

static void append_folded(struct cutter *c, uint32_t lower)
{
    static const struct {
        uint32_t from;
        uint32_t to[2];
    } pairs[] = { { 0xE4, { 'a', 'e' } },
                  { 0xF6, { 'o', 'e' } },
                  { 0xFC, { 'u', 'e' } },
                  { 0xDF, { 's', 's' } } };

    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (pairs[i].from == lower) {
            c->word[c->n++] = pairs[i].to[0];
            c->word[c->n++] = pairs[i].to[1];
            return;
        }
    }
    c->word[c->n++] = lower - '0' < 10 ? '0' : lower;
}

/* A word, or an @name: letters, digits, marks, and an apostrophe within. */
static void take_word(struct cutter *c)
{
    size_t from = c->at, size, capitals = 0, letters = 0;
    bool stretched = false;

    while (c->at < c->text.n) {
        struct str rest = str_sub(c->text, c->at, 4);
        uint32_t one = utf8_next(rest, &size), lower;

        if (one == 0x2019)
            one = '\'';
        if (!is_word_part(one) && one != '_' &&
            !(one == '\'' && c->n && is_word_part(peek(c, size))))
            break;
        c->at += size;
        lower = one < 0x80 ? (one - 'A' < 26 ? one + 32 : one)
                           : (uint32_t)u_tolower((UChar32)one);
        letters++;
        capitals += lower != one;
        if (c->n > 1 && c->word[c->n - 1] == lower && c->word[c->n - 2] == lower) {
            stretched = true;
            continue;
        }
        append_folded(c, lower);
    }
    emit_word(c);
    emit_runs(c);
    find_groups(c);
    if (capitals > 2 && capitals == letters)
        emit_class(c, CLASS_SHOUT, 0);
    if (stretched)
        emit_class(c, CLASS_STRETCHED, 0);
    if (negates(c->word, c->n))
        c->negated = NEGATION_REACH + 1;
    c->negated -= c->negated > 0;
    close_token(c, from);
}

static void take_name(struct cutter *c)
{
    emit_class(c, CLASS_NAME, c->out->token_count == 0);
    c->word[c->n++] = '@';
    c->at++;
    take_word(c);
}

static bool begins_address(const struct cutter *c)
{
    struct str rest = str_sub(c->text, c->at, 8);

    return str_starts(rest, STR("http://")) || str_starts(rest, STR("https://")) ||
           str_starts(rest, STR("www."));
}

static void take_address(struct cutter *c)
{
    size_t from = c->at;

    while (c->at < c->text.n && (unsigned char)c->text.p[c->at] > ' ')
        c->at++;
    finish_sign(c, from, CLASS_ADDRESS);
}

/* ":-)" and its kin. */
static bool take_emoticon(struct cutter *c)
{
    size_t eyes = c->at, mouth = peek(c, 1) == '-' || peek(c, 1) == '\'' ? 2 : 1;
    uint32_t first = peek(c, 0), last = peek(c, mouth);
    bool glad, sad;

    if (first == '<' && peek(c, 1) == '3') {
        c->at += 2;
        finish_sign(c, eyes, CLASS_GLAD);
        return true;
    }
    if (first != ':' && first != ';' && first != '=')
        return false;
    glad = last == ')' || last == 'D' || last == 'P' || last == 'p' || last == ']' ||
           last == '*';
    sad = last == '(' || last == '/' || last == '[' || last == '|' || last == '@';
    if (!(glad || sad) || (last == '/' && peek(c, mouth + 1) == '/'))
        return false;
    c->at += mouth + 1;
    finish_sign(c, eyes, !glad ? CLASS_SAD : first == ';' ? CLASS_WINK : CLASS_GLAD);
    return true;
}

/* Signs: a run of the same one is one token of its own kind. */
static void take_sign(struct cutter *c)
{
    size_t from = c->at, size, count = 0;
    uint32_t sign = utf8_next(str_sub(c->text, c->at, 4), &size);

    while (c->at < c->text.n && count < FEATURES_MAX_CHARACTERS) {
        if (utf8_next(str_sub(c->text, c->at, 4), &size) != sign)
            break;
        c->at += size;
        count++;
    }
    if (sign <= ' ' || sign == 0xA0 || sign == 0xFE0F || sign == 0x200D)
        return;
    if (sign == '.' || sign == ',' || sign == '!' || sign == '?' || sign == ';')
        c->negated = 0;
    c->word[0] = sign;
    c->word[1] = count > 1 ? '+' : ' ';
    c->n = 2;
    emit_word(c);
    if (sign == '!' || sign == '?')
        emit_class(c, sign, count < MOST_COUNTED ? (uint32_t)count : MOST_COUNTED);
    close_token(c, from);
}

static void take_token(struct cutter *c)
{
    size_t size;
    uint32_t one = utf8_next(str_sub(c->text, c->at, 4), &size);

    if ((one == 'h' || one == 'w') && begins_address(c))
        take_address(c);
    else if (is_word_part(one))
        take_word(c);
    else if (one == '@' && is_word_part(peek(c, 1)) && peek(c, 1) < 0x80)
        take_name(c);
    else if (!take_emoticon(c))
        take_sign(c);
}

/* How it ends, and about how long it is: every step is half as long again. */
static void finish_text(struct cutter *c)
{
    uint32_t steps = 0;

    if (c->out->token_count == 0)
        return;
    for (size_t n = c->out->token_count; n > 1; n = n * 2 / 3)
        steps++;
    c->out->token_count--; /* the last token carries it */
    emit_class(c, CLASS_LENGTH, steps);
    emit(c, hash_end(hash_step(hash_step(c->before, CLASS_END), 1)), FEATURE_WORD);
    c->out->token_count++;
}

struct features text_features(struct arena *arena, struct str text)
{
    struct features out = { .count = 0 };
    struct cutter c = { .out = &out, .before = CLASS_START };

    c.text = str_sub(text, 0, FEATURES_MAX_CHARACTERS);
    /* a character gives at most two signs of a word, each with four runs; a token adds
     * fourteen */
    out.list = arena_alloc(arena, sizeof(*out.list), alignof(struct feature),
                           c.text.n * 20 + 20);
    out.tokens = arena_new(arena, struct feature_token, c.text.n + 1);
    c.word = arena_new(arena, uint32_t, 2 * c.text.n + 4);
    while (c.at < c.text.n)
        take_token(&c);
    finish_text(&c);
    return out;
}

/* Where each index goes: open addressing over the places of the vector. */
static void gather(struct arena *arena, const struct features *f, struct vector *v,
                   uint8_t *blocks)
{
    size_t size = 64;
    uint16_t *slots;

    while (size < f->count * 2)
        size *= 2;
    slots = arena_new(arena, uint16_t, size);
    for (size_t i = 0; i < f->count; i++) {
        uint32_t index = f->list[i].index;
        size_t at = (index ^ index >> 9) & (size - 1);

        while (slots[at] && v->index[slots[at] - 1] != index)
            at = (at + 1) & (size - 1);
        if (!slots[at]) {
            if (v->n == UINT16_MAX)
                continue;
            v->index[v->n] = index;
            blocks[v->n] = (uint8_t)f->list[i].block;
            slots[at] = (uint16_t)++v->n;
        }
        v->value[slots[at] - 1] += 1;
    }
}

struct vector features_vector(struct arena *arena, const struct features *features,
                              const float *rarity)
{
    static const float weights[FEATURE_BLOCKS] = { 1, 1, 0.5F };
    struct vector v = { arena_new(arena, uint32_t, features->count),
                        arena_new(arena, float, features->count), 0 };
    uint8_t *blocks = arena_new(arena, uint8_t, features->count);
    float scale[FEATURE_BLOCKS] = { 0 };

    gather(arena, features, &v, blocks);
    for (size_t i = 0; i < v.n; i++) {
        v.value[i] = (v.value[i] > 1 ? 1 + logf(v.value[i]) : 1) *
                     (rarity ? rarity[v.index[i]] : 1);
        scale[blocks[i]] += v.value[i] * v.value[i];
    }
    for (size_t b = 0; b < FEATURE_BLOCKS; b++)
        scale[b] = scale[b] > 0 ? weights[b] / sqrtf(scale[b]) : 0;
    for (size_t i = 0; i < v.n; i++)
        v.value[i] *= scale[blocks[i]];
    return v;
}
