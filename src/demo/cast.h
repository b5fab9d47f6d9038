/* cast.h - who writes to the shop: invented people, made as they are needed. */
#ifndef DEMO_CAST_H
#define DEMO_CAST_H

#include "demo/book.h"
#include "demo/dice.h"

/* When so many exist, the next one who writes has written before. */
enum { CAST_MOST = 360 };

struct persona {
    struct str first, last, name; /* name: as a network shows it */
    struct str handle, email;     /* at example.org, .com or .net */
    struct str visitor;           /* by which a web chat knows the browser */
    struct str form;              /* du sie en tr fr */
    bool woman;
    size_t number;
    const void *home;  /* the place where they write */
    const void *place; /* the thread they were seen in last */
    size_t habit;      /* how they greet and sign: the same each time */
    int64_t followers;
};

struct cast {
    struct arena *arena;
    const struct book *book;
    struct dice *dice;
    struct persona *people[CAST_MOST];
    size_t count;
};

/* Somebody who writes in `form` at `home` and has not been seen at `thread` (NULL: any):
 * in `percent` of 100 cases one who was there before, if there is one. */
struct persona *cast_pick(struct cast *cast, const void *home, struct str form,
                          const void *thread, int percent);

/* Somebody who pretends to be us; never picked for anything else. */
struct persona *cast_impostor(struct cast *cast);

/* A line of a pool, any. Empty: there is no such pool. */
struct str cast_any(struct cast *cast, const char *pool);

#endif
