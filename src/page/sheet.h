/* sheet.h - the frame of a public page: language, words, times, head and foot.
 *
 * Public pages work without script and without cookies. They are made here, from the
 * loaded rows to the last tag, and know nothing of the interface in web/. Every word
 * stands in words.def in both languages.
 *
 * TO ADD A PAGE: (1) a function `page_<name>(op, ask, ret)` in a file of its own, (2)
 * its route in api/api_html.c, (3) its words in words.def, (4) a canary in
 * tests/system/public_pages.py, (5) docs/public-pages.md.
 */
#ifndef PAGE_SHEET_H
#define PAGE_SHEET_H

#include "admin/workspace.h"
#include "net/http.h"
#include "page/html.h"
#include "page/site.h"

/* The words of words.def by name: W_SEND. */
enum word {
#define WORD(name, german, english) W_##name,
#include "page/words.def"
#undef WORD
    WORD_COUNT
};

enum language { GERMAN, ENGLISH };

/* What was asked for. */
struct page_ask {
    const struct http_request *rq;
    int64_t id;          /* of the address: a thread, a channel, a message */
    struct str name;     /* of the address: a secret, a slug */
    struct str base_url; /* where browsers find us; empty: as they say themselves */
};

struct sheet {
    struct op *op;
    const struct http_request *rq;
    struct str base_url; /* of the ask */
    struct html html;
    enum language language;
    struct workspace workspace;
    struct site site;
    struct str path;        /* of this page, for the link to the other language */
    const char *report_as;  /* its kind in a report: thread contact ... */
    struct str report_path; /* where "report this" leads; empty: of the workspace */
    bool is_secret;         /* the address itself tells something */
};

/* The frame of a page of op->workspace. SHEET_OFF: there are no public pages here.
 * op->db: any. */
enum { SHEET_OFF = 1 };
int sheet_open(struct op *op, const struct page_ask *ask, struct sheet *ret) MUST_CHECK;

/* The workspace of an address: by its slug, or the only one there is. SHEET_OFF: none,
 * or it does not say which of several. Sets op->workspace. */
int sheet_workspace(struct op *op, struct str slug) MUST_CHECK;

void sheet_begin(struct sheet *page, struct str title);
/* Closes the page into `*ret`. */
void sheet_end(struct sheet *page, int status, struct http_answer *ret);

/* A calm page that says that there is nothing (404), or what went wrong. Needs no
 * workspace. */
void sheet_missing(struct op *op, const struct page_ask *ask, struct http_answer *ret);
void sheet_failed(struct op *op, const struct http_request *rq, int status,
                  struct http_answer *ret);

/* Words, escaped, or as text for something else. */
struct str sheet_word(const struct sheet *page, enum word word);
void sheet_say(struct sheet *page, enum word word);
void sheet_say_with(struct sheet *page, enum word word, struct str value);
void sheet_say_count(struct sheet *page, enum word word, int64_t number);
struct str sheet_words_with(struct sheet *page, enum word word, struct str value);

/* "02.11.2026, 09:14 Uhr" in the workspace's zone. */
struct str sheet_time(struct sheet *page, int64_t at);
void sheet_put_time(struct sheet *page, int64_t at);       /* as a <time> */
struct str sheet_duration(struct sheet *page, int64_t ms); /* "14 Minuten", rounded up */

/* Text of people as everybody may read it: masked (text/mask.h), escaped. */
struct str sheet_masked(struct sheet *page, struct str text);
void sheet_put_masked(struct sheet *page, struct str text, bool lines);

/* Why something was hidden, in words. */
enum word sheet_reason_word(struct str reason);

/* "?lang=en" when the language was chosen by the link, else nothing: keeps the choice. */
struct str sheet_keep(const struct sheet *page);

/* The style sheets: the program's, and the colour of a workspace. False: there is none.
 */
bool sheet_style(struct op *op, const struct page_ask *ask, struct http_answer *ret);
int sheet_colour(struct op *op, const struct page_ask *ask,
                 struct http_answer *ret) MUST_CHECK;

#endif
