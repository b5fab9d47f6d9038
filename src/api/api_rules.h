/* api_rules.h - what the network of a conversation carries: told to whoever writes a
 * reply, and checked before it is taken, so that nobody hears of it from the network.
 */
#ifndef API_API_RULES_H
#define API_API_RULES_H

#include "api/api_show.h"
#include "desk/desk.h"

/* The member "reply_rules" of a conversation's page. */
int rules_show(struct show *s, const struct conversation *c) MUST_CHECK;

/* Put a warning before the body of a reply: what was typed, which may be nothing; NULL:
 * that of what it answers. ERR_INVALID naming "warning" where the network has none. */
int rules_warn(struct op *op, const struct conversation *c, const struct str *typed,
               struct desk_reply *reply) MUST_CHECK;

/* ERR_INVALID naming body, visibility or attachment_ids. */
int rules_check(struct op *op, const struct conversation *c,
                const struct desk_reply *reply) MUST_CHECK;

#endif
