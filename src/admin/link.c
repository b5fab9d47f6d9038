/* link.c - addresses that work once: set-up, invitation, password reset. */
#include "admin/link.h"

#include "admin/hash.h"
#include "admin/stmt.h"
#include "base/ids.h"
#include "base/random.h"

static int64_t lifetime(struct str kind)
{
    if (str_is(kind, "invitation"))
        return LINK_INVITATION_MS;
    if (str_is(kind, "reset"))
        return LINK_RESET_MS;
    return LINK_SETUP_MS;
}

int link_new(struct op *op, const char *kind, int64_t account_id, struct str *ret_token)
{
    struct str token = random_token(op, 32), name = str_of(kind);
    int r = db_run(op, &SQL_LINK_CANCEL, ARG_WS, ARG_TEXT(name), ARG_INT(account_id),
                   ARG_INT(op->now));

    if (r == 0)
        r = db_run(op, &SQL_LINK_ADD, ARG_WS, ARG_INT(id_next(op)), ARG_TEXT(name),
                   ARG_ID(account_id), ARG_BLOB(secret_hash(op->arena, token)),
                   ARG_INT(op->now), ARG_INT(op->now + lifetime(name)));
    if (r == 0)
        *ret_token = token;
    return r;
}

int link_find(struct op *op, struct str token, struct link *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_LINK_BY_HASH,
                     ARG_BLOB(secret_hash(op->arena, token)), ARG_INT(op->now));

    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0)
        return LINK_UNKNOWN;
    *ret = (struct link){
        .workspace_id = db_int(rows, 0),
        .id = db_int(rows, 1),
        .kind = db_text(op, rows, 2),
        .account_id = db_int(rows, 3),
        .expires_at = db_int(rows, 4),
    };
    return 0;
}

int link_use(struct op *op, const struct link *link)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_LINK_USE, ARG_INT(link->workspace_id),
                      ARG_INT(link->id), ARG_INT(op->now));

    if (r < 0)
        return r;
    return changed == 0 ? LINK_UNKNOWN : 0;
}
