/* report_page.c - "report this": which message or page, and why. */
#include "base/ids.h"
#include "db/store.h"
#include "page/report.h"
#include "page/thread_page.h"
#include "page/visitor.h"

static const struct entry_choice reasons[] = {
    { "personal_data", W_WHY_PERSONAL_DATA },
    { "insult", W_WHY_INSULT },
    { "illegal", W_WHY_ILLEGAL },
    { "false", W_WHY_FALSE },
    { "other", W_WHY_OTHER },
    { NULL },
};

struct reporting {
    const struct page_ask *ask;
    const struct form *form; /* NULL: only looking */
    struct thread_page tp;   /* of a thread; else only tp.page */
    struct sheet *page;
    struct entry entry;
    struct page_report report;
    const struct talk_line *line; /* the message; NULL: the page */
    bool is_thread, is_there, wrong;
};

/* A parameter of the address, or of the form that was sent. */
static struct str parameter(struct reporting *r, const char *name)
{
    struct str value = STR("");

    if (r->form)
        return form_field(r->form, name);
    if (http_param(r->page->op, r->ask->rq, name, &value) != 0)
        r->page->op->err = (struct err){ 0 };
    return value;
}

static void make_form(struct reporting *r)
{
    struct sheet *page = r->page;
    struct entry_field *field;

    r->entry = (struct entry){ .form = "report",
                               .subject = r->report.thread_id,
                               .action = arena_fmt(page->op->arena, STR_FMT STR_FMT,
                                                   STR_ARG(r->ask->rq->path),
                                                   STR_ARG(sheet_keep(page))),
                               .button = W_SEND };
    field = entry_add(&r->entry, "why", sheet_word(page, W_REPORT_WHY), ENTRY_CHOICE);
    field->required = true;
    field->choices = reasons;
    field = entry_add(&r->entry, "text", sheet_word(page, W_REPORT_BODY), ENTRY_TEXT);
    field->max = REPORT_MAX_BODY;
    if (r->line) {
        r->entry.also_name = STR("m");
        r->entry.also_value =
            arena_fmt(page->op->arena, "%lld", (long long)r->line->msg.id);
    } else if (!r->is_thread) {
        r->entry.also_name = STR("page");
        r->entry.also_value = r->report.page;
    }
    entry_begin(page, &r->entry);
}

static int read_thread(struct op *op, struct reporting *r)
{
    int64_t id = 0;
    int result = thread_page_load(op, r->ask, &r->tp);

    if (result < 0 || !r->tp.is_there || r->tp.moved_to)
        return result;
    r->is_there = true;
    r->report.page = STR("thread");
    r->report.thread_id = r->tp.thread.id;
    if (id_parse(parameter(r, "m"), &id))
        r->line = talk_find(&r->tp.talk, id);
    r->report.message_id = r->line ? r->line->msg.id : 0;
    return 0;
}

static int read_site(struct op *op, struct reporting *r)
{
    struct str page;
    int result = sheet_workspace(op, r->ask->name);

    if (result == 0)
        result = sheet_open(op, r->ask, &r->tp.page);
    if (result != 0)
        return result < 0 ? result : 0;
    r->is_there = true;
    page = parameter(r, "page");
    r->report.page = str_is(page, "status")         ? STR("status")
                     : str_is(page, "transparency") ? STR("transparency")
                                                    : STR("contact");
    return 0;
}

static int load(struct op *op, void *ctx)
{
    struct reporting *r = ctx;
    int result;

    r->tp.page.op = op;
    r->page = &r->tp.page;
    result = r->is_thread ? read_thread(op, r) : read_site(op, r);
    if (result < 0 || !r->is_there)
        return result;
    make_form(r);
    if (!r->form)
        return 0;
    result = entry_read(r->page, &r->entry, r->form);
    r->wrong = result == ENTRY_WRONG;
    return result < 0 ? result : 0;
}

/* What is reported, so that nobody reports the wrong one. */
static int put_subject(struct op *op, struct reporting *r)
{
    struct html *h = &r->page->html;
    struct str author = STR(""), body = STR("");
    int result;

    html_put(h, "<p>");
    sheet_say(r->page, r->line ? W_REPORT_ABOUT : W_REPORT_ABOUT_PAGE);
    html_put(h, "</p>\n");
    if (!r->line || r->line->shown != TALK_READABLE)
        return 0;
    result = talk_author(op, &r->line->msg, &author);
    if (result == 0)
        result = message_body(op, r->line->msg.id, r->line->msg.version, &body);
    if (result < 0)
        return result;
    html_put(h, "<blockquote><p class=\"who\"><span class=\"author\">");
    sheet_put_masked(r->page, author, false);
    html_put(h, "</span></p>\n<p class=\"body\">");
    sheet_put_masked(r->page, body, true);
    html_put(h, "</p></blockquote>\n");
    return 0;
}

static int put(struct op *op, void *ctx)
{
    struct reporting *r = ctx;
    struct sheet *page = r->page;
    struct html *h = &page->html;
    int result;

    page->is_secret = true; /* nothing for search engines */
    sheet_begin(page, sheet_word(page, W_REPORT_TITLE));
    html_put(h, "<h1>");
    sheet_say(page, W_REPORT_TITLE);
    html_put(h, "</h1>\n");
    result = put_subject(op, r);
    html_put(h, "<p>");
    sheet_say(page, W_REPORT_LEAD);
    html_put(h, "</p>\n");
    return result < 0 ? result : entry_put(page, &r->entry);
}

static int show(struct op *op, struct reporting *r, int status, struct http_answer *ret)
{
    int result;

    if (!r->is_there) {
        sheet_missing(op, r->ask, ret);
        return 0;
    }
    result = store_read(op, put, r);
    if (result == 0)
        sheet_end(r->page, status, ret);
    return result;
}

static int keep(struct op *op, void *ctx)
{
    struct reporting *r = ctx;

    r->report.why = entry_value(&r->entry, "why");
    r->report.body = entry_value(&r->entry, "text");
    return page_report_add(op, &r->report);
}

static void thank(struct op *op, struct reporting *r, struct http_answer *ret)
{
    struct sheet *page = r->page;
    struct html *h = &page->html;

    (void)op;
    sheet_begin(page, sheet_word(page, W_REPORT_THANKS));
    html_put(h, "<h1>");
    sheet_say(page, W_REPORT_THANKS);
    html_put(h, "</h1>\n<p>");
    sheet_say(page, W_REPORT_NEXT);
    html_put(h, "</p>\n");
    if (r->is_thread) {
        html_put(h, "<p><a");
        html_attr(h, "href", page->path);
        html_put(h, ">");
        sheet_say(page, W_BACK_TO_THREAD);
        html_put(h, "</a></p>\n");
    }
    sheet_end(page, 200, ret);
}

static int send(struct op *op, struct reporting *r, struct http_answer *ret)
{
    int result = visitor_may_send(op, r->ask->rq, "report", VISITOR_MAX_REPORTS);

    if (result == VISITOR_TOO_MANY) {
        entry_refuse(r->page, &r->entry, W_ERROR_OFTEN);
        return show(op, r, 429, ret);
    }
    if (result == 0)
        result = store_write(op, keep, r);
    if (result == 0)
        thank(op, r, ret);
    return result;
}

static int run(struct op *op, const struct page_ask *ask, bool is_thread,
               struct http_answer *ret)
{
    struct form *form = arena_new(op->arena, struct form, 1);
    struct reporting r = { .ask = ask, .is_thread = is_thread };
    int result = 0;

    if (str_is(ask->rq->method, "POST")) {
        result = form_read(op, ask->rq, form);
        r.form = form;
    }
    if (result == 0)
        result = store_read(op, load, &r);
    if (result < 0)
        return result;
    if (!r.form || !r.is_there)
        return show(op, &r, 200, ret);
    return r.wrong ? show(op, &r, 422, ret) : send(op, &r, ret);
}

int page_report_thread(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    return run(op, ask, true, ret);
}

int page_report_site(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    return run(op, ask, false, ret);
}
