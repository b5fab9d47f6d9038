/* evaluate_texts.c - learn from one file of examples, count on another.
 *
 * Rows `label TAB text`. The algorithm is that of text/linear, or of text/tongue for
 * languages; without examples to learn from, the model that the program carries is
 * tried. Printed are the figures, one a line.
 */
#include "cmd/evaluate_heads.h"
#include "cmd/evaluate_texts.h"
#include "text/linear.h"
#include "text/tongue.h"

/* What a task's labels are judged by. */
static const struct task {
    const char *name;
    enum linear_aim aim;
    bool is_language;
} tasks[] = {
    { "sentiment", LINEAR_MACRO_F1, false }, { "intent", LINEAR_MACRO_F1, false },
    { "complaint", LINEAR_F1, false },       { "disrespect", LINEAR_OFFICIAL_F, false },
    { "relevance", LINEAR_MACRO_F1, false }, { "spam", LINEAR_F1_RARE_ALARM, false },
    { "language", LINEAR_MACRO_F1, true },
};

static int read_examples(struct op *op, const struct call *call, const char *option,
                         struct labels *labels, struct labelled *ret)
{
    struct str name = call_option(call, option), bytes;
    int r = evaluate_read(op, name, &bytes);

    return r < 0 ? r : labelled_read(op, arena_cstr(op->arena, name), bytes, labels, ret);
}

/* The label that F1 is about: the rarer one of the examples. */
static size_t rarest(const struct labelled *rows, size_t label_count)
{
    size_t counts[LABELLED_MAX_LABELS] = { 0 }, rare = 0;

    for (size_t i = 0; i < rows->count; i++)
        counts[rows->labels[i]]++;
    for (size_t l = 1; l < label_count; l++)
        rare = counts[l] < counts[rare] ? l : rare;
    return rare;
}

static void try_language(struct op *op, const struct labelled *train,
                         const struct labelled *test, size_t known, struct tally *tally)
{
    struct tongue_examples e = { train->texts, train->labels, train->count, known };
    struct tongue tongue = tongue_train(op->arena, &e);

    for (size_t i = 0; i < test->count; i++) {
        float p[LABELLED_MAX_LABELS];
        size_t found = tongue_find(&tongue, test->texts[i], p);

        tally->cells[test->labels[i]][found < known ? found : 0]++;
    }
}

static void try_linear(struct op *op, const struct task *task,
                       const struct labelled *train, const struct labelled *test,
                       struct tally *tally, size_t known)
{
    struct linear_examples e = { train->texts, train->labels, train->count,
                                 known,        task->aim,     rarest(train, known) };
    struct linear model = linear_train(op->arena, &e);

    for (size_t i = 0; i < test->count; i++) {
        ARENA(scratch);
        float p[LABELLED_MAX_LABELS];

        tally->cells[test->labels[i]][linear_find(&scratch, &model, test->texts[i], p)]++;
    }
}

/* How often what was meant was found as what; pairs that did not happen are left out. */
static void say_confusion(struct op *op, const struct call *call,
                          const struct labels *labels, const struct tally *tally)
{
    for (size_t meant = 0; meant < labels->count; meant++) {
        for (size_t found = 0; found < labels->count; found++) {
            uint32_t n = tally->cells[meant][found];
            struct str name =
                arena_fmt(op->arena, "confusion_" STR_FMT "_" STR_FMT,
                          STR_ARG(labels->names[meant]), STR_ARG(labels->names[found]));

            if (n > 0)
                evaluate_say_count(call, arena_cstr(op->arena, name), n);
        }
    }
}

static void say_interval(struct op *op, const struct call *call, const char *name,
                         struct tally_interval interval)
{
    evaluate_say(call, arena_cstr(op->arena, arena_fmt(op->arena, "%s_low", name)),
                 interval.low);
    evaluate_say(call, arena_cstr(op->arena, arena_fmt(op->arena, "%s_high", name)),
                 interval.high);
}

static void say_figures(struct op *op, const struct call *call,
                        const struct labels *labels, const struct tally *tally)
{
    struct tally_figures f = tally_figures(tally);

    evaluate_say_count(call, "n", f.n);
    evaluate_say(call, "accuracy", f.accuracy);
    evaluate_say(call, "macro_f1", f.macro_f1);
    evaluate_say(call, "official_f", f.official_f);
    for (size_t l = 0; l < labels->count; l++)
        evaluate_say(call,
                     arena_cstr(op->arena, arena_fmt(op->arena, "f1_" STR_FMT,
                                                     STR_ARG(labels->names[l]))),
                     f.f1[l]);
    say_interval(op, call, "accuracy", tally_accuracy_interval(&f));
    say_interval(op, call, "macro_f1", tally_macro_interval(op->arena, tally));
    say_confusion(op, call, labels, tally);
}

/* What was given, or how it is used. */
static int find_task(struct op *op, const struct call *call, const struct task **ret)
{
    struct str name = call_option(call, "task");

    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        if (str_is(name, tasks[i].name))
            *ret = &tasks[i];
    }
    if (!call_flag(call, "test"))
        return call_misused(op, "--test names the file of examples to count on, --train "
                                "the one to learn from; without it the model that the "
                                "program carries is tried");
    return 0;
}

/* Learns from the one file and tries on the other. */
static int try_learned(struct op *op, struct call *call, const struct task *task,
                       struct labels *labels, struct tally *tally)
{
    struct labelled train, test;
    size_t known;
    int r = read_examples(op, call, "train", labels, &train);

    if (r < 0)
        return r;
    known = labels->count;
    if (known < 2)
        return op_fail(op, ERR_INVALID, "the examples to learn from have one label only");
    r = read_examples(op, call, "test", labels, &test);
    if (r < 0)
        return r;
    if (task->is_language)
        try_language(op, &train, &test, known, tally);
    else
        try_linear(op, task, &train, &test, tally, known);
    return 0;
}

static int try_shipped(struct op *op, struct call *call, const struct task *task,
                       struct labels *labels, struct tally *tally)
{
    struct labelled test;
    struct evaluated e = { task->name, task->is_language, labels, &test, tally };
    int r = read_examples(op, call, "test", labels, &test);

    return r < 0 ? r : evaluate_shipped(op, &e);
}

int evaluate_texts(struct op *op, struct call *call)
{
    const struct task *task = &tasks[0];
    struct labels labels = { .count = 0 };
    struct tally *tally = arena_new(op->arena, struct tally, 1);
    int r = find_task(op, call, &task);

    if (r < 0)
        return r;
    r = call_flag(call, "train") ? try_learned(op, call, task, &labels, tally)
                                 : try_shipped(op, call, task, &labels, tally);
    if (r < 0)
        return r;
    tally->labels = labels.count;
    say_figures(op, call, &labels, tally);
    return 0;
}
