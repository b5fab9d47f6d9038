/* fuzz_bluesky.c - whatever a server tells as a post becomes an item within its ceilings,
 * the same bytes each time, or is refused with words. Input: an item; the same bytes as a
 * post and as a chat message; as a text of ours; and as a name of the protocol. */
#include "fuzz.h"

#include "base/utf8.h"
#include "channel/bluesky.h"

static void check_pictures(const struct item *item)
{
    PROMISE(item->picture_count <= ITEM_MAX_FILES);
    for (size_t i = 0; i < item->picture_count; i++)
        PROMISE(str_starts(item->pictures[i].url, STR("http")) &&
                item->pictures[i].url.n <= ITEM_MAX_URL);
}

static void check_item(const struct item *item)
{
    check_pictures(item);
    PROMISE(item->external_id.n > 0 && item->external_id.n <= ITEM_MAX_ID);
    PROMISE(item->thread.external_id.n > 0 && item->thread.external_id.n <= ITEM_MAX_ID);
    PROMISE((item->body.n > 0 || item->wordless) && item->body.n <= ITEM_MAX_BODY);
    PROMISE(utf8_is_valid(item->body));
    PROMISE(!item->body.n || !memchr(item->body.p, 0, item->body.n));
    PROMISE(utf8_graphemes(item->author.name) <= ITEM_MAX_NAME);
    PROMISE(utf8_graphemes(item->author.handle) <= ITEM_MAX_NAME);
    PROMISE(bluesky_is_did(item->author.external_id));
    PROMISE(item->thread.url.n <= ITEM_MAX_URL);
    PROMISE(!item->thread.url.n || str_starts(item->thread.url, STR("https://")));
    PROMISE(item->reaction_count <= ITEM_MAX_REACTIONS);
    for (size_t i = 0; i < item->reaction_count; i++)
        PROMISE(item->reactions[i].kind.n > 0 && item->reactions[i].number >= 0);
}

static void check_chat_id(struct op *op, struct str text)
{
    struct bluesky_chat_id id;

    if (bluesky_chat_id_read(text, &id))
        PROMISE(str_eq(bluesky_chat_id(op, id.convo, id.message), text));
}

static void check_parse(struct op *op, struct str bytes)
{
    struct item item;
    int r = bluesky_parse(op, bytes, &item);

    if (r < 0)
        PROMISE(r == (int)op->err.kind && op->err.text.n > 0);
    else
        check_item(&item);
    op->err = (struct err){ 0 };
}

static void check_facets(struct op *op, struct str text)
{
    struct bluesky_facet *list;
    size_t count = bluesky_facets(op, text, &list), from = 0;

    PROMISE(count <= BLUESKY_MAX_FACETS);
    for (size_t i = 0; i < count; i++) {
        PROMISE(list[i].start >= from && list[i].start < list[i].end);
        PROMISE(list[i].end <= text.n && list[i].value.n > 0);
        from = list[i].end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct bluesky_me me = { { "did:plc:us", 10 }, { "haus", 4 } };
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct bluesky_uri uri;
    struct json *json, *again;
    struct str bytes;

    check_parse(&op, INPUT);
    check_facets(&op, INPUT);
    check_chat_id(&op, INPUT);
    PROMISE(!bluesky_is_tid(INPUT) ||
            (size == BLUESKY_TID && bluesky_is_record_key(INPUT)));
    if (bluesky_uri_read(INPUT, &uri))
        PROMISE(bluesky_is_did(uri.repo) || bluesky_is_handle(uri.repo));
    if (json_parse(&op, INPUT, &json) < 0)
        return 0;
    PROMISE(utf8_is_valid(bluesky_words(&op, json)));
    bytes = bluesky_item(&op, &me, json, false);
    check_parse(&op, bytes);
    PROMISE(json_parse(&op, bytes, &again) == 0);
    bytes = bluesky_chat_item(&op, &me, STR("c1"), json_get(json, "author"), json);
    if (bytes.n) {
        check_parse(&op, bytes);
        PROMISE(json_parse(&op, bytes, &again) == 0);
    }
    return 0;
}
