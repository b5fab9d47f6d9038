/* stmt.c - the statements of the dialogue, defined from both lists. */
#include "dialogue/stmt.h"

#define STMT DB_STMT_DEFINE
#include "dialogue/stmt.def"
#include "dialogue/stmt_outbox.def"
#undef STMT
