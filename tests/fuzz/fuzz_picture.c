/* fuzz_picture.c - whatever calls itself a picture loses what it says beside itself, once
 * and for all, or is called damaged. Input: the bytes of a file. */
#include "fuzz.h"

#include "base/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { TURN = 36 }; /* an Exif part that says nothing but how it is turned */
    struct picture before = picture_look(INPUT), after;
    struct str left, again;
    ARENA(arena);

    if (picture_bare(&arena, INPUT, &left) == PICTURE_DAMAGED)
        return 0;
    PROMISE(left.n <= size + TURN);
    after = picture_look(left);
    PROMISE(after.kind == before.kind);
    PROMISE(!before.width ||
            (after.width == before.width && after.height == before.height));
    PROMISE(picture_bare(&arena, left, &again) == 0 && str_eq(left, again));
    PROMISE((before.kind == PICTURE_NONE) == !*picture_mime(before.kind));
    if (before.kind == PICTURE_NONE || before.kind == PICTURE_GIF)
        PROMISE(str_eq(left, INPUT));
    return 0;
}
