/* db_sqlite.h - what the files about SQLite share. */
#ifndef DB_DB_SQLITE_H
#define DB_DB_SQLITE_H

#include <sqlite3.h>

#include "db/db.h"

/* The handle behind a connection of db_driver_sqlite. */
sqlite3 *sqlite_handle(struct db *db);

/* The full-text tokenizer "draht": tokens are what stands between spaces. */
int sqlite_add_tokenizer(sqlite3 *handle);

#endif
