/* model.c - reading the model's file, and scoring with it. */
#include "text/model.h"

#include <math.h>
#include <pthread.h>

#include "base/embed.h"

extern const struct embedded text_model[];

static const char *const head_names[MODEL_HEADS] = {
    "praise",   "question",   "complaint",  "suggestion", "discussion", "order",
    "spam",     "other",      "negative",   "neutral",    "positive",   "unsure",
    "third",    "urgent",     "frustrated", "rude",       "insult",     "at_risk",
    "deterred", "opt_out",    "call_back",  "chaser",     "private",    "thanks",
    "irony",    "competitor",
};

const char *model_head_name(enum model_head head)
{
    return head_names[head];
}

/* The next word of a line. */
static struct str next_word(struct str *line)
{
    return str_cut(*line, ' ', line);
}

static bool read_number(struct str *line, float *ret)
{
    int64_t units;

    if (!str_to_i64(next_word(line), &units))
        return false;
    *ret = (float)((double)units * MODEL_UNIT);
    return true;
}

/* "head complaint SCALE BIAS SLOPE SHIFT": the heads stand in their order. */
static bool read_head(struct str line, size_t head, struct model *ret)
{
    struct model_head_numbers *n = &ret->heads[head];

    return head < MODEL_HEADS && str_is(next_word(&line), head_names[head]) &&
           read_number(&line, &n->scale) && read_number(&line, &n->bias) &&
           read_number(&line, &n->slope) && read_number(&line, &n->shift);
}

/* The lines up to the empty one; false: something is wrong with them. */
static bool read_lines(struct str *rest, struct model *ret)
{
    size_t heads = 0;

    while (rest->n > 0) {
        struct str line = str_cut(*rest, '\n', rest), word;

        if (line.n == 0)
            return heads == MODEL_HEADS && ret->version.n > 0;
        word = next_word(&line);
        if (str_is(word, "version")) {
            ret->version = line;
        } else if (str_is(word, "tongue") &&
                   ret->tongue.label_count < MODEL_MAX_TONGUES) {
            ret->tongues[ret->tongue.label_count++] = line;
        } else if (!str_is(word, "head") || !read_head(line, heads++, ret)) {
            return false;
        }
    }
    return false;
}

int model_read(struct op *op, struct str bytes, struct model *ret)
{
    const size_t tongues = MODEL_ROWS + (size_t)MODEL_ROWS * MODEL_HEADS + MODEL_BEYOND;
    struct str rest, first = str_cut(bytes, '\n', &rest);
    float *rarity;

    *ret = (struct model){ .version = { NULL, 0 } };
    if (!str_is(first, "draht model 1") || !read_lines(&rest, ret))
        return op_fail(op, ERR_INVALID,
                       "this is no model of draht, or of another version");
    if (rest.n != tongues + TONGUE_BUCKETS * ret->tongue.label_count + TONGUE_BEYOND)
        return op_fail(op, ERR_INVALID, "the model is cut off");
    rarity = arena_new(op->arena, float, MODEL_ROWS);
    for (size_t i = 0; i < MODEL_ROWS; i++)
        rarity[i] = (float)(unsigned char)rest.p[i] / MODEL_RARITY_STEPS;
    ret->rarity = rarity;
    ret->weights = (const int8_t *)&rest.p[MODEL_ROWS];
    ret->tongue.costs = (const uint8_t *)&rest.p[tongues];
    return 0;
}

/* Read once in the life of the process. */
static struct {
    pthread_once_t once;
    struct arena arena;
    struct model model;
} shipped = { .once = PTHREAD_ONCE_INIT };

static void read_shipped(void)
{
    struct op op = { .arena = &shipped.arena };

    if (model_read(&op, text_model[0].bytes, &shipped.model) < 0)
        abort(); /* the program itself is broken; a test reads the model */
    shipped.model.version = arena_fmt(&shipped.arena, STR_FMT ".%d",
                                      STR_ARG(shipped.model.version), MODEL_RULES);
}

const struct model *model_shipped(void)
{
    pthread_once(&shipped.once, read_shipped);
    return &shipped.model;
}

struct vector model_vector(struct arena *arena, const float *rarity,
                           struct features *features)
{
    size_t kept = 0;

    for (size_t i = 0; i < features->count; i++) {
        struct feature one = features->list[i];

        one.index &= MODEL_ROWS - 1;
        if (!rarity || rarity[one.index] > 0)
            features->list[kept++] = one;
    }
    features->count = kept;
    return features_vector(arena, features, rarity);
}

void model_score(const struct model *model, const struct vector *v,
                 float ret[MODEL_HEADS])
{
    float sums[MODEL_LANES] = { 0 };

    for (size_t k = 0; k < v->n; k++) {
        const int8_t *w = &model->weights[(size_t)v->index[k] * MODEL_HEADS];
        float value = v->value[k];

        for (size_t h = 0; h < MODEL_LANES; h++)
            sums[h] += (float)w[h] * value;
    }
    for (size_t h = 0; h < MODEL_HEADS; h++) {
        const struct model_head_numbers *n = &model->heads[h];

        ret[h] = n->slope * (sums[h] * n->scale + n->bias) + n->shift;
    }
}

void model_judge(struct arena *arena, const struct model *model, struct str text,
                 float ret[MODEL_HEADS])
{
    struct features features = text_features(arena, text);
    struct vector v = model_vector(arena, model->rarity, &features);

    model_score(model, &v, ret);
}

float model_probability(float logit)
{
    return 1 / (1 + expf(-logit));
}
