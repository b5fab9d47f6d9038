/* fuzz_bytes.c - what a decoder takes is the only spelling of those bytes. */
#include "fuzz.h"

#include "base/bytes.h"
#include "base/ids.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct str bytes;
    int64_t id = 0;

    if (hex_decode(&arena, INPUT, &bytes))
        PROMISE(str_eq(hex_encode(&arena, bytes), INPUT));
    if (base64_decode(&arena, INPUT, &bytes))
        PROMISE(str_eq(base64_encode(&arena, bytes), INPUT));
    if (base64url_decode(&arena, INPUT, &bytes))
        PROMISE(str_eq(base64url_encode(&arena, bytes), INPUT));
    PROMISE(base64_decode(&arena, base64_encode(&arena, INPUT), &bytes));
    PROMISE(str_eq(bytes, INPUT));
    if (id_parse(INPUT, &id))
        PROMISE(str_eq(arena_fmt(&arena, "%lld", (long long)id), INPUT));
    return 0;
}
