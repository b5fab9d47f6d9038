/* record_column.h - where a column lies in a row, for the files of event/. */
#ifndef EVENT_RECORD_COLUMN_H
#define EVENT_RECORD_COLUMN_H

#include "event/record.h"

bool column_is_text(const struct column *column);
int64_t *column_number(const struct column *column, const void *row);
struct str *column_text(const struct column *column, const void *row);
bool column_equal(const struct column *column, const void *a, const void *b);

#endif
