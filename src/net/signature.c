/* signature.c - Standard Webhooks by OpenSSL's HMAC. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "net/signature.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "base/random.h"
#include "base/strbuf.h"

enum { MIN_KEY = 16, MAX_KEY = 128, NEW_KEY = 24 };

struct str hmac_sha256(struct arena *arena, struct str key, struct str text)
{
    unsigned char *mac = arena_alloc(arena, 1, 1, 32);
    unsigned n = 32;

    /* A key of zero bytes is fine for HMAC, a NULL pointer is not for OpenSSL. */
    if (!HMAC(EVP_sha256(), key.n ? key.p : "", (int)key.n,
              (const unsigned char *)(text.n ? text.p : ""), text.n, mac, &n))
        abort();
    return (struct str){ (const char *)mac, n };
}

int signature_secret(struct op *op, struct str secret, struct str *ret_key)
{
    struct str prefix = STR("whsec_"), key;

    if (str_starts(secret, prefix))
        secret = str_sub(secret, prefix.n, secret.n);
    if (!base64_decode(op->arena, secret, &key))
        return op_fail_field_as(op, "secret", "not_a_secret", "is not whsec_ and base64");
    if (key.n < MIN_KEY || key.n > MAX_KEY)
        return op_fail_field_as(op, "secret", "not_a_secret",
                                "has to hold %d to %d bytes, not %zu", MIN_KEY, MAX_KEY,
                                key.n);
    *ret_key = key;
    return 0;
}

struct str signature_new_secret(struct op *op)
{
    char bytes[NEW_KEY];
    struct str text;

    random_fill(op, bytes, sizeof(bytes));
    text = base64_encode(op->arena, (struct str){ bytes, sizeof(bytes) });
    return arena_fmt(op->arena, "whsec_" STR_FMT, STR_ARG(text));
}

/* base64 of the MAC of ID.TIMESTAMP.BODY. */
static struct str mac_of(struct op *op, struct str key, struct str id, struct str seconds,
                         struct str body)
{
    size_t n = id.n + 1 + seconds.n + 1 + body.n;
    char *text = arena_alloc(op->arena, 1, 1, n), *p = text;

    memcpy(p, id.p, id.n);
    p += id.n;
    *p++ = '.';
    memcpy(p, seconds.p, seconds.n);
    p += seconds.n;
    *p++ = '.';
    if (body.n > 0)
        memcpy(p, body.p, body.n);
    return base64_encode(op->arena, hmac_sha256(op->arena, key, (struct str){ text, n }));
}

/* A dot in the id would let the borders between the parts be moved. */
static bool is_id(struct str id)
{
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] <= ' ' || id.p[i] > '~' || id.p[i] == '.')
            return false;
    }
    return id.n > 0;
}

int signature_sign(struct op *op, struct str secret, struct str id, int64_t seconds,
                   struct str body, struct str *ret)
{
    struct str key, mac;
    int r;

    r = signature_secret(op, secret, &key);
    if (r < 0)
        return r;
    if (!is_id(id))
        return op_fail(op, ERR_INVALID, "\"" STR_FMT "\" cannot be the id of a webhook",
                       STR_ARG(id));
    mac = mac_of(op, key, id, arena_fmt(op->arena, "%" PRId64, seconds), body);
    *ret = arena_fmt(op->arena, "v1," STR_FMT, STR_ARG(mac));
    return 0;
}

int signature_add(struct op *op, struct str secret, struct str id, struct str body,
                  struct http_fields *fields)
{
    return signature_add_all(op, &secret, 1, id, body, fields);
}

int signature_add_all(struct op *op, const struct str *secrets, size_t count,
                      struct str id, struct str body, struct http_fields *fields)
{
    int64_t seconds = op->now / 1000;
    struct strbuf all = STRBUF(op->arena);

    for (size_t i = 0; i < count; i++) {
        struct str one;
        int r = signature_sign(op, secrets[i], id, seconds, body, &one);

        if (r < 0)
            return r;
        strbuf_fmt(&all, "%s" STR_FMT, i > 0 ? " " : "", STR_ARG(one));
    }
    http_add(op->arena, fields, STR("webhook-id"), id);
    http_add(op->arena, fields, STR("webhook-timestamp"),
             arena_fmt(op->arena, "%" PRId64, seconds));
    http_add(op->arena, fields, STR("webhook-signature"), strbuf_str(&all));
    return 0;
}

int signature_verify(struct op *op, struct str secret, const struct http_fields *headers,
                     struct str body, int64_t now)
{
    struct str id = http_field(headers, "webhook-id");
    struct str timestamp = http_field(headers, "webhook-timestamp");
    struct str rest = http_field(headers, "webhook-signature");
    struct str key, mac, one, value;
    int64_t seconds, age;
    bool fits = false;
    int r;

    r = signature_secret(op, secret, &key);
    if (r < 0)
        return r;
    if (!is_id(id) || !str_to_i64(timestamp, &seconds) || rest.n == 0)
        return SIGNATURE_MISSING;
    if (__builtin_mul_overflow(seconds, 1000, &seconds) ||
        __builtin_sub_overflow(now, seconds, &age) || age > SIGNATURE_TOLERANCE_MS ||
        age < -SIGNATURE_TOLERANCE_MS)
        return SIGNATURE_STALE;
    mac = mac_of(op, key, id, timestamp, body);
    while (rest.n > 0) {
        one = str_cut(rest, ' ', &rest);
        if (str_is(str_cut(one, ',', &value), "v1") && str_eq_secret(value, mac))
            fits = true;
    }
    return fits ? 0 : SIGNATURE_WRONG;
}
