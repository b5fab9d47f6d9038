/* role.h - roles are rows with names of rights; docs/api.md lists the usual ones. */
#ifndef ADMIN_ROLE_H
#define ADMIN_ROLE_H

#include "event/record.h"

enum { ROLE_MAX = 100 };

struct role {
    int64_t id;
    struct str slug, name, rights; /* rights: one space between */
    int64_t created_at;
};

extern const struct record role_record;

/* Every right that there is; NULL past the end. */
const char *role_right_at(size_t index);
bool role_is_right(struct str name);
/* Is `right` one of the words of `rights`? */
bool role_has(struct str rights, const char *right);

/* The seven usual roles of a new workspace, named in `language`. */
int role_add_usual(struct op *op, struct str language) MUST_CHECK;

enum { ROLE_NOT_FOUND = 1 };
int role_get(struct op *op, int64_t id, struct role *ret) MUST_CHECK;
int role_by_slug(struct op *op, struct str slug, struct role *ret) MUST_CHECK;
int role_list(struct op *op, struct role **ret, size_t *ret_count) MUST_CHECK;

/* ERR_INVALID for an unknown right; ERR_CONFLICT when nobody could manage the users
 * any more. */
int role_update(struct op *op, const struct role *old, const struct role *now) MUST_CHECK;

#endif
