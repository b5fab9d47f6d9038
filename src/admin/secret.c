/* secret.c - what must be kept and given back, sealed at rest. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/secret.h"

#include "admin/stmt.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/random.h"

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    KEY_TEXT = 2 * SECRET_KEY_BYTES,
};

static void close_file(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int fail(struct op *op, struct str path, const char *what)
{
    int error = errno;
    int r =
        op_fail(op, ERR_UNAVAILABLE, "the key file " STR_FMT " %s", STR_ARG(path), what);

    return op_detail(op, r, "errno=%d", error);
}

/* A new key on disk, whole or not at all: written beside, then linked to its name. */
static int make(struct op *op, struct str path)
{
    unsigned char bytes[SECRET_KEY_BYTES];
    struct str text;
    const char *name = arena_cstr(op->arena, path);
    const char *beside =
        arena_cstr(op->arena, arena_fmt(op->arena, STR_FMT ".%lld", STR_ARG(path),
                                        (long long)random_u64(op) & INT64_MAX));
    CLEANUP(close_file)
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail(op, path, "cannot be made");
    random_fill(op, bytes, sizeof(bytes));
    text = hex_encode(op->arena, (struct str){ (const char *)bytes, sizeof(bytes) });
    text = arena_fmt(op->arena, STR_FMT "\n", STR_ARG(text));
    sodium_memzero(bytes, sizeof(bytes));
    if (write(fd, text.p, text.n) != (ssize_t)text.n || fsync(fd) != 0) {
        unlink(beside);
        return fail(op, path, "cannot be written");
    }
    /* Another process may have been first: then its key is the key. */
    if (linkat(AT_FDCWD, beside, AT_FDCWD, name, 0) != 0 && errno != EEXIST) {
        unlink(beside);
        return fail(op, path, "cannot be made");
    }
    unlink(beside);
    return 0;
}

/* What an open file holds. */
static int read_key(struct op *op, struct str path, int fd, struct secret_key *ret)
{
    char text[KEY_TEXT + 2] = { 0 };
    struct stat info;
    struct str bytes, hex;
    ssize_t n;

    if (fd < 0 || fstat(fd, &info) != 0)
        return fail(op, path, "cannot be read");
    if ((info.st_mode & 077) != 0)
        return fail(op, path, "may be read by others: give it mode 0600");
    n = read(fd, text, sizeof(text));
    hex = str_trim((struct str){ text, n > 0 ? (size_t)n : 0 });
    if (hex.n != KEY_TEXT || !hex_decode(op->arena, hex, &bytes))
        return fail(op, path, "holds no key of 64 hexadecimal digits");
    memcpy(ret->bytes, bytes.p, SECRET_KEY_BYTES);
    return 0;
}

int secret_key_look(struct op *op, struct str path, struct secret_key *ret)
{
    CLEANUP(close_file)
    int fd = open(arena_cstr(op->arena, path), O_RDONLY | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT)
        return op_fail(op, ERR_NOT_FOUND, "there is no key file " STR_FMT, STR_ARG(path));
    return read_key(op, path, fd, ret);
}

int secret_key_open(struct op *op, struct str path, struct secret_key *ret)
{
    int r;

    if (sodium_init() < 0)
        return op_fail(op, ERR_UNAVAILABLE, "the cryptographic library does not start");
    r = secret_key_look(op, path, ret);
    if (r != ERR_NOT_FOUND)
        return r;
    r = make(op, path);
    return r < 0 ? r : secret_key_look(op, path, ret);
}

void secret_key_wipe(struct secret_key *key)
{
    sodium_memzero(key, sizeof(*key));
}

static struct str address(struct op *op, int64_t owner, struct str name)
{
    return arena_fmt(op->arena, "%lld|%lld|" STR_FMT, (long long)op->workspace,
                     (long long)owner, STR_ARG(name));
}

int secret_seal(struct op *op, int64_t owner, struct str name, struct str plain,
                struct str *ret)
{
    struct str where = address(op, owner, name);
    unsigned char *sealed;
    unsigned long long n;

    if (!op->world->key)
        return op_fail(op, ERR_INTERNAL, "this process has no key for secrets");
    sealed = arena_new(op->arena, unsigned char, NONCE + plain.n + TAG);
    random_fill(op, sealed, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed + NONCE, &n, (const unsigned char *)plain.p, plain.n,
        (const unsigned char *)where.p, where.n, NULL, sealed, op->world->key->bytes);
    *ret = (struct str){ (const char *)sealed, NONCE + (size_t)n };
    return 0;
}

int secret_unseal(struct op *op, int64_t owner, struct str name, struct str sealed,
                  struct str *ret)
{
    struct str where = address(op, owner, name);
    const unsigned char *bytes = (const unsigned char *)sealed.p;
    unsigned char *plain;
    unsigned long long n;

    if (!op->world->key)
        return op_fail(op, ERR_INTERNAL, "this process has no key for secrets");
    if (sealed.n < NONCE + TAG)
        return SECRET_DAMAGED;
    plain = arena_new(op->arena, unsigned char, sealed.n - NONCE - TAG + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, &n, NULL, bytes + NONCE, sealed.n - NONCE,
            (const unsigned char *)where.p, where.n, bytes, op->world->key->bytes) != 0)
        return SECRET_DAMAGED;
    *ret = (struct str){ (const char *)plain, (size_t)n };
    return 0;
}

static int seal_row(struct op *op, int64_t owner, struct str name, struct str plain,
                    struct str *ret)
{
    if (plain.n > SECRET_MAX)
        return op_fail(op, ERR_TOO_LARGE, "a secret has at most %d bytes", SECRET_MAX);
    return secret_seal(op, owner, name, plain, ret);
}

int secret_put(struct op *op, int64_t owner, struct str name, struct str plain,
               int64_t keep_old_ms)
{
    struct str sealed;
    int r = seal_row(op, owner, name, plain, &sealed);

    if (r == 0)
        r = db_run(op, &SQL_SECRET_RETIRE, ARG_WS, ARG_INT(owner), ARG_TEXT(name),
                   ARG_INT(op->now + keep_old_ms));
    if (r == 0)
        r = db_run(op, &SQL_SECRET_ADD, ARG_WS, ARG_INT(id_next(op)), ARG_INT(owner),
                   ARG_TEXT(name), ARG_BLOB(sealed), ARG_INT(op->now));
    return r;
}

int secret_change(struct op *op, int64_t owner, struct str name,
                  const struct secret *secret)
{
    struct str sealed;
    int r = seal_row(op, owner, name, secret->plain, &sealed);

    return r < 0 ? r
                 : db_run(op, &SQL_SECRET_CHANGE, ARG_WS, ARG_ID(secret->id),
                          ARG_BLOB(sealed));
}

int secret_end(struct op *op, int64_t owner, struct str name)
{
    return db_run(op, &SQL_SECRET_RETIRE, ARG_WS, ARG_INT(owner), ARG_TEXT(name),
                  ARG_INT(op->now));
}

static int list_valid(struct op *op, int64_t owner, struct str name, struct secret *ret,
                      size_t *ret_count)
{
    size_t n = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_SECRET_LIST, ARG_WS, ARG_INT(owner), ARG_TEXT(name),
                     ARG_INT(op->now), ARG_INT(SECRET_MAX_VALID));

    if (r < 0)
        return r;
    while (n < SECRET_MAX_VALID && (r = db_next(op, rows)) > 0) {
        int outcome = secret_unseal(op, owner, name, db_blob(op, rows, 0), &ret[n].plain);

        if (outcome < 0)
            return outcome;
        if (outcome == SECRET_DAMAGED)
            return op_fail(op, ERR_INTERNAL,
                           "the secret " STR_FMT " of %lld is damaged or was sealed with "
                           "another key",
                           STR_ARG(name), (long long)owner);
        ret[n++].id = db_int(rows, 1);
    }
    if (r < 0)
        return r;
    *ret_count = n;
    return 0;
}

int secret_valid(struct op *op, int64_t owner, struct str name, struct str *ret,
                 size_t *ret_count)
{
    struct secret valid[SECRET_MAX_VALID];
    size_t n;
    int r = list_valid(op, owner, name, valid, &n);

    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++)
        ret[i] = valid[i].plain;
    *ret_count = n;
    return 0;
}

int secret_get(struct op *op, int64_t owner, struct str name, struct secret *ret)
{
    struct secret valid[SECRET_MAX_VALID];
    size_t n;
    int r = list_valid(op, owner, name, valid, &n);

    if (r < 0)
        return r;
    if (n == 0)
        return SECRET_NONE;
    *ret = valid[0];
    return 0;
}

/* A hash with the key: it cannot be told from the key's own randomness. */
static struct str mark_of(struct op *op)
{
    static const char text[] = "draht: the key of this store";
    unsigned char mark[16];

    crypto_generichash(mark, sizeof(mark), (const unsigned char *)text, sizeof(text) - 1,
                       op->world->key->bytes, SECRET_KEY_BYTES);
    return hex_encode(op->arena, (struct str){ (const char *)mark, sizeof(mark) });
}

int secret_key_agree(struct op *op, bool anew)
{
    struct str mark = mark_of(op);
    DB_ROWS(rows);
    int r;

    r = db_run(op, anew ? &SQL_INSTALLATION_SET : &SQL_INSTALLATION_ADD,
               ARG_TEXT(STR("key")), ARG_TEXT(mark));
    if (r >= 0)
        r = db_query(op, &rows, &SQL_INSTALLATION_GET, ARG_TEXT(STR("key")));
    if (r >= 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (str_eq(db_text(op, rows, 0), mark))
        return 0;
    return op_fail(op, ERR_CONFLICT,
                   "the key file is not the one that this store's secrets were sealed "
                   "with: copy the right one here; if it is lost for good, start once "
                   "with --new-key, and set up anew what `draht doctor` names");
}

int secret_check(struct op *op, int64_t *ret_count, int64_t *ret_closed)
{
    int64_t count = 0, closed = 0;
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_SECRET_ALL, ARG_WS);

    if (r < 0)
        return r;
    while ((r = db_next(op, rows)) > 0) {
        struct str plain;
        int outcome = secret_unseal(op, db_int(rows, 0), db_text(op, rows, 1),
                                    db_blob(op, rows, 2), &plain);

        if (outcome < 0)
            return outcome;
        count++;
        closed += outcome == SECRET_DAMAGED;
    }
    if (r < 0)
        return r;
    *ret_count = count;
    *ret_closed = closed;
    return 0;
}
