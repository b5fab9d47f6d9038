/* api_report.c - figures with their definition, series, open items and cases.
 *
 * Figures by single agent are off until an administrator switches them on with
 * a reason; then everybody who may see figures sees that they are on.
 */
#include "api/api_show.h"

#include "admin/account.h"
#include "admin/department.h"
#include "admin/workspace.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/utf8.h"
#include "dialogue/message.h"
#include "insight/metric.h"

enum { USUAL_DAYS = 30, MAX_OPEN_ITEMS = 200, MAX_WORDS = 80 };

struct report {
    const struct metric *metric;
    int64_t from, until;
    struct observations set;
};

static int load(struct op *op, const struct api_call *call, struct report *ret)
{
    const struct metric *metric = metric_by_slug(call->name);

    if (!metric)
        return op_fail(op, ERR_NOT_FOUND, "there is no figure " STR_FMT,
                       STR_ARG(call->name));
    ret->metric = metric;
    ret->until = api_query_time(op, call, "to");
    if (!ret->until)
        ret->until = op->now + 1; /* what happens right now belongs to it */
    ret->from = api_query_time(op, call, "from");
    if (!ret->from)
        ret->from = ret->until - DAYS(USUAL_DAYS);
    if (ret->from >= ret->until)
        return op_fail_field_as(op, "to", "period_empty", "is not after from");
    return metric->load(op, metric, ret->from, ret->until, &ret->set);
}

static enum metric_group group_of(struct str by)
{
    static const struct {
        const char *name;
        enum metric_group group;
    } names[] = {
        { "channel", BY_CHANNEL }, { "department", BY_DEPARTMENT },
        { "agent", BY_AGENT },     { "intent", BY_INTENT },
        { "hour", BY_HOUR },       { "weekday_hour", BY_WEEKDAY_HOUR },
        { "day", BY_DAY },         { "week", BY_WEEK },
        { "month", BY_MONTH },     { "part", BY_PART },
        { "hidden", BY_HIDDEN },
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (str_is(by, names[i].name))
            return names[i].group;
    }
    return BY_NOTHING;
}

static void put_ms(struct json_writer *w, const char *key, int64_t ms)
{
    if (ms < 0)
        json_put_null(w, key);
    else
        json_put_int(w, key, ms);
}

static void put_figure(struct json_writer *w, const struct figure *f)
{
    json_put_int(w, "n", f->n);
    json_put_int(w, "hidden", f->hidden);
    if (f->has_value)
        json_put_real(w, "value", f->value);
    else
        json_put_null(w, "value");
    put_ms(w, "median_ms", f->median_ms);
    put_ms(w, "p90_ms", f->p90_ms);
    put_ms(w, "service_median_ms", f->service_median_ms);
    put_ms(w, "service_p90_ms", f->service_p90_ms);
    put_ms(w, "survival_median_ms", f->survival_median_ms);
    put_ms(w, "customer_median_ms", f->customer_median_ms);
    put_ms(w, "sum", f->sum);
    put_ms(w, "base", f->base);
}

static int put_open_items(struct op *op, struct json_writer *w,
                          const struct report *report)
{
    size_t shown = 0;
    int64_t total = 0;

    json_begin_array(w, "open_items");
    for (size_t i = 0; i < report->set.count; i++) {
        const struct observation *o = &report->set.items[i];

        if (!o->open)
            continue;
        total++;
        if (shown++ >= MAX_OPEN_ITEMS)
            continue;
        json_begin_object(w, NULL);
        json_put_id(w, "conversation_id", o->conversation_id);
        json_put_time(w, "since", o->at);
        json_put_int(w, "waiting_ms", o->wall_ms);
        json_end_object(w);
    }
    json_end_array(w);
    json_put_int(w, "open_count", total);
    (void)op;
    return 0;
}

/* What a person reads for a key: the channel's, department's, colleague's name. */
static int label_of(struct op *op, enum metric_group by, struct str key, struct str *ret)
{
    struct department department;
    struct channel channel;
    struct account account;
    int64_t id;
    int r;

    *ret = key;
    if ((by != BY_CHANNEL && by != BY_DEPARTMENT && by != BY_AGENT) ||
        !id_parse(key, &id))
        return 0;
    if (by == BY_CHANNEL) {
        r = channel_get(op, id, &channel);
        if (r == 0)
            *ret = channel.kind_name.n ? channel.kind_name : channel.name;
    } else if (by == BY_DEPARTMENT) {
        r = department_get(op, id, &department);
        if (r == 0)
            *ret = department.name;
    } else {
        r = account_get(op, id, &account);
        if (r == 0)
            *ret = account.name;
    }
    return r < 0 ? r : 0;
}

/* Figures of single people: each sees the own ones, who manages the accounts all. */
static bool may_see(const struct api_call *call, enum metric_group by, struct str key)
{
    int64_t id;

    return by != BY_AGENT || access_has(&call->who, "users") ||
           (id_parse(key, &id) && id == call->who.account_id);
}

static int put_series(struct op *op, const struct api_call *call, struct json_writer *w,
                      const struct report *report, const char *key, enum metric_group by)
{
    struct workspace workspace;
    struct group *groups;
    struct str label;
    size_t count = 0;
    int r = workspace_get(op, &workspace);

    if (r >= 0 && by != BY_NOTHING)
        r = metric_groups(op, &report->set, by, workspace.time_zone, &groups, &count);
    if (r < 0)
        return r;
    json_begin_array(w, key);
    for (size_t i = 0; i < count; i++) {
        struct figure f = metric_figure(op, report->metric, &groups[i].set);

        if (!may_see(call, by, groups[i].key))
            continue;
        r = label_of(op, by, groups[i].key, &label);
        if (r < 0)
            return r;
        json_begin_object(w, NULL);
        json_put_text(w, "key", groups[i].key);
        json_put_text(w, "label", label);
        put_figure(w, &f);
        json_end_object(w);
    }
    json_end_array(w);
    return 0;
}

static int check_by_agent(struct op *op, enum metric_group by)
{
    struct workspace workspace;
    int r;

    if (by != BY_AGENT)
        return 0;
    r = workspace_get(op, &workspace);
    if (r < 0)
        return r;
    if (!workspace.figures_by_agent)
        return op_fail_as(op, ERR_DENIED, "figures_by_agent_off",
                          "figures by single agent are off; an administrator can switch "
                          "them on with a reason");
    return 0;
}

/* The cases of one mark of a series alone: `by` and its `key`. */
static int load_cases(struct op *op, const struct api_call *call, struct report *ret)
{
    enum metric_group by = group_of(api_query(op, call, "by"));
    struct str key = api_query(op, call, "key");
    struct workspace workspace;
    int r = check_by_agent(op, by);

    if (r >= 0 && key.n && !may_see(call, by, key))
        r = op_fail_as(
            op, ERR_DENIED, "right_missing",
            "the cases of a single colleague need the right users, unless they "
            "are your own");
    if (r >= 0)
        r = load(op, call, ret);
    if (r < 0 || by == BY_NOTHING || key.n == 0)
        return r;
    r = workspace_get(op, &workspace);
    if (r < 0)
        return r;
    return metric_narrow(op, &ret->set, by, str_is(key, "none") ? STR("") : key,
                         workspace.time_zone);
}

static size_t language_of(const struct api_call *call)
{
    return str_is(call->who.language, "en") ? 1 : 0;
}

static void put_head(struct json_writer *w, const struct api_call *call,
                     const struct metric *metric)
{
    size_t language = language_of(call);

    json_put_c(w, "metric", metric->slug);
    json_put_c(w, "unit", metric->unit);
    json_put_c(w, "title", metric->title[language]);
    json_put_c(w, "definition", metric->definition[language]);
}

static int report_show(struct op *op, struct api_call *call, struct http_answer *ret)
{
    enum metric_group by = group_of(api_query(op, call, "by")), part = BY_NOTHING;
    struct json_writer w = JSON_WRITER(op->arena);
    struct report report;
    struct figure figure;
    int r = check_by_agent(op, by);

    if (r >= 0)
        r = load(op, call, &report);
    if (r < 0)
        return r;
    figure = metric_figure(op, report.metric, &report.set);
    if (report.set.count && report.set.items[0].part.n)
        part = BY_PART; /* the classes are the series that nobody had to ask for */
    json_begin_object(&w, NULL);
    put_head(&w, call, report.metric);
    json_put_time(&w, "from", report.from);
    json_put_time(&w, "to", report.until);
    put_figure(&w, &figure);
    json_put_bool(&w, "no_data", !figure.has_value);
    json_put_int(&w, "pending", report.set.pending);
    json_put_int(&w, "received", report.set.received);
    r = put_open_items(op, &w, &report);
    if (r >= 0)
        r = put_series(op, call, &w, &report, "series", by == BY_NOTHING ? part : by);
    if (r >= 0)
        r = put_series(op, call, &w, &report, "parts", part);
    if (r < 0)
        return r;
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* By which a post of ours is known again; empty: it is another kind of case. */
static int words_of(struct op *op, const struct observation *o, struct str *ret)
{
    struct message msg = { .id = 0 };
    struct str body, rest;
    int r;

    *ret = STR("");
    if (!o->thread_id)
        return 0;
    r = message_get(op, o->message_id, &msg);
    if (r == 0)
        r = message_body(op, msg.id, msg.version, &body);
    if (r == 0)
        *ret = utf8_cut(str_trim(str_cut(str_trim(body), '\n', &rest)), MAX_WORDS);
    return r < 0 ? r : 0;
}

static int put_case(struct show *s, const struct observation *o)
{
    struct person person = { .id = 0 };
    struct json_writer *w = s->w;
    struct str words;
    int r = words_of(s->op, o, &words);

    if (r >= 0 && o->person_id)
        r = person_get(s->op, o->person_id, &person);
    if (r < 0)
        return r;
    json_begin_object(w, NULL);
    json_put_id(w, "conversation_id", o->conversation_id);
    json_put_id(w, "message_id", o->message_id);
    json_put_id(w, "person_id", o->person_id);
    json_put_text(w, "person_name", person.name);
    json_put_id(w, "channel_id", o->channel_id);
    r = show_channel(s, o->channel_id);
    if (r >= 0)
        r = show_department(s, "department", o->department_id);
    json_put_id(w, "department_id", o->department_id);
    json_put_time(w, "at", o->at);
    put_ms(w, "wall_ms", o->wall_ms);
    put_ms(w, "service_ms", o->service_ms);
    put_ms(w, "customer_ms", o->customer_ms);
    put_ms(w, "number", o->number);
    put_ms(w, "reach", o->reach);
    json_put_id(w, "thread_id", o->thread_id);
    json_put_text(w, "words", words);
    json_put_text(w, "intent", o->intent);
    json_put_text(w, "part", o->part);
    json_put_bool(w, "hidden", o->hidden);
    json_put_bool(w, "counts", o->hit);
    json_put_bool(w, "open", o->open);
    json_end_object(w);
    return r;
}

static int report_cases(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct show s = show_begin(op, &w);
    struct str next = STR("");
    struct report report;
    int64_t start, unused;
    size_t end;
    int r = cursor_parse(op, call->cursor, &start, &unused);

    if (r >= 0 && start < 0)
        r = op_fail_field_as(op, "cursor", "cursor", "is none that this list gave");
    if (r >= 0)
        r = load_cases(op, call, &report);
    if (r < 0)
        return r;
    end = (size_t)start + (size_t)call->limit;
    if (end < report.set.count)
        next = cursor_format(op, (int64_t)end, 0);
    json_begin_object(&w, NULL);
    json_put_int(&w, "count", (int64_t)report.set.count);
    json_begin_array(&w, "items");
    for (size_t i = (size_t)start; r >= 0 && i < end && i < report.set.count; i++)
        r = put_case(&s, &report.set.items[i]);
    if (r < 0)
        return r;
    api_end_list(op, &w, next);
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

/* Would a spreadsheet take the text for a formula? Wide signs count in some (OWASP,
 * CSV injection). */
static bool is_formula(struct str value)
{
    static const char *const signs[] = { "=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠" };

    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_starts(value, str_of(signs[i])))
            return true;
    return false;
}

/* One cell: quoted; what looks like a formula gets an apostrophe before it. */
static void put_cell(struct strbuf *b, struct str value, bool last)
{
    strbuf_char(b, '"');
    if (is_formula(value))
        strbuf_char(b, '\'');
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '"')
            strbuf_char(b, '"');
        strbuf_char(b, value.p[i]);
    }
    strbuf_add(b, last ? STR("\"\r\n") : STR("\","));
}

static void put_number_cell(struct op *op, struct strbuf *b, int64_t number)
{
    put_cell(b, number < 0 ? STR("") : arena_fmt(op->arena, "%lld", (long long)number),
             false);
}

static int put_csv_row(struct op *op, struct strbuf *b, const struct observation *o)
{
    struct channel channel = { .id = 0 };
    struct person person = { .id = 0 };
    int r = 0;

    if (o->person_id)
        r = person_get(op, o->person_id, &person);
    if (r >= 0)
        r = channel_get(op, o->channel_id, &channel);
    if (r < 0)
        return r;
    put_cell(b, time_format(op->arena, o->at), false);
    put_number_cell(op, b, o->conversation_id);
    put_cell(b, person.name, false);
    put_cell(b, channel.name, false);
    put_number_cell(op, b, o->wall_ms);
    put_number_cell(op, b, o->service_ms);
    put_cell(b, o->intent, false);
    put_cell(b, o->part, false);
    put_number_cell(op, b, o->number);
    put_number_cell(op, b, o->reach);
    put_cell(b, o->hit ? STR("1") : STR("0"), false);
    put_cell(b, o->open ? STR("1") : STR("0"), true);
    return 0;
}

static int report_csv(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct strbuf b = STRBUF(op->arena);
    struct report report;
    int r = load_cases(op, call, &report);

    if (r < 0)
        return r;
    strbuf_add(&b, STR("\xEF\xBB\xBF" /* so that spreadsheets take it for UTF-8 */
                       "at,conversation_id,person,channel,wall_ms,service_ms,intent,"
                       "part,number,reach,counts,open\r\n"));
    for (size_t i = 0; r >= 0 && i < report.set.count; i++)
        r = put_csv_row(op, &b, &report.set.items[i]);
    if (r < 0)
        return r;
    ret->status = 200;
    ret->content_type = "text/csv; charset=utf-8";
    http_add(
        op->arena, &ret->headers, STR("Content-Disposition"),
        arena_fmt(op->arena, "attachment; filename=\"%s.csv\"", report.metric->slug));
    ret->body = strbuf_str(&b);
    return 0;
}

static int report_index(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (const struct metric *m = metrics; m->slug; m++) {
        json_begin_object(&w, NULL);
        put_head(&w, call, m);
        json_end_object(&w);
    }
    api_end_list(op, &w, STR(""));
    json_end_object(&w);
    return api_answer(ret, 200, &w);
}

#define PERIOD_FIELDS                                                                    \
    { .name = "from",                                                                    \
      .type = API_TIME,                                                                  \
      .help = "from this instant on; 30 days before to" },                               \
        { .name = "to", .type = API_TIME, .help = "before this instant; now" },          \
    {                                                                                    \
        .name = "by", .type = API_CHOICE,                                                \
        .choices = "channel|department|agent|intent|hour|weekday_hour|day|week|month|"   \
                   "part|hidden"                                                         \
    }

static const struct api_field report_query[] = { PERIOD_FIELDS, { NULL } };

static const struct api_field cases_query[] = {
    PERIOD_FIELDS,
    { .name = "key",
      .type = API_TEXT,
      .max = 80,
      .help = "of a series by `by`: its cases alone; none for the empty key" },
    { NULL },
};

const struct api_route api_report_routes[] = {
    {
        .method = "GET",
        .pattern = "/api/v1/reports",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "report",
        .summary = "List the figures with their definitions.",
        .handle = report_index,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/reports/{text:metric}",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "report",
        .summary = "Show one figure of a period.",
        .query = report_query,
        .handle = report_show,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/reports/{text:metric}/cases",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "report",
        .summary = "List the cases behind a figure.",
        .query = cases_query,
        .handle = report_cases,
    },
    {
        .method = "GET",
        .pattern = "/api/v1/reports/{text:metric}/cases.csv",
        .mode = API_READ,
        .access = API_RIGHT,
        .right = "report",
        .summary = "The cases as a table.",
        .produces = "text/csv",
        .query = cases_query,
        .handle = report_csv,
    },
    { NULL },
};
