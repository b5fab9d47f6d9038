/* topics.c - which topic a text is nearest to, by examples; and one name for a topic. */
#include "text/topics.h"

#include "text/model.h"
#include "text/scan.h"

enum { ROWS = 1 << 12 };

/* A text that shares nothing with any example stands so far on the wrong side, an example
 * itself so far on the right one. */
#define MARGIN 1.0F
/* A guess from here on. */
#define DOUBTED (-0.4F)
/* So much steeper than the scores are the logits. */
#define SHARPNESS 2.5F

struct topics {
    float weights[ROWS][TOPICS_MAX];
    char names[TOPICS_MAX][TOPICS_MAX_NAME];
    size_t lengths[TOPICS_MAX];
    size_t count;
};

struct topics *topics_new(struct arena *arena)
{
    return arena_new(arena, struct topics, 1);
}

static struct str name_of(const struct topics *t, size_t i)
{
    return (struct str){ t->names[i], t->lengths[i] };
}

/* Words and pairs, of length 1; those that the shipped model knows by their rarity. */
static struct vector words_of(struct arena *arena, struct str text)
{
    struct features f = text_features(arena, str_sub(text, 0, FEATURES_MAX_CHARACTERS));
    struct vector v;
    size_t kept = 0;

    for (size_t i = 0; i < f.count; i++) {
        if (f.list[i].block == FEATURE_WORD)
            f.list[kept++] = f.list[i];
    }
    f.count = kept;
    v = model_vector(arena, model_shipped()->rarity, &f);
    if (v.n == 0)
        v = model_vector(arena, NULL, &f);
    for (size_t k = 0; k < v.n; k++)
        v.index[k] &= ROWS - 1;
    return v;
}

static float score_of(const struct topics *t, const struct vector *v, size_t topic)
{
    float score = -MARGIN;

    for (size_t k = 0; k < v->n; k++)
        score += t->weights[v->index[k]][topic] * v->value[k];
    return score;
}

/* Where the name stands; TOPICS_MAX: there is no room for it. */
static size_t place_of(struct topics *t, struct str name)
{
    size_t i = 0;

    if (name.n == 0 || name.n > TOPICS_MAX_NAME)
        return TOPICS_MAX;
    while (i < t->count && !str_eq(name_of(t, i), name))
        i++;
    if (i == t->count && i < TOPICS_MAX) {
        memcpy(t->names[i], name.p, name.n);
        t->lengths[i] = name.n;
        t->count++;
    }
    return i;
}

static void move(struct topics *t, const struct vector *v, size_t topic, float side)
{
    float short_of = MARGIN - score_of(t, v, topic) * side;

    if (short_of <= 0)
        return;
    for (size_t k = 0; k < v->n; k++)
        t->weights[v->index[k]][topic] += short_of * side * v->value[k];
}

bool topics_learn(struct arena *scratch, struct topics *t, struct str text,
                  struct str name, bool holds)
{
    struct vector v = words_of(scratch, text);
    size_t topic = v.n ? place_of(t, name) : TOPICS_MAX;

    if (topic == TOPICS_MAX)
        return false;
    for (size_t i = 0; i < t->count; i++) {
        if (i == topic)
            move(t, &v, i, holds ? 1 : -1);
        else if (holds)
            move(t, &v, i, -1);
    }
    return true;
}

static bool next_line(struct str *rest, struct str *ret)
{
    size_t n = 0;

    if (rest->n == 0)
        return false;
    while (n < rest->n && rest->p[n] != '|' && rest->p[n] != '\n')
        n++;
    *ret = str_trim(str_sub(*rest, 0, n));
    *rest = str_sub(*rest, n + 1, rest->n);
    return true;
}

static bool is_sentence(struct str line)
{
    ARENA(scratch);
    size_t count;

    text_scan(&scratch, line, &count);
    return count >= TOPICS_SENTENCE_WORDS && !str_starts(line, STR("!"));
}

void topics_learn_lists(struct topics *t, const struct text_lists *lists)
{
    for (size_t i = 0; i < lists->count; i++) {
        struct str rest = lists->rows[i].words, line;

        while (str_is(lists->rows[i].kind, TEXT_TOPIC) && next_line(&rest, &line)) {
            ARENA(scratch);

            if (is_sentence(line))
                (void)topics_learn(&scratch, t, line, lists->rows[i].value, true);
        }
    }
}

static uint64_t digest(uint64_t h, struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        h = (h ^ (unsigned char)text.p[i]) * UINT64_C(1099511628211);
    return h * UINT64_C(1099511628211);
}

uint64_t topics_digest(const struct text_lists *lists)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < lists->count; i++) {
        struct str rest = lists->rows[i].words, line;

        while (str_is(lists->rows[i].kind, TEXT_TOPIC) && next_line(&rest, &line))
            if (is_sentence(line))
                h = digest(digest(h, lists->rows[i].value), line);
    }
    return h;
}

struct str topics_find(struct arena *scratch, const struct topics *t, struct str text,
                       float *ret_probability)
{
    float best = DOUBTED;
    size_t found = TOPICS_MAX;
    struct vector v;

    if (t->count == 0)
        return STR("");
    v = words_of(scratch, text);
    for (size_t i = 0; v.n > 0 && i < t->count; i++) {
        float score = score_of(t, &v, i);

        if (score < best)
            continue;
        best = score;
        found = i;
    }
    if (found == TOPICS_MAX)
        return STR("");
    *ret_probability = model_probability(SHARPNESS * best);
    return name_of(t, found);
}

/* Letters and digits alone. */
static struct str squashed(struct arena *arena, struct str name)
{
    struct text_prepared p = text_prepare(arena, name);
    char *out = arena_new(arena, char, p.words.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < p.words.n; i++)
        if (p.words.p[i] != ' ')
            out[n++] = p.words.p[i];
    return (struct str){ out, n };
}

bool topics_same(struct str a, struct str b)
{
    ARENA(scratch);
    struct str left = squashed(&scratch, a);

    return left.n > 0 && str_eq(left, squashed(&scratch, b));
}

struct str topics_name(const struct text_lists *lists, struct str name)
{
    for (size_t i = 0; name.n > 0 && i < lists->count; i++) {
        const struct text_list *row = &lists->rows[i];
        struct str rest = row->words, line;

        if (!str_is(row->kind, TEXT_TOPIC))
            continue;
        if (topics_same(name, row->value))
            return row->value;
        while (next_line(&rest, &line))
            if (topics_same(name, line))
                return row->value;
    }
    return name;
}
