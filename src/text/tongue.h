/* tongue.h - which language a text is in: naive Bayes over hashed runs of 1 to 5 letters.
 *
 * Addresses, @names, #tags and digits do not count. A language's table says how likely
 * each run is in it, as a logarithm in sixteenths.
 */
#ifndef TEXT_TONGUE_H
#define TEXT_TONGUE_H

#include "base/arena.h"

enum {
    TONGUE_BUCKETS = 1 << 17,
    TONGUE_MAX_LABELS = 100,
    TONGUE_MAX_BYTES = 1000, /* of a text that are looked at */
    TONGUE_BEYOND = 32, /* bytes behind the table that may be read, whatever they are */
};

struct tongue_examples {
    const struct str *texts;
    const uint8_t *labels;
    size_t count, label_count;
};

/* 0: certain; 255: as good as never. */
struct tongue {
    size_t label_count;
    const uint8_t *costs; /* TONGUE_BUCKETS times label_count, one run's side by side;
                             then TONGUE_BEYOND */
};

struct tongue tongue_train(struct arena *arena, const struct tongue_examples *examples);

/* The best label; `ret_probabilities` has one for each. Without a letter: label_count. */
size_t tongue_find(const struct tongue *tongue, struct str text,
                   float *ret_probabilities);

#endif
