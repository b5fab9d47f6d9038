/* likeness.h - could one name be taken for the other?
 *
 * Who pretends to be a company writes its name with look-alike letters (Cyrillic, digits,
 * l and I, rn and m), with a letter more, less or turned, or with a word that sounds
 * official: "_hilft", "Support24". Honest neighbours carry the name too: fans, critics,
 * branches; a word that says so, or that says nothing official, keeps them apart.
 *
 * Rules, no training. Both names are folded to what the eye sees (Unicode TR 39 skeletons
 * by ICU, and a table for what those leave apart), official words are taken off at both
 * ends, and what is left is compared by edit distance (Damerau: a turned pair is one).
 * Measured by `draht evaluate --task likeness`; docs/model-card.md has the figures.
 */
#ifndef TEXT_LIKENESS_H
#define TEXT_LIKENESS_H

#include "base/op.h"

enum { LIKENESS_MAX_BYTES = 200 }; /* of a name; what is behind them is not looked at */

/* From here on a person should look at it. */
#define LIKENESS_ALIKE 0.8

struct likeness;

/* Tables made once, for any number of names; lives in op->arena, and is for one thread at
 * a time. ERR_INTERNAL when ICU's data is missing. likeness_close() takes NULL. */
int likeness_open(struct op *op, struct likeness **ret) MUST_CHECK;
void likeness_close(struct likeness *likeness);

enum likeness_why {
    LIKENESS_DIFFERENT,
    LIKENESS_SAME,     /* by its letters */
    LIKENESS_LOOKS,    /* the same to the eye */
    LIKENESS_OFFICIAL, /* the same with official words around it */
    LIKENESS_TYPO,     /* a letter more, less, other or turned */
    LIKENESS_NEIGHBOUR /* carries the name, and says that it is somebody else */
};

struct likeness_finding {
    double score; /* 0 up to 1: the same */
    enum likeness_why why;
};

/* Which of the two is ours does not matter. Memory of the op's arena is used. */
struct likeness_finding likeness_of(struct op *op, struct likeness *likeness,
                                    struct str a, struct str b);

#endif
