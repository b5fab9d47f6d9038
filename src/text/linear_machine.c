/* linear_machine.c - learning by dual coordinate descent.
 *
 * After Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual coordinate descent method
 * for large-scale linear SVM", 2008.
 */
#include "text/linear_machine.h"

#include <math.h>

enum { ROUNDS = 30 };

static const float cost = 0.5F;       /* of an error, before the sides are balanced */
static const float balance = 0.5F;    /* 0: none, 1: both sides weigh the same */
static const float tolerance = 0.05F; /* a round that moves nothing more is the last */

struct vector vector_kept(struct arena *arena, struct vector v)
{
    struct vector copy = { arena_new(arena, uint32_t, v.n), arena_new(arena, float, v.n),
                           v.n };

    memcpy(copy.index, v.index, v.n * sizeof(*v.index));
    memcpy(copy.value, v.value, v.n * sizeof(*v.value));
    return copy;
}

float machine_product(const struct machine *m, const struct vector *x)
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
    bool own = m->own[row];
    float sign = own ? 1 : -1, slack = 0.5F / m->sides[own], before = *alpha, wish, step;

    wish = sign * machine_product(m, x) - 1 + before * slack;
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

void machine_shuffle(uint32_t *list, size_t n, uint64_t *state)
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
        own += m->own[m->use[i]] ? 1.0F : 0;
    m->sides[1] = cost * powf(all / (2 * fmaxf(own, 1)), balance);
    m->sides[0] = cost * powf(all / (2 * fmaxf(all - own, 1)), balance);
}

void machine_learn(struct machine *m)
{
    ARENA(scratch);
    uint32_t *order = arena_new(&scratch, uint32_t, m->count + 1);
    float *alpha = arena_new(&scratch, float, m->rows->count + 1);
    uint64_t state = 1;

    memset(m->weights, 0, m->size * sizeof(float));
    m->bias = 0;
    weigh_sides(m);
    memcpy(order, m->use, m->count * sizeof(*order));
    for (unsigned round = 0; round < ROUNDS; round++) {
        float most = 0;

        machine_shuffle(order, m->count, &state);
        for (size_t i = 0; i < m->count; i++)
            most = fmaxf(most, learn_row(m, order[i], &alpha[order[i]]));
        if (most < tolerance)
            break;
    }
}
