/* department.h - who answers what: departments of a workspace. */
#ifndef ADMIN_DEPARTMENT_H
#define ADMIN_DEPARTMENT_H

#include "event/record.h"

struct department {
    int64_t id;
    struct str name;
    int64_t created_at, retired_at;
};

extern const struct record department_record;

enum { DEPARTMENT_NOT_FOUND = 1 };
/* ERR_CONFLICT when the name is taken. Sets id and created_at. */
int department_add(struct op *op, struct department *department) MUST_CHECK;
int department_get(struct op *op, int64_t id, struct department *ret) MUST_CHECK;
int department_update(struct op *op, const struct department *old,
                      const struct department *now) MUST_CHECK;
int department_list(struct op *op, int64_t after, int64_t limit, struct department **ret,
                    size_t *ret_count) MUST_CHECK;

#endif
