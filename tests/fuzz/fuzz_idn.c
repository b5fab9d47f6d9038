/* fuzz_idn.c - a name in other letters becomes one of plain ones, which stays as it is.
 * Input: the name of a host. */
#include "fuzz.h"

#include "base/idn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct str ascii, again;

    if (!idn_to_ascii(&arena, INPUT, &ascii))
        return 0;
    PROMISE(ascii.n > 0 && ascii.n <= 253);
    for (size_t i = 0; i < ascii.n; i++)
        PROMISE(ascii.p[i] > ' ' && ascii.p[i] < 0x7f);
    PROMISE(idn_to_ascii(&arena, ascii, &again) && str_eq(ascii, again));
    return 0;
}
