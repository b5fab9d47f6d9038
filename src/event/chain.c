/* chain.c - the head of a workspace's chain: read once in a transaction, written once.
 *
 * A message writes several events, a batch of messages a thousand. Each follows the one
 * before it, whose seq and hash are known here already; the row is set when the outermost
 * transaction ends, together with the events. Undoing a savepoint drops the heads that
 * came of its events, and the one from before it counts again.
 */
#include "event/chain.h"

#include "event/stmt.h"

struct head {
    struct db_late late;
    struct head *before; /* of this workspace; undoing makes it the newest again */
    bool followed;       /* by a newer one: only the newest is written */
    int64_t workspace, seq, at;
    struct event_hash hash;
};

static int write_head(struct op *op, struct db_late *late);

/* The newest of the workspace, which is nearly always the first; NULL: its row tells. */
static struct head *newest(const struct db *db, int64_t workspace)
{
    for (struct db_late *late = db->last; late; late = late->next) {
        struct head *head = CONTAINER_OF(late, struct head, late);

        if (late->run == write_head && head->workspace == workspace)
            return head;
    }
    return NULL;
}

/* No row to write to: the same transaction has removed the workspace. */
static int write_head(struct op *op, struct db_late *late)
{
    struct head *head = CONTAINER_OF(late, struct head, late);
    int64_t changed;

    if (head->followed)
        return 0;
    return db_change(op, &changed, &SQL_CHAIN_SET, ARG_INT(head->workspace),
                     ARG_INT(head->seq), ARG_INT(head->at),
                     ARG_BLOB(event_hash_str(&head->hash)));
}

/* Newest first, so the one before is still there. */
static void drop_head(struct db_late *late)
{
    struct head *head = CONTAINER_OF(late, struct head, late);

    if (head->before)
        head->before->followed = false;
    free(head);
}

void chain_set(struct op *op, int64_t seq, int64_t at, const struct event_hash *hash)
{
    struct head *before = newest(op->db, op->workspace);
    struct head *head = must_alloc(sizeof(*head));

    *head = (struct head){ .late = { write_head, drop_head, NULL },
                           .before = before,
                           .workspace = op->workspace,
                           .seq = seq,
                           .at = at,
                           .hash = *hash };
    if (before)
        before->followed = true;
    db_add_last(op->db, &head->late);
}

static int read_head(struct op *op, const struct db_stmt *stmt, int64_t *ret_seq,
                     struct str *ret_hash)
{
    const struct head *head = newest(op->db, op->workspace);
    DB_ROWS(rows);
    int r;

    if (head) {
        *ret_seq = head->seq;
        *ret_hash = arena_dup(op->arena, event_hash_str(&head->hash));
        return 0;
    }
    r = db_query(op, &rows, stmt, ARG_WS);
    if (r >= 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : CHAIN_NONE;
    *ret_seq = db_int(rows, 0);
    *ret_hash = db_blob(op, rows, 1);
    return 0;
}

int chain_head(struct op *op, int64_t *ret_seq, struct str *ret_hash)
{
    return read_head(op, &SQL_CHAIN_HEAD, ret_seq, ret_hash);
}

int chain_advance(struct op *op, int64_t at, int64_t *ret_seq, struct str *ret_previous)
{
    static const struct event_hash none; /* what the first row follows */
    int64_t seq = 0;
    int r = read_head(op, &SQL_CHAIN_LOCK, &seq, ret_previous);

    if (r == CHAIN_NONE) {
        r = db_run(op, &SQL_CHAIN_BEGIN, ARG_WS, ARG_INT(at),
                   ARG_BLOB(event_hash_str(&none)));
        if (r >= 0)
            r = read_head(op, &SQL_CHAIN_LOCK, &seq, ret_previous);
    }
    if (r < 0)
        return r;
    if (r == CHAIN_NONE)
        return op_fail(op, ERR_INTERNAL, "the event log has no head");
    *ret_seq = seq + 1;
    return 0;
}
