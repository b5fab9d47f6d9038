/* cmd_backup.c - draht backup and draht restore. */
#include "cmd/command.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/workspace.h"
#include "db/backup.h"
#include "dialogue/outbox.h"

enum { MAX_KEPT = 1000, MAX_KEY = 4096 };

extern const struct command command_verify;

/* --keep: the name of a backup is its instant, so that names sort by age. */
static struct str dated(struct op *op, struct str parent)
{
    struct str at = time_format(op->arena, clock_machine());

    return arena_fmt(op->arena, STR_FMT "/draht-" STR_FMT, STR_ARG(parent), STR_ARG(at));
}

static bool is_backup(struct op *op, struct str parent, const char *name)
{
    return strncmp(name, "draht-", strlen("draht-")) == 0 &&
           access(
               arena_fmt(op->arena, STR_FMT "/%s/backup.json", STR_ARG(parent), name).p,
               F_OK) == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of the backups in a folder, oldest first. */
static size_t list_backups(struct op *op, struct str parent, const char **ret)
{
    DIR *dir = opendir(arena_cstr(op->arena, parent));
    struct dirent *entry;
    size_t n = 0;

    while (dir && n < MAX_KEPT && (entry = readdir(dir)))
        if (is_backup(op, parent, entry->d_name))
            ret[n++] = arena_cstr(op->arena, str_of(entry->d_name));
    if (dir)
        closedir(dir);
    qsort(ret, n, sizeof(*ret), by_name);
    return n;
}

/* The manifest goes first: what is left after a crash is no backup any more. */
static int remove_backup(struct op *op, struct str dir)
{
    struct backup backup;
    int r = backup_read(op, dir, &backup);

    if (r < 0)
        return r; /* damaged: somebody should look at it */
    unlink(arena_fmt(op->arena, STR_FMT "/backup.json", STR_ARG(dir)).p);
    for (size_t i = 0; i < backup.file_count; i++)
        unlink(arena_fmt(op->arena, STR_FMT "/" STR_FMT, STR_ARG(dir),
                         STR_ARG(backup.files[i].name))
                   .p);
    if (rmdir(arena_cstr(op->arena, dir)) < 0)
        return op_fail(op, ERR_UNAVAILABLE,
                       "the old backup " STR_FMT " cannot be removed: %s", STR_ARG(dir),
                       strerror(errno));
    return 0;
}

static int remove_old(struct op *op, struct str parent, size_t keep)
{
    const char **names = arena_new(op->arena, const char *, MAX_KEPT);
    size_t count = list_backups(op, parent, names);
    int r = 0;

    for (size_t i = 0; r >= 0 && i + keep < count; i++)
        r = remove_backup(op,
                          arena_fmt(op->arena, STR_FMT "/%s", STR_ARG(parent), names[i]));
    return r;
}

static int say_taken(struct op *op, struct call *call, struct str dir)
{
    struct backup backup;
    int r = backup_read(op, dir, &backup);

    if (r < 0)
        return r;
    if (call->json) {
        json_put_text(call->out, "folder", dir);
        json_put_int(call->out, "tables", (int64_t)backup.table_count);
        json_put_int(call->out, "rows", backup_rows(&backup));
    } else {
        printf("backed up to " STR_FMT
               ": %lld rows of %zu tables; the key file is not part of it\n",
               STR_ARG(dir), (long long)backup_rows(&backup), backup.table_count);
    }
    return 0;
}

static int backup(struct op *op, struct call *call)
{
    struct str keep = call_option(call, "keep"), dir;
    uint64_t most = 0;
    int r;

    if (call->word_count != 1)
        return call_misused(op, "where to? draht backup DIR");
    if (keep.n && (!str_to_u64(keep, &most) || most < 1 || most > MAX_KEPT))
        return call_misused(op, "--keep takes a number from 1 to %d", MAX_KEPT);
    dir = most ? dated(op, call->words[0]) : call->words[0];
    if (most && mkdir(arena_cstr(op->arena, call->words[0]), 0700) < 0 && errno != EEXIST)
        return op_fail(op, ERR_UNAVAILABLE, "the folder " STR_FMT " cannot be made: %s",
                       STR_ARG(call->words[0]), strerror(errno));
    r = store_backup(op, call->process->store, dir);
    if (r >= 0)
        r = say_taken(op, call, dir);
    return r >= 0 && most ? remove_old(op, call->words[0], (size_t)most) : r;
}

static int copy_key(struct op *op, struct str from, struct str to)
{
    char bytes[MAX_KEY];
    FILE *in = fopen(arena_cstr(op->arena, from), "re");
    FILE *out = in ? fopen(arena_cstr(op->arena, to), "wxe") : NULL;
    size_t n = in ? fread(bytes, 1, sizeof(bytes), in) : 0;
    bool copied = out && fwrite(bytes, 1, n, out) == n; /* its mode is in the umask */
    int error = errno;

    if (in)
        fclose(in);
    if (out && fclose(out) != 0)
        copied = false;
    if (!copied)
        return op_fail(op, ERR_UNAVAILABLE,
                       "the key " STR_FMT " cannot be copied to " STR_FMT ": %s",
                       STR_ARG(from), STR_ARG(to), strerror(error));
    return 0;
}

/* Without the right key the secrets of channels and second factors stay sealed for
 * ever, and a new key made in silence would hide that until somebody needs one. */
static int need_key(struct op *op, const struct call *call)
{
    struct str key = call_option(call, "key");
    bool there = access(arena_cstr(op->arena, call->conf->key_file), F_OK) == 0;

    if (key.n && there)
        return op_fail(op, ERR_CONFLICT, "there is a key already in " STR_FMT,
                       STR_ARG(call->conf->key_file));
    if (key.n)
        return copy_key(op, key, call->conf->key_file);
    if (there || call_flag(call, "without-key"))
        return 0;
    return op_fail(op, ERR_NOT_FOUND,
                   "the key is missing: put it to " STR_FMT
                   ", name it by --key FILE, or say --without-key if it is lost (secrets "
                   "of channels and second factors must then be set anew)",
                   STR_ARG(call->conf->key_file));
}

/* The copy does not know what left after it was taken. */
static int doubt_waiting(struct op *op, void *ctx)
{
    int64_t *total = ctx, after = 0, count;
    int r;

    *total = 0;
    while ((r = workspace_next(op, after, &op->workspace)) == 0) {
        after = op->workspace;
        r = outbox_doubt_all(
            op, STR("restored from a backup: it may have left after that was taken"),
            &count);
        if (r < 0)
            return r;
        *total += count;
    }
    op->workspace = 0;
    return r < 0 ? r : 0;
}

static void say_doubts(const struct call *call, int64_t count)
{
    if (call->json)
        json_put_int(call->out, "replies_in_doubt", count);
    else if (count)
        printf("%lld replies that waited may have left since: they are looked for first, "
               "and "
               "what cannot be looked for waits for a person\n",
               (long long)count);
}

/* Migrations forward, then everything that draht verify looks at. */
static int open_and_verify(struct op *op, struct call *call)
{
    struct process process = { .store = NULL };
    int64_t doubts = 0;
    int r = process_open(op, call->conf, 1, &process);

    if (r >= 0) {
        call->process = &process;
        op->actor = (struct actor){ ACTOR_COMMAND, 0 };
        r = store_write(op, doubt_waiting, &doubts);
    }
    if (r >= 0) {
        say_doubts(call, doubts);
        r = command_verify.run(op, call);
    }
    process_close(&process);
    return r;
}

static int restore(struct op *op, struct call *call)
{
    struct backup from;
    struct str at;
    int r;

    if (call->word_count != 1)
        return call_misused(op, "from where? draht restore DIR");
    r = backup_read(op, call->words[0], &from);
    if (r >= 0)
        r = process_folder(op, call->conf);
    if (r >= 0)
        r = need_key(op, call);
    if (r >= 0)
        r = backup_restore(op, &from, call->conf->db);
    if (r < 0)
        return r;
    at = time_format(op->arena, from.taken_at);
    if (call->json) {
        json_put_text(call->out, "taken_at", at);
        json_put_int(call->out, "tables", (int64_t)from.table_count);
        json_put_int(call->out, "rows", backup_rows(&from));
    } else {
        printf("restored what was backed up at " STR_FMT
               ": %lld rows of %zu tables, as many as then\n",
               STR_ARG(at), (long long)backup_rows(&from), from.table_count);
    }
    return open_and_verify(op, call);
}

const struct command command_backup = {
    .name = "backup",
    .usage = "DIR [--keep N]",
    .help = "Copy the database while writing goes on; with --keep into a dated folder "
            "in DIR, of which the newest N stay.",
    .options = "keep",
    .flags = "",
    .store = COMMAND_STORE,
    .run = backup,
};

const struct command command_restore = {
    .name = "restore",
    .usage = "DIR [--key FILE | --without-key]",
    .help = "Make the store of a backup, where there is none yet, and verify it.",
    .options = "key",
    .flags = "without-key",
    .store = COMMAND_OWN_STORE,
    .run = restore,
};
