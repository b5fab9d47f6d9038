/* thread_page.h - what the page of a thread and its comments share; for page/ only. */
#ifndef PAGE_THREAD_PAGE_H
#define PAGE_THREAD_PAGE_H

#include "page/entry.h"
#include "page/pages.h"
#include "page/talk.h"

/* A thread on its way to its page. */
struct thread_page {
    struct sheet page;
    struct thread thread;
    struct channel channel;
    struct talk talk;
    struct str comments; /* off or held */
    int64_t readers;
    int64_t moved_to; /* 0, or the thread where its cases go on */
    bool is_there;
};

/* op->db: any. `is_there` false: there is no public page. */
int thread_page_load(struct op *op, const struct page_ask *ask,
                     struct thread_page *ret) MUST_CHECK;
int thread_page_put(struct thread_page *tp, const struct entry *comment,
                    int64_t answers_to) MUST_CHECK;

/* The form of a comment to `parent` (NULL: to the first message). */
int comment_form(struct thread_page *tp, const struct talk_line *parent,
                 struct entry *ret) MUST_CHECK;

#endif
