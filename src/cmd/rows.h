/* rows.h - the rows of a list, as the command's caller wants them. */
#ifndef CMD_ROWS_H
#define CMD_ROWS_H

#include "cmd/command.h"

struct rows {
    struct json_writer *w; /* NULL: lines for people */
    int values;            /* of the row so far */
};

struct rows rows_begin(const struct call *call);
void row_begin(struct rows *rows);
void row_id(struct rows *rows, const char *name, int64_t id);
void row_text(struct rows *rows, const char *name, struct str text);
/* The time, or for people `word` when there is one: "retired". */
void row_since(struct rows *rows, const char *name, int64_t at, const char *word);
void row_end(struct rows *rows);
void rows_end(struct rows *rows);

#endif
