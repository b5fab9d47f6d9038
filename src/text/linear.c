/* linear.c - learning by dual coordinate descent, and finding the label of a text.
 *
 * After Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual coordinate descent method
 * for large-scale linear SVM", 2008.
 */
#include "text/linear.h"

#include <math.h>

#include "text/linear_offsets.h"

enum { FOLDS = 5, ROUNDS = 30 };

static const float cost = 0.5F;       /* of an error, before the sides are balanced */
static const float balance = 0.5F;    /* 0: none, 1: both sides weigh the same */
static const float tolerance = 0.05F; /* a round that moves nothing more is the last */

struct rows {
    struct vector *x;
    float *square; /* of the length, with the constant feature */
    size_t count;
};

static void count_rarity(const struct linear_examples *e, float *ret)
{
    for (size_t i = 0; i < e->count; i++) {
        ARENA(scratch);
        struct features f = text_features(&scratch, e->texts[i]);
        struct vector v = features_vector(&scratch, &f, NULL);

        for (size_t k = 0; k < v.n; k++)
            ret[v.index[k]] += 1;
    }
    for (size_t k = 0; k < FEATURES; k++)
        ret[k] = logf((1 + (float)e->count) / (1 + ret[k])) + 1;
}

static struct vector kept(struct arena *arena, struct vector v)
{
    struct vector copy = { arena_new(arena, uint32_t, v.n), arena_new(arena, float, v.n),
                           v.n };

    memcpy(copy.index, v.index, v.n * sizeof(*v.index));
    memcpy(copy.value, v.value, v.n * sizeof(*v.value));
    return copy;
}

static struct rows make_rows(struct arena *arena, const struct linear_examples *e,
                             const float *rarity)
{
    struct rows rows = { arena_new(arena, struct vector, e->count + 1),
                         arena_new(arena, float, e->count + 1), e->count };

    for (size_t i = 0; i < e->count; i++) {
        ARENA(scratch);
        struct features f = text_features(&scratch, e->texts[i]);

        rows.x[i] = kept(arena, features_vector(&scratch, &f, rarity));
        rows.square[i] = 1;
        for (size_t k = 0; k < rows.x[i].n; k++)
            rows.square[i] += rows.x[i].value[k] * rows.x[i].value[k];
    }
    return rows;
}

/* One label against the others. */
struct machine {
    const struct rows *rows;
    const uint8_t *labels;
    const uint32_t *use; /* the rows to learn from */
    size_t count, label;
    float *weights; /* FEATURES */
    float bias;
    float sides[2]; /* what an error costs: of the others, of the label */
};

static float product(const struct machine *m, const struct vector *x)
{
    float sum = m->bias;

    for (size_t k = 0; k < x->n; k++)
        sum += m->weights[x->index[k]] * x->value[k];
    return sum;
}

/* Moves the multiplier of one row; how far it wanted to go. */
static float learn_row(struct machine *m, uint32_t row, float *alpha)
{
    const struct vector *x = &m->rows->x[row];
    bool own = m->labels[row] == m->label;
    float sign = own ? 1 : -1, slack = 0.5F / m->sides[own], before = *alpha, wish, step;

    wish = sign * product(m, x) - 1 + before * slack;
    if (before <= 0 && wish >= 0)
        return 0;
    *alpha = before - wish / (m->rows->square[row] + slack);
    if (*alpha < 0)
        *alpha = 0;
    step = (*alpha - before) * sign;
    m->bias += step;
    for (size_t k = 0; k < x->n; k++)
        m->weights[x->index[k]] += step * x->value[k];
    return fabsf(wish);
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33);
}

static void shuffle(uint32_t *list, size_t n, uint64_t *state)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = next_random(state) % i;
        uint32_t other = list[j];

        list[j] = list[i - 1];
        list[i - 1] = other;
    }
}

static void weigh_sides(struct machine *m)
{
    float own = 0, all = (float)m->count;

    for (size_t i = 0; i < m->count; i++)
        own += m->labels[m->use[i]] == m->label ? 1.0F : 0;
    m->sides[1] = cost * powf(all / (2 * fmaxf(own, 1)), balance);
    m->sides[0] = cost * powf(all / (2 * fmaxf(all - own, 1)), balance);
}

static void learn(struct machine *m)
{
    ARENA(scratch);
    uint32_t *order = arena_new(&scratch, uint32_t, m->count + 1);
    float *alpha = arena_new(&scratch, float, m->rows->count + 1);
    uint64_t state = 1;

    memset(m->weights, 0, FEATURES * sizeof(float));
    m->bias = 0;
    weigh_sides(m);
    memcpy(order, m->use, m->count * sizeof(*order));
    for (unsigned round = 0; round < ROUNDS; round++) {
        float most = 0;

        shuffle(order, m->count, &state);
        for (size_t i = 0; i < m->count; i++)
            most = fmaxf(most, learn_row(m, order[i], &alpha[order[i]]));
        if (most < tolerance)
            break;
    }
}

/* Every row's scores by machines that have not learned from it. */
static void score_folds(struct machine *m, size_t label_count, float *ret)
{
    ARENA(scratch);
    uint32_t *use = arena_new(&scratch, uint32_t, m->rows->count + 1);

    m->use = use;
    for (size_t fold = 0; fold < FOLDS; fold++) {
        m->count = 0;
        for (uint32_t i = 0; i < m->rows->count; i++) {
            if (linear_fold(i, FOLDS) != fold)
                use[m->count++] = i;
        }
        learn(m);
        for (uint32_t i = 0; i < m->rows->count; i++) {
            if (linear_fold(i, FOLDS) == fold)
                ret[i * label_count + m->label] = product(m, &m->rows->x[i]);
        }
    }
}

static void learn_label(struct linear *model, struct machine *m, const uint32_t *all,
                        float *scores)
{
    score_folds(m, model->label_count, scores);
    m->use = all;
    m->count = m->rows->count;
    learn(m);
    model->bias[m->label] = m->bias;
    for (size_t k = 0; k < FEATURES; k++)
        model->weights[k * model->label_count + m->label] = m->weights[k];
}

struct linear linear_train(struct arena *arena, const struct linear_examples *e)
{
    ARENA(scratch);
    struct linear model = { .label_count = e->label_count };
    float *scores = arena_new(&scratch, float, e->count * e->label_count + 1);
    uint32_t *all = arena_new(&scratch, uint32_t, e->count + 1);
    struct machine machine = { .labels = e->labels };
    struct rows rows;

    model.rarity = arena_new(arena, float, FEATURES);
    model.weights = arena_new(arena, float, FEATURES * e->label_count);
    model.bias = arena_new(arena, float, e->label_count);
    model.offsets = arena_new(arena, float, e->label_count);
    count_rarity(e, model.rarity);
    rows = make_rows(&scratch, e, model.rarity);
    machine.rows = &rows;
    machine.weights = arena_new(&scratch, float, FEATURES);
    for (uint32_t i = 0; i < e->count; i++)
        all[i] = i;
    for (machine.label = 0; machine.label < e->label_count; machine.label++)
        learn_label(&model, &machine, all, scores);
    linear_choose_offsets(e, scores, model.offsets);
    model.sharpness = linear_choose_sharpness(e, scores, model.offsets);
    return model;
}

size_t linear_find(struct arena *scratch, const struct linear *model, struct str text,
                   float *ret)
{
    struct features f = text_features(scratch, text);
    struct vector v = features_vector(scratch, &f, model->rarity);

    for (size_t l = 0; l < model->label_count; l++)
        ret[l] = model->bias[l] + model->offsets[l];
    for (size_t k = 0; k < v.n; k++) {
        const float *w = &model->weights[v.index[k] * model->label_count];

        for (size_t l = 0; l < model->label_count; l++)
            ret[l] += w[l] * v.value[k];
    }
    return linear_soften(ret, model->label_count, model->sharpness);
}
