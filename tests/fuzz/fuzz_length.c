/* fuzz_length.c - however a network counts, a text is no longer than its bytes and its
 * links. Input: a text. */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/length.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct str text = utf8_repair(&arena, INPUT);
    enum length_unit unit;

    for (unit = LENGTH_GRAPHEMES; unit <= LENGTH_BYTES; unit++) {
        struct length_rule plain = { .unit = unit }, links = { .unit = unit, .link = 23 };
        enum length_unit named;

        PROMISE(length_of(&plain, text) >= 0);
        PROMISE(length_of(&plain, text) <= (int64_t)text.n);
        PROMISE(length_of(&links, text) <= (int64_t)(text.n * 23));
        PROMISE(length_unit_parse(str_of(length_unit_name(unit)), &named) == 0);
        PROMISE(named == unit);
    }
    PROMISE(length_unit_parse(INPUT, &unit) == LENGTH_NO_UNIT ||
            str_is(INPUT, length_unit_name(unit)));
    return 0;
}
