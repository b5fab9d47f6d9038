/* corpus.c - reading examples with the labels of messages. */
#include "text/corpus.h"

enum column { INTENTS, SENTIMENT, TOWARD, FLAGS, TEXT, COLUMNS, MAX_COLUMNS = 20 };

static const char *const column_names[COLUMNS] = { "intents", "sentiment", "toward",
                                                   "flags", "text" };

struct reading {
    struct op *op;
    const char *name;
    size_t line;
    enum column columns[MAX_COLUMNS]; /* COLUMNS: of no interest */
    size_t count;
    bool has[COLUMNS];
};

void corpus_begin(struct arena *arena, struct corpus *corpus)
{
    *corpus = (struct corpus){ arena_new(arena, struct corpus_row, CORPUS_MAX_ROWS), 0 };
}

static int read_head(struct reading *r, struct str line)
{
    while (line.n > 0 && r->count < MAX_COLUMNS) {
        struct str word = str_cut(line, '\t', &line);
        enum column c = INTENTS;

        while (c < COLUMNS && !str_is(word, column_names[c]))
            c++;
        r->columns[r->count++] = c;
        if (c < COLUMNS)
            r->has[c] = true;
    }
    if (!r->has[TEXT] ||
        !(r->has[INTENTS] || r->has[SENTIMENT] || r->has[TOWARD] || r->has[FLAGS]))
        return op_fail(r->op, ERR_INVALID,
                       "%s: the first line must name the columns: text, and some of "
                       "intents, sentiment, toward, flags",
                       r->name);
    return 0;
}

/* The heads that a column speaks of. */
static void heads_of(enum column column, size_t *ret_from, size_t *ret_to)
{
    static const uint8_t from[] = { HEAD_PRAISE, HEAD_NEGATIVE, HEAD_THIRD, HEAD_URGENT };
    static const uint8_t to[] = { HEAD_NEGATIVE, HEAD_THIRD, HEAD_URGENT, MODEL_HEADS };

    *ret_from = from[column];
    *ret_to = to[column];
}

/* Words that name no head: nothing holds, or nothing more was said. */
static bool is_known(enum column column, struct str word)
{
    return str_is(word, "-") || str_is(word, "?") || str_is(word, "personal_data") ||
           (column == TOWARD && (str_is(word, "us") || str_is(word, "none")));
}

/* One label; "!rude": it does not hold. */
static int read_label(struct reading *r, enum column column, struct str word,
                      struct corpus_row *row)
{
    bool denied = str_starts(word, STR("!"));
    struct str name = str_sub(word, denied, word.n);
    size_t from, to;

    heads_of(column, &from, &to);
    for (size_t head = from; head < to; head++) {
        if (str_is(name, model_head_name((enum model_head)head))) {
            row->targets[head] = denied ? 0 : 1;
            return 0;
        }
    }
    if (!denied && is_known(column, word))
        return 0;
    return op_fail(r->op, ERR_INVALID, "%s, line %zu: " STR_FMT " is no label of %s",
                   r->name, r->line, STR_ARG(word), column_names[column]);
}

/* "complaint,praise": each of them holds, the column's others do not. "?,rude": nobody
 * said anything of the others. */
static int read_labels(struct reading *r, enum column column, struct str words,
                       struct corpus_row *row)
{
    bool open = str_is(words, "?") || str_starts(words, STR("?,")) ||
                (column == TOWARD && str_is(words, "none"));
    size_t from, to;
    int failed = 0;

    heads_of(column, &from, &to);
    for (size_t head = from; head < to; head++)
        row->targets[head] = open ? -1 : 0;
    while (failed >= 0 && words.n > 0) {
        struct str word = str_cut(words, ',', &words);

        failed = read_label(r, column, word, row);
    }
    return failed;
}

/* "\n" and "\\" as they were meant. */
static struct str unescaped(struct arena *arena, struct str text)
{
    char *out = arena_new(arena, char, text.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        bool escape = text.p[i] == '\\' && i + 1 < text.n;

        i += escape;
        out[n] = text.p[i];
        if (escape && out[n] == 'n')
            out[n] = '\n';
        n++;
    }
    return (struct str){ out, n };
}

static int read_row(struct reading *r, struct str line, struct corpus_row *row)
{
    struct str rest = line;

    *row = (struct corpus_row){ .text = STR("") };
    memset(row->targets, -1, sizeof(row->targets));
    for (size_t i = 0; i < r->count; i++) {
        struct str word = str_cut(rest, '\t', &rest);
        int failed = 0;

        if (r->columns[i] == TEXT)
            row->text = unescaped(r->op->arena, word);
        else if (r->columns[i] < COLUMNS)
            failed = read_labels(r, r->columns[i], word, row);
        if (failed < 0)
            return failed;
    }
    if (row->text.n == 0 || rest.n > 0)
        return op_fail(r->op, ERR_INVALID, "%s, line %zu does not have %zu columns",
                       r->name, r->line, r->count);
    return 0;
}

int corpus_read(struct op *op, const char *name, struct str bytes, struct corpus *corpus)
{
    struct reading r = { .op = op, .name = name };

    while (bytes.n > 0) {
        struct str line = str_cut(bytes, '\n', &bytes);
        int failed;

        if (str_ends(line, STR("\r")))
            line.n--;
        r.line++;
        if (line.n == 0)
            continue;
        if (r.count && corpus->count == CORPUS_MAX_ROWS)
            return op_fail(op, ERR_TOO_LARGE, "%s: there are more than %d examples", name,
                           CORPUS_MAX_ROWS);
        failed = r.count ? read_row(&r, line, &corpus->rows[corpus->count])
                         : read_head(&r, line);
        if (failed < 0)
            return failed;
        corpus->count += r.line > 1;
    }
    return 0;
}
