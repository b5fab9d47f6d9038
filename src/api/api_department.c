/* api_department.c - departments and their weekly hours. */
#include "api/api.h"

#include "admin/department.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/zone.h"
#include "desk/hours.h"

static void put_clock(struct op *op, struct json_writer *w, const char *key, int minutes)
{
    /* Over midnight: 06:00 of the next day, which is before `from`. */
    int m = minutes > 1440 ? minutes - 1440 : minutes;

    json_put_text(w, key, arena_fmt(op->arena, "%02d:%02d", m / 60, m % 60));
}

static int put_hours(struct op *op, struct json_writer *w, const char *key,
                     const struct hours *hours)
{
    struct civil day;
    int r = zone_local(op, hours->time_zone, hours->valid_from_at, &day);

    if (r < 0)
        return r;
    json_begin_object(w, key);
    json_put_id(w, "id", hours->id);
    json_put_text(w, "valid_from",
                  arena_fmt(op->arena, "%04d-%02d-%02d", day.year, day.month, day.day));
    json_put_text(w, "time_zone", hours->time_zone);
    json_begin_array(w, "slots");
    for (size_t i = 0; i < hours->slot_count; i++) {
        json_begin_object(w, NULL);
        json_put_int(w, "weekday", hours->slots[i].weekday);
        put_clock(op, w, "from", hours->slots[i].from);
        put_clock(op, w, "until", hours->slots[i].until);
        json_end_object(w);
    }
    json_end_array(w);
    json_begin_array(w, "holidays");
    for (size_t i = 0; i < hours->holiday_count; i++)
        json_put_text(w, NULL, hours->holidays[i]);
    json_end_array(w);
    json_end_object(w);
    return 0;
}

static int put_planned(struct op *op, struct json_writer *w, int64_t department_id)
{
    struct hours *planned;
    size_t count;
    int r = hours_planned(op, department_id, &planned, &count);

    if (r < 0)
        return r;
    json_begin_array(w, "planned_hours");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = put_hours(op, w, NULL, &planned[i]);
    json_end_array(w);
    return r;
}

static int put_department(struct op *op, struct json_writer *w,
                          const struct department *department)
{
    struct hours hours;
    int r = hours_get(op, department->id, op->now, &hours);

    if (r < 0)
        return r;
    json_begin_object(w, NULL);
    json_put_id(w, "id", department->id);
    json_put_text(w, "name", department->name);
    if (r == HOURS_NONE)
        json_put_null(w, "hours");
    else
        r = put_hours(op, w, "hours", &hours);
    if (r >= 0)
        r = put_planned(op, w, department->id);
    if (r < 0)
        return r;
    json_put_time(w, "created_at", department->created_at);
    json_put_time(w, "retired_at", department->retired_at);
    json_end_object(w);
    return 0;
}

static int department_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct department *list;
    struct page page;
    size_t n;
    int r = page_read(op, call, &page);

    if (r >= 0)
        r = department_list(op, page.id, page.ask, &list, &n);
    if (r < 0)
        return r;
    page_open(&page, &w, &n);
    for (size_t i = 0; i < n; i++) {
        r = put_department(op, &w, &list[i]);
        if (r < 0)
            return r;
        page_at(&page, 0, list[i].id);
    }
    page_close(&page, &w);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

static int answer(struct op *op, int status, const struct department *department,
                  struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    int r = put_department(op, &w, department);

    return r < 0 ? r : api_answer(ret, status, &w);
}

static int find(struct op *op, const struct api_call *call, struct department *ret)
{
    int r = department_get(op, call->id, ret);

    if (r == DEPARTMENT_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no department %lld",
                       (long long)call->id);
    return r;
}

static int department_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct department department;
    int r = find(op, call, &department);

    return r < 0 ? r : answer(op, 200, &department, ret);
}

/* "08:30", and "24:00" for the end of the day. */
static bool read_clock(struct str text, int *ret)
{
    struct str minutes, hours = str_cut(text, ':', &minutes);
    uint64_t h, m;

    if (hours.n != 2 || minutes.n != 2 || !str_to_u64(hours, &h) ||
        !str_to_u64(minutes, &m) || m > 59 || h * 60 + m > 1440)
        return false;
    *ret = (int)(h * 60 + m);
    return true;
}

static int read_slot(struct op *op, const struct json *value, struct hours_slot *ret)
{
    int64_t weekday = json_int(value, "weekday", -1);

    if (weekday < 0 || weekday > 6)
        return op_fail_field_as(op, "hours.slots", "not_a_span",
                                "needs weekday 0 (Monday) to 6");
    if (!read_clock(json_text(value, "from"), &ret->from) ||
        !read_clock(json_text(value, "until"), &ret->until))
        return op_fail_field_as(op, "hours.slots", "not_a_span",
                                "needs from and until such as 08:00");
    ret->weekday = (int)weekday;
    if (ret->until <= ret->from)
        ret->until += 1440;
    return 0;
}

static int read_slots(struct op *op, const struct json *list, struct hours *ret)
{
    if (!list || list->type != JSON_ARRAY)
        return op_fail_field_as(op, "hours.slots", "wrong_type", "must be a list");
    if (list->count > HOURS_MAX_SLOTS)
        return op_too_many(op, "hours.slots", HOURS_MAX_SLOTS);
    ret->slots = arena_new(op->arena, struct hours_slot, list->count + 1);
    for (size_t i = 0; i < list->count; i++) {
        int r = read_slot(op, &list->items[i], &ret->slots[i]);
        if (r < 0)
            return r;
    }
    ret->slot_count = list->count;
    return 0;
}

static int read_holidays(struct op *op, const struct json *list, struct hours *ret)
{
    if (!list)
        return 0;
    if (list->type != JSON_ARRAY)
        return op_fail_field_as(op, "hours.holidays", "wrong_type", "must be a list");
    if (list->count > HOURS_MAX_HOLIDAYS)
        return op_too_many(op, "hours.holidays", HOURS_MAX_HOLIDAYS);
    ret->holidays = arena_new(op->arena, struct str, list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        ret->holidays[i] = list->items[i].text;
    ret->holiday_count = list->count;
    return 0;
}

/* A day begins at its midnight there; today is now. */
static int read_valid_from(struct op *op, struct str day, struct hours *ret)
{
    struct civil today, midnight = { 0 };
    int64_t at;
    int r;

    if (!day.n)
        return 0;
    if (day.n != 10 ||
        !time_parse(arena_fmt(op->arena, STR_FMT "T00:00:00Z", STR_ARG(day)), &at))
        return op_fail_field_as(op, "hours.valid_from", "not_a_date",
                                "is no date like 2026-12-25");
    r = zone_local(op, STR("UTC"), at, &midnight);
    if (r >= 0)
        r = zone_local(op, ret->time_zone, op->now, &today);
    if (r < 0)
        return r;
    if (midnight.year == today.year && midnight.month == today.month &&
        midnight.day == today.day)
        return 0;
    return zone_instant(op, ret->time_zone, &midnight, &ret->valid_from_at);
}

static int put_new_hours(struct op *op, const struct api_call *call,
                         int64_t department_id)
{
    const struct json *value = json_get(call->body, "hours");
    struct hours hours = { .department_id = department_id };
    int r;

    if (!value || value->type != JSON_OBJECT)
        return 0;
    hours.time_zone = json_text(value, "time_zone");
    if (!zone_exists(hours.time_zone))
        return op_fail_field_as(op, "hours.time_zone", "unknown", "is no time zone");
    r = read_valid_from(op, json_text(value, "valid_from"), &hours);
    if (r == 0)
        r = read_slots(op, json_get(value, "slots"), &hours);
    if (r == 0)
        r = read_holidays(op, json_get(value, "holidays"), &hours);
    return r < 0 ? r : hours_put(op, &hours);
}

static int drop_planned(struct op *op, const struct api_call *call, int64_t department_id)
{
    int64_t id = api_id(call, "drop_planned");
    int r = id ? hours_drop(op, department_id, id) : 0;

    return r == HOURS_NONE ? op_fail_field_as(op, "drop_planned", "unknown",
                                              "names no hours that are still to come")
                           : r;
}

static int department_create(struct op *op, struct api_call *call,
                             struct http_answer *ret)
{
    struct department department = { .name = api_text(call, "name") };
    int r = department_add(op, &department);

    if (r == 0)
        r = put_new_hours(op, call, department.id);
    return r < 0 ? r : answer(op, 201, &department, ret);
}

static int department_change(struct op *op, struct api_call *call,
                             struct http_answer *ret)
{
    struct department old, now;
    int r = find(op, call, &old);

    if (r < 0)
        return r;
    now = old;
    if (api_has(call, "name"))
        now.name = str_trim(api_text(call, "name"));
    if (api_has(call, "retired"))
        now.retired_at = !api_bool(call, "retired", false) ? 0
                         : old.retired_at                  ? old.retired_at
                                                           : op->now;
    r = department_update(op, &old, &now);
    if (r == 0)
        r = drop_planned(op, call, now.id);
    if (r == 0)
        r = put_new_hours(op, call, now.id);
    return r < 0 ? r : answer(op, 200, &now, ret);
}

static const struct api_field create_fields[] = {
    { "name", API_TEXT, .required = true, .min = 1 },
    { "hours", API_OBJECT,
      .help = "{time_zone, slots: [{weekday, from, until}], "
              "holidays: [date], valid_from: date}" },
    { NULL },
};
static const struct api_field change_fields[] = {
    { "name", API_TEXT, .min = 1 },
    { "hours", API_OBJECT,
      .help = "Valid from now on, or from the day valid_from; the past keeps the old "
              "ones." },
    { "drop_planned", API_ID, .help = "The id of planned hours that shall not come." },
    { "retired", API_BOOL },
    { NULL },
};

const struct api_route api_department_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/departments",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "List the departments.",
        .handle = department_index,
    },
    {
        .method = "POST",
        .pattern = "/api/v1/departments",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "settings",
        .creates = true,
        .summary = "Add a department.",
        .fields = create_fields,
        .handle = department_create,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/departments/{id}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "read",
        .summary = "Show a department.",
        .handle = department_show,
    },
    {
        .method = "PATCH",
        .pattern = "/api/v1/departments/{id}",
        .mode = API_WRITE,
        .access = API_RIGHT,
        .right = "settings",
        .summary = "Rename a department, set its hours, retire it.",
        .fields = change_fields,
        .handle = department_change,
    },
    { NULL },
};
