/* api_openapi.c - /api/v1/openapi.json: OpenAPI 3.1 made from the route tables.
 *
 * It describes what the dispatcher enforces, so it cannot promise something else.
 * Machine addresses (/healthz) are not part of the interface and left out.
 */
#include "api/api_parts.h"

static const char *json_type(enum api_type type)
{
    switch (type) {
    case API_INT:
        return "integer";
    case API_BOOL:
        return "boolean";
    case API_LIST_TEXT:
    case API_LIST_ID:
        return "array";
    case API_OBJECT:
        return "object";
    default:
        return "string";
    }
}

static void put_type(struct json_writer *w, const struct api_field *field)
{
    if (field->type == API_ANY)
        return;
    if (!field->nullable) {
        json_put_c(w, "type", json_type(field->type));
        return;
    }
    json_begin_array(w, "type");
    json_put_c(w, NULL, json_type(field->type));
    json_put_c(w, NULL, "null");
    json_end_array(w);
}

static void put_choices(struct json_writer *w, const struct api_field *field)
{
    struct str rest = str_of(field->choices);

    json_begin_array(w, "enum");
    do
        json_put_text(w, NULL, str_cut(rest, '|', &rest));
    while (rest.n > 0);
    if (field->nullable)
        json_put_null(w, NULL);
    json_end_array(w);
}

static void put_limits(struct json_writer *w, const struct api_field *field)
{
    switch (field->type) {
    case API_TEXT:
        json_put_int(w, "minLength", field->min);
        json_put_int(w, "maxLength", field->max ? field->max : API_MAX_NAME);
        return;
    case API_INT:
        if (field->min == 0 && field->max == 0)
            return;
        json_put_int(w, "minimum", field->min);
        json_put_int(w, "maximum", field->max);
        return;
    case API_LIST_TEXT:
    case API_LIST_ID:
        json_put_int(w, "minItems", field->min);
        json_put_int(w, "maxItems", field->max ? field->max : API_MAX_LIST);
        json_begin_object(w, "items");
        json_put_c(w, "type", "string");
        json_end_object(w);
        return;
    case API_TIME:
        json_put_c(w, "format", "date-time");
        return;
    case API_ID:
        json_put_c(w, "pattern", "^[0-9]+$");
        return;
    case API_CHOICE:
        put_choices(w, field);
        return;
    default:
        return;
    }
}

static void put_schema(struct json_writer *w, const char *key,
                       const struct api_field *field)
{
    json_begin_object(w, key);
    put_type(w, field);
    put_limits(w, field);
    if (field->help)
        json_put_c(w, "description", field->help);
    json_end_object(w);
}

static void put_parameter(struct json_writer *w, const char *in,
                          const struct api_field *field)
{
    json_begin_object(w, NULL);
    json_put_c(w, "name", field->name);
    json_put_c(w, "in", in);
    json_put_bool(w, "required", field->required);
    put_schema(w, "schema", field);
    json_end_object(w);
}

/* The {names} of the pattern. */
static void put_path_parameters(struct json_writer *w, const struct api_route *route,
                                struct arena *arena)
{
    struct str rest = str_of(route->pattern);

    while (rest.n > 0) {
        struct str part = str_cut(rest, '/', &rest);
        bool text = str_starts(part, STR("{text:"));
        if (!str_starts(part, STR("{")))
            continue;
        part = str_sub(part, text ? 6 : 1, part.n - (text ? 7 : 2));
        struct api_field field = { .name = arena_cstr(arena, part),
                                   .type = text ? API_TEXT : API_ID,
                                   .required = true,
                                   .max = text ? 1024 : 0 };
        put_parameter(w, "path", &field);
    }
}

static void put_parameters(struct json_writer *w, const struct api_route *route,
                           struct arena *arena)
{
    static const struct api_field key = {
        .name = "Idempotency-Key",
        .type = API_TEXT,
        .max = API_MAX_KEY,
        .help = "The same key with the same body gives the first answer again.",
    };

    json_begin_array(w, "parameters");
    put_path_parameters(w, route, arena);
    for (const struct api_field *field = route->query; field && field->name; field++)
        put_parameter(w, "query", field);
    if (route->creates)
        put_parameter(w, "header", &key);
    json_end_array(w);
}

static void put_body(struct json_writer *w, const struct api_route *route)
{
    if (!route->fields)
        return;
    json_begin_object(w, "requestBody");
    json_begin_object(w, "content");
    json_begin_object(w, "application/json");
    json_begin_object(w, "schema");
    json_put_c(w, "type", "object");
    json_begin_object(w, "properties");
    for (const struct api_field *field = route->fields; field->name; field++)
        put_schema(w, field->name, field);
    json_end_object(w);
    json_begin_array(w, "required");
    for (const struct api_field *field = route->fields; field->name; field++)
        if (field->required)
            json_put_c(w, NULL, field->name);
    json_end_array(w);
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
}

static void put_answers(struct json_writer *w, const struct api_route *route)
{
    json_begin_object(w, "responses");
    json_begin_object(w, "2XX");
    json_put_c(w, "description", "It worked.");
    json_begin_object(w, "content");
    json_begin_object(w, route->produces ? route->produces : "application/json");
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
    json_begin_object(w, "default");
    json_put_c(w, "$ref", "#/components/responses/problem");
    json_end_object(w);
    json_end_object(w);
}

static void put_security(struct json_writer *w, const struct api_route *route)
{
    static const char *const schemes[] = { "cookie", "bearer" };

    json_begin_array(w, "security");
    for (size_t i = 0; route->access != API_ANYBODY && i < COUNT_OF(schemes); i++) {
        json_begin_object(w, NULL);
        json_begin_array(w, schemes[i]);
        json_end_array(w);
        json_end_object(w);
    }
    json_end_array(w);
    json_put_c(w, "x-draht-right",
               route->access == API_RIGHT       ? route->right
               : route->access == API_LOGGED_IN ? "login"
                                                : "anybody");
}

static void put_operation(struct json_writer *w, const struct api_route *route,
                          struct arena *arena)
{
    char method[8] = { 0 };

    for (size_t i = 0; route->method[i] && i < sizeof(method) - 1; i++)
        method[i] = (char)(route->method[i] | 32);
    json_begin_object(w, method);
    json_put_c(w, "summary", route->summary);
    put_security(w, route);
    put_parameters(w, route, arena);
    put_body(w, route);
    put_answers(w, route);
    json_end_object(w);
}

/* "/links/{text:token}" is written "/links/{token}". */
static struct str public_path(struct arena *arena, const char *pattern)
{
    struct strbuf out = STRBUF(arena);
    struct str rest = str_of(pattern);
    ptrdiff_t at;

    while ((at = str_find(rest, STR("{text:"))) >= 0) {
        strbuf_add(&out, str_sub(rest, 0, (size_t)at + 1));
        rest = str_sub(rest, (size_t)at + 6, rest.n);
    }
    strbuf_add(&out, rest);
    return strbuf_str(&out);
}

static bool is_public(const struct api_route *route)
{
    return str_starts(str_of(route->pattern), STR("/api/"));
}

static void put_paths(struct json_writer *w, struct arena *arena)
{
    const struct api_route *route, *other;

    json_begin_object(w, "paths");
    for (size_t i = 0; (route = api_route_at(i)) != NULL; i++) {
        bool again = !is_public(route);
        for (size_t j = 0; j < i && !again; j++)
            again = strcmp(api_route_at(j)->pattern, route->pattern) == 0;
        if (again)
            continue;
        json_begin_object(w, arena_cstr(arena, public_path(arena, route->pattern)));
        for (size_t j = i; (other = api_route_at(j)) != NULL; j++)
            if (strcmp(other->pattern, route->pattern) == 0)
                put_operation(w, other, arena);
        json_end_object(w);
    }
    json_end_object(w);
}

static const char components[] =
    "{\"securitySchemes\":{"
    "\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"draht_session\","
    "\"description\":\"With X-CSRF-Token on POST, PUT, PATCH and DELETE.\"},"
    "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}},"
    "\"responses\":{\"problem\":{\"description\":\"It failed (RFC 9457).\",\"content\":{"
    "\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/"
    "problem\"}}"
    "}}},"
    "\"schemas\":{\"problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\","
    "\"status\"],\"properties\":{\"type\":{\"type\":\"string\"},"
    "\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
    "\"kind\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},"
    "\"detail\":{\"type\":\"string\"},\"errors\":{\"type\":\"array\",\"items\":{"
    "\"type\":\"object\",\"properties\":{\"field\":{\"type\":\"string\"},"
    "\"code\":{\"type\":\"string\"},\"min\":{\"type\":\"integer\"},"
    "\"max\":{\"type\":\"integer\"},"
    "\"message\":{\"type\":\"string\"}}}}}}}}";

static int openapi(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_c(&w, "openapi", "3.1.0");
    json_begin_object(&w, "info");
    json_put_c(&w, "title", "Draht");
    json_put_text(&w, "version", api_server_config(call->server)->version);
    json_end_object(&w);
    put_paths(&w, op->arena);
    json_put_raw(&w, "components", str_of(components));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

const struct api_route api_openapi_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/openapi.json",
        .mode = API_READ,
        .access = API_ANYBODY,
        .summary = "This description.",
        .handle = openapi,
    },
    { NULL },
};
