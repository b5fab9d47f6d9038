/* linear_offsets.c - the offsets of the labels, and how sure a score is. */
#include "text/linear_offsets.h"

#include <math.h>

/* Offsets are tried from -REACH to REACH hundredths, in steps, several times over. */
enum { REACH = 80, STEP = 4, PASSES = 3 };

static const double most_alarms = 0.002;

size_t linear_fold(uint32_t row, size_t folds)
{
    return (row * 2654435761U >> 8) % folds;
}

static size_t best_of(const float *scores, const float *offsets, size_t count)
{
    size_t best = 0;

    for (size_t l = 1; l < count; l++) {
        if (scores[l] + offsets[l] > scores[best] + offsets[best])
            best = l;
    }
    return best;
}

/* Others that were taken for the label, as a share of all others. */
static double alarms(const struct tally *t, size_t label)
{
    double wrong = 0, all = 0;

    for (size_t meant = 0; meant < t->labels; meant++) {
        for (size_t found = 0; meant != label && found < t->labels; found++) {
            all += t->cells[meant][found];
            wrong += found == label ? t->cells[meant][found] : 0;
        }
    }
    return all > 0 ? wrong / all : 0;
}

static double worth(const struct linear_examples *e, const float *scores,
                    const float *offsets)
{
    struct tally tally = { .labels = e->label_count };
    struct tally_figures figures;
    double alarm;

    for (size_t i = 0; i < e->count; i++)
        tally.cells[e->labels[i]]
                   [best_of(&scores[i * e->label_count], offsets, e->label_count)]++;
    figures = tally_figures(&tally);
    switch (e->aim) {
    case LINEAR_OFFICIAL_F:
        return figures.official_f;
    case LINEAR_F1:
        return figures.f1[e->aim_label];
    case LINEAR_F1_RARE_ALARM:
        alarm = alarms(&tally, e->aim_label);
        return figures.f1[e->aim_label] - (alarm > most_alarms ? 1 : 0);
    case LINEAR_MACRO_F1:
        break;
    }
    return figures.macro_f1;
}

static float offset_at(size_t step)
{
    return (float)((int)step * STEP - REACH) / 100;
}

/* Where the smoothed worths are best: the middle of the first stretch of equal ones,
 * since at its ends the next text falls off. */
static size_t middle_of_best(const double *worths, size_t count)
{
    size_t first = 1, last = 1;
    double best = -2;

    for (size_t t = 1; t + 1 < count; t++) {
        double smooth = (worths[t - 1] + 2 * worths[t] + worths[t + 1]) / 4;

        if (smooth > best) {
            best = smooth;
            first = last = t;
        } else if (smooth == best && last + 1 == t) {
            last = t;
        }
    }
    return (first + last) / 2;
}

/* One label's offset, the others' staying as they are. */
static float best_offset(const struct linear_examples *e, const float *scores,
                         float *offsets, size_t label)
{
    enum { TRIES = 2 * REACH / STEP + 1 };
    double worths[TRIES];

    for (size_t t = 0; t < TRIES; t++) {
        offsets[label] = offset_at(t);
        worths[t] = worth(e, scores, offsets);
    }
    return offset_at(middle_of_best(worths, TRIES));
}

void linear_choose_offsets(const struct linear_examples *e, const float *scores,
                           float *ret)
{
    for (size_t l = 0; l < e->label_count; l++)
        ret[l] = 0;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        for (size_t l = 0; l + 1 < e->label_count; l++)
            ret[l] = best_offset(e, scores, ret, l);
    }
}

size_t linear_soften(float *scores, size_t count, float sharpness)
{
    size_t best = 0;
    float sum = 0, top;

    for (size_t l = 1; l < count; l++)
        best = scores[l] > scores[best] ? l : best;
    top = scores[best];
    for (size_t l = 0; l < count; l++) {
        scores[l] = expf((scores[l] - top) * sharpness);
        sum += scores[l];
    }
    for (size_t l = 0; l < count; l++)
        scores[l] /= sum;
    return best;
}

/* How little the probabilities say of what was meant, in nats a row. */
static double surprise(const struct linear_examples *e, const float *scores,
                       const float *offsets, float sharpness)
{
    double sum = 0;

    for (size_t i = 0; i < e->count; i++) {
        float p[TALLY_MAX_LABELS] = { 0 };

        for (size_t l = 0; l < e->label_count; l++)
            p[l] = scores[i * e->label_count + l] + offsets[l];
        linear_soften(p, e->label_count, sharpness);
        sum -= log(fmax((double)p[e->labels[i]], 1e-9));
    }
    return sum / (double)e->count;
}

float linear_choose_sharpness(const struct linear_examples *e, const float *scores,
                              const float *offsets)
{
    float best = 1;
    double least = INFINITY;

    for (int tenths = 5; tenths <= 80; tenths += 5) {
        double s = surprise(e, scores, offsets, (float)tenths / 10);

        if (s < least) {
            least = s;
            best = (float)tenths / 10;
        }
    }
    return best;
}
