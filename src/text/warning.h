/* warning.h - a content warning (CW): what a text is about, said before it, so that
 * whoever reads decides. In our bodies it is the first line, "CW: ...", and the text
 * begins behind an empty line; what people write so by hand counts, too.
 */
#ifndef TEXT_WARNING_H
#define TEXT_WARNING_H

#include "base/arena.h"

enum { WARNING_MAX = 200 }; /* characters of one of ours */

/* The warning of a body, and in `*ret_rest` the text behind it. Empty, and the rest is
 * the whole body, when there is none or nothing stands behind it. */
struct str warning_cut(struct str body, struct str *ret_rest);

/* A body that begins with the warning; the body itself for an empty one. */
struct str warning_put(struct arena *arena, struct str warning, struct str body);

#endif
