/* strbuf.c - appending to a block that doubles. */
#include "base/strbuf.h"

static void room(struct strbuf *b, size_t more)
{
    size_t size = b->size ? b->size : 128;
    char *p;

    if (b->size - b->n >= more)
        return;
    while (size - b->n < more) {
        if (size > SIZE_MAX / 4)
            abort();
        size *= 2;
    }
    p = arena_alloc(b->arena, 1, 1, size);
    if (b->n)
        memcpy(p, b->p, b->n);
    b->p = p;
    b->size = size;
}

void strbuf_add(struct strbuf *b, struct str s)
{
    if (s.n == 0)
        return;
    room(b, s.n);
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void strbuf_char(struct strbuf *b, char c)
{
    room(b, 1);
    b->p[b->n++] = c;
}

void strbuf_int(struct strbuf *b, int64_t value)
{
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char digits[20];
    size_t n = 0;

    do {
        digits[sizeof(digits) - ++n] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        strbuf_char(b, '-');
    strbuf_add(b, (struct str){ digits + sizeof(digits) - n, n });
}

void strbuf_fmt(struct strbuf *b, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    strbuf_add(b, arena_vfmt(b->arena, fmt, args));
    va_end(args);
}

struct str strbuf_str(const struct strbuf *b)
{
    return (struct str){ b->p, b->n };
}
