/* fuzz_mastodon.c - whatever a server tells as a status becomes an item within its
 * ceilings, the same bytes each time, or is refused with words. Input: a status; the
 * same bytes as an item; and as HTML. */
#include "fuzz.h"

#include "base/utf8.h"
#include "channel/mastodon.h"
#include "text/warning.h"

static void check_warning(struct op *op, struct str body)
{
    struct str rest, warning = warning_cut(body, &rest);

    PROMISE(warning.n + rest.n <= body.n && str_ends(body, rest));
    PROMISE(warning.n ? rest.n > 0 : str_eq(rest, body));
    PROMISE(str_eq(warning_put(op->arena, STR(""), body), body));
    if (warning.n) {
        struct str again, said = warning_put(op->arena, warning, rest);

        PROMISE(str_eq(warning_cut(said, &again), warning) && str_eq(again, rest));
    }
}

static void check_pictures(const struct item *item)
{
    PROMISE(item->picture_count <= ITEM_MAX_FILES);
    for (size_t i = 0; i < item->picture_count; i++)
        PROMISE(str_starts(item->pictures[i].url, STR("http")) &&
                item->pictures[i].url.n <= ITEM_MAX_URL);
}

static void check_item(struct op *op, const struct item *item)
{
    check_warning(op, item->body);
    check_pictures(item);
    PROMISE(item->external_id.n > 0 && item->external_id.n <= MASTODON_MAX_ID);
    PROMISE(item->thread.external_id.n > 0 &&
            item->thread.external_id.n <= MASTODON_MAX_ID);
    PROMISE(item->body.n > 0 && item->body.n <= ITEM_MAX_BODY);
    PROMISE(utf8_is_valid(item->body) && !memchr(item->body.p, 0, item->body.n));
    PROMISE(utf8_graphemes(item->author.name) <= ITEM_MAX_NAME);
    PROMISE(utf8_graphemes(item->author.handle) <= ITEM_MAX_NAME);
    PROMISE(item->author.external_id.n <= ITEM_MAX_ID);
    PROMISE(item->thread.url.n <= ITEM_MAX_URL);
    PROMISE(!item->thread.url.n || str_starts(item->thread.url, STR("http")));
    PROMISE(!item->author.url.n || str_starts(item->author.url, STR("http")));
    PROMISE(item->reaction_count == 2 && item->reactions[0].number >= 0);
}

static void check_parse(struct op *op, struct str bytes)
{
    struct item item;
    int r = mastodon_parse(op, bytes, &item);

    if (r < 0)
        PROMISE(r == (int)op->err.kind && op->err.text.n > 0);
    else
        check_item(op, &item);
    op->err = (struct err){ 0 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mastodon_me me = { { "1", 1 }, { "haus", 4 }, { "x", 1 } };
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct json *json, *again;
    struct str bytes;

    check_parse(&op, INPUT);
    PROMISE(utf8_is_valid(mastodon_words(&op, INPUT)));
    if (json_parse(&op, INPUT, &json) < 0)
        return 0;
    bytes = mastodon_item(&op, &me, json, json);
    check_parse(&op, bytes);
    PROMISE(json_parse(&op, bytes, &again) == 0);
    PROMISE(str_eq(
        mastodon_item(&op, &me, json_get(again, "thread"), json_get(again, "status")),
        mastodon_item(&op, &me, json_get(again, "thread"), json_get(again, "status"))));
    return 0;
}
