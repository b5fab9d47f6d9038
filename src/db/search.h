/* search.h - the full-text index: the one table that differs between the engines.
 *
 * What is indexed are words that text/words.h has made: folded and stemmed once,
 * for both engines, one space between. So both find the same, which a test proves.
 * Results come newest first (ids rise with time), never ranked: ranking a common
 * word would read all of its rows.
 */
#ifndef DB_SEARCH_H
#define DB_SEARCH_H

#include "db/db.h"

enum search_kind { SEARCH_MESSAGE = 1, SEARCH_PERSON = 2, SEARCH_NOTE = 3 };

/* Longer words are left out, in the index and in what is looked for. */
enum { SEARCH_MAX_WORD = 200, SEARCH_MAX_TERMS = 32, SEARCH_MAX_RESULTS = 1000 };

/* The words of a new thing into the index of op->workspace. */
int search_add(struct op *op, enum search_kind kind, int64_t id,
               struct str words) MUST_CHECK;
/* Put the words of a thing into the index of op->workspace, in place of those it
 * had. `id` is unique among all kinds. */
int search_put(struct op *op, enum search_kind kind, int64_t id,
               struct str words) MUST_CHECK;
int search_remove(struct op *op, enum search_kind kind, int64_t id) MUST_CHECK;

/* One word of a query: any of these. */
struct search_term {
    const struct str *any;
    size_t count;
    bool prefix; /* any[0] may also be the beginning of a word */
};

struct search {
    enum search_kind kind;
    const struct search_term *terms; /* all of them must be there */
    size_t term_count;               /* 0 finds nothing */
    int64_t before_id;               /* 0: from the newest on */
    int64_t limit;                   /* at most SEARCH_MAX_RESULTS */
};

/* The ids of what is found, newest first. ERR_INVALID past a ceiling. */
int search_find(struct op *op, const struct search *search, int64_t **ret_ids,
                size_t *ret_count) MUST_CHECK;

#endif
