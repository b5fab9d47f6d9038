/* stmt.c - the statements of admin/, defined. */
#include "admin/stmt.h"

#define STMT DB_STMT_DEFINE
#include "admin/stmt.def"
#undef STMT
