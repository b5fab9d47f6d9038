/* secret.h - what must be kept and given back, sealed at rest.
 *
 * XChaCha20-Poly1305 with the key of the data folder (DIR/key, or the file that
 * DRAHT_KEY_FILE names), which is in no backup. Workspace, owner and name are
 * authenticated too, so a sealed value cannot be moved to another row.
 */
#ifndef ADMIN_SECRET_H
#define ADMIN_SECRET_H

#include "base/op.h"

enum { SECRET_KEY_BYTES = 32, SECRET_MAX = 64 * 1024, SECRET_MAX_VALID = 8 };

struct secret_key {
    unsigned char bytes[SECRET_KEY_BYTES];
};

/* Read the key from `path`, or make it (mode 0600). ERR_UNAVAILABLE when it cannot be
 * read, is not ours alone, or is no key. */
int secret_key_open(struct op *op, struct str path, struct secret_key *ret) MUST_CHECK;
void secret_key_wipe(struct secret_key *key);

/* With op->world->key and op->workspace. */
int secret_seal(struct op *op, int64_t owner, struct str name, struct str plain,
                struct str *ret) MUST_CHECK;
enum { SECRET_DAMAGED = 1, SECRET_NONE = 2 }; /* damaged: or sealed with another key */
int secret_unseal(struct op *op, int64_t owner, struct str name, struct str sealed,
                  struct str *ret) MUST_CHECK;

/* Rows: the newest is the secret; older ones count until they retire. */
int secret_put(struct op *op, int64_t owner, struct str name, struct str plain,
               int64_t keep_old_ms) MUST_CHECK; /* 0: the old one ends now */
/* `id` stays the same while secret_change() writes something else into it. */
struct secret {
    int64_t id;
    struct str plain;
};
int secret_get(struct op *op, int64_t owner, struct str name,
               struct secret *ret) MUST_CHECK;
/* What was renewed by its own use, so nobody gave a new one: in the place of the old one.
 */
int secret_change(struct op *op, int64_t owner, struct str name,
                  const struct secret *secret) MUST_CHECK;
/* All that count, newest first, into `ret` of SECRET_MAX_VALID. */
int secret_valid(struct op *op, int64_t owner, struct str name, struct str *ret,
                 size_t *ret_count) MUST_CHECK;

/* None of them counts any more. */
int secret_end(struct op *op, int64_t owner, struct str name) MUST_CHECK;

/* Of all secrets of the workspace: how many there are and how many the key does not
 * open (damaged, or sealed with another key). */
int secret_check(struct op *op, int64_t *ret_count, int64_t *ret_closed) MUST_CHECK;

/* All processes of one store must have the same key: the first leaves its mark (a hash
 * that tells nothing about it). ERR_CONFLICT when ours is another one; `anew` makes ours
 * count from now on. Inside a write. */
int secret_key_agree(struct op *op, bool anew) MUST_CHECK;

/* A key at `path` as secret_key_open() wants it; ERR_NOT_FOUND: none, and none is made.
 */
int secret_key_look(struct op *op, struct str path, struct secret_key *ret) MUST_CHECK;

#endif
