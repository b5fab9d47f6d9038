/* api_login.h - what the resources about logins share. */
#ifndef API_API_LOGIN_H
#define API_API_LOGIN_H

#include "admin/account.h"
#include "admin/session.h"
#include "api/api.h"

/* `{id, email, name, language, role, rights, departments, totp_enabled, trained}`. */
int api_put_account(struct op *op, struct json_writer *w, const char *key,
                    int64_t account_id, struct str rights) MUST_CHECK;
/* The list of departments of an account: [{id, name, is_head}]. */
int api_put_departments(struct op *op, struct json_writer *w,
                        int64_t account_id) MUST_CHECK;
void api_put_rights(struct json_writer *w, const char *key, struct str rights);

/* Inside a write: begin a session for the account, note the login, set the cookie and
 * answer 201 `{csrf_token, account}`. An older session of this browser ends. */
int api_log_in(struct op *op, struct api_call *call, int64_t account_id,
               struct http_answer *ret) MUST_CHECK;
/* A new cookie for the session, after password or second factor changed. */
int api_rotate(struct op *op, const struct api_call *call,
               struct http_answer *ret) MUST_CHECK;
void api_clear_cookie(struct op *op, const struct api_call *call,
                      struct http_answer *ret);

/* "https://host/link?token=...". */
struct str api_link_url(struct op *op, const struct api_call *call, const char *page,
                        struct str token);

/* Can somebody get a new password by mail? A mailbox is connected, and the settings say
 * under which address people reach us. */
int api_can_forget(struct op *op, const struct api_call *call, bool *ret) MUST_CHECK;

/* 401, naming the field of the second factor: "code_needed" or "wrong_code". */
int api_fail_second_factor(struct op *op, const char *code,
                           const char *message) MUST_CHECK;

#endif
