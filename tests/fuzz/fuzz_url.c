/* fuzz_url.c - an address that is accepted is written in a form that reads as itself,
 * and no spelling makes an address of our own look public. */
#include "fuzz.h"

#include "net/client.h"
#include "net/gate.h"
#include "net/http.h"

static void check_url(struct op *op, const struct url *url)
{
    struct gate_address address;
    struct url again;

    PROMISE(url_parse(op, url->text, &again) == 0);
    PROMISE(str_eq(url->text, again.text));
    PROMISE(str_eq(url->host, again.host) && url->port == again.port);
    PROMISE(url->is_address == gate_address(op, url->host, url->port, &address));
    PROMISE(url->port != 0 && url->host.n > 0);
    PROMISE(str_starts(url->target, STR("/")));
    for (size_t i = 0; i < url->text.n; i++)
        PROMISE(url->text.p[i] > ' ' && url->text.p[i] < 0x7f);
    PROMISE(str_find(url->text, STR("@")) < 0 || str_find(url->target, STR("@")) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct http_fields params;
    struct url url, base, next;
    struct str text;
    int64_t at;
    int r = url_parse(&op, INPUT, &url);

    PROMISE(r == 0 || r == ERR_INVALID);
    if (r == 0 && url.text.n <= URL_MAX)
        check_url(&op, &url);
    PROMISE(url_parse(&op, STR("https://a.example:8443/p/q?r"), &base) == 0);
    if (url_resolve(&op, &base, INPUT, &next) == 0 && next.text.n <= URL_MAX)
        check_url(&op, &next);
    if (http_decode(&arena, http_encode(&arena, INPUT), false, &text))
        PROMISE(str_eq(text, INPUT));
    if (http_date_parse(INPUT, &at)) {
        PROMISE(http_date_parse(http_date(&arena, at), &at));
    }
    (void)http_retry_after(INPUT, STR("Mon, 02 Nov 2026 08:00:00 GMT"), 0);
    r = http_params(&op, INPUT, &params);
    PROMISE(r == 0 || r == ERR_INVALID || r == ERR_TOO_LARGE);
    return 0;
}
