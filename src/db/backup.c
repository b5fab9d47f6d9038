/* backup.c - a copy of a store, taken while writing goes on. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db_sqlite.h"
#include "db/store_parts.h"

static void close_handle(sqlite3 **handle)
{
    sqlite3_close(*handle);
}

static void finalize(sqlite3_stmt **stmt)
{
    sqlite3_finalize(*stmt);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int fail_on(struct op *op, sqlite3 *handle, const char *what)
{
    return op_detail(op, op_fail(op, ERR_UNAVAILABLE, "%s", what), "sqlite: %s",
                     sqlite3_errmsg(handle));
}

/* VACUUM INTO reads one snapshot, and leaves out what was deleted. */
static int copy(struct op *op, sqlite3 *from, const char *to)
{
    CLEANUP(finalize) sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(from, "VACUUM INTO ?1", -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_bind_text(stmt, 1, to, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_DONE)
        return fail_on(op, from, "the backup cannot be written");
    return 0;
}

static int check(struct op *op, const char *path)
{
    CLEANUP(close_handle) sqlite3 *handle = NULL;
    CLEANUP(finalize) sqlite3_stmt *stmt = NULL;

    if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK ||
        sqlite_add_tokenizer(handle) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &stmt, NULL) !=
            SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW)
        return fail_on(op, handle, "the backup cannot be read");
    if (strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") != 0)
        return op_detail(op, op_fail(op, ERR_INTERNAL, "the backup is damaged"),
                         "integrity_check: %s", sqlite3_column_text(stmt, 0));
    return 0;
}

static int flush(struct op *op, const char *path)
{
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return op_fail(op, ERR_UNAVAILABLE, "%s cannot be written to the disk: %s", path,
                       strerror(errno));
    return 0;
}

static int copy_store(struct op *op, struct store *store, const char *to)
{
    struct db *db;
    int r;

    if (!store->memory) {
        r = db_open(op, str_of(store->url), false, &db);
        if (r < 0)
            return r;
        r = copy(op, sqlite_handle(db), to);
        db_close(db);
        return r;
    }
    pthread_mutex_lock(&store->writer_lock);
    r = copy(op, sqlite_handle(store->writer), to);
    pthread_mutex_unlock(&store->writer_lock);
    return r;
}

/* Complete under another name first: a half copy never looks like a backup. */
int store_backup(struct op *op, struct store *store, struct str dir)
{
    const char *folder = arena_cstr(op->arena, dir);
    const char *to = arena_fmt(op->arena, "%s/draht.db", folder).p;
    const char *part = arena_fmt(op->arena, "%s/draht.db.part", folder).p;
    int r;

    if (store->postgres)
        return op_fail(op, ERR_INVALID,
                       "a PostgreSQL store is backed up by pg_dump -Fc, see its manual");
    if (access(to, F_OK) == 0)
        return op_fail(op, ERR_CONFLICT, "there is a backup in %s already", folder);
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return op_fail(op, ERR_UNAVAILABLE, "the folder %s cannot be made: %s", folder,
                       strerror(errno));
    unlink(part);
    r = copy_store(op, store, part);
    if (r >= 0)
        r = check(op, part);
    if (r >= 0)
        r = flush(op, part);
    if (r < 0) {
        unlink(part);
        return r;
    }
    if (rename(part, to) < 0)
        return op_fail(op, ERR_UNAVAILABLE, "%s cannot be made: %s", to, strerror(errno));
    return flush(op, folder);
}
