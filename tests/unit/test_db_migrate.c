/* test_db_migrate.c - a store is brought forward as a whole, or not at all. */
#include "fixture.h"

#include <sys/stat.h>

#include "base/strbuf.h"
#include "db/migrate.h"
#include "db/search.h"
#include "db/store_parts.h"

static const struct embedded one[] = {
    { "0001_first.sql", STR("CREATE TABLE a (workspace_id BIGINT);") },
    { 0 },
};
static const struct embedded two[] = {
    { "0001_first.sql", STR("CREATE TABLE a (workspace_id BIGINT);") },
    { "0002_second.sql", STR("ALTER TABLE a ADD COLUMN b BLOB;\n"
                             "INSERT INTO a (workspace_id) VALUES (7);") },
    { 0 },
};
static const struct embedded edited[] = {
    { "0001_first.sql", STR("CREATE TABLE a (workspace_id BIGINT) ;") },
    { 0 },
};
static const struct embedded failing[] = {
    { "0001_first.sql", STR("CREATE TABLE a (workspace_id BIGINT);") },
    { "0002_second.sql", STR("INSERT INTO a (workspace_id) VALUES (7);\n"
                             "CREATE TABLE b (id BIGINT);\nNONSENSE;") },
    { 0 },
};

struct raw {
    struct fixture f;
    struct db *db;
};

/* A database without any schema. */
static void open_raw(struct raw *raw, void **state)
{
    enum fixture_engine engine = *(const enum fixture_engine *)*state;

    fixture_begin_without_store(&raw->f, engine);
    CHECK_OK(&raw->f, db_open(&raw->f.op, str_of(raw->f.url), false, &raw->db));
    raw->f.op.db = raw->db;
}

static void close_raw(struct raw *raw)
{
    db_close(raw->db);
    fixture_end(&raw->f);
}

#define RAW(name)                                                                        \
    CLEANUP(close_raw) struct raw name;                                                  \
    open_raw(&name, state)

static int64_t version(struct raw *raw, const struct embedded *files,
                       int64_t *ret_pending)
{
    int64_t v = -1;

    CHECK_OK(&raw->f, migrate_check(&raw->f.op, files, &v, ret_pending));
    return v;
}

static void migrations_run_once_each_and_in_order(void **state)
{
    RAW(raw);
    int64_t pending;

    assert_int_equal(version(&raw, two, &pending), 0);
    assert_int_equal(pending, 2);
    CHECK_OK(&raw.f, migrate_run(&raw.f.op, one));
    assert_int_equal(version(&raw, two, &pending), 1);
    assert_int_equal(pending, 1);
    CHECK_OK(&raw.f, migrate_run(&raw.f.op, two));
    CHECK_OK(&raw.f, migrate_run(&raw.f.op, two));
    assert_int_equal(version(&raw, two, &pending), 2);
    assert_int_equal(pending, 0);
    assert_int_equal(COUNT(&raw.f, "SELECT COUNT(*) FROM a"), 1);
    assert_int_equal(COUNT(&raw.f, "SELECT COUNT(*) FROM migration"), 2);
}

static void a_store_of_a_newer_program_is_refused_in_words(void **state)
{
    RAW(raw);
    int64_t v = -1, pending = -1;

    CHECK_OK(&raw.f, migrate_run(&raw.f.op, two));
    assert_int_equal(migrate_check(&raw.f.op, one, &v, &pending), ERR_CONFLICT);
    CHECK_STR(raw.f.op.err.text,
              "this store was written by a newer program: it has the "
              "migration 0002_second.sql, which this one does not know; use the "
              "newer one, or a backup from before");
    assert_int_equal(migrate_run(&raw.f.op, one), ERR_CONFLICT);
    assert_int_equal(v, -1);
    assert_int_equal(pending, -1);
}

static void a_migration_that_was_edited_later_is_refused(void **state)
{
    RAW(raw);
    int64_t v, pending;

    CHECK_OK(&raw.f, migrate_run(&raw.f.op, one));
    assert_int_equal(migrate_check(&raw.f.op, edited, &v, &pending), ERR_CONFLICT);
    CHECK_STR(raw.f.op.err.text,
              "the migration 0001_first.sql is not the one that made this store");
}

static void a_migration_that_fails_leaves_nothing_of_itself(void **state)
{
    RAW(raw);
    int64_t pending;

    assert_int_equal(migrate_run(&raw.f.op, failing), ERR_INTERNAL);
    assert_int_equal(version(&raw, failing, &pending), 1);
    assert_int_equal(COUNT(&raw.f, "SELECT COUNT(*) FROM a"), 0);
    CHECK_OK(&raw.f, migrate_run(&raw.f.op, two)); /* the corrected one works */
    assert_int_equal(COUNT(&raw.f, "SELECT COUNT(*) FROM a"), 1);
}

static void blocks_are_for_one_engine(void **state)
{
    FIXTURE(f);
    struct str sql = STR("a;\n-- only sqlite\nb;\n-- only postgres\nc;\n-- both\nd;");

    (void)state;
    CHECK_STR(migrate_text(&f.arena, sql, false),
              "a;\n-- only sqlite\nb;\n-- both\nd;\n");
    CHECK_STR(migrate_text(&f.arena, sql, true),
              "a;\n-- only postgres\nc;\n-- both\nd;\n");
}

/* The order of the list is the order of running; a gap would hide a lost file. */
static void the_migrations_of_the_program_are_numbered_without_a_gap(void **state)
{
    FIXTURE(f);
    int expected = 1;

    (void)state;
    for (const struct embedded *file = schema_files; file->name; file++) {
        struct str start = arena_fmt(&f.arena, "%04d_", expected++);

        assert_true(str_starts(str_of(file->name), start));
        assert_true(file->bytes.n > 0);
    }
    assert_true(expected > 1);
}

/* Every table and index as the engine has it. */
static struct str catalogue(struct raw *raw)
{
    static const struct db_stmt of = {
        "catalogue", "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
        "SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes WHERE "
        "schemaname = current_schema() UNION ALL "
        "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, "
        "column_default) FROM information_schema.columns "
        "WHERE table_schema = current_schema() ORDER BY 1"
    };
    struct strbuf b = STRBUF(&raw->f.arena);
    DB_ROWS(rows);

    CHECK_OK(&raw->f, db_query(&raw->f.op, &rows, &of));
    while (db_next(&raw->f.op, rows) == 1) {
        strbuf_add(&b, db_text(&raw->f.op, rows, 0));
        strbuf_char(&b, '\n');
    }
    return arena_dup(&raw->f.arena, strbuf_str(&b));
}

/* The first of the program's migrations, as a program of that time had them. */
static void bring_to(struct raw *raw, size_t count)
{
    struct embedded *files = arena_new(&raw->f.arena, struct embedded, count + 1);

    memcpy(files, schema_files, count * sizeof(*files));
    files[count] = (struct embedded){ 0 };
    CHECK_OK(&raw->f, migrate_run(&raw->f.op, files));
}

static void a_store_of_the_version_before_becomes_like_a_new_one(void **state)
{
    ARENA(arena);
    struct str fresh;
    size_t count = 0;

    while (schema_files[count].name)
        count++;
    {
        RAW(raw);

        CHECK_OK(&raw.f, migrate_run(&raw.f.op, schema_files));
        fresh = arena_dup(&arena, catalogue(&raw));
    }
    for (size_t version = count - 1; version >= count - 2; version--) {
        RAW(raw);

        bring_to(&raw, version);
        CHECK_OK(&raw.f, migrate_run(&raw.f.op, schema_files));
        CHECK_STR(catalogue(&raw), arena_cstr(&arena, fresh));
    }
}

/* The ids of what has the word, as text, newest first. */
static struct str with_word(struct fixture *f, enum search_kind kind, struct str word)
{
    struct search_term term = { &word, 1, true };
    struct search search = { kind, &term, 1, 0, 10 };
    struct strbuf b = STRBUF(&f->arena);
    int64_t *ids;
    size_t count;

    CHECK_OK(f, search_find(&f->op, &search, &ids, &count));
    for (size_t i = 0; i < count; i++)
        strbuf_fmt(&b, "%s%lld", i ? " " : "", (long long)ids[i]);
    return arena_dup(&f->arena, strbuf_str(&b));
}

/* Version 21 marks the words of people; before it the kind was a word of the row. */
static void people_of_an_older_store_are_found_by_their_words(void **state)
{
    enum { BEFORE = 20 };
    static const struct db_stmt of_then = {
        "of_then",
        "INSERT INTO search_entry (rowid, words) VALUES (1, '=w1 =k1 anna brieg'), "
        "(2, '=w1 =k2 anna brieg'), (3, '=w1 =k2'), (4, '=w2 =k2 anna'), "
        "(5, '=w1 =k2 annabell')",
        NULL
    };
    RAW(raw);
    struct fixture *f = &raw.f;

    bring_to(&raw, BEFORE);
    CHECK_OK(f, db_run(&f->op, &of_then));
    CHECK_OK(f, migrate_run(&f->op, schema_files));
    f->op.workspace = 1;
    CHECK_STR(with_word(f, SEARCH_PERSON, STR("anna")), "5 2");
    CHECK_STR(with_word(f, SEARCH_PERSON, STR("brieg")), "2");
    CHECK_STR(with_word(f, SEARCH_MESSAGE, STR("anna")), "1");
    f->op.workspace = 2;
    CHECK_STR(with_word(f, SEARCH_PERSON, STR("anna")), "4");
}

/* All migrations of the program and one more. */
static struct embedded *next_program(struct fixture *f, const char *sql)
{
    struct embedded *files;
    size_t n = 0;

    while (schema_files[n].name)
        n++;
    files = arena_new(&f->arena, struct embedded, n + 2);
    memcpy(files, schema_files, n * sizeof(*files));
    files[n].name = arena_fmt(&f->arena, "%04zu_next.sql", n + 1).p;
    files[n].bytes = str_of(sql);
    snprintf(f->backup, sizeof(f->backup), "%s/before-%04zu", f->folder, n + 1);
    return files;
}

static void reopen(struct fixture *f, const struct embedded *files, int expected)
{
    f->op.db = NULL;
    store_close(TAKE(f->store));
    assert_int_equal(store_open_with(&f->op, str_of(f->url), 1, files, &f->store),
                     expected);
    f->world.store = f->store;
    f->op.db = f->store ? store_writer_db(f->store) : NULL;
}

/* The copy is what an older program needs when its owner goes back. */
static void a_store_with_data_is_copied_before_it_is_changed(void **state)
{
    FIXTURE_ON(f, ON_FILE);
    const struct embedded *files =
        next_program(&f, "DELETE FROM chain; CREATE TABLE next (id BIGINT);");

    (void)state;
    RUN(&f,
        "INSERT INTO chain (workspace_id, last_seq, last_at, last_hash) "
        "VALUES (1, 42, 0, $1)",
        ARG_BLOB(STR("x")));
    reopen(&f, files, 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM chain"), 0);
    snprintf(f.url, sizeof(f.url), "sqlite:%s/draht.db", f.backup);
    reopen(&f, schema_files, 0);
    assert_int_equal(COUNT(&f, "SELECT last_seq FROM chain"), 42);
}

static void a_failed_migration_is_tried_again_with_its_first_copy(void **state)
{
    FIXTURE_ON(f, ON_FILE);
    const struct embedded *bad = next_program(&f, "NONSENSE;");

    (void)state;
    reopen(&f, bad, ERR_INTERNAL);
    assert_null(f.store);
    reopen(&f, bad, ERR_INTERNAL);
    reopen(&f, next_program(&f, "CREATE TABLE next (id BIGINT);"), 0);
    assert_int_equal(COUNT(&f, "SELECT COUNT(*) FROM next"), 0);
}

static void a_new_store_is_not_copied(void **state)
{
    FIXTURE_ON(f, ON_FILE);
    struct stat info;

    (void)state;
    assert_int_equal(stat(arena_fmt(&f.arena, "%s/before-0001", f.folder).p, &info), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(migrations_run_once_each_and_in_order),
        BOTH_ENGINES(a_store_of_a_newer_program_is_refused_in_words),
        BOTH_ENGINES(a_migration_that_was_edited_later_is_refused),
        BOTH_ENGINES(a_migration_that_fails_leaves_nothing_of_itself),
        BOTH_ENGINES(a_store_of_the_version_before_becomes_like_a_new_one),
        { "people_of_an_older_store_are_found_by_their_words",
          people_of_an_older_store_are_found_by_their_words, NULL, NULL,
          (void *)&fixture_memory },
        cmocka_unit_test(a_store_with_data_is_copied_before_it_is_changed),
        cmocka_unit_test(a_failed_migration_is_tried_again_with_its_first_copy),
        cmocka_unit_test(a_new_store_is_not_copied),
        cmocka_unit_test(blocks_are_for_one_engine),
        cmocka_unit_test(the_migrations_of_the_program_are_numbered_without_a_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
