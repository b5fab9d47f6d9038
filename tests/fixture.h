/* fixture.h - what every unit test stands on.
 *
 * FIXTURE(f) gives a test its own world: an arena, an op, a clock that stands
 * still at FIXTURE_NOW until it is moved, randomness from a fixed seed, and
 * ids. It goes away at the end of the scope.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/op.h"
#include "base/random.h"

/* 2026-11-02T08:00:00.000Z, a Monday. */
#define FIXTURE_NOW INT64_C(1793606400000)

struct fixture {
    struct arena arena;
    struct clock clock;
    struct random_source random;
    struct ids ids;
    struct world world;
    struct op op;
};

void fixture_begin(struct fixture *f);
void fixture_end(struct fixture *f);

#define FIXTURE(name)                                                                    \
    CLEANUP(fixture_end) struct fixture name;                                            \
    fixture_begin(&name)

/* Move the virtual clock, and the op with it. */
void fixture_advance(struct fixture *f, int64_t ms);

/* A new unit of work in the same world: no failure described any more. */
void fixture_next_op(struct fixture *f);

/* `actual` is a struct str, `expected` a C string. */
#define CHECK_STR(actual, expected)                                                      \
    check_str((actual), (expected), #actual, __FILE__, __LINE__)
void check_str(struct str actual, const char *expected, const char *what,
               const char *file, int line);

/* The whole file, or {NULL, 0} when it cannot be read. */
struct str fixture_read_file(struct arena *arena, const char *path);

#endif
