/* stem.h - all under which a folded word is found. */
#ifndef TEXT_STEM_H
#define TEXT_STEM_H

#include "text/words.h"

/* The stemmers of both languages; a thread has them for as long as it reads one text. */
struct stemmers;
struct stemmers *stemmers_take(void);
void stemmers_give(struct stemmers **stemmers);

#define STEMMERS(name) CLEANUP(stemmers_give) struct stemmers *name = stemmers_take()

/* The word itself, cut to TEXT_WORD_MAX_BYTES, and its stems unless it has none. */
struct text_query_word stem_alternatives(struct arena *arena, struct stemmers *stemmers,
                                         struct str word, bool has_stem);

#endif
