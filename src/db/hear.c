/* hear.c - hearing that another process has committed (PostgreSQL).
 *
 * Only a hint that makes waiting short: who follows the log reads on from the place
 * where they are, so a notification that was lost costs them half a second and nothing
 * else. Many in a row are one.
 */
#include "db/store_parts.h"

#include "base/log.h"
#include "db/db_postgres.h"

/* Between two looks at whether it is time to stop, between two hints, and until the next
 * try when the server is away. */
enum { LOOK_MS = 500, GATHER_MS = 20, AWAY_MS = 1000 };

static void wake_listeners(const struct store *store)
{
    for (unsigned i = 0; i < store->listener_count; i++)
        if (store->listeners[i].elsewhere)
            store->listeners[i].wake(store->listeners[i].ctx);
}

/* Until the connection is lost, or the store is closed. */
static void listen_on(struct store *store, struct db *db)
{
    int r = 1; /* somebody may have committed before we listened */

    while (r != POSTGRES_GONE) {
        if (r == 1)
            wake_listeners(store);
        if (!store_pause(store, r == 1 ? GATHER_MS : 0))
            return;
        r = postgres_hear(db, atomic_load(&store->number), LOOK_MS);
    }
}

static void run(void *ctx)
{
    struct store *store = ctx;

    do {
        ARENA(scratch);
        struct op op = { .arena = &scratch, .id = STR("hear") };
        struct db *db = NULL;
        int r = db_open(&op, str_of(store->url), true, &db);

        if (r >= 0)
            r = postgres_listen(&op, db);
        if (r < 0)
            op_log_failure(&op);
        else
            listen_on(store, db);
        db_close(db);
    } while (store_pause(store, AWAY_MS));
}

void hear_start(struct store *store)
{
    if (store->postgres)
        store->hearing = thread_start("draht-hear", run, store);
}

void hear_stop(struct store *store)
{
    thread_join(TAKE(store->hearing));
}
