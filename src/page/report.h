/* report.h - "report this": somebody outside says that a public page is not right.
 *
 * A report is work for those who may release: it waits in their queue until somebody
 * settles it with a note. It changes nothing by itself.
 */
#ifndef PAGE_REPORT_H
#define PAGE_REPORT_H

#include "event/record.h"

enum { REPORT_MAX_BODY = 2000, REPORT_MAX_NOTE = 1000 }; /* characters */

struct page_report {
    int64_t id;
    struct str page; /* thread contact transparency status */
    int64_t thread_id, message_id;
    struct str why; /* personal_data insult illegal false other */
    struct str body;
    struct str state; /* open settled */
    struct str note;
    int64_t settled_at, settled_by;
    int64_t created_at;
};

extern const struct record page_report_record;

bool page_report_is_reason(struct str why);
int page_report_add(struct op *op, struct page_report *report) MUST_CHECK;
int page_report_get(struct op *op, int64_t id,
                    struct page_report *ret) MUST_CHECK; /* RECORD_NOT_FOUND */
/* By op->actor. ERR_CONFLICT when it is settled already. */
int page_report_settle(struct op *op, int64_t id, struct str note) MUST_CHECK;
/* Newest first below `before_id` (0: from the newest). */
int page_report_list(struct op *op, struct str state, int64_t before_id, int64_t limit,
                     struct page_report **ret, size_t *ret_count) MUST_CHECK;
int page_report_count(struct op *op, struct str state, int64_t *ret) MUST_CHECK;

#endif
