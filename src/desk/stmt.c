/* stmt.c - the texts of the statements of desk/. */
#include "desk/stmt.h"

#define STMT DB_STMT_DEFINE
#include "desk/stmt.def"
#undef STMT
