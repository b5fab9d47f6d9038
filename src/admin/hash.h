/* hash.h - what is kept of a secret that only its owner may know. */
#ifndef ADMIN_HASH_H
#define ADMIN_HASH_H

#include "base/op.h"

/* BLAKE2b-256, 32 bytes in the arena. For tokens of full strength, not for passwords. */
struct str secret_hash(struct arena *arena, struct str secret);

#endif
