/* counted.c - what networks count, of an account or of a post. */
#include "text/counted.h"

const char *const counted_names[COUNTED_KINDS] = {
    [COUNTED_FOLLOWERS] = "followers", [COUNTED_LIKES] = "likes",
    [COUNTED_SHARES] = "shares",       [COUNTED_QUOTES] = "quotes",
    [COUNTED_REPLIES] = "replies",     [COUNTED_VIEWS] = "views",
};

struct counted counted_nothing(void)
{
    struct counted none = { .there = false };

    for (size_t i = 0; i < COUNTED_KINDS; i++)
        none.of[i] = COUNTED_NOT_GIVEN;
    return none;
}

int64_t counted_number(const struct json *object, const char *member)
{
    int64_t number = json_int(object, member, COUNTED_NOT_GIVEN);

    return number < 0 || number > COUNTED_MOST ? COUNTED_NOT_GIVEN : number;
}
