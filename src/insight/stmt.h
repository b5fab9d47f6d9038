/* stmt.h - the statements of insight/. */
#ifndef INSIGHT_STMT_H
#define INSIGHT_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "insight/stmt.def"
#undef STMT

#endif
