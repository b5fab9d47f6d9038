/* fuzz_learn.c - any bytes as a file of examples, as a text to judge, as a language. */
#include "fuzz.h"

#include "text/corpus.h"
#include "text/labelled.h"
#include "text/linear.h"
#include "text/tongue.h"

enum { EXAMPLES = 4, LABELS = 2, MOST = 1 << 14 };

/* Learned once: what is tried is the finding. */
static const struct linear *model(void)
{
    static struct arena arena;
    static struct linear linear;
    static struct str texts[EXAMPLES] = { STR("sehr gut"), STR("sehr schlecht"),
                                          STR("gut so"), STR("schlecht so") };
    static uint8_t labels[EXAMPLES] = { 0, 1, 0, 1 };

    if (!linear.label_count)
        linear = linear_train(
            &arena, &(const struct linear_examples){ texts, labels, EXAMPLES, LABELS,
                                                     LINEAR_MACRO_F1, 0 });
    return &linear;
}

static const struct tongue *tongue(void)
{
    static struct arena arena;
    static struct tongue learned;
    static const struct str texts[LABELS] = { STR("guten Morgen"), STR("good morning") };
    static const uint8_t labels[LABELS] = { 0, 1 };

    if (!learned.label_count)
        learned = tongue_train(
            &arena, &(const struct tongue_examples){ texts, labels, LABELS, LABELS });
    return &learned;
}

static void check_sum(const float *p)
{
    PROMISE(p[0] >= 0 && p[1] >= 0 && p[0] + p[1] > 0.99F && p[0] + p[1] < 1.01F);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct labels labels = { .count = 0 };
    struct labelled rows;
    struct corpus corpus;
    float p[LABELS] = { 0 };

    if (size > MOST)
        return 0;
    if (labelled_read(&op, "input", INPUT, &labels, &rows) == 0) {
        PROMISE(labels.count <= LABELLED_MAX_LABELS);
        for (size_t i = 0; i < rows.count; i++)
            PROMISE(rows.labels[i] < labels.count);
    }
    corpus_begin(&arena, &corpus);
    if (corpus_read(&op, "input", INPUT, &corpus) < 0)
        PROMISE(op.err.kind != 0);
    PROMISE(linear_find(&arena, model(), INPUT, p) < LABELS);
    check_sum(p);
    if (tongue_find(tongue(), INPUT, p) < LABELS)
        check_sum(p);
    return 0;
}
