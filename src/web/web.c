/* web.c - which embedded file answers which address. */
#include "web/web.h"

#include "web/assets.h"

/* First segments of the addresses of pages, besides "/". */
static const char *const pages[] = {
    "setup",         "login", "link",    "today",   "inbox",    "search",  "c",
    "conversations", "t",     "threads", "reports", "settings", "persons", "moderation",
};

static bool is_page(struct str path)
{
    struct str rest = { path.p + 1, path.n - 1 };
    struct str first = str_cut(rest, '/', &rest);

    if (path.n == 1)
        return true;
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        if (str_eq(first, str_of(pages[i])))
            return true;
    return false;
}

/* The one file that pages of others name: kept for a moment, since they load it with each
 * view, and readable by pages that isolate themselves from other origins. */
static void for_other_pages(struct arena *arena, struct http_answer *answer)
{
    for (size_t i = 0; i < answer->headers.count; i++)
        if (str_is(answer->headers.items[i].name, "Cache-Control"))
            answer->headers.items[i].value = STR("public, max-age=300");
    http_add(arena, &answer->headers, STR("Cross-Origin-Resource-Policy"),
             STR("cross-origin"));
}

int web_answer(struct arena *arena, const struct http_request *rq,
               struct http_answer *ret)
{
    if (rq->path.n == 0 || rq->path.p[0] != '/')
        return WEB_NOT_FOUND;

    const struct asset *asset = asset_find(web_assets, rq->path);
    if (asset == NULL && is_page(rq->path))
        asset = asset_find(web_assets, STR("/index.html"));
    if (asset == NULL)
        return WEB_NOT_FOUND;
    asset_answer(arena, rq, asset, ret);
    if (str_is(rq->path, "/widget.js"))
        for_other_pages(arena, ret);
    return 0;
}
