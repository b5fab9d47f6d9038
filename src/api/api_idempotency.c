/* api_idempotency.c - the same POST twice does its work once.
 *
 * The first answer is kept in the transaction of the write itself, for a day. It
 * may show a secret (an invitation), so it is sealed; what was sent is kept as a
 * hash. An answer is only given again to the same account.
 */
#include "api/api_parts.h"

#include "admin/hash.h"
#include "admin/secret.h"
#include "api/stmt.h"
#include "base/bytes.h"
#include "base/utf8.h"

#define KEEP_MS   DAYS(1)
#define SEAL_NAME STR("idempotency")

/* The key of this request; `.n` 0 when it has none or nobody to keep it for. */
static struct str key_of(const struct api_call *call)
{
    return call->who.account_id != 0 ? http_header(call->rq, "Idempotency-Key") : STR("");
}

/* The same route can have different ids in its path. */
static struct str route_of(struct op *op, const struct api_call *call)
{
    return arena_fmt(op->arena, "%s " STR_FMT, call->route->method,
                     STR_ARG(call->rq->path));
}

static int open_answer(struct op *op, const struct api_call *call, struct str kept,
                       struct str *ret)
{
    struct str sealed;
    int r = SECRET_DAMAGED;

    if (base64_decode(op->arena, kept, &sealed))
        r = secret_unseal(op, call->who.account_id, SEAL_NAME, sealed, ret);
    if (r == SECRET_DAMAGED)
        return op_fail_as(op, ERR_CONFLICT, "key_reused",
                          "this Idempotency-Key was used; its answer cannot be read any "
                          "more");
    return r;
}

int api_idempotency_find(struct op *op, const struct api_call *call,
                         struct http_answer *ret)
{
    struct str key = key_of(call), route, digest, kept;
    int status;
    DB_ROWS(rows);
    int r;

    if (key.n == 0)
        return 0;
    if (!utf8_is_valid(key) || utf8_count(key) > API_MAX_KEY)
        return op_too_long(op, "Idempotency-Key", API_MAX_KEY, "characters");
    r = db_query(op, &rows, &SQL_IDEMPOTENCY_GET, ARG_WS, ARG_INT(call->who.account_id),
                 ARG_TEXT(key), ARG_INT(op->now - KEEP_MS));
    if (r == 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r;
    route = db_text(op, rows, 0);
    digest = db_blob(op, rows, 1);
    status = (int)db_int(rows, 2);
    kept = db_text(op, rows, 3);
    if (!str_eq(route, route_of(op, call)) ||
        !str_eq(digest, secret_hash(op->arena, call->rq->body)))
        return op_fail_as(op, ERR_CONFLICT, "key_reused",
                          "this Idempotency-Key was used for another request");
    ret->status = status;
    r = kept.n > 0 ? open_answer(op, call, kept, &ret->body) : 0;
    return r < 0 ? r : API_REPEATED;
}

int api_idempotency_keep(struct op *op, const struct api_call *call,
                         const struct http_answer *answer)
{
    struct str key = key_of(call), sealed = STR(""), digest;
    int r = 0;

    if (key.n == 0 || answer->status >= 300)
        return 0;
    if (answer->body.n > 0)
        r = secret_seal(op, call->who.account_id, SEAL_NAME, answer->body, &sealed);
    if (r < 0)
        return r;
    digest = secret_hash(op->arena, call->rq->body);
    r = db_run(op, &SQL_IDEMPOTENCY_PUT, ARG_WS, ARG_INT(call->who.account_id),
               ARG_TEXT(key), ARG_TEXT(route_of(op, call)), ARG_BLOB(digest),
               ARG_INT(answer->status), ARG_TEXT(base64_encode(op->arena, sealed)),
               ARG_INT(op->now));
    /* Now and then the old ones go: one in 256 pays for the others. */
    if (r == 0 && digest.p[0] == 0)
        r = db_run(op, &SQL_IDEMPOTENCY_CLEAN, ARG_WS, ARG_INT(call->who.account_id),
                   ARG_INT(op->now - KEEP_MS));
    return r;
}
