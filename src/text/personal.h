/* personal.h - personal data in a text, where it stands and what it is.
 *
 * Unlike text/mask, which rather hides too much, this finds what is certain enough to
 * say: account numbers whose checksum fits (ISO 13616, modulo 97), card numbers whose
 * last digit fits (Luhn) and whose length and first digits are a card's, telephone
 * numbers as people write them in German, English and international form, addresses of
 * mail, and order numbers by the workspace's own pattern.
 */
#ifndef TEXT_PERSONAL_H
#define TEXT_PERSONAL_H

#include "base/arena.h"

enum personal_kind {
    PERSONAL_EMAIL,
    PERSONAL_PHONE,
    PERSONAL_IBAN,
    PERSONAL_CARD,
    PERSONAL_ORDER,
};

/* Bytes of a pattern of order numbers, and how many patterns count. */
enum { PERSONAL_MAX = 16, PERSONAL_MIN_PATTERN = 4, PERSONAL_MAX_PATTERN = 40 };
enum { PERSONAL_MAX_PATTERNS = 20 };

struct personal {
    enum personal_kind kind;
    uint32_t from, to; /* bytes of the text */
};

/* `orders`: patterns of order numbers, one a line, as "AB-000000": 0 is a digit, A and a
 * are a letter, the rest is itself; empty: none. At most PERSONAL_MAX; how many. */
size_t text_personal(struct str text, struct str orders,
                     struct personal ret[PERSONAL_MAX]);

/* For storing a pattern: of a length that counts, and with two digits at least, so that
 * no word of everyday fits it. */
bool personal_is_pattern(struct str pattern);

/* "email", "phone", "iban", "card", "order". */
const char *personal_kind_name(enum personal_kind kind);

#endif
