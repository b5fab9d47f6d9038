/* api_page.c - a page of a list: what the cursor says, cutting, the next cursor. */
#include "api/api.h"

int page_read(struct op *op, const struct api_call *call, struct page *ret)
{
    struct page page = { .op = op, .limit = call->limit, .ask = call->limit + 1 };
    int r = cursor_parse(op, call->cursor, &page.key, &page.id);

    if (r < 0)
        return r;
    *ret = page;
    return 0;
}

void page_open(struct page *page, struct json_writer *w, size_t *count)
{
    page->more = *count > (size_t)page->limit;
    if (page->more)
        *count = (size_t)page->limit;
    json_begin_object(w, NULL);
    json_begin_array(w, "items");
}

void page_at(struct page *page, int64_t key, int64_t id)
{
    page->key = key;
    page->id = id;
}

void page_close(const struct page *page, struct json_writer *w)
{
    api_end_list(page->op, w,
                 page->more ? cursor_format(page->op, page->key, page->id) : STR(""));
}

int cursor_parse(struct op *op, struct str cursor, int64_t *ret_key, int64_t *ret_id)
{
    struct str rest, key = str_cut(cursor, ':', &rest);
    int64_t a, b;

    if (cursor.n == 0) {
        *ret_key = *ret_id = 0;
        return 0;
    }
    if (!str_to_i64(key, &a) || !str_to_i64(rest, &b))
        return op_fail_field_as(op, "cursor", "cursor", "is none that this list gave");
    *ret_key = a;
    *ret_id = b;
    return 0;
}

struct str cursor_format(struct op *op, int64_t key, int64_t id)
{
    return arena_fmt(op->arena, "%lld:%lld", (long long)key, (long long)id);
}
