/* restore.c - reading a backup back: what it says of itself, and whether that is so. */
#include <errno.h>

#include "base/clock.h"
#include "base/json.h"
#include "db/backup_parts.h"
#include "db/migrate.h"

static int read_text(struct op *op, struct str dir, struct str *ret)
{
    struct str path = backup_path(op, dir, "backup.json");
    FILE *file = fopen(path.p, "re");
    char *text = arena_alloc(op->arena, 1, 1, BACKUP_MAX_MANIFEST + 1);
    size_t n;

    if (!file)
        return op_fail(op, ERR_NOT_FOUND,
                       "there is no backup in " STR_FMT
                       ": backup.json cannot be read: %s",
                       STR_ARG(dir), strerror(errno));
    n = fread(text, 1, BACKUP_MAX_MANIFEST + 1, file);
    fclose(file);
    if (n > BACKUP_MAX_MANIFEST)
        return op_fail(op, ERR_INVALID, STR_FMT " is longer than %d bytes", STR_ARG(path),
                       BACKUP_MAX_MANIFEST);
    *ret = (struct str){ text, n };
    return 0;
}

/* A name that stays in the folder. */
static bool is_plain(struct str name)
{
    return name.n > 0 && name.n < 200 && name.p[0] != '.' &&
           !memchr(name.p, '/', name.n) && !memchr(name.p, '\0', name.n);
}

static const struct json *list(const struct json *value, const char *key, size_t most)
{
    const struct json *found = json_get(value, key);

    return found && found->type == JSON_ARRAY && found->count <= most ? found : NULL;
}

static int take_lists(struct op *op, const struct json *value, struct backup *ret)
{
    const struct json *files = list(value, "files", BACKUP_MAX_FILES);
    const struct json *tables = list(value, "tables", BACKUP_MAX_TABLES);

    if (!files || !tables)
        return op_fail(op, ERR_INVALID, "backup.json lacks its list of files or tables");
    for (size_t i = 0; i < files->count; i++) {
        struct backup_file *file = &ret->files[ret->file_count++];

        file->name = json_text(&files->items[i], "name");
        file->bytes = json_int(&files->items[i], "bytes", -1);
        file->digest = json_text(&files->items[i], "blake2b");
        if (!is_plain(file->name))
            return op_fail(op, ERR_INVALID, "backup.json names a file outside of it");
    }
    for (size_t i = 0; i < tables->count; i++) {
        struct backup_table *table = &ret->tables[ret->table_count++];

        table->name = json_text(&tables->items[i], "name");
        table->rows = json_int(&tables->items[i], "rows", -1);
        if (!is_plain(table->name))
            return op_fail(op, ERR_INVALID, "backup.json names a table without a name");
    }
    return 0;
}

static int check_file(struct op *op, struct str dir, const struct backup_file *said)
{
    struct str path = backup_path(op, dir, arena_cstr(op->arena, said->name));
    struct backup_file found;
    int r = backup_measure(op, path, &found);

    if (r < 0)
        return r == ERR_NOT_FOUND
                   ? op_fail(op, ERR_INVALID,
                             "the backup is damaged: " STR_FMT " is not there",
                             STR_ARG(path))
                   : r;
    if (found.bytes != said->bytes)
        return op_fail(op, ERR_INVALID,
                       "the backup is damaged: " STR_FMT
                       " has %lld bytes, and backup.json says %lld",
                       STR_ARG(path), (long long)found.bytes, (long long)said->bytes);
    if (!str_eq(found.digest, said->digest))
        return op_fail(op, ERR_INVALID,
                       "the backup is damaged: the bytes of " STR_FMT
                       " are not those that were backed up",
                       STR_ARG(path));
    return 0;
}

int backup_parse(struct op *op, struct str dir, struct str text, struct backup *ret)
{
    struct json *value;

    if (json_parse(op, text, &value) < 0)
        return op_fail(op, ERR_INVALID, STR_FMT " is damaged",
                       STR_ARG(backup_path(op, dir, "backup.json")));
    if (json_int(value, "format", 0) != BACKUP_FORMAT)
        return op_fail(op, ERR_CONFLICT,
                       "the backup in " STR_FMT
                       " has a format that this program does not know",
                       STR_ARG(dir));
    backup_init(op, dir, "", ret);
    ret->engine = json_text(value, "engine");
    ret->program = json_text(value, "program");
    ret->schema = json_int(value, "schema", 0);
    if (!time_parse(json_text(value, "taken_at"), &ret->taken_at))
        ret->taken_at = 0;
    return take_lists(op, value, ret);
}

int backup_read(struct op *op, struct str dir, struct backup *ret)
{
    struct str text;
    int r;

    dir = str_of(arena_cstr(op->arena, dir));
    r = read_text(op, dir, &text);
    if (r >= 0)
        r = backup_parse(op, dir, text, ret);
    for (size_t i = 0; r >= 0 && i < ret->file_count; i++)
        r = check_file(op, dir, &ret->files[i]);
    return r;
}

static int64_t newest_migration(void)
{
    int64_t count = 0;

    while (schema_files[count].name)
        count++;
    return count; /* they are numbered without a gap */
}

int backup_restore(struct op *op, const struct backup *backup, struct str url)
{
    bool postgres = str_starts(url, STR("postgres"));
    struct str scheme = STR("sqlite:");

    if (!str_is(backup->engine, postgres ? "postgres" : "sqlite"))
        return op_fail(op, ERR_CONFLICT,
                       "the backup is of the engine " STR_FMT
                       ": restore it into a store of the same engine",
                       STR_ARG(backup->engine));
    if (backup->schema < 1 || backup->schema > newest_migration())
        return op_fail(op, ERR_CONFLICT,
                       "the backup was taken by a newer program: it has the migration "
                       "%04lld, which this one does not know",
                       (long long)backup->schema);
    if (postgres)
        return restore_postgres(op, backup, url);
    return restore_sqlite(op, backup, str_sub(url, scheme.n, url.n));
}

int64_t backup_rows(const struct backup *backup)
{
    int64_t rows = 0;

    for (size_t i = 0; i < backup->table_count; i++)
        rows += backup->tables[i].rows;
    return rows;
}
