/* ways_page.c - /contact: every way to reach us, and by that which accounts are ours.
 *
 * Named are channels that keep a promise: in dialogue, with owner, deputy, hours and
 * purpose. What is only listened to is said so, or left out, as the workspace chose; an
 * account where nobody talks is named, so that who is there finds the ways that work.
 */
#include "page/pages.h"

#include "db/store.h"
#include "page/expect.h"

/* How a channel stands on the page. */
enum way { WAY_LEFT_OUT, WAY_OPEN, WAY_LISTENING, WAY_SILENT };

struct ways {
    const struct page_ask *ask;
    struct sheet page;
    struct channel *channels;
    struct channel_site *own; /* of each, and how it stands */
    enum way *way;
    size_t count;
    bool is_there;
};

static int judge(struct op *op, const struct channel *channel,
                 const struct channel_site *own, enum way *ret)
{
    struct str mode;
    int r = channel_effective_mode(op, channel, &mode);

    if (r < 0)
        return r;
    *ret = WAY_LEFT_OUT;
    if (channel->retired_at || str_is(own->listed, "off"))
        return 0;
    if (str_is(mode, "dialogue") && !channel_gaps(channel))
        *ret = WAY_OPEN;
    else if (str_is(mode, "listen"))
        *ret = WAY_LISTENING;
    else if (str_is(mode, "none"))
        *ret = WAY_SILENT;
    return 0;
}

static void put_link(struct sheet *page, const struct channel *channel,
                     const struct channel_site *own)
{
    struct html *h = &page->html;

    if (str_is(channel->network, "form")) {
        html_put(h, "<p><a class=\"button\"");
        html_attr(h, "href",
                  arena_fmt(page->op->arena, "/contact/%lld" STR_FMT,
                            (long long)channel->id, STR_ARG(sheet_keep(page))));
        html_put(h, ">");
        sheet_say(page, W_CONTACT_OPEN);
        html_put(h, "</a></p>\n");
    }
    if (!own->account_url.n)
        return;
    html_put(h, "<p>");
    sheet_say(page, W_CONTACT_ACCOUNT);
    html_put(h, "<a rel=\"me noopener\"");
    html_attr(h, "href", own->account_url);
    html_put(h, ">");
    html_text(h, own->account_url);
    html_put(h, "</a></p>\n");
}

static int put_open(struct sheet *page, const struct channel *channel,
                    const struct channel_site *own)
{
    struct html *h = &page->html;
    int r;

    html_put(h, "<li class=\"way\">\n<h2>");
    html_text(h, channel->name);
    html_put(h, "</h2>\n");
    if (channel->kind_name.n) {
        html_put(h, "<p class=\"soft\">");
        html_text(h, channel->kind_name);
        html_put(h, "</p>\n");
    }
    html_put(h, "<dl class=\"facts\">\n<dt>");
    sheet_say(page, W_CONTACT_HOURS);
    html_put(h, "</dt>\n<dd>");
    r = expect_put_hours(page, channel);
    if (r < 0)
        return r;
    html_put(h, "</dd>\n<dt>");
    sheet_say(page, W_CONTACT_ANSWER);
    html_put(h, "</dt>\n<dd>");
    r = expect_put_answer(page, channel);
    html_put(h, "</dd>\n</dl>\n");
    put_link(page, channel, own);
    html_put(h, "</li>\n");
    return r;
}

static void put_unanswered(struct sheet *page, const struct channel *channel,
                           const struct channel_site *own)
{
    html_put(&page->html, "<li>");
    html_text(&page->html, channel->name);
    put_link(page, channel, own);
    html_put(&page->html, "</li>\n");
}

/* All channels of one kind; `*ret` counts them. */
static int put_kind(struct ways *w, enum way wanted, size_t *ret)
{
    int r = 0;

    *ret = 0;
    for (size_t i = 0; r == 0 && i < w->count; i++) {
        if (w->way[i] != wanted)
            continue;
        (*ret)++;
        if (wanted == WAY_OPEN)
            r = put_open(&w->page, &w->channels[i], &w->own[i]);
        else
            put_unanswered(&w->page, &w->channels[i], &w->own[i]);
    }
    return r;
}

/* Channels of that kind below a heading of their own, where there are any. */
static int put_below(struct ways *w, enum way kind, enum word title, enum word text)
{
    struct sheet *page = &w->page;
    struct strbuf before = page->html.out;
    size_t count;
    int r;

    html_put(&page->html, "<h2>");
    sheet_say(page, title);
    html_put(&page->html, "</h2>\n<p>");
    sheet_say(page, text);
    html_put(&page->html, "</p>\n<ul>\n");
    r = put_kind(w, kind, &count);
    html_put(&page->html, "</ul>\n");
    if (count == 0)
        page->html.out = before; /* nothing to say after all */
    return r;
}

static int put(struct ways *w)
{
    struct sheet *page = &w->page;
    struct html *h = &page->html;
    size_t count;
    int r;

    sheet_begin(page, sheet_word(page, W_CONTACT_TITLE));
    html_put(h, "<h1>");
    sheet_say(page, W_CONTACT_TITLE);
    html_put(h, "</h1>\n<p>");
    sheet_say(page, W_CONTACT_LEAD);
    html_put(h, " ");
    sheet_say(page, W_CONTACT_GENUINE);
    html_put(h, "</p>\n<ul class=\"ways\">\n");
    r = put_kind(w, WAY_OPEN, &count);
    html_put(h, "</ul>\n");
    if (r == 0 && count == 0) {
        html_put(h, "<p>");
        sheet_say(page, W_CONTACT_EMPTY);
        html_put(h, "</p>\n");
    }
    if (r == 0 && page->site.listening)
        r = put_below(w, WAY_LISTENING, W_CONTACT_LISTENING, W_CONTACT_LISTENING_TEXT);
    return r ? r : put_below(w, WAY_SILENT, W_CONTACT_SILENT, W_CONTACT_SILENT_TEXT);
}

static int read_channels(struct op *op, struct ways *w)
{
    int r = channel_list(op, &w->channels, &w->count);

    if (r < 0)
        return r;
    w->own = arena_new(op->arena, struct channel_site, w->count);
    w->way = arena_new(op->arena, enum way, w->count);
    for (size_t i = 0; r >= 0 && i < w->count; i++) {
        r = channel_site_get(op, w->channels[i].id, &w->own[i]);
        if (r >= 0)
            r = judge(op, &w->channels[i], &w->own[i], &w->way[i]);
    }
    return r;
}

static int load(struct op *op, void *ctx)
{
    struct ways *w = ctx;
    int r = sheet_workspace(op, w->ask->name);

    if (r == 0)
        r = sheet_open(op, w->ask, &w->page);
    if (r != 0)
        return r < 0 ? r : 0;
    w->is_there = true;
    r = read_channels(op, w);
    return r < 0 ? r : put(w);
}

int page_ways(struct op *op, const struct page_ask *ask, struct http_answer *ret)
{
    struct ways w = { .ask = ask };
    int r = store_read(op, load, &w);

    if (r == 0 && w.is_there)
        sheet_end(&w.page, 200, ret);
    else if (r == 0)
        sheet_missing(op, ask, ret);
    return r;
}
