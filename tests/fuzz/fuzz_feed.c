/* fuzz_feed.c - any bytes are a feed or none, and what comes of an entry keeps the
 * promises of an item. */
#include "fuzz.h"

#include "base/utf8.h"
#include "channel/feed.h"

static void check_entry(struct op *op, const struct feed *feed,
                        const struct feed_entry *entry)
{
    struct item item;
    int r = feed_parse(op, feed_item(op, feed, entry), &item);

    PROMISE(r == 0 || r == ERR_INVALID);
    op->err = (struct err){ 0 };
    if (r)
        return;
    PROMISE(item.external_id.n > 0 && item.external_id.n <= ITEM_MAX_ID);
    PROMISE(item.body.n > 0 && item.body.n <= ITEM_MAX_BODY);
    PROMISE(utf8_is_valid(item.body) && utf8_is_valid(item.thread.title));
    PROMISE(item.thread.url.n == 0 || str_starts(item.thread.url, STR("http")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct feed feed;
    int r = feed_read_json(&op, INPUT, &feed);

    PROMISE(r == 0 || r == FEED_NONE);
    r = feed_read(&op, INPUT, &feed);
    PROMISE(r == 0 || r == FEED_NONE);
    if (r)
        return 0;
    PROMISE(feed.count <= FEED_MAX_ENTRIES);
    for (size_t i = 0; i < feed.count; i++)
        check_entry(&op, &feed, &feed.entries[i]);
    return 0;
}
