/* fuzz_likeness.c - two names, one a line: either way round is the same. */
#include "fuzz.h"

#include "text/likeness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct str theirs, ours = str_cut(INPUT, '\n', &theirs);
    struct likeness_finding found, turned;
    struct likeness *likeness = NULL;

    PROMISE(likeness_open(&op, &likeness) == 0);
    found = likeness_of(&op, likeness, ours, theirs);
    turned = likeness_of(&op, likeness, theirs, ours);
    PROMISE(found.score >= 0 && found.score <= 1);
    PROMISE(found.score == turned.score && found.why == turned.why);
    likeness_close(likeness);
    return 0;
}
