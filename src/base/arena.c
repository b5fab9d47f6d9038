/* arena.c - chunks of growing size, newest first. */
#include "base/arena.h"

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 256 * 1024 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t size, used; /* of bytes[] */
    alignas(max_align_t) char bytes[];
};

struct arena_undo {
    struct arena_undo *older;
    void (*undo)(void *);
    void *what;
};

void *must_alloc(size_t size)
{
    void *p = malloc(size ? size : 1);

    if (!p)
        abort();
    return p;
}

void *must_zalloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);

    if (!p)
        abort();
    return p;
}

void *must_realloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);

    if (!p)
        abort();
    return p;
}

static struct arena_chunk *grow(struct arena *arena, size_t need)
{
    size_t size = arena->chunks ? arena->chunks->size * 2 : FIRST_CHUNK;
    struct arena_chunk *chunk;

    if (size > LARGEST_CHUNK)
        size = LARGEST_CHUNK;
    if (size < need)
        size = need;
    chunk = must_alloc(sizeof(*chunk) + size);
    *chunk = (struct arena_chunk){ .older = arena->chunks, .size = size };
    arena->chunks = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size, size_t align, size_t count)
{
    struct arena_chunk *chunk = arena->chunks;
    size_t bytes, start;
    void *p;

    if (__builtin_mul_overflow(size, count, &bytes) || bytes > SIZE_MAX / 2)
        abort();
    start = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;
    if (!chunk || start > chunk->size || bytes > chunk->size - start) {
        chunk = grow(arena, bytes);
        start = 0;
    }
    chunk->used = start + bytes;
    p = chunk->bytes + start;
    memset(p, 0, bytes);
    return p;
}

struct str arena_dup(struct arena *arena, struct str s)
{
    char *p = arena_alloc(arena, 1, 1, s.n + 1);

    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct str){ p, s.n };
}

const char *arena_cstr(struct arena *arena, struct str s)
{
    return arena_dup(arena, s).p;
}

struct str arena_vfmt(struct arena *arena, const char *fmt, va_list args)
{
    char small[256]; /* most are; formatting twice is what costs */
    va_list again;
    char *p;
    int n;

    va_copy(again, args);
    n = vsnprintf(small, sizeof(small), fmt, again);
    va_end(again);
    if (n < 0)
        abort();
    p = arena_alloc(arena, 1, 1, (size_t)n + 1);
    if ((size_t)n < sizeof(small))
        memcpy(p, small, (size_t)n + 1);
    else
        vsnprintf(p, (size_t)n + 1, fmt, args);
    return (struct str){ p, (size_t)n };
}

struct str arena_fmt(struct arena *arena, const char *fmt, ...)
{
    struct str s;
    va_list args;

    va_start(args, fmt);
    s = arena_vfmt(arena, fmt, args);
    va_end(args);
    return s;
}

void arena_defer(struct arena *arena, void (*undo)(void *), void *what)
{
    struct arena_undo *entry = arena_new(arena, struct arena_undo, 1);

    *entry = (struct arena_undo){ arena->undos, undo, what };
    arena->undos = entry;
}

void arena_reset(struct arena *arena)
{
    for (struct arena_undo *u = arena->undos; u; u = u->older)
        u->undo(u->what);
    arena->undos = NULL;
    while (arena->chunks) {
        struct arena_chunk *chunk = arena->chunks;

        arena->chunks = chunk->older;
        free(chunk);
    }
}
