/* stmt.h - the statements of page/. */
#ifndef PAGE_STMT_H
#define PAGE_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "page/stmt.def"
#undef STMT

#endif
