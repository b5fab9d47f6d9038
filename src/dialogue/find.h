/* find.h - finding messages and people by what somebody typed. */
#ifndef DIALOGUE_FIND_H
#define DIALOGUE_FIND_H

#include "db/search.h"
#include "text/words.h"

struct find {
    enum search_kind kind;
    struct str query;  /* as typed */
    int64_t before_id; /* 0: from the newest on */
    int64_t limit;
};

/* Ids newest first. Every word of the query must be there, folded or as a stem; the
 * last may be unfinished. */
int find_words(struct op *op, const struct find *find, int64_t **ret_ids,
               size_t *ret_count) MUST_CHECK;

#endif
