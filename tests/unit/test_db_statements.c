/* test_db_statements.c - every statement of the program is understood by both
 * engines, and every key of the schema begins with the workspace.
 */
#include "fixture.h"

#include "base/strbuf.h"
#include "db/drivers.h"
#include "db/db_sqlite.h"

#define STMT(name, ...) { #name, __VA_ARGS__ },
static const struct db_stmt statements[] = {
#include "db/stmt.def"
#include "event/stmt.def"
#include "job/stmt.def"
#if __has_include("admin/stmt.def")
#include "admin/stmt.def"
#endif
#if __has_include("dialogue/stmt.def")
#include "dialogue/stmt.def"
#endif
#if __has_include("dialogue/stmt_outbox.def")
#include "dialogue/stmt_outbox.def"
#endif
#if __has_include("dialogue/stmt_inbox.def")
#include "dialogue/stmt_inbox.def"
#endif
#if __has_include("dialogue/stmt_measured.def")
#include "dialogue/stmt_measured.def"
#endif
#if __has_include("dialogue/stmt_public.def")
#include "dialogue/stmt_public.def"
#endif
#if __has_include("desk/stmt.def")
#include "desk/stmt.def"
#endif
#if __has_include("insight/stmt.def")
#include "insight/stmt.def"
#endif
#if __has_include("work/stmt.def")
#include "work/stmt.def"
#endif
#if __has_include("page/stmt.def")
#include "page/stmt.def"
#endif
#if __has_include("api/stmt.def")
#include "api/stmt.def"
#endif
};

static bool is_for_other_engine(const struct db_stmt *stmt, bool pg)
{
    return str_ends(str_of(stmt->name), pg ? STR("_SQLITE") : STR("_POSTGRES"));
}

static void every_statement_is_understood(void **state)
{
    FIXTURE_BOTH(f);
    bool pg = db_is_postgres(f.op.db);
    size_t bad = 0;

    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        if (is_for_other_engine(&statements[i], pg))
            continue;
        if (db_prepare(&f.op, &statements[i]) == 0)
            continue;
        print_error("%s: " STR_FMT "\n", statements[i].name, STR_ARG(f.op.err.detail));
        bad++;
    }
    assert_int_equal(bad, 0);
}

/* A wrong statement must be noticed, or the test above shows nothing. */
static void a_wrong_statement_is_noticed(void **state)
{
    static const struct db_stmt wrong[] = {
        { "column", "SELECT nonsense FROM job", NULL },
        { "table", "SELECT 1 FROM nonsense", NULL },
        { "syntax", "SELECT FROM WHERE", NULL },
    };
    FIXTURE_BOTH(f);

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(db_prepare(&f.op, &wrong[i]), ERR_INTERNAL);
}

/* The first column of each primary and unique key, with its table. */
static const struct db_stmt keys_sqlite = {
    "keys",
    "SELECT t.name, i.name, c.name FROM sqlite_schema t, pragma_index_list(t.name) i, "
    "pragma_index_info(i.name) c "
    "WHERE t.type = 'table' AND i.\"unique\" = 1 AND c.seqno = 0 "
    "AND t.name NOT LIKE 'search_entry%' "
    "UNION ALL SELECT t.name, 'primary', c.name FROM sqlite_schema t, "
    "pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk = 1 "
    "AND t.name NOT LIKE 'search_entry%' ORDER BY 1, 2",
    NULL
};
static const struct db_stmt keys_postgres = {
    "keys",
    "SELECT t.relname, i.relname, a.attname FROM pg_index x "
    "JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid "
    "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] "
    "WHERE x.indisunique AND t.relnamespace = CAST(current_schema() AS regnamespace) "
    "ORDER BY 1, 2",
    NULL
};
static const struct db_stmt tables_sqlite = {
    "tables",
    "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' "
    "AND name NOT LIKE 'search_entry%' AND name NOT LIKE 'sqlite_%'",
    NULL
};
static const struct db_stmt tables_postgres = {
    "tables",
    "SELECT COUNT(*) FROM pg_class WHERE relkind = 'r' "
    "AND relnamespace = CAST(current_schema() AS regnamespace)",
    NULL
};

/* Rule 1 of the data model lists them. */
static bool is_exempt(struct str table)
{
    return str_is(table, "workspace") || str_is(table, "migration") ||
           str_is(table, "node") || str_is(table, "installation");
}

/* The number of keys that do not begin with the workspace, printed. */
static size_t count_bad_keys(struct fixture *f, size_t *ret_tables)
{
    bool pg = db_is_postgres(f->op.db);
    struct str last = STR("");
    size_t bad = 0;
    DB_ROWS(rows);

    *ret_tables = 0;
    CHECK_OK(f, db_query(&f->op, &rows, pg ? &keys_postgres : &keys_sqlite));
    while (db_next(&f->op, rows) > 0) {
        struct str table = db_text(&f->op, rows, 0);

        *ret_tables += !str_eq(table, last);
        last = table;
        if (is_exempt(table) || str_is(db_text(&f->op, rows, 2), "workspace_id"))
            continue;
        print_error("%s: the key %s begins with %s\n", table.p,
                    db_text(&f->op, rows, 1).p, db_text(&f->op, rows, 2).p);
        bad++;
    }
    return bad;
}

static void every_key_begins_with_the_workspace(void **state)
{
    FIXTURE_BOTH(f);
    size_t with_keys;
    int64_t tables;

    assert_int_equal(count_bad_keys(&f, &with_keys), 0);
    CHECK_OK(&f, db_number(&f.op, &tables,
                           db_is_postgres(f.op.db) ? &tables_postgres : &tables_sqlite));
    assert_int_equal(with_keys, tables); /* and every table has a key */
    assert_true(tables > 40);
}

static void a_key_without_the_workspace_is_noticed(void **state)
{
    FIXTURE_BOTH(f);
    size_t tables;

    CHECK_OK(&f,
             f.op.db->driver->exec(
                 &f.op, f.op.db,
                 "CREATE TABLE bad (workspace_id BIGINT NOT NULL, id BIGINT NOT NULL, "
                 "name TEXT NOT NULL UNIQUE, PRIMARY KEY (id, workspace_id))"));
    assert_int_equal(count_bad_keys(&f, &tables), db_is_postgres(f.op.db) ? 2 : 3);
}

/* What does not name the workspace cannot be sent to the one shard that holds it:
 * docs/scaling.md lists the same, and says why each is so. */
static const char *const over_all_workspaces[] = {
    /* of tables that belong to none, and of the engine */
    "MIGRATION_LIST", "MIGRATION_GET", "MIGRATION_ADD", "MIGRATION_TABLE", "DAMAGE",
    "LEARN_POSTGRES", "NODE_FRESH", "NODE_LIVES", "NODE_FREE", "NODE_TAKE", "NODE_RENEW",
    "NODE_COMMIT", "NODE_COMMITTED", "NODE_CLOCK", "NODE_SET_CLOCK", "DURABLE_GET",
    "DURABLE_CLOCK", "PURGE_TABLES", "INSTALLATION_GET", "INSTALLATION_ADD",
    "INSTALLATION_SET", "WORKSPACE_BY_SLUG", "WORKSPACE_NEXT", "SITE_WORKSPACES",
    /* whose is it? by a secret, or by an id in an open address */
    "ACCESS_BY_SESSION", "ACCESS_BY_TOKEN", "SESSION_OWNER", "LINK_BY_HASH",
    "STATUS_LINK_WORKSPACE", "CHANNEL_WORKSPACE", "PUBLIC_THREAD_WORKSPACE",
    "PUBLIC_CONVERSATION_WORKSPACE",
    /* which work is due, whoever's it is */
    "JOB_NEXT_DUE", "JOB_NEXT_EXPIRED", "JOB_DUE", "JOB_EXPIRED", "METRICS_JOBS_DUE",
    "CHAIN_NEWEST", NULL
};

static bool names_a_workspace(const struct db_stmt *stmt)
{
    struct str sql = str_of(stmt->postgres ? stmt->postgres : stmt->sql);

    return str_find(sql, STR("workspace_id = $1")) >= 0 ||
           (str_starts(sql, STR("INSERT INTO")) &&
            str_find(sql, STR("(workspace_id, ")) >= 0);
}

static bool is_listed(const struct db_stmt *stmt)
{
    for (const char *const *name = over_all_workspaces; *name; name++)
        if (strcmp(*name, stmt->name) == 0)
            return true;
    return false;
}

static void statements_that_name_no_workspace_are_few_and_listed(void **state)
{
    size_t bad = 0;
    (void)state;

    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        const struct db_stmt *stmt = &statements[i];

        if (is_for_other_engine(stmt, true) ||
            names_a_workspace(stmt) == !is_listed(stmt))
            continue;
        print_error("\"%s\",\n", stmt->name);
        bad++;
    }
    assert_int_equal(bad, 0);
}

/* These mean to walk what a workspace has of their kind: it stays small, is counted
 * whole, or is read by `draht verify` and the like, page after page. */
static const char *const walkers[] = {
    "ACCOUNT_ANY",
    "ACCOUNT_COUNT_WITH_RIGHT",
    "CHANNEL_LIMITED",
    "CHANNEL_LIST",
    "CHANNEL_WORKSPACE",
    "COUNT_FOLLOWERS", /* of each channel the newest count */
    "CHAIN_HEAD",
    "CHAIN_LOCK",
    "CHAIN_SET",
    "INBOX_ALL_COUNT",
    "INBOX_OPEN_COUNT",      /* all that is not finished, up to a limit */
    "INBOX_OPEN_FREE_COUNT", /* nobody's, and the index has no others */
    "INBOX_TAGS",
    "INBOX_TOPICS",
    "LINK_CANCEL",
    "METRICS_OUTBOX",
    "MIGRATION_LIST",
    "MIGRATION_TABLE",
    "NOTE_ACCOUNTS",
    "OBSERVE_FOLLOWERS", /* the people of a period, each once */
    "OWN_MODEL_GET",     /* one row for each workspace */
    "OWN_MODEL_WEIGHTS",
    "OWN_MODEL_WAITING",
    "PURGE_TABLES",
    "PURGE_WORDS_SQLITE",
    "READ_AGAIN_GET",
    "READ_AGAIN_NEWEST",
    "READY",
    "ROLE_LIST",
    "SEARCH_FIND_SQLITE",
    "SEARCH_GLANCE_SQLITE",
    "SEARCH_REMOVE_SQLITE",
    "SECRET_ALL",
    "SITE_WORKSPACES",
    "TOKEN_COUNT",
    "TOKEN_REVOKE_ALL",
    "VERDICT_CORRECTIONS", /* the newest ones, up to a limit */
    "VERDICT_REVISION",
    "VERDICT_TALLIES",
    "WEBHOOK_LIST",
    "WORKSPACE_GET",
    "WORKSPACE_SET",
};

static bool may_walk(const struct db_stmt *stmt)
{
    for (size_t i = 0; i < COUNT_OF(walkers); i++)
        if (strcmp(stmt->name, walkers[i]) == 0)
            return true;
    return str_ends(str_of(stmt->name), STR("_ALL"));
}

/* A line of SQLite's plan that looks at all rows of a workspace, or of a table. */
static bool is_walk(struct str line)
{
    struct str counted = STR("SCAN counted"); /* rows that a limit has cut before */
    struct str homes = STR("SCAN home ");     /* the workspaces, which are few */

    return (str_starts(line, STR("SCAN ")) && !str_starts(line, counted) &&
            !str_starts(line, homes) && !str_starts(line, STR("SCAN CONSTANT"))) ||
           str_ends(line, STR("(workspace_id=?)"));
}

/* Whether the engine would walk for this statement; says so. */
static bool walks(struct fixture *f, const struct db_stmt *stmt)
{
    struct str sql = arena_fmt(f->op.arena, "EXPLAIN QUERY PLAN %s", stmt->sql);
    sqlite3_stmt *plan = NULL;
    bool found = false;

    assert_int_equal(
        sqlite3_prepare_v2(sqlite_handle(f->op.db), sql.p, (int)sql.n, &plan, NULL),
        SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(plan, 3);

        if (is_walk(str_of(line))) {
            print_message("%s: %s\n", stmt->name, line);
            found = true;
        }
    }
    sqlite3_finalize(plan);
    return found;
}

/* Without statistics SQLite rather walks a key in the order that is asked for than it
 * finds a handful of rows and sorts them; ORDER BY +id is the cure. A plan that walks is
 * quick in every test and slow a year later, so it is looked for here. */
static void no_statement_walks_a_workspace_for_a_few_rows(void **state)
{
    FIXTURE_ON(f, ON_MEMORY);
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(statements); i++)
        if (!is_for_other_engine(&statements[i], false) && !may_walk(&statements[i]))
            bad += walks(&f, &statements[i]);
    assert_int_equal(bad, 0);
}

static void a_statement_that_walks_is_noticed(void **state)
{
    static const struct db_stmt walker = {
        "walker", "SELECT name FROM person WHERE workspace_id = $1 AND note = $2", NULL
    };
    static const struct db_stmt finder = {
        "finder", "SELECT name FROM person WHERE workspace_id = $1 AND id = $2", NULL
    };
    FIXTURE_ON(f, ON_MEMORY);

    (void)state;
    assert_true(walks(&f, &walker));
    assert_false(walks(&f, &finder));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH_ENGINES(every_statement_is_understood),
        BOTH_ENGINES(a_wrong_statement_is_noticed),
        BOTH_ENGINES(every_key_begins_with_the_workspace),
        BOTH_ENGINES(a_key_without_the_workspace_is_noticed),
        cmocka_unit_test(statements_that_name_no_workspace_are_few_and_listed),
        cmocka_unit_test(no_statement_walks_a_workspace_for_a_few_rows),
        cmocka_unit_test(a_statement_that_walks_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
