/* session.h - logins of browsers.
 *
 * The cookie's value is 32 random bytes as base64url; only its hash is stored. A new
 * one is made at each login and whenever rights change hands (password, second
 * factor), so a value that was planted or seen before is worth nothing.
 */
#ifndef ADMIN_SESSION_H
#define ADMIN_SESSION_H

#include "base/op.h"

#define SESSION_COOKIE "draht_session"

enum {
    SESSION_MAX = 50,         /* of one account; the oldest end */
    SESSION_MAX_AGENT = 200,  /* characters kept of User-Agent */
    SESSION_TOUCH_MS = 300000 /* last_seen_at is written this often */
};
#define SESSION_IDLE_MS HOURS(12)
#define SESSION_LIFE_MS DAYS(30)

struct session {
    int64_t id;
    struct str csrf_token;
    int64_t created_at, last_seen_at, expires_at;
    struct str user_agent, address;
};

/* Begin one; `*ret_cookie` is the value that is shown this once. */
int session_start(struct op *op, int64_t account_id, struct str user_agent,
                  struct str address, struct session *ret,
                  struct str *ret_cookie) MUST_CHECK;
/* The same session under a new cookie: the old value is worth nothing. */
int session_rotate(struct op *op, int64_t id, struct str *ret_cookie) MUST_CHECK;
/* Those that count, newest first. */
int session_list(struct op *op, int64_t account_id, struct session **ret,
                 size_t *ret_count) MUST_CHECK;

enum { SESSION_NOT_FOUND = 1 };
int session_revoke(struct op *op, int64_t account_id, int64_t id) MUST_CHECK;
int session_revoke_others(struct op *op, int64_t account_id, int64_t keep) MUST_CHECK;
int session_touch(struct op *op, int64_t id) MUST_CHECK;
/* Whose cookie is or was this? Also of ended sessions. */
int session_owner(struct op *op, struct str cookie, int64_t *ret_account) MUST_CHECK;

#endif
