/* backup_parts.h - what the files about backups share. */
#ifndef DB_BACKUP_PARTS_H
#define DB_BACKUP_PARTS_H

#include "db/backup.h"
#include "db/db.h"
#include "db/store_parts.h"

/* DIR/NAME, and for C. */
struct str backup_path(struct op *op, struct str dir, const char *name);

/* Length and digest of a file as it stands on the disk. */
int backup_measure(struct op *op, struct str path, struct backup_file *ret) MUST_CHECK;

/* Until the bytes of a file, or the names in a folder, are on the disk. */
int backup_flush(struct op *op, struct str path) MUST_CHECK;

/* A file or table more; room for all is made by backup_init(). */
void backup_init(struct op *op, struct str dir, const char *engine, struct backup *ret);
int backup_add_file(struct op *op, struct backup *backup, const char *name) MUST_CHECK;
int backup_add_table(struct op *op, struct backup *backup, struct str name,
                     int64_t rows) MUST_CHECK;

/* What the text of backup.json says; the folder is only named, not read. Fails as
 * backup_read() does. */
int backup_parse(struct op *op, struct str dir, struct str text,
                 struct backup *ret) MUST_CHECK;

/* Write the rows of a store into the folder and say in `backup` what was written. */
int backup_sqlite(struct op *op, struct store *store, struct backup *backup) MUST_CHECK;
int backup_postgres(struct op *op, struct store *store, struct backup *backup) MUST_CHECK;

/* The other way; the folder's digests were checked before. */
int restore_sqlite(struct op *op, const struct backup *backup,
                   struct str path) MUST_CHECK;
int restore_postgres(struct op *op, const struct backup *backup,
                     struct str url) MUST_CHECK;

/* ERR_INTERNAL, naming the table. */
int backup_wrong_count(struct op *op, const struct backup_table *table, int64_t found);

#endif
