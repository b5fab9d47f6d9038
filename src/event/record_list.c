/* record_list.c - reading many rows of one record. */
#include "event/record.h"

int record_list_args(struct op *op, const struct record_rows *what,
                     const struct db_stmt *stmt, const struct db_arg *args, size_t count)
{
    const struct record *record = what->record;
    size_t n = 0, size = 16;
    char *list = arena_alloc(op->arena, record->size, alignof(max_align_t), size);
    DB_ROWS(rows);
    int r;

    r = db_query_args(op, &rows, stmt, args, count);
    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        if (n == size) {
            char *more =
                arena_alloc(op->arena, record->size, alignof(max_align_t), size * 2);

            memcpy(more, list, record->size * size);
            list = more;
            size *= 2;
        }
        record_read(op, record, rows, 0, list + record->size * n++);
    }
    if (r < 0)
        return r;
    *(void **)what->ret = list;
    *what->ret_count = n;
    return 0;
}

int record_find_args(struct op *op, const struct record *record, void *ret,
                     const struct db_stmt *stmt, const struct db_arg *args, size_t count)
{
    DB_ROWS(rows);
    int r;

    r = db_query_args(op, &rows, stmt, args, count);
    if (r < 0)
        return r;
    r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return RECORD_NOT_FOUND;
    record_read(op, record, rows, 0, ret);
    return 0;
}
