/* stmt.c - the texts of the statements of insight/. */
#include "insight/stmt.h"

#define STMT DB_STMT_DEFINE
#include "insight/stmt.def"
#undef STMT
