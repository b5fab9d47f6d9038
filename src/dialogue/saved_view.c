/* saved_view.c - the rows of kept views. */
#include "dialogue/saved_view.h"

#include "base/ids.h"
#include "dialogue/stmt.h"

int saved_view_list(struct op *op, int64_t account_id, struct saved_view **ret,
                    size_t *ret_count)
{
    struct saved_view *list = arena_new(op->arena, struct saved_view, SAVED_VIEW_MAX);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_SAVED_VIEW_LIST, ARG_WS, ARG_INT(account_id),
                     ARG_INT(SAVED_VIEW_MAX));

    while (r >= 0 && n < SAVED_VIEW_MAX && (r = db_next(op, rows)) > 0)
        list[n++] = (struct saved_view){
            .id = db_int(rows, 0),
            .account_id = account_id,
            .name = db_text(op, rows, 1),
            .query = db_text(op, rows, 2),
        };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int saved_view_add(struct op *op, struct saved_view *view)
{
    struct saved_view *list;
    size_t count;
    int r = saved_view_list(op, view->account_id, &list, &count);

    if (r < 0)
        return r;
    if (count >= SAVED_VIEW_MAX)
        return op_fail(op, ERR_CONFLICT, "there are %d views already: remove one first",
                       SAVED_VIEW_MAX);
    view->id = id_next(op);
    return db_run(op, &SQL_SAVED_VIEW_ADD, ARG_WS, ARG_INT(view->id),
                  ARG_INT(view->account_id), ARG_TEXT(view->name), ARG_TEXT(view->query),
                  ARG_INT(op->now));
}

static int gone(struct op *op, int64_t id)
{
    return op_fail(op, ERR_NOT_FOUND, "there is no view %lld", (long long)id);
}

int saved_view_get(struct op *op, int64_t account_id, int64_t id, struct saved_view *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_SAVED_VIEW_GET, ARG_WS, ARG_INT(id),
                     ARG_INT(account_id));

    if (r >= 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : gone(op, id);
    *ret = (struct saved_view){
        .id = id,
        .account_id = account_id,
        .name = db_text(op, rows, 0),
        .query = db_text(op, rows, 1),
    };
    return 0;
}

static int store(struct op *op, const struct saved_view *view, int64_t removed_at)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_SAVED_VIEW_SET, ARG_WS, ARG_INT(view->id),
                      ARG_INT(view->account_id), ARG_TEXT(view->name),
                      ARG_TEXT(view->query), ARG_TIME(removed_at));

    if (r < 0)
        return r;
    return changed ? 0 : gone(op, view->id);
}

int saved_view_set(struct op *op, const struct saved_view *view)
{
    return store(op, view, 0);
}

int saved_view_remove(struct op *op, const struct saved_view *view)
{
    return store(op, view, op->now);
}
