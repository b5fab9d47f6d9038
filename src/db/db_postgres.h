/* db_postgres.h - what the files about PostgreSQL share. */
#ifndef DB_DB_POSTGRES_H
#define DB_DB_POSTGRES_H

#include <libpq-fe.h>

#include "db/db.h"

/* The connection behind one of db_driver_postgres. */
PGconn *postgres_handle(struct db *db);

/* From now on this connection is told when a process of the store has committed. */
int postgres_listen(struct op *op, struct db *db) MUST_CHECK;

/* Wait up to `wait_ms`. 1: a node other than `own_node` has committed, 0: none has,
 * POSTGRES_GONE: the connection is lost. */
enum { POSTGRES_GONE = 2 };
int postgres_hear(struct db *db, int64_t own_node, int64_t wait_ms) MUST_CHECK;

#endif
