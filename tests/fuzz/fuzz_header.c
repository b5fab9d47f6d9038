/* fuzz_header.c - whatever stands in a header field: what is read from it is a part of
 * it, and what is written into one is one line. Input: `Cookie`, `X-Forwarded-For` and
 * a query, one a line; the query is also a network that is trusted. */
#include "fuzz.h"

#include "base/utf8.h"
#include "net/proxies.h"

static void check_part(struct str part, struct str whole)
{
    PROMISE(part.n <= whole.n && (!part.n || str_find(whole, part) >= 0));
}

static void check_lists(struct str value)
{
    bool has = http_field_has(value, "chunked");

    PROMISE(!has || value.n >= strlen("chunked"));
    PROMISE(http_reason(value.n ? value.p[0] * 4 : 0) != NULL);
}

static void check_answer(struct op *op, struct str text)
{
    struct http_answer answer = { 0 };

    http_add(op->arena, &answer.headers, text, text);
    http_add(op->arena, &answer.headers, STR("x"), text);
    PROMISE(answer.headers.count == 2);
    PROMISE(str_find(http_field(&answer.headers, "x"), STR("\n")) < 0);
    if (utf8_is_valid(text)) {
        http_problem(op->arena, 400 + (int)text.n % 200, text, &answer);
        PROMISE(answer.body.n > 0);
    }
}

/* Whom a peer speaks for is an address that stands there, and nobody's word but that of
 * who is trusted counts. */
static void check_sender(struct op *op, struct http_request *rq, struct str networks)
{
    struct proxies proxies;
    struct str sender = http_sender(rq);

    PROMISE(sender.n > 0);
    if (proxies_read(op, &networks, 1, &proxies) < 0)
        return;
    sender = proxies_sender(&proxies, rq);
    PROMISE(sender.n > 0 && sender.n < 64);
    rq->remote = STR("198.51.100.9");
    sender = proxies_sender(&proxies, rq);
    PROMISE(str_eq(sender, rq->remote) || proxies_trust(&proxies, rq->remote));
}

static void check_param(struct op *op, const struct http_request *rq)
{
    struct str value;
    int r = http_param(op, rq, "q", &value);

    PROMISE(r == 0 || r == HTTP_NO_PARAM || r == ERR_INVALID);
    PROMISE(r != 0 || utf8_is_valid(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct str forwarded, query, cookie = str_cut(INPUT, '\n', &forwarded);
    struct http_field fields[] = { { STR("X-Forwarded-For"), STR("192.0.2.1") },
                                   { STR("cookie"), cookie },
                                   { STR("x-forwarded-for"), { NULL, 0 } } };
    struct http_request rq = { .remote = STR("::ffff:127.0.0.1"),
                               .headers = { fields, COUNT_OF(fields), 0 } };

    forwarded = str_cut(forwarded, '\n', &query);
    fields[2].value = forwarded;
    rq.query = query;
    check_part(http_cookie(&rq, "draht_session"), cookie);
    check_part(http_header(&rq, "Cookie"), cookie);
    check_sender(&op, &rq, query);
    check_lists(forwarded);
    check_answer(&op, INPUT);
    check_param(&op, &rq);
    return 0;
}
