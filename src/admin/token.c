/* token.c - keys of programs. */
#include "admin/token.h"

#include "admin/hash.h"
#include "admin/role.h"
#include "admin/stmt.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/random.h"
#include "event/event.h"

static int check(struct op *op, int64_t account_id, const struct token *token)
{
    int64_t n = 0;
    int r;

    if (str_trim(token->name).n == 0)
        return op_fail_field_as(op, "name", "empty", "must not be empty");
    for (struct str rest = token->scopes; rest.n > 0 && !str_is(token->scopes, "all");) {
        struct str scope = str_cut(rest, ' ', &rest);
        if (!role_is_right(scope))
            return op_fail_field_as(op, "scopes", "unknown", "has no right " STR_FMT,
                                    STR_ARG(str_sub(scope, 0, 40)));
    }
    r = db_number(op, &n, &SQL_TOKEN_COUNT, ARG_WS, ARG_INT(account_id));
    if (r < 0)
        return r;
    if (n >= TOKEN_MAX)
        return op_fail_as(op, ERR_CONFLICT, "too_many_tokens",
                          "an account has at most %d tokens", TOKEN_MAX);
    return 0;
}

static int tell(struct op *op, const char *kind, int64_t account_id, int64_t id,
                struct str scopes)
{
    struct event event = { .kind = kind, .subject_id = account_id };
    struct json_writer w = JSON_WRITER(op->arena);
    struct str text;

    json_begin_object(&w, NULL);
    json_put_id(&w, "token_id", id);
    if (scopes.n > 0)
        json_put_text(&w, "scopes", scopes);
    json_end_object(&w);
    text = json_done(&w);
    event.extra = str_sub(text, 1, text.n - 2);
    return event_add(op, &event);
}

int token_add(struct op *op, int64_t account_id, struct token *token,
              struct str *ret_value)
{
    struct token made = *token;
    struct str value;
    int r;

    if (made.scopes.n == 0)
        made.scopes = STR("all");
    r = check(op, account_id, &made);
    if (r < 0)
        return r;
    value = random_token(op, 32);
    value = arena_fmt(op->arena, "%s" STR_FMT, TOKEN_PREFIX, STR_ARG(value));
    made.id = id_next(op);
    made.created_at = op->now;
    r = db_run(op, &SQL_TOKEN_ADD, ARG_WS, ARG_INT(made.id), ARG_INT(account_id),
               ARG_TEXT(made.name), ARG_BLOB(secret_hash(op->arena, value)),
               ARG_TEXT(made.scopes), ARG_INT(op->now));
    if (r == 0)
        r = tell(op, "account.token_added", account_id, made.id, made.scopes);
    if (r < 0)
        return r;
    *token = made;
    *ret_value = value;
    return 0;
}

int token_list(struct op *op, int64_t account_id, int64_t after, int64_t limit,
               struct token **ret, size_t *ret_count)
{
    struct token *list = arena_new(op->arena, struct token, (size_t)limit);
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_TOKEN_LIST, ARG_WS, ARG_INT(account_id),
                     ARG_INT(after), ARG_INT(limit));

    if (r < 0)
        return r;
    while ((int64_t)n < limit && (r = db_next(op, rows)) > 0)
        list[n++] = (struct token){
            .id = db_int(rows, 0),
            .name = db_text(op, rows, 1),
            .scopes = db_text(op, rows, 2),
            .created_at = db_int(rows, 3),
            .last_used_at = db_int(rows, 4),
        };
    if (r < 0)
        return r;
    *ret = list;
    *ret_count = n;
    return 0;
}

int token_revoke(struct op *op, int64_t account_id, int64_t id)
{
    int64_t changed;
    int r = db_change(op, &changed, &SQL_TOKEN_REVOKE, ARG_WS, ARG_INT(account_id),
                      ARG_INT(id), ARG_INT(op->now));

    if (r < 0)
        return r;
    if (changed == 0)
        return TOKEN_NOT_FOUND;
    return tell(op, "account.token_revoked", account_id, id, STR(""));
}

int token_touch(struct op *op, int64_t id)
{
    return db_run(op, &SQL_TOKEN_TOUCH, ARG_WS, ARG_INT(id), ARG_INT(op->now));
}
