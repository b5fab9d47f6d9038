/* stmt.h - the statements of api/; their text is in stmt.def. */
#ifndef API_STMT_H
#define API_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "api/stmt.def"
#undef STMT

#endif
