/* fuzz_item.c - whatever the custom network sends is taken within its ceilings, or
 * refused with words and without a trace. Input: the body of one inbound request. */
#include "fuzz.h"

#include "base/utf8.h"
#include "channel/custom.h"

static void check_refusal(const struct op *op, int r)
{
    PROMISE(r == (int)op->err.kind && op->err.text.n > 0);
    PROMISE(r == ERR_INVALID || r == ERR_MALFORMED || r == ERR_TOO_LARGE);
    for (const struct err_field *f = op->err.fields; f; f = f->next)
        PROMISE(f->field.n > 0 && f->message.n > 0);
}

static void check_text(struct str text, size_t max)
{
    PROMISE(text.n <= max && utf8_is_valid(text));
    PROMISE(!text.n || !memchr(text.p, 0, text.n));
}

static void check_item(const struct item *item)
{
    PROMISE(item->thread.external_id.n > 0);
    PROMISE(item->thread.kind.n > 0 && item->thread.visibility.n > 0);
    PROMISE(item->body.n > 0 || item->file_count > 0 || item->removed_at != 0);
    PROMISE(item->file_count <= ITEM_MAX_FILES);
    PROMISE(item->reaction_count <= ITEM_MAX_REACTIONS);
    check_text(item->external_id, ITEM_MAX_ID);
    check_text(item->thread.external_id, ITEM_MAX_ID);
    check_text(item->parent_external_id, ITEM_MAX_ID);
    check_text(item->author.external_id, ITEM_MAX_ID);
    check_text(item->author.url, ITEM_MAX_URL);
    check_text(item->author.avatar_url, ITEM_MAX_URL);
    check_text(item->thread.url, ITEM_MAX_URL);
    check_text(item->body, ITEM_MAX_BODY);
    PROMISE(utf8_graphemes(item->author.name) <= ITEM_MAX_NAME);
    PROMISE(utf8_graphemes(item->author.handle) <= ITEM_MAX_NAME);
    PROMISE(utf8_graphemes(item->thread.title) <= ITEM_MAX_NAME);
    PROMISE(item->author.followers >= 0);
    for (size_t i = 0; i < item->file_count; i++)
        PROMISE(item->files[i].bytes.n <= ITEM_MAX_FILE);
    for (size_t i = 0; i < item->reaction_count; i++) {
        PROMISE(item->reactions[i].number >= 0 && item->reactions[i].kind.n > 0);
        check_text(item->reactions[i].kind, ITEM_MAX_NAME * 64);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct str *items;
    size_t count;
    int r;

    r = custom_split(&op, INPUT, &items, &count);
    if (r < 0) {
        check_refusal(&op, r);
        return 0;
    }
    PROMISE(count <= INBOUND_MAX_ITEMS);
    for (size_t i = 0; i < count; i++) {
        struct item item;

        r = custom_parse(&op, items[i], &item);
        if (r < 0)
            check_refusal(&op, r);
        else
            check_item(&item);
    }
    return 0;
}
