/* test_store_power.c - what was acknowledged survives the loss of power.
 *
 * The disk is simulated (tests/power.h), so every place between two writes can be
 * the last. DRAHT_TEST_POWER_CUTS is the number of cuts (40 when it is not set).
 */
#include "power.h"

#include <sys/stat.h>

#include "event/event.h"

enum { EVENTS = 40 };

static int append(struct op *op, void *ctx)
{
    struct event event = { .kind = "power.test", .extra = STR("\"n\":1") };

    (void)ctx;
    return event_add(op, &event);
}

/* Store events until the power is lost, or all are stored. Returns how many had
 * been acknowledged by then. */
static int64_t write_until_dark(struct fixture *f)
{
    int64_t acknowledged = 0;

    CHECK_OK(f, store_open(&f->op, str_of(f->url), 1, &f->store));
    f->world.store = f->store;
    f->op.db = store_writer_db(f->store);
    f->op.workspace = 1;
    /* Often enough to be cut in the middle of one. */
    CHECK_OK(f, f->op.db->driver->exec(&f->op, f->op.db, "PRAGMA wal_autocheckpoint=20"));
    f->op.db = NULL;
    for (int i = 0; i < EVENTS && !power_is_lost(); i++) {
        CHECK_OK(f, store_write(&f->op, append, NULL));
        if (!power_is_lost())
            acknowledged++;
    }
    power_cut();
    store_close(TAKE(f->store));
    return acknowledged;
}

/* Is what the disk holds now a whole store with all that was acknowledged? */
static bool is_whole(struct fixture *f, int64_t acknowledged)
{
    static const struct db_stmt check = {
        "check",
        "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'", NULL
    };
    int64_t count = -1, seq = -1, ok = 0;
    struct str why;
    bool whole;

    snprintf(f->url, sizeof(f->url), "sqlite:%s/draht.db", f->backup);
    if (store_open(&f->op, str_of(f->url), 1, &f->store) < 0)
        return false;
    f->op.db = store_writer_db(f->store);
    whole = db_number(&f->op, &ok, &check) == 0 && ok == 1 &&
            event_verify(&f->op, &count, &seq, &why) == 0 && count >= acknowledged &&
            count <= acknowledged + 1;
    f->op.db = NULL;
    store_close(TAKE(f->store));
    return whole;
}

static int cuts(void)
{
    const char *text = getenv("DRAHT_TEST_POWER_CUTS");
    uint64_t n = 40;

    if (text)
        assert_true(str_to_u64(str_of(text), &n));
    return (int)n;
}

/* After how many of the cuts the store was not whole. */
static int count_damaged(bool lie)
{
    int damaged = 0;

    for (int i = 0; i < cuts(); i++) {
        CLEANUP(fixture_end) struct fixture f;
        int64_t acknowledged;

        fixture_begin_without_store(&f, ON_FILE);
        random_seed(&f.random, (uint64_t)i + 1);
        snprintf(f.backup, sizeof(f.backup), "%s/after", f.folder);
        assert_int_equal(mkdir(f.backup, 0700), 0);
        power_on(&f, f.backup, 1 + (unsigned)(random_u64(&f.op) % 1200), lie);
        acknowledged = write_until_dark(&f);
        power_off();
        if (is_whole(&f, acknowledged))
            continue;
        if (!lie)
            print_error("cut %d: %lld events were acknowledged\n", i,
                        (long long)acknowledged);
        damaged++;
    }
    return damaged;
}

static void what_was_acknowledged_survives_the_loss_of_power(void **state)
{
    (void)state;
    assert_int_equal(count_damaged(false), 0);
}

/* The control: with a disk that only says that it flushes, something is lost. */
static void a_disk_that_lies_is_caught(void **state)
{
    (void)state;
    assert_true(count_damaged(true) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_acknowledged_survives_the_loss_of_power),
        cmocka_unit_test(a_disk_that_lies_is_caught),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
