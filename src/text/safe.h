/* safe.h - a piece of foreign HTML made harmless.
 *
 * What comes out is written anew, tag by tag, from a list of what is allowed: words,
 * their headings, lists, tables, links and the pictures that came along. Nothing that
 * runs, loads, styles, submits or hides is among it, and every element that is opened is
 * closed. Meant to be shown in a sandbox all the same.
 */
#ifndef TEXT_SAFE_H
#define TEXT_SAFE_H

#include "base/arena.h"

enum {
    SAFE_MAX_HTML = 512 * 1024,     /* bytes; what is behind it is left out */
    SAFE_MAX_DEPTH = 64,            /* elements in each other; deeper ones are text */
    SAFE_MAX_PICTURE = 1024 * 1024, /* bytes of one */
    SAFE_MAX_PICTURES = 4 * 1024 * 1024, /* of all */
};

/* What came along and can be named by "cid:". */
struct safe_part {
    struct str id, mime, bytes;
};

struct safe_html {
    struct str html;
    size_t left_out; /* pictures of other servers, which would learn who reads it */
    bool cut;
};

/* Links to http, https, mailto and tel stay; they open elsewhere and tell nothing about
 * us, and name their host where their words do not. */
void text_safe(struct arena *arena, struct str html, const struct safe_part *parts,
               size_t count, struct safe_html *ret);

/* Words as they stand, as HTML. */
struct str text_safe_words(struct arena *arena, struct str words);

#endif
