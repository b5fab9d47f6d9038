/* status_link.h - the secret address at which one person sees how a case stands.
 *
 * 256 random bits, of which only a hash is kept; one for each conversation. A new
 * one ends the old one. With the first a conversation gets its case number: small,
 * counted up per workspace, for people to say on the telephone.
 */
#ifndef DIALOGUE_STATUS_LINK_H
#define DIALOGUE_STATUS_LINK_H

#include "event/record.h"

struct status_link {
    int64_t id; /* the conversation's */
    int64_t case_number;
    struct str token_hash;    /* hexadecimal */
    int64_t made_at, made_by; /* 0: by the contact form */
    int64_t revoked_at;
};

extern const struct record status_link_record;

/* What is kept of a token. */
struct str status_link_hash(struct op *op, struct str token);

/* The link of a conversation becomes the one with this hash. */
int status_link_put(struct op *op, int64_t conversation_id,
                    struct str token_hash) MUST_CHECK;
/* STATUS_LINK_TAKEN: another conversation has a link with this hash. */
enum { STATUS_LINK_TAKEN = 2 };
int status_link_is_free(struct op *op, int64_t conversation_id,
                        struct str token_hash) MUST_CHECK;
int status_link_revoke(struct op *op, int64_t conversation_id) MUST_CHECK;

enum { STATUS_LINK_NONE = 1 };
int status_link_get(struct op *op, int64_t conversation_id,
                    struct status_link *ret) MUST_CHECK;
/* Over all workspaces, since the secret alone says which: sets op->workspace. */
int status_link_find(struct op *op, struct str token, struct status_link *ret) MUST_CHECK;
/* The conversation of a case number, in op->workspace. */
int status_link_by_number(struct op *op, int64_t case_number,
                          struct status_link *ret) MUST_CHECK;

#endif
