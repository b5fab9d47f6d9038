/* fuzz_route.c - a path leads to one route at most, whose names are filled. Input: a
 * method, a blank, a path. */
#include "fuzz.h"

#include "api/api_parts.h"
#include "base/utf8.h"

static struct api_server *routes(void)
{
    static struct api_server api;

    if (!api.route_count)
        api_routes_collect(&api);
    return &api;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct str path, method = str_cut(INPUT, ' ', &path);
    struct api_call call = { 0 };
    int r = api_route_find(routes(), &arena, method, path, &call);
    struct str methods = api_route_methods(routes(), &arena, path);

    PROMISE(r == 0 || r == API_NO_PATH || r == API_NO_METHOD);
    PROMISE(r != API_NO_METHOD || methods.n > 0);
    if (r)
        return 0;
    PROMISE(call.route && str_find(methods, str_of(call.route->method)) >= 0);
    PROMISE(call.id >= 0 && call.id2 >= 0 && utf8_is_valid(call.name));
    PROMISE((str_find(str_of(call.route->pattern), STR("{text:")) >= 0) ==
            (call.name.n > 0));
    return 0;
}
