/* fixture_flaky.c - a database connection whose nth call fails. */
#include "fixture.h"

struct flaky {
    struct db base;
    struct db_driver driver;
    struct db *inner;
    unsigned calls, nth;
    bool failed;
};

struct flaky_rows {
    struct db_rows base;
    struct db_rows *inner;
};

static struct flaky *own(const struct db *db)
{
    return CONTAINER_OF(db, struct flaky, base);
}

static struct db_rows *inner(struct db_rows *rows)
{
    return CONTAINER_OF(rows, struct flaky_rows, base)->inner;
}

static int count(struct op *op, struct db *db, const char *what)
{
    if (++own(db)->calls != own(db)->nth)
        return 0;
    own(db)->failed = true;
    return op_detail(op, op_fail(op, ERR_UNAVAILABLE, "the database failed on purpose"),
                     "call %u, %s", own(db)->nth, what);
}

/* What the inner driver learns about the transaction must be seen outside. */
static void share(struct db *db)
{
    struct db *in = own(db)->inner;

    db->broken |= in->broken;
    db->again |= in->again;
}

static int flaky_exec(struct op *op, struct db *db, const char *sql)
{
    int r = strncmp(sql, "ROLLBACK", 8) == 0 ? 0 : count(op, db, sql);

    if (r < 0)
        return r;
    own(db)->inner->depth = db->depth;
    r = own(db)->inner->driver->exec(op, own(db)->inner, sql);
    share(db);
    return r;
}

static int flaky_query(struct op *op, struct db *db, const struct db_stmt *stmt,
                       const struct db_arg *args, size_t n, struct db_rows **ret)
{
    struct flaky_rows *rows;
    struct db_rows *in;
    int r = count(op, db, stmt->name);

    if (r < 0)
        return r;
    own(db)->inner->depth = db->depth;
    r = own(db)->inner->driver->query(op, own(db)->inner, stmt, args, n, &in);
    share(db);
    if (r < 0)
        return r;
    rows = must_zalloc(sizeof(*rows));
    *rows = (struct flaky_rows){ { db }, in };
    *ret = &rows->base;
    return r;
}

static int flaky_change_one(struct op *op, struct db *db, const struct db_stmt *stmt,
                            const struct db_arg *args, size_t n)
{
    int r = count(op, db, stmt->name);

    if (r < 0)
        return r;
    own(db)->inner->depth = db->depth;
    r = own(db)->inner->driver->change_one(op, own(db)->inner, stmt, args, n);
    share(db);
    return r;
}

static int flaky_prepare(struct op *op, struct db *db, const struct db_stmt *stmt)
{
    return own(db)->inner->driver->prepare(op, own(db)->inner, stmt);
}

static int flaky_next(struct op *op, struct db_rows *rows)
{
    int r = count(op, rows->db, "next");

    if (r < 0)
        return r;
    r = inner(rows)->db->driver->next(op, inner(rows));
    share(rows->db);
    return r;
}

static int64_t flaky_changed(struct db_rows *rows)
{
    return inner(rows)->db->driver->changed(inner(rows));
}

static int64_t flaky_get_int(struct db_rows *rows, int column)
{
    return inner(rows)->db->driver->get_int(inner(rows), column);
}

static struct str flaky_get_bytes(struct op *op, struct db_rows *rows, int column)
{
    return inner(rows)->db->driver->get_bytes(op, inner(rows), column);
}

static bool flaky_is_null(struct db_rows *rows, int column)
{
    return inner(rows)->db->driver->is_null(inner(rows), column);
}

static void flaky_finish(struct db_rows *rows)
{
    inner(rows)->db->driver->finish(inner(rows));
    free(CONTAINER_OF(rows, struct flaky_rows, base));
}

struct db *flaky_db(struct db *in, unsigned nth)
{
    struct flaky *flaky = must_zalloc(sizeof(*flaky));

    flaky->driver = *in->driver;
    flaky->driver.exec = flaky_exec;
    flaky->driver.prepare = flaky_prepare;
    flaky->driver.query = flaky_query;
    if (in->driver->change_one)
        flaky->driver.change_one = flaky_change_one;
    flaky->driver.next = flaky_next;
    flaky->driver.changed = flaky_changed;
    flaky->driver.get_int = flaky_get_int;
    flaky->driver.get_bytes = flaky_get_bytes;
    flaky->driver.is_null = flaky_is_null;
    flaky->driver.finish = flaky_finish;
    flaky->base = *in;
    flaky->base.driver = &flaky->driver;
    flaky->inner = in;
    flaky->nth = nth;
    return &flaky->base;
}

bool flaky_db_has_failed(const struct db *db)
{
    return own(db)->failed;
}

void flaky_db_remove(struct op *op)
{
    struct flaky *flaky = own(op->db);

    flaky->inner->depth = flaky->base.depth;
    flaky->inner->late = flaky->base.late;
    flaky->inner->last = flaky->base.last;
    op->db = flaky->inner;
    free(flaky);
}
