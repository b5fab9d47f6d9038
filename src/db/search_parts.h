/* search_parts.h - how words stand in the index, for the files of search.h. */
#ifndef DB_SEARCH_PARTS_H
#define DB_SEARCH_PARTS_H

#include "db/search.h"

/* What is left out, in the index and in what is looked for, is none. */
bool search_is_word(struct str word);
/* SQLite: begins each word of a kind; the word that all rows of op->workspace have. */
const char *search_mark(enum search_kind kind);
struct str search_workspace(struct op *op);

#endif
