/* own_model.c - a workspace's own model, as it is stored. */
#include "dialogue/own_model.h"

#include "dialogue/stmt.h"
#include "event/event.h"

int own_model_get(struct op *op, struct own_model *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_OWN_MODEL_GET, ARG_WS);

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return OWN_MODEL_NONE;
    *ret = (struct own_model){
        .version = db_text(op, rows, 0),
        .since_at = db_int(rows, 1),
        .learned = db_int(rows, 2),
        .until_id = db_int(rows, 3),
        .tried_at = db_int(rows, 4),
        .tried_revision = db_int(rows, 5),
        .outcome = db_text(op, rows, 6),
        .tried_count = db_int(rows, 7),
        .shipped = db_int(rows, 8),
        .at_once = db_int(rows, 9),
        .trained = db_int(rows, 10),
    };
    return 0;
}

int own_model_weights(struct op *op, struct str *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_OWN_MODEL_WEIGHTS, ARG_WS);

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    *ret = r ? db_blob(op, rows, 0) : STR("");
    return 0;
}

int own_model_tried(struct op *op, const struct own_model *row)
{
    return db_run(op, &SQL_OWN_MODEL_TRIED, ARG_WS, ARG_INT(row->tried_at),
                  ARG_INT(row->tried_revision), ARG_TEXT(row->outcome),
                  ARG_INT(row->tried_count), ARG_INT(row->shipped), ARG_INT(row->at_once),
                  ARG_INT(row->trained));
}

int own_model_put(struct op *op, const struct own_model *row, struct str weights)
{
    struct event event = { .kind = row->version.n ? "findings.trained"
                                                  : "findings.untrained" };
    int r =
        db_run(op, &SQL_OWN_MODEL_PUT, ARG_WS, ARG_TEXT(row->version),
               ARG_TIME(row->since_at), ARG_INT(row->learned), ARG_INT(row->until_id),
               ARG_BLOB(weights), ARG_INT(row->tried_at), ARG_INT(row->tried_revision),
               ARG_TEXT(row->outcome), ARG_INT(row->tried_count), ARG_INT(row->shipped),
               ARG_INT(row->at_once), ARG_INT(row->trained));

    return r < 0 ? r : event_add(op, &event);
}

int own_model_waiting(struct op *op, int64_t most, int64_t *ret)
{
    int r;

    *ret = 0;
    r = db_number(op, ret, &SQL_OWN_MODEL_WAITING, ARG_WS, ARG_INT(most));
    return r < 0 ? r : 0;
}
