/* preference.h - how somebody likes to work: kept with the account, so that it is the
 * same on every machine.
 */
#ifndef ADMIN_PREFERENCE_H
#define ADMIN_PREFERENCE_H

#include "db/db.h"

enum { PREFERENCE_UNDO_SECONDS = 5, PREFERENCE_MAX_UNDO_SECONDS = 30 };

struct preference {
    int64_t undo_seconds; /* 0 .. PREFERENCE_MAX_UNDO_SECONDS: a reply leaves so much
                             later than it is sent, and can be taken back until then */
    int64_t single_keys;  /* 1: single keys are commands (WCAG 2.1.4 wants a way out) */
    int64_t digest;       /* 1: a mail each working morning with what waits */
};

/* What was chosen, or what is usual. */
int preference_get(struct op *op, int64_t account_id, struct preference *ret) MUST_CHECK;
/* ERR_INVALID for more seconds than that. */
int preference_put(struct op *op, int64_t account_id,
                   const struct preference *preference) MUST_CHECK;

#endif
