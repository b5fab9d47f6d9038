/* picture.h - what the bytes of a picture say about it, and the same picture without what
 * a camera or a program wrote beside it: the place it was taken at, the device, a name, a
 * small copy of what was there before it was cut.
 *
 * Nothing is decoded. A JPEG, PNG or WebP is a row of parts with a kind and a length;
 * those that make the picture are kept, and every other one is left out, known or not.
 */
#ifndef BASE_PICTURE_H
#define BASE_PICTURE_H

#include "base/arena.h"

enum picture_kind {
    PICTURE_NONE, /* none that is known here */
    PICTURE_JPEG,
    PICTURE_PNG,
    PICTURE_WEBP,
    PICTURE_GIF,
};

struct picture {
    enum picture_kind kind;
    uint32_t width, height; /* as it is shown; 0, 0: the bytes do not say */
};

/* By what the bytes are, whatever they are called. */
struct picture picture_look(struct str bytes);

/* "image/png"; "" for PICTURE_NONE. */
const char *picture_mime(enum picture_kind kind);

/* Is this the name of one of the kinds above? */
bool picture_is_mime(struct str mime);

/* The picture alone. How a JPEG is turned is kept, or it would lie on its side. What is
 * none of the three kinds comes back as it is. PICTURE_DAMAGED: its parts cannot be told
 * apart, so nothing can be promised. */
enum { PICTURE_DAMAGED = 1 };
int picture_bare(struct arena *arena, struct str bytes, struct str *ret);

#endif
