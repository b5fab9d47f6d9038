/* agenda.h - what is to happen when, in virtual time. Of two at the same instant the one
 * that was entered first goes first.
 */
#ifndef SIMULATE_AGENDA_H
#define SIMULATE_AGENDA_H

#include "base/base.h"

typedef void agenda_fn(void *ctx);

struct agenda_entry {
    int64_t at;
    uint64_t number; /* in order of entering */
    agenda_fn *run;
    void *ctx;
};

struct agenda {
    struct agenda_entry *heap;
    size_t count, size;
    uint64_t entered;
};

void agenda_add(struct agenda *agenda, int64_t at, agenda_fn *run, void *ctx);
bool agenda_next(const struct agenda *agenda, int64_t *ret_at);    /* false: empty */
bool agenda_take(struct agenda *agenda, struct agenda_entry *ret); /* false: empty */
void agenda_free(struct agenda *agenda);

#endif
