/* find.h - finding messages and people by what somebody typed. */
#ifndef DIALOGUE_FIND_H
#define DIALOGUE_FIND_H

#include "db/search.h"
#include "text/words.h"

/* Ids newest first, from below `before_id` (0: from the newest on). Every word of
 * `query` must be there, folded or as a stem; the last may be unfinished. */
int find_words(struct op *op, enum search_kind kind, struct str query, int64_t before_id,
               int64_t limit, int64_t **ret_ids, size_t *ret_count) MUST_CHECK;

#endif
