/* demo.h - a workspace to try things with: a shop, ninety days of talk.
 *
 * Everything in it was done by the verbs of the house at times of the past, so clocks,
 * figures, log and chain are as if it had happened. Its channels have no outbound
 * address: nothing ever leaves. The same seed and the same day give the same.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "db/store.h"

struct demo_wish {
    uint64_t seed;
    struct str password_hash; /* of all colleagues */
};

struct demo_result {
    int64_t workspace_id, messages;
};

/* The demo workspace, if there is one; ERR_CONFLICT when the store has another one.
 * DEMO_BEGUN: its making was interrupted, and it is of no use. */
enum { DEMO_NONE = 1, DEMO_BEGUN = 2 };
int demo_find(struct op *op, int64_t *ret_workspace_id) MUST_CHECK;

/* Make it, today being op->now, in some dozens of writes: one alone would be easier to
 * trust, but PostgreSQL keeps every version of a row until the commit, and the head of
 * the log has one for each event. DEMO_NONE must have been found before; when it fails,
 * nothing is left. Called without a transaction. */
int demo_fill(struct op *op, const struct demo_wish *wish,
              struct demo_result *ret) MUST_CHECK;

/* Who can log in, the administrator first: false past the end. */
struct demo_login {
    const char *email, *name, *role;
};
bool demo_login_at(size_t index, struct demo_login *ret);

#endif
