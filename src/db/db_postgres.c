/* db_postgres.c - the engine PostgreSQL, through libpq.
 *
 * Writers run SERIALIZABLE, so that a write may think it is alone, as on
 * SQLite; when two nodes collide one of them is told so and store.c runs it
 * again. Statements are prepared once per connection; the types of their values
 * are PostgreSQL's to infer, so that they never depend on who runs one first.
 * Savepoints and rows of the log wait for the next statement (db_postgres_pipe.h).
 * A lost connection fails what was under way and is made anew at the next
 * beginning: nothing is repeated behind the caller's back.
 */
#include "db/db_postgres.h"

#include "db/drivers.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>

#include "base/log.h"
#include "db/db_postgres_pipe.h"

enum { BUCKETS = 256, OID_BOOL = 16, OID_BYTEA = 17, MAX_CLUSTERS = 16 };
enum {
    MAX_PATIENCE_MS = 10 * 1000,
    READER_PATIENCE_MS = 10 * 60 * 1000, /* a backup may write to a slow disk meanwhile */
    TURN_MAX_WAIT_MS = 10 * 1000,
};

struct prepared {
    struct prepared *next; /* in its bucket */
    const struct db_stmt *key;
    int values; /* how many $n it takes */
    char name[16];
};

struct pg_db {
    struct db base;
    char *url;
    PGconn *conn;        /* NULL: it was given up */
    bool old;            /* the last server that answered was replaced by another */
    unsigned number;     /* of the next statement */
    int64_t patience_ms; /* how long the server waits for us inside a transaction */
    struct prepared *buckets[BUCKETS];
    struct pipe pipe; /* what is owed to the server */
};

struct pg_rows {
    struct db_rows base;
    PGresult *result;
    int row, count;
};

static struct pg_db *own(struct db *db)
{
    return CONTAINER_OF(db, struct pg_db, base);
}

PGconn *postgres_handle(struct db *db)
{
    return own(db)->conn;
}

static struct pg_rows *own_rows(struct db_rows *rows)
{
    return CONTAINER_OF(rows, struct pg_rows, base);
}

static void clear_result(PGresult **result)
{
    PQclear(*result);
}

static void on_notice(void *ctx UNUSED, const char *message)
{
    ARENA(scratch);
    struct str text = log_quoted(&scratch, str_trim(str_of(message)));

    log_line(LOG_DEBUG, STR("postgres"), "event=notice text=" STR_FMT, STR_ARG(text));
}

static bool class_is(const char *state, const char *class)
{
    return strncmp(state, class, strlen(class)) == 0;
}

/* `state` is the five letters of SQLSTATE, empty when the server said nothing. */
static int describe(struct op *op, struct pg_db *db, const char *state)
{
    if (class_is(state, "40")) { /* serialization failure, deadlock */
        db->base.again = true;
        db->base.broken = db->base.depth > 0;
        return op_fail(op, ERR_UNAVAILABLE, "the database is busy");
    }
    if (class_is(state, "23"))
        return op_fail(op, ERR_CONFLICT, "this exists already");
    if (class_is(state, "53100"))
        return op_fail_as(op, ERR_UNAVAILABLE, "disk_full",
                          "the disk of the database is full");
    if (PQstatus(db->conn) != CONNECTION_OK || class_is(state, "08") ||
        class_is(state, "57P")) {
        db->base.lost = true;
        db->base.broken = db->base.depth > 0;
        return op_fail(op, ERR_UNAVAILABLE, "the database cannot be reached");
    }
    if (class_is(state, "53") || class_is(state, "58") || class_is(state, "55P03") ||
        class_is(state, "57014"))
        return op_fail(op, ERR_UNAVAILABLE, "the database is busy");
    if (class_is(state, "22021"))
        return op_fail(op, ERR_INVALID, "a text is not valid UTF-8");
    if (class_is(state, "25006") && !db->base.read_only)
        return op_fail(op, ERR_UNAVAILABLE, "the database takes no changes just now");
    if (class_is(state, "25006"))
        return op_fail(op, ERR_INTERNAL, "the database may only be read here");
    return op_fail(op, ERR_INTERNAL, "the database refused a statement");
}

static int fail(struct op *op, struct pg_db *db, const PGresult *result, const char *what)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *words = result ? PQresultErrorMessage(result) : NULL;
    int r;

    if (!words || !words[0])
        words = PQerrorMessage(db->conn);
    r = describe(op, db, state ? state : "");
    return op_detail(op, r, "postgres %s: " STR_FMT "; %s", state ? state : "-----",
                     STR_ARG(str_trim(str_of(words))), what);
}

static void forget_statements(struct pg_db *db)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        while (db->buckets[i]) {
            struct prepared *p = db->buckets[i];

            db->buckets[i] = p->next;
            free(p);
        }
    }
}

static void pg_close(struct db *base)
{
    struct pg_db *db = own(base);

    forget_statements(db);
    pipe_forget(&db->pipe);
    PQfinish(db->conn);
    free(db->url);
    free(db);
}

static void close_half_open(struct pg_db **db)
{
    if (*db)
        pg_close(&(*db)->base);
}

/* COMMIT of a spoiled transaction succeeds, by rolling back. */
static int check_commit(struct op *op, const char *sql, PGresult *result)
{
    if (strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(result), "COMMIT") != 0)
        return op_fail(op, ERR_INTERNAL, "a failed statement was followed by a commit");
    return 0;
}

static int run_plain(struct op *op, struct pg_db *db, const char *sql)
{
    CLEANUP(clear_result) PGresult *result = PQexec(db->conn, sql);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
        status != PGRES_EMPTY_QUERY)
        return fail(op, db, result, sql);
    return check_commit(op, sql, result);
}

/* Pay what is owed, together with `last` when there is one. */
static int settle(struct op *op, struct pg_db *db, const struct pipe_item *last,
                  PGresult **ret)
{
    CLEANUP(clear_result) PGresult *result = NULL;
    const char *name;
    int r;

    if (!last && db->pipe.count == 0)
        return 0;
    r = pipe_run(db->conn, &db->pipe, last, &result, &name);
    if (r == PIPE_FAILED && PQresultStatus(result) == PGRES_COMMAND_OK)
        return op_fail(op, ERR_INTERNAL, "%s changed %s rows, not one", name,
                       PQcmdTuples(result));
    if (r == PIPE_FAILED)
        return fail(op, db, result, name);
    if (ret)
        *ret = TAKE(result);
    return 0;
}

static int settle_before(struct op *op, struct pg_db *db, const char *sql)
{
    CLEANUP(clear_result) PGresult *result = NULL;
    struct pipe_item last = { .sql = sql, .name = sql };
    int r = settle(op, db, &last, &result);

    return r < 0 ? r : check_commit(op, sql, result);
}

/* Owe it, unless there is no room or what came before might still fail inside of it. */
static int owe(struct op *op, struct pg_db *db, const char *sql)
{
    int r = 0;

    if (pipe_has_statements(&db->pipe) || db->pipe.count == PIPE_MAX_OWED)
        r = settle(op, db, NULL, NULL);
    if (r == 0)
        pipe_owe(&db->pipe, sql);
    return r;
}

/* A release is the moment at which the writer is told that it worked: whatever was owed
 * inside must be known by then. */
static int release(struct op *op, struct pg_db *db)
{
    return pipe_take_back(&db->pipe) ? 0 : owe(op, db, PIPE_RELEASE);
}

static int roll_back(struct op *op, struct pg_db *db)
{
    if (pipe_cut(&db->pipe))
        return 0; /* nothing of it has reached the server */
    return db->pipe.count ? settle_before(op, db, "ROLLBACK TO s")
                          : run_plain(op, db, "ROLLBACK TO s");
}

/* A sentence inside a transaction. */
static int exec_inside(struct op *op, struct pg_db *db, const char *sql)
{
    int r;

    if (strcmp(sql, PIPE_SAVEPOINT) == 0)
        return owe(op, db, PIPE_SAVEPOINT);
    if (strcmp(sql, PIPE_RELEASE) == 0)
        return release(op, db);
    if (strcmp(sql, "ROLLBACK TO s") == 0)
        return roll_back(op, db);
    if (strcmp(sql, "COMMIT") == 0 && db->pipe.count > 0 &&
        !pipe_has_statements(&db->pipe))
        return settle_before(op, db, sql);
    if (strcmp(sql, "ROLLBACK") == 0)
        pipe_forget(&db->pipe);
    r = settle(op, db, NULL, NULL);
    return r < 0 ? r : run_plain(op, db, sql);
}

/* What this process has seen of each PostgreSQL: a server that was promoted counts one
 * timeline more than the one whose place it took. */
static struct {
    pthread_mutex_t lock;
    struct {
        int64_t cluster, timeline;
    } seen[MAX_CLUSTERS];
    size_t count;
} clusters = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* False: a newer one was seen. */
static bool is_newest(int64_t cluster, int64_t timeline)
{
    bool newest = true;
    size_t i = 0;

    pthread_mutex_lock(&clusters.lock);
    while (i < clusters.count && clusters.seen[i].cluster != cluster)
        i++;
    if (i == clusters.count && i < MAX_CLUSTERS) {
        clusters.seen[i].cluster = cluster;
        clusters.seen[i].timeline = timeline;
        clusters.count++;
    } else if (i < clusters.count) {
        newest = timeline >= clusters.seen[i].timeline;
        if (newest)
            clusters.seen[i].timeline = timeline;
    }
    pthread_mutex_unlock(&clusters.lock);
    return newest;
}

/* A primary that was replaced and comes back must not be taken for the store: what it
 * would accept is not in the one that took its place. A server that does not tell its
 * timeline is believed. */
static int refuse_the_replaced(struct op *op, struct pg_db *db)
{
    static const char sql[] =
        "SELECT system_identifier, CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || "
        "left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::bigint END "
        "FROM pg_control_system()";
    CLEANUP(clear_result) PGresult *result = PQexec(db->conn, sql);
    int64_t cluster, timeline;

    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        return PQstatus(db->conn) == CONNECTION_OK ? 0 : fail(op, db, result, "timeline");
    cluster = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    timeline = strtoll(PQgetvalue(result, 0, 1), NULL, 10);
    if (is_newest(cluster, timeline))
        return 0;
    PQfinish(db->conn);
    db->conn = NULL;
    db->old = db->base.lost = true;
    return op_fail(
        op, ERR_UNAVAILABLE,
        "the database server was replaced by another one: this is the old one");
}

/* Who commits is waited for by all other nodes: one that stopped in the middle (a
 * machine that sleeps, a network that swallows) must not hold them up. */
static int configure(struct op *op, struct pg_db *db)
{
    int64_t patience = db->base.read_only ? READER_PATIENCE_MS : db->patience_ms;
    char sql[500];
    int r;

    PQsetNoticeProcessor(db->conn, on_notice, NULL);
    r = refuse_the_replaced(op, db);
    if (r < 0)
        return r;
    snprintf(sql, sizeof(sql),
             "SET idle_in_transaction_session_timeout = %lld; SET lock_timeout = %d; "
             "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; "
             "SET tcp_keepalives_count = 3; SET tcp_user_timeout = %lld",
             (long long)patience, TURN_MAX_WAIT_MS, (long long)db->patience_ms);
    r = run_plain(op, db, sql);
    if (r < 0)
        return r;
    if (db->base.read_only)
        return run_plain(op, db, "SET default_transaction_read_only = on");
    /* Raised, never lowered: remote_apply promises more than on. */
    return run_plain(op, db,
                     "SELECT set_config('synchronous_commit', 'on', false) "
                     "WHERE current_setting('synchronous_commit') NOT IN "
                     "('on', 'remote_apply')");
}

/* To the first server of the address that takes changes; with a `host`, to that one. */
static int connect_to(struct op *op, struct pg_db *db, const char *host, const char *port)
{
    static const char *const keys[] = { "connect_timeout",
                                        "application_name",
                                        "client_encoding",
                                        "keepalives_idle",
                                        "keepalives_interval",
                                        "keepalives_count",
                                        "tcp_user_timeout",
                                        "target_session_attrs",
                                        "dbname",
                                        "host",
                                        "port",
                                        NULL };
    /* What the address says itself takes the place of what stands before it. */
    const char *const values[] = { "10",    "draht",      "UTF8",  "10", "5",  "3",
                                   "15000", "read-write", db->url, host, port, NULL };

    PQfinish(db->conn);
    db->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(db->conn) == CONNECTION_OK)
        return configure(op, db);
    db->base.lost = true;
    fail(op, db, NULL, "connect");
    op->err.kind = ERR_UNAVAILABLE; /* whatever the server has against us */
    op->err.text = STR("the database cannot be reached");
    return ERR_UNAVAILABLE;
}

/* The nth of a list with commas; the last one stands for all that follow. */
static const char *member(struct op *op, const char *list, size_t n)
{
    struct str rest = str_of(list ? list : ""), one = str_cut(rest, ',', &rest);

    while (n-- > 0 && rest.n)
        one = str_cut(rest, ',', &rest);
    return arena_cstr(op->arena, one);
}

static size_t members(const char *list)
{
    size_t n = list && list[0] ? 1 : 0;

    for (; list && *list; list++)
        n += *list == ',';
    return n;
}

/* The first that answered was an old primary: is there another? Each is asked alone. */
static int connect_to_another(struct op *op, struct pg_db *db)
{
    PQconninfoOption *options = PQconninfoParse(db->url, NULL);
    const char *hosts = NULL, *ports = NULL;
    int r = ERR_UNAVAILABLE;

    for (PQconninfoOption *o = options; o && o->keyword; o++) {
        if (strcmp(o->keyword, "host") == 0)
            hosts = o->val;
        else if (strcmp(o->keyword, "port") == 0)
            ports = o->val;
    }
    for (size_t i = 0; i < members(hosts) && r < 0 && members(hosts) > 1; i++)
        r = connect_to(op, db, member(op, hosts, i), member(op, ports, i));
    PQconninfoFree(options);
    return r;
}

static int connect_anew(struct op *op, struct pg_db *db)
{
    int r;

    db->old = false;
    r = connect_to(op, db, NULL, NULL);
    return r < 0 && db->old ? connect_to_another(op, db) : r;
}

static int reconnect_if_lost(struct op *op, struct pg_db *db)
{
    if (db->base.depth > 0 || PQstatus(db->conn) == CONNECTION_OK)
        return 0;
    forget_statements(db);
    pipe_forget(&db->pipe);
    return connect_anew(op, db);
}

/* Half of the lease: whoever holds the others up is thought dead soon after. */
static int64_t patience_of(const struct op *op)
{
    int64_t half = op->world && op->world->lease_ms ? op->world->lease_ms / 2 : 0;

    return half == 0 || half > MAX_PATIENCE_MS ? MAX_PATIENCE_MS : half;
}

static int pg_open(struct op *op, struct str url, bool read_only, struct db **ret)
{
    CLEANUP(close_half_open) struct pg_db *db = must_zalloc(sizeof(*db));
    int r;

    db->base.driver = &db_driver_postgres;
    db->base.read_only = read_only;
    db->patience_ms = patience_of(op);
    db->url = must_alloc(url.n + 1);
    memcpy(db->url, arena_cstr(op->arena, url), url.n + 1);
    r = connect_anew(op, db);
    if (r < 0)
        return r;

    *ret = &TAKE(db)->base;
    return 0;
}

/* That a connection was lost while it was idle shows at the beginning of the next
 * transaction: nothing is done yet, so a second beginning repeats nothing. */
static int pg_exec(struct op *op, struct db *base, const char *sql)
{
    struct pg_db *db = own(base);
    int r;

    r = reconnect_if_lost(op, db);
    if (r < 0)
        return r;
    if (base->depth > 0)
        return exec_inside(op, db, sql);
    r = run_plain(op, db, sql);
    if (r == 0 || !class_is(sql, "BEGIN"))
        return r;
    if (PQstatus(db->conn) == CONNECTION_OK) { /* begun, and the turn did not come */
        PQclear(PQexec(db->conn, "ROLLBACK"));
        return r;
    }
    r = reconnect_if_lost(op, db);
    return r < 0 ? r : run_plain(op, db, sql);
}

static int find_or_prepare(struct op *op, struct pg_db *db, const struct db_stmt *stmt,
                           const struct prepared **ret)
{
    struct prepared **bucket =
        &db->buckets[((uintptr_t)stmt >> 3) * 2654435761u % BUCKETS];
    const char *sql = stmt->postgres ? stmt->postgres : stmt->sql;
    struct prepared made = { .next = *bucket, .key = stmt };
    int r;

    for (const struct prepared *p = *bucket; p; p = p->next) {
        if (p->key == stmt) {
            *ret = p;
            return 0;
        }
    }
    r = settle(op, db, NULL, NULL); /* should it not parse, the savepoint must be there */
    if (r < 0)
        return r;
    snprintf(made.name, sizeof(made.name), "s%u", db->number);
    CLEANUP(clear_result) PGresult *result = PQprepare(db->conn, made.name, sql, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        return fail(op, db, result, stmt->name);
    CLEANUP(clear_result) PGresult *described = PQdescribePrepared(db->conn, made.name);
    if (PQresultStatus(described) != PGRES_COMMAND_OK)
        return fail(op, db, described, stmt->name);
    made.values = PQnparams(described);
    db->number++;
    *bucket = must_alloc(sizeof(made));
    **bucket = made;
    *ret = *bucket;
    return 0;
}

static int pg_prepare(struct op *op, struct db *base, const struct db_stmt *stmt)
{
    const struct prepared *prepared;

    return find_or_prepare(op, own(base), stmt, &prepared);
}

/* The statement as the server knows it, with as many values as it takes. */
static int get_ready(struct op *op, struct pg_db *db, const struct db_stmt *stmt,
                     size_t count, const struct prepared **ret)
{
    const struct prepared *prepared = NULL;
    int r = reconnect_if_lost(op, db);

    if (r >= 0)
        r = find_or_prepare(op, db, stmt, &prepared);
    if (r < 0)
        return r;
    assert(prepared);
    if (count > DB_MAX_ARGS || (int)count != prepared->values)
        return op_fail(op, ERR_INTERNAL, "statement %s takes %d values, not %zu",
                       stmt->name, prepared->values, count);
    *ret = prepared;
    return 0;
}

static int run_prepared(struct op *op, struct pg_db *db, const struct pipe_item *item,
                        PGresult **ret)
{
    const struct bound *b = item->bound;
    CLEANUP(clear_result) PGresult *result = NULL;

    if (db->pipe.count > 0)
        return settle(op, db, item, ret);
    result = PQexecPrepared(db->conn, item->prepared, b->count, b->values, b->lengths,
                            b->formats, 0);
    if (PQresultStatus(result) != PGRES_COMMAND_OK &&
        PQresultStatus(result) != PGRES_TUPLES_OK)
        return fail(op, db, result, item->name);
    *ret = TAKE(result);
    return 0;
}

static int pg_query(struct op *op, struct db *base, const struct db_stmt *stmt,
                    const struct db_arg *args, size_t count, struct db_rows **ret)
{
    struct pg_db *db = own(base);
    const struct prepared *prepared = NULL;
    struct pipe_item item = { .name = stmt->name };
    struct bound bound;
    struct pg_rows *rows;
    PGresult *result = NULL;
    int r;

    r = get_ready(op, db, stmt, count, &prepared);
    if (r < 0)
        return r;
    bound_fill(&bound, args, count);
    item.prepared = prepared->name;
    item.bound = &bound;
    r = run_prepared(op, db, &item, &result);
    if (r < 0)
        return r;
    rows = must_alloc(sizeof(*rows));
    *rows = (struct pg_rows){ { base }, result, -1, PQntuples(result) };
    *ret = &rows->base;
    return 0;
}

static int pg_change_one(struct op *op, struct db *base, const struct db_stmt *stmt,
                         const struct db_arg *args, size_t count)
{
    struct pg_db *db = own(base);
    const struct prepared *prepared = NULL;
    int r = get_ready(op, db, stmt, count, &prepared);

    if (r == 0 && db->pipe.count == PIPE_MAX_OWED)
        r = settle(op, db, NULL, NULL);
    if (r == 0)
        pipe_owe_one(&db->pipe, prepared->name, stmt->name, args, count);
    return r;
}

static int pg_next(struct op *op UNUSED, struct db_rows *base)
{
    struct pg_rows *rows = own_rows(base);

    if (rows->row + 1 >= rows->count)
        return 0;
    rows->row++;
    return 1;
}

static int64_t pg_changed(struct db_rows *base)
{
    PGresult *result = own_rows(base)->result;
    int64_t changed = 0;

    /* PostgreSQL counts the rows of a SELECT too: they did not change. */
    if (class_is(PQcmdStatus(result), "SELECT"))
        return 0;
    str_to_i64(str_of(PQcmdTuples(result)), &changed);
    return changed;
}

static const char *value_of(struct db_rows *base, int column, size_t *ret_n)
{
    struct pg_rows *rows = own_rows(base);

    assert(column < PQnfields(rows->result) && rows->row >= 0);
    *ret_n = (size_t)PQgetlength(rows->result, rows->row, column);
    return PQgetvalue(rows->result, rows->row, column);
}

static int64_t pg_get_int(struct db_rows *base, int column)
{
    size_t n;
    const char *p = value_of(base, column, &n);

    if (PQftype(own_rows(base)->result, column) == OID_BOOL)
        return n > 0 && p[0] == 't';
    return strtoll(p, NULL, 10);
}

static struct str pg_get_bytes(struct op *op, struct db_rows *base, int column)
{
    size_t n;
    const char *p = value_of(base, column, &n);
    struct str s = { p, n };
    unsigned char *plain;

    if (n == 0 || PQftype(own_rows(base)->result, column) != OID_BYTEA)
        return arena_dup(op->arena, s);
    plain = PQunescapeBytea((const unsigned char *)p, &s.n);
    if (!plain)
        abort(); /* out of memory */
    s = arena_dup(op->arena, (struct str){ (char *)plain, s.n });
    PQfreemem(plain);
    return s;
}

static bool pg_is_null(struct db_rows *base, int column)
{
    return PQgetisnull(own_rows(base)->result, own_rows(base)->row, column);
}

static void pg_finish(struct db_rows *base)
{
    PQclear(own_rows(base)->result);
    free(own_rows(base));
}

int postgres_listen(struct op *op, struct db *base)
{
    struct pg_db *db = own(base);
    int r = reconnect_if_lost(op, db);

    return r < 0 ? r
                 : run_plain(op, db,
                             "DO $$ BEGIN EXECUTE format('LISTEN %I', " PG_CHANNEL
                             "); END $$");
}

/* Everything that was said so far is one answer. */
static bool heard_of_others(struct pg_db *db, int64_t own_node)
{
    bool heard = false;
    PGnotify *note;

    while ((note = PQnotifies(db->conn)) != NULL) {
        heard |= strtoll(note->extra, NULL, 10) != own_node;
        PQfreemem(note);
    }
    return heard;
}

int postgres_hear(struct db *base, int64_t own_node, int64_t wait_ms)
{
    struct pg_db *db = own(base);
    struct pollfd fd = { .fd = PQsocket(db->conn), .events = POLLIN };

    if (heard_of_others(db, own_node))
        return 1;
    if (poll(&fd, 1, (int)wait_ms) > 0 && !PQconsumeInput(db->conn))
        return POSTGRES_GONE;
    return heard_of_others(db, own_node);
}

const struct db_driver db_driver_postgres = {
    .scheme = "postgres",
    .begin = "BEGIN ISOLATION LEVEL SERIALIZABLE",
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .open = pg_open,
    .close = pg_close,
    .exec = pg_exec,
    .prepare = pg_prepare,
    .query = pg_query,
    .change_one = pg_change_one,
    .next = pg_next,
    .changed = pg_changed,
    .get_int = pg_get_int,
    .get_bytes = pg_get_bytes,
    .is_null = pg_is_null,
    .finish = pg_finish,
};
