/* utf8.h - valid UTF-8, and text folded for search and comparison.
 *
 * Folding: NFKC, full case folding, diacritics removed, except that the German
 * umlauts become two letters (ä -> ae, ö -> oe, ü -> ue, also when written as
 * letter and combining mark) and ß becomes ss; strokes and ligatures go too (ø, ł,
 * æ); every kind of space and control character, and every run of them, becomes one
 * space. So "Maßnahmen" finds "Massnahmen" and "schoen" finds "schön". Vowel signs
 * of other scripts stay, since they make the word. Invalid bytes become U+FFFD.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/arena.h"

bool utf8_is_valid(struct str s); /* RFC 3629: no surrogates, nothing over-long */

/* How many bytes from the front are valid: where the first wrong byte stands. */
size_t utf8_valid_prefix(struct str s);

/* The code point at `s.p`, whose length in bytes (1..4) goes to `*ret_n`.
 * 0xFFFD with length 1 for an invalid byte. `s` must not be empty. */
uint32_t utf8_next(struct str s, size_t *ret_n);

size_t utf8_count(struct str s);     /* code points */
size_t utf8_graphemes(struct str s); /* what people call characters (UAX 29) */

/* The longest prefix of at most `n` graphemes. */
struct str utf8_cut(struct str s, size_t n);

/* Invalid bytes become U+FFFD. */
struct str utf8_repair(struct arena *arena, struct str s);

struct str utf8_fold(struct arena *arena, struct str s);

#endif
