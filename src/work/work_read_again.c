/* work_read_again.c - reading the messages that are here already with the model of today.
 *
 * A portion is read and understood outside any transaction. Its findings, the sorting of
 * their conversations and the cursor behind them are written a few messages at a time,
 * each time together: whoever is killed goes on behind the last of them, and nothing is
 * half done.
 */
#include "work/work_read_again.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "db/store.h"
#include "desk/desk.h"
#include "event/event.h"
#include "work/understand.h"
#include "work/works.h"

static const char kind[] = "read_again";

/* Messages of one write: each may have a long conversation. */
enum { WRITTEN_AT_ONCE = 20 };

/* While others wait for the disk it rests so much longer. */
enum { PATIENCE = 4 };

/* Nothing takes longer: the program was off, or its clock was moved. */
#define MOST_BUSY_MS SECONDS(10)

/* A newer program is here, and reads when it comes to it. */
#define OTHER_PROGRAM_MS MINUTES(1)

struct reading {
    const struct job *job;
    struct read_again row;
    struct to_read *list;
    size_t count, done;
    /* Of those that are wanted, and by which model. */
    struct str found[READ_AGAIN_PORTION], models[READ_AGAIN_PORTION];
    bool lost;
};

static int begin(struct op *op, bool everything)
{
    struct event event = { .kind = "findings.read_again" };
    struct read_again row = {
        .model = finding_model(),
        .everything = everything,
        .account_id = everything ? op->actor.id : 0,
        .begun_at = op->now,
        .moved_at = op->now,
        .total = -1,
        .trouble = STR(""),
    };
    int r = read_again_newest(op, &row.until_id);

    if (r >= 0)
        r = read_again_put(op, &row);
    if (r >= 0 && everything)
        r = event_add(op, &event);
    return r < 0 ? r : job_add(op, kind, op->workspace, op->now);
}

int reading_begin(struct op *op)
{
    struct read_again row;
    int r = read_again_get(op, &row);

    if (r < 0)
        return r;
    if (r == 0 && !row.ended_at && row.everything && str_eq(row.model, finding_model()))
        return job_add(op, kind, op->workspace, op->now);
    return begin(op, true);
}

int reading_plan(struct op *op)
{
    struct read_again row;
    int r = read_again_get(op, &row);

    if (r < 0)
        return r;
    if (r == READ_AGAIN_NONE || !str_eq(row.model, finding_model()))
        return begin(op, false);
    return row.ended_at ? 0 : job_add(op, kind, op->workspace, op->now);
}

int64_t reading_done_at(const struct op *op, const struct read_again *row)
{
    if (row->ended_at || row->looked <= 0 || row->total < row->looked || !row->busy_ms)
        return 0;
    return op->now + row->busy_ms / row->looked * (row->total - row->looked) +
           row->busy_ms % row->looked * (row->total - row->looked) / row->looked;
}

static int load(struct op *op, void *ctx)
{
    struct reading *reading = ctx;
    int r = read_again_get(op, &reading->row);

    if (r < 0)
        return r;
    if (r == READ_AGAIN_NONE || reading->row.ended_at ||
        !str_eq(reading->row.model, finding_model()))
        return r;
    if (reading->row.total < 0) {
        r = read_again_left(op, &reading->row, &reading->row.total);
        if (r < 0)
            return r;
    }
    return read_again_list(op, &reading->row, READ_AGAIN_PORTION, &reading->list,
                           &reading->count);
}

static int understand_portion(struct op *op, struct reading *reading)
{
    struct understanding *words;
    int r = understanding_load(op, &words);

    for (size_t i = 0; r >= 0 && i < reading->count; i++) {
        const struct to_read *one = &reading->list[i];

        if (one->wanted)
            reading->found[i] = understand_text(op, words, one->body,
                                                findings_text(one->visibility, one->body),
                                                &reading->models[i]);
    }
    return r;
}

/* The row as it is after the next `count` messages. */
static void move(struct op *op, struct reading *reading, size_t count)
{
    struct read_again *row = &reading->row;
    int64_t now = clock_now(op->world->clock), gap = now - row->moved_at;

    if (gap < 0 || gap > MOST_BUSY_MS)
        gap = MOST_BUSY_MS;

    for (size_t i = reading->done; i < reading->done + count; i++)
        row->changed += reading->list[i].wanted &&
                        !str_eq(reading->found[i], reading->list[i].findings);
    row->looked += (int64_t)count;
    row->cursor_id = reading->list[reading->done + count - 1].id;
    row->busy_ms += gap;
    row->moved_at = now;
}

struct writing {
    struct reading *reading;
    size_t from, until;
};

static int sort_conversations(struct op *op, const struct writing *w)
{
    const struct to_read *list = w->reading->list;
    int r = 0;

    for (size_t i = w->from; r >= 0 && i < w->until; i++) {
        bool sorted = !list[i].wanted || !list[i].conversation_id;

        for (size_t j = w->from; !sorted && j < i; j++)
            sorted = list[j].wanted && list[j].conversation_id == list[i].conversation_id;
        if (!sorted)
            r = desk_sort_again(op, list[i].conversation_id);
    }
    return r;
}

static int write_some(struct op *op, void *ctx)
{
    struct writing *w = ctx;
    struct reading *reading = w->reading;
    int r = job_renew(op, reading->job);

    reading->lost = r == JOB_LOST;
    for (size_t i = w->from; r == 0 && i < w->until; i++) {
        const struct message msg = { .id = reading->list[i].id,
                                     .version = reading->list[i].version };

        if (reading->list[i].wanted)
            r = message_set_findings(op, &msg, reading->found[i], reading->models[i]);
    }
    if (r == 0)
        r = sort_conversations(op, w);
    return r == 0 ? read_again_put(op, &reading->row) : r;
}

static int write_portion(struct op *op, struct reading *reading)
{
    int r = 0;

    while (r >= 0 && !reading->lost && reading->done < reading->count) {
        size_t left = reading->count - reading->done;
        struct writing w = { .reading = reading, .from = reading->done };

        w.until = w.from + (left < WRITTEN_AT_ONCE ? left : WRITTEN_AT_ONCE);
        move(op, reading, w.until - w.from);
        FAILPOINT("read_again.writing");
        r = store_write(op, write_some, &w);
        FAILPOINT("read_again.written");
        reading->done = w.until;
    }
    return r < 0 ? r : 0;
}

static int end(struct op *op, void *ctx)
{
    struct reading *reading = ctx;
    int r = job_check(op, reading->job);

    return r ? r : read_again_put(op, &reading->row);
}

/* As long as it worked; a clock that stands still lets it go on, and one that was moved
 * meanwhile does not stop it. */
static int64_t next_at(const struct op *op)
{
    int64_t now = clock_now(op->world->clock), took = now - op->now;

    if (took < 0 || took > MOST_BUSY_MS)
        took = MOST_BUSY_MS;
    return now + took * (store_counters(op->world->store).waiting ? PATIENCE : 1);
}

static int run_read_again(struct op *op, const struct job *job, struct work_result *ret)
{
    struct reading reading = { .job = job };
    int r = store_read(op, load, &reading);

    if (r < 0 || r == READ_AGAIN_NONE || reading.row.ended_at)
        return r < 0 ? r : 0;
    if (!str_eq(reading.row.model, finding_model())) {
        ret->again_at = op->now + OTHER_PROGRAM_MS;
        return WORK_AGAIN;
    }
    r = understand_portion(op, &reading);
    if (r >= 0)
        r = write_portion(op, &reading);
    if (r < 0 || reading.lost)
        return r < 0 ? r : 0;
    if (reading.count < READ_AGAIN_PORTION) {
        reading.row.ended_at = clock_now(op->world->clock);
        r = store_write(op, end, &reading);
        return r < 0 ? r : 0;
    }
    ret->again_at = next_at(op);
    return WORK_AGAIN;
}

/* It stands where it could not go on, and says so, until somebody begins it again. */
static int give_up(struct op *op, const struct job *job UNUSED, struct str reason)
{
    struct read_again row;
    int r = read_again_get(op, &row);

    if (r)
        return r < 0 ? r : 0;
    row.ended_at = op->now;
    row.trouble = reason;
    return read_again_put(op, &row);
}

const struct work work_read_again = {
    .kind = kind,
    .policy = { .max_attempts = 10,
                .first_wait_ms = SECONDS(10),
                .max_wait_ms = MINUTES(10) },
    .run = run_read_again,
    .give_up = give_up,
};
