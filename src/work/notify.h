/* notify.h - what the house tells its own people by mail: invitations, resets, and what
 * waits each morning.
 *
 * A mailbox that is connected as a channel carries them; without one they are handed
 * over by hand. A job sends what was written here (work_notify.c).
 */
#ifndef WORK_NOTIFY_H
#define WORK_NOTIFY_H

#include "admin/account.h"
#include "admin/notice.h"
#include "base/strbuf.h"
#include "work/mailbox.h"

/* Send the address that works once. `kind` as in admin/link.h: "invitation" or "reset";
 * `url` whole. Inside the write that made it. MAILBOX_NONE: nothing will be sent. */
int notify_link(struct op *op, const struct account *account, const char *kind,
                struct str url) MUST_CHECK;

/* Plan the mail of each morning, or end it. Inside the write of the preference. */
int digest_plan(struct op *op, int64_t account_id, bool wanted) MUST_CHECK;

/* Put it on its way; sets notice->id. */
int notify_put(struct op *op, struct notice *notice) MUST_CHECK;
/* `form` with these in the place of its "%s", in their order. */
void notify_fill(struct strbuf *out, const char *form, struct str one, struct str two,
                 struct str three);

#endif
