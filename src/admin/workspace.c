/* workspace.c - the organisation that everything belongs to, and its settings. */
#include "admin/workspace.h"

#include "admin/role.h"
#include "admin/stmt.h"
#include "base/ids.h"
#include "base/zone.h"

static const struct column columns[] = {
    COLUMN(workspace, id, COLUMN_ID),
    COLUMN(workspace, slug, COLUMN_TEXT),
    COLUMN_WORDS(workspace, name),
    COLUMN(workspace, language, COLUMN_TEXT),
    COLUMN(workspace, time_zone, COLUMN_TEXT),
    COLUMN(workspace, limit_incomplete_channels, COLUMN_BOOL),
    COLUMN(workspace, figures_by_agent, COLUMN_BOOL),
    COLUMN_WORDS(workspace, figures_by_agent_reason),
    COLUMN(workspace, default_target_ms, COLUMN_INT),
    COLUMN(workspace, check_back_days, COLUMN_INT),
    COLUMN(workspace, created_at, COLUMN_TIME),
    COLUMN(workspace, is_demo, COLUMN_BOOL),
    { NULL },
};

const struct record workspace_record = {
    .table = "workspace",
    .columns = columns,
    .size = sizeof(struct workspace),
    .get = &SQL_WORKSPACE_GET,
    .add = &SQL_WORKSPACE_ADD,
    .set = &SQL_WORKSPACE_SET,
};

static bool is_slug(struct str slug)
{
    if (slug.n == 0 || slug.n > 63)
        return false;
    for (size_t i = 0; i < slug.n; i++) {
        char c = slug.p[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-')
            return false;
    }
    return true;
}

static int check(struct op *op, const struct workspace *workspace)
{
    int r = 0;

    if (!is_slug(workspace->slug))
        r = op_fail_field_as(op, "slug", "not_a_slug",
                             "needs 1 to 63 small letters, digits or hyphens");
    if (!str_is(workspace->language, "de") && !str_is(workspace->language, "en"))
        r = op_fail_field_as(op, "language", "not_a_choice", "must be de or en");
    if (!zone_exists(workspace->time_zone))
        r = op_fail_field_as(op, "time_zone", "unknown",
                             "is no time zone such as Europe/Berlin");
    if (workspace->figures_by_agent &&
        str_trim(workspace->figures_by_agent_reason).n == 0)
        r = op_fail_field_as(op, "figures_by_agent_reason", "required",
                             "must say why figures by single agent are switched on");
    if (workspace->default_target_ms < MINUTES(1) ||
        workspace->default_target_ms > DAYS(30))
        r = op_fail_field_as(op, "default_target_ms", "out_of_range",
                             "must be a minute to 30 days");
    if (workspace->check_back_days < 1 || workspace->check_back_days > 365)
        r = op_out_of_range(op, "check_back_days", 1, 365);
    return r;
}

static void fill(struct op *op, struct workspace *workspace)
{
    if (workspace->slug.n == 0)
        workspace->slug = STR("default");
    if (workspace->language.n == 0)
        workspace->language = STR("de");
    if (workspace->time_zone.n == 0)
        workspace->time_zone = STR("Europe/Berlin");
    if (workspace->default_target_ms == 0)
        workspace->default_target_ms = HOURS(1);
    if (workspace->check_back_days == 0)
        workspace->check_back_days = 7;
    workspace->created_at = op->now;
}

int workspace_create(struct op *op, struct workspace *workspace)
{
    struct event event = { .kind = "workspace.created" };
    struct workspace made = *workspace;
    int64_t taken;
    int r;

    fill(op, &made);
    r = check(op, &made);
    if (r < 0)
        return r;
    r = workspace_by_slug(op, made.slug, &taken);
    if (r < 0)
        return r;
    if (r != WORKSPACE_NONE)
        return op_fail_as(op, ERR_CONFLICT, "name_taken",
                          "there is a workspace " STR_FMT " already", STR_ARG(made.slug));

    made.id = id_next(op);
    op->workspace = made.id;
    event.subject_id = made.id;
    r = record_insert(op, &workspace_record, &made, &event);
    if (r == 0)
        r = role_add_usual(op, made.language);
    if (r == 0)
        *workspace = made;
    return r;
}

int workspace_get(struct op *op, struct workspace *ret)
{
    int r = record_get(op, &workspace_record, op->workspace, ret);

    if (r == RECORD_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no workspace %lld",
                       (long long)op->workspace);
    return r;
}

int workspace_update(struct op *op, const struct workspace *old,
                     const struct workspace *now)
{
    struct event event = { .kind = "workspace.updated", .subject_id = now->id };
    int r = check(op, now);

    if (r < 0)
        return r;
    return record_update(op, &workspace_record, old, now, &event);
}

int workspace_by_slug(struct op *op, struct str slug, int64_t *ret)
{
    int r = db_number(op, ret, &SQL_WORKSPACE_BY_SLUG, ARG_TEXT(slug));

    return r == DB_NO_ROW ? WORKSPACE_NONE : r;
}

int workspace_next(struct op *op, int64_t after, int64_t *ret)
{
    int r = db_number(op, ret, &SQL_WORKSPACE_NEXT, ARG_INT(after));

    return r == DB_NO_ROW ? WORKSPACE_NONE : r;
}
