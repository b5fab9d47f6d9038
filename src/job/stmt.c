/* stmt.c - the statements of job/stmt.def. */
#include "job/stmt.h"

#define STMT DB_STMT_DEFINE
#include "job/stmt.def"
#undef STMT
