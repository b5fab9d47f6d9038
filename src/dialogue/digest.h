/* digest.h - what was kept, and whether it still is: a changed byte is found and named.
 *
 * Everything that somebody said, sent or attached is stored with its digest, and so is
 * what leaves. The log (event.h) covers the rows; this covers the bytes that the log must
 * not hold, because they are words of people.
 */
#ifndef DIALOGUE_DIGEST_H
#define DIALOGUE_DIGEST_H

#include "base/op.h"

enum { DIGEST_BYTES = 32 };

/* BLAKE2b-256, in the arena. */
struct str digest_of(struct arena *arena, struct str bytes);

/* False when `digest` is one and the bytes are others. An empty one (a row from before
 * digests were kept) fits everything. */
bool digest_fits(struct arena *arena, struct str digest, struct str bytes);

/* Raw items, versions of messages, files and frozen replies of op->workspace, read page
 * by page. DIGEST_DIFFERS: `*ret_why` names the table and the row. `*ret_count`: how many
 * were compared. */
enum { DIGEST_DIFFERS = 1 };
int digest_verify(struct op *op, int64_t *ret_count, struct str *ret_why) MUST_CHECK;

#endif
