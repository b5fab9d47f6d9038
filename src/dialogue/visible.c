/* visible.c - how long after its answer a network shows what it took, as measured. */
#include "dialogue/visible.h"

#include "dialogue/stmt.h"

enum { QUIET_TIMES = 3 };

int visible_is_due(struct op *op, int64_t channel_id, bool *ret)
{
    int64_t last = 0;
    int r = db_number(op, &last, &SQL_VISIBLE_LAST, ARG_WS, ARG_INT(channel_id));

    *ret = r > 0 || last + VISIBLE_EVERY_MS <= op->now;
    return r < 0 ? r : 0;
}

int visible_keep(struct op *op, int64_t channel_id, int64_t answered_at, int64_t lag_ms)
{
    int r = db_run(op, &SQL_VISIBLE_ADD, ARG_WS, ARG_INT(channel_id),
                   ARG_INT(answered_at), ARG_INT(lag_ms));

    if (r < 0)
        return r;
    return db_run(op, &SQL_VISIBLE_FORGET, ARG_WS, ARG_INT(channel_id),
                  ARG_INT(VISIBLE_KEPT));
}

int visible_longest(struct op *op, int64_t channel_id, int64_t *ret)
{
    int r = db_number(op, ret, &SQL_VISIBLE_LONGEST, ARG_WS, ARG_INT(channel_id));

    if (r > 0)
        *ret = -1;
    return r < 0 ? r : 0;
}

int64_t visible_quiet(int64_t own_ms, int64_t longest_ms)
{
    int64_t measured = longest_ms > 0 ? QUIET_TIMES * longest_ms : 0;

    if (measured > VISIBLE_MAX_QUIET_MS)
        measured = VISIBLE_MAX_QUIET_MS;
    return measured > own_ms ? measured : own_ms;
}
