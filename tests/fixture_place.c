/* fixture_place.c - stores that exist for one test. */
#include "fixture_place.h"

#include <unistd.h>

#include "base/log.h"

const enum fixture_engine fixture_memory = ON_MEMORY, fixture_postgres = ON_POSTGRES;

static const char *postgres(void)
{
    const char *url = getenv("DRAHT_TEST_POSTGRES");

    return url && url[0] ? url : NULL;
}

/* Each test has a schema of its own in the database. */
static void make_schema(struct fixture *f)
{
    static unsigned number;
    struct db *db;

    snprintf(f->schema, sizeof(f->schema), "t%ld_%u", (long)getpid(), number++);
    snprintf(f->url, sizeof(f->url), "%s%coptions=-csearch_path%%3D%s", postgres(),
             strchr(postgres(), '?') ? '&' : '?', f->schema);
    CHECK_OK(f, db_open(&f->op, str_of(postgres()), false, &db));
    CHECK_OK(f, db->driver->exec(&f->op, db,
                                 arena_fmt(&f->arena, "CREATE SCHEMA %s", f->schema).p));
    db_close(db);
}

void fixture_place(struct fixture *f, enum fixture_engine engine)
{
    switch (engine) {
    case ON_MEMORY:
        snprintf(f->url, sizeof(f->url), "sqlite::memory:");
        break;
    case ON_FILE:
        snprintf(f->folder, sizeof(f->folder), "/tmp/draht-test-XXXXXX");
        assert_non_null(mkdtemp(f->folder));
        snprintf(f->url, sizeof(f->url), "sqlite:%s/draht.db", f->folder);
        break;
    case ON_POSTGRES:
        make_schema(f);
        break;
    }
}

static void drop_schema(struct fixture *f)
{
    struct db *db;

    CHECK_OK(f, db_open(&f->op, str_of(postgres()), false, &db));
    CHECK_OK(
        f, db->driver->exec(&f->op, db,
                            arena_fmt(&f->arena, "DROP SCHEMA %s CASCADE", f->schema).p));
    db_close(db);
}

void fixture_remove_place(struct fixture *f)
{
    static const char *const names[] = { "/draht.db", "/draht.db-wal", "/draht.db-shm",
                                         "/draht.db.part" };

    const char *folders[] = { f->folder, f->backup };

    if (f->schema[0])
        drop_schema(f);
    for (size_t i = 0; i < COUNT_OF(names) * 2 && f->folder[0]; i++)
        unlink(arena_fmt(&f->arena, "%s%s", folders[i % 2], names[i / 2]).p);
    if (f->backup[0])
        rmdir(f->backup);
    if (f->folder[0])
        rmdir(f->folder);
}

void fixture_begin_without_store(struct fixture *f, enum fixture_engine engine)
{
    if (engine == ON_POSTGRES && !postgres()) {
        print_message(
            "skipped: DRAHT_TEST_POSTGRES is not set, see tools/with-postgres\n");
        skip();
    }
    log_set_level(LOG_ERROR); /* failures of tests are read on a quiet screen */
    fixture_begin(f);
    fixture_place(f, engine);
}

void fixture_begin_on(struct fixture *f, enum fixture_engine engine)
{
    fixture_begin_without_store(f, engine);
    CHECK_OK(f, store_open(&f->op, str_of(f->url), 2, &f->store));
    f->world.store = f->store;
    f->op.db = store_writer_db(f->store);
    f->op.workspace = 1;
}
