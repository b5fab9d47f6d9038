/* fuzz_mask.c - whatever a text holds, seven digits in a row are not shown to everybody.
 * Input: a text, made valid first, as all that is stored. */
#include "fuzz.h"

#include "base/utf8.h"
#include "text/mask.h"

static void check_shown(struct str shown)
{
    size_t digits = 0;

    PROMISE(utf8_is_valid(shown));
    for (size_t i = 0; i < shown.n; i++) {
        bool digit = shown.p[i] >= '0' && shown.p[i] <= '9';

        digits = digit ? digits + 1 : 0;
        PROMISE(digits < MASK_MIN_DIGITS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mask_words words = { STR("[address]"), STR("[account]"),
                                             STR("[number]") };
    ARENA(arena);

    check_shown(mask_private(&arena, utf8_repair(&arena, INPUT), &words));
    return 0;
}
