/* account.h - the people who use Draht: their data, role and departments. */
#ifndef ADMIN_ACCOUNT_H
#define ADMIN_ACCOUNT_H

#include "admin/access.h"
#include "event/record.h"

enum { ACCOUNT_MAX_EMAIL = 254 /* bytes */ };

struct account {
    int64_t id;
    struct str email, email_key; /* email_key: made from email */
    struct str name;
    int64_t role_id;
    struct str language;
    struct str password_hash; /* empty until the invitation is taken */
    int64_t totp_enabled_at, trained_at, created_at, disabled_at, last_login_at;
};

extern const struct record account_record;

struct membership {
    int64_t department_id;
    bool is_head;
    struct str name; /* of the department; output only */
};

/* Trimmed, ASCII letters in lower case: two addresses are the same when this is. */
struct str account_email_key(struct arena *arena, struct str email);

/* Checks the address, the role and the language. ERR_CONFLICT when somebody has the
 * address. Sets id, email_key and created_at. */
int account_add(struct op *op, struct account *account) MUST_CHECK;

enum { ACCOUNT_NOT_FOUND = 1 };
int account_get(struct op *op, int64_t id, struct account *ret) MUST_CHECK;
int account_by_email(struct op *op, struct str email, struct account *ret) MUST_CHECK;
/* By id, from above `after`. */
int account_list(struct op *op, int64_t after, int64_t limit, struct account **ret,
                 size_t *ret_count) MUST_CHECK;
/* Is there any account in any workspace? ACCOUNT_NOT_FOUND: no, set-up is open. */
int account_any(struct op *op) MUST_CHECK;

/* `kind` is the event's. Disabling ends sessions and tokens. ERR_CONFLICT when nobody
 * could manage the users any more. */
int account_update(struct op *op, const struct account *old, const struct account *now,
                   const char *kind) MUST_CHECK;

int account_memberships(struct op *op, int64_t id, struct membership **ret,
                        size_t *ret_count) MUST_CHECK;
/* Replaces all. ERR_INVALID for a department that does not exist, or too many. */
int account_set_memberships(struct op *op, int64_t id, const struct membership *list,
                            size_t count) MUST_CHECK;

/* A new password: `hash` from password_hash(). Ends all sessions but `keep_session`,
 * opens the guard of the account. */
int account_set_password(struct op *op, int64_t id, struct str hash,
                         int64_t keep_session) MUST_CHECK;

/* Inside a write, after a change: ERR_CONFLICT when nobody has the right `users`. */
int account_check_managers(struct op *op) MUST_CHECK;

#endif
