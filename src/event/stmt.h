/* stmt.h - the statements of event/stmt.def. */
#ifndef EVENT_STMT_H
#define EVENT_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "event/stmt.def"
#undef STMT

#endif
