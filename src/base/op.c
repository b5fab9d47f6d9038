/* op.c - describing failures. */
#include "base/op.h"

#include "base/clock.h"
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
#undef op_fail_as
#undef op_fail_field_as
#undef op_too_long
#undef op_too_short
#undef op_too_many
#undef op_out_of_range

int op_fail(struct op *op, enum err_kind kind, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    op->err = (struct err){ .kind = kind, .text = arena_vfmt(op->arena, fmt, args) };
    va_end(args);
    return kind;
}

int op_fail_as(struct op *op, enum err_kind kind, const char *code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    op->err = (struct err){
        .kind = kind,
        .code = code,
        .text = arena_vfmt(op->arena, fmt, args),
    };
    va_end(args);
    return kind;
}

/* One more wrong field, the last of the list. */
static struct err_field *add_field(struct op *op, const char *field, struct str message)
{
    struct err_field *entry = arena_new(op->arena, struct err_field, 1);
    struct err_field **last = &op->err.fields;

    if (op->err.kind != ERR_INVALID)
        op->err = (struct err){ .kind = ERR_INVALID };
    entry->field = arena_dup(op->arena, str_of(field));
    entry->message = message;
    if (op->err.text.n == 0)
        op->err.text = arena_fmt(op->arena, "%s " STR_FMT, field, STR_ARG(message));
    while (*last)
        last = &(*last)->next;
    *last = entry;
    return entry;
}

int op_fail_field(struct op *op, const char *field, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    add_field(op, field, arena_vfmt(op->arena, fmt, args));
    va_end(args);
    return ERR_INVALID;
}

int op_fail_field_as(struct op *op, const char *field, const char *code, const char *fmt,
                     ...)
{
    va_list args;

    va_start(args, fmt);
    add_field(op, field, arena_vfmt(op->arena, fmt, args))->code = code;
    va_end(args);
    return ERR_INVALID;
}

static int break_limit(struct op *op, const char *field, const char *code,
                       struct err_field limits)
{
    struct err_field *entry = add_field(op, field, limits.message);

    entry->code = code;
    entry->min = limits.min;
    entry->max = limits.max;
    return ERR_INVALID;
}

int op_too_long(struct op *op, const char *field, int64_t max, const char *unit)
{
    struct str words =
        arena_fmt(op->arena, "is longer than %lld %s", (long long)max, unit);

    return break_limit(op, field, "too_long",
                       (struct err_field){ .message = words, .max = max });
}

int op_too_short(struct op *op, const char *field, int64_t min, const char *unit)
{
    struct str words =
        arena_fmt(op->arena, "is shorter than %lld %s", (long long)min, unit);

    return break_limit(op, field, "too_short",
                       (struct err_field){ .message = words, .min = min });
}

int op_too_many(struct op *op, const char *field, int64_t max)
{
    struct str words = arena_fmt(op->arena, "has more than %lld members", (long long)max);

    return break_limit(op, field, "too_many",
                       (struct err_field){ .message = words, .max = max });
}

int op_out_of_range(struct op *op, const char *field, int64_t min, int64_t max)
{
    struct str words =
        arena_fmt(op->arena, "must be %lld to %lld", (long long)min, (long long)max);

    return break_limit(op, field, "out_of_range",
                       (struct err_field){ .message = words, .min = min, .max = max });
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

bool op_is_ending(const struct op *op)
{
    int64_t ends_at = op->world->ends_at ? atomic_load(op->world->ends_at) : 0;

    return ends_at && clock_monotonic() >= ends_at;
}

void op_log_failure(const struct op *op)
{
    int level = op->err.kind == ERR_INTERNAL || op->err.kind == ERR_UNAVAILABLE
                    ? LOG_ERROR
                    : LOG_INFO;
    struct str text = log_quoted(op->arena, op->err.text);
    struct str detail = log_quoted(op->arena, op->err.detail);

    log_line(level, op->id, "event=failed kind=%s text=" STR_FMT " detail=" STR_FMT,
             err_name(op->err.kind), STR_ARG(text), STR_ARG(detail));
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
