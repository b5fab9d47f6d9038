/* stmt.c - the statements of event/stmt.def. */
#include "event/stmt.h"

#define STMT DB_STMT_DEFINE
#include "event/stmt.def"
#undef STMT
