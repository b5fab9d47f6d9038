/* corpus.h - files of examples with the labels of messages, as corpus/README.md has them.
 *
 * The first line names the columns, parted by tabs: "text" must be there, and at least
 * one of "intents", "sentiment", "toward", "flags"; others are passed over. What a file
 * has no column for is not learned from it; nor, where a column begins with "?", what it
 * does not name. "!rude" says that it does not hold.
 */
#ifndef TEXT_CORPUS_H
#define TEXT_CORPUS_H

#include "base/op.h"
#include "text/model.h"

enum { CORPUS_MAX_ROWS = 200000 };

struct corpus_row {
    struct str text;
    int8_t targets[MODEL_HEADS]; /* 1: holds; 0: does not; -1: not said */
};

struct corpus {
    struct corpus_row *rows; /* CORPUS_MAX_ROWS, in the arena */
    size_t count;
};

void corpus_begin(struct arena *arena, struct corpus *corpus);

/* Adds the rows of one file; `name` is for the failure's words, which give the line. */
int corpus_read(struct op *op, const char *name, struct str bytes,
                struct corpus *corpus) MUST_CHECK;

#endif
