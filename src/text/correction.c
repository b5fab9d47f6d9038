/* correction.c - learning one example at a time. */
#include "text/correction.h"

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

/* Words, pairs and signs, of length 1; runs of characters would blur what is meant. */
static struct vector words_of(struct arena *arena, const float *rarity, struct str text)
{
    struct features f = text_features(arena, text);
    struct vector v;
    size_t kept = 0;
    float square = 0;

    for (size_t i = 0; i < f.count; i++) {
        if (f.list[i].block == FEATURE_WORD)
            f.list[kept++] = f.list[i];
    }
    f.count = kept;
    v = model_vector(arena, rarity, &f);
    for (size_t k = 0; k < v.n; k++)
        square += v.value[k] * v.value[k];
    if (square <= 0) /* no word that the shipped model knows: all count the same */
        v = model_vector(arena, NULL, &f);
    for (size_t k = 0; k < v.n; k++)
        v.index[k] &= CORRECTION_ROWS - 1;
    return v;
}

static void add(const struct correction *c, const struct vector *v,
                float logits[MODEL_HEADS])
{
    for (size_t k = 0; k < v->n; k++) {
        const float *w = c->weights[v->index[k]];

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
    v = words_of(scratch, model_shipped()->rarity,
                 str_sub(text, 0, FEATURES_MAX_CHARACTERS));
    add(c, &v, logits);
}

/* What the example says of each head: 1, -1, or 0 for nothing. */
static bool targets_of(const struct correction_example *e, int8_t ret[MODEL_HEADS])
{
    const char *kind = finding_kind_name(e->kind);
    size_t from = HEAD_URGENT, to = MODEL_HEADS, head;
    struct str name = e->kind >= FINDING_URGENT ? str_of(kind) : e->value;
    bool alone = e->kind == FINDING_SENTIMENT;

    memset(ret, 0, MODEL_HEADS);
    if (e->kind == FINDING_INTENT) {
        from = 0;
        to = HEAD_INTENTS;
    } else if (alone) {
        from = HEAD_NEGATIVE;
        to = HEAD_THIRD;
    } else if (e->kind == FINDING_TOWARD) {
        from = HEAD_THIRD;
        to = HEAD_URGENT;
        if (str_is(name, "us")) {
            ret[HEAD_THIRD] = e->holds ? -1 : 1;
            return true;
        }
    } else if (e->kind < FINDING_URGENT) {
        return false;
    }
    for (head = from; head < to; head++) {
        if (str_is(name, model_head_name((enum model_head)head)))
            break;
    }
    if (head == to)
        return false;
    alone = alone || (e->kind == FINDING_INTENT && head == HEAD_OTHER);
    for (size_t h = from; h < to && alone && e->holds; h++)
        ret[h] = -1;
    if (e->kind == FINDING_INTENT && e->holds)
        ret[HEAD_OTHER] = -1;
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

    if (c->count >= CORRECTION_MAX_EXAMPLES || !targets_of(e, targets))
        return false;
    f = text_features(scratch, text);
    v = model_vector(scratch, model->rarity, &f);
    model_score(model, &v, logits);
    v = words_of(scratch, model->rarity, text);
    add(c, &v, logits);
    for (size_t h = 0; h < MODEL_HEADS; h++) {
        float short_of = MARGIN - logits[h] * (float)targets[h];

        if (targets[h] == 0 || short_of <= 0)
            continue;
        short_of = (short_of < STEP ? short_of : STEP) * (float)targets[h];
        for (size_t k = 0; k < v.n; k++)
            c->weights[v.index[k]][h] += short_of * v.value[k];
    }
    c->count++;
    return true;
}
