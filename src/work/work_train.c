/* work_train.c - training a workspace's own model, and putting it into force. */
#include "work/work_train.h"

#include "admin/workspace.h"
#include "base/zone.h"
#include "db/store.h"
#include "work/learned.h"
#include "work/works.h"

static const char kind[] = "train";

enum { NIGHT_HOUR = 3 };

#define SOON_MS MINUTES(1)

/* The next night there. */
static int next_night(struct op *op, int64_t *ret)
{
    struct workspace workspace;
    struct civil civil;
    int r = workspace_get(op, &workspace);

    if (r >= 0)
        r = zone_local(op, workspace.time_zone, op->now, &civil);
    if (r < 0)
        return r;
    civil.day += civil.hour >= NIGHT_HOUR;
    civil.hour = NIGHT_HOUR;
    civil.minute = civil.second = civil.millisecond = 0;
    return zone_instant(op, workspace.time_zone, &civil, ret);
}

int training_plan(struct op *op)
{
    int64_t waiting, at = op->now + SOON_MS;
    int r = own_model_waiting(op, TRAIN_MANY, &waiting);

    if (r >= 0 && waiting < TRAIN_MANY)
        r = next_night(op, &at);
    return r < 0 ? r : job_add(op, kind, op->workspace, at);
}

int training_plan_anew(struct op *op)
{
    struct trained trained;
    struct str weights;
    int r = own_model_weights(op, &weights);

    if (r < 0 || weights.n == 0 || trained_read(weights, &trained) == 0)
        return r;
    return job_add(op, kind, op->workspace, op->now);
}

struct training {
    struct learned_examples examples;
    const struct job *job; /* NULL: a person waits for it */
    struct own_model row;
    enum trained_outcome outcome;
    struct str weights, version;
};

static int read_training(struct op *op, void *ctx)
{
    struct training *t = ctx;

    return learned_examples(op, 0, &t->examples);
}

static void learn(struct op *op, struct training *t)
{
    struct correction_example *list =
        arena_new(op->arena, struct correction_example, t->examples.count + 1);
    struct trained_trial trial;
    struct trained trained;
    size_t n = 0;

    for (size_t i = 0; i < t->examples.count; i++)
        n += learned_example(&t->examples.list[i], &list[n]);
    t->outcome = trained_learn(op->arena, list, n, &trial, &t->weights);
    if (t->weights.n && trained_read(t->weights, &trained) == 0)
        t->version = trained.version;
    t->row.tried_at = op->now;
    t->row.tried_revision = t->examples.revision;
    t->row.outcome = str_of(trained_outcome_name(t->outcome));
    t->row.tried_count = (int64_t)trial.count;
    t->row.shipped = (int64_t)trial.shipped;
    t->row.at_once = (int64_t)trial.at_once;
    t->row.trained = (int64_t)trial.trained;
}

/* What is in force is of this program, and may stay. */
static int is_of_use(struct op *op, bool *ret)
{
    struct trained trained;
    struct str weights;
    int r = own_model_weights(op, &weights);

    *ret = r >= 0 && weights.n && trained_read(weights, &trained) == 0;
    return r;
}

static int put_into_force(struct op *op, struct training *t, const struct own_model *was)
{
    if (!str_eq(was->version, t->version))
        t->row.since_at = op->now;
    t->row.version = t->version;
    t->row.learned = t->row.tried_count;
    t->row.until_id = t->examples.count ? t->examples.list[t->examples.count - 1].id : 0;
    return own_model_put(op, &t->row, t->weights);
}

static int put_away(struct op *op, struct training *t)
{
    t->row.version = STR("");
    t->row.since_at = t->row.learned = t->row.until_id = 0;
    return own_model_put(op, &t->row, STR(""));
}

static int keep(struct op *op, void *ctx)
{
    struct training *t = ctx;
    struct own_model was = { .version = STR("") };
    bool of_use;
    int r = t->job ? job_check(op, t->job) : 0;

    if (r)
        return r < 0 ? r : 0;
    r = own_model_get(op, &was);
    if (r >= 0)
        r = is_of_use(op, &of_use);
    if (r < 0)
        return r;
    t->row.version = was.version;
    t->row.since_at = was.since_at;
    t->row.learned = was.learned;
    t->row.until_id = was.until_id;
    if (t->outcome == TRAINED_TAKEN)
        return put_into_force(op, t, &was);
    if (was.version.n && (t->outcome != TRAINED_REFUSED || !of_use))
        return put_away(op, t);
    return own_model_tried(op, &t->row);
}

static int train(struct op *op, struct training *t)
{
    int r;

    t->examples.list =
        arena_new(op->arena, struct verdict_example, CORRECTION_MAX_EXAMPLES);
    t->weights = t->version = STR("");
    r = store_read(op, read_training, t);
    if (r < 0)
        return r;
    learn(op, t);
    return store_write(op, keep, t);
}

int training_run(struct op *op, struct own_model *ret)
{
    struct training t = { .job = NULL };
    int r = train(op, &t);

    *ret = t.row;
    return r < 0 ? r : 0;
}

static int run_train(struct op *op, const struct job *job,
                     struct work_result *result UNUSED)
{
    struct training t = { .job = job };
    int r = train(op, &t);

    return r < 0 ? r : 0;
}

const struct work work_train = {
    .kind = kind,
    .policy = { .max_attempts = 10,
                .first_wait_ms = MINUTES(1),
                .max_wait_ms = HOURS(1) },
    .run = run_train,
};
