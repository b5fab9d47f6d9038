/* drivers.h - the engines, for the files of db/ alone. */
#ifndef DB_DRIVERS_H
#define DB_DRIVERS_H

#include "db/db.h"

extern const struct db_driver db_driver_sqlite;
extern const struct db_driver db_driver_postgres;

/* A placeholder of a statement is $1 to $64. */
enum { DB_MAX_ARGS = 64 };

/* Where the processes of one store tell each other of commits on PostgreSQL, as SQL.
 * Notifications go to a whole database, which may hold a store in each schema. */
#define PG_CHANNEL "concat('draht_', left(current_schema(), 50))"

/* Writers of all processes take turns on PostgreSQL, as they do on SQLite: each begins
 * after the one before has committed, so none is run in vain. The lock comes first
 * because the snapshot is taken after it; readers do not notice it. */
#define PG_BEGIN_TURN                                                                    \
    "BEGIN ISOLATION LEVEL SERIALIZABLE; "                                               \
    "LOCK TABLE migration IN SHARE ROW EXCLUSIVE MODE"

#endif
