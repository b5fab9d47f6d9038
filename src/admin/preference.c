/* preference.c - how somebody likes to work. */
#include "admin/preference.h"

#include "admin/stmt.h"

int preference_get(struct op *op, int64_t account_id, struct preference *ret)
{
    struct preference preference = { .undo_seconds = PREFERENCE_UNDO_SECONDS,
                                     .single_keys = 1 };
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_PREFERENCE_GET, ARG_WS, ARG_INT(account_id));

    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 1) {
        preference.undo_seconds = db_int(rows, 0);
        preference.single_keys = db_int(rows, 1);
        preference.digest = db_int(rows, 2);
    }
    *ret = preference;
    return 0;
}

int preference_put(struct op *op, int64_t account_id, const struct preference *preference)
{
    if (preference->undo_seconds < 0 ||
        preference->undo_seconds > PREFERENCE_MAX_UNDO_SECONDS)
        return op_out_of_range(op, "undo_seconds", 0, PREFERENCE_MAX_UNDO_SECONDS);
    return db_run(op, &SQL_PREFERENCE_PUT, ARG_WS, ARG_INT(account_id),
                  ARG_INT(preference->undo_seconds), ARG_INT(preference->single_keys),
                  ARG_INT(preference->digest));
}
