/* tongue.c - counting runs of letters. */
#include "text/tongue.h"

#include <math.h>
#include <unicode/uchar.h>

#include "base/utf8.h"

enum { LONGEST = 5, STEPS = 16, DEAREST = 255 };

static const float smoothing = 0.1F;

/* What was counted or is to be paid, run by run. */
typedef void on_run(void *ctx, uint32_t bucket);

static bool is_letter(uint32_t c)
{
    return c < 0x80 ? (c | 32) - 'a' < 26
                    : (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK)) != 0;
}

/* An address, an @name or a #tag, which tells nothing: its length. */
static size_t skipped(struct str rest)
{
    size_t n = 0;

    if (!str_starts(rest, STR("http://")) && !str_starts(rest, STR("https://")) &&
        !str_starts(rest, STR("www.")) && rest.p[0] != '@' && rest.p[0] != '#')
        return 0;
    while (n < rest.n && (unsigned char)rest.p[n] > ' ')
        n++;
    return n;
}

/* All runs that end with the last letter of `tail`. */
static void end_runs(const uint32_t *tail, size_t n, on_run *then, void *ctx)
{
    uint32_t h = 0x811C9DC5U;

    for (size_t k = 0; k < n && k < LONGEST; k++) {
        uint32_t mixed;

        h = (h ^ tail[n - 1 - k]) * 0x9E3779B1U;
        mixed = (h ^ h >> 15) * 0x85EBCA77U;
        then(ctx, (mixed ^ mixed >> 13) % TONGUE_BUCKETS);
    }
}

static void each_run(struct str text, on_run *then, void *ctx)
{
    uint32_t letters[TONGUE_MAX_BYTES + 2] = { ' ' };
    struct str rest = str_sub(text, 0, TONGUE_MAX_BYTES);
    size_t n = 1, size;

    while (rest.n) {
        uint32_t c = utf8_next(rest, &size);
        size_t skip = skipped(rest);

        rest = str_sub(rest, skip ? skip : size, rest.n);
        if (!skip && is_letter(c))
            letters[n++] = (uint32_t)u_tolower((UChar32)c);
        else if (!skip && (c == '\'' || c == 0x2019) && letters[n - 1] != ' ')
            letters[n++] = '\'';
        else if (letters[n - 1] != ' ')
            letters[n++] = ' ';
        else
            continue;
        end_runs(letters, n, then, ctx);
    }
    if (letters[n - 1] != ' ') {
        letters[n++] = ' ';
        end_runs(letters, n, then, ctx);
    }
}

struct counting {
    float *counts; /* of one language */
    float all;
};

static void count_run(void *ctx, uint32_t bucket)
{
    struct counting *c = ctx;

    c->counts[bucket] += 1;
    c->all += 1;
}

struct tongue tongue_train(struct arena *arena, const struct tongue_examples *e)
{
    ARENA(scratch);
    uint8_t *costs =
        arena_new(arena, uint8_t, TONGUE_BUCKETS * e->label_count + TONGUE_BEYOND);
    struct counting c = { .counts = arena_new(&scratch, float, TONGUE_BUCKETS) };

    for (size_t label = 0; label < e->label_count; label++) {
        memset(c.counts, 0, TONGUE_BUCKETS * sizeof(float));
        c.all = 0;
        for (size_t i = 0; i < e->count; i++) {
            if (e->labels[i] == label)
                each_run(e->texts[i], count_run, &c);
        }
        for (size_t b = 0; b < TONGUE_BUCKETS; b++) {
            float likely =
                (c.counts[b] + smoothing) / (c.all + smoothing * TONGUE_BUCKETS);
            float cost = roundf(-logf(likely) * STEPS);

            costs[b * e->label_count + label] = cost < DEAREST ? (uint8_t)cost : DEAREST;
        }
    }
    return (struct tongue){ e->label_count, costs };
}

/* Few languages are summed in whole registers, beyond the last one; so the table ends
 * with some bytes more. Sums of 16 bits have room for so many runs. */
enum { LANES = TONGUE_BEYOND, ROOM = UINT16_MAX / DEAREST };
typedef uint8_t costs_of_few __attribute__((vector_size(LANES)));
typedef uint16_t sums_of_few __attribute__((vector_size(LANES * sizeof(uint16_t))));

struct paying {
    const struct tongue *tongue;
    sums_of_few few;
    uint32_t sums[TONGUE_MAX_LABELS];
    uint32_t runs;
};

static void empty_few(struct paying *p)
{
    for (size_t l = 0; l < LANES; l++)
        p->sums[l] += p->few[l];
    p->few = (sums_of_few){ 0 };
}

static void pay_run(void *ctx, uint32_t bucket)
{
    struct paying *p = ctx;
    const uint8_t *costs = &p->tongue->costs[bucket * p->tongue->label_count];
    costs_of_few few;

    p->runs++;
    if (p->tongue->label_count > LANES) {
        for (size_t l = 0; l < p->tongue->label_count; l++)
            p->sums[l] += costs[l];
        return;
    }
    memcpy(&few, costs, sizeof(few));
    p->few += __builtin_convertvector(few, sums_of_few);
    if (p->runs % ROOM == 0)
        empty_few(p);
}

size_t tongue_find(const struct tongue *tongue, struct str text, float *ret)
{
    struct paying p = { .tongue = tongue };
    size_t best = 0;
    float sum = 0;

    each_run(text, pay_run, &p);
    empty_few(&p);
    if (p.runs == 0) {
        memset(ret, 0, tongue->label_count * sizeof(*ret));
        return tongue->label_count;
    }
    for (size_t l = 1; l < tongue->label_count; l++)
        best = p.sums[l] < p.sums[best] ? l : best;
    for (size_t l = 0; l < tongue->label_count; l++) {
        /* runs overlap: what those that end together say is said about once */
        ret[l] = expf(-(float)(p.sums[l] - p.sums[best]) / (STEPS * LONGEST));
        sum += ret[l];
    }
    for (size_t l = 0; l < tongue->label_count; l++)
        ret[l] /= sum;
    return best;
}
