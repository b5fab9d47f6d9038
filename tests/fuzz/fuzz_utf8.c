/* fuzz_utf8.c - repaired text is valid, folded text stays as it is. */
#include "fuzz.h"

#include "base/utf8.h"

static void check_cuts(struct str s)
{
    size_t graphemes = utf8_graphemes(s);

    PROMISE(graphemes <= utf8_count(s));
    PROMISE(str_eq(utf8_cut(s, graphemes), s));
    for (size_t n = 0; n < graphemes && n < 3; n++) {
        struct str part = utf8_cut(s, n);

        PROMISE(str_starts(s, part));
        PROMISE(utf8_is_valid(part));
        PROMISE(utf8_graphemes(part) == n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct str repaired = utf8_repair(&arena, INPUT);
    struct str folded = utf8_fold(&arena, INPUT);

    PROMISE(utf8_is_valid(repaired));
    PROMISE(utf8_is_valid(INPUT) == str_eq(repaired, INPUT));
    PROMISE(utf8_valid_prefix(INPUT) <= size);
    PROMISE(utf8_count(INPUT) == utf8_count(repaired));
    check_cuts(repaired);
    PROMISE(utf8_is_valid(folded));
    PROMISE(str_find(folded, STR("  ")) < 0);
    PROMISE(str_eq(utf8_fold(&arena, folded), folded));
    return 0;
}
