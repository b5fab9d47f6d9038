/* failpoint.c - the plan of a test build, and how often each place was come by. */
#include "base/failpoint.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* What tools/check-release looks for; must stand in no program that is handed out. */
const char failpoint_marker[] = "draht test hooks: not for release";

enum action { NOTHING, FAIL, KILL, STOP, DELAY };

struct place {
    char name[FAILPOINT_MAX_NAME];
    int64_t hits;
    enum action action;
    int64_t first; /* hit at which it acts */
    bool after;    /* and at each later one */
    int64_t delay_ms;
};

static struct {
    pthread_mutex_t lock;
    struct place places[FAILPOINT_MAX];
    size_t count;
    bool started; /* the environment was read */
} plan = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct {
    failpoint_watch_fn *fn; /* NULL: the plan counts */
    void *ctx;
} watcher;

void failpoint_watch(failpoint_watch_fn *watch, void *ctx)
{
    watcher.fn = watch;
    watcher.ctx = ctx;
}

/* "kill@3", "delay:2", "fail@5+". */
static bool read_action(struct str text, struct place *place)
{
    struct str at, ms;
    struct str verb = str_cut(text, '@', &at);

    verb = str_cut(verb, ':', &ms);
    place->after = at.n > 0 && at.p[at.n - 1] == '+';
    if (place->after)
        at.n--;
    place->first = 1;
    if (at.n && (!str_to_i64(at, &place->first) || place->first < 1))
        return false;
    if (str_is(verb, "kill"))
        place->action = KILL;
    else if (str_is(verb, "stop"))
        place->action = STOP;
    else if (str_is(verb, "fail"))
        place->action = FAIL;
    else if (str_is(verb, "delay"))
        place->action = DELAY;
    else
        return false;
    if (place->action == DELAY && !at.n)
        place->after = true;
    return place->action != DELAY ||
           (str_to_i64(ms, &place->delay_ms) && place->delay_ms >= 0 &&
            place->delay_ms <= FAILPOINT_MAX_DELAY_MS);
}

static bool read_plan(struct str text, struct place *ret, size_t *ret_count)
{
    size_t count = 0;

    while (text.n) {
        struct str action, one = str_trim(str_cut(text, ',', &text));
        struct str name = str_cut(one, '=', &action);

        if (!name.n || name.n >= FAILPOINT_MAX_NAME || count == FAILPOINT_MAX ||
            !read_action(action, &ret[count]))
            return false;
        memcpy(ret[count++].name, name.p, name.n);
    }
    *ret_count = count;
    return true;
}

static bool take(struct str text)
{
    static struct place places[FAILPOINT_MAX]; /* under the lock */
    size_t count;

    memset(places, 0, sizeof(places));
    if (!read_plan(text, places, &count))
        return false;
    memcpy(plan.places, places, sizeof(places));
    plan.count = count;
    return true;
}

/* A plan that cannot be read would make every test with it pass: end at once. */
static void start_once(void)
{
    const char *text = getenv("DRAHT_FAILPOINTS");

    if (plan.started)
        return;
    plan.started = true;
    if (text && !take(str_of(text))) {
        fprintf(stderr, "DRAHT_FAILPOINTS cannot be read (%s)\n", failpoint_marker);
        abort();
    }
}

bool failpoint_plan(struct str text)
{
    bool taken;

    pthread_mutex_lock(&plan.lock);
    start_once();
    taken = take(text);
    pthread_mutex_unlock(&plan.lock);
    return taken;
}

static struct place *place_of(const char *name)
{
    for (size_t i = 0; i < plan.count; i++)
        if (strcmp(plan.places[i].name, name) == 0)
            return &plan.places[i];
    if (plan.count == FAILPOINT_MAX || strlen(name) >= FAILPOINT_MAX_NAME)
        abort(); /* a mistake of ours: raise the ceiling */
    memcpy(plan.places[plan.count].name, name, strlen(name) + 1);
    return &plan.places[plan.count++];
}

static void wait_ms(int64_t ms)
{
    const struct timespec left = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep(&left, NULL);
}

bool failpoint_hit(const char *name)
{
    struct place place;
    bool acts;

    if (watcher.fn)
        return watcher.fn(watcher.ctx, name);
    pthread_mutex_lock(&plan.lock);
    start_once();
    place_of(name)->hits++;
    place = *place_of(name);
    acts = place.after ? place.hits >= place.first : place.hits == place.first;
    pthread_mutex_unlock(&plan.lock);
    if (!acts)
        return false;
    switch (place.action) {
    case KILL:
        kill(getpid(), SIGKILL);
        break;
    case STOP:
        (void)raise(SIGSTOP); /* not kill(): another thread might take it, and we go on */
        break;
    case DELAY:
        wait_ms(place.delay_ms);
        break;
    case FAIL:
        return true;
    case NOTHING:
        break;
    }
    return false;
}

int64_t failpoint_hits(const char *name)
{
    int64_t hits = 0;

    pthread_mutex_lock(&plan.lock);
    for (size_t i = 0; i < plan.count; i++)
        if (strcmp(plan.places[i].name, name) == 0)
            hits = plan.places[i].hits;
    pthread_mutex_unlock(&plan.lock);
    return hits;
}

const char *failpoint_at(size_t index, int64_t *ret_hits)
{
    const char *name = NULL;

    pthread_mutex_lock(&plan.lock);
    if (index < plan.count) {
        name = plan.places[index].name;
        *ret_hits = plan.places[index].hits;
    }
    pthread_mutex_unlock(&plan.lock);
    return name;
}
