/* evaluate_shipped.c - how often the model that the program carries is right.
 *
 * The answer is the likeliest of the labels that the file has, as far as the model knows
 * them; a label such as "suggestion|discussion" stands for both. Tasks of yes or no take
 * the usual words for either.
 */
#include "cmd/evaluate_heads.h"
#include "cmd/evaluate_texts.h"

#include "text/model_train.h"

/* Which label means yes, and which questions of the model say it. */
static const struct yes_or_no {
    const char *task;
    const char *words; /* parted by spaces, in lower case */
    enum model_head heads[2];
} yes_or_no[] = {
    { "complaint", "complaint 1 true yes", { HEAD_COMPLAINT, HEAD_COMPLAINT } },
    { "disrespect",
      "disrespect offense offensive insult rude 1 true yes",
      { HEAD_RUDE, HEAD_INSULT } },
    { "spam", "spam 1 true yes", { HEAD_SPAM, HEAD_SPAM } },
};

struct shipped {
    const struct model *model;
    const struct labels *labels;
    /* what a label stands for, a bit each: heads, or languages */
    uint64_t means[LABELLED_MAX_LABELS];
    bool is_language;
};

static bool is_among(struct str words, struct str word)
{
    while (words.n > 0) {
        if (str_eq_ignore_case(str_cut(words, ' ', &words), word))
            return true;
    }
    return false;
}

static uint64_t bit_of(const struct shipped *s, struct str word)
{
    if (s->is_language) {
        for (size_t t = 0; t < s->model->tongue.label_count; t++) {
            if (str_eq_ignore_case(s->model->tongues[t], word))
                return UINT64_C(1) << t;
        }
        return 0;
    }
    for (size_t h = 0; h < HEAD_THIRD; h++) {
        if (str_eq_ignore_case(str_of(model_head_name((enum model_head)h)), word))
            return UINT64_C(1) << h;
    }
    return 0;
}

static int understand_labels(struct op *op, struct shipped *s)
{
    uint64_t known = 0;

    for (size_t l = 0; l < s->labels->count; l++) {
        struct str rest = s->labels->names[l];

        while (rest.n > 0)
            s->means[l] |= bit_of(s, str_cut(rest, '|', &rest));
        known |= s->means[l];
    }
    return known ? 0
                 : op_fail(op, ERR_INVALID,
                           "the model knows none of the labels of this file");
}

static float best_of(uint64_t means, const float *scores, float least)
{
    for (size_t i = 0; means >> i; i++) {
        if ((means >> i & 1) && scores[i] > least)
            least = scores[i];
    }
    return least;
}

static size_t answer(struct arena *arena, const struct shipped *s, struct str text)
{
    float scores[MODEL_HEADS], least = -1e30F;
    size_t best = 0;

    if (s->is_language)
        tongue_find(&s->model->tongue, text, scores);
    else
        model_judge(arena, s->model, text, scores);
    for (size_t l = 0; l < s->labels->count; l++) {
        float score = best_of(s->means[l], scores, -1e30F);

        if (s->means[l] && score > least) {
            least = score;
            best = l;
        }
    }
    return best;
}

static void answer_yes(const struct shipped *s, const struct yes_or_no *task,
                       const struct labelled *test, struct tally *tally)
{
    size_t yes = s->labels->count, no = s->labels->count;

    for (size_t l = 0; l < s->labels->count; l++) {
        if (is_among(str_of(task->words), s->labels->names[l]))
            yes = l;
        else if (no == s->labels->count)
            no = l;
    }
    for (size_t i = 0; i < test->count; i++) {
        ARENA(scratch);
        float scores[MODEL_HEADS];
        bool holds;

        model_judge(&scratch, s->model, test->texts[i], scores);
        holds = scores[task->heads[0]] > 0 || scores[task->heads[1]] > 0;
        tally->cells[test->labels[i]][holds ? yes : no]++;
    }
}

/* Two labels, one of which is a word for yes. */
static int check_yes(struct op *op, const struct shipped *s, const struct yes_or_no *task)
{
    size_t found = 0;

    for (size_t l = 0; l < s->labels->count; l++)
        found += is_among(str_of(task->words), s->labels->names[l]);
    if (s->labels->count == 2 && found == 1)
        return 0;
    return op_fail(op, ERR_INVALID,
                   "this task needs two labels, of which one means yes: %s", task->words);
}

static const struct yes_or_no *yes_or_no_of(const char *task)
{
    for (size_t i = 0; i < COUNT_OF(yes_or_no); i++) {
        if (strcmp(task, yes_or_no[i].task) == 0)
            return &yes_or_no[i];
    }
    return NULL;
}

int evaluate_shipped(struct op *op, const struct evaluated *e)
{
    struct shipped s = { .model = model_shipped(),
                         .labels = e->labels,
                         .is_language = e->is_language };
    const struct yes_or_no *task = yes_or_no_of(e->task);
    int r;

    if (strcmp(e->task, "relevance") == 0)
        return op_fail(op, ERR_INVALID,
                       "the model that the program carries does not tell what is about "
                       "us: --train names examples to learn it from");
    r = task ? check_yes(op, &s, task) : understand_labels(op, &s);
    if (r < 0)
        return r;
    if (task) {
        answer_yes(&s, task, e->test, e->tally);
        return 0;
    }
    for (size_t i = 0; i < e->test->count; i++) {
        ARENA(scratch);

        e->tally->cells[e->test->labels[i]][answer(&scratch, &s, e->test->texts[i])]++;
    }
    return 0;
}

/* The model that the program carries, or one that learns from the examples named. */
static int choose_model(struct op *op, const struct call *call, struct model *learned,
                        const struct model **ret)
{
    struct model_examples e = { .tongues = NULL };
    struct corpus corpus;
    float *scores;
    int r;

    *ret = model_shipped();
    if (!call_flag(call, "train"))
        return 0;
    r = evaluate_read_corpus(op, call_option(call, "train"), &corpus);
    if (r < 0)
        return r;
    if (corpus.count < EVALUATE_LEAST_EXAMPLES)
        return op_fail(op, ERR_INVALID, "there are only %zu examples", corpus.count);
    e.corpus = &corpus;
    r = model_read(op, model_train(op->arena, &e, &scores), learned);
    *ret = learned;
    return r;
}

int evaluate_messages(struct op *op, struct call *call)
{
    const struct model *model;
    struct model learned;
    struct corpus corpus;
    float *logits;
    int r;

    if (!call_flag(call, "test"))
        return call_misused(op, "--test names files of examples with all their labels, "
                                "--train those to learn from; without it the model that "
                                "the program carries is tried");
    r = choose_model(op, call, &learned, &model);
    if (r >= 0)
        r = evaluate_read_corpus(op, call_option(call, "test"), &corpus);
    if (r < 0)
        return r;
    logits = arena_new(op->arena, float, corpus.count *MODEL_HEADS + 1);
    for (size_t i = 0; i < corpus.count; i++) {
        ARENA(scratch);

        model_judge(&scratch, model, corpus.rows[i].text, &logits[i * MODEL_HEADS]);
    }
    evaluate_say_heads(op, call, &corpus, logits);
    return 0;
}
