/* notice.c - what the house tells one of its own people by mail. */
#include "admin/notice.h"

#include "admin/secret.h"
#include "admin/stmt.h"
#include "base/ids.h"

#define SEALED_NAME STR("notice")

int notice_put(struct op *op, struct notice *notice)
{
    struct str sealed;
    int r;

    if (notice->text.n > NOTICE_MAX_TEXT)
        return op_fail(op, ERR_TOO_LARGE, "a notice has at most %d bytes",
                       NOTICE_MAX_TEXT);
    notice->id = id_next(op);
    notice->created_at = op->now;
    r = secret_seal(op, notice->id, SEALED_NAME, notice->text, &sealed);
    return r < 0 ? r
                 : db_run(op, &SQL_NOTICE_PUT, ARG_WS, ARG_INT(notice->account_id),
                          ARG_TEXT(notice->kind), ARG_INT(notice->id),
                          ARG_TEXT(notice->subject), ARG_BLOB(sealed), ARG_INT(op->now));
}

static void read_row(struct op *op, struct db_rows *rows, struct notice *ret)
{
    *ret = (struct notice){
        .account_id = db_int(rows, 0),
        .kind = db_text(op, rows, 1),
        .id = db_int(rows, 2),
        .subject = db_text(op, rows, 3),
        .state = db_text(op, rows, 4),
        .reason = db_text(op, rows, 5),
        .created_at = db_int(rows, 6),
        .ended_at = db_int(rows, 7),
    };
}

int notice_get(struct op *op, int64_t id, struct notice *ret)
{
    struct str sealed;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_NOTICE_GET, ARG_WS, ARG_INT(id));

    if (r == 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : NOTICE_NONE;
    read_row(op, rows, ret);
    sealed = db_blob(op, rows, 8);
    if (!sealed.n)
        return 0;
    /* Of a key that does not open it any more there is nothing left to tell. */
    r = secret_unseal(op, id, SEALED_NAME, sealed, &ret->text);
    return r < 0 ? r : 0;
}

int notice_of(struct op *op, int64_t account_id, struct notice *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_NOTICE_OF, ARG_WS, ARG_INT(account_id));

    if (r == 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : NOTICE_NONE;
    read_row(op, rows, ret);
    return 0;
}

int notice_end(struct op *op, int64_t id, const char *state, struct str reason)
{
    return db_run(op, &SQL_NOTICE_END, ARG_WS, ARG_INT(id), ARG_TEXT(str_of(state)),
                  ARG_TEXT(reason), ARG_INT(op->now));
}
