/* mask.h - what must not stand on a public page, taken out of a text.
 *
 * People write their own e-mail address, bank account or telephone number into a
 * public comment. The original stays with us; what everybody reads has a word in
 * its place. Taken out are:
 *
 *   - e-mail addresses: something@something.something
 *   - bank accounts: IBAN, with or without blanks, right or mistyped
 *   - numbers of MASK_MIN_DIGITS digits or more, whatever stands between them
 *     (telephones, cards, orders), but no dates, years and grouped figures such
 *     as 02.11.2026, 2024-2026 or 1.000.000
 *
 * Rather one too many than one too few.
 */
#ifndef TEXT_MASK_H
#define TEXT_MASK_H

#include "base/arena.h"

enum { MASK_MIN_DIGITS = 7, MASK_MAX_IBAN = 34 };

/* What is put in the place of each. */
struct mask_words {
    struct str email, account, number;
};

struct str mask_private(struct arena *arena, struct str text,
                        const struct mask_words *words);

#endif
