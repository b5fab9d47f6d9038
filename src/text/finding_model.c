/* finding_model.c - findings of the learned model, and the words that carry them. */
#include "text/finding_parts.h"

#include <math.h>

#include "text/correction.h"
#include "text/topics.h"
#include "text/trained.h"

/* A probability below YES and above DOUBT is "unsure". They are calibrated, so an answer
 * that is not called unsure is right more often than six times of ten. */
#define YES   0.6F
#define DOUBT 0.4F
/* Irony this probable makes all intents and the mood unsure, a mixed mood praise and the
 * mood. */
#define TWOFOLD 0.3F
/* A token is shown when it carries so much of what the strongest one does. */
#define SHOWN       0.35F
#define TONGUE_SURE 0.7F

struct judging {
    struct finding_parts *parts;
    const struct model *model;
    struct features features;
    float *counts; /* what each feature counts where it stands */
    float p[MODEL_HEADS];
    float *carried; /* a number for each token */
    struct features own;
    float *own_counts; /* the same of the workspace's own model, where it has one */
};

/* As features_vector() weighs them, but for every occurrence. */
static void weigh_blocks(struct judging *j)
{
    float sums[FEATURE_BLOCKS] = { 0 }, scales[FEATURE_BLOCKS];

    for (size_t i = 0; i < j->features.count; i++) {
        const struct feature *f = &j->features.list[i];
        float rare = j->model->rarity[f->index];

        sums[f->block] += rare * rare;
    }
    for (size_t b = 0; b < FEATURE_BLOCKS; b++)
        scales[b] = sums[b] > 0 ? 1 / sqrtf(sums[b]) : 0;
    scales[FEATURE_SIGN] /= 2;
    for (size_t i = 0; i < j->features.count; i++)
        j->counts[i] = j->model->rarity[j->features.list[i].index] *
                       scales[j->features.list[i].block];
}

/* In logits, so that what the workspace taught counts beside what was shipped. */
static void carry(struct judging *j, size_t head)
{
    const int8_t *weights = &j->model->weights[head];
    const float unit = j->model->heads[head].slope * j->model->heads[head].scale;

    memset(j->carried, 0, j->features.token_count * sizeof(*j->carried));
    for (size_t i = 0; i < j->features.count; i++) {
        const struct feature *f = &j->features.list[i];

        j->carried[f->token] +=
            (float)weights[(size_t)f->index * MODEL_HEADS] * j->counts[i] * unit;
    }
    if (j->parts->setting->own)
        trained_carry(j->parts->setting->own, &j->own, j->own_counts,
                      (enum model_head)head, j->carried);
}

/* The strongest token that is not taken yet, or none. */
static size_t strongest(const struct judging *j, float least)
{
    size_t best = SIZE_MAX;

    for (size_t t = 0; t < j->features.token_count; t++) {
        if (j->carried[t] > least) {
            least = j->carried[t];
            best = t;
        }
    }
    return best;
}

static bool is_blank_between(struct str text, uint32_t from, uint32_t to)
{
    for (; from < to; from++) {
        if (text.p[from] != ' ')
            return false;
    }
    return true;
}

/* Into its place; neighbours become one. */
static void insert_span(struct str text, struct finding *one, struct finding_span span)
{
    size_t i = 0;

    while (i < one->span_count && one->spans[i].to <= span.from)
        i++;
    if (i > 0 && is_blank_between(text, one->spans[i - 1].to, span.from)) {
        one->spans[i - 1].to = span.to;
        return;
    }
    if (i < one->span_count && is_blank_between(text, span.to, one->spans[i].from)) {
        one->spans[i].from = span.from;
        return;
    }
    if (one->span_count == FINDING_MAX_SPANS)
        return;
    for (size_t k = one->span_count++; k > i; k--)
        one->spans[k] = one->spans[k - 1];
    one->spans[i] = span;
}

static void explain(struct judging *j, struct finding *one, size_t head)
{
    float least = 0;

    carry(j, head);
    for (size_t shown = 0; shown < FINDING_MAX_SPANS; shown++) {
        size_t token = strongest(j, least);
        struct feature_token place;

        if (token == SIZE_MAX)
            return;
        place = j->features.tokens[token];
        if (shown == 0)
            least = j->carried[token] * SHOWN;
        j->carried[token] = 0;
        insert_span(j->parts->text, one, (struct finding_span){ place.from, place.to });
    }
}

static struct finding *say(struct judging *j, enum finding_kind kind, const char *value,
                           size_t head, bool unsure)
{
    struct finding *one = finding_add(j->parts, kind, FINDING_BY_MODEL, str_of(value));

    if (!one)
        return NULL;
    one->probability = j->p[head];
    one->unsure = unsure;
    explain(j, one, head);
    return one;
}

/* The words may say the opposite: then nothing is certain of what is wanted, either. */
static bool is_ironic(const struct judging *j)
{
    return j->p[HEAD_IRONY] >= TWOFOLD;
}

static bool is_twofold(const struct judging *j)
{
    return is_ironic(j) || j->p[HEAD_MIXED] >= TWOFOLD;
}

static size_t best_of(const struct judging *j, size_t from, size_t to)
{
    size_t best = from;

    for (size_t h = from + 1; h < to; h++)
        best = j->p[h] > j->p[best] ? h : best;
    return best;
}

static void judge_intent(struct judging *j)
{
    size_t best = best_of(j, 0, HEAD_INTENTS);

    if (finding_has(j->parts, FINDING_INTENT))
        return;
    for (size_t h = 0; h < HEAD_INTENTS; h++) {
        bool doubted = is_ironic(j) || (h == HEAD_PRAISE && is_twofold(j));

        if ((h == HEAD_OTHER) != (best == HEAD_OTHER)) /* "other" is none of the rest */
            continue;
        if (j->p[h] >= YES || h == best)
            say(j, FINDING_INTENT, model_head_name((enum model_head)h), h,
                j->p[h] < YES || doubted);
    }
}

static void judge_toward(struct judging *j, bool unsure)
{
    float third = j->p[HEAD_THIRD];
    struct finding *one = say(j, FINDING_TOWARD, third > 0.5F ? "third" : "us",
                              HEAD_THIRD, unsure || (third > DOUBT && third < YES));

    if (!one || third > 0.5F)
        return;
    one->probability = 1 - third;
    one->span_count = 0; /* nobody else is named: no word of it says "us" */
}

static void judge_sentiment(struct judging *j)
{
    float sum = 0;
    size_t best = best_of(j, HEAD_NEGATIVE, HEAD_MIXED);
    struct finding *one;

    for (size_t h = HEAD_NEGATIVE; h < HEAD_THIRD; h++)
        sum += j->p[h];
    for (size_t h = HEAD_NEGATIVE; h < HEAD_THIRD && sum > 0; h++)
        j->p[h] /= sum;
    one = say(j, FINDING_SENTIMENT, model_head_name((enum model_head)best), best,
              j->p[best] < YES || is_twofold(j));
    if (one && best != HEAD_NEUTRAL)
        judge_toward(j, one->unsure);
}

static void judge_flags(struct judging *j)
{
    static const enum finding_kind kinds[MODEL_HEADS - HEAD_URGENT] = {
        FINDING_URGENT,     FINDING_FRUSTRATED, FINDING_RUDE,    FINDING_INSULT,
        FINDING_AT_RISK,    FINDING_DETERRED,   FINDING_OPT_OUT, FINDING_CALL_BACK,
        FINDING_CHASER,     FINDING_PRIVATE,    FINDING_THANKS,  FINDING_IRONY,
        FINDING_COMPETITOR,
    };

    /* either there is a matter or there is none */
    if (j->p[HEAD_RUDE] < j->p[HEAD_INSULT])
        j->p[HEAD_RUDE] = 0;
    else
        j->p[HEAD_INSULT] = 0;
    for (size_t h = HEAD_URGENT; h < MODEL_HEADS; h++) {
        enum finding_kind kind = kinds[h - HEAD_URGENT];

        if (j->p[h] >= DOUBT && !finding_has(j->parts, kind))
            say(j, kind, "", h, j->p[h] < YES);
    }
}

static void judge_language(struct judging *j)
{
    float p[MODEL_MAX_TONGUES] = { 0 };
    const struct tongue *tongue = &j->model->tongue;
    size_t best = tongue->label_count;
    struct finding *one;

    if (tongue->label_count > 0)
        best = tongue_find(tongue, j->parts->text, p);
    if (best == tongue->label_count || str_is(j->model->tongues[best], "other"))
        return;
    one = finding_add(j->parts, FINDING_LANGUAGE, FINDING_BY_MODEL,
                      j->model->tongues[best]);
    if (one) {
        one->probability = p[best];
        one->unsure = p[best] < TONGUE_SURE;
    }
}

/* Where no word of a list says it. */
static void judge_topic(struct finding_parts *parts)
{
    float probability = 0;
    struct finding *one;
    struct str name;

    if (!parts->setting->topics || finding_has(parts, FINDING_TOPIC))
        return;
    name = topics_find(parts->arena, parts->setting->topics, parts->text, &probability);
    if (name.n == 0)
        return;
    one = finding_add(parts, FINDING_TOPIC, FINDING_BY_MODEL,
                      arena_dup(parts->arena, name));
    if (one) {
        one->probability = probability;
        one->unsure = probability < 0.5F;
    }
}

void finding_by_model(struct finding_parts *parts)
{
    struct judging j = { .parts = parts, .model = model_shipped() };
    struct vector v;

    j.features = text_features(parts->arena, parts->text);
    if (j.features.token_count == 0)
        return;
    v = model_vector(parts->arena, j.model->rarity, &j.features);
    model_score(j.model, &v, j.p);
    if (parts->setting->own) {
        trained_add(parts->arena, parts->setting->own, parts->text, j.p);
        j.own = correction_places(parts->arena, parts->text, &j.own_counts);
    }
    if (parts->setting->learned)
        correction_add(parts->arena, parts->setting->learned, parts->text, j.p);
    for (size_t h = 0; h < MODEL_HEADS; h++)
        j.p[h] = model_probability(j.p[h]);
    j.counts = arena_new(parts->arena, float, j.features.count + 1);
    weigh_blocks(&j);
    j.carried = arena_new(parts->arena, float, j.features.token_count);
    judge_topic(parts);
    judge_language(&j);
    judge_flags(&j);
    judge_intent(&j);
    judge_sentiment(&j);
}
