/* stmt.c - the texts of the statements of page/. */
#include "page/stmt.h"

#define STMT DB_STMT_DEFINE
#include "page/stmt.def"
#undef STMT
