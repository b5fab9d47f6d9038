/* model_train.c - learning each head, calibrating it, and packing it into bytes. */
#include "text/model_train.h"

#include <math.h>

#include "base/strbuf.h"
#include "text/linear_machine.h"
#include "text/linear_offsets.h"

enum { FOLDS = 5, NEWTON_STEPS = 50, LARGEST = 127, LEAST_TEXTS = 2 };

struct training {
    struct arena *arena;
    const struct corpus *corpus;
    uint8_t *rarity; /* as it is written */
    int8_t *weights;
    struct model_head_numbers numbers[MODEL_HEADS];
    struct machine_rows rows;
    struct machine machine;
    bool *own;
    uint32_t *use;
    float *scores; /* MODEL_HEADS for each row */
};

/* A feature that one text alone has teaches nothing of others, and takes room. */
static float *count_rarity(struct training *t)
{
    float *seen = arena_new(t->arena, float, FEATURES);

    for (size_t i = 0; i < t->corpus->count; i++) {
        ARENA(scratch);
        struct features f = text_features(&scratch, t->corpus->rows[i].text);
        struct vector v = model_vector(&scratch, NULL, &f);

        for (size_t k = 0; k < v.n; k++)
            seen[v.index[k]] += 1;
    }
    for (size_t k = 0; k < MODEL_ROWS; k++) {
        float rare = logf((1 + (float)t->corpus->count) / (1 + seen[k])) + 1;

        t->rarity[k] =
            seen[k] < LEAST_TEXTS ? 0 : (uint8_t)roundf(rare * MODEL_RARITY_STEPS);
        seen[k] = (float)t->rarity[k] / MODEL_RARITY_STEPS;
    }
    return seen;
}

static void make_rows(struct training *t, const float *rarity)
{
    t->rows.count = t->corpus->count;
    t->rows.x = arena_new(t->arena, struct vector, t->rows.count + 1);
    t->rows.square = arena_new(t->arena, float, t->rows.count + 1);
    for (size_t i = 0; i < t->rows.count; i++) {
        ARENA(scratch);
        struct features f = text_features(&scratch, t->corpus->rows[i].text);
        struct vector *x = &t->rows.x[i];

        *x = vector_kept(t->arena, model_vector(&scratch, rarity, &f));
        t->rows.square[i] = 1;
        for (size_t k = 0; k < x->n; k++)
            t->rows.square[i] += x->value[k] * x->value[k];
    }
}

/* The rows that say something of the head, without those of a fold (FOLDS: with all). */
static void choose_rows(struct training *t, size_t head, size_t fold)
{
    t->machine.count = 0;
    for (uint32_t i = 0; i < t->rows.count; i++) {
        int8_t target = t->corpus->rows[i].targets[head];

        t->own[i] = target > 0;
        if (target >= 0 && linear_fold(i, FOLDS) != fold)
            t->use[t->machine.count++] = i;
    }
}

static void score_folds(struct training *t, size_t head)
{
    for (size_t fold = 0; fold < FOLDS; fold++) {
        choose_rows(t, head, fold);
        machine_learn(&t->machine);
        for (size_t i = 0; i < t->rows.count; i++) {
            if (linear_fold((uint32_t)i, FOLDS) == fold)
                t->scores[i * MODEL_HEADS + head] =
                    machine_product(&t->machine, &t->rows.x[i]);
        }
    }
}

/* Slope and shift that make logits of scores: Newton's method on the likelihood, after
 * Platt 1999 with the targets drawn in a little, and Lin, Lin and Weng 2007. */
static void calibrate(const struct training *t, size_t head,
                      struct model_head_numbers *ret)
{
    double a = 1, b = 0, own = 0, others = 0;

    for (size_t i = 0; i < t->rows.count; i++) {
        own += t->corpus->rows[i].targets[head] == 1;
        others += t->corpus->rows[i].targets[head] == 0;
    }
    for (unsigned step = 0; step < NEWTON_STEPS; step++) {
        double ga = 0, gb = 0, aa = 1e-6, ab = 0, bb = 1e-6, det;

        for (size_t i = 0; i < t->rows.count; i++) {
            int8_t target = t->corpus->rows[i].targets[head];
            double s = (double)t->scores[i * MODEL_HEADS + head], p, d, w;

            if (target < 0)
                continue;
            p = 1 / (1 + exp(-(a * s + b)));
            d = p - (target ? (own + 1) / (own + 2) : 1 / (others + 2));
            w = p * (1 - p);
            ga += d * s;
            gb += d;
            aa += w * s * s;
            ab += w * s;
            bb += w;
        }
        det = aa * bb - ab * ab;
        if (det <= 0)
            break;
        a -= (bb * ga - ab * gb) / det;
        b -= (aa * gb - ab * ga) / det;
    }
    ret->slope = (float)a;
    ret->shift = (float)b;
}

/* Weights become bytes: the largest is 127. */
static void pack(struct training *t, size_t head)
{
    float most = 0;

    for (size_t k = 0; k < MODEL_ROWS; k++)
        most = fmaxf(most, fabsf(t->machine.weights[k]));
    t->numbers[head].scale = most / LARGEST;
    for (size_t k = 0; k < MODEL_ROWS && most > 0; k++)
        t->weights[k * MODEL_HEADS + head] =
            (int8_t)roundf(t->machine.weights[k] / most * LARGEST);
}

static void learn_head(struct training *t, size_t head)
{
    score_folds(t, head);
    calibrate(t, head, &t->numbers[head]);
    choose_rows(t, head, FOLDS);
    machine_learn(&t->machine);
    t->numbers[head].bias = t->machine.bias;
    pack(t, head);
    for (size_t i = 0; i < t->rows.count; i++) {
        float *score = &t->scores[i * MODEL_HEADS + head];

        *score = *score * t->numbers[head].slope + t->numbers[head].shift;
    }
}

uint64_t model_digest(struct str bytes)
{
    uint64_t h = 0xCBF29CE484222325U;

    for (size_t i = 0; i < bytes.n; i++)
        h = (h ^ (unsigned char)bytes.p[i]) * 0x100000001B3U;
    return h;
}

static void write_number(struct strbuf *out, float number)
{
    strbuf_fmt(out, " %lld", (long long)llround((double)number / MODEL_UNIT));
}

static struct str write_model(const struct training *t, const struct model_examples *e)
{
    struct strbuf out = STRBUF(t->arena), body = STRBUF(t->arena);
    struct tongue tongue;

    for (size_t h = 0; h < MODEL_HEADS; h++) {
        const struct model_head_numbers *n = &t->numbers[h];

        strbuf_fmt(&body, "head %s", model_head_name((enum model_head)h));
        write_number(&body, n->scale);
        write_number(&body, n->bias);
        write_number(&body, n->slope);
        write_number(&body, n->shift);
        strbuf_char(&body, '\n');
    }
    for (size_t i = 0; i < e->tongue.label_count; i++)
        strbuf_fmt(&body, "tongue " STR_FMT "\n", STR_ARG(e->tongues[i]));
    strbuf_char(&body, '\n');
    strbuf_add(&body, (struct str){ (const char *)t->rarity, MODEL_ROWS });
    strbuf_add(&body, (struct str){ (const char *)t->weights,
                                    (size_t)MODEL_ROWS * MODEL_HEADS + MODEL_BEYOND });
    tongue = tongue_train(t->arena, &e->tongue);
    strbuf_add(&body,
               (struct str){ (const char *)tongue.costs,
                             TONGUE_BUCKETS * tongue.label_count + TONGUE_BEYOND });
    strbuf_fmt(&out, "draht model 1\nversion 1-%08x\n",
               (unsigned)(model_digest(strbuf_str(&body)) >> 32));
    strbuf_add(&out, strbuf_str(&body));
    return strbuf_str(&out);
}

struct str model_train(struct arena *arena, const struct model_examples *e,
                       float **ret_scores)
{
    struct training t = { .arena = arena, .corpus = e->corpus };

    t.rarity = arena_new(arena, uint8_t, MODEL_ROWS);
    t.weights = arena_new(arena, int8_t, (size_t)MODEL_ROWS * MODEL_HEADS + MODEL_BEYOND);
    t.own = arena_new(arena, bool, e->corpus->count + 1);
    t.use = arena_new(arena, uint32_t, e->corpus->count + 1);
    t.scores = arena_new(arena, float, e->corpus->count *MODEL_HEADS + 1);
    make_rows(&t, count_rarity(&t));
    t.machine = (struct machine){
        .rows = &t.rows, .own = t.own, .use = t.use, .size = MODEL_ROWS
    };
    t.machine.weights = arena_new(arena, float, MODEL_ROWS);
    for (size_t head = 0; head < MODEL_HEADS; head++)
        learn_head(&t, head);
    *ret_scores = t.scores;
    return write_model(&t, e);
}
