/* cmd_misc.c - draht config, routes. */
#include "cmd/command.h"

#include "api/api.h"

static int config(struct op *op, struct call *call)
{
    size_t count;
    struct conf_line *lines = conf_describe(op->arena, call->conf, &count);

    if (call->json)
        json_begin_array(call->out, "items");
    for (size_t i = 0; i < count; i++) {
        if (!call->json) {
            printf("%s = " STR_FMT "    (" STR_FMT ")\n    %s\n", lines[i].name,
                   STR_ARG(lines[i].value), STR_ARG(lines[i].origin), lines[i].help);
            continue;
        }
        json_begin_object(call->out, NULL);
        json_put_c(call->out, "name", lines[i].name);
        json_put_text(call->out, "value", lines[i].value);
        json_put_text(call->out, "origin", lines[i].origin);
        json_put_c(call->out, "help", lines[i].help);
        json_end_object(call->out);
    }
    if (call->json)
        json_end_array(call->out);
    return 0;
}

static const char *access_name(const struct api_route *route)
{
    if (route->access == API_ANYBODY)
        return "anybody";
    return route->access == API_LOGGED_IN ? "logged_in" : route->right;
}

static int routes(struct op *op, struct call *call)
{
    const struct api_route *route;

    (void)op;
    if (call->json)
        json_begin_array(call->out, "items");
    for (size_t i = 0; (route = api_route_at(i)); i++) {
        if (!call->json) {
            printf("%s\t%s\t%s\n", route->method, route->pattern, access_name(route));
            continue;
        }
        json_begin_object(call->out, NULL);
        json_put_c(call->out, "method", route->method);
        json_put_c(call->out, "pattern", route->pattern);
        json_put_c(call->out, "access", access_name(route));
        json_end_object(call->out);
    }
    if (call->json)
        json_end_array(call->out);
    return 0;
}

const struct command command_config = {
    .name = "config",
    .usage = "",
    .help = "List the settings, where each comes from and what it means.",
    .options = "",
    .flags = "",
    .store = COMMAND_NO_STORE,
    .run = config,
};

const struct command command_routes = {
    .name = "routes",
    .usage = "",
    .help = "List the routes of the HTTP interface and who may call them.",
    .options = "",
    .flags = "",
    .store = COMMAND_NO_STORE,
    .run = routes,
};
