/* plain.h - the words of a piece of HTML, as plain text.
 *
 * For what networks and feeds give as HTML and people here should read: the result is
 * text and is shown as text, so nothing in it can run. One pass, no tree: the work is
 * proportional to the input, whatever stands in it. What looks like markup and is none
 * stays. Structure that matters to a reader is kept: paragraphs, line breaks, lists,
 * "> " before what is quoted, the address behind a link whose words do not name it, and
 * the words that stand for a picture.
 */
#ifndef TEXT_PLAIN_H
#define TEXT_PLAIN_H

#include "base/arena.h"

/* `lines`: a line break in the source is one in the text, as in a form that people typed
 * into. False: it is a blank, as in a page. The result is valid UTF-8, without control
 * characters but line feeds, and without blank ends. */
struct str text_plain(struct arena *arena, struct str html, bool lines);

#endif
