/* wordpress_item.c - a comment as WordPress lists it, and as the house knows messages.
 *
 * An item is {"me": our user there, "comment": …, "post": {"id", "link", "title"}}: the
 * comment's members as they came, without the ones that change by themselves (links,
 * pictures of faces, the post's excerpt), so that a comment that did not change has the
 * same bytes each time it is read.
 */
#include "channel/wordpress.h"

#include <sodium.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "text/plain.h"

enum { GUEST_BYTES = 16, NUMBER_CHARACTERS = 20 };

struct str wordpress_item(struct op *op, const struct json *comment, int64_t me)
{
    static const char *const left_out[] = { "_links", "_embedded", "author_avatar_urls",
                                            "meta" };
    const struct json *up = json_get(json_get(comment, "_embedded"), "up");
    const struct json *post =
        up && up->type == JSON_ARRAY && up->count ? up->items : NULL;
    struct json_writer w = JSON_WRITER(op->arena);

    json_begin_object(&w, NULL);
    json_put_int(&w, "me", me);
    json_begin_object(&w, "comment");
    for (size_t i = 0; i < comment->count; i++) {
        bool kept = true;

        for (size_t k = 0; k < COUNT_OF(left_out); k++)
            kept = kept && !str_is(comment->keys[i], left_out[k]);
        if (kept)
            json_put_value(&w, arena_cstr(op->arena, comment->keys[i]),
                           &comment->items[i]);
    }
    json_end_object(&w);
    json_begin_object(&w, "post");
    json_put_int(&w, "author", json_int(post, "author", 0));
    json_put_text(&w, "link", json_text(post, "link"));
    json_put_text(&w, "title", json_text(json_get(post, "title"), "rendered"));
    json_end_object(&w);
    json_end_object(&w);
    return json_done(&w);
}

int64_t wordpress_time(struct op *op, struct str text)
{
    int64_t at;

    return time_parse(arena_fmt(op->arena, STR_FMT "Z", STR_ARG(text)), &at) ? at : 0;
}

static struct str number(struct op *op, int64_t n)
{
    return n > 0 ? arena_fmt(op->arena, "%lld", (long long)n) : STR("");
}

static struct str name(struct op *op, struct str html)
{
    return utf8_cut(text_plain(op->arena, html, false), ITEM_MAX_NAME);
}

/* An address for people, or nothing. */
static struct str web_address(struct str url)
{
    bool web = str_starts(url, STR("https://")) || str_starts(url, STR("http://"));

    for (size_t i = 0; web && i < url.n; i++)
        web = (unsigned char)url.p[i] > ' ';
    return web && url.n <= ITEM_MAX_URL ? url : STR("");
}

/* A guest is who gave that address of e-mail, as for WordPress itself; we keep only its
 * hash. Guests who gave none are known by nothing: each is somebody new. */
static struct str guest(struct op *op, struct str email)
{
    unsigned char hash[GUEST_BYTES];
    struct str folded;

    email = str_trim(email);
    if (!email.n)
        return STR("");
    folded = utf8_fold(op->arena, email);
    crypto_generichash(hash, GUEST_BYTES, (const unsigned char *)folded.p, folded.n, NULL,
                       0);
    return arena_fmt(
        op->arena, "guest:" STR_FMT,
        STR_ARG(hex_encode(op->arena, (struct str){ (const char *)hash, GUEST_BYTES })));
}

/* Who writes under the name of the post's author is the house, too. */
static void read_author(struct op *op, const struct json *item,
                        const struct json *comment, struct item_author *ret)
{
    int64_t user = json_int(comment, "author", 0);

    ret->external_id = user > 0 ? arena_fmt(op->arena, "user:%lld", (long long)user)
                                : guest(op, json_text(comment, "author_email"));
    ret->name = name(op, json_text(comment, "author_name"));
    ret->url = web_address(json_text(comment, "author_url"));
    ret->is_us = user > 0 && (user == json_int(item, "me", 0) ||
                              user == json_int(json_get(item, "post"), "author", 0));
}

/* What was typed, else what WordPress made of it for its page. */
static struct str body(struct op *op, const struct json *comment)
{
    const struct json *content = json_get(comment, "content");
    struct str raw = json_text(content, "raw");
    struct str text = text_plain(op->arena, raw, true);

    if (!text.n)
        text = text_plain(op->arena, json_text(content, "rendered"), false);
    return text.n ? text : str_trim(utf8_repair(op->arena, raw));
}

static const char *standing(struct str status)
{
    static const struct {
        const char *status, *standing;
    } words[] = { { "hold", "held" },
                  { "spam", "spam" },
                  { "trash", "gone" },
                  { "post-trashed", "gone" } };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(status, words[i].status))
            return words[i].standing;
    return "shown";
}

static struct str mark(struct str agent)
{
    struct str key = str_sub(agent, strlen(WORDPRESS_MARK), agent.n);

    return str_starts(agent, STR(WORDPRESS_MARK)) ? key : STR("");
}

int wordpress_parse(struct op *op, struct str bytes, struct item *ret)
{
    const struct json *comment, *post;
    struct json *json;
    struct item item = { .thread.kind = STR("comment_section"),
                         .thread.visibility = STR("public"),
                         .snapshot = true };
    int r = json_parse(op, bytes, &json);

    if (r < 0)
        return r;
    comment = json_get(json, "comment");
    post = json_get(json, "post");
    item.external_id = number(op, json_int(comment, "id", 0));
    item.thread.external_id = number(op, json_int(comment, "post", 0));
    item.thread.url = web_address(json_text(post, "link"));
    item.thread.title = name(op, json_text(post, "title"));
    item.parent_external_id = number(op, json_int(comment, "parent", 0));
    item.sent_at = wordpress_time(op, json_text(comment, "date_gmt"));
    item.body = body(op, comment);
    item.automatic = !str_is(json_text(comment, "type"), "comment");
    item.standing = standing(json_text(comment, "status"));
    read_author(op, json, comment, &item.author);
    if (item.author.is_us)
        item.mark = mark(json_text(comment, "author_user_agent"));
    if (!item.external_id.n)
        return op_fail_field(op, "id", "is missing");
    if (!item.thread.external_id.n)
        return op_fail_field(op, "post", "is missing");
    if (item.body.n > ITEM_MAX_BODY)
        return op_fail_field(op, "content", "is longer than %d bytes", ITEM_MAX_BODY);
    if (!item.body.n)
        return op_fail_field(op, "content", "is empty");
    *ret = item;
    return 0;
}
