/* stmt.h - the statements of db/stmt.def. */
#ifndef DB_STMT_H
#define DB_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "db/stmt.def"
#undef STMT

#endif
