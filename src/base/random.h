/* random.h - where randomness comes from.
 *
 * The system's source in production, a seeded one in tests and in the
 * simulator: the same seed gives the same bytes. A seeded source belongs to one
 * thread; the system's serves all.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/op.h"

struct random_source {
    bool seeded;
    uint64_t state[2]; /* xorshift128+, only when seeded; not for secrets */
};

void random_seed(struct random_source *source, uint64_t seed);
void random_fill(struct op *op, void *bytes, size_t n);
uint64_t random_u64(struct op *op);

/* `n` random bytes as lower-case hexadecimal or as unpadded base64url. */
struct str random_hex(struct op *op, size_t n);
struct str random_token(struct op *op, size_t n);

#endif
