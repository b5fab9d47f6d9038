/* intake_parts.h - what the files of intake share: work_intake.c keeps and tells what a
 * sender waits for, work_sweep.c goes on with what was left behind.
 */
#ifndef WORK_INTAKE_PARTS_H
#define WORK_INTAKE_PARTS_H

#include "work/understand.h"
#include "work/work_intake.h"

/* As many as share a commit while nobody who waits for the writer notices: 20 ms. */
enum { ITEMS_PER_WRITE = 100 };

/* An item on its way, from its raw row on. */
struct entry {
    struct raw_item raw;
    struct str refused, field; /* why it cannot be parsed; empty: it can */
    struct item item;
    struct incoming in;
    bool parsed;
    bool known;     /* the same bytes were there */
    bool waits;     /* stored, and not told to the dialogue yet */
    bool recounts;  /* known: only what can be counted again is looked at */
    bool repeated;  /* told, and it was nothing new */
    bool overtaken; /* told by somebody else meanwhile, who counted it */
    bool added;     /* told, and it is a message that was not there */
};

/* A write's worth of entries. */
struct portion {
    struct entry *entries;
    size_t count;
    int64_t channel_id;
    const struct connected *to;       /* NULL: the entries are refused already */
    const struct intake_batch *batch; /* that it came with; NULL: the sweep's */
    bool lost;
};

/* Entries `done` to at most `most` further on. */
struct portion intake_portion(const struct portion *all, size_t done, size_t most);

/* Parse, translate and look for words, outside any write. */
void intake_understand(struct op *op, const struct understanding *words,
                       struct portion *portion);

/* A store_fn: tell the portion to the dialogue and the desk, each item in a savepoint of
 * its own. */
int intake_tell(struct op *op, void *portion) MUST_CHECK;

/* The portion was told, and the write is on disk. */
void intake_told(struct portion *portion);

/* All of them, portion by portion; `until` (monotonic, 0: never) ends it early. Called
 * without a transaction. */
int intake_tell_all(struct op *op, const struct portion *all, int64_t until) MUST_CHECK;

#endif
