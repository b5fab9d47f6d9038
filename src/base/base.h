/* base.h - the few macros that every file may use.
 *
 * GNU extensions are allowed here and nowhere else: cleanup, format, nonnull,
 * warn_unused_result, typeof and statement expressions.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/banned.h"

/* Run `fn(&variable)` when the variable leaves its scope, on every path. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Hand a pointer over: evaluates to it and leaves NULL behind, so that a
 * CLEANUP() on the same variable has nothing left to free. */
#define TAKE(ptr)                                                                        \
    __extension__({                                                                      \
        __typeof__(ptr) t_ = (ptr);                                                      \
        (ptr) = NULL;                                                                    \
        t_;                                                                              \
    })

/* printf-like function: argument numbers of the format and of the first value. */
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first), nonnull(fmt)))

#define MUST_CHECK __attribute__((warn_unused_result))
#define UNUSED     __attribute__((unused))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define KIB(n)          ((size_t)(n)*1024)
#define MIB(n)          ((size_t)(n)*1024 * 1024)

/* The struct whose member is at `ptr`. */
#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* Durations in milliseconds, the unit of every *_ms in the program. */
#define SECONDS(n) ((int64_t)(n)*1000)
#define MINUTES(n) ((int64_t)(n)*60 * 1000)
#define HOURS(n)   ((int64_t)(n)*3600 * 1000)
#define DAYS(n)    ((int64_t)(n)*24 * 3600 * 1000)

#endif
