/* bare.c - what a bare loop over SQLite costs: the floor under the way of a message.
 *
 *   bare same SOURCE.db TARGET.db BATCH   the rows of a store into the same tables
 *   bare one SOURCE.db TARGET.db BATCH    its messages into one table with full text
 *   bare understand ITEMS.ndjson          what text/ finds in the bodies, no database
 *   bare multiply STORE.db TIMES          not measured: the talk of a store, TIMES over
 *
 * SOURCE is a store that `draht import` has filled. All rows are read before the clock
 * starts. TARGET is made anew, with the settings of the program's own writer; a batch of
 * BATCH messages, and of every other table its share, is one durable commit. What is
 * measured is the CPU of this process, user and system, with the closing of the file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "db/db_sqlite.h"
#include "text/finding.h"

enum { MAX_TABLES = 100, MAX_LINE = 1024 * 1024 };

struct table {
    const char *name;
    int columns;
    sqlite3_int64 count;
    sqlite3_value **values; /* count times columns */
    sqlite3_stmt *insert;
};

static void die(const char *what, const char *why)
{
    fprintf(stderr, "bare: %s: %s\n", what, why);
    exit(1);
}

static double cpu_seconds(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sql, sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        die(sql, sqlite3_errmsg(db));
    return stmt;
}

static sqlite3 *open_db(const char *path)
{
    static const char *const settings[] = {
        "PRAGMA journal_mode=WAL",        "PRAGMA synchronous=FULL",
        "PRAGMA secure_delete=ON",        "PRAGMA mmap_size=33554432",
        "PRAGMA temp_store=MEMORY",       "PRAGMA cache_size=-8192",
        "PRAGMA trusted_schema=OFF",      "PRAGMA journal_size_limit=67108864",
        "PRAGMA wal_autocheckpoint=4000",
    };
    sqlite3 *db;

    if (sqlite3_open(path, &db) != SQLITE_OK)
        die(path, "cannot be opened");
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        run(db, settings[i]);
    if (sqlite_add_tokenizer(db) != SQLITE_OK)
        die(path, "has no tokenizer");
    return db;
}

static sqlite3 *open_new(const char *path)
{
    if (unlink(path) < 0 && errno != ENOENT)
        die(path, "cannot be replaced");
    return open_db(path);
}

static void read_rows(sqlite3 *db, struct table *table, const char *sql)
{
    sqlite3_stmt *stmt = prepare(db, sql);
    size_t n = 0, size = 0;

    table->columns = sqlite3_column_count(stmt);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        if (n + (size_t)table->columns > size) {
            size = size ? size * 2 : 4096;
            table->values = realloc(table->values, size * sizeof(*table->values));
            if (!table->values)
                die(table->name, "is too large for the memory");
        }
        for (int i = 0; i < table->columns; i++)
            table->values[n++] = sqlite3_value_dup(sqlite3_column_value(stmt, i));
        table->count++;
    }
    sqlite3_finalize(stmt);
}

/* The shadow tables of the full text are made by it. */
static const char has_rows_of_its_own[] =
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
    "'sqlite_%' AND name NOT LIKE 'search_entry_%' ORDER BY rowid";

static size_t read_tables(sqlite3 *source, sqlite3 *target, struct table *tables)
{
    sqlite3_stmt *list = prepare(source, has_rows_of_its_own);
    size_t n = 0;

    while (sqlite3_step(list) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(list, 0);
        bool is_index = strcmp(name, "search_entry") == 0;
        char *sql = sqlite3_mprintf("SELECT %s* FROM %s ORDER BY rowid",
                                    is_index ? "rowid, " : "", name);

        if (n == MAX_TABLES)
            die(name, "is one table too many");
        run(target, (const char *)sqlite3_column_text(list, 1));
        tables[n].name = sqlite3_mprintf("%s%s", name, is_index ? "(rowid, words)" : "");
        read_rows(source, &tables[n++], sql);
        sqlite3_free(sql);
    }
    sqlite3_finalize(list);
    return n;
}

static void make_indexes(sqlite3 *source, sqlite3 *target)
{
    sqlite3_stmt *list = prepare(
        source, "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");

    while (sqlite3_step(list) == SQLITE_ROW)
        run(target, (const char *)sqlite3_column_text(list, 0));
    sqlite3_finalize(list);
}

static void prepare_insert(sqlite3 *target, struct table *table)
{
    char marks[400] = "?";
    char *sql;

    for (int i = 1; i < table->columns; i++)
        memcpy(marks + strlen(marks), ",?", sizeof(",?"));
    sql = sqlite3_mprintf("INSERT INTO %s VALUES(%s)", table->name, marks);
    table->insert = prepare(target, sql);
    sqlite3_free(sql);
}

static void insert(sqlite3 *db, const struct table *table, sqlite3_int64 row)
{
    sqlite3_value **values = table->values + row * table->columns;

    for (int i = 0; i < table->columns; i++)
        sqlite3_bind_value(table->insert, i + 1, values[i]);
    if (sqlite3_step(table->insert) != SQLITE_DONE)
        die(table->name, sqlite3_errmsg(db));
    sqlite3_reset(table->insert);
}

/* All tables at the pace of `messages`; the CPU seconds that it took. */
static double insert_all(sqlite3 *db, struct table *tables, size_t count,
                         sqlite3_int64 messages, sqlite3_int64 batch)
{
    sqlite3_int64 rows[MAX_TABLES] = { 0 };
    double began;

    for (size_t i = 0; i < count; i++)
        prepare_insert(db, &tables[i]);
    began = cpu_seconds();
    for (sqlite3_int64 done = batch; done < messages + batch; done += batch) {
        sqlite3_int64 whole = done < messages ? done : messages;

        run(db, "BEGIN IMMEDIATE");
        for (size_t i = 0; i < count; i++)
            for (; rows[i] < tables[i].count * whole / messages; rows[i]++)
                insert(db, &tables[i], rows[i]);
        run(db, "COMMIT");
    }
    for (size_t i = 0; i < count; i++)
        sqlite3_finalize(tables[i].insert);
    sqlite3_close(db);
    return cpu_seconds() - began;
}

static sqlite3_int64 number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = prepare(db, sql);
    sqlite3_int64 n =
        sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;

    sqlite3_finalize(stmt);
    return n;
}

static void tell(sqlite3_int64 messages, sqlite3_int64 rows, double seconds)
{
    printf("{\"messages\":%lld,\"rows\":%lld,\"cpu_us\":%.2f}\n", messages, rows,
           seconds * 1e6 / (double)messages);
}

static void same(sqlite3 *source, const char *path, sqlite3_int64 batch)
{
    static struct table tables[MAX_TABLES];
    sqlite3 *target = open_new(path);
    size_t count = read_tables(source, target, tables);
    sqlite3_int64 messages = number(source, "SELECT COUNT(*) FROM message"), rows = 0;

    make_indexes(source, target);
    for (size_t i = 0; i < count; i++)
        rows += tables[i].count;
    tell(messages, rows, insert_all(target, tables, count, messages, batch));
}

static const char one_table[] =
    "CREATE TABLE message(id INTEGER PRIMARY KEY, workspace_id BIGINT, channel_id "
    "BIGINT, "
    "thread_id BIGINT, profile_id BIGINT, external_id TEXT, sent_at BIGINT, body TEXT);"
    "CREATE UNIQUE INDEX by_external ON message(workspace_id, channel_id, external_id);"
    "CREATE INDEX by_thread ON message(workspace_id, thread_id, sent_at);"
    "CREATE INDEX by_time ON message(workspace_id, sent_at);";

static void one(sqlite3 *source, const char *path, sqlite3_int64 batch)
{
    struct table tables[] = { { .name = "message" },
                              { .name = "search_entry(rowid, words)" } };
    sqlite3 *target = open_new(path);
    sqlite3_stmt *stmt =
        prepare(source, "SELECT sql FROM sqlite_master WHERE name = 'search_entry'");

    run(target, one_table);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        run(target, (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    read_rows(source, &tables[0],
              "SELECT m.id, m.workspace_id, m.channel_id, m.thread_id, m.profile_id, "
              "m.external_id, m.sent_at, v.body FROM message m JOIN message_version v "
              "ON v.workspace_id = m.workspace_id AND v.message_id = m.id ORDER BY m.id");
    read_rows(source, &tables[1],
              "SELECT rowid, words FROM search_entry WHERE rowid IN "
              "(SELECT id FROM message) ORDER BY rowid");
    tell(tables[0].count, tables[0].count + tables[1].count,
         insert_all(target, tables, 2, tables[0].count, batch));
}

/* As the way of a message has it found: word lists, rules and the model. */
static void understand(struct arena *arena, struct str body)
{
    static const struct text_lists none;
    struct finding_setting setting = { .lists = &none };
    volatile size_t used = text_findings(arena, body, &setting).count;

    (void)used;
}

static void understand_all(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    sqlite3_int64 messages = 0;
    double spent = 0;

    if (!file)
        die(path, "cannot be read");
    while ((n = getline(&line, &size, file)) > 0 && n < MAX_LINE) {
        ARENA(arena);
        struct op op = { .arena = &arena };
        struct json *item;
        double began;

        if (json_parse(&op, (struct str){ line, (size_t)n }, &item) < 0)
            die(path, "holds a line that is no JSON");
        began = cpu_seconds();
        understand(&arena, json_text(item, "body"));
        spent += cpu_seconds() - began;
        messages++;
    }
    free(line);
    fclose(file);
    tell(messages, 0, spent);
}

/* Copies of a row differ in their ids, and in what else must be unique. */
static const char *shifted(const char *column)
{
    static const char *const ids[] = { "id",         "thread_id",  "conversation_id",
                                       "parent_id",  "profile_id", "person_id",
                                       "message_id", "subject_id", "reaction_id",
                                       "rowid" };

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        if (strcmp(column, ids[i]) == 0)
            return "+ ?1";
    }
    if (strcmp(column, "external_id") == 0)
        return "|| '-' || ?2";
    return strcmp(column, "seq") == 0 ? "+ ?3" : "";
}

/* "INSERT INTO t(a, id) SELECT a, id + ?1 FROM t WHERE rowid <= ?4" */
static sqlite3_stmt *prepare_copy(sqlite3 *db, const char *table)
{
    char *info = sqlite3_mprintf("SELECT name FROM pragma_table_info(%Q)", table);
    char *names = NULL, *values = NULL, *sql;
    sqlite3_stmt *list = prepare(db, info), *stmt;

    if (strcmp(table, "search_entry") == 0) {
        names = sqlite3_mprintf("rowid");
        values = sqlite3_mprintf("rowid + ?1");
    }
    while (sqlite3_step(list) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(list, 0);
        const char *comma = names ? ", " : "";

        names = sqlite3_mprintf("%z%s%s", names, comma, name);
        values = sqlite3_mprintf("%z%s%s %s", values, comma, name, shifted(name));
    }
    sql = sqlite3_mprintf("INSERT INTO %s(%z) SELECT %z FROM %s WHERE rowid <= ?4", table,
                          names, values, table);
    stmt = prepare(db, sql);
    sqlite3_finalize(list);
    sqlite3_free(info);
    sqlite3_free(sql);
    return stmt;
}

/* All copies of one table; `step` sets the ids of each copy apart. */
static void multiply_table(sqlite3 *db, const char *table, int times, sqlite3_int64 step)
{
    char *newest = sqlite3_mprintf("SELECT MAX(rowid) FROM %s", table);
    sqlite3_int64 last = number(db, newest);
    sqlite3_int64 seq = number(db, "SELECT MAX(last_seq) FROM chain");
    sqlite3_stmt *copy = prepare_copy(db, table);

    run(db, "BEGIN IMMEDIATE");
    for (int i = 1; i < times; i++) {
        sqlite3_bind_int64(copy, 1, step * i);
        sqlite3_bind_int64(copy, 2, i);
        sqlite3_bind_int64(copy, 3, seq * i);
        sqlite3_bind_int64(copy, 4, last);
        if (sqlite3_step(copy) != SQLITE_DONE)
            die(table, sqlite3_errmsg(db));
        sqlite3_reset(copy);
    }
    run(db, "COMMIT");
    sqlite3_finalize(copy);
    sqlite3_free(newest);
}

static void multiply(sqlite3 *db, int times)
{
    static const char *const tables[] = {
        "person",       "profile", "thread",  "message", "message_version",
        "conversation", "wait",    "segment", "event",   "search_entry"
    };
    sqlite3_int64 step = 1 + number(db, "SELECT MAX(id) - MIN(id) FROM "
                                        "(SELECT id FROM person UNION ALL SELECT id FROM "
                                        "message UNION ALL SELECT id FROM segment)");

    run(db, "PRAGMA synchronous=OFF");
    run(db, "PRAGMA cache_size=-262144");
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        multiply_table(db, tables[i], times, step);
    run(db, "UPDATE chain SET last_seq = (SELECT MAX(seq) FROM event e "
            "WHERE e.workspace_id = chain.workspace_id)");
    run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "multiply") == 0) {
        multiply(open_db(argv[2]), (int)strtol(argv[3], NULL, 10));
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "understand") == 0) {
        understand_all(argv[2]);
        return 0;
    }
    if (argc != 5 || (strcmp(argv[1], "same") != 0 && strcmp(argv[1], "one") != 0))
        die("usage", "bare same|one SOURCE.db TARGET.db BATCH, understand FILE, "
                     "multiply STORE.db TIMES");
    (strcmp(argv[1], "same") == 0 ? same : one)(open_db(argv[2]), argv[3],
                                                strtol(argv[4], NULL, 10));
    return 0;
}
