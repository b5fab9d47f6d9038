/* labelled.c - reading a file of examples. */
#include "text/labelled.h"

#include "base/utf8.h"

/* The label's number; the count of the names when there is no room for one more. */
static size_t label_number(struct labels *labels, struct str name)
{
    size_t i = 0;

    while (i < labels->count && !str_eq(labels->names[i], name))
        i++;
    if (i == labels->count && i < LABELLED_MAX_LABELS)
        labels->names[labels->count++] = name;
    return i;
}

static int read_row(struct op *op, struct str row, struct labels *labels,
                    struct labelled *out)
{
    struct str text, name = str_cut(row, '\t', &text);
    size_t label;

    if (name.n == row.n)
        return op_fail(op, ERR_INVALID, "has no tab between label and text");
    if (name.n == 0)
        return op_fail(op, ERR_INVALID, "has no label before the tab");
    if (name.n > LABELLED_MAX_LABEL)
        return op_fail(op, ERR_INVALID, "has a label of more than %d bytes",
                       LABELLED_MAX_LABEL);
    if (str_find(name, STR(" ")) >= 0)
        return op_fail(op, ERR_INVALID, "has a label with a space");
    if (!utf8_is_valid(row))
        return op_fail(op, ERR_INVALID, "is not UTF-8");
    label = label_number(labels, name);
    if (label == LABELLED_MAX_LABELS)
        return op_fail(op, ERR_INVALID, "has one label more than %d",
                       LABELLED_MAX_LABELS);
    out->texts[out->count] = text;
    out->labels[out->count++] = (uint8_t)label;
    return 0;
}

static size_t count_lines(struct str bytes)
{
    size_t n = 1;

    for (size_t i = 0; i < bytes.n; i++)
        n += bytes.p[i] == '\n';
    return n;
}

int labelled_read(struct op *op, const char *name, struct str bytes,
                  struct labels *labels, struct labelled *ret)
{
    struct labelled out = { .count = 0 };
    struct str rest = bytes;
    size_t line = 0, lines = count_lines(bytes);

    if (bytes.n > LABELLED_MAX_BYTES)
        return op_fail(op, ERR_INVALID, "%s is longer than %d bytes", name,
                       LABELLED_MAX_BYTES);
    out.texts = arena_new(op->arena, struct str, lines);
    out.labels = arena_new(op->arena, uint8_t, lines);
    while (rest.n) {
        struct str row = str_cut(rest, '\n', &rest);

        line++;
        if (str_ends(row, STR("\r")))
            row.n--;
        if (row.n > 0 && read_row(op, row, labels, &out) < 0)
            return op_fail(op, ERR_INVALID, "%s, line %zu " STR_FMT, name, line,
                           STR_ARG(op->err.text));
    }
    if (out.count == 0)
        return op_fail(op, ERR_INVALID, "%s has no row", name);
    *ret = out;
    return 0;
}
