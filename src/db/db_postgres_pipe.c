/* db_postgres_pipe.c - owing statements, and sending them with the next one. */
#include "db/db_postgres_pipe.h"

#include <assert.h>

void bound_fill(struct bound *bound, const struct db_arg *args, size_t count)
{
    bound->count = (int)count;
    for (size_t i = 0; i < count; i++) {
        const struct db_arg *arg = &args[i];

        bound->values[i] = NULL;
        bound->lengths[i] = 0;
        bound->formats[i] = 0;
        if (arg->type == DB_INT) {
            snprintf(bound->digits[i], sizeof(bound->digits[i]), "%lld",
                     (long long)arg->i);
            bound->values[i] = bound->digits[i];
        } else if (arg->type != DB_NULL) {
            bound->values[i] = arg->s.p ? arg->s.p : "";
            bound->lengths[i] = (int)arg->s.n;
            bound->formats[i] = 1;
        }
    }
}

/* One block of memory: the values and the bytes that they point to. */
static struct bound *keep(const struct db_arg *args, size_t count)
{
    size_t bytes = 0;
    struct bound *kept;
    char *p;

    for (size_t i = 0; i < count; i++)
        bytes += args[i].s.n;
    kept = must_alloc(sizeof(*kept) + bytes);
    bound_fill(kept, args, count);
    p = (char *)(kept + 1);
    for (size_t i = 0; i < count; i++) {
        if (kept->formats[i] == 0 || args[i].s.n == 0)
            continue;
        memcpy(p, args[i].s.p, args[i].s.n);
        kept->values[i] = p;
        p += args[i].s.n;
    }
    return kept;
}

void pipe_owe(struct pipe *pipe, const char *sql)
{
    assert(pipe->count < PIPE_MAX_OWED);
    pipe->items[pipe->count++] = (struct pipe_item){ .sql = sql, .name = sql };
}

void pipe_owe_one(struct pipe *pipe, const char *prepared, const char *name,
                  const struct db_arg *args, size_t count)
{
    assert(pipe->count < PIPE_MAX_OWED);
    pipe->items[pipe->count++] = (struct pipe_item){
        .prepared = prepared, .name = name, .bound = keep(args, count), .one = true
    };
}

static void drop_to(struct pipe *pipe, size_t count)
{
    while (pipe->count > count)
        free((void *)pipe->items[--pipe->count].bound);
}

void pipe_forget(struct pipe *pipe)
{
    drop_to(pipe, 0);
}

static bool is_savepoint(const struct pipe_item *item)
{
    return item->sql && strcmp(item->sql, PIPE_SAVEPOINT) == 0;
}

bool pipe_take_back(struct pipe *pipe)
{
    if (pipe->count == 0 || !is_savepoint(&pipe->items[pipe->count - 1]))
        return false;
    pipe->count--;
    return true;
}

bool pipe_cut(struct pipe *pipe)
{
    size_t n = pipe->count;

    while (n > 0 && !pipe->items[n - 1].sql)
        n--;
    drop_to(pipe, n);
    return n > 0 && is_savepoint(&pipe->items[n - 1]);
}

bool pipe_has_statements(const struct pipe *pipe)
{
    return pipe->count > 0 && !pipe->items[pipe->count - 1].sql;
}

static bool send_one(PGconn *conn, const struct pipe_item *item)
{
    const struct bound *b = item->bound;

    if (item->sql)
        return PQsendQueryParams(conn, item->sql, 0, NULL, NULL, NULL, NULL, 0);
    return PQsendQueryPrepared(conn, item->prepared, b->count, b->values, b->lengths,
                               b->formats, 0);
}

static bool send_all(PGconn *conn, const struct pipe *pipe)
{
    if (!PQenterPipelineMode(conn))
        return false;
    for (size_t i = 0; i < pipe->count; i++) {
        if (!send_one(conn, &pipe->items[i]))
            return false;
    }
    return PQpipelineSync(conn);
}

static bool is_good(const PGresult *result, const struct pipe_item *item)
{
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return false;
    return !item->one || strcmp(PQcmdTuples((PGresult *)result), "1") == 0;
}

/* The answer to one statement; each is followed by an empty one. */
static PGresult *next_answer(PGconn *conn)
{
    PGresult *result = PQgetResult(conn), *more;

    while (result && PQstatus(conn) == CONNECTION_OK && (more = PQgetResult(conn)))
        PQclear(more);
    return result;
}

static int read_all(PGconn *conn, const struct pipe *pipe, PGresult **ret,
                    const char **ret_name)
{
    PGresult *first_bad = NULL, *last = NULL;
    int r = 0;

    for (size_t i = 0; i < pipe->count; i++) {
        PGresult *result = next_answer(conn);

        if (r == 0 && !is_good(result, &pipe->items[i])) {
            *ret_name = pipe->items[i].name;
            first_bad = result;
            r = PIPE_FAILED;
        } else if (r == 0 && i + 1 == pipe->count) {
            last = result;
        } else {
            PQclear(result);
        }
    }
    PQclear(PQgetResult(conn)); /* of the end of the pipe */
    PQexitPipelineMode(conn);
    *ret = r ? first_bad : last;
    return r;
}

int pipe_run(PGconn *conn, struct pipe *pipe, const struct pipe_item *last,
             PGresult **ret, const char **ret_name)
{
    int r = PIPE_FAILED;

    *ret = NULL;
    *ret_name = last ? last->name : "pipe";
    if (last)
        pipe->items[pipe->count++] = *last;
    if (send_all(conn, pipe))
        r = read_all(conn, pipe, ret, ret_name);
    if (last)
        pipe->count--; /* its values are the caller's */
    pipe_forget(pipe);
    return r;
}
