/* readers.c - the end of a day of those who read and wrote on public pages. */
#include "dialogue/readers.h"

#include "dialogue/stmt.h"

int readers_forget(struct op *op, int64_t day)
{
    int r = db_run(op, &SQL_READERS_FORGET_SALT, ARG_WS, ARG_INT(day));

    if (r >= 0)
        r = db_run(op, &SQL_READERS_FORGET_SEEN, ARG_WS, ARG_INT(day));
    if (r >= 0)
        r = db_run(op, &SQL_READERS_FORGET_RATE, ARG_WS, ARG_INT(day));
    return r;
}
