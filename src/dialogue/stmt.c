/* stmt.c - the statements of the dialogue, defined from all lists. */
#include "dialogue/stmt.h"

#define STMT DB_STMT_DEFINE
#include "dialogue/stmt.def"
#include "dialogue/stmt_alike.def"
#include "dialogue/stmt_outbox.def"
#include "dialogue/stmt_inbox.def"
#include "dialogue/stmt_measured.def"
#include "dialogue/stmt_public.def"
#include "dialogue/stmt_webhook.def"
#undef STMT
