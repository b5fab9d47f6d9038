/* correction.c - learning one example at a time. */
#include "text/correction.h"

#include <math.h>
#include <pthread.h>

/* A logit this far on the right side is right enough; a step moves it by at most so
 * much. */
#define MARGIN 1.0F
#define STEP   3.0F

struct correction {
    float weights[CORRECTION_ROWS][MODEL_HEADS];
    size_t count;
};

struct correction *correction_new(struct arena *arena)
{
    return arena_new(arena, struct correction, 1);
}

size_t correction_count(const struct correction *correction)
{
    return correction->count;
}

/* A word that the shipped model has never seen is a name or a matter of the house: it
 * counts as much as the rarest that it knows. */
static struct {
    pthread_once_t once;
    float rows[MODEL_ROWS];
} rarity = { .once = PTHREAD_ONCE_INIT };

static void fill_rarity(void)
{
    const float *known = model_shipped()->rarity;
    float most = 0;

    for (size_t k = 0; k < MODEL_ROWS; k++)
        most = known[k] > most ? known[k] : most;
    for (size_t k = 0; k < MODEL_ROWS; k++)
        rarity.rows[k] = known[k] > 0 ? known[k] : most;
}

/* Words and pairs; runs of characters would blur what is meant. */
static struct features places_of(struct arena *arena, struct str text)
{
    struct features f = text_features(arena, str_sub(text, 0, FEATURES_MAX_CHARACTERS));
    size_t kept = 0;

    pthread_once(&rarity.once, fill_rarity);
    for (size_t i = 0; i < f.count; i++) {
        if (f.list[i].block == FEATURE_WORD)
            f.list[kept++] = f.list[i];
    }
    f.count = kept;
    return f;
}

/* Of length 1. */
struct vector correction_words(struct arena *arena, struct str text)
{
    struct features f = places_of(arena, text);

    return model_vector(arena, rarity.rows, &f);
}

struct features correction_places(struct arena *arena, struct str text,
                                  float **ret_values)
{
    struct features f = places_of(arena, text);
    float *values = arena_new(arena, float, f.count + 1), square = 0;

    for (size_t i = 0; i < f.count; i++) {
        f.list[i].index &= MODEL_ROWS - 1;
        values[i] = rarity.rows[f.list[i].index];
        square += values[i] * values[i];
    }
    for (size_t i = 0; i < f.count; i++)
        values[i] /= sqrtf(square);
    *ret_values = values;
    return f;
}

static void add(const struct correction *c, const struct vector *v,
                float logits[MODEL_HEADS])
{
    for (size_t k = 0; k < v->n; k++) {
        const float *w = c->weights[v->index[k] & (CORRECTION_ROWS - 1)];

        for (size_t h = 0; h < MODEL_HEADS; h++)
            logits[h] += w[h] * v->value[k];
    }
}

void correction_add(struct arena *scratch, const struct correction *c, struct str text,
                    float logits[MODEL_HEADS])
{
    struct vector v;

    if (c->count == 0)
        return;
    v = correction_words(scratch, text);
    add(c, &v, logits);
}

/* The heads of a kind, from `from` up to `to`; none: no model tells it. */
struct range {
    size_t from, to;
};

static struct range heads_of(enum finding_kind kind)
{
    switch (kind) {
    case FINDING_INTENT:
        return (struct range){ 0, HEAD_INTENTS };
    case FINDING_SENTIMENT:
        return (struct range){ HEAD_NEGATIVE, HEAD_THIRD };
    case FINDING_TOWARD:
        return (struct range){ HEAD_THIRD, HEAD_URGENT };
    default:
        return kind < FINDING_URGENT ? (struct range){ 0, 0 }
                                     : (struct range){ HEAD_URGENT, MODEL_HEADS };
    }
}

/* The sentiments exclude each other, and "other" every other intent. */
static bool excludes(enum finding_kind kind, size_t one, size_t other)
{
    if (kind == FINDING_INTENT)
        return one == HEAD_OTHER || other == HEAD_OTHER;
    return kind == FINDING_SENTIMENT;
}

bool correction_targets(const struct correction_example *e, int8_t ret[MODEL_HEADS])
{
    struct range range = heads_of(e->kind);
    struct str name =
        e->kind >= FINDING_URGENT ? str_of(finding_kind_name(e->kind)) : e->value;
    size_t head = range.from;

    memset(ret, 0, MODEL_HEADS);
    if (e->kind == FINDING_TOWARD && str_is(name, "us")) {
        ret[HEAD_THIRD] = e->holds ? -1 : 1;
        return true;
    }
    while (head < range.to && !str_is(name, model_head_name((enum model_head)head)))
        head++;
    if (head == range.to)
        return false;
    for (size_t h = range.from; h < range.to; h++) {
        if (e->holds && excludes(e->kind, head, h))
            ret[h] = -1;
    }
    ret[head] = e->holds ? 1 : -1;
    return true;
}

bool correction_learn(struct arena *scratch, struct correction *c,
                      const struct correction_example *e)
{
    const struct model *model = model_shipped();
    struct str text = str_sub(e->text, 0, FEATURES_MAX_CHARACTERS);
    int8_t targets[MODEL_HEADS];
    float logits[MODEL_HEADS];
    struct features f;
    struct vector v;

    if (c->count >= CORRECTION_MAX_EXAMPLES || !correction_targets(e, targets))
        return false;
    f = text_features(scratch, text);
    v = model_vector(scratch, model->rarity, &f);
    model_score(model, &v, logits);
    v = correction_words(scratch, text);
    add(c, &v, logits);
    for (size_t h = 0; h < MODEL_HEADS; h++) {
        float short_of = MARGIN - logits[h] * (float)targets[h];

        if (targets[h] == 0 || short_of <= 0)
            continue;
        short_of = (short_of < STEP ? short_of : STEP) * (float)targets[h];
        for (size_t k = 0; k < v.n; k++)
            c->weights[v.index[k] & (CORRECTION_ROWS - 1)][h] += short_of * v.value[k];
    }
    c->count++;
    return true;
}
