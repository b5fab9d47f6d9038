/* stmt.h - the statements of dialogue/. */
#ifndef DIALOGUE_STMT_H
#define DIALOGUE_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "dialogue/stmt.def"
#undef STMT

#endif
