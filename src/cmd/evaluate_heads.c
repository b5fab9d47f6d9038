/* evaluate_heads.c - how often each head is right, and how honest its probabilities are.
 */
#include "cmd/evaluate_heads.h"

#include <math.h>
#include <stdio.h>

#include "cmd/evaluate.h"

enum { BINS = 10 };

struct counts {
    double both, found, meant;
    double claimed[BINS], held[BINS], rows[BINS], all;
};

void evaluate_say(const struct call *call, const char *name, double value)
{
    if (call->json)
        json_put_real(call->out, name, value);
    else
        printf("%s %.4f\n", name, value);
}

void evaluate_say_count(const struct call *call, const char *name, uint64_t value)
{
    if (call->json)
        json_put_int(call->out, name, (int64_t)value);
    else
        printf("%s %llu\n", name, (unsigned long long)value);
}

int evaluate_read_corpus(struct op *op, struct str names, struct corpus *ret)
{
    corpus_begin(op->arena, ret);
    while (names.n > 0) {
        struct str name = str_cut(names, ',', &names), bytes;
        int r = evaluate_read(op, name, &bytes);

        if (r >= 0)
            r = corpus_read(op, arena_cstr(op->arena, name), bytes, ret);
        if (r < 0)
            return r;
    }
    return 0;
}

static void say_as(struct op *op, const struct call *call, const char *what,
                   enum model_head head, double value)
{
    evaluate_say(
        call,
        arena_cstr(op->arena, arena_fmt(op->arena, "%s_%s", what, model_head_name(head))),
        value);
}

static void count(struct counts *c, double p, bool holds, bool found)
{
    size_t bin = p < 1 ? (size_t)(p * BINS) : BINS - 1;

    c->both += found && holds;
    c->found += found;
    c->meant += holds;
    c->claimed[bin] += p;
    c->held[bin] += holds;
    c->rows[bin] += 1;
    c->all += 1;
}

static double f1_of(const struct counts *c)
{
    return c->meant + c->found > 0 ? 2 * c->both / (c->meant + c->found) : 0;
}

/* Expected calibration error over ten bins. */
static double miscalibration(const struct counts *c)
{
    double sum = 0;

    for (size_t b = 0; b < BINS; b++)
        sum += fabs(c->claimed[b] - c->held[b]);
    return c->all > 0 ? sum / c->all : 0;
}

static size_t best_of(const float *logits, size_t from, size_t to)
{
    size_t best = from;

    for (size_t h = from + 1; h < to; h++)
        best = logits[h] > logits[best] ? h : best;
    return best;
}

/* Is it found? Of intents and sentiments the best one always is. */
static bool is_found(const float *logits, size_t head)
{
    if (head < HEAD_INTENTS)
        return logits[head] > 0 || best_of(logits, 0, HEAD_INTENTS) == head;
    if (head < HEAD_THIRD)
        return best_of(logits, HEAD_NEGATIVE, HEAD_THIRD) == head;
    return logits[head] > 0;
}

/* Is the best guess among what is meant? */
static void say_group(const struct call *call, const struct corpus *corpus,
                      const float *logits, const char *const names[3], size_t from,
                      size_t to)
{
    double right = 0, all = 0, sure = 0, sure_right = 0;

    for (size_t i = 0; i < corpus->count; i++) {
        const float *one = &logits[i * MODEL_HEADS];
        size_t best = best_of(one, from, to);
        bool is_right = corpus->rows[i].targets[best] == 1;

        if (corpus->rows[i].targets[from] < 0)
            continue;
        all++;
        right += is_right;
        if ((double)model_probability(one[best]) >= 0.6) {
            sure++;
            sure_right += is_right;
        }
    }
    if (all == 0)
        return;
    evaluate_say(call, names[0], right / all);
    evaluate_say(call, names[1], sure / all);
    evaluate_say(call, names[2], sure > 0 ? sure_right / sure : 0);
}

void evaluate_say_heads(struct op *op, const struct call *call,
                        const struct corpus *corpus, const float *logits)
{
    static const char *const intents[] = { "intent_best", "intent_sure",
                                           "intent_best_of_sure" };
    static const char *const sentiments[] = { "sentiment_best", "sentiment_sure",
                                              "sentiment_best_of_sure" };
    double macro = 0;

    evaluate_say_count(call, "n", corpus->count);
    for (size_t h = 0; h < MODEL_HEADS; h++) {
        struct counts c = { .all = 0 };

        for (size_t i = 0; i < corpus->count; i++) {
            const float *one = &logits[i * MODEL_HEADS];

            if (corpus->rows[i].targets[h] >= 0)
                count(&c, (double)model_probability(one[h]),
                      corpus->rows[i].targets[h] == 1, is_found(one, h));
        }
        macro += h < HEAD_INTENTS ? f1_of(&c) / HEAD_INTENTS : 0;
        say_as(op, call, "f1", (enum model_head)h, f1_of(&c));
        say_as(op, call, "precision", (enum model_head)h,
               c.found > 0 ? c.both / c.found : 0);
        say_as(op, call, "miscalibration", (enum model_head)h, miscalibration(&c));
    }
    evaluate_say(call, "intent_macro_f1", macro);
    say_group(call, corpus, logits, intents, HEAD_PRAISE, HEAD_INTENTS);
    say_group(call, corpus, logits, sentiments, HEAD_NEGATIVE, HEAD_THIRD);
}
