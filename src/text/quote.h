/* quote.h - what somebody wrote themselves in a mail, apart from what they quote.
 *
 * A mail is what was written, perhaps a signature, and perhaps the mail that it answers,
 * once more. Nothing is thrown away: the three are views of the text, one behind the
 * other, and together they are all of it but blank lines. Whoever answers between the
 * quoted lines has written all of it: then nothing is apart.
 */
#ifndef TEXT_QUOTE_H
#define TEXT_QUOTE_H

#include "base/str.h"

struct text_parts {
    struct str own, signature, quoted;
};

/* Lines end with "\n"; German and English programs and Outlook are known. */
struct text_parts text_parts(struct str text);

#endif
