/* stmt.h - the statements of job/stmt.def. */
#ifndef JOB_STMT_H
#define JOB_STMT_H

#include "db/db.h"

#define STMT DB_STMT_DECLARE
#include "job/stmt.def"
#undef STMT

#endif
