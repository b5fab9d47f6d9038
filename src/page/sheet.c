/* sheet.c - the frame of a public page: head, foot, and the pages that say "no". */
#include "page/sheet.h"

#include <sodium.h>

#include "base/bytes.h"
#include "base/embed.h"
#include "db/store.h"
#include "page/language.h"
#include "page/stmt.h"

/* No script, nothing from elsewhere, no frame around it. */
#define SHEET_CSP                                                                        \
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "         \
    "base-uri 'none'; frame-ancestors 'none'"

extern const struct embedded page_files[];

static struct str style(void)
{
    return page_files[0].bytes;
}

/* A hash of the content names it, so that it may be kept for ever. */
static struct str style_name(struct op *op)
{
    unsigned char hash[16];

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)style().p, style().n,
                       NULL, 0);
    return arena_fmt(op->arena, "page-" STR_FMT ".css",
                     STR_ARG(hex_encode(op->arena, (struct str){ (char *)hash, 6 })));
}

bool sheet_style(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    if (!str_eq(ask->name, style_name(op)))
        return false;
    *ret = (struct http_answer){ .status = 200,
                                 .content_type = "text/css; charset=utf-8",
                                 .body = style() };
    http_add(op->arena, &ret->headers, STR("Cache-Control"),
             STR("public, max-age=31536000, immutable"));
    return true;
}

int sheet_colour(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct site site;
    int r = sheet_workspace(op, ask->name);

    if (r == 0)
        r = site_get(op, &site);
    if (r < 0)
        return r;
    if (r == SHEET_OFF || !site.colour.n) {
        sheet_missing(op, ask, ret);
        return 0;
    }
    *ret =
        (struct http_answer){ .status = 200, .content_type = "text/css; charset=utf-8" };
    ret->body =
        arena_fmt(op->arena, ":root{--brand:" STR_FMT "}\n", STR_ARG(site.colour));
    http_add(op->arena, &ret->headers, STR("Cache-Control"), STR("max-age=300"));
    return 0;
}

static int find_only(struct op *op, int64_t *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_SITE_WORKSPACES);

    if (r == 0)
        r = db_next(op, rows);
    if (r <= 0)
        return r < 0 ? r : SHEET_OFF;
    *ret = db_int(rows, 0);
    r = db_next(op, rows);
    return r < 0 ? r : r == 0 ? 0 : SHEET_OFF;
}

int sheet_workspace(struct op *op, struct str slug)
{
    int64_t id = 0;
    int r = slug.n ? workspace_by_slug(op, slug, &id) : find_only(op, &id);

    if (r < 0)
        return r;
    if (r > 0)
        return SHEET_OFF;
    op->workspace = id;
    return 0;
}

int sheet_open(struct op *op, const struct page_ask *ask, struct sheet *ret)
{
    struct sheet page = { .op = op,
                          .rq = ask->rq,
                          .base_url = ask->base_url,
                          .html = HTML(op->arena),
                          .path = ask->rq->path,
                          .report_as = "contact" };
    int r = workspace_get(op, &page.workspace);

    if (r == 0)
        r = site_get(op, &page.site);
    if (r < 0)
        return r;
    if (!site_is_on(&page.site))
        return SHEET_OFF;
    page.language = language_of(op, ask->rq, &page.site, page.workspace.language);
    *ret = page;
    return 0;
}

static struct str site_name(const struct sheet *page)
{
    return page->site.name.n ? page->site.name : page->workspace.name;
}

static void put_style(struct sheet *page, struct str address)
{
    html_put(&page->html, "<link rel=\"stylesheet\"");
    html_attr(&page->html, "href", address);
    html_put(&page->html, ">\n");
}

static void put_head(struct sheet *page, struct str title)
{
    struct html *h = &page->html;
    struct op *op = page->op;

    html_put(h, "<!doctype html>\n<html");
    html_attr(h, "lang", page->language == GERMAN ? STR("de") : STR("en"));
    html_put(h, ">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                "content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"color-scheme\" content=\"light dark\">\n");
    if (page->is_secret)
        html_put(h, "<meta name=\"robots\" content=\"noindex, nofollow\">\n");
    html_put(h, "<title>");
    html_text(h, title);
    if (page->workspace.id) {
        html_put(h, " – ");
        html_text(h, site_name(page));
    }
    html_put(h, "</title>\n");
    put_style(page, arena_fmt(op->arena, "/public/" STR_FMT, STR_ARG(style_name(op))));
    if (page->site.colour.n)
        put_style(page, arena_fmt(op->arena, "/w/" STR_FMT "/colour.css",
                                  STR_ARG(page->workspace.slug)));
    html_put(h, "</head>\n");
}

/* The same page in the other language, when the workspace speaks it. */
static void put_language_link(struct sheet *page)
{
    const char *other = page->language == GERMAN ? "en" : "de";
    struct html *h = &page->html;
    struct sheet theirs = *page;

    if (page->workspace.id && !site_has_language(&page->site, other))
        return;
    theirs.language = page->language == GERMAN ? ENGLISH : GERMAN;
    html_put(h, "<a class=\"language\"");
    html_attr(h, "lang", str_of(other));
    html_attr(h, "hreflang", str_of(other));
    html_attr(h, "href",
              arena_fmt(page->op->arena, STR_FMT "?lang=%s", STR_ARG(page->path), other));
    html_put(h, ">");
    html_text(h, sheet_word(&theirs, W_LANGUAGE_NAME));
    html_put(h, "</a>\n");
}

void sheet_begin(struct sheet *page, struct str title)
{
    struct html *h = &page->html;

    put_head(page, title);
    html_put(h, "<body>\n<a class=\"skip\" href=\"#main\">");
    sheet_say(page, W_SKIP);
    html_put(h, "</a>\n<header class=\"site\"><div class=\"in\">\n<p class=\"name\">");
    if (page->workspace.id)
        html_text(h, site_name(page));
    html_put(h, "</p>\n");
    put_language_link(page);
    html_put(h, "</div></header>\n<main id=\"main\" class=\"in\">\n");
}

static struct str of_workspace(const struct sheet *page, const char *what)
{
    return arena_fmt(page->op->arena, "/w/" STR_FMT "/%s" STR_FMT,
                     STR_ARG(page->workspace.slug), what, STR_ARG(sheet_keep(page)));
}

static void put_link(struct sheet *page, struct str address, enum word word)
{
    html_put(&page->html, "<li><a");
    html_attr(&page->html, "href", address);
    html_put(&page->html, ">");
    sheet_say(page, word);
    html_put(&page->html, "</a></li>\n");
}

/* Where "report this" leads, with what it is about. */
static struct str report_address(const struct sheet *page)
{
    if (page->report_path.n)
        return page->report_path;
    return arena_fmt(page->op->arena, "/w/" STR_FMT "/report?page=%s%s",
                     STR_ARG(page->workspace.slug), page->report_as,
                     page->rq && sheet_keep(page).n
                         ? (page->language == GERMAN ? "&lang=de" : "&lang=en")
                         : "");
}

static void put_foot(struct sheet *page)
{
    struct html *h = &page->html;

    html_put(h, "<footer class=\"site\"><div class=\"in\">\n<ul class=\"links\">\n");
    put_link(page, of_workspace(page, "contact"), W_CONTACT_WAYS);
    put_link(page, report_address(page), W_REPORT_THIS);
    html_put(h, "</ul>\n<section aria-labelledby=\"imprint\"><h2 id=\"imprint\">");
    sheet_say(page, W_IMPRINT);
    html_put(h, "</h2>\n<p>");
    html_lines(h, page->site.imprint);
    html_put(h,
             "</p></section>\n<section aria-labelledby=\"privacy\"><h2 id=\"privacy\">");
    sheet_say(page, W_PRIVACY);
    html_put(h, "</h2>\n<p>");
    sheet_say(page, W_PRIVACY_PAGES);
    html_put(h, " ");
    sheet_say(page, W_PRIVACY_FORMS);
    html_put(h, "</p>\n");
    if (str_trim(page->site.privacy).n) {
        html_put(h, "<p>");
        html_lines(h, page->site.privacy);
        html_put(h, "</p>\n");
    }
    html_put(h, "</section>\n</div></footer>\n");
}

static void add_headers(struct sheet *page, struct http_answer *ret)
{
    struct arena *arena = page->op->arena;

    http_add(arena, &ret->headers, STR("Content-Security-Policy"), STR(SHEET_CSP));
    http_add(arena, &ret->headers, STR("Cache-Control"), STR("no-store"));
    http_add(arena, &ret->headers, STR("Content-Language"),
             page->language == GERMAN ? STR("de") : STR("en"));
    http_add(arena, &ret->headers, STR("Vary"), STR("Accept-Language"));
    http_add(arena, &ret->headers, STR("Referrer-Policy"), STR("no-referrer"));
    if (page->is_secret)
        http_add(arena, &ret->headers, STR("X-Robots-Tag"),
                 STR("noindex, nofollow, noarchive"));
}

void sheet_end(struct sheet *page, int status, struct http_answer *ret)
{
    html_put(&page->html, "</main>\n");
    if (page->workspace.id)
        put_foot(page);
    html_put(&page->html, "</body>\n</html>\n");
    *ret = (struct http_answer){ .status = status,
                                 .content_type = "text/html; charset=utf-8",
                                 .body = html_done(&page->html) };
    add_headers(page, ret);
}

/* A page of nobody's. */
static void say_only(struct op *op, const struct http_request *rq, enum word title,
                     enum word text, struct sheet *ret)
{
    struct sheet page = {
        .op = op, .rq = rq, .html = HTML(op->arena), .path = rq->path, .is_secret = true
    };

    page.language = language_of(op, rq, NULL, STR("de"));
    sheet_begin(&page, sheet_word(&page, title));
    html_put(&page.html, "<h1>");
    sheet_say(&page, title);
    html_put(&page.html, "</h1>\n<p>");
    sheet_say(&page, text);
    html_put(&page.html, "</p>\n");
    *ret = page;
}

void sheet_missing(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct sheet page;

    say_only(op, ask->rq, W_MISSING_TITLE, W_MISSING_TEXT, &page);
    sheet_end(&page, 404, ret);
}

void sheet_failed(struct op *op, const struct http_request *rq, int status,
                  struct http_answer *ret)
{
    struct sheet page;

    say_only(op, rq, W_FAILED_TITLE,
             status == 413   ? W_TOO_LARGE
             : status == 400 ? W_BROKEN_FORM
                             : W_FAILED_TEXT,
             &page);
    sheet_end(&page, status, ret);
}
