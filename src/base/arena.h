/* arena.h - memory that dies together.
 *
 * One arena belongs to one unit of work (a request, a job, a command). What is
 * allocated from it is never freed one by one: arena_reset() drops it all at
 * the end. Allocation cannot fail in a way a caller could see: when memory
 * runs out the process aborts and the supervisor restarts it, and the job
 * queue in the database carries on. That is why sizes are limited where input
 * arrives (api_route.max_body, the connectors' ceilings) and not here.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdalign.h>
#include <stdarg.h>

#include "base/str.h"

struct arena {
    struct arena_chunk *chunks; /* newest first */
    struct arena_undo *undos;   /* newest first: run in reverse order */
};

/* Zeroed memory for `count` objects of a type. */
#define arena_new(arena, type, count)                                                    \
    ((type *)arena_alloc((arena), sizeof(type), alignof(type), (count)))

void *arena_alloc(struct arena *arena, size_t size, size_t align, size_t count);
struct str arena_dup(struct arena *arena, struct str s);
const char *arena_cstr(struct arena *arena, struct str s);
struct str arena_fmt(struct arena *arena, const char *fmt, ...) PRINTF(2, 3);
struct str arena_vfmt(struct arena *arena, const char *fmt, va_list args) PRINTF(2, 0);

/* Call `undo(what)` on reset. For the rare thing in an arena that is more than
 * memory, such as a parser object of a foreign library. */
void arena_defer(struct arena *arena, void (*undo)(void *), void *what);

/* Forget everything. The arena is empty and ready for use afterwards. */
void arena_reset(struct arena *arena);

/* `struct arena` on the stack that resets itself: ARENA(scratch); */
#define ARENA(name) CLEANUP(arena_reset) struct arena name = { NULL, NULL }

/* malloc, calloc and realloc that abort instead of returning NULL, for what
 * outlives every arena. */
void *must_alloc(size_t size);
void *must_zalloc(size_t size);
void *must_realloc(void *old, size_t size);

#endif
