/* simulate.h - hours of a house's life from one seed, in this process and in virtual
 * time.
 *
 * The real intake, dialogue, desk, outbox and job code on the real SQLite; simulated are
 * the machine's clock, its disk (ramdisk.h), the networks (peer.c), the people outside
 * and the colleagues (people.c, agent.c), and trouble: programs that are killed or
 * stopped anywhere, power that goes, disks that fill up (trouble.c). What must be true is
 * held against a ledger of its own (oracle.c). The same seed gives the same trace, byte
 * by byte.
 *
 * Only in test builds. `draht simulate` (cmd/) runs it.
 */
#ifndef SIMULATE_SIMULATE_H
#define SIMULATE_SIMULATE_H

#include "base/str.h"

/* "Sometimes" marks: what must have happened in some run of a campaign, or it proved
 * nothing. */
enum simulate_mark {
#define MARK(name, text) MARK_##name,
#include "simulate/marks.def"
#undef MARK
    MARK_COUNT
};
const char *simulate_mark_name(size_t mark);
const char *simulate_mark_text(size_t mark);

/* A planted mistake, which some seed must find. NULL past the last. */
struct simulate_mutant {
    const char *name, *what;
};
const struct simulate_mutant *simulate_mutant_at(size_t index);
bool simulate_mutant_is_known(struct str name);

/* A plan for a campaign of its own kind. */
enum simulate_kind {
    SIMULATE_LIFE,  /* everything that the seed draws */
    SIMULATE_SENDS, /* many replies under hostile answers of the networks */
};

struct simulate_options {
    uint64_t seed;
    int64_t length_ms;
    enum simulate_kind kind;
    const char *mutant; /* NULL: none */
    FILE *trace;        /* NULL: only its hash is wanted */
};

enum { SIMULATE_HASH_BYTES = 16, SIMULATE_MAX_FAULT = 400 };
struct simulate_result {
    char fault[SIMULATE_MAX_FAULT]; /* what was not true; empty: all was */
    unsigned char hash[SIMULATE_HASH_BYTES];
    size_t lines; /* of the trace */
    int64_t marks[MARK_COUNT];
    int64_t asked, answers, sends, doubled, lost; /* of the ledger */
};

void simulate_run(const struct simulate_options *options, struct simulate_result *ret);

#endif
