/* stmt.c - the texts of the statements of dialogue/. */
#include "dialogue/stmt.h"

#define STMT DB_STMT_DEFINE
#include "dialogue/stmt.def"
#undef STMT
