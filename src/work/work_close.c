/* work_close.c - what was solved and stayed quiet for 14 days is closed. */
#include "work/works.h"

#include "db/store.h"
#include "desk/desk.h"

static int close_in_time(struct op *op, void *ctx)
{
    const struct job *job = ctx;

    return desk_close_in_time(op, job->subject_id);
}

static int close_quiet(struct op *op, const struct job *job, struct work_result *ret)
{
    struct job copy = *job;

    (void)ret;
    return store_write(op, close_in_time, &copy);
}

const struct work work_close = {
    .kind = "close",
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(1) },
    .run = close_quiet,
};
