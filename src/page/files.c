/* files.c - files of messages, named on a page and given out so that they do no harm. */
#include "page/files.h"

#include "base/picture.h"

static void put_number(struct sheet *page, size_t count)
{
    if (count == 1)
        sheet_say(page, W_FILES_ONE);
    else
        sheet_say_count(page, W_FILES_MANY, (int64_t)count);
}

int files_count(struct sheet *page, const struct message *msg)
{
    struct attachment *files;
    size_t count;
    int r = attachment_list(page->op, msg->id, &files, &count);

    if (r < 0 || count == 0)
        return r;
    html_put(&page->html, "<p class=\"soft\">");
    put_number(page, count);
    html_put(&page->html, "</p>\n");
    return 0;
}

/* "640 KB", rounded up: nobody needs more to decide whether to fetch it. */
static struct str size_of(struct sheet *page, int64_t bytes)
{
    struct arena *arena = page->op->arena;
    int64_t kb = (bytes + 999) / 1000;
    char point = page->language == GERMAN ? ',' : '.';

    if (kb < 1000)
        return arena_fmt(arena, "%lld KB", (long long)kb);
    return arena_fmt(arena, "%lld%c%lld MB", (long long)(kb / 1000), point,
                     (long long)(kb % 1000 / 100));
}

int files_put(struct sheet *page, const struct message *msg, struct str at)
{
    struct html *h = &page->html;
    struct attachment *files;
    size_t count;
    int r = attachment_list(page->op, msg->id, &files, &count);

    if (r < 0 || count == 0)
        return r;
    html_put(h, "<ul class=\"files\">\n");
    for (size_t i = 0; i < count; i++) {
        html_put(h, "<li><a rel=\"nofollow\"");
        html_attr(h, "href",
                  arena_fmt(page->op->arena, STR_FMT "/files/%lld", STR_ARG(at),
                            (long long)files[i].id));
        html_put(h, ">");
        sheet_put_masked(page, files[i].name, false);
        html_put(h, "</a> <span class=\"soft\">");
        html_text(h, size_of(page, files[i].size));
        html_put(h, "</span></li>\n");
    }
    html_put(h, "</ul>\n");
    return 0;
}

int files_find(struct op *op, int64_t id, struct attachment *ret)
{
    int r = attachment_get(op, id, ret);

    if (r < 0)
        return r;
    return r == ATTACHMENT_NOT_FOUND || !ret->message_id ? FILES_NONE : 0;
}

/* The name twice: in plain letters for old programs, and as it is (RFC 6266). */
static struct str disposition(struct op *op, const char *how, struct str name)
{
    struct str plain = arena_dup(op->arena, name);
    char *p = (char *)plain.p;

    for (size_t i = 0; i < plain.n; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c < 0x20 || c > 0x7E || c == '"' || c == '\\' || c == '%')
            p[i] = '_';
    }
    return arena_fmt(op->arena, "%s; filename=\"" STR_FMT "\"; filename*=UTF-8''" STR_FMT,
                     how, STR_ARG(plain), STR_ARG(http_encode(op->arena, name)));
}

int files_answer(struct op *op, const struct attachment *file, struct str name,
                 enum files_how how, struct http_answer *ret)
{
    const char *type = "";
    int r = attachment_bytes(op, file->id, &ret->body);

    if (r < 0)
        return r;
    if (how == FILES_SHOWN)
        type = picture_mime(picture_look(ret->body).kind);
    ret->status = 200;
    ret->content_type = *type ? type : "application/octet-stream";
    http_add(op->arena, &ret->headers, STR("Content-Disposition"),
             disposition(op, *type ? "inline" : "attachment", name));
    http_add(op->arena, &ret->headers, STR("X-Content-Type-Options"), STR("nosniff"));
    http_add(op->arena, &ret->headers, STR("Content-Security-Policy"),
             STR("default-src 'none'; sandbox"));
    http_add(op->arena, &ret->headers, STR("Cross-Origin-Resource-Policy"),
             STR("same-origin"));
    return 0;
}
