/* figures_page.c - /transparency: how well we answer, for everybody to see.
 *
 * The figures are those of the reports, with the same definitions. They are worked out
 * once an hour at most, by one process, whoever asks how often: a public address must not
 * be a way to keep the database busy. Who asks meanwhile gets the old ones, with their
 * time, or where there are none yet a short page that says so. "No data" is said so, it
 * is not 0.
 */
#include "page/pages.h"

#include "base/json.h"
#include "db/store.h"
#include "dialogue/moderation.h"
#include "insight/metric.h"
#include "page/stmt.h"

#define FRESH_MS HOURS(1)
#define AGAIN_S  5          /* somebody else counts for the first time */
#define TURN_MS  MINUTES(1) /* then whoever was to work them out has not come back */

enum { PERIOD_DAYS = 30 };

static const char *const slugs[] = { "reaction_time", "answer_quota", "solved_for_good",
                                     "books_balance" };

struct figures {
    const struct page_ask *ask;
    struct sheet page;
    struct str body; /* JSON as it is kept; empty: never worked out */
    int64_t made_at;
    bool is_there, is_fresh, is_turn;
};

static int read_cache(struct op *op, struct figures *f)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_PAGE_CACHE_GET, ARG_WS, ARG_TEXT(STR("figures")));

    if (r == 0)
        r = db_next(op, rows);
    if (r > 0) {
        f->body = db_text(op, rows, 0);
        f->made_at = db_int(rows, 1);
        f->is_fresh = op->now - f->made_at < FRESH_MS;
    }
    return r < 0 ? r : 0;
}

/* The first who comes when they are too old: the others see the old ones. */
static int take_turn(struct op *op, void *ctx)
{
    struct figures *f = ctx;
    int64_t taken;
    int r =
        db_change(op, &taken, &SQL_PAGE_CACHE_TURN, ARG_WS, ARG_TEXT(STR("figures turn")),
                  ARG_INT(op->now), ARG_INT(op->now - TURN_MS));

    f->is_turn = r == 0 && taken;
    return r;
}

/* Who still waits. */
static int64_t open_in(const struct observations *set)
{
    int64_t open = 0;

    for (size_t i = 0; i < set->count; i++)
        open += set->items[i].open;
    return open;
}

static int put_metric(struct op *op, struct json_writer *w, const char *slug)
{
    const struct metric *metric = metric_by_slug(str_of(slug));
    struct observations set = { 0 };
    struct figure figure;
    int r = metric->load(op, metric, op->now + 1 - DAYS(PERIOD_DAYS), op->now + 1, &set);

    if (r < 0)
        return r;
    figure = metric_figure(op, metric, &set);
    json_begin_object(w, NULL);
    json_put_c(w, "slug", slug);
    json_put_int(w, "n", figure.n);
    json_put_int(w, "open", open_in(&set));
    if (figure.n && figure.has_value)
        json_put_real(w, "value", figure.value);
    json_put_int(w, "median_ms", figure.n ? figure.median_ms : -1);
    json_put_int(w, "p90_ms", figure.n ? figure.p90_ms : -1);
    json_end_object(w);
    return 0;
}

static int put_hidden(struct op *op, struct json_writer *w)
{
    struct moderation_sum *sums;
    size_t count;
    int r = moderation_sums(op, op->now - DAYS(PERIOD_DAYS), &sums, &count);

    json_begin_array(w, "hidden");
    for (size_t i = 0; r == 0 && i < count; i++) {
        json_begin_object(w, NULL);
        json_put_text(w, "reason", sums[i].reason);
        json_put_int(w, "n", sums[i].number);
        json_end_object(w);
    }
    json_end_array(w);
    return r;
}

static int work_out(struct op *op, struct figures *f)
{
    struct json_writer w = JSON_WRITER(op->arena);
    int r = 0;

    json_begin_object(&w, NULL);
    json_begin_array(&w, "items");
    for (size_t i = 0; r == 0 && i < COUNT_OF(slugs); i++)
        r = put_metric(op, &w, slugs[i]);
    json_end_array(&w);
    if (r == 0)
        r = put_hidden(op, &w);
    json_end_object(&w);
    if (r < 0)
        return r;
    f->body = json_done(&w);
    f->made_at = op->now;
    return 0;
}

static int load(struct op *op, void *ctx)
{
    struct figures *f = ctx;
    int r = sheet_workspace(op, f->ask->name);

    if (r == 0)
        r = sheet_open(op, f->ask, &f->page);
    if (r != 0)
        return r < 0 ? r : 0;
    f->is_there = f->page.site.transparency != 0;
    f->page.report_as = "transparency";
    return f->is_there ? read_cache(op, f) : 0;
}

static int compute(struct op *op, void *ctx)
{
    return work_out(op, ctx);
}

static int keep(struct op *op, void *ctx)
{
    struct figures *f = ctx;

    return db_run(op, &SQL_PAGE_CACHE_PUT, ARG_WS, ARG_TEXT(STR("figures")),
                  ARG_TEXT(f->body), ARG_INT(f->made_at));
}

/* "97,5 %" */
static struct str percent(struct sheet *page, double value)
{
    int64_t tenths = (int64_t)(value * 1000 + 0.5);

    return arena_fmt(page->op->arena, "%lld%c%lld %%", (long long)(tenths / 10),
                     page->language == GERMAN ? ',' : '.', (long long)(tenths % 10));
}

static void put_fact(struct sheet *page, enum word word, int64_t ms)
{
    if (ms < 0)
        return;
    html_put(&page->html, "<dt>");
    sheet_say(page, word);
    html_put(&page->html, "</dt>\n<dd>");
    html_text(&page->html, sheet_duration(page, ms));
    html_put(&page->html, "</dd>\n");
}

/* "aus 12 Fällen, 2 warten noch" */
static void put_cases(struct sheet *page, const struct json *item)
{
    int64_t n = json_int(item, "n", 0), open = json_int(item, "open", 0);

    if (n == 1)
        sheet_say(page, W_FIGURES_CASE);
    else
        sheet_say_count(page, W_FIGURES_CASES, n);
    if (open == 0)
        return;
    html_put(&page->html, ", ");
    sheet_say_count(page, W_FIGURES_OPEN, open);
}

static void put_value(struct sheet *page, const struct metric *metric,
                      const struct json *item)
{
    const struct json *value = json_get(item, "value");
    struct html *h = &page->html;

    if (!json_int(item, "n", 0) || (metric->sum != METRIC_DURATION && !value)) {
        html_put(h, "<p class=\"figure\">");
        sheet_say(page, W_FIGURES_NONE);
        html_put(h, "</p>\n");
        return;
    }
    if (metric->sum == METRIC_DURATION) {
        html_put(h, "<dl class=\"facts\">\n");
        put_fact(page, W_FIGURES_MEDIAN, json_int(item, "median_ms", -1));
        put_fact(page, W_FIGURES_P90, json_int(item, "p90_ms", -1));
        html_put(h, "</dl>\n");
    } else {
        html_put(h, "<p class=\"figure\">");
        if (metric->sum == METRIC_SHARE)
            html_text(h, percent(page, value->real));
        else
            sheet_say_count(page, W_FIGURES_BALANCE, (int64_t)value->real);
        html_put(h, "</p>\n");
    }
    html_put(h, "<p class=\"soft\">");
    put_cases(page, item);
    html_put(h, "</p>\n");
}

static void put_item(struct sheet *page, const struct json *item)
{
    const struct metric *metric = metric_by_slug(json_text(item, "slug"));
    struct html *h = &page->html;

    if (!metric)
        return;
    html_put(h, "<section>\n<h2>");
    html_text(h, str_of(metric->title[page->language]));
    html_put(h, "</h2>\n");
    put_value(page, metric, item);
    html_put(h, "<p><span class=\"heard\">");
    sheet_say(page, W_FIGURES_MEANS);
    html_put(h, ": </span>");
    html_text(h, str_of(metric->definition[page->language]));
    html_put(h, "</p>\n</section>\n");
}

static void put_hidden_list(struct sheet *page, const struct json *hidden)
{
    struct html *h = &page->html;

    html_put(h, "<section>\n<h2>");
    sheet_say(page, W_FIGURES_HIDDEN);
    html_put(h, "</h2>\n");
    if (!hidden || !hidden->count)
        html_put(h, "<p class=\"figure\">0</p>\n");
    else
        html_put(h, "<dl class=\"facts\">\n");
    for (size_t i = 0; hidden && i < hidden->count; i++) {
        html_put(h, "<dt>");
        sheet_say(page, sheet_reason_word(json_text(&hidden->items[i], "reason")));
        html_put(h, "</dt>\n<dd>");
        html_int(h, json_int(&hidden->items[i], "n", 0));
        html_put(h, "</dd>\n");
    }
    if (hidden && hidden->count)
        html_put(h, "</dl>\n");
    html_put(h, "<p>");
    sheet_say(page, W_FIGURES_HIDDEN_MEANS);
    html_put(h, "</p>\n</section>\n");
}

static int put(struct op *op, struct figures *f)
{
    struct sheet *page = &f->page;
    struct html *h = &page->html;
    const struct json *items;
    struct json *json;
    int r = json_parse(op, f->body, &json);

    if (r < 0)
        return r;
    items = json_get(json, "items");
    sheet_begin(page, sheet_word(page, W_FIGURES_TITLE));
    html_put(h, "<h1>");
    sheet_say(page, W_FIGURES_TITLE);
    html_put(h, "</h1>\n<p class=\"soft\">");
    sheet_say_with(page, W_FIGURES_PERIOD, sheet_time(page, f->made_at));
    html_put(h, "</p>\n");
    for (size_t i = 0; items && i < items->count; i++)
        put_item(page, &items->items[i]);
    put_hidden_list(page, json_get(json, "hidden"));
    return 0;
}

/* Somebody else is counting, and nobody has before. */
static void put_counting(struct sheet *page, struct http_answer *ret)
{
    struct html *h = &page->html;

    sheet_begin(page, sheet_word(page, W_FIGURES_TITLE));
    html_put(h, "<h1>");
    sheet_say(page, W_FIGURES_TITLE);
    html_put(h, "</h1>\n<p>");
    sheet_say(page, W_FIGURES_COUNTING);
    html_put(h, "</p>\n<p><a href=\"\">");
    sheet_say(page, W_FIGURES_AGAIN);
    html_put(h, "</a></p>\n");
    sheet_end(page, 503, ret);
    ret->retry_after = AGAIN_S;
}

int page_figures(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct figures f = { .ask = ask };
    int r = store_read(op, load, &f);

    if (r < 0)
        return r;
    if (!f.is_there) {
        sheet_missing(op, ask, ret);
        return 0;
    }
    if (!f.is_fresh)
        r = store_write(op, take_turn, &f);
    if (r == 0 && !f.is_turn && !f.body.n) {
        put_counting(&f.page, ret);
        return 0;
    }
    if (r == 0 && f.is_turn)
        r = store_read(op, compute, &f);
    if (r == 0 && f.is_turn)
        r = store_write(op, keep, &f);
    if (r == 0)
        r = put(op, &f);
    if (r == 0)
        sheet_end(&f.page, 200, ret);
    return r;
}
