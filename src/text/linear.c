/* linear.c - one machine a label, learned in folds, and finding the label of a text. */
#include "text/linear.h"

#include <math.h>

#include "text/linear_machine.h"
#include "text/linear_offsets.h"

enum { FOLDS = 5 };

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

static struct machine_rows make_rows(struct arena *arena, const struct linear_examples *e,
                                     const float *rarity)
{
    struct machine_rows rows = { arena_new(arena, struct vector, e->count + 1),
                                 arena_new(arena, float, e->count + 1), e->count };

    for (size_t i = 0; i < e->count; i++) {
        ARENA(scratch);
        struct features f = text_features(&scratch, e->texts[i]);

        rows.x[i] = vector_kept(arena, features_vector(&scratch, &f, rarity));
        rows.square[i] = 1;
        for (size_t k = 0; k < rows.x[i].n; k++)
            rows.square[i] += rows.x[i].value[k] * rows.x[i].value[k];
    }
    return rows;
}

/* Every row's scores by machines that have not learned from it. */
static void score_folds(struct machine *m, size_t label, size_t label_count, float *ret)
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
        machine_learn(m);
        for (uint32_t i = 0; i < m->rows->count; i++) {
            if (linear_fold(i, FOLDS) == fold)
                ret[i * label_count + label] = machine_product(m, &m->rows->x[i]);
        }
    }
}

static void learn_label(struct linear *model, struct machine *m, size_t label,
                        const uint32_t *all, float *scores)
{
    score_folds(m, label, model->label_count, scores);
    m->use = all;
    m->count = m->rows->count;
    machine_learn(m);
    model->bias[label] = m->bias;
    for (size_t k = 0; k < FEATURES; k++)
        model->weights[k * model->label_count + label] = m->weights[k];
}

struct linear linear_train(struct arena *arena, const struct linear_examples *e)
{
    ARENA(scratch);
    struct linear model = { .label_count = e->label_count };
    float *scores = arena_new(&scratch, float, e->count * e->label_count + 1);
    uint32_t *all = arena_new(&scratch, uint32_t, e->count + 1);
    struct machine machine = { .count = 0 };
    bool *own = arena_new(&scratch, bool, e->count + 1);
    struct machine_rows rows;

    model.rarity = arena_new(arena, float, FEATURES);
    model.weights = arena_new(arena, float, FEATURES * e->label_count);
    model.bias = arena_new(arena, float, e->label_count);
    model.offsets = arena_new(arena, float, e->label_count);
    count_rarity(e, model.rarity);
    rows = make_rows(&scratch, e, model.rarity);
    machine.rows = &rows;
    machine.weights = arena_new(&scratch, float, FEATURES);
    machine.size = FEATURES;
    for (uint32_t i = 0; i < e->count; i++)
        all[i] = i;
    machine.own = own;
    for (size_t label = 0; label < e->label_count; label++) {
        for (size_t i = 0; i < e->count; i++)
            own[i] = e->labels[i] == label;
        learn_label(&model, &machine, label, all, scores);
    }
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
