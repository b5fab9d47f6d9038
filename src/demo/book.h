/* book.h - the texts of the demo: blocks of lines, with other wordings and slots.
 *
 *     # a comment
 *     KIND NAME WORD...        begins a block: scene, post or pool
 *     TAG text                 a line of it; "\n" stands for a line end
 *     | text                   another wording of the line above
 *
 * texts/README.md says what the tags mean; here they are just words. A text may have
 * {slots}, which are filled when it is said.
 */
#ifndef DEMO_BOOK_H
#define DEMO_BOOK_H

#include "base/embed.h"
#include "base/op.h"

enum { BOOK_MAX_WORDINGS = 6, BOOK_MAX_WORDS = 6 };

struct book_line {
    struct str tag;
    struct str texts[BOOK_MAX_WORDINGS];
    size_t count; /* of texts, at least 1 */
};

struct book_block {
    struct str kind, name;
    struct str words[BOOK_MAX_WORDS]; /* what follows the name */
    size_t word_count;
    struct book_line *lines;
    size_t line_count;
    struct book_block *next;
};

struct book {
    struct book_block *first;
};

/* Reads files that end with a row without a name, in their order. ERR_INVALID names
 * file and line. The texts are views of the files. */
int book_read(struct op *op, const struct embedded *files, struct book *ret) MUST_CHECK;

/* NULL: there is none. An empty name: the first of the kind; `after` goes on from there.
 */
const struct book_block *book_find(const struct book *book, const char *kind,
                                   struct str name);
const struct book_block *book_next(const struct book *book, const char *kind,
                                   const struct book_block *after);

struct slot {
    const char *name;
    struct str value;
};

/* The text with its slots filled. A slot that is not in `slots` (which ends with { NULL
 * }) stays as it stands, so that a test finds it. */
struct str book_fill(struct arena *arena, struct str text, const struct slot *slots);

#endif
