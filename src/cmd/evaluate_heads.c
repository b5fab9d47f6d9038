/* evaluate_heads.c - how often each head is right, and how honest its probabilities are.
 */
#include "cmd/evaluate_heads.h"

#include <math.h>
#include <stdio.h>

#include "cmd/evaluate.h"
#include "text/tally.h"

enum { BINS = 10 };

/* Heads of which one is the best guess. */
struct heads_group {
    const char *name;
    size_t from, to;
};

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

/* Was something said of each of them? */
static bool is_told(const struct corpus_row *row, size_t from, size_t to)
{
    for (size_t h = from; h < to; h++)
        if (row->targets[h] < 0)
            return false;
    return true;
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

        if (!is_told(&corpus->rows[i], from, to))
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

/* The only one of a group that is meant, or `to`: several, or nobody said all of them. */
static size_t only_meant(const struct corpus_row *row, size_t from, size_t to)
{
    size_t meant = to;

    if (!is_told(row, from, to))
        return to;
    for (size_t h = from; h < to; h++) {
        if (row->targets[h] == 1 && meant != to)
            return to;
        meant = row->targets[h] == 1 ? h : meant;
    }
    return meant;
}

static void say_interval(struct op *op, const struct call *call, const char *what,
                         const char *of, struct tally_interval interval)
{
    const double ends[] = { interval.low, interval.high };
    static const char *const names[] = { "low", "high" };

    for (size_t i = 0; i < COUNT_OF(ends); i++)
        evaluate_say(
            call,
            arena_cstr(op->arena, arena_fmt(op->arena, "%s_%s_%s", what, of, names[i])),
            ends[i]);
}

static void say_cells(struct op *op, const struct call *call, const struct tally *tally,
                      size_t from)
{
    for (size_t meant = 0; meant < tally->labels; meant++)
        for (size_t found = 0; found < tally->labels; found++)
            if (tally->cells[meant][found])
                evaluate_say_count(
                    call,
                    arena_cstr(
                        op->arena,
                        arena_fmt(op->arena, "confusion_%s_%s",
                                  model_head_name((enum model_head)(from + meant)),
                                  model_head_name((enum model_head)(from + found)))),
                    tally->cells[meant][found]);
}

/* Rows of which one label alone is meant, by the best guess: what was taken for what. */
static void say_confusion(struct op *op, const struct call *call,
                          const struct corpus *corpus, const float *logits,
                          const struct heads_group *group)
{
    struct tally *tally = arena_new(op->arena, struct tally, 1);
    struct tally_figures figures;

    tally->labels = group->to - group->from;
    for (size_t i = 0; i < corpus->count; i++) {
        size_t meant = only_meant(&corpus->rows[i], group->from, group->to);

        if (meant != group->to)
            tally->cells[meant - group->from]
                        [best_of(&logits[i * MODEL_HEADS], group->from, group->to) -
                         group->from]++;
    }
    figures = tally_figures(tally);
    if (figures.n == 0)
        return;
    evaluate_say_count(call,
                       arena_cstr(op->arena, arena_fmt(op->arena, "n_%s", group->name)),
                       figures.n);
    evaluate_say(call,
                 arena_cstr(op->arena, arena_fmt(op->arena, "accuracy_%s", group->name)),
                 figures.accuracy);
    say_interval(op, call, "accuracy", group->name, tally_accuracy_interval(&figures));
    evaluate_say(call,
                 arena_cstr(op->arena, arena_fmt(op->arena, "macro_f1_%s", group->name)),
                 figures.macro_f1);
    say_interval(op, call, "macro_f1", group->name,
                 tally_macro_interval(op->arena, tally));
    say_cells(op, call, tally, group->from);
}

/* How often what was found holds, and what holds was found. */
static void say_share(struct op *op, const struct call *call, const char *what,
                      enum model_head head, double part, double whole)
{
    const struct tally_figures share = { .n = (uint32_t)whole,
                                         .accuracy = whole > 0 ? part / whole : 0 };

    say_as(op, call, what, head, share.accuracy);
    if (whole > 0)
        say_interval(op, call, what, model_head_name(head),
                     tally_accuracy_interval(&share));
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
        say_share(op, call, "precision", (enum model_head)h, c.both, c.found);
        say_share(op, call, "recall", (enum model_head)h, c.both, c.meant);
        say_as(op, call, "miscalibration", (enum model_head)h, miscalibration(&c));
    }
    evaluate_say(call, "intent_macro_f1", macro);
    say_confusion(op, call, corpus, logits,
                  &(struct heads_group){ "intent", HEAD_PRAISE, HEAD_INTENTS });
    say_confusion(op, call, corpus, logits,
                  &(struct heads_group){ "sentiment", HEAD_NEGATIVE, HEAD_THIRD });
    say_group(call, corpus, logits, intents, HEAD_PRAISE, HEAD_INTENTS);
    say_group(call, corpus, logits, sentiments, HEAD_NEGATIVE, HEAD_THIRD);
}
