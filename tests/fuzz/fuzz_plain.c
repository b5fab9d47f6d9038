/* fuzz_plain.c - whatever is sent as HTML becomes text in which nothing can hide.
 * Input: a piece of HTML. */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/plain.h"

static void check_text(struct str text)
{
    PROMISE(utf8_is_valid(text));
    PROMISE(str_eq(text, str_trim(text)));
    for (size_t i = 0; i < text.n; i++)
        PROMISE((unsigned char)text.p[i] >= ' ' || text.p[i] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);

    check_text(text_plain(&arena, INPUT, false));
    check_text(text_plain(&arena, INPUT, true));
    return 0;
}
