/* test_wal.c - a log that was torn is told from one that the disk has changed. */
#include "db/wal.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

enum { COMMITS = 12 };

/* A database whose log holds twelve commits and was left by a crash; its path. */
static const char *crashed(struct fixture *f)
{
    const char *path = arena_fmt(&f->arena, "%s/wal.db", f->folder).p;
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;"
                                  "CREATE TABLE t (i)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    for (int i = 1; i < COMMITS; i++)
        assert_int_equal(sqlite3_exec(db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL),
                         SQLITE_OK);
    sqlite3_close(db);
    return path;
}

static off_t size_of(const char *path)
{
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    return about.st_size;
}

/* Another byte at that place of the log. */
static void spoil(const char *log, off_t at)
{
    FILE *file = fopen(log, "r+b");
    int c;

    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    c = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fputc(c ^ 1, file), c ^ 1);
    assert_int_equal(fclose(file), 0);
}

static void a_whole_log_and_none_have_nothing_behind_a_break(void **state)
{
    FIXTURE_ON(f, ON_FILE);
    const char *path = crashed(&f), *log = arena_fmt(&f.arena, "%s-wal", path).p;
    struct wal_look look;

    (void)state;
    assert_true(wal_look(log, &look));
    assert_true(look.frames >= COMMITS);
    assert_int_equal(look.commits, 0);
    assert_true(wal_look("/nowhere/at-all", &look));
    assert_int_equal(look.frames, 0);
}

static void a_changed_byte_leaves_the_commits_behind_it_counted(void **state)
{
    FIXTURE_ON(f, ON_FILE);
    const char *path = crashed(&f), *log = arena_fmt(&f.arena, "%s-wal", path).p;
    struct wal_look look;

    (void)state;
    spoil(log, 32 + 24 + 100); /* in the first frame */
    assert_true(wal_look(log, &look));
    assert_int_equal(look.frames, 0);
    assert_in_range(look.commits, COMMITS - 1, COMMITS);
    wal_keep_damaged(&f.op, str_of(path));
    assert_int_equal(size_of(arena_fmt(&f.arena, "%s-wal.damaged", path).p),
                     size_of(log));
}

static void a_torn_end_is_no_damage(void **state)
{
    FIXTURE_ON(f, ON_FILE);
    const char *path = crashed(&f), *log = arena_fmt(&f.arena, "%s-wal", path).p;
    struct wal_look look;

    (void)state;
    spoil(log, size_of(log) - 10); /* in the last frame */
    assert_true(wal_look(log, &look));
    assert_int_equal(look.commits, 1);
    assert_int_equal(truncate(log, size_of(log) - 100), 0);
    assert_true(wal_look(log, &look));
    assert_int_equal(look.commits, 0);
    wal_keep_damaged(&f.op, str_of(path));
    assert_int_equal(access(arena_fmt(&f.arena, "%s-wal.damaged", path).p, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_log_and_none_have_nothing_behind_a_break),
        cmocka_unit_test(a_changed_byte_leaves_the_commits_behind_it_counted),
        cmocka_unit_test(a_torn_end_is_no_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
