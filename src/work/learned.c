/* learned.c - a small cache of what workspaces have taught, for all threads. */
#include "work/learned.h"

#include <pthread.h>

#include "db/store.h"
#include "dialogue/findings.h"

enum { EXAMPLES_AT_ONCE = 500 };

struct lesson {
    const struct store *store;
    int64_t workspace, revision;
    uint64_t sentences; /* of the lists */
    struct arena arena;
    struct correction *correction;
    struct topics *topics;
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
    return lesson ? (struct learned){ lesson->correction, lesson->topics }
                  : (struct learned){ NULL, NULL };
}

void learned_release(void)
{
    pthread_rwlock_unlock(&kept.lock);
}

static bool is_fresh(const struct op *op, int64_t revision, uint64_t sentences)
{
    static const struct text_lists none = { NULL, 0 };
    const struct lesson *lesson;
    bool fresh;

    pthread_rwlock_rdlock(&kept.lock);
    lesson = find(op);
    fresh = lesson ? lesson->revision == revision && lesson->sentences == sentences
                   : revision == 0 && sentences == topics_digest(&none);
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

/* The newest, and of them the oldest first: what was said last weighs most. */
struct examples {
    struct verdict_example *list;
    size_t count;
    int64_t revision;
};

static int read_examples(struct op *op, void *ctx)
{
    struct examples *e = ctx;
    struct verdict_example *page;
    size_t n;
    int64_t below = 0;
    int r = verdict_revision(op, &e->revision);

    if (r < 0)
        return r;
    e->count = 0;
    do {
        r = verdict_examples(op, below, EXAMPLES_AT_ONCE, &page, &n);
        if (r < 0)
            return r;
        for (size_t i = 0; i < n && e->count < CORRECTION_MAX_EXAMPLES; i++)
            e->list[e->count++] = page[i];
        below = n ? page[n - 1].id : 0;
    } while (n == EXAMPLES_AT_ONCE && e->count < CORRECTION_MAX_EXAMPLES);
    return 0;
}

static void learn(const struct verdict_example *one, struct lesson *lesson)
{
    ARENA(scratch);
    struct correction_example example = {
        .text = findings_text(one->visibility, one->body),
        .value = one->value,
        .holds = one->holds,
    };

    if (finding_kind_parse(one->kind, &example.kind) != 0)
        return;
    if (example.kind == FINDING_TOPIC)
        (void)topics_learn(&scratch, lesson->topics, example.text, example.value,
                           example.holds);
    else
        (void)correction_learn(&scratch, lesson->correction, &example);
}

static int read_revision(struct op *op, void *ctx)
{
    return verdict_revision(op, ctx);
}

int learned_refresh(struct op *op, const struct text_lists *lists)
{
    struct examples e = { .count = 0 };
    struct lesson lesson = { .store = op->world->store,
                             .workspace = op->workspace,
                             .sentences = topics_digest(lists) };
    int64_t revision;
    int r = store_read(op, read_revision, &revision);

    if (r < 0 || is_fresh(op, revision, lesson.sentences))
        return r;
    e.list = arena_new(op->arena, struct verdict_example, CORRECTION_MAX_EXAMPLES);
    r = store_read(op, read_examples, &e);
    if (r < 0)
        return r;
    lesson.revision = e.revision;
    lesson.correction = correction_new(&lesson.arena);
    lesson.topics = topics_new(&lesson.arena);
    topics_learn_lists(lesson.topics, lists);
    for (size_t i = e.count; i > 0; i--)
        learn(&e.list[i - 1], &lesson);
    put(op, &lesson);
    return 0;
}
