/* token.h - keys of programs: "drt_" and 32 random bytes; only the hash is stored. */
#ifndef ADMIN_TOKEN_H
#define ADMIN_TOKEN_H

#include "base/op.h"

#define TOKEN_PREFIX "drt_"

enum { TOKEN_MAX = 100 /* of one account */ };

struct token {
    int64_t id;
    struct str name;
    struct str scopes; /* names of rights, one space between, or "all" */
    int64_t created_at, last_used_at;
};

/* `token` gives name and scopes (empty: "all"); its id and created_at are set.
 * ERR_INVALID for an unknown scope, ERR_CONFLICT above TOKEN_MAX. */
int token_add(struct op *op, int64_t account_id, struct token *token,
              struct str *ret_value) MUST_CHECK;
int token_list(struct op *op, int64_t account_id, int64_t after, int64_t limit,
               struct token **ret, size_t *ret_count) MUST_CHECK;

enum { TOKEN_NOT_FOUND = 1 };
int token_revoke(struct op *op, int64_t account_id, int64_t id) MUST_CHECK;
int token_touch(struct op *op, int64_t id) MUST_CHECK;

#endif
