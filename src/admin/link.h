/* link.h - addresses that work once: set-up, invitation, password reset.
 *
 * They go by mail where a mailbox is connected (work/notify.h), and an administrator can
 * hand them over always. A new one for the same purpose ends the older ones.
 */
#ifndef ADMIN_LINK_H
#define ADMIN_LINK_H

#include "base/op.h"

#define LINK_SETUP_MS      HOURS(24)
#define LINK_INVITATION_MS DAYS(7)
#define LINK_RESET_MS      HOURS(24)

struct link {
    int64_t id, workspace_id, account_id; /* both 0 for set-up */
    struct str kind;                      /* "setup", "invitation", "reset" */
    int64_t expires_at;
};

/* In op->workspace; set-up: workspace and account are 0. */
int link_new(struct op *op, const char *kind, int64_t account_id,
             struct str *ret_token) MUST_CHECK;

enum { LINK_UNKNOWN = 1 }; /* never was, is used, or is too old */
int link_find(struct op *op, struct str token, struct link *ret) MUST_CHECK;
/* Take it, inside the write that does what it was for. LINK_UNKNOWN: somebody else did.
 */
int link_use(struct op *op, const struct link *link) MUST_CHECK;

#endif
