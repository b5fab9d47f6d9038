/* api_check.c - is what was sent in order? Body and query against the route's rows.
 *
 * Every wrong field is named, not only the first. Fields that no row names are
 * ignored; handlers read by name, so they cannot be stored.
 */
#include "api/api_parts.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/utf8.h"

/* Is there a NUL in any text? Databases end a text there. */
static bool has_nul(const struct json *value)
{
    if (value->type == JSON_TEXT)
        return memchr(value->text.p ? value->text.p : "", 0, value->text.n) != NULL;
    if (value->type != JSON_ARRAY && value->type != JSON_OBJECT)
        return false;
    for (size_t i = 0; i < value->count; i++)
        if (has_nul(&value->items[i]) ||
            (value->keys && memchr(value->keys[i].p, 0, value->keys[i].n)))
            return true;
    return false;
}

static bool is_choice(const char *choices, struct str text)
{
    struct str rest = str_of(choices);

    /* "|public": the empty text is one of them. */
    if (text.n == 0)
        return rest.n == 0 || rest.p[0] == '|';
    while (rest.n > 0)
        if (str_eq(str_cut(rest, '|', &rest), text))
            return true;
    return false;
}

static void check_text(struct op *op, const struct api_field *field, struct str text)
{
    int64_t max = field->max > 0 ? field->max : API_MAX_NAME;
    int64_t n = (int64_t)utf8_count(text);

    if (n > max)
        op_too_long(op, field->name, max, "characters");
    else if (n == 0 && field->min > 0)
        op_fail_field_as(op, field->name, "empty", "must not be empty");
    else if (n < field->min)
        op_too_short(op, field->name, field->min, "characters");
}

static void check_int(struct op *op, const struct api_field *field, int64_t value)
{
    if (field->min == 0 && field->max == 0)
        return;
    if (value < field->min || value > field->max)
        op_out_of_range(op, field->name, field->min, field->max);
}

/* One member of a list; false when it is not in order. */
static bool check_item(struct op *op, const struct api_field *field,
                       const struct json *item)
{
    bool ids = field->type == API_LIST_ID;
    int64_t id;

    if (item->type != JSON_TEXT || (ids && !id_parse(item->text, &id))) {
        op_fail_field_as(op, field->name, ids ? "not_an_id" : "wrong_type",
                         "has a member that is no %s", ids ? "id" : "text");
        return false;
    }
    if (utf8_count(item->text) > API_MAX_NAME) {
        op_fail_field_as(op, field->name, "too_long",
                         "has a member longer than %d characters", API_MAX_NAME);
        return false;
    }
    return true;
}

static void check_list(struct op *op, const struct api_field *field,
                       const struct json *value)
{
    int64_t max = field->max > 0 ? field->max : API_MAX_LIST;

    if (value->type != JSON_ARRAY)
        op_fail_field_as(op, field->name, "wrong_type", "must be a list");
    else if ((int64_t)value->count > max)
        op_too_many(op, field->name, max);
    else if ((int64_t)value->count < field->min)
        op_fail_field_as(op, field->name, "too_few", "needs %lld members",
                         (long long)field->min);
    else
        for (size_t i = 0; i < value->count; i++)
            if (!check_item(op, field, &value->items[i]))
                return;
}

/* Text that must be an id, a time or one of a few words. */
static void check_word(struct op *op, const struct api_field *field, struct str text)
{
    int64_t number;

    if (field->type == API_ID && !id_parse(text, &number))
        op_fail_field_as(op, field->name, "not_an_id", "must be an id: digits in quotes");
    if (field->type == API_TIME && !time_parse(text, &number))
        op_fail_field_as(op, field->name, "not_a_time",
                         "must be a time such as 2026-11-02T08:00:00Z");
    if (field->type == API_CHOICE && !is_choice(field->choices, text))
        op_fail_field_as(op, field->name, "not_a_choice", "must be one of %s",
                         field->choices);
}

static void check_typed(struct op *op, const struct api_field *field,
                        const struct json *value)
{
    switch (field->type) {
    case API_TEXT:
        if (value->type != JSON_TEXT)
            op_fail_field_as(op, field->name, "wrong_type", "must be text");
        else
            check_text(op, field, value->text);
        return;
    case API_INT:
        if (value->type != JSON_INT)
            op_fail_field_as(op, field->name, "wrong_type", "must be a whole number");
        else
            check_int(op, field, value->integer);
        return;
    case API_BOOL:
        if (value->type != JSON_BOOL)
            op_fail_field_as(op, field->name, "wrong_type", "must be true or false");
        return;
    case API_ID:
    case API_TIME:
    case API_CHOICE:
        check_word(op, field, value->type == JSON_TEXT ? value->text : STR(" "));
        return;
    case API_LIST_TEXT:
    case API_LIST_ID:
        check_list(op, field, value);
        return;
    case API_OBJECT:
        if (value->type != JSON_OBJECT)
            op_fail_field_as(op, field->name, "wrong_type", "must be an object");
        return;
    case API_ANY:
        return;
    }
}

static void check_member(struct op *op, const struct api_field *field,
                         const struct json *body)
{
    const struct json *value = json_get(body, field->name);

    if (!value) {
        if (field->required)
            op_fail_field_as(op, field->name, "required", "is required");
        return;
    }
    if (value->type == JSON_NULL) {
        if (!field->nullable && field->type != API_ANY)
            op_fail_field_as(op, field->name, "null", "must not be null");
        return;
    }
    if (has_nul(value))
        op_fail_field_as(op, field->name, "nul", "contains a NUL character");
    else
        check_typed(op, field, value);
}

static int check_body(struct op *op, struct api_call *call)
{
    struct str text = call->rq->body.n > 0 ? call->rq->body : STR("{}");
    struct json *body;
    int r;

    if (!call->route->fields)
        return 0;
    r = json_parse(op, text, &body);
    if (r < 0)
        return r;
    if (body->type != JSON_OBJECT)
        return op_fail(op, ERR_INVALID, "the body must be a JSON object");
    op->err = (struct err){ 0 };
    for (const struct api_field *field = call->route->fields; field->name; field++)
        check_member(op, field, body);
    call->body = body;
    return op->err.kind < 0 ? (int)op->err.kind : 0;
}

/* The query has texts only: numbers and booleans are read from them. */
static void check_param(struct op *op, const struct api_field *field, struct str text)
{
    int64_t number;

    switch (field->type) {
    case API_TEXT:
        check_text(op, field, text);
        return;
    case API_INT:
        if (!str_to_i64(text, &number))
            op_fail_field_as(op, field->name, "wrong_type", "must be a whole number");
        else
            check_int(op, field, number);
        return;
    case API_BOOL:
        if (!str_is(text, "true") && !str_is(text, "false"))
            op_fail_field_as(op, field->name, "wrong_type", "must be true or false");
        return;
    case API_ID:
    case API_TIME:
    case API_CHOICE:
        check_word(op, field, text);
        return;
    default:
        return;
    }
}

static int check_paging(struct op *op, struct api_call *call)
{
    struct str limit = http_field(&call->params, "limit");
    struct str cursor = http_field(&call->params, "cursor");

    call->limit = API_USUAL_LIMIT;
    call->cursor = STR("");
    if (limit.n > 0 && (!str_to_i64(limit, &call->limit) || call->limit < 1 ||
                        call->limit > API_MAX_LIMIT))
        return op_out_of_range(op, "limit", 1, API_MAX_LIMIT);
    if (cursor.n > API_MAX_CURSOR ||
        (cursor.n > 0 &&
         (!base64url_decode(op->arena, cursor, &call->cursor) ||
          !utf8_is_valid(call->cursor) || memchr(call->cursor.p, 0, call->cursor.n))))
        return op_fail_field_as(op, "cursor", "cursor", "is none that was given out");
    return 0;
}

static int check_query(struct op *op, struct api_call *call)
{
    int r = http_params(op, call->rq->query, &call->params);

    if (r == ERR_INVALID)
        return op_fail(op, ERR_MALFORMED,
                       "the query is not UTF-8 in percent encoding, or has a NUL");
    if (r < 0)
        return r;
    op->err = (struct err){ 0 };
    for (const struct api_field *field = call->route->query; field && field->name;
         field++) {
        struct str text = http_field(&call->params, field->name);
        if (text.n > 0)
            check_param(op, field, text);
        else if (field->required)
            op_fail_field_as(op, field->name, "required", "is required");
    }
    if (op->err.kind < 0)
        return op->err.kind;
    return check_paging(op, call);
}

int api_check_request(struct op *op, struct api_call *call)
{
    int r = check_query(op, call);

    return r < 0 ? r : check_body(op, call);
}
