/* stmt.c - the statements of db/stmt.def. */
#include "db/stmt.h"

#include "db/drivers.h"

#define STMT DB_STMT_DEFINE
#include "db/stmt.def"
#undef STMT
