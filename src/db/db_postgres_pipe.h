/* db_postgres_pipe.h - statements that travel to PostgreSQL together.
 *
 * Each answer that somebody waits for is a way to the server and back, and on a busy
 * machine two waits for a processor; a write is made of hundreds. What nobody reads the
 * answer of (a savepoint, its release, a row of the log) is owed instead, and leaves with
 * the next statement whose answer matters.
 *
 * The order in the pipe is always: releases, then savepoints, then statements. So when
 * a statement fails, every savepoint that the caller believes in has been made.
 */
#ifndef DB_DB_POSTGRES_PIPE_H
#define DB_DB_POSTGRES_PIPE_H

#include <libpq-fe.h>

#include "db/db.h"
#include "db/drivers.h"

enum { PIPE_MAX_OWED = 16 };
#define PIPE_SAVEPOINT "SAVEPOINT s"
#define PIPE_RELEASE   "RELEASE s"

/* Values in the form libpq wants: numbers as text, text and blobs as they are. */
struct bound {
    int count;
    const char *values[DB_MAX_ARGS];
    int lengths[DB_MAX_ARGS], formats[DB_MAX_ARGS];
    char digits[DB_MAX_ARGS][24];
};

void bound_fill(struct bound *bound, const struct db_arg *args, size_t count);

struct pipe_item {
    const char *sql;      /* a sentence without values; NULL: a prepared statement */
    const char *prepared; /* its name at the server */
    const char *name;     /* as the log shows it */
    const struct bound *bound;
    bool one; /* must change exactly one row */
};

struct pipe {
    struct pipe_item items[PIPE_MAX_OWED + 1]; /* and what they wait for */
    size_t count;
};

/* `sql` lives forever. There must be room: count < PIPE_MAX_OWED. */
void pipe_owe(struct pipe *pipe, const char *sql);
/* Copies the values; `prepared` and `name` live as long as the connection. */
void pipe_owe_one(struct pipe *pipe, const char *prepared, const char *name,
                  const struct db_arg *args, size_t count);
void pipe_forget(struct pipe *pipe);

/* Takes back a savepoint that is still owed when nothing came after it. */
bool pipe_take_back(struct pipe *pipe);
/* What would be rolled back anyway: everything after the last savepoint that is owed;
 * false: that savepoint is at the server already. */
bool pipe_cut(struct pipe *pipe);
bool pipe_has_statements(const struct pipe *pipe);

/* Sends what is owed and then `last` (NULL: nothing more), and waits for all. 0: `*ret`
 * is the answer to the last one, to be cleared. PIPE_FAILED: `*ret` is the first answer
 * that was bad, or NULL, and `*ret_name` names its statement. Afterwards nothing is owed.
 */
enum { PIPE_FAILED = 1 };
int pipe_run(PGconn *conn, struct pipe *pipe, const struct pipe_item *last,
             PGresult **ret, const char **ret_name) MUST_CHECK;

#endif
