/* evaluate_texts.c - learn from one file of examples, count on another.
 *
 * Rows `label TAB text`. The algorithm is that of text/linear, or of text/tongue for
 * languages. Printed are the figures, one a line.
 */
#include "cmd/evaluate.h"

#include "text/labelled.h"
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

static void say(const struct call *call, const char *name, double value)
{
    if (call->json)
        json_put_real(call->out, name, value);
    else
        printf("%s %.4f\n", name, value);
}

static void say_figures(struct op *op, const struct call *call,
                        const struct labels *labels, const struct tally *tally)
{
    struct tally_figures f = tally_figures(tally);

    if (call->json)
        json_put_int(call->out, "n", f.n);
    else
        printf("n %u\n", f.n);
    say(call, "accuracy", f.accuracy);
    say(call, "macro_f1", f.macro_f1);
    say(call, "official_f", f.official_f);
    for (size_t l = 0; l < labels->count; l++)
        say(call,
            arena_cstr(op->arena,
                       arena_fmt(op->arena, "f1_" STR_FMT, STR_ARG(labels->names[l]))),
            f.f1[l]);
}

/* What was given, or how it is used. */
static int find_task(struct op *op, const struct call *call, const struct task **ret)
{
    struct str name = call_option(call, "task");

    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        if (str_is(name, tasks[i].name))
            *ret = &tasks[i];
    }
    if (!call_flag(call, "train") || !call_flag(call, "test"))
        return call_misused(op, "--train and --test name the files of examples");
    return 0;
}

int evaluate_texts(struct op *op, struct call *call)
{
    const struct task *task = &tasks[0];
    struct labelled train, test;
    struct labels labels = { .count = 0 };
    struct tally *tally = arena_new(op->arena, struct tally, 1);
    size_t known;
    int r = find_task(op, call, &task);

    if (r >= 0)
        r = read_examples(op, call, "train", &labels, &train);
    if (r < 0)
        return r;
    known = labels.count;
    if (known < 2)
        return op_fail(op, ERR_INVALID, "the examples to learn from have one label only");
    r = read_examples(op, call, "test", &labels, &test);
    if (r < 0)
        return r;
    if (task->is_language)
        try_language(op, &train, &test, known, tally);
    else
        try_linear(op, task, &train, &test, tally, known);
    tally->labels = labels.count;
    say_figures(op, call, &labels, tally);
    return 0;
}
