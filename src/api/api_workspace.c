/* api_workspace.c - the settings of the workspace. */
#include "api/api.h"

#include "admin/workspace.h"

static int answer(struct op *op, const struct workspace *workspace,
                  struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_id(&w, "id", workspace->id);
    json_put_text(&w, "slug", workspace->slug);
    json_put_text(&w, "name", workspace->name);
    json_put_text(&w, "language", workspace->language);
    json_put_text(&w, "time_zone", workspace->time_zone);
    json_put_bool(&w, "limit_incomplete_channels",
                  workspace->limit_incomplete_channels != 0);
    json_put_int(&w, "default_target_ms", workspace->default_target_ms);
    json_put_int(&w, "check_back_days", workspace->check_back_days);
    json_put_bool(&w, "figures_by_agent", workspace->figures_by_agent != 0);
    json_put_text(&w, "figures_by_agent_reason", workspace->figures_by_agent_reason);
    json_put_bool(&w, "demo", workspace->is_demo != 0);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int workspace_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct workspace workspace;
    int r = workspace_get(op, &workspace);

    (void)call;
    return r < 0 ? r : answer(op, &workspace, ret);
}

static void take_text(const struct api_call *call, const char *field, struct str *value)
{
    if (api_has(call, field))
        *value = api_text(call, field);
}

static int workspace_change(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct workspace old, now;
    int r = workspace_get(op, &old);

    if (r < 0)
        return r;
    now = old;
    take_text(call, "name", &now.name);
    take_text(call, "language", &now.language);
    take_text(call, "time_zone", &now.time_zone);
    take_text(call, "figures_by_agent_reason", &now.figures_by_agent_reason);
    now.limit_incomplete_channels =
        api_bool(call, "limit_incomplete_channels", old.limit_incomplete_channels != 0);
    now.figures_by_agent = api_bool(call, "figures_by_agent", old.figures_by_agent != 0);
    now.default_target_ms = api_int(call, "default_target_ms", old.default_target_ms);
    now.check_back_days = api_int(call, "check_back_days", old.check_back_days);
    /* Watching single people is for administrators to decide, and to explain. */
    if (now.figures_by_agent && !old.figures_by_agent)
        r = api_need_right(op, call, "users");
    if (r == 0)
        r = workspace_update(op, &old, &now);
    return r < 0 ? r : answer(op, &now, ret);
}

static const struct api_field change_fields[] = {
    { "name", API_TEXT, .min = 1 },
    { "language", API_CHOICE, .choices = "de|en" },
    { "time_zone", API_TEXT, .min = 1, .help = "IANA name." },
    { "limit_incomplete_channels", API_BOOL,
      .help = "A channel without owner, hours or purpose only listens." },
    { "default_target_ms", API_INT, .min = 60000, .max = 2592000000,
      .help = "To the first reaction." },
    { "check_back_days", API_INT, .min = 1, .max = 365 },
    { "figures_by_agent", API_BOOL, .help = "Needs the right users, and a reason." },
    { "figures_by_agent_reason", API_TEXT, .max = 1000 },
    { NULL },
};

const struct api_route api_workspace_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/workspace",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show the settings.",
        .handle = workspace_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/workspace",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "settings",
        .summary = "Change the settings.",
        .fields = change_fields,
        .handle = workspace_change,
    },
    { NULL },
};
