/* word_list.h - words by which a workspace names topics and intents, and knows
 * thanks, "please do not write any more", competitors and its order numbers. */
#ifndef ADMIN_WORD_LIST_H
#define ADMIN_WORD_LIST_H

#include "event/record.h"

enum { WORD_LIST_MAX_WORDS = 500, WORD_LIST_MAX_WORD = 100 /* characters */ };

struct word_list {
    int64_t id;
    struct str kind;  /* "topic", "intent", "competitor", "thanks", "opt_out",
                         "order_number" */
    struct str value; /* the name of the first three; empty for the others */
    struct str words; /* spellings, of order numbers patterns; one a line */
    int64_t created_at, updated_at;
};

extern const struct record word_list_record;

enum { WORD_LIST_NOT_FOUND = 1 };
/* ERR_CONFLICT when there is a list of this kind and value; ERR_INVALID for a topic or
 * intent without a value. Sets id and times. */
int word_list_add(struct op *op, struct word_list *list) MUST_CHECK;
int word_list_get(struct op *op, int64_t id, struct word_list *ret) MUST_CHECK;
int word_list_update(struct op *op, const struct word_list *old,
                     const struct word_list *now) MUST_CHECK;
int word_list_list(struct op *op, int64_t after, int64_t limit, struct word_list **ret,
                   size_t *ret_count) MUST_CHECK;

#endif
