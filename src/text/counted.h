/* counted.h - what networks count, of an account or of a post.
 *
 * A number that a network does not give is COUNTED_NOT_GIVEN, which is not 0.
 */
#ifndef TEXT_COUNTED_H
#define TEXT_COUNTED_H

#include "base/json.h"

enum counted_kind {
    COUNTED_FOLLOWERS, /* of an account; all others of a post */
    COUNTED_LIKES,
    COUNTED_SHARES,
    COUNTED_QUOTES,
    COUNTED_REPLIES,
    COUNTED_VIEWS,
    COUNTED_KINDS
};
enum { COUNTED_NOT_GIVEN = -1 };
#define COUNTED_MOST ((int64_t)1000 * 1000 * 1000 * 1000)

struct counted {
    bool there; /* the network shows it */
    int64_t of[COUNTED_KINDS];
};

/* "followers", "likes": as they are stored and told. */
extern const char *const counted_names[COUNTED_KINDS];

/* Nothing is given. */
struct counted counted_nothing(void);

/* A member of what a network answered: NOT_GIVEN when it is no count of 0 to
 * COUNTED_MOST. */
int64_t counted_number(const struct json *object, const char *member);

#endif
