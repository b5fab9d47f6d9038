/* fuzz_header.c - whatever stands in a header field: what is read from it is a part of
 * it, and what is written into one is one line. Input: `Cookie`, then `X-Forwarded-For`
 * and a query, one a line. */
#include "fuzz.h"

#include "base/utf8.h"
#include "net/http.h"

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
    PROMISE(http_sender(&rq).n > 0);
    check_lists(forwarded);
    check_answer(&op, INPUT);
    check_param(&op, &rq);
    return 0;
}
