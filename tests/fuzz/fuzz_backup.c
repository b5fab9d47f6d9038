/* fuzz_backup.c - whatever stands in a backup's list, no file outside of its folder is
 * named by it. Input: backup.json. */
#include "fuzz.h"

#include "base/utf8.h"
#include "db/backup_parts.h"

static void check_name(struct str name)
{
    PROMISE(name.n > 0 && name.n < 200 && utf8_is_valid(name));
    PROMISE(name.p[0] != '.' && !memchr(name.p, '/', name.n));
    PROMISE(!memchr(name.p, 0, name.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct backup backup = { .file_count = 0 };
    int r = backup_parse(&op, STR("/backup"), INPUT, &backup);

    PROMISE(r == 0 || (r == (int)op.err.kind && op.err.text.n > 0));
    if (r)
        return 0;
    PROMISE(backup.file_count <= BACKUP_MAX_FILES);
    PROMISE(backup.table_count <= BACKUP_MAX_TABLES);
    for (size_t i = 0; i < backup.file_count; i++)
        check_name(backup.files[i].name);
    for (size_t i = 0; i < backup.table_count; i++)
        check_name(backup.tables[i].name);
    return 0;
}
