/* fuzz_signature.c - only what was signed with the secret is genuine, whatever the three
 * fields say. Input: webhook-id, webhook-timestamp, webhook-signature, one a line; the
 * rest is the body. */
#include "fuzz.h"

#include "net/signature.h"

#define SECRET STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
#define NOW    INT64_C(1614265330000)

static void check_secret(struct op *op, struct str text)
{
    struct str key;
    int r = signature_secret(op, text, &key);

    PROMISE(r == ERR_INVALID || (r == 0 && key.n >= 16 && key.n <= 128));
}

/* What is signed here verifies, and does not with another body. */
static void check_round(struct op *op, struct str body)
{
    struct http_fields fields = { NULL, 0, 0 };
    struct str other = arena_fmt(op->arena, STR_FMT "x", STR_ARG(body));

    PROMISE(signature_add(op, SECRET, STR("msg_1"), body, &fields) == 0);
    PROMISE(signature_verify(op, SECRET, &fields, body, NOW) == 0);
    PROMISE(signature_verify(op, SECRET, &fields, other, NOW) == SIGNATURE_WRONG);
    PROMISE(signature_verify(op, SECRET, &fields, body,
                             NOW + 2 * SIGNATURE_TOLERANCE_MS) == SIGNATURE_STALE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena, .now = NOW };
    struct http_field items[] = { { STR("webhook-id"), { NULL, 0 } },
                                  { STR("webhook-timestamp"), { NULL, 0 } },
                                  { STR("webhook-signature"), { NULL, 0 } } };
    const struct http_fields fields = { items, COUNT_OF(items), 0 };
    struct str rest = INPUT, genuine;
    int64_t seconds;
    int r;

    for (size_t i = 0; i < COUNT_OF(items); i++)
        items[i].value = str_cut(rest, '\n', &rest);
    r = signature_verify(&op, SECRET, &fields, rest, NOW);
    PROMISE(r >= 0 && r <= SIGNATURE_WRONG);
    if (r == 0) {
        PROMISE(str_to_i64(str_trim(items[1].value), &seconds));
        PROMISE(signature_sign(&op, SECRET, str_trim(items[0].value), seconds, rest,
                               &genuine) == 0);
        PROMISE(str_find(items[2].value, genuine) >= 0);
    }
    check_secret(&op, items[0].value);
    check_round(&op, rest);
    return 0;
}
