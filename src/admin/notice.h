/* notice.h - what the house tells one of its own people by mail.
 *
 * Only the newest of each kind is kept for each account: an invitation that was made anew
 * takes the place of the one before, and what waited is not sent any more.
 */
#ifndef ADMIN_NOTICE_H
#define ADMIN_NOTICE_H

#include "base/op.h"

enum { NOTICE_MAX_TEXT = 32 * 1024 /* bytes */ };

struct notice {
    int64_t id, account_id;
    struct str kind;    /* "invitation", "reset", "digest" */
    struct str subject; /* one line */
    struct str text;    /* sealed at rest; empty once it is over */
    struct str state;   /* "waiting", "sent", "failed" */
    struct str reason;  /* of "failed", for people */
    int64_t created_at, ended_at;
};

/* It waits. Sets notice->id. Whoever sends it is planned by the caller. */
int notice_put(struct op *op, struct notice *notice) MUST_CHECK;

enum { NOTICE_NONE = 1 }; /* there is none, or a newer one took its place */
int notice_get(struct op *op, int64_t id, struct notice *ret) MUST_CHECK;
/* The newest one for an account that is about its login, without its text. */
int notice_of(struct op *op, int64_t account_id, struct notice *ret) MUST_CHECK;
/* `state`: "sent" or "failed". The text is gone with it. */
int notice_end(struct op *op, int64_t id, const char *state,
               struct str reason) MUST_CHECK;

#endif
