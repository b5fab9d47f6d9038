/* saved_view.h - views of the inbox that a person keeps under a name. They are a
 * convenience of one account, as drafts are: not in the event log. */
#ifndef DIALOGUE_SAVED_VIEW_H
#define DIALOGUE_SAVED_VIEW_H

#include "db/db.h"

enum { SAVED_VIEW_MAX_NAME = 60, SAVED_VIEW_MAX_QUERY = 1000, SAVED_VIEW_MAX = 50 };

struct saved_view {
    int64_t id, account_id;
    struct str name;
    struct str query; /* of the address of the inbox; nobody but the interface reads it */
};

int saved_view_list(struct op *op, int64_t account_id, struct saved_view **ret,
                    size_t *ret_count) MUST_CHECK;
/* Sets view->id. ERR_CONFLICT past SAVED_VIEW_MAX. */
int saved_view_add(struct op *op, struct saved_view *view) MUST_CHECK;
/* ERR_NOT_FOUND when it is not there, or somebody else's. */
int saved_view_get(struct op *op, int64_t account_id, int64_t id,
                   struct saved_view *ret) MUST_CHECK;
int saved_view_set(struct op *op, const struct saved_view *view) MUST_CHECK;
int saved_view_remove(struct op *op, const struct saved_view *view) MUST_CHECK;

#endif
