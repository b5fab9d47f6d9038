/* tag.h - the tags and characters of a piece of HTML, one after the other.
 *
 * One pass, no tree: the work is proportional to the input, whatever stands in it. What
 * looks like markup and is none is text.
 */
#ifndef TEXT_TAG_H
#define TEXT_TAG_H

#include "base/arena.h"

/* A longer tag is text: whoever opens many and closes none must not cost a walk to the
 * end for each. */
enum { TAG_MAX_NAME = 16, TAG_MAX = 16 * 1024, TAG_MAX_CHARACTER = 32 };

struct tag_source {
    struct str html;
    size_t at;
    bool endless[2]; /* no declaration, no comment ends behind this point */
};

struct tag {
    char name[TAG_MAX_NAME]; /* in lower case; longer ones are cut, and nobody knows them
                              */
    bool closing;
    struct str attributes;
};

/* Read the tag at source->at and step behind it. False: there is none. */
bool tag_read(struct tag_source *source, struct tag *ret);
/* Step behind "<!-- … -->", "<!DOCTYPE …>", "<?xml … ?>". False: there is none. */
bool tag_skip_declaration(struct tag_source *source);
/* Step to "</name"; to the end when it never comes. */
void tag_skip_to(struct tag_source *source, const char *name);

/* The character that begins with "&" at the front of `text`; its length, or 0. Never a
 * control character or half a surrogate. */
size_t tag_character(struct str text, uint32_t *ret);
/* As UTF-8 into `ret` of four; how many bytes. */
size_t tag_utf8(uint32_t c, char *ret);

/* The value of an attribute as it stands; empty when it has none. */
struct str tag_attribute(struct str attributes, const char *name);
/* What it says: characters undone, blanks as one, no control characters. */
struct str tag_unescape(struct arena *arena, struct str value);

bool tag_is_blank(char c);

#endif
