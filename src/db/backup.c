/* backup.c - a copy of a store, taken while writing goes on. */
#include "db/backup_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"

enum { BLOCK = 64 * 1024, DIGEST = 32 };

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

struct str backup_path(struct op *op, struct str dir, const char *name)
{
    return arena_fmt(op->arena, STR_FMT "/%s", STR_ARG(dir), name);
}

int backup_flush(struct op *op, struct str path)
{
    CLEANUP(close_fd)
    int fd = open(arena_cstr(op->arena, path), O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return op_fail(op, ERR_UNAVAILABLE, STR_FMT " cannot be written to the disk: %s",
                       STR_ARG(path), strerror(errno));
    return 0;
}

int backup_measure(struct op *op, struct str path, struct backup_file *ret)
{
    CLEANUP(close_fd)
    int fd = open(arena_cstr(op->arena, path), O_RDONLY | O_CLOEXEC);
    unsigned char *block = arena_alloc(op->arena, 1, 1, BLOCK);
    unsigned char hash[DIGEST];
    crypto_generichash_state state;
    int64_t bytes = 0;
    ssize_t n = -1;

    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    while (fd >= 0 && (n = read(fd, block, BLOCK)) > 0) {
        crypto_generichash_update(&state, block, (unsigned long long)n);
        bytes += n;
    }
    if (fd < 0 || n < 0)
        return op_fail(op, errno == ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE,
                       STR_FMT " cannot be read: %s", STR_ARG(path), strerror(errno));
    crypto_generichash_final(&state, hash, sizeof(hash));
    ret->bytes = bytes;
    ret->digest = hex_encode(op->arena, (struct str){ (const char *)hash, sizeof(hash) });
    return 0;
}

void backup_init(struct op *op, struct str dir, const char *engine, struct backup *ret)
{
    *ret = (struct backup){
        .dir = dir,
        .engine = str_of(engine),
        .program = STR(DRAHT_VERSION),
        .taken_at = clock_machine(),
        .files = arena_new(op->arena, struct backup_file, BACKUP_MAX_FILES),
        .tables = arena_new(op->arena, struct backup_table, BACKUP_MAX_TABLES),
    };
}

int backup_add_file(struct op *op, struct backup *backup, const char *name)
{
    struct backup_file *file = &backup->files[backup->file_count];
    struct str path = backup_path(op, backup->dir, name);
    int r;

    if (backup->file_count == BACKUP_MAX_FILES)
        return op_fail(op, ERR_INTERNAL, "a backup has more than %d files",
                       BACKUP_MAX_FILES);
    r = backup_flush(op, path);
    if (r >= 0)
        r = backup_measure(op, path, file);
    if (r < 0)
        return r;
    file->name = arena_dup(op->arena, str_of(name));
    backup->file_count++;
    return 0;
}

int backup_add_table(struct op *op, struct backup *backup, struct str name, int64_t rows)
{
    struct backup_table *table = &backup->tables[backup->table_count];

    if (backup->table_count == BACKUP_MAX_TABLES)
        return op_fail(op, ERR_INTERNAL, "a backup has more than %d tables",
                       BACKUP_MAX_TABLES);
    *table = (struct backup_table){ arena_dup(op->arena, name), rows };
    backup->table_count++;
    return 0;
}

int backup_wrong_count(struct op *op, const struct backup_table *table, int64_t found)
{
    return op_fail(op, ERR_INTERNAL,
                   "the table " STR_FMT " has %lld rows instead of %lld",
                   STR_ARG(table->name), (long long)found, (long long)table->rows);
}

static struct str manifest_text(struct op *op, const struct backup *backup)
{
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_int(&w, "format", BACKUP_FORMAT);
    json_put_text(&w, "program", backup->program);
    json_put_text(&w, "engine", backup->engine);
    json_put_int(&w, "schema", backup->schema);
    json_put_time(&w, "taken_at", backup->taken_at);
    json_begin_array(&w, "files");
    for (size_t i = 0; i < backup->file_count; i++) {
        json_begin_object(&w, NULL);
        json_put_text(&w, "name", backup->files[i].name);
        json_put_int(&w, "bytes", backup->files[i].bytes);
        json_put_text(&w, "blake2b", backup->files[i].digest);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_begin_array(&w, "tables");
    for (size_t i = 0; i < backup->table_count; i++) {
        json_begin_object(&w, NULL);
        json_put_text(&w, "name", backup->tables[i].name);
        json_put_int(&w, "rows", backup->tables[i].rows);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return json_done(&w);
}

/* Last, and whole or not at all: it is what makes a folder a backup. */
static int write_manifest(struct op *op, const struct backup *backup)
{
    struct str path = backup_path(op, backup->dir, "backup.json");
    struct str part = backup_path(op, backup->dir, "backup.json.part");
    struct str text = manifest_text(op, backup);
    FILE *file = fopen(part.p, "we");
    bool written;
    int r;

    if (!file)
        return op_fail(op, ERR_UNAVAILABLE, STR_FMT " cannot be made: %s", STR_ARG(part),
                       strerror(errno));
    written = fwrite(text.p, 1, text.n, file) == text.n && fputc('\n', file) != EOF;
    if (fclose(file) != 0 || !written)
        return op_fail(op, ERR_UNAVAILABLE, STR_FMT " cannot be written", STR_ARG(part));
    r = backup_flush(op, part);
    if (r < 0)
        return r;
    if (rename(part.p, path.p) < 0)
        return op_fail(op, ERR_UNAVAILABLE, STR_FMT " cannot be made: %s", STR_ARG(path),
                       strerror(errno));
    r = backup_flush(op, backup->dir);
    if (r < 0)
        (void)unlink(path.p); /* nobody knows whether it would be there tomorrow */
    return r;
}

static int make_folder(struct op *op, struct str dir)
{
    if (mkdir(arena_cstr(op->arena, dir), 0700) < 0 && errno != EEXIST)
        return op_fail(op, ERR_UNAVAILABLE, "the folder " STR_FMT " cannot be made: %s",
                       STR_ARG(dir), strerror(errno));
    if (access(backup_path(op, dir, "backup.json").p, F_OK) == 0 ||
        access(backup_path(op, dir, "draht.db").p, F_OK) == 0)
        return op_fail(op, ERR_CONFLICT, "there is a backup in " STR_FMT " already",
                       STR_ARG(dir));
    return 0;
}

int store_backup(struct op *op, struct store *store, struct str dir)
{
    struct backup backup;
    int r;

    dir = str_of(arena_cstr(op->arena, dir));
    backup_init(op, dir, store->postgres ? "postgres" : "sqlite", &backup);
    r = make_folder(op, dir);
    if (r < 0)
        return r;
    r = store->postgres ? backup_postgres(op, store, &backup)
                        : backup_sqlite(op, store, &backup);
    if (r >= 0)
        r = write_manifest(op, &backup);
    return r;
}
