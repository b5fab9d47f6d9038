/* work_forget.c - when a day is over, nothing remains of it by which a reader of a public
 * page could be known again, whether or not anybody comes the next day. */
#include "work/works.h"

#include "db/store.h"
#include "dialogue/readers.h"

static int forget(struct op *op, void *ctx)
{
    (void)ctx;
    return readers_forget(op, op->now / DAYS(1));
}

static int forget_readers(struct op *op, const struct job *job, struct work_result *ret)
{
    (void)job;
    (void)ret;
    return store_write(op, forget, NULL);
}

const struct work work_forget = {
    .kind = READERS_FORGET_WORK,
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(1) },
    .run = forget_readers,
};
