/* op.c - describing failures. */
#include "base/op.h"

#include "base/log.h"

static const struct {
    const char *name;
    int status;
    bool retry;
} kinds[] = {
    [-ERR_INVALID] = { "invalid", 422, false },
    [-ERR_MALFORMED] = { "malformed", 400, false },
    [-ERR_TOO_LARGE] = { "too_large", 413, false },
    [-ERR_LOGIN] = { "login", 401, false },
    [-ERR_DENIED] = { "denied", 403, false },
    [-ERR_NOT_FOUND] = { "not_found", 404, false },
    [-ERR_CONFLICT] = { "conflict", 409, false },
    [-ERR_STALE] = { "stale", 412, false },
    [-ERR_BUSY] = { "busy", 429, true },
    [-ERR_UNAVAILABLE] = { "unavailable", 503, true },
    [-ERR_INTERNAL] = { "internal", 500, false },
};

#undef op_fail
#undef op_fail_field
#undef op_detail

int op_fail(struct op *op, enum err_kind kind, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    op->err = (struct err){ .kind = kind, .text = arena_vfmt(op->arena, fmt, args) };
    va_end(args);
    return kind;
}

int op_fail_field(struct op *op, const char *field, const char *fmt, ...)
{
    struct err_field *entry = arena_new(op->arena, struct err_field, 1);
    struct err_field **last = &op->err.fields;
    va_list args;

    if (op->err.kind != ERR_INVALID)
        op->err = (struct err){ .kind = ERR_INVALID };
    va_start(args, fmt);
    entry->message = arena_vfmt(op->arena, fmt, args);
    va_end(args);
    entry->field = arena_dup(op->arena, str_of(field));
    if (op->err.text.n == 0)
        op->err.text =
            arena_fmt(op->arena, "%s " STR_FMT, field, STR_ARG(entry->message));
    while (*last)
        last = &(*last)->next;
    *last = entry;
    return ERR_INVALID;
}

int op_detail(struct op *op, int r, const char *fmt, ...)
{
    struct str more;
    va_list args;

    va_start(args, fmt);
    more = arena_vfmt(op->arena, fmt, args);
    va_end(args);
    op->err.detail = op->err.detail.n ? arena_fmt(op->arena, STR_FMT "; " STR_FMT,
                                                  STR_ARG(op->err.detail), STR_ARG(more))
                                      : more;
    return r;
}

void op_log_failure(const struct op *op)
{
    int level = op->err.kind == ERR_INTERNAL || op->err.kind == ERR_UNAVAILABLE
                    ? LOG_ERROR
                    : LOG_INFO;

    log_line(level, op->id,
             "event=failed kind=%s text=\"" STR_FMT "\" detail=\"" STR_FMT "\"",
             err_name(op->err.kind), STR_ARG(op->err.text), STR_ARG(op->err.detail));
}

const char *err_name(enum err_kind kind)
{
    return kinds[-kind].name;
}

int err_http_status(enum err_kind kind)
{
    return kinds[-kind].status;
}

bool err_is_worth_retrying(enum err_kind kind)
{
    return kinds[-kind].retry;
}
