/* fuzz_fields.c - whatever is asked of a route, a handler sees only what its rows allow.
 * Input: a query, then a body. */
#include "fuzz.h"

#include "api/api_parts.h"
#include "base/ids.h"
#include "base/utf8.h"

#define CHOICES "|public|private"
static const struct api_field rows[] = {
    { "text", API_TEXT, .min = 1, .max = 20 },
    { "name", API_TEXT, .nullable = true },
    { "number", API_INT, .min = 1, .max = 9 },
    { "any_number", API_INT },
    { "yes", API_BOOL },
    { "id", API_ID, .required = true },
    { "at", API_TIME },
    { "choice", API_CHOICE, .choices = CHOICES },
    { "texts", API_LIST_TEXT, .min = 1, .max = 3 },
    { "ids", API_LIST_ID },
    { "object", API_OBJECT },
    { "any", API_ANY },
    { NULL },
};

/* Twelve sorts of rows, each as it was let through. */
static void check_member(const struct api_field *row, const struct json *value)
{
    int64_t id;

    switch (row->type) {
    case API_TEXT:
        PROMISE((int64_t)utf8_count(value->text) >= row->min);
        PROMISE(utf8_count(value->text) <= (row->max ? (size_t)row->max : API_MAX_NAME));
        PROMISE(!value->text.n || !memchr(value->text.p, 0, value->text.n));
        break;
    case API_INT:
        PROMISE(value->type == JSON_INT);
        PROMISE(!row->max || (value->integer >= row->min && value->integer <= row->max));
        break;
    case API_ID:
        PROMISE(id_parse(value->text, &id) && id > 0);
        break;
    case API_CHOICE:
        PROMISE(value->type == JSON_TEXT);
        PROMISE(str_find(STR(CHOICES), value->text) >= 0);
        break;
    case API_LIST_TEXT:
    case API_LIST_ID:
        PROMISE(value->count <= (row->max ? (size_t)row->max : API_MAX_LIST));
        break;
    default:
        break;
    }
}

static void check_taken(struct op *op, const struct api_call *call)
{
    PROMISE(call->body && call->body->type == JSON_OBJECT);
    PROMISE(call->limit >= 1 && call->limit <= API_MAX_LIMIT);
    PROMISE(utf8_is_valid(call->cursor));
    for (const struct api_field *row = rows; row->name; row++) {
        const struct json *value = json_get(call->body, row->name);

        if (value && value->type != JSON_NULL)
            check_member(row, value);
        (void)api_query_id(op, call, row->name);
        (void)api_query_time(op, call, row->name);
    }
    PROMISE(api_id(call, "id") > 0);
}

static void check_cursor(struct op *op, struct str cursor)
{
    int64_t key = 0, id = 0, again_key, again_id;
    int r = cursor_parse(op, cursor, &key, &id);

    PROMISE(r == 0 || r == ERR_INVALID);
    if (r)
        return;
    PROMISE(cursor_parse(op, cursor_format(op, key, id), &again_key, &again_id) == 0);
    PROMISE(key == again_key && id == again_id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct api_route route = {
        .method = "POST", .pattern = "/", .fields = rows, .query = rows
    };
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct http_request rq = { .method = STR("POST") };
    struct api_call call = { .route = &route, .rq = &rq };
    int r;

    rq.query = str_cut(INPUT, '\n', &rq.body);
    r = api_check_request(&op, &call);
    if (r == 0)
        check_taken(&op, &call);
    else
        PROMISE(r == (int)op.err.kind && op.err.text.n > 0);
    check_cursor(&op, INPUT);
    return 0;
}
