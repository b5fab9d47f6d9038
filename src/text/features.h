/* features.h - a text as numbers, for the linear models.
 *
 * Words, pairs of words and runs of 2 to 5 characters are hashed into one table of
 * FEATURES buckets. Addresses, @names, numbers, emoticons and runs of signs are classes;
 * digits keep only their count, a letter that is stretched stands twice, umlauts are two
 * letters. What follows a negation counts a second time as negated, and words of the
 * polarity lists are counted. How the text begins and ends, and about how long it is, are
 * features as well.
 */
#ifndef TEXT_FEATURES_H
#define TEXT_FEATURES_H

#include "base/arena.h"

enum {
    FEATURE_BITS = 18,
    FEATURES = 1 << FEATURE_BITS,
    FEATURES_MAX_CHARACTERS = 4000, /* what is behind is not looked at */
};

enum feature_block { FEATURE_WORD, FEATURE_RUN, FEATURE_SIGN, FEATURE_BLOCKS };

/* One place in the text where a feature stands. */
struct feature {
    uint32_t index; /* below FEATURES */
    uint16_t token; /* which token it belongs to */
    uint16_t block;
};

/* A token's place in the text, in bytes. */
struct feature_token {
    uint32_t from, to;
};

struct features {
    struct feature *list;
    size_t count;
    struct feature_token *tokens;
    size_t token_count;
};

struct features text_features(struct arena *arena, struct str text);

/* The same as a vector: each index once, each block of length 1 (times its weight). */
struct vector {
    uint32_t *index;
    float *value;
    size_t n;
};

/* `rarity` has FEATURES entries; NULL: all are equally rare. */
struct vector features_vector(struct arena *arena, const struct features *features,
                              const float *rarity);

/* Groups of words by our own lists. */
enum word_group {
    WORD_GOOD, /* good news nearly everywhere */
    WORD_BAD,
    WORD_ABUSIVE,
    WORD_REPEATED,
    WORD_WEARY,
    WORD_LEAVING,
    WORD_OTHERS,
    WORD_GROUPS
};

/* Those of a folded word, a bit each. */
unsigned word_groups(const uint32_t *word, size_t n);

#endif
