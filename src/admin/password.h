/* password.h - Argon2id (RFC 9106) by libsodium: 2 passes over 19 MiB, salted.
 *
 * Slow by purpose: hash and verify outside of a write, on the threads that are kept
 * for it (API_PASSWORD), never on the writer's.
 */
#ifndef ADMIN_PASSWORD_H
#define ADMIN_PASSWORD_H

#include "base/op.h"

enum { PASSWORD_MIN = 10, PASSWORD_MAX = 200 /* characters */ };

/* ERR_INVALID naming the field `field`: too short, too long, one of the most common
 * ones, or (part of) the e-mail address. */
int password_check(struct op *op, const char *field, struct str password,
                   struct str email) MUST_CHECK;
/* "$argon2id$v=19$m=19456,t=2,p=1$...". */
int password_hash(struct op *op, struct str password, struct str *ret) MUST_CHECK;
/* An empty hash takes as long as a real one and never fits. */
bool password_fits(struct op *op, struct str hash, struct str password);

#endif
