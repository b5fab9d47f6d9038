/* db_postgres.h - what the files about PostgreSQL share. */
#ifndef DB_DB_POSTGRES_H
#define DB_DB_POSTGRES_H

#include <libpq-fe.h>

#include "db/db.h"

/* The connection behind one of db_driver_postgres. */
PGconn *postgres_handle(struct db *db);

#endif
