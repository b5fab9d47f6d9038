/* durable.c - does the database server keep what it says it has kept? */
#include "db/durable.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "db/stmt.h"

struct server {
    struct str flushes, whole_pages, standby_names;
    int64_t standbys; /* that are connected and waited for; -1: not told to this user */
};

static int read_server(struct op *op, struct server *ret)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_DURABLE_GET);

    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    *ret = (struct server){ db_text(op, rows, 0), db_text(op, rows, 1),
                            db_text(op, rows, 2), db_int(rows, 3) };
    return 0;
}

static void add(struct strbuf *out, struct str words)
{
    if (out->n)
        strbuf_add(out, STR("; "));
    strbuf_add(out, words);
}

static void judge(struct op *op, const struct server *server, int64_t standbys,
                  struct strbuf *out)
{
    if (!str_is(server->flushes, "on"))
        add(out,
            STR("fsync is off: what was acknowledged is lost when the machine stops"));
    if (!str_is(server->whole_pages, "on"))
        add(out,
            STR("full_page_writes is off: a page that is half written stays broken"));
    if (standbys > 0 && !server->standby_names.n)
        add(out, arena_fmt(op->arena,
                           "db_standbys promises %lld, and synchronous_standby_names is "
                           "empty: a failover loses the last of what was acknowledged",
                           (long long)standbys));
    else if (server->standbys >= 0 && server->standbys < standbys)
        add(out, arena_fmt(op->arena, "db_standbys promises %lld, and %lld are connected",
                           (long long)standbys, (long long)server->standbys));
}

int durable_look(struct op *op, int64_t standbys, struct str *ret)
{
    struct strbuf out = STRBUF(op->arena);
    struct server server;
    int r;

    *ret = STR("");
    if (!db_is_postgres(op->db))
        return 0; /* SQLite: db_sqlite.c sees to it itself, and refuses to open */
    r = read_server(op, &server);
    if (r < 0)
        return r;
    judge(op, &server, standbys, &out);
    *ret = strbuf_str(&out);
    return 0;
}

int durable_skew(struct op *op, int64_t *ret_ms)
{
    int64_t theirs = 0, before = clock_machine();
    int r = 0;

    if (db_is_postgres(op->db))
        r = db_number(op, &theirs, &SQL_DURABLE_CLOCK);
    if (r < 0)
        return r;
    *ret_ms = theirs ? before - theirs : 0;
    return 0;
}
