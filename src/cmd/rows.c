/* rows.c - the rows of a list: with --json the objects of "items", else a line each with
 * a tab between its values. */
#include "cmd/rows.h"

static void separate(struct rows *rows)
{
    if (rows->values++ > 0)
        putchar('\t');
}

struct rows rows_begin(const struct call *call)
{
    struct rows rows = { .w = call->json ? call->out : NULL };

    if (rows.w)
        json_begin_array(rows.w, "items");
    return rows;
}

void row_begin(struct rows *rows)
{
    rows->values = 0;
    if (rows->w)
        json_begin_object(rows->w, NULL);
}

void row_id(struct rows *rows, const char *name, int64_t id)
{
    if (rows->w) {
        json_put_id(rows->w, name, id);
        return;
    }
    separate(rows);
    printf("%lld", (long long)id);
}

void row_text(struct rows *rows, const char *name, struct str text)
{
    if (rows->w) {
        json_put_text(rows->w, name, text);
        return;
    }
    separate(rows);
    printf(STR_FMT, STR_ARG(text));
}

void row_since(struct rows *rows, const char *name, int64_t at, const char *word)
{
    if (rows->w)
        json_put_time(rows->w, name, at);
    else if (at)
        row_text(rows, name, str_of(word));
}

void row_end(struct rows *rows)
{
    if (rows->w)
        json_end_object(rows->w);
    else
        putchar('\n');
}

void rows_end(struct rows *rows)
{
    if (rows->w)
        json_end_array(rows->w);
}
