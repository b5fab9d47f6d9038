/* api_html.c - the addresses of the public pages (page/), which answer with HTML.
 *
 * Nobody logs in to them. Their failures are pages too, and their forms carry a
 * signature of their own (page/ticket.h).
 */
#include "admin/guard.h"
#include "api/api_parts.h"
#include "page/pages.h"

enum { MAX_TEXT_FORM = 128 * 1024, MAX_FILE_FORM = 12 * 1024 * 1024 };

/* More answers 429. Each process counts for itself. */
#define PAGES_PER_ADDRESS ((struct meter_limit){ 1200, MINUTES(1) })
#define FILES_PER_ADDRESS ((struct meter_limit){ 120, MINUTES(1) })

static struct page_ask ask_of(const struct api_call *call)
{
    return (struct page_ask){
        .rq = call->rq,
        .id = call->id,
        .name = call->name,
        .base_url = call->server ? call->server->config.base_url : STR(""),
    };
}

/* A page is read or a form is sent without a login, so neither may keep us busy. */
static int limit(struct op *op, const struct api_call *call)
{
    return api_limit(op, call, "page", guard_network(op, http_sender(call->rq)),
                     PAGES_PER_ADDRESS);
}

static void fail(struct op *op, const struct api_call *call, int status,
                 struct http_answer *ret)
{
    sheet_failed(op, call->rq, status, ret);
}

/* Each page is the same lines. */
#define PAGE(name)                                                                       \
    static int show_##name(struct op *op, struct api_call *call,                         \
                           struct http_answer *ret)                                      \
    {                                                                                    \
        struct page_ask ask = ask_of(call);                                              \
        int r = limit(op, call);                                                         \
                                                                                         \
        return r < 0 ? r : page_##name(op, &ask, ret);                                   \
    }

PAGE(thread)
PAGE(comment)
PAGE(status)
PAGE(status_add)
PAGE(ways)
PAGE(form)
PAGE(form_send)
PAGE(report_thread)
PAGE(report_site)
PAGE(figures)

/* A file is more to read than a page is. */
#define FILE_OF(name)                                                                    \
    static int show_##name(struct op *op, struct api_call *call,                         \
                           struct http_answer *ret)                                      \
    {                                                                                    \
        struct page_ask ask = ask_of(call);                                              \
        int r = api_limit(op, call, "page_file",                                         \
                          guard_network(op, http_sender(call->rq)), FILES_PER_ADDRESS);  \
                                                                                         \
        return r < 0 ? r : page_##name(op, &ask, ret);                                   \
    }

FILE_OF(thread_file)
FILE_OF(status_file)

static int show_colour(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct page_ask ask = ask_of(call);

    return sheet_colour(op, &ask, ret);
}

static int show_style(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct page_ask ask = ask_of(call);

    if (!sheet_style(op, &ask, ret))
        sheet_missing(op, &ask, ret);
    return 0;
}

/* What looks like one of these addresses and is none. */
static int show_nothing(struct op *op, struct api_call *call, struct http_answer *ret)
{
    struct page_ask ask = ask_of(call);

    sheet_missing(op, &ask, ret);
    return 0;
}

#define OPEN_ROUTE(method_, pattern_, mode_, handle_, summary_)                          \
    .method = method_, .pattern = pattern_, .mode = mode_, .access = API_ANYBODY,        \
    .summary = summary_, .fail = fail, .handle = handle_
#define PAGE_ROUTE(...) OPEN_ROUTE(__VA_ARGS__), .produces = "text/html"
#define FILE_ROUTE(...) OPEN_ROUTE(__VA_ARGS__), .produces = "application/octet-stream"

const struct api_route api_html_routes[] = {
    { PAGE_ROUTE("GET", "/p/{id}", API_WORK, show_thread,
                 "Read along a public thread.") },
    { FILE_ROUTE("GET", "/p/{id}/files/{text:file}", API_READ, show_thread_file,
                 "Fetch a file of a public thread.") },
    { PAGE_ROUTE("POST", "/p/{id}/comments", API_WORK, show_comment,
                 "Comment on a public thread."),
      .max_body = MAX_TEXT_FORM },
    { PAGE_ROUTE("GET", "/p/{id}/report", API_READ, show_report_thread,
                 "Report a message or a thread.") },
    { PAGE_ROUTE("POST", "/p/{id}/report", API_WORK, show_report_thread,
                 "Report a message or a thread."),
      .max_body = MAX_TEXT_FORM },
    { PAGE_ROUTE("GET", "/s/{text:secret}", API_READ, show_status,
                 "See how a case stands.") },
    { FILE_ROUTE("GET", "/s/{text:secret}/files/{id}", API_READ, show_status_file,
                 "Fetch a file that came with an answer of ours.") },
    { PAGE_ROUTE("POST", "/s/{text:secret}", API_WORK, show_status_add,
                 "Add a message to a case."),
      .max_body = MAX_TEXT_FORM },
    { PAGE_ROUTE("GET", "/contact", API_READ, show_ways, "All ways to reach us.") },
    { PAGE_ROUTE("GET", "/w/{text:slug}/contact", API_READ, show_ways,
                 "All ways to reach one of several organisations.") },
    { PAGE_ROUTE("GET", "/contact/{id}", API_READ, show_form, "A contact form.") },
    { PAGE_ROUTE("POST", "/contact/{id}", API_WORK, show_form_send,
                 "Send a contact form."),
      .max_body = MAX_FILE_FORM },
    { PAGE_ROUTE("GET", "/transparency", API_WORK, show_figures, "How well we answer.") },
    { PAGE_ROUTE("GET", "/w/{text:slug}/transparency", API_WORK, show_figures,
                 "How well one of several organisations answers.") },
    { PAGE_ROUTE("GET", "/w/{text:slug}/report", API_READ, show_report_site,
                 "Report a page.") },
    { PAGE_ROUTE("POST", "/w/{text:slug}/report", API_WORK, show_report_site,
                 "Report a page."),
      .max_body = MAX_TEXT_FORM },
    { PAGE_ROUTE("GET", "/w/{text:slug}/colour.css", API_READ, show_colour,
                 "The colour of an organisation.") },
    { PAGE_ROUTE("GET", "/public/{text:file}", API_LOOP, show_style,
                 "The style sheet of the public pages.") },
    { PAGE_ROUTE("GET", "/p/{text:thread}", API_LOOP, show_nothing, "No such thread.") },
    { PAGE_ROUTE("GET", "/contact/{text:channel}", API_LOOP, show_nothing,
                 "No such form.") },
    { PAGE_ROUTE("GET", "/w/{text:slug}", API_LOOP, show_nothing, "No such page.") },
    { NULL },
};
