/* hash.c - BLAKE2b of what only its owner may know. */
#include <sodium.h>

#include "admin/hash.h"

struct str secret_hash(struct arena *arena, struct str secret)
{
    unsigned char *hash = arena_new(arena, unsigned char, 32);

    crypto_generichash(hash, 32, (const unsigned char *)secret.p, secret.n, NULL, 0);
    return (struct str){ (const char *)hash, 32 };
}
