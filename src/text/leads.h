/* leads.h - what in a text leads somewhere: addresses, names, tags.
 *
 * "https://example.org/x", "@haus.example.org", "@fan@example.net", "#Ruhe". Each begins
 * where no word goes on, and ends before the punctuation behind it. Whether there is
 * anything at the other end is for the network to say.
 */
#ifndef TEXT_LEADS_H
#define TEXT_LEADS_H

#include "base/str.h"

enum {
    LEAD_MAX_TAG = 64,   /* characters of a tag */
    LEAD_MAX_NAME = 320, /* bytes of a name, with its server; a longer one is none */
};

enum lead_kind { LEAD_ADDRESS = 1, LEAD_NAME, LEAD_TAG };

struct lead {
    enum lead_kind kind;
    size_t start, end; /* bytes of the text */
    struct str value;  /* the address; the name or the tag without its sign */
};

/* Something that leads somewhere begins at byte `at`; false: nothing does. */
bool lead_at(struct str text, size_t at, struct lead *ret);

#endif
