/* fuzz.h - what every fuzz target begins with.
 *
 * A target is one function that takes any bytes and aborts when a promise is
 * broken. With clang and -Dfuzz=true libFuzzer drives it; in every build
 * replay.c drives it with the corpus, so that it runs as a plain test.
 *
 * TO ADD A TARGET: fuzz_<name>.c, some files in corpus/<name>/, its name in
 * meson.build, and what it tries in parsers.tsv.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/op.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The promise that must hold whatever comes in. */
#define PROMISE(condition)                                                               \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition);      \
            abort();                                                                     \
        }                                                                                \
    } while (0)

/* `data` as a view whose end the sanitizer watches. */
#define INPUT ((struct str){ (const char *)data, size })

#endif
