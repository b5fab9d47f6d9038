/* pages.h - the pages themselves. Each answers one address, in all its states; a thing
 * that is not there, or not public, is a calm 404 that does not say which.
 *
 * Called without a transaction: they read and write the store by themselves.
 */
#ifndef PAGE_PAGES_H
#define PAGE_PAGES_H

#include "page/sheet.h"

/* thread_page.c, comment_page.c: /p/{thread} */
int page_thread(struct op *op, const struct page_ask *ask,
                struct http_answer *ret) MUST_CHECK;
int page_thread_file(struct op *op, const struct page_ask *ask,
                     struct http_answer *ret) MUST_CHECK;
int page_comment(struct op *op, const struct page_ask *ask,
                 struct http_answer *ret) MUST_CHECK;

/* status_page.c: /s/{secret} */
int page_status(struct op *op, const struct page_ask *ask,
                struct http_answer *ret) MUST_CHECK;
/* ask->id: the file */
int page_status_file(struct op *op, const struct page_ask *ask,
                     struct http_answer *ret) MUST_CHECK;
int page_status_add(struct op *op, const struct page_ask *ask,
                    struct http_answer *ret) MUST_CHECK;

/* ways_page.c: /contact, /w/{slug}/contact; form_page.c: /contact/{channel} */
int page_ways(struct op *op, const struct page_ask *ask,
              struct http_answer *ret) MUST_CHECK;
int page_form(struct op *op, const struct page_ask *ask,
              struct http_answer *ret) MUST_CHECK;
int page_form_send(struct op *op, const struct page_ask *ask,
                   struct http_answer *ret) MUST_CHECK;

/* report_page.c: /p/{thread}/report and /w/{slug}/report */
int page_report_thread(struct op *op, const struct page_ask *ask,
                       struct http_answer *ret) MUST_CHECK;
int page_report_site(struct op *op, const struct page_ask *ask,
                     struct http_answer *ret) MUST_CHECK;

/* figures_page.c: /transparency, /w/{slug}/transparency */
int page_figures(struct op *op, const struct page_ask *ask,
                 struct http_answer *ret) MUST_CHECK;

#endif
