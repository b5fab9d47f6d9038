/* cmd_evaluate.c - draht evaluate: how good the findings of text/ are, on labelled rows.
 *
 * Needs no data folder. Each task is one row of tasks[]; figures are printed one a line
 * as `name value`, so that other programs can read them.
 */
#include "cmd/evaluate.h"

static const struct evaluation tasks[] = {
    { "bursts", evaluate_bursts },   { "likeness", evaluate_likeness },
    { "sentiment", evaluate_texts }, { "intent", evaluate_texts },
    { "complaint", evaluate_texts }, { "disrespect", evaluate_texts },
    { "relevance", evaluate_texts }, { "spam", evaluate_texts },
    { "language", evaluate_texts },  { "messages", evaluate_messages },
};

int evaluate_read(struct op *op, struct str path, struct str *ret)
{
    struct strbuf text = STRBUF(op->arena);
    FILE *file = fopen(arena_cstr(op->arena, path), "re");
    char piece[1 << 16];
    size_t n;

    if (!file)
        return op_fail(op, ERR_UNAVAILABLE, "the file " STR_FMT " cannot be read",
                       STR_ARG(path));
    while ((n = fread(piece, 1, sizeof(piece), file)) > 0 && text.n <= EVALUATE_MAX_BYTES)
        strbuf_add(&text, (struct str){ piece, n });
    n = (size_t)ferror(file);
    fclose(file);
    if (n)
        return op_fail(op, ERR_UNAVAILABLE, "the file " STR_FMT " broke off while read",
                       STR_ARG(path));
    if (text.n > EVALUATE_MAX_BYTES)
        return op_fail(op, ERR_TOO_LARGE, STR_FMT " is larger than %d MB", STR_ARG(path),
                       EVALUATE_MAX_BYTES >> 20);
    *ret = strbuf_str(&text);
    if (!utf8_is_valid(*ret))
        return op_fail(op, ERR_INVALID, STR_FMT " is not UTF-8 at byte %zu",
                       STR_ARG(path), utf8_valid_prefix(*ret) + 1);
    return 0;
}

bool evaluate_next(struct evaluate_rows *rows)
{
    do {
        if (rows->rest.n == 0)
            return false;
        rows->text = str_cut(rows->rest, '\n', &rows->rest);
        if (str_ends(rows->text, STR("\r")))
            rows->text.n--;
        rows->line++;
    } while (rows->text.n == 0);
    return true;
}

static int evaluate(struct op *op, struct call *call)
{
    struct strbuf names = STRBUF(op->arena);
    struct str task = call_option(call, "task");

    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        if (str_is(task, tasks[i].name))
            return tasks[i].run(op, call);
        strbuf_fmt(&names, "%s%s", i ? ", " : "", tasks[i].name);
    }
    return call_misused(op, "--task is one of " STR_FMT, STR_ARG(strbuf_str(&names)));
}

const struct command command_evaluate = {
    .name = "evaluate",
    .usage = "--task TASK [--train FILE] --test FILE | --task messages [--train FILE] "
             "--test FILE | "
             "--task bursts FILE.csv [--climb X] [--excess X] | --task likeness FILE.tsv",
    .help = "how good the findings are, on rows with labels",
    .options = "task train test climb excess",
    .flags = "",
    .store = COMMAND_NO_STORE,
    .run = evaluate,
};
