/* words.h - texts and queries as search words, the same for both engines.
 *
 * An index word is a folded word, or a stem of one (German and English, without
 * asking which language it is). A query word comes with its own alternatives;
 * a text matches when for each query word ANY alternative is among its index
 * words. So "Lieferung" finds "Lieferungen", "Verträge" finds "Vertrag",
 * "schoen" finds "schön" and "WLAN" finds "W-Lan".
 *
 * Words hold letters, marks and digits, or one emoji: never a space, a quote or
 * an operator, so that any engine can take them.
 */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include "base/op.h"

enum {
    TEXT_WORD_MAX_BYTES = 64, /* longer words are cut, in texts and in queries */
    TEXT_QUERY_MAX_CHARACTERS = 200,
    TEXT_QUERY_MAX_WORDS = 16,
    TEXT_ALTERNATIVES = 4,
};

/* The index words of a text: each once, separated by one space, in the order of
 * the text. "W-Lan" gives "w", "wlan" and "lan". */
struct str text_words(struct arena *arena, struct str text);

struct text_query_word {
    struct str any[TEXT_ALTERNATIVES]; /* any[0] is the folded word itself */
    size_t count;
    bool prefix; /* any[0] may also be the beginning of an index word */
};

struct text_query {
    struct text_query_word words[TEXT_QUERY_MAX_WORDS];
    size_t count; /* 0: nothing to search for, such as "???" */
};

/* The words of a query, each once. The last is a prefix when it ends the query
 * and has two letters or more: somebody is still typing. ERR_INVALID for field
 * "q" when a ceiling is passed. */
int text_query(struct op *op, struct str query, struct text_query *ret) MUST_CHECK;

#endif
