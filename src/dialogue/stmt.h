/* stmt.h - the statements of the dialogue, declared from all lists. */
#ifndef DIALOGUE_STMT_H
#define DIALOGUE_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "dialogue/stmt.def"
#include "dialogue/stmt_alike.def"
#include "dialogue/stmt_outbox.def"
#include "dialogue/stmt_inbox.def"
#include "dialogue/stmt_measured.def"
#include "dialogue/stmt_public.def"
#include "dialogue/stmt_webhook.def"
#undef STMT

#endif
