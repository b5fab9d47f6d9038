/* access.h - who is calling and what they may do.
 *
 * Rights are names in the role's row (docs/api.md lists them); a role is data,
 * so a workspace may change it. An account without departments writes in all.
 * "Head" is a function of a person in a department, not a role.
 */
#ifndef ADMIN_ACCESS_H
#define ADMIN_ACCESS_H

#include "db/db.h"

enum { ACCESS_MAX_DEPARTMENTS = 64 };

struct access {
    int64_t account_id; /* 0: nobody is logged in */
    int64_t session_id; /* 0: a token or nobody */
    int64_t token_id;
    struct str name, email, language;
    struct str role; /* slug */
    struct str
        rights; /* one space between; for a token the intersection with its scopes */
    bool trained;
    size_t departments; /* 0: all */
    int64_t department_ids[ACCESS_MAX_DEPARTMENTS];
    bool is_head[ACCESS_MAX_DEPARTMENTS];
    struct str csrf_token; /* of the session */
    int64_t last_seen_at;  /* of the session or token, as stored: up to 5 minutes old */
};

bool access_has(const struct access *who, const char *right);
/* May write where `department_id` (0: none) is responsible. */
bool access_in_department(const struct access *who, int64_t department_id);
bool access_is_head(const struct access *who, int64_t department_id);

/* Find the caller by the session cookie's or bearer token's value, over all
 * workspaces by hash; sets op->workspace and op->actor. ACCESS_UNKNOWN for
 * anything that is not (or no longer) valid. op->db: a reader. */
enum { ACCESS_UNKNOWN = 1 };
int access_by_session(struct op *op, struct str cookie, struct access *ret) MUST_CHECK;
int access_by_token(struct op *op, struct str token, struct access *ret) MUST_CHECK;
/* The same by id in op->workspace: does this session or token still count, and which
 * rights does it give now? */
int access_recheck(struct op *op, const struct access *who,
                   struct str *ret_rights) MUST_CHECK;
/* What an account may do, without a session: for commands, jobs and tests. */
int access_of_account(struct op *op, int64_t account_id, struct access *ret) MUST_CHECK;

#endif
