/* work_check_back.c - a planned check-back is due: it stands on somebody's list now.
 *
 * Nothing is sent here. The program makes it due, a person sends it.
 */
#include "work/works.h"

#include "db/store.h"
#include "dialogue/check_back.h"

static int make_due(struct op *op, void *ctx)
{
    const struct job *job = ctx;

    return check_back_make_due(op, job->subject_id);
}

static int check_back(struct op *op, const struct job *job, struct work_result *ret)
{
    struct job copy = *job;

    (void)ret;
    return store_write(op, make_due, &copy);
}

const struct work work_check_back = {
    .kind = "check_back",
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(30),
                .max_wait_ms = HOURS(1) },
    .run = check_back,
};
