/* works.c - the list of background work. */
#include "work/works.h"

const struct work *const works[] = {
    &work_alike,    &work_alike_one,     &work_check_back, &work_close,
    &work_deliver,  &work_deliver_watch, &work_digest,     &work_fetch,
    &work_forget,   &work_intake,        &work_measure,    &work_moderate,
    &work_notify,   &work_poll,          &work_read_again, &work_reread,
    &work_restrain, &work_train,         &work_visible,    &work_webhook,
    NULL,
};
