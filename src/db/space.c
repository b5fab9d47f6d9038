/* space.c - how much room the disk of the database has left. */
#include "db/space.h"

#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "db/store_parts.h"

enum { LOOK_EVERY_MS = 1000 };

const char *space_level_name(enum space_level level)
{
    static const char *const names[] = { "fine", "low", "out" };

    return names[level];
}

void space_limits(struct store *store, int64_t low, int64_t out)
{
    store->space.low = low;
    store->space.out = out;
}

static bool is_below(const struct space *space, int64_t threshold, int64_t percent)
{
    return space->free < threshold && space->free < space->size / 100 * percent;
}

static struct space measure(const struct store *store)
{
    struct space space = { SPACE_FINE, 0, 0 };
    const char *path = store->url + strlen("sqlite:");
    struct statvfs found;

    if (store->postgres || store->memory || statvfs(path, &found) < 0)
        return space;
    space.free = (int64_t)found.f_bavail * (int64_t)found.f_frsize;
    space.size = (int64_t)found.f_blocks * (int64_t)found.f_frsize;
    if (is_below(&space, store->space.out, SPACE_OUT_PERCENT))
        space.level = SPACE_OUT;
    else if (is_below(&space, store->space.low, SPACE_LOW_PERCENT))
        space.level = SPACE_LOW;
    if (FAILPOINT("space.low"))
        space.level = SPACE_LOW;
    if (FAILPOINT("space.out"))
        space.level = SPACE_OUT;
    return space;
}

static void note_change(const struct space *space)
{
    log_line(space->level == SPACE_FINE ? LOG_INFO : LOG_ERROR, STR("disk"),
             "event=space level=%s free_mib=%lld size_mib=%lld",
             space_level_name(space->level), (long long)(space->free >> 20),
             (long long)(space->size >> 20));
}

struct space space_now(struct store *store)
{
    int64_t now = clock_monotonic();
    enum space_level before;
    struct space space;

    pthread_mutex_lock(&store->space.lock);
    before = store->space.last.level;
    if (!store->space.looked_at || now - store->space.looked_at >= LOOK_EVERY_MS) {
        store->space.looked_at = now;
        store->space.last = measure(store);
    }
    space = store->space.last;
    pthread_mutex_unlock(&store->space.lock);
    if (space.level != before)
        note_change(&space);
    return space;
}

int space_need(struct op *op, enum space_level level)
{
    struct space space;
    int r;

    if (!op->world->store)
        return 0;
    space = space_now(op->world->store);
    if (space.level < level)
        return 0;
    r = op_fail_as(op, ERR_UNAVAILABLE, "disk_full",
                   "the disk is nearly full: %lld MiB are left",
                   (long long)(space.free >> 20));
    op->err.wait = SPACE_RETRY_SECONDS;
    return r;
}
