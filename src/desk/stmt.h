/* stmt.h - the statements of desk/. */
#ifndef DESK_STMT_H
#define DESK_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "desk/stmt.def"
#undef STMT

#endif
