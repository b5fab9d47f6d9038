/* scan.h - a text as folded words, one after the other.
 *
 * A word is a run of letters, digits and their marks; an emoji is a word of its
 * own (without its skin tone), and so is a Chinese character, since nobody puts
 * spaces between those. Everything else separates.
 */
#ifndef TEXT_SCAN_H
#define TEXT_SCAN_H

#include "base/arena.h"

struct text_token {
    struct str word; /* folded */
    bool emoji;
    bool digits; /* has some */
    bool joined; /* to the token before, by one hyphen or apostrophe: "W-Lan" */
};

/* What is behind the first TEXT_MAX_BYTES is not looked at. */
enum { TEXT_MAX_BYTES = 256 * 1024 };

struct text_token *text_scan(struct arena *arena, struct str text, size_t *ret_count);

#endif
