/* strbuf.h - text that grows, in an arena.
 *
 * The view of what was written so far is strbuf_str(); it stays valid until
 * the next append. Old blocks stay in the arena until it is reset.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/arena.h"

struct strbuf {
    struct arena *arena;
    char *p;
    size_t n, size;
};

#define STRBUF(arena_) ((struct strbuf){ .arena = (arena_) })

void strbuf_add(struct strbuf *b, struct str s);
void strbuf_char(struct strbuf *b, char c);
void strbuf_int(struct strbuf *b, int64_t value); /* in decimal digits */
void strbuf_fmt(struct strbuf *b, const char *fmt, ...) PRINTF(2, 3);
struct str strbuf_str(const struct strbuf *b);

#endif
