/* drivers.h - the engines, for db.c alone. */
#ifndef DB_DRIVERS_H
#define DB_DRIVERS_H

#include "db/db.h"

extern const struct db_driver db_driver_sqlite;
extern const struct db_driver db_driver_postgres;

/* A placeholder of a statement is $1 to $64. */
enum { DB_MAX_ARGS = 64 };

#endif
