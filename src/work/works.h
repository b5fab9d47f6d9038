/* works.h - every kind of background work, for the runner (job/work.h). */
#ifndef WORK_WORKS_H
#define WORK_WORKS_H

#include "job/work.h"

extern const struct work work_deliver, work_deliver_watch, work_intake;
extern const struct work work_alike, work_alike_one, work_check_back, work_close,
    work_digest, work_fetch, work_forget, work_measure, work_moderate, work_notify,
    work_restrain, work_poll, work_read_again, work_reread, work_train, work_visible,
    work_webhook;

/* Ends with NULL. */
extern const struct work *const works[];

#endif
