/* learned.c - a small cache of what workspaces have taught, for all threads. */
#include "work/learned.h"

#include <pthread.h>

#include "db/store.h"
#include "dialogue/findings.h"
#include "dialogue/own_model.h"

enum { EXAMPLES_AT_ONCE = 500 };

struct lesson {
    const struct store *store;
    int64_t workspace, revision;
    uint64_t sentences; /* of the lists */
    struct arena arena;
    struct correction *correction;
    struct topics *topics;
    struct str version; /* of its own model; empty: none */
    struct trained own;
};

static struct {
    pthread_rwlock_t lock;
    struct lesson list[LEARNED_WORKSPACES];
    size_t next; /* to be given up when all are taken */
} kept = { .lock = PTHREAD_RWLOCK_INITIALIZER };

static struct lesson *find(const struct op *op)
{
    for (size_t i = 0; i < LEARNED_WORKSPACES; i++) {
        if (kept.list[i].store == op->world->store &&
            kept.list[i].workspace == op->workspace)
            return &kept.list[i];
    }
    return NULL;
}

struct learned learned_borrow(const struct op *op)
{
    const struct lesson *lesson;

    pthread_rwlock_rdlock(&kept.lock);
    lesson = find(op);
    if (!lesson)
        return (struct learned){ .own = NULL };
    return (struct learned){ lesson->own.weights ? &lesson->own : NULL,
                             lesson->correction, lesson->topics };
}

void learned_release(void)
{
    pthread_rwlock_unlock(&kept.lock);
}

/* Whether what is kept is of these verdicts, sentences and own model. */
static bool is_fresh(const struct op *op, const struct lesson *now)
{
    static const struct text_lists none = { NULL, 0 };
    const struct lesson *lesson;
    bool fresh;

    pthread_rwlock_rdlock(&kept.lock);
    lesson = find(op);
    fresh = lesson ? lesson->revision == now->revision &&
                         lesson->sentences == now->sentences &&
                         str_eq(lesson->version, now->version)
                   : now->revision == 0 && now->sentences == topics_digest(&none) &&
                         now->version.n == 0;
    pthread_rwlock_unlock(&kept.lock);
    return fresh;
}

static void put(const struct op *op, struct lesson *lesson)
{
    struct lesson *place, old;

    pthread_rwlock_wrlock(&kept.lock);
    place = find(op);
    if (!place)
        place = &kept.list[kept.next++ % LEARNED_WORKSPACES];
    old = *place;
    *place = *lesson;
    pthread_rwlock_unlock(&kept.lock);
    arena_reset(&old.arena);
}

static void turn_round(struct verdict_example *list, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct verdict_example one = list[i];

        list[i] = list[count - 1 - i];
        list[count - 1 - i] = one;
    }
}

/* What was said last comes last: it weighs most. */
int learned_examples(struct op *op, int64_t after, struct learned_examples *ret)
{
    struct verdict_example *page;
    size_t n;
    int64_t below = 0;
    int r = verdict_revision(op, &ret->revision);

    if (r < 0)
        return r;
    ret->count = 0;
    do {
        r = verdict_examples(op, below, EXAMPLES_AT_ONCE, &page, &n);
        if (r < 0)
            return r;
        for (size_t i = 0; i < n && page[i].id > after; i++)
            if (ret->count < CORRECTION_MAX_EXAMPLES)
                ret->list[ret->count++] = page[i];
        below = n ? page[n - 1].id : 0;
    } while (n == EXAMPLES_AT_ONCE && below > after &&
             ret->count < CORRECTION_MAX_EXAMPLES);
    turn_round(ret->list, ret->count);
    return 0;
}

bool learned_example(const struct verdict_example *one, struct correction_example *ret)
{
    *ret = (struct correction_example){
        .text = findings_text(one->visibility, one->body),
        .value = one->value,
        .holds = one->holds,
    };
    return finding_kind_parse(one->kind, &ret->kind) == 0;
}

/* Topics are learned of all; the rest of what came after the last training. */
static void learn(const struct verdict_example *one, int64_t after, struct lesson *lesson)
{
    ARENA(scratch);
    struct correction_example example;

    if (!learned_example(one, &example))
        return;
    if (example.kind == FINDING_TOPIC)
        (void)topics_learn(&scratch, lesson->topics, example.text, example.value,
                           example.holds);
    else if (one->id > after)
        (void)correction_learn(&scratch, lesson->correction, &example);
}

/* What is needed to make a lesson anew. */
struct source {
    struct own_model own; /* the version is empty when none is in force */
    struct str weights;
    struct learned_examples examples;
};

static int read_state(struct op *op, void *ctx)
{
    struct source *source = ctx;
    int r = verdict_revision(op, &source->examples.revision);

    if (r >= 0)
        r = own_model_get(op, &source->own);
    if (r == OWN_MODEL_NONE)
        source->own = (struct own_model){ .version = STR("") };
    return r < 0 ? r : 0;
}

static int read_source(struct op *op, void *ctx)
{
    struct source *source = ctx;
    int r = read_state(op, source);

    if (r >= 0 && source->own.version.n)
        r = own_model_weights(op, &source->weights);
    return r < 0 ? r : learned_examples(op, 0, &source->examples);
}

/* One that another program has trained is of no use here, until this one has. */
static void take_own(struct lesson *lesson, const struct source *source)
{
    struct str bytes = arena_dup(&lesson->arena, source->weights);

    lesson->version = arena_dup(&lesson->arena, source->own.version);
    if (bytes.n == 0 || trained_read(bytes, &lesson->own) != 0)
        lesson->own = (struct trained){ .weights = NULL };
}

int learned_refresh(struct op *op, const struct text_lists *lists)
{
    struct source source = { .weights = STR("") };
    struct lesson lesson = { .store = op->world->store,
                             .workspace = op->workspace,
                             .sentences = topics_digest(lists) };
    const struct learned_examples *e = &source.examples;
    int64_t after;
    int r = store_read(op, read_state, &source);

    lesson.revision = e->revision;
    lesson.version = source.own.version;
    if (r < 0 || is_fresh(op, &lesson))
        return r;
    source.examples.list =
        arena_new(op->arena, struct verdict_example, CORRECTION_MAX_EXAMPLES);
    r = store_read(op, read_source, &source);
    if (r < 0)
        return r;
    lesson.revision = e->revision;
    take_own(&lesson, &source);
    after = lesson.own.weights ? source.own.until_id : 0;
    lesson.correction = correction_new(&lesson.arena);
    lesson.topics = topics_new(&lesson.arena);
    topics_learn_lists(lesson.topics, lists);
    for (size_t i = 0; i < e->count; i++)
        learn(&e->list[i], after, &lesson);
    put(op, &lesson);
    return 0;
}
