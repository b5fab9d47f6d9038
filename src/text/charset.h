/* charset.h - bytes of some character set, as UTF-8.
 *
 * What is declared is often wrong: text that is UTF-8 is called Latin-1, Windows' own
 * characters are called ISO, sets are misspelled or not named at all. So the declared
 * name is one witness, the bytes are the other. Nothing fails: what fits no set keeps
 * its letters and shows U+FFFD where there is none.
 */
#ifndef TEXT_CHARSET_H
#define TEXT_CHARSET_H

#include "base/arena.h"

/* `declared` may be empty. The result is valid UTF-8 without NUL. */
struct str text_from_charset(struct arena *arena, struct str bytes, struct str declared);

#endif
