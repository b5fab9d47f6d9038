/* work_alike.c - putting messages that say nearly the same into groups. */
#include "work/work_alike.h"

#include "base/clock.h"
#include "base/ids.h"
#include "db/store.h"
#include "dialogue/findings.h"
#include "work/works.h"

static const char kind[] = "alike", kind_one[] = "alike_one";

/* So many are put away in one write. */
enum { WRITTEN_AT_ONCE = 50 };

#define WAIT_MS SECONDS(2)
/* What another process began to write before that is here. */
#define LATE_MS MINUTES(1)
/* While others wait for the disk it rests. */
#define REST_MS 200

struct grouping {
    const struct job *job;
    struct alike_read row, after; /* after: the write that is tried */
    struct alike_unread *list;
    struct fingerprint prints[ALIKE_PORTION];
    size_t count, done, until;
    int64_t forgotten;
    bool lost;
};

int alike_plan(struct op *op)
{
    return job_add(op, kind, op->workspace, op->now + WAIT_MS);
}

int alike_plan_one(struct op *op, int64_t message_id)
{
    return job_add(op, kind_one, message_id, op->now);
}

static struct fingerprint print_of(const struct alike_unread *one)
{
    ARENA(scratch);

    return text_fingerprint(&scratch, findings_text(one->visibility, one->body));
}

static int load(struct op *op, void *ctx)
{
    struct grouping *g = ctx;
    int r = alike_read_get(op, &g->row);

    if (r < 0)
        return r;
    if (r == ALIKE_NONE)
        g->row = (struct alike_read){ id_from_time(op->now - DAYS(ALIKE_DAYS)), 0 };
    return alike_unread(op, g->row.cursor_id, ALIKE_PORTION, &g->list, &g->count);
}

/* Groups that some of a write joined. */
struct joined {
    int64_t texts[WRITTEN_AT_ONCE], last[WRITTEN_AT_ONCE];
    size_t count;
};

static void note_joined(struct joined *j, int64_t text_id, int64_t message_id)
{
    size_t i = 0;

    while (i < j->count && j->texts[i] != text_id)
        i++;
    if (i == j->count)
        j->texts[j->count++] = text_id;
    j->last[i] = message_id;
}

static int join_some(struct op *op, struct grouping *g)
{
    struct joined j = { .count = 0 };
    int r = 0;

    for (size_t i = g->done; r >= 0 && i < g->until; i++) {
        int64_t text_id;
        bool is_new;

        r = alike_join(op, g->list[i].id, &g->prints[i], &text_id, &is_new);
        if (r < 0)
            return r;
        g->after.remembered += is_new;
        if (text_id)
            note_joined(&j, text_id, g->list[i].id);
    }
    for (size_t i = 0; r >= 0 && i < j.count; i++)
        r = alike_recount(op, j.texts[i], j.last[i]);
    return r;
}

/* Behind what was read, but not into the last minute. */
static int64_t cursor_after(const struct op *op, const struct grouping *g)
{
    int64_t safe = id_from_time(op->now - LATE_MS), last = g->list[g->until - 1].id;

    last = last < safe ? last : safe;
    return last > g->row.cursor_id ? last : g->row.cursor_id;
}

static int write_some(struct op *op, void *ctx)
{
    struct grouping *g = ctx;
    int r = job_renew(op, g->job);

    g->lost = r == JOB_LOST;
    if (r)
        return r < 0 ? r : 0;
    g->after = g->row;
    g->after.cursor_id = cursor_after(op, g);
    r = join_some(op, g);
    return r < 0 ? r : alike_read_put(op, &g->after);
}

static int write_portion(struct op *op, struct grouping *g)
{
    int r = 0;

    while (r >= 0 && !g->lost && g->done < g->count) {
        size_t left = g->count - g->done;

        g->until = g->done + (left < WRITTEN_AT_ONCE ? left : WRITTEN_AT_ONCE);
        r = store_write(op, write_some, g);
        if (r >= 0 && !g->lost) {
            g->row = g->after;
            g->done = g->until;
        }
    }
    return r;
}

/* What is too long ago, and above the ceiling whatever is the oldest. */
static int forget_some(struct op *op, void *ctx)
{
    struct grouping *g = ctx;
    bool too_many = g->row.remembered > ALIKE_REMEMBERED;
    int64_t before = too_many ? INT64_MAX : id_from_time(op->now - DAYS(ALIKE_DAYS));
    int r = job_renew(op, g->job);

    g->lost = r == JOB_LOST;
    if (r)
        return r < 0 ? r : 0;
    r = alike_forget(op, before, ALIKE_FORGOTTEN_AT_ONCE, &g->forgotten);
    if (r < 0 || !g->forgotten)
        return r;
    g->after = g->row;
    g->after.remembered -= g->forgotten;
    return alike_read_put(op, &g->after);
}

static int run_alike(struct op *op, const struct job *job, struct work_result *ret)
{
    struct grouping *g = arena_new(op->arena, struct grouping, 1);
    int r;

    g->job = job;
    r = store_read(op, load, g);
    for (size_t i = 0; r >= 0 && i < g->count; i++)
        g->prints[i] = print_of(&g->list[i]);
    if (r >= 0)
        r = write_portion(op, g);
    if (r >= 0 && !g->lost)
        r = store_write(op, forget_some, g);
    if (r < 0 || g->lost)
        return r < 0 ? r : 0;
    if (g->count < ALIKE_PORTION && g->forgotten < ALIKE_FORGOTTEN_AT_ONCE)
        return 0;
    ret->again_at = op->now + (store_counters(op->world->store).waiting ? REST_MS : 0);
    return WORK_AGAIN;
}

struct anew {
    int64_t message_id;
    struct alike_unread said;
    struct fingerprint print;
    bool gone;
};

static int load_one(struct op *op, void *ctx)
{
    struct anew *anew = ctx;
    int r = alike_unread_one(op, anew->message_id, &anew->said);

    anew->gone = r == ALIKE_NONE;
    return r < 0 ? r : 0;
}

static int write_one(struct op *op, void *ctx)
{
    struct anew *anew = ctx;
    struct alike_read row;
    int64_t left = 0, joined = 0;
    bool is_new = false;
    int r = alike_leave(op, anew->message_id, &left);

    if (r >= 0 && !anew->gone)
        r = alike_join(op, anew->message_id, &anew->print, &joined, &is_new);
    if (r >= 0 && left)
        r = alike_recount(op, left, 0);
    if (r >= 0 && joined)
        r = alike_recount(op, joined, anew->message_id);
    if (r >= 0 && is_new)
        r = alike_read_get(op, &row);
    if (r || !is_new)
        return r < 0 ? r : 0;
    row.remembered++;
    return alike_read_put(op, &row);
}

static int run_alike_one(struct op *op, const struct job *job,
                         struct work_result *ret UNUSED)
{
    struct anew anew = { .message_id = job->subject_id };
    int r = store_read(op, load_one, &anew);

    if (r < 0)
        return r;
    if (!anew.gone)
        anew.print = print_of(&anew.said);
    return store_write(op, write_one, &anew);
}

const struct work work_alike = {
    .kind = kind,
    .policy = { .max_attempts = 1000,
                .first_wait_ms = SECONDS(5),
                .max_wait_ms = MINUTES(10) },
    .run = run_alike,
};

const struct work work_alike_one = {
    .kind = kind_one,
    .policy = { .max_attempts = 10,
                .first_wait_ms = SECONDS(5),
                .max_wait_ms = MINUTES(10) },
    .run = run_alike_one,
};
