/* cmd_train.c - draht train: a model of examples.
 *
 * What the program ships is made by `make model` through this command. Needs no data
 * folder. The figures that are printed come from examples that the machines which judge
 * them have not learned from (five folds).
 */
#include "cmd/evaluate.h"
#include "cmd/evaluate_heads.h"
#include "text/labelled.h"
#include "text/model_train.h"
#include "work/work_train.h"

static int read_languages(struct op *op, struct str name, struct labels *labels,
                          struct labelled *rows)
{
    struct str bytes;
    int r;

    if (name.n == 0)
        return 0;
    r = evaluate_read(op, name, &bytes);
    if (r >= 0)
        r = labelled_read(op, arena_cstr(op->arena, name), bytes, labels, rows);
    if (r >= 0 && labels->count > MODEL_MAX_TONGUES)
        return op_fail(op, ERR_TOO_LARGE, "there are more than %d languages",
                       MODEL_MAX_TONGUES);
    return r;
}

static int write_file(struct op *op, struct str path, struct str bytes)
{
    FILE *file = fopen(arena_cstr(op->arena, path), "we");
    bool whole;

    if (!file)
        return op_fail(op, ERR_UNAVAILABLE, "the file " STR_FMT " cannot be written",
                       STR_ARG(path));
    whole = fwrite(bytes.p, 1, bytes.n, file) == bytes.n;
    whole = fclose(file) == 0 && whole;
    return whole ? 0
                 : op_fail(op, ERR_UNAVAILABLE, "the file " STR_FMT " was not written",
                           STR_ARG(path));
}

static int train(struct op *op, struct call *call)
{
    struct labels labels = { .count = 0 };
    struct labelled languages = { .count = 0 };
    struct corpus corpus;
    struct model_examples e = { .corpus = &corpus };
    struct str bytes;
    float *scores;
    int r;

    if (!call_flag(call, "corpus") || !call_flag(call, "out"))
        return call_misused(op, "--corpus names files of examples, --out the model's");
    r = evaluate_read_corpus(op, call_option(call, "corpus"), &corpus);
    if (r >= 0 && corpus.count < EVALUATE_LEAST_EXAMPLES)
        return op_fail(op, ERR_INVALID, "there are only %zu examples", corpus.count);
    if (r >= 0)
        r = read_languages(op, call_option(call, "languages"), &labels, &languages);
    if (r < 0)
        return r;
    e.tongue = (struct tongue_examples){ languages.texts, languages.labels,
                                         languages.count, labels.count };
    e.tongues = labels.names;
    bytes = model_train(op->arena, &e, &scores);
    evaluate_say_heads(op, call, &corpus, scores);
    return write_file(op, call_option(call, "out"), bytes);
}

static void say_text(const struct call *call, const char *name, struct str value)
{
    if (call->json)
        json_put_text(call->out, name, value);
    else
        printf("%s " STR_FMT "\n", name, STR_ARG(value));
}

static int choose_workspace(struct op *op, void *ctx)
{
    return call_workspace(op, ctx);
}

/* What the people of a workspace set right, learned now instead of in the night. */
static int train_own(struct op *op, struct call *call)
{
    struct own_model own;
    int r = store_read(op, choose_workspace, call);

    if (r >= 0)
        r = training_run(op, &own);
    if (r < 0)
        return r;
    say_text(call, "outcome", own.outcome);
    say_text(call, "in_force", own.version.n ? own.version : STR("none"));
    evaluate_say_count(call, "n", (uint64_t)own.tried_count);
    evaluate_say_count(call, "right_shipped", (uint64_t)own.shipped);
    evaluate_say_count(call, "right_at_once", (uint64_t)own.at_once);
    evaluate_say_count(call, "right_trained", (uint64_t)own.trained);
    return 0;
}

const struct command command_train_own = {
    .name = "train own",
    .usage = "[--workspace NAME]",
    .help = "learn what the people of a workspace set right; the server may run",
    .options = "workspace",
    .flags = "",
    .store = COMMAND_STORE,
    .run = train_own,
};

const struct command command_train = {
    .name = "train",
    .usage = "--corpus FILE[,FILE] [--languages FILE] --out MODEL",
    .help = "make a model of examples with labels",
    .options = "corpus languages out",
    .flags = "",
    .store = COMMAND_NO_STORE,
    .run = train,
};
