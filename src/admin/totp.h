/* totp.h - the second factor: codes by time (RFC 6238) and recovery codes.
 *
 * SHA-1, 30 seconds, 6 digits, one step of tolerance either way; a step counts once.
 * The secret is sealed; of the ten recovery codes only hashes are kept.
 */
#ifndef ADMIN_TOTP_H
#define ADMIN_TOTP_H

#include "base/op.h"

enum { TOTP_STEP_S = 30, TOTP_SECRET = 20 /* bytes */, TOTP_RECOVERY_CODES = 10 };

/* The code of a step as `digits` (6 to 8) digits. */
struct str totp_code(struct arena *arena, struct str secret, int64_t step, int digits);
/* The step whose code this is, near `now` and above `last_step`; 0: none. */
int64_t totp_match(struct arena *arena, struct str secret, struct str code, int64_t now,
                   int64_t last_step);
struct str totp_base32(struct arena *arena, struct str bytes); /* RFC 4648 6, unpadded */

/* Make a secret, not yet asked for at login. `*ret_secret` is base32, `*ret_uri` what
 * an authenticator reads. ERR_CONFLICT when a second factor is on. */
int totp_begin(struct op *op, int64_t account_id, struct str *ret_secret,
               struct str *ret_uri) MUST_CHECK;
/* The first code: switch it on. `*ret_codes` has TOTP_RECOVERY_CODES texts. ERR_INVALID
 * for a wrong code, ERR_CONFLICT when there is nothing to confirm. */
int totp_confirm(struct op *op, int64_t account_id, struct str code,
                 struct str **ret_codes) MUST_CHECK;
int totp_end(struct op *op, int64_t account_id) MUST_CHECK;

enum { TOTP_WRONG = 1 };
/* At login: a code by time or a recovery code, each taken once. Inside a write. */
int totp_take(struct op *op, int64_t account_id, struct str code) MUST_CHECK;

#endif
