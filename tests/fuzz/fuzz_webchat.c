/* fuzz_webchat.c - whatever a visitor's browser sends is taken within its ceilings, or
 * refused with words; whatever stands in a list of pages gives a policy that says no more
 * than its pages. Input: an envelope, and the same bytes as a list of pages. */
#include "fuzz.h"

#include "base/utf8.h"
#include "channel/webchat.h"

static void check_item(const struct item *item)
{
    PROMISE(item->external_id.n > 0 && item->external_id.n <= ITEM_MAX_ID);
    PROMISE(str_starts(item->external_id, item->thread.external_id));
    PROMISE(str_eq(item->thread.external_id, item->author.external_id));
    PROMISE(webchat_client_id(item->external_id).n > 0);
    PROMISE(str_is(item->thread.visibility, "private"));
    PROMISE(item->body.n > 0 || item->file_count > 0 || item->removed_at != 0);
    PROMISE(item->body.n <= ITEM_MAX_BODY && utf8_is_valid(item->body));
    PROMISE(!item->body.n || !memchr(item->body.p, 0, item->body.n));
    PROMISE(utf8_count(item->body) <= WEBCHAT_MAX_TEXT);
    PROMISE(item->file_count <= WEBCHAT_MAX_FILES);
    PROMISE(item->thread.url.n <= ITEM_MAX_URL);
    PROMISE(!item->thread.url.n || str_starts(item->thread.url, STR("http")));
    PROMISE(utf8_graphemes(item->author.name) <= ITEM_MAX_NAME);
    PROMISE(utf8_graphemes(item->thread.title) <= ITEM_MAX_NAME);
    PROMISE(!item->author.is_us && !item->sent_at);
}

static void check_pages(struct op *op, struct str text)
{
    struct json_writer w = JSON_WRITER(op->arena);
    struct json *settings;
    struct str policy;

    if (!utf8_is_valid(text) || memchr(text.p ? text.p : "", 0, text.n))
        return;
    json_begin_object(&w, NULL);
    json_put_text(&w, "allowed_origins", text);
    json_end_object(&w);
    PROMISE(json_parse(op, json_done(&w), &settings) == 0);
    policy = webchat_frame_ancestors(op, settings);
    PROMISE(!policy.n || str_starts(policy, STR("frame-ancestors 'self' http")));
    for (size_t i = 0; i < policy.n; i++)
        PROMISE(policy.p[i] != ';' && policy.p[i] != '\r' && policy.p[i] != '\n' &&
                policy.p[i] != ',');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA(arena);
    struct op op = { .arena = &arena };
    struct item item;
    int r = webchat_parse(&op, INPUT, &item);

    if (r < 0)
        PROMISE(r == (int)op.err.kind && op.err.text.n > 0);
    else
        check_item(&item);
    op.err = (struct err){ 0 };
    check_pages(&op, INPUT);
    return 0;
}
