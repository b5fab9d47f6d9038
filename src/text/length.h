/* length.h - how long a text is, as a network counts it.
 *
 * An address counts from "http://" or "https://" (whatever the case; no letter or digit
 * before it) up to a blank, a control character, '<', '>' or '"', without the
 * punctuation at its end. The interface counts the same in web/src/lib/length.ts; both
 * are held to tests/data/text_lengths.json.
 */
#ifndef TEXT_LENGTH_H
#define TEXT_LENGTH_H

#include "base/str.h"

enum length_unit {
    LENGTH_GRAPHEMES = 1, /* what people call characters (UAX 29) */
    LENGTH_CHARACTERS,    /* code points */
    LENGTH_UTF16,         /* units of 16 bits, as JavaScript counts */
    LENGTH_BYTES,         /* of UTF-8 */
};

struct length_rule {
    int64_t most; /* 0: none but most_bytes */
    enum length_unit unit;
    int64_t link;       /* each address counts as so many; 0: as it is written */
    int64_t most_bytes; /* besides, links and all; 0: none */
};

/* In units of the rule. */
int64_t length_of(const struct length_rule *rule, struct str text);

/* "graphemes", "characters", "utf16", "bytes". */
const char *length_unit_name(enum length_unit unit);
enum { LENGTH_NO_UNIT = 1 };
int length_unit_parse(struct str name, enum length_unit *ret);

#endif
