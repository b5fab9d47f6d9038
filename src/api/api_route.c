/* api_route.c - which route is meant: the tables of all resources, and matching.
 *
 * A hundred rows are walked from the start, nearly all of them no further than where they
 * begin otherwise than the path. Literal segments win over {names} only because {id}
 * takes digits alone, so
 * "/sessions/current" and "/sessions/{id}" never both fit.
 */
#include "api/api_parts.h"

#include "base/ids.h"

#define RESOURCE(name) extern const struct api_route api_##name##_routes[];
#include "api/resources.def"
#undef RESOURCE

static const struct api_route *const resources[] = {
#define RESOURCE(name) api_##name##_routes,
#include "api/resources.def"
#undef RESOURCE
};

const struct api_route *api_route_at(size_t index)
{
    for (size_t i = 0; i < COUNT_OF(resources); i++)
        for (const struct api_route *route = resources[i]; route->method; route++)
            if (index-- == 0)
                return route;
    return NULL;
}

/* One {name} of a pattern against one segment of the path. */
static bool take(struct arena *arena, struct str pattern, struct str segment,
                 struct api_call *call)
{
    int64_t id;

    if (str_starts(pattern, STR("{text:"))) {
        call->name = segment;
        return segment.n > 0 && http_decode(arena, segment, false, &call->name);
    }
    if (!id_parse(segment, &id))
        return false;
    if (call->id == 0)
        call->id = id;
    else
        call->id2 = id;
    return true;
}

static bool matches(struct arena *arena, struct str pattern, struct str path,
                    struct api_call *call)
{
    call->id = call->id2 = 0;
    call->name = STR("");
    while (pattern.n > 0 && path.n > 0) {
        struct str wanted = str_cut(pattern, '/', &pattern);
        struct str segment = str_cut(path, '/', &path);
        if (str_starts(wanted, STR("{"))) {
            if (!take(arena, wanted, segment, call))
                return false;
        } else if (!str_eq(wanted, segment)) {
            return false;
        }
    }
    return pattern.n == 0 && path.n == 0;
}

/* Cheap, and true for few: up to its first {name} the pattern is what the path begins
 * with. */
static bool may_match(const char *pattern, struct str path)
{
    size_t i = 0;

    while (i < path.n && pattern[i] && pattern[i] == path.p[i])
        i++;
    return pattern[i] == '{' || (pattern[i] == '\0' && i == path.n);
}

/* HEAD is GET whose body stays away, which is the server's business. */
static bool is_method(const struct api_route *route, struct str method)
{
    return str_is(method, route->method) ||
           (str_is(method, "HEAD") && str_is(STR("GET"), route->method));
}

int api_route_find(const struct api_server *api, struct arena *arena, struct str method,
                   struct str path, struct api_call *call)
{
    bool known = false;

    if (str_ends(path, STR("/")))
        return API_NO_PATH;
    for (size_t i = 0; i < api->route_count; i++) {
        const struct api_route *route = api->routes[i];
        if (!may_match(route->pattern, path) ||
            !matches(arena, str_of(route->pattern), path, call))
            continue;
        known = true;
        if (!is_method(route, method))
            continue;
        call->route = route;
        return 0;
    }
    return known ? API_NO_METHOD : API_NO_PATH;
}

struct str api_route_methods(const struct api_server *api, struct arena *arena,
                             struct str path)
{
    struct strbuf out = STRBUF(arena);
    struct api_call call = { 0 };

    for (size_t i = 0; i < api->route_count; i++) {
        const struct api_route *route = api->routes[i];
        if (!matches(arena, str_of(route->pattern), path, &call))
            continue;
        strbuf_fmt(&out, "%s%s%s", out.n > 0 ? ", " : "", route->method,
                   str_is(STR("GET"), route->method) ? ", HEAD" : "");
    }
    return strbuf_str(&out);
}

void api_routes_collect(struct api_server *api)
{
    const struct api_route *more = api->config.routes;
    size_t n = 0, extra = 0;

    while (api_route_at(n))
        n++;
    while (more && more[extra].method)
        extra++;
    api->routes = must_alloc((n + extra) * sizeof(const struct api_route *));
    for (size_t i = 0; i < n; i++)
        api->routes[i] = api_route_at(i);
    for (size_t i = 0; i < extra; i++)
        api->routes[n + i] = &more[i];
    api->route_count = n + extra;
}
