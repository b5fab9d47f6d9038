/* html.h - a writer of pages that escapes by default.
 *
 * There are two ways in. Markup is a literal of ours and goes in as it stands:
 * html_put() takes nothing else, so a value cannot get there by mistake. Everything
 * that came from somewhere goes through html_text() or html_attr(), which escape it,
 * repair what is no UTF-8 and drop control characters and whatever turns the
 * direction in which a line is read.
 */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "base/strbuf.h"

struct html {
    struct strbuf out;
};

#define HTML(arena_) ((struct html){ .out = STRBUF(arena_) })

/* Markup: a string literal, by force of the compiler. */
#define html_put(html, literal) strbuf_add(&(html)->out, STR(literal))

/* Text between tags. */
void html_text(struct html *html, struct str text);
/* The same; a line end is a <br>, several make a new paragraph's gap. */
void html_lines(struct html *html, struct str text);
/* ` name="value"`; `name` is a literal of ours. */
void html_attr(struct html *html, const char *name, struct str value);
void html_attr_id(struct html *html, const char *name, int64_t id);
void html_int(struct html *html, int64_t number);

struct str html_done(const struct html *html);

#endif
