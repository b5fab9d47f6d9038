/* stem.c - the stems of a word, kept for when it comes again.
 *
 * Stemming one word costs as much as writing a row, and of the words of all texts few are
 * new. So each word's stems are kept in the place that its hash names, until another word
 * wants that place. Who finds the places taken by another thread does without.
 */
#include <libstemmer.h>
#include <pthread.h>

#include "text/stem.h"

#include "base/strbuf.h"
#include "base/utf8.h"

/* 4 MiB, of which only what was used is in memory. */
enum { PLACES = 32768, PLACE_BYTES = 128, PLACE_HEAD = 1 + TEXT_ALTERNATIVES };

struct place {
    uint8_t count; /* 0: free */
    uint8_t sizes[TEXT_ALTERNATIVES];
    char bytes[PLACE_BYTES - PLACE_HEAD]; /* one alternative behind the other */
};

struct stemmers {
    struct sb_stemmer *german, *english;
    struct place *places; /* NULL: nothing is kept */
};

static struct place places[PLACES];
static struct stemmers shared;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards both */

static void open_stemmers(struct stemmers *s)
{
    s->german = sb_stemmer_new("german", "UTF_8");
    s->english = sb_stemmer_new("english", "UTF_8");
    if (!s->german || !s->english)
        abort(); /* out of memory: both are always built in */
}

struct stemmers *stemmers_take(void)
{
    struct stemmers *own;

    if (pthread_mutex_trylock(&lock) == 0) {
        if (!shared.places)
            open_stemmers(&shared);
        shared.places = places;
        return &shared;
    }
    own = must_zalloc(sizeof(*own));
    open_stemmers(own);
    return own;
}

void stemmers_give(struct stemmers **stemmers)
{
    struct stemmers *s = *stemmers;

    if (s == &shared) {
        pthread_mutex_unlock(&lock);
        return;
    }
    sb_stemmer_delete(s->german);
    sb_stemmer_delete(s->english);
    free(s);
}

/* The stemmer's buffer is overwritten by its next word, hence the copy. */
static struct str stem(struct arena *arena, struct sb_stemmer *stemmer, struct str word)
{
    const sb_symbol *p = sb_stemmer_stem(stemmer, (const sb_symbol *)word.p, (int)word.n);

    if (!p)
        abort();
    return arena_dup(arena,
                     (struct str){ (const char *)p, (size_t)sb_stemmer_length(stemmer) });
}

/* At most TEXT_WORD_MAX_BYTES, and no half character at the end. */
static struct str cut(struct str word)
{
    if (word.n <= TEXT_WORD_MAX_BYTES)
        return word;
    return str_sub(word, 0, utf8_valid_prefix(str_sub(word, 0, TEXT_WORD_MAX_BYTES)));
}

static bool is_vowel_before_ue(char c)
{
    return c == 'a' || c == 'e' || c == 'q';
}

/* Folding wrote ae, oe, ue; the German stemmer knows plurals by their umlauts
 * ("vertraege" is of "vertrag"). Not in "neue", "bauer" and "quelle". */
static struct str with_umlauts(struct arena *arena, struct str word)
{
    struct strbuf b = STRBUF(arena);

    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        bool e_follows = i + 1 < word.n && word.p[i + 1] == 'e';
        bool keep = c == 'u' && i > 0 && is_vowel_before_ue(word.p[i - 1]);

        if (!e_follows || keep || (c != 'a' && c != 'o' && c != 'u')) {
            strbuf_char(&b, c);
            continue;
        }
        strbuf_add(&b, c == 'a' ? STR("ä") : c == 'o' ? STR("ö") : STR("ü"));
        i++;
    }
    return strbuf_str(&b);
}

static void add(struct text_query_word *w, struct str word)
{
    for (size_t i = 0; i < w->count; i++) {
        if (str_eq(w->any[i], word))
            return;
    }
    if (word.n > 0 && w->count < TEXT_ALTERNATIVES)
        w->any[w->count++] = word;
}

/* The stem of a plural with umlaut loses it. Only when an ending was removed:
 * else "schön" would become "schon". */
static void add_umlaut_stem(struct arena *arena, struct stemmers *stemmers,
                            struct str word, struct text_query_word *w)
{
    struct str spelled = with_umlauts(arena, word);
    struct str stemmed;

    if (str_eq(spelled, word))
        return;
    stemmed = stem(arena, stemmers->german, spelled);
    if (utf8_count(stemmed) < utf8_count(spelled))
        add(w, utf8_fold(arena, stemmed));
}

static struct place *place_of(struct stemmers *stemmers, struct str word)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < word.n; i++)
        hash = (hash ^ (unsigned char)word.p[i]) * 16777619u;
    return &stemmers->places[(hash ^ hash >> 16) % PLACES];
}

/* The word itself is the first alternative. */
static bool holds(const struct place *place, struct str word)
{
    return place->count && str_eq((struct str){ place->bytes, place->sizes[0] }, word);
}

/* Copied: the place may be another word's before the text has ended. */
static void recall(struct arena *arena, const struct place *place,
                   struct text_query_word *ret)
{
    size_t all = 0, at = 0;
    char *copy;

    for (size_t i = 0; i < place->count; i++)
        all += place->sizes[i];
    copy = arena_new(arena, char, all);
    memcpy(copy, place->bytes, all);
    for (; ret->count < place->count; ret->count++) {
        ret->any[ret->count] = (struct str){ copy + at, place->sizes[ret->count] };
        at += place->sizes[ret->count];
    }
}

/* What is too long for a place is not kept. */
static void keep(struct place *place, const struct text_query_word *w)
{
    size_t at = 0;

    for (size_t i = 0; i < w->count; i++)
        at += w->any[i].n;
    if (at > sizeof(place->bytes))
        return;
    at = 0;
    for (size_t i = 0; i < w->count; i++) {
        memcpy(place->bytes + at, w->any[i].p, w->any[i].n);
        place->sizes[i] = (uint8_t)w->any[i].n;
        at += w->any[i].n;
    }
    place->count = (uint8_t)w->count;
}

struct text_query_word stem_alternatives(struct arena *arena, struct stemmers *stemmers,
                                         struct str word, bool has_stem)
{
    struct text_query_word w = { .count = 0 };
    struct place *place;

    word = cut(word);
    if (!has_stem) {
        add(&w, word);
        return w;
    }
    place = stemmers->places ? place_of(stemmers, word) : NULL;
    if (place && holds(place, word)) {
        recall(arena, place, &w);
        return w;
    }
    add(&w, word);
    add(&w, stem(arena, stemmers->german, word));
    add_umlaut_stem(arena, stemmers, word, &w);
    add(&w, stem(arena, stemmers->english, word));
    if (place && w.count)
        keep(place, &w);
    return w;
}
