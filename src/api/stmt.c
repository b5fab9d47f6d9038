/* stmt.c - the statements of api/, defined. */
#include "api/stmt.h"

#define STMT DB_STMT_DEFINE
#include "api/stmt.def"
#undef STMT
