/* trained.c - learning a workspace's own model, trying it, and reading it. */
#include "text/trained.h"

#include <math.h>

#include "base/map.h"
#include "base/strbuf.h"
#include "text/linear_machine.h"
#include "text/linear_offsets.h"
#include "text/model_train.h"

enum { FOLDS = 5, ROUNDS = 12, LARGEST = 127, VERSION_DIGITS = 8 };

#define WEIGHTS ((size_t)TRAINED_ROWS * MODEL_HEADS)

static const float rate = 2.0F;   /* of the first round; the nth takes less */
static const float anchor = 0.3F; /* what the shipped model says, beside a person */
/* So much of what was learned is used: the likeliest in the folds. */
static const float shares[] = { 1, 0.75F, 0.5F };

/* One text, with all that people said of it. */
struct row {
    struct vector words;
    float base[MODEL_HEADS]; /* the shipped model's logits */
    int8_t targets[MODEL_HEADS];
    size_t fold;
};

/* One word of a person. */
struct unit {
    const struct correction_example *example;
    const struct row *row;
    float learned[MODEL_HEADS]; /* what a model adds that has not seen the text */
    int8_t targets[MODEL_HEADS];
    bool at_once, dealt; /* whether these were right */
};

struct trainer {
    struct arena *arena;
    struct row *rows;
    struct unit *units;
    uint32_t *order;
    int8_t (*targets)[MODEL_HEADS]; /* those of the rows, while they are dealt */
    size_t row_count, unit_count;
    float (*weights)[MODEL_HEADS]; /* TRAINED_ROWS */
};

static struct vector words_of(struct arena *arena, struct str text)
{
    struct vector v = correction_words(arena, text);

    for (size_t k = 0; k < v.n; k++)
        v.index[k] &= TRAINED_ROWS - 1;
    return v;
}

static struct row *row_of(struct trainer *t, struct map *rows, struct str text)
{
    ARENA(scratch);
    struct row *row = map_get(rows, text);
    struct vector v;

    if (row)
        return row;
    row = &t->rows[t->row_count];
    row->fold = linear_fold((uint32_t)t->row_count++, FOLDS);
    v = words_of(&scratch, text);
    row->words = vector_kept(t->arena, v);
    model_judge(&scratch, model_shipped(), str_sub(text, 0, FEATURES_MAX_CHARACTERS),
                row->base);
    map_put(rows, text, row);
    return row;
}

/* What was said last of a text counts. */
static void gather(struct trainer *t, const struct correction_example *list, size_t count)
{
    struct map rows = MAP(t->arena);

    for (size_t i = 0; i < count; i++) {
        struct unit unit = { .example = &list[i] };
        struct row *row;

        if (!correction_targets(&list[i], unit.targets))
            continue;
        row = row_of(t, &rows, list[i].text);
        unit.row = row;
        for (size_t h = 0; h < MODEL_HEADS; h++)
            if (unit.targets[h])
                row->targets[h] = unit.targets[h];
        t->units[t->unit_count++] = unit;
    }
}

static void add_learned(float (*weights)[MODEL_HEADS], const struct vector *v,
                        float ret[MODEL_HEADS])
{
    for (size_t k = 0; k < v->n; k++)
        for (size_t h = 0; h < MODEL_HEADS; h++)
            ret[h] += weights[v->index[k]][h] * v->value[k];
}

static void learn_row(struct trainer *t, const struct row *row, float step)
{
    float z[MODEL_HEADS];

    memcpy(z, row->base, sizeof(z));
    add_learned(t->weights, &row->words, z);
    for (size_t h = 0; h < MODEL_HEADS; h++) {
        float goal = model_probability(row->base[h]);

        if (row->targets[h])
            goal = row->targets[h] > 0 ? 1 : 0;
        z[h] = step * (row->targets[h] ? 1 : anchor) * (goal - model_probability(z[h]));
    }
    for (size_t k = 0; k < row->words.n; k++)
        for (size_t h = 0; h < MODEL_HEADS; h++)
            t->weights[row->words.index[k]][h] += z[h] * row->words.value[k];
}

/* From nothing, of all rows but those of the fold (FOLDS: of all). */
static void learn(struct trainer *t, size_t fold)
{
    uint64_t state = 1;

    memset(t->weights, 0, TRAINED_ROWS * sizeof(*t->weights));
    for (uint32_t i = 0; i < t->row_count; i++)
        t->order[i] = i;
    for (unsigned round = 0; round < ROUNDS; round++) {
        machine_shuffle(t->order, t->row_count, &state);
        for (size_t i = 0; i < t->row_count; i++) {
            const struct row *row = &t->rows[t->order[i]];

            if (row->fold != fold)
                learn_row(t, row, rate / (1 + 0.2F * (float)round));
        }
    }
}

/* The one that the example names. */
static size_t head_of(const struct unit *unit)
{
    const int8_t says = unit->example->holds ? 1 : -1;
    size_t head = 0;

    if (unit->example->kind == FINDING_TOWARD)
        return HEAD_THIRD;
    while (unit->targets[head] != says)
        head++;
    return head;
}

/* Is the answer what the person said? Of a choice the likeliest is compared. */
static bool is_right(const struct unit *unit, const float logits[MODEL_HEADS])
{
    const bool intent = unit->example->kind == FINDING_INTENT;
    const size_t head = head_of(unit), from = intent ? 0 : HEAD_NEGATIVE;
    const size_t to = intent ? HEAD_INTENTS : HEAD_MIXED;
    size_t best = from;

    if (!intent && unit->example->kind != FINDING_SENTIMENT)
        return (logits[head] > 0) == (unit->targets[head] > 0);
    for (size_t h = from; h < to; h++)
        best = logits[h] > logits[best] ? h : best;
    return (best == head) == unit->example->holds;
}

/* What is learned at once of the other folds, in the order in which it was said. */
static void try_at_once(struct trainer *t, size_t fold)
{
    ARENA(room);
    struct correction *c = correction_new(&room);

    for (size_t i = 0; i < t->unit_count; i++) {
        ARENA(scratch);

        if (t->units[i].row->fold != fold)
            (void)correction_learn(&scratch, c, t->units[i].example);
    }
    for (size_t i = 0; i < t->unit_count; i++) {
        ARENA(scratch);
        struct unit *unit = &t->units[i];
        float logits[MODEL_HEADS];

        if (unit->row->fold != fold)
            continue;
        memcpy(logits, unit->row->base, sizeof(logits));
        correction_add(&scratch, c, unit->example->text, logits);
        unit->at_once = is_right(unit, logits);
    }
}

static void try_fold(struct trainer *t, size_t fold)
{
    learn(t, fold);
    for (size_t i = 0; i < t->unit_count; i++)
        if (t->units[i].row->fold == fold)
            add_learned(t->weights, &t->units[i].row->words, t->units[i].learned);
    try_at_once(t, fold);
}

/* Every row gets the words of another one. */
static void deal(struct trainer *t)
{
    uint64_t state = 2;

    for (uint32_t i = 0; i < t->row_count; i++) {
        memcpy(t->targets[i], t->rows[i].targets, sizeof(*t->targets));
        t->order[i] = i;
    }
    machine_shuffle(t->order, t->row_count, &state);
    for (size_t i = 0; i < t->row_count; i++)
        memcpy(t->rows[i].targets, t->targets[t->order[i]], sizeof(*t->targets));
}

static void take_back(struct trainer *t)
{
    for (size_t i = 0; i < t->row_count; i++)
        memcpy(t->rows[i].targets, t->targets[i], sizeof(*t->targets));
}

static void logits_of(const struct unit *unit, float share, float ret[MODEL_HEADS])
{
    for (size_t h = 0; h < MODEL_HEADS; h++)
        ret[h] = unit->row->base[h] + share * unit->learned[h];
}

static double doubt_of(const struct trainer *t, float share)
{
    double sum = 0;

    for (size_t i = 0; i < t->unit_count; i++) {
        float logits[MODEL_HEADS];

        logits_of(&t->units[i], share, logits);
        for (size_t h = 0; h < MODEL_HEADS; h++)
            if (t->units[i].targets[h])
                sum += log1p(exp((double)(-logits[h] * (float)t->units[i].targets[h])));
    }
    return sum;
}

static float likeliest_share(const struct trainer *t)
{
    float best = shares[0];

    for (size_t i = 1; i < COUNT_OF(shares); i++)
        if (doubt_of(t, shares[i]) < doubt_of(t, best))
            best = shares[i];
    return best;
}

/* The control: what the words of other texts teach. */
static void try_dealt(struct trainer *t, float share)
{
    deal(t);
    for (size_t fold = 0; fold < FOLDS; fold++) {
        learn(t, fold);
        for (size_t i = 0; i < t->unit_count; i++) {
            struct unit *unit = &t->units[i];
            float more[MODEL_HEADS] = { 0 };

            if (unit->row->fold != fold)
                continue;
            add_learned(t->weights, &unit->row->words, more);
            for (size_t h = 0; h < MODEL_HEADS; h++)
                more[h] = unit->row->base[h] + share * more[h];
            unit->dealt = is_right(unit, more);
        }
    }
    take_back(t);
}

static void compare(struct trained_beside *beside, bool before, bool after)
{
    beside->mended += after && !before;
    beside->broken += before && !after;
}

static void count_right(const struct trainer *t, float share, struct trained_trial *ret)
{
    for (size_t i = 0; i < t->unit_count; i++) {
        const struct unit *unit = &t->units[i];
        const bool before = is_right(unit, unit->row->base);
        float logits[MODEL_HEADS];
        bool after;

        logits_of(unit, share, logits);
        after = is_right(unit, logits);
        ret->shipped += before;
        ret->at_once += unit->at_once;
        ret->trained += after;
        ret->dealt += unit->dealt;
        compare(&ret->shipped_beside, before, after);
        compare(&ret->dealt_beside, unit->dealt, after);
    }
    ret->count = t->unit_count;
}

/* By chance alone as many are mended as are broken: two standard deviations more. */
static bool is_clear(const struct trained_beside *beside)
{
    const double more = (double)beside->mended - (double)beside->broken;

    return more > 0 && more >= 2 * sqrt((double)(beside->mended + beside->broken));
}

static enum trained_outcome judge(const struct trained_trial *trial)
{
    if (trial->trained < trial->shipped)
        return TRAINED_HARMS;
    return is_clear(&trial->shipped_beside) && is_clear(&trial->dealt_beside) &&
                   trial->trained >= trial->at_once
               ? TRAINED_TAKEN
               : TRAINED_REFUSED;
}

static void pack(const struct trainer *t, float share, struct strbuf *out)
{
    int8_t *bytes = arena_new(t->arena, int8_t, WEIGHTS);

    for (size_t h = 0; h < MODEL_HEADS; h++) {
        float most = 0;

        for (size_t k = 0; k < TRAINED_ROWS; k++)
            most = fmaxf(most, fabsf(t->weights[k][h]));
        for (size_t k = 0; k < TRAINED_ROWS && most > 0; k++)
            bytes[k * MODEL_HEADS + h] =
                (int8_t)roundf(t->weights[k][h] / most * LARGEST);
        strbuf_fmt(out, " %lld",
                   (long long)llround((double)(most * share / LARGEST) / MODEL_UNIT));
    }
    strbuf_add(out, STR("\n\n"));
    strbuf_add(out, (struct str){ (const char *)bytes, WEIGHTS });
}

static struct str write_file(const struct trainer *t, float share)
{
    struct strbuf body = STRBUF(t->arena), out = STRBUF(t->arena);

    strbuf_fmt(&body, "base " STR_FMT "\nscales", STR_ARG(model_shipped()->version));
    pack(t, share, &body);
    strbuf_fmt(&out, "draht own 1\nversion %08x\n",
               (unsigned)(model_digest(strbuf_str(&body)) & 0xFFFFFFFF));
    strbuf_add(&out, strbuf_str(&body));
    return strbuf_str(&out);
}

enum trained_outcome trained_learn(struct arena *arena,
                                   const struct correction_example *list, size_t count,
                                   struct trained_trial *ret_trial, struct str *ret)
{
    struct trainer t = { .arena = arena };
    float share;

    *ret_trial = (struct trained_trial){ .count = 0 };
    *ret = STR("");
    t.rows = arena_new(arena, struct row, count + 1);
    t.units = arena_new(arena, struct unit, count + 1);
    t.order = arena_new(arena, uint32_t, count + 1);
    t.targets = arena_alloc(arena, sizeof(*t.targets), 1, count + 1);
    gather(&t, list, count);
    ret_trial->count = t.unit_count;
    if (t.unit_count < TRAINED_LEAST)
        return TRAINED_FEW;
    t.weights = arena_alloc(arena, sizeof(*t.weights), alignof(float), TRAINED_ROWS);
    for (size_t fold = 0; fold < FOLDS; fold++)
        try_fold(&t, fold);
    share = likeliest_share(&t);
    try_dealt(&t, share);
    count_right(&t, share, ret_trial);
    learn(&t, FOLDS);
    *ret = write_file(&t, share);
    return judge(ret_trial);
}

const char *trained_outcome_name(enum trained_outcome outcome)
{
    static const char *const names[] = { "taken", "refused", "harms", "few" };

    return names[outcome];
}

static bool read_scales(struct str line, struct trained *ret)
{
    for (size_t h = 0; h < MODEL_HEADS; h++) {
        int64_t units;

        if (!str_to_i64(str_cut(line, ' ', &line), &units) || units < 0)
            return false;
        ret->scales[h] = (float)((double)units * MODEL_UNIT);
    }
    return line.n == 0;
}

/* The rest of a line that begins so; empty: another one. */
static struct str after(struct str line, struct str word)
{
    return str_starts(line, word) ? str_sub(line, word.n, line.n) : STR("");
}

int trained_read(struct str bytes, struct trained *ret)
{
    struct str rest = bytes, first = str_cut(rest, '\n', &rest);
    struct str version = after(str_cut(rest, '\n', &rest), STR("version "));
    struct str base = after(str_cut(rest, '\n', &rest), STR("base "));
    struct str scales = after(str_cut(rest, '\n', &rest), STR("scales "));

    *ret = (struct trained){ .version = version };
    if (!str_is(first, "draht own 1") || version.n != VERSION_DIGITS ||
        !str_eq(base, model_shipped()->version) || !read_scales(scales, ret) ||
        rest.n != 1 + WEIGHTS || rest.p[0] != '\n')
        return TRAINED_OTHER;
    ret->weights = (const int8_t *)rest.p + 1;
    return 0;
}

void trained_add(struct arena *scratch, const struct trained *trained, struct str text,
                 float logits[MODEL_HEADS])
{
    struct vector v = words_of(scratch, text);
    float sums[MODEL_HEADS] = { 0 };

    for (size_t k = 0; k < v.n; k++) {
        const int8_t *w = &trained->weights[(size_t)v.index[k] * MODEL_HEADS];

        for (size_t h = 0; h < MODEL_HEADS; h++)
            sums[h] += (float)w[h] * v.value[k];
    }
    for (size_t h = 0; h < MODEL_HEADS; h++)
        logits[h] += sums[h] * trained->scales[h];
}

void trained_carry(const struct trained *trained, const struct features *places,
                   const float *values, enum model_head head, float *tokens)
{
    for (size_t i = 0; i < places->count; i++) {
        const size_t row = places->list[i].index & (TRAINED_ROWS - 1);

        tokens[places->list[i].token] +=
            (float)trained->weights[row * MODEL_HEADS + head] * trained->scales[head] *
            values[i];
    }
}
