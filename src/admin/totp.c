/* totp.c - the second factor: codes by time (RFC 6238) and recovery codes. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "admin/totp.h"

#include "admin/account.h"
#include "admin/hash.h"
#include "admin/secret.h"
#include "admin/stmt.h"
#include "base/strbuf.h"
#include "base/random.h"
#include "net/http.h"

#define SECRET_NAME STR("totp")

struct str totp_code(struct arena *arena, struct str secret, int64_t step, int digits)
{
    static const uint32_t powers[] = { 1000000, 10000000, 100000000 };
    unsigned char counter[8], hash[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    uint32_t number;

    for (int i = 0; i < 8; i++)
        counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    HMAC(EVP_sha1(), secret.p, (int)secret.n, counter, sizeof(counter), hash, &n);
    const unsigned char *from = hash + (hash[n - 1] & 15);
    number = (uint32_t)(from[0] & 127) << 24 | (uint32_t)from[1] << 16 |
             (uint32_t)from[2] << 8 | from[3];
    return arena_fmt(arena, "%0*u", digits, number % powers[digits - 6]);
}

int64_t totp_match(struct arena *arena, struct str secret, struct str code, int64_t now,
                   int64_t last_step)
{
    int64_t current = now / SECONDS(TOTP_STEP_S);

    for (int64_t step = current - 1; step <= current + 1; step++)
        if (step > last_step && str_eq_secret(totp_code(arena, secret, step, 6), code))
            return step;
    return 0;
}

static struct str base32(struct arena *arena, struct str bytes, const char *alphabet)
{
    struct strbuf out = STRBUF(arena);
    uint64_t bits = 0;
    unsigned count = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        bits = bits << 8 | (unsigned char)bytes.p[i];
        for (count += 8; count >= 5; count -= 5)
            strbuf_char(&out, alphabet[bits >> (count - 5) & 31]);
    }
    if (count > 0)
        strbuf_char(&out, alphabet[bits << (5 - count) & 31]);
    return strbuf_str(&out);
}

struct str totp_base32(struct arena *arena, struct str bytes)
{
    return base32(arena, bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
}

/* 80 random bits in four groups, without letters that look alike. */
static struct str new_recovery_code(struct op *op)
{
    unsigned char bytes[10];
    struct str text;

    random_fill(op, bytes, sizeof(bytes));
    text = base32(op->arena, (struct str){ (const char *)bytes, sizeof(bytes) },
                  "abcdefghjkmnpqrstuvwxyz234567892");
    return arena_fmt(op->arena, "%.4s-%.4s-%.4s-%.4s", text.p, text.p + 4, text.p + 8,
                     text.p + 12);
}

/* As it was shown: people leave out hyphens and type capitals. */
static struct str tidy(struct op *op, struct str code)
{
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; i < code.n && out.n < 64; i++) {
        char c = code.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if (c != ' ' && c != '-')
            strbuf_char(&out, c);
    }
    return strbuf_str(&out);
}

static struct str recovery_hash(struct op *op, int64_t account_id, struct str code)
{
    struct str plain = tidy(op, code);

    return secret_hash(op->arena, arena_fmt(op->arena, "%lld " STR_FMT,
                                            (long long)account_id, STR_ARG(plain)));
}

static int find_account(struct op *op, int64_t id, struct account *ret)
{
    int r = account_get(op, id, ret);

    if (r == ACCOUNT_NOT_FOUND)
        return op_fail(op, ERR_NOT_FOUND, "there is no account %lld", (long long)id);
    return r;
}

enum { NO_SECRET = 1 };

static int load(struct op *op, int64_t account_id, struct str *ret_secret,
                int64_t *ret_step)
{
    DB_ROWS(rows);
    int r = db_query(op, &rows, &SQL_TOTP_GET, ARG_WS, ARG_INT(account_id));

    if (r == 0)
        r = db_next(op, rows);
    if (r < 0)
        return r;
    if (r == 0 || db_is_null(rows, 0))
        return NO_SECRET;
    *ret_step = db_int(rows, 1);
    r = secret_unseal(op, account_id, SECRET_NAME, db_blob(op, rows, 0), ret_secret);
    if (r == SECRET_DAMAGED)
        return op_fail(op, ERR_INTERNAL,
                       "the second factor of account %lld was sealed with another key",
                       (long long)account_id);
    return r;
}

int totp_begin(struct op *op, int64_t account_id, struct str *ret_secret,
               struct str *ret_uri)
{
    unsigned char bytes[TOTP_SECRET];
    struct str secret = { (const char *)bytes, sizeof(bytes) }, sealed, text;
    struct account account;
    int r = find_account(op, account_id, &account);

    if (r < 0)
        return r;
    if (account.totp_enabled_at != 0)
        return op_fail_as(op, ERR_CONFLICT, "totp_on", "the second factor is on already");
    random_fill(op, bytes, sizeof(bytes));
    r = secret_seal(op, account_id, SECRET_NAME, secret, &sealed);
    if (r == 0)
        r = db_run(op, &SQL_TOTP_SET_SECRET, ARG_WS, ARG_INT(account_id),
                   ARG_BLOB(sealed), ARG_INT(0));
    if (r < 0)
        return r;
    text = totp_base32(op->arena, secret);
    *ret_uri = arena_fmt(
        op->arena, "otpauth://totp/Draht:" STR_FMT "?secret=" STR_FMT "&issuer=Draht",
        STR_ARG(http_encode(op->arena, account.email)), STR_ARG(text));
    *ret_secret = text;
    return 0;
}

static int new_codes(struct op *op, int64_t account_id, struct str **ret_codes)
{
    struct str *codes = arena_new(op->arena, struct str, TOTP_RECOVERY_CODES);
    int r =
        db_run(op, &SQL_RECOVERY_CANCEL, ARG_WS, ARG_INT(account_id), ARG_INT(op->now));

    for (int i = 0; r == 0 && i < TOTP_RECOVERY_CODES; i++) {
        codes[i] = new_recovery_code(op);
        r = db_run(op, &SQL_RECOVERY_ADD, ARG_WS, ARG_INT(account_id),
                   ARG_BLOB(recovery_hash(op, account_id, codes[i])), ARG_INT(op->now));
    }
    if (r == 0)
        *ret_codes = codes;
    return r;
}

int totp_confirm(struct op *op, int64_t account_id, struct str code,
                 struct str **ret_codes)
{
    struct account old, now;
    struct str secret;
    int64_t last, step;
    int r = find_account(op, account_id, &old);

    if (r < 0)
        return r;
    if (old.totp_enabled_at != 0)
        return op_fail_as(op, ERR_CONFLICT, "totp_on", "the second factor is on already");
    r = load(op, account_id, &secret, &last);
    if (r == NO_SECRET)
        return op_fail_as(op, ERR_CONFLICT, "totp_not_begun",
                          "there is no second factor to confirm");
    if (r < 0)
        return r;
    step = totp_match(op->arena, secret, tidy(op, code), op->now, last);
    if (step == 0)
        return op_fail_field_as(op, "code", "wrong_code",
                                "is not the code of this moment");
    now = old;
    now.totp_enabled_at = op->now;
    r = account_update(op, &old, &now, "account.totp_on");
    if (r == 0)
        r = db_run(op, &SQL_TOTP_SET_STEP, ARG_WS, ARG_INT(account_id), ARG_INT(step));
    return r < 0 ? r : new_codes(op, account_id, ret_codes);
}

int totp_end(struct op *op, int64_t account_id)
{
    struct account old, now;
    int r = find_account(op, account_id, &old);

    if (r < 0)
        return r;
    now = old;
    now.totp_enabled_at = 0;
    r = account_update(op, &old, &now, "account.totp_off");
    if (r == 0)
        r = db_run(op, &SQL_TOTP_SET_SECRET, ARG_WS, ARG_INT(account_id), ARG_NULL,
                   ARG_INT(0));
    if (r == 0)
        r = db_run(op, &SQL_RECOVERY_CANCEL, ARG_WS, ARG_INT(account_id),
                   ARG_INT(op->now));
    return r;
}

int totp_take(struct op *op, int64_t account_id, struct str code)
{
    struct str secret;
    int64_t last, step, changed;
    int r = load(op, account_id, &secret, &last);

    if (r < 0)
        return r;
    if (r == NO_SECRET)
        return TOTP_WRONG;
    step = totp_match(op->arena, secret, tidy(op, code), op->now, last);
    if (step > 0)
        r = db_change(op, &changed, &SQL_TOTP_SET_STEP, ARG_WS, ARG_INT(account_id),
                      ARG_INT(step));
    else
        r = db_change(op, &changed, &SQL_RECOVERY_USE, ARG_WS, ARG_INT(account_id),
                      ARG_BLOB(recovery_hash(op, account_id, code)), ARG_INT(op->now));
    if (r < 0)
        return r;
    return changed == 1 ? 0 : TOTP_WRONG;
}
