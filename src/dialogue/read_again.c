/* read_again.c - how far a newer model is in reading the messages that are here already.
 */
#include "dialogue/read_again.h"

#include "dialogue/stmt.h"

int read_again_get(struct op *op, struct read_again *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_READ_AGAIN_GET, ARG_WS);

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return READ_AGAIN_NONE;
    *ret = (struct read_again){
        .model = db_text(op, rows, 0),
        .everything = db_int(rows, 1),
        .account_id = db_int(rows, 2),
        .begun_at = db_int(rows, 3),
        .moved_at = db_int(rows, 4),
        .busy_ms = db_int(rows, 5),
        .cursor_id = db_int(rows, 6),
        .until_id = db_int(rows, 7),
        .total = db_is_null(rows, 8) ? -1 : db_int(rows, 8),
        .looked = db_int(rows, 9),
        .changed = db_int(rows, 10),
        .ended_at = db_int(rows, 11),
        .trouble = db_text(op, rows, 12),
    };
    return 0;
}

int read_again_put(struct op *op, const struct read_again *row)
{
    return db_run(op, &SQL_READ_AGAIN_PUT, ARG_WS, ARG_TEXT(row->model),
                  ARG_INT(row->everything), ARG_ID(row->account_id),
                  ARG_INT(row->begun_at), ARG_INT(row->moved_at), ARG_INT(row->busy_ms),
                  ARG_INT(row->cursor_id), ARG_INT(row->until_id),
                  row->total < 0 ? ARG_NULL : ARG_INT(row->total), ARG_INT(row->looked),
                  ARG_INT(row->changed), ARG_TIME(row->ended_at), ARG_TEXT(row->trouble));
}

int read_again_newest(struct op *op, int64_t *ret)
{
    int r;

    *ret = 0;
    r = db_number(op, ret, &SQL_READ_AGAIN_NEWEST, ARG_WS);
    return r < 0 ? r : 0;
}

int read_again_left(struct op *op, const struct read_again *row, int64_t *ret)
{
    int r;

    *ret = 0;
    r = db_number(op, ret, &SQL_READ_AGAIN_LEFT, ARG_WS, ARG_INT(row->cursor_id),
                  ARG_INT(row->until_id));
    return r < 0 ? r : 0;
}

/* By this shipped model, with or without one of the workspace's own beside it. */
static bool is_by(struct str model, struct str shipped)
{
    return str_starts(model, shipped) &&
           (model.n == shipped.n || model.p[shipped.n] == '+');
}

int read_again_list(struct op *op, const struct read_again *row, int64_t limit,
                    struct to_read **ret, size_t *ret_count)
{
    struct to_read *list = arena_new(op->arena, struct to_read, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_READ_AGAIN_LIST, ARG_WS, ARG_INT(row->cursor_id),
                     ARG_INT(row->until_id), ARG_INT(limit));

    while (r >= 0 && n < (size_t)limit && (r = db_next(op, rows)) > 0)
        list[n++] = (struct to_read){
            .id = db_int(rows, 0),
            .version = db_int(rows, 1),
            .conversation_id = db_int(rows, 2),
            .visibility = db_text(op, rows, 3),
            .wanted = row->everything || !is_by(db_text(op, rows, 4), row->model),
            .body = db_text(op, rows, 5),
            .findings = db_text(op, rows, 6),
        };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}
