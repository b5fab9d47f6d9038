/* stmt.h - the statements of admin/; their text is in stmt.def. */
#ifndef ADMIN_STMT_H
#define ADMIN_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "admin/stmt.def"
#undef STMT

#endif
