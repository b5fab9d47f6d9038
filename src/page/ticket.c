/* ticket.c - the hidden field of a public form, which stands in for a cookie. */
#include "page/ticket.h"

#include <sodium.h>

#include "admin/secret.h"
#include "base/bytes.h"
#include "base/random.h"

enum { MAC = 16, PLAIN = 8 + TICKET_NUMBER + 1, SECRET = 32 };

struct ticket ticket_new(struct op *op)
{
    struct ticket ticket = { .made_at = op->now };

    random_fill(op, ticket.number, TICKET_NUMBER);
    return ticket;
}

static void pack(const struct ticket *ticket, unsigned char ret[PLAIN])
{
    for (int i = 0; i < 8; i++)
        ret[i] = (unsigned char)((uint64_t)ticket->made_at >> (8 * i));
    memcpy(ret + 8, ticket->number, TICKET_NUMBER);
    ret[PLAIN - 1] = ticket->asked;
}

static void unpack(const unsigned char *bytes, struct ticket *ret)
{
    uint64_t at = 0;

    for (int i = 0; i < 8; i++)
        at |= (uint64_t)bytes[i] << (8 * i);
    ret->made_at = (int64_t)at;
    memcpy(ret->number, bytes + 8, TICKET_NUMBER);
    ret->asked = bytes[PLAIN - 1] != 0;
}

/* What is signed names workspace, form and subject, so that a ticket fits one form. */
static int sign(struct op *op, struct str what, size_t n, unsigned char *ret)
{
    const struct secret_key *key = op->world->key;

    if (!key)
        return op_fail(op, ERR_INTERNAL, "there is no key to sign forms with");
    crypto_generichash(ret, n, (const unsigned char *)what.p, what.n, key->bytes,
                       SECRET_KEY_BYTES);
    return 0;
}

static struct str signed_text(struct op *op, const char *form, int64_t subject,
                              const unsigned char *bytes, size_t n)
{
    return arena_fmt(
        op->arena, "ticket %s %lld %lld " STR_FMT, form, (long long)op->workspace,
        (long long)subject,
        STR_ARG(hex_encode(op->arena, (struct str){ (const char *)bytes, n })));
}

int ticket_write(struct op *op, const struct ticket *ticket, const char *form,
                 int64_t subject, struct str *ret)
{
    unsigned char bytes[PLAIN + MAC];
    int r;

    pack(ticket, bytes);
    r = sign(op, signed_text(op, form, subject, bytes, PLAIN), MAC, bytes + PLAIN);
    if (r < 0)
        return r;
    *ret = base64url_encode(op->arena, (struct str){ (char *)bytes, sizeof(bytes) });
    return 0;
}

int ticket_read(struct op *op, struct str text, const char *form, int64_t subject,
                struct ticket *ret)
{
    unsigned char mac[MAC];
    struct str bytes;
    int r;

    if (!base64url_decode(op->arena, text, &bytes) || bytes.n != PLAIN + MAC)
        return TICKET_FORGED;
    r = sign(op, signed_text(op, form, subject, (const unsigned char *)bytes.p, PLAIN),
             MAC, mac);
    if (r < 0)
        return r;
    if (sodium_memcmp(mac, bytes.p + PLAIN, MAC) != 0)
        return TICKET_FORGED;
    unpack((const unsigned char *)bytes.p, ret);
    if (op->now - ret->made_at > TICKET_MAX_MS)
        return TICKET_STALE;
    return op->now - ret->made_at < TICKET_MIN_MS && !ret->asked ? TICKET_HASTY : 0;
}

struct str ticket_name(struct op *op, const struct ticket *ticket)
{
    return hex_encode(op->arena,
                      (struct str){ (const char *)ticket->number, TICKET_NUMBER });
}

int ticket_secret(struct op *op, const struct ticket *ticket, int64_t subject,
                  struct str sent, struct str *ret)
{
    unsigned char secret[SECRET];
    struct str what = arena_fmt(
        op->arena, STR_FMT "\n" STR_FMT,
        STR_ARG(signed_text(op, "status", subject, ticket->number, TICKET_NUMBER)),
        STR_ARG(sent));
    int r = sign(op, what, SECRET, secret);

    if (r < 0)
        return r;
    *ret = base64url_encode(op->arena, (struct str){ (char *)secret, SECRET });
    return 0;
}
