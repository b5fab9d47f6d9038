/* backup.h - reading a backup, and making a store of it.
 *
 * A backup is a folder. `backup.json`, written last, says what belongs to it: the
 * engine, the version of the schema, each file with its length and its BLAKE2b-256,
 * each table with its number of rows. A folder without it is no backup. SQLite's
 * rows are one file, draht.db; PostgreSQL's are one file for each table, in the
 * binary format of COPY, all of one snapshot. store_backup() of store.h makes one.
 */
#ifndef DB_BACKUP_H
#define DB_BACKUP_H

#include "base/op.h"

enum {
    BACKUP_FORMAT = 1,
    BACKUP_MAX_MANIFEST = 1024 * 1024, /* bytes of backup.json */
    BACKUP_MAX_FILES = 512,
    BACKUP_MAX_TABLES = 512,
};

struct backup_file {
    struct str name;   /* in the folder */
    int64_t bytes;     /* its length */
    struct str digest; /* BLAKE2b-256, hexadecimal */
};

struct backup_table {
    struct str name;
    int64_t rows;
};

struct backup {
    struct str dir;
    struct str engine;  /* "sqlite", "postgres" */
    struct str program; /* version of the program that took it */
    int64_t schema;     /* number of its last migration */
    int64_t taken_at;   /* by the machine's clock */
    struct backup_file *files;
    size_t file_count;
    struct backup_table *tables;
    size_t table_count;
};

/* Read backup.json and every byte of the files that it names. ERR_NOT_FOUND: no backup
 * there; ERR_CONFLICT: of a format that this program does not know; ERR_INVALID: it is
 * damaged, the text names the file. */
int backup_read(struct op *op, struct str dir, struct backup *ret) MUST_CHECK;

/* Make the store `url` of it, which must be empty or not yet there, of the same engine.
 * Counts every table again and fails with ERR_INTERNAL when a number differs; what was
 * made until then is taken away. The schema is the backup's: the next store_open()
 * brings it forward. ERR_CONFLICT: there is a store already, another engine, or the
 * backup is of a newer program. */
int backup_restore(struct op *op, const struct backup *backup, struct str url) MUST_CHECK;

/* The rows of all tables together. */
int64_t backup_rows(const struct backup *backup);

#endif
