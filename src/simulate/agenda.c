/* agenda.c - what is to happen when: a heap. */
#include "simulate/agenda.h"

#include "base/arena.h"

static bool goes_first(const struct agenda_entry *a, const struct agenda_entry *b)
{
    return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void swap(struct agenda_entry *a, struct agenda_entry *b)
{
    struct agenda_entry held = *a;

    *a = *b;
    *b = held;
}

void agenda_add(struct agenda *agenda, int64_t at, agenda_fn *run, void *ctx)
{
    size_t i = agenda->count++;

    if (agenda->count > agenda->size) {
        agenda->size = agenda->size * 2 + 64;
        agenda->heap = must_realloc(agenda->heap, agenda->size * sizeof(*agenda->heap));
    }
    agenda->heap[i] = (struct agenda_entry){ at, agenda->entered++, run, ctx };
    for (; i > 0 && goes_first(&agenda->heap[i], &agenda->heap[(i - 1) / 2]);
         i = (i - 1) / 2)
        swap(&agenda->heap[i], &agenda->heap[(i - 1) / 2]);
}

bool agenda_next(const struct agenda *agenda, int64_t *ret_at)
{
    if (agenda->count == 0)
        return false;
    *ret_at = agenda->heap[0].at;
    return true;
}

static void sink(struct agenda *agenda)
{
    for (size_t i = 0, first; 2 * i + 1 < agenda->count; i = first) {
        first = 2 * i + 1;
        if (first + 1 < agenda->count &&
            goes_first(&agenda->heap[first + 1], &agenda->heap[first]))
            first++;
        if (!goes_first(&agenda->heap[first], &agenda->heap[i]))
            break;
        swap(&agenda->heap[i], &agenda->heap[first]);
    }
}

bool agenda_take(struct agenda *agenda, struct agenda_entry *ret)
{
    if (agenda->count == 0)
        return false;
    *ret = agenda->heap[0];
    agenda->heap[0] = agenda->heap[--agenda->count];
    sink(agenda);
    return true;
}

void agenda_free(struct agenda *agenda)
{
    free(agenda->heap);
    *agenda = (struct agenda){ 0 };
}
