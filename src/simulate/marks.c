/* marks.c - the names of what must have happened somewhere. */
#include "simulate/simulate.h"

static const struct {
    const char *name, *text;
} marks[] = {
#define MARK(name, text) { #name, text },
#include "simulate/marks.def"
#undef MARK
};

const char *simulate_mark_name(size_t mark)
{
    return marks[mark].name;
}

const char *simulate_mark_text(size_t mark)
{
    return marks[mark].text;
}
