/* fuzz_wordpress.c - whatever a WordPress site lists as a comment is taken within the
 * ceilings of an item, or refused with words. Input: one comment as the site lists it,
 * and the same bytes as an item that was kept. */
#include "fuzz.h"

#include "base/utf8.h"
#include "channel/wordpress.h"

static void check_address(struct str url)
{
    PROMISE(url.n <= ITEM_MAX_URL);
    PROMISE(!url.n || str_starts(url, STR("http")));
    for (size_t i = 0; i < url.n; i++)
        PROMISE((unsigned char)url.p[i] > ' ');
}

static void check_item(const struct item *item)
{
    PROMISE(item->external_id.n > 0 && item->external_id.n <= ITEM_MAX_ID);
    PROMISE(item->thread.external_id.n > 0);
    PROMISE(item->author.external_id.n <= ITEM_MAX_ID);
    PROMISE(item->body.n > 0 && item->body.n <= ITEM_MAX_BODY);
    PROMISE(utf8_is_valid(item->body) && !memchr(item->body.p, 0, item->body.n));
    PROMISE(utf8_graphemes(item->author.name) <= ITEM_MAX_NAME);
    PROMISE(utf8_graphemes(item->thread.title) <= ITEM_MAX_NAME);
    PROMISE(item->standing != NULL && item->sent_at >= 0);
    check_address(item->author.url);
    check_address(item->thread.url);
}

static void check_bytes(struct op *op, struct str bytes)
{
    struct item item;
    int r = wordpress_parse(op, bytes, &item);

    if (r < 0)
        PROMISE(r == (int)op->err.kind && op->err.text.n > 0);
    else
        check_item(&item);
    op->err = (struct err){ 0 };
}

/* What comes with a comment that did not change has the same bytes each time. */
static void check_listed(struct op *op, const struct json *comment)
{
    struct str bytes = wordpress_item(op, comment, 7);
    struct json *again;

    PROMISE(str_eq(bytes, wordpress_item(op, comment, 7)));
    PROMISE(json_parse(op, bytes, &again) == 0);
    check_bytes(op, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct json *json;

    check_bytes(&op, INPUT);
    PROMISE(wordpress_time(&op, INPUT) >= 0);
    if (json_parse(&op, INPUT, &json) == 0 && json->type == JSON_OBJECT)
        check_listed(&op, json);
    return 0;
}
