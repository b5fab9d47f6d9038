/* signature.h - Standard Webhooks: who sent this, and is it whole?
 *
 * The signed text is ID.TIMESTAMP.BODY with the raw bytes of the body; a signature is
 * "v1,BASE64(HMAC-SHA256)", a field may carry several, separated by spaces. A secret
 * is "whsec_" and the base64 of its bytes.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
#ifndef NET_SIGNATURE_H
#define NET_SIGNATURE_H

#include "net/http.h"

enum { SIGNATURE_TOLERANCE_MS = 5 * 60 * 1000 };

enum {
    SIGNATURE_MISSING = 1, /* one of the three fields is not there, or unreadable */
    SIGNATURE_STALE = 2,   /* the timestamp is too far from `now`, either way */
    SIGNATURE_WRONG = 3,   /* none of the signatures fits */
};

/* The bytes of a secret, with or without "whsec_". ERR_INVALID for what is no base64
 * or holds fewer than 16 or more than 128 bytes; so an empty secret never verifies. */
int signature_secret(struct op *op, struct str secret, struct str *ret_key);

/* A new secret: "whsec_" and 24 random bytes. */
struct str signature_new_secret(struct op *op);

/* The value of `webhook-signature`. `id` must not contain a dot or a blank. */
int signature_sign(struct op *op, struct str secret, struct str id, int64_t seconds,
                   struct str body, struct str *ret);

/* Adds webhook-id, webhook-timestamp and webhook-signature for op->now. */
int signature_add(struct op *op, struct str secret, struct str id, struct str body,
                  struct http_fields *fields);

/* The same by several secrets, newest first, while one is being replaced: the receiver
 * takes the signature that fits the secret it has. */
int signature_add_all(struct op *op, const struct str *secrets, size_t count,
                      struct str id, struct str body, struct http_fields *fields);

/* 0: genuine and fresh. Compares in constant time; `now` in milliseconds. */
int signature_verify(struct op *op, struct str secret, const struct http_fields *headers,
                     struct str body, int64_t now);

/* HMAC-SHA256, 32 bytes in the arena. */
struct str hmac_sha256(struct arena *arena, struct str key, struct str text);

#endif
