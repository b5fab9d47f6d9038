/* bytes.h - bytes as text and back: hexadecimal (lower case) and base64.
 * Decoders return false for anything that is not the encoding, all of it.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/arena.h"

struct str hex_encode(struct arena *arena, struct str bytes);
bool hex_decode(struct arena *arena, struct str text, struct str *ret);
struct str base64_encode(struct arena *arena, struct str bytes); /* RFC 4648 4, padded */
struct str base64url_encode(struct arena *arena,
                            struct str bytes); /* RFC 4648 5, unpadded */
bool base64_decode(struct arena *arena, struct str text, struct str *ret);
bool base64url_decode(struct arena *arena, struct str text, struct str *ret);

#endif
