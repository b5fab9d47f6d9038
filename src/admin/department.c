/* department.c - who answers what: departments of a workspace. */
#include "admin/department.h"

#include "admin/stmt.h"
#include "base/ids.h"

static const struct column columns[] = {
    COLUMN(department, id, COLUMN_ID),
    COLUMN_WORDS(department, name),
    COLUMN(department, created_at, COLUMN_TIME),
    COLUMN(department, retired_at, COLUMN_TIME),
    { NULL },
};

const struct record department_record = {
    .table = "department",
    .columns = columns,
    .size = sizeof(struct department),
    .get = &SQL_DEPARTMENT_GET,
    .add = &SQL_DEPARTMENT_ADD,
    .set = &SQL_DEPARTMENT_SET,
    .all = &SQL_DEPARTMENT_ALL,
};

/* Nobody but `id` may have the name. */
static int check_name(struct op *op, struct str name, int64_t id)
{
    int64_t other;
    int r = db_number(op, &other, &SQL_DEPARTMENT_BY_NAME, ARG_WS, ARG_TEXT(name));

    if (r == 0 && other != id)
        return op_fail_as(op, ERR_CONFLICT, "name_taken",
                          "there is a department " STR_FMT " already", STR_ARG(name));
    return r < 0 ? r : 0;
}

int department_add(struct op *op, struct department *department)
{
    struct event event = { .kind = "department.created" };
    struct department made = { .name = str_trim(department->name) };
    int r;

    if (made.name.n == 0)
        return op_fail_field_as(op, "name", "empty", "must not be empty");
    r = check_name(op, made.name, 0);
    if (r < 0)
        return r;
    made.id = id_next(op);
    made.created_at = op->now;
    event.subject_id = event.department_id = made.id;
    r = record_insert(op, &department_record, &made, &event);
    if (r == 0)
        *department = made;
    return r;
}

int department_get(struct op *op, int64_t id, struct department *ret)
{
    int r = record_get(op, &department_record, id, ret);

    return r == RECORD_NOT_FOUND ? DEPARTMENT_NOT_FOUND : r;
}

int department_update(struct op *op, const struct department *old,
                      const struct department *now)
{
    struct event event = { .kind = "department.updated",
                           .subject_id = now->id,
                           .department_id = now->id };
    int r;

    if (str_trim(now->name).n == 0)
        return op_fail_field_as(op, "name", "empty", "must not be empty");
    r = check_name(op, now->name, now->id);
    if (r < 0)
        return r;
    return record_update(op, &department_record, old, now, &event);
}

int department_list(struct op *op, int64_t after, int64_t limit, struct department **ret,
                    size_t *ret_count)
{
    struct department *list = arena_new(op->arena, struct department, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r =
        db_query(op, &rows, &SQL_DEPARTMENT_LIST, ARG_WS, ARG_INT(after), ARG_INT(limit));

    if (r < 0)
        return r;
    while ((int64_t)n < limit && (r = db_next(op, rows)) > 0)
        record_read(op, &department_record, rows, 0, &list[n++]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}
