/* status_link.c - the secret address at which one person sees how a case stands. */
#include "dialogue/status_link.h"

#include "admin/hash.h"
#include "base/bytes.h"
#include "dialogue/stmt.h"

static const struct column columns[] = {
    COLUMN(status_link, id, COLUMN_ID),
    COLUMN(status_link, case_number, COLUMN_INT),
    COLUMN(status_link, token_hash, COLUMN_TEXT),
    COLUMN(status_link, made_at, COLUMN_TIME),
    COLUMN(status_link, made_by, COLUMN_ID),
    COLUMN(status_link, revoked_at, COLUMN_TIME),
    { NULL },
};

const struct record status_link_record = {
    .table = "status_link",
    .columns = columns,
    .size = sizeof(struct status_link),
    .get = &SQL_STATUS_LINK_GET,
    .add = &SQL_STATUS_LINK_ADD,
    .set = &SQL_STATUS_LINK_SET,
    .all = &SQL_STATUS_LINK_ALL,
};

struct str status_link_hash(struct op *op, struct str token)
{
    return hex_encode(op->arena, secret_hash(op->arena, token));
}

int status_link_get(struct op *op, int64_t conversation_id, struct status_link *ret)
{
    int r = record_get(op, &status_link_record, conversation_id, ret);

    return r == RECORD_NOT_FOUND ? STATUS_LINK_NONE : r;
}

/* Writes are serializable: two cannot take the same number. */
static int add(struct op *op, struct status_link *link, struct event *event)
{
    int r = db_number(op, &link->case_number, &SQL_STATUS_LINK_NEXT, ARG_WS);

    return r < 0 ? r : record_insert(op, &status_link_record, link, event);
}

int status_link_put(struct op *op, int64_t conversation_id, struct str token_hash)
{
    struct event event = { .kind = "status_link.made",
                           .conversation_id = conversation_id,
                           .subject_id = conversation_id };
    struct status_link old, now;
    int r = status_link_get(op, conversation_id, &old);

    if (r < 0)
        return r;
    now = r == 0 ? old : (struct status_link){ .id = conversation_id };
    now.token_hash = token_hash;
    now.made_at = op->now;
    now.made_by = op->actor.kind == ACTOR_ACCOUNT ? op->actor.id : 0;
    now.revoked_at = 0;
    return r == 0 ? record_update(op, &status_link_record, &old, &now, &event)
                  : add(op, &now, &event);
}

int status_link_revoke(struct op *op, int64_t conversation_id)
{
    struct event event = { .kind = "status_link.revoked",
                           .conversation_id = conversation_id,
                           .subject_id = conversation_id };
    struct status_link old, now;
    int r = status_link_get(op, conversation_id, &old);

    if (r < 0)
        return r;
    if (r == STATUS_LINK_NONE || old.revoked_at)
        return op_fail(op, ERR_NOT_FOUND, "this conversation has no status link");
    now = old;
    now.revoked_at = op->now;
    return record_update(op, &status_link_record, &old, &now, &event);
}

int status_link_is_free(struct op *op, int64_t conversation_id, struct str token_hash)
{
    struct status_link link;
    int r = record_find(op, &status_link_record, &link, &SQL_STATUS_LINK_BY_HASH, ARG_WS,
                        ARG_TEXT(token_hash));

    if (r == RECORD_NOT_FOUND)
        return 0;
    return r < 0 || link.id == conversation_id ? r : STATUS_LINK_TAKEN;
}

int status_link_find(struct op *op, struct str token, struct status_link *ret)
{
    struct str hash = status_link_hash(op, token);
    int64_t workspace;
    int r = db_number(op, &workspace, &SQL_STATUS_LINK_WORKSPACE, ARG_TEXT(hash));

    if (r != 0)
        return r < 0 ? r : STATUS_LINK_NONE;
    op->workspace = workspace;
    r = record_find(op, &status_link_record, ret, &SQL_STATUS_LINK_BY_HASH, ARG_WS,
                    ARG_TEXT(hash));
    return r == RECORD_NOT_FOUND ? STATUS_LINK_NONE : r;
}

int status_link_by_number(struct op *op, int64_t case_number, struct status_link *ret)
{
    int r = record_find(op, &status_link_record, ret, &SQL_STATUS_LINK_BY_NUMBER, ARG_WS,
                        ARG_INT(case_number));

    return r == RECORD_NOT_FOUND ? STATUS_LINK_NONE : r;
}
