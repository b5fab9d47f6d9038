/* work_intake.h - taking in what a channel sent: kept verbatim first, understood then.
 *
 * Used by the API for webhooks and by `draht import` for files.
 */
#ifndef WORK_WORK_INTAKE_H
#define WORK_WORK_INTAKE_H

#include "base/pool.h"
#include "job/job.h"
#include "work/connect.h"

struct intake_batch {
    const struct connected *to;
    const struct str *items; /* the verbatim bytes of each */
    size_t count;
    const char *source;      /* webhook, poll, import, form, widget */
    bool open_conversations; /* false: history, opens none */
    /* Of a poll: */
    const char *cursor_name; /* moved to `cursor` in the write that keeps the items */
    struct str cursor;
    const struct job *lease; /* that write happens only while it holds */
    int64_t late_before;     /* new and sent before that: it was missed; 0: never */
};

struct intake_rejection {
    size_t index; /* in the batch */
    struct str reason, field;
};

struct intake_counts {
    int64_t accepted, duplicates;
    int64_t missed; /* of those accepted */
    struct intake_rejection *rejected;
    size_t rejected_count;
};

/* How long a caller waits for the understanding after everything is on disk. */
#define INTAKE_PATIENCE_MS SECONDS(2)

/* 0: all that was not rejected is on disk. It is understood too, unless that took
 * longer than INTAKE_PATIENCE_MS: then the job "intake" goes on. A rejected item is
 * kept as a failed raw item, which can be replayed. INTAKE_LOST: the lease was lost,
 * nothing was stored. Negative: the same. Called without a transaction. With a cursor it
 * takes the time that it takes. */
enum { INTAKE_LOST = 1 };
int intake_accept(struct op *op, const struct intake_batch *batch,
                  struct intake_counts *ret) MUST_CHECK;

/* The same without a thread that waits. Negative: nothing has begun, and `done` is not
 * called. Else it is called once, later, on the writer's thread or a worker's, with the
 * result in `r` and op->err. Until then op, its arena, the batch and the flow stay. */
struct intake_flow {
    struct intake_batch batch; /* without a cursor */
    /* Run the task on a thread that may think for a while; false: there is none. */
    bool (*soon)(struct intake_flow *flow, struct task *task);
    void (*done)(struct intake_flow *flow, int r);
    struct intake_counts counts;
};
int intake_begin(struct op *op, struct intake_flow *flow) MUST_CHECK;

#endif
