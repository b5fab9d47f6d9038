/* bluesky_words.c - the words of a post, and what in ours leads somewhere.
 *
 * A post is plain text; beside it stand facets, which say by byte offsets what leads
 * where. Programs shorten an address in the words and keep the whole of it there.
 */
#include "base/utf8.h"
#include "channel/bluesky.h"
#include "text/leads.h"

/* In the middle of a character. */
static bool splits(struct str text, size_t at)
{
    return at < text.n && ((unsigned char)text.p[at] & 0xc0) == 0x80;
}

struct str bluesky_clean(struct op *op, struct str text, bool lines)
{
    struct strbuf out = STRBUF(op->arena);

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c == '\n' && lines)
            strbuf_char(&out, '\n');
        else if (c == '\t' || c == '\n')
            strbuf_char(&out, ' ');
        else if (c >= ' ' && c != 0x7f)
            strbuf_char(&out, text.p[i]);
    }
    return str_trim(utf8_repair(op->arena, strbuf_str(&out)));
}

struct str bluesky_address(struct str url)
{
    bool web = str_starts(url, STR("https://")) || str_starts(url, STR("http://"));

    for (size_t i = 0; web && i < url.n; i++)
        web = (unsigned char)url.p[i] > ' ' && url.p[i] != 0x7f;
    return web && url.n <= ITEM_MAX_URL ? url : STR("");
}

/* The address of the facet, when it is one of a link at a place of this text. */
static struct str link_of(const struct json *facet, struct str text, size_t from,
                          size_t *ret_start, size_t *ret_end)
{
    const struct json *index = json_get(facet, "index");
    const struct json *features = json_get(facet, "features");
    int64_t start = json_int(index, "byteStart", -1),
            end = json_int(index, "byteEnd", -1);

    if (start < (int64_t)from || end <= start || end > (int64_t)text.n ||
        splits(text, (size_t)start) || splits(text, (size_t)end) || !features ||
        features->type != JSON_ARRAY)
        return STR("");
    *ret_start = (size_t)start;
    *ret_end = (size_t)end;
    for (size_t i = 0; i < features->count; i++)
        if (str_is(json_text(&features->items[i], "$type"),
                   "app.bsky.richtext.facet#link"))
            return bluesky_address(json_text(&features->items[i], "uri"));
    return STR("");
}

/* The nearest link behind `from`; facets stand in any order. */
static struct str next_link(const struct json *facets, struct str text, size_t from,
                            size_t *ret_start, size_t *ret_end)
{
    size_t count = facets && facets->type == JSON_ARRAY ? facets->count : 0;
    struct str found = STR("");

    if (count > BLUESKY_MAX_FACETS)
        count = BLUESKY_MAX_FACETS;
    for (size_t i = 0; i < count; i++) {
        size_t start, end;
        struct str url = link_of(&facets->items[i], text, from, &start, &end);

        if (!url.n || (found.n && start >= *ret_start))
            continue;
        found = url;
        *ret_start = start;
        *ret_end = end;
    }
    return found;
}

static struct str without(struct str text, struct str end)
{
    return str_ends(text, end) ? str_sub(text, 0, text.n - end.n) : text;
}

/* What is written is the address, or its beginning and then "…". */
static bool is_short_for(struct str shown, struct str url)
{
    struct str begun = without(without(shown, STR("\xe2\x80\xa6")), STR("..."));
    struct str bare = without(url, STR("/"));
    ptrdiff_t scheme = str_find(bare, STR("://"));

    if (!str_starts(begun, STR("http")) && scheme > 0)
        bare = str_sub(bare, (size_t)scheme + 3, bare.n);
    if (begun.n < shown.n)
        return str_starts(bare, begun);
    return str_eq(without(begun, STR("/")), bare);
}

struct str bluesky_words(struct op *op, const struct json *record)
{
    struct str text = json_text(record, "text"), url;
    struct strbuf out = STRBUF(op->arena);
    size_t at = 0, start = 0, end = 0;

    while ((url = next_link(json_get(record, "facets"), text, at, &start, &end)).n) {
        struct str shown = str_sub(text, start, end - start);

        strbuf_add(&out, str_sub(text, at, start - at));
        if (is_short_for(shown, url))
            strbuf_add(&out, url);
        else
            strbuf_fmt(&out, STR_FMT " (" STR_FMT ")", STR_ARG(shown), STR_ARG(url));
        at = end;
    }
    strbuf_add(&out, str_sub(text, at, text.n));
    return bluesky_clean(op, strbuf_str(&out), true);
}

/* A name that cannot be one of this network stays a word. */
static bool facet_at(struct str text, size_t at, struct bluesky_facet *ret)
{
    static const enum bluesky_facet_kind kinds[] = {
        [LEAD_ADDRESS] = FACET_LINK, [LEAD_NAME] = FACET_NAME, [LEAD_TAG] = FACET_TAG
    };
    struct lead lead;

    if (!lead_at(text, at, &lead) ||
        (lead.kind == LEAD_NAME && !bluesky_is_handle(lead.value)))
        return false;
    *ret = (struct bluesky_facet){ kinds[lead.kind], lead.start, lead.end, lead.value };
    return true;
}

size_t bluesky_facets(struct op *op, struct str text, struct bluesky_facet **ret)
{
    struct bluesky_facet *list =
        arena_new(op->arena, struct bluesky_facet, BLUESKY_MAX_FACETS);
    size_t count = 0;

    for (size_t at = 0; at < text.n && count < BLUESKY_MAX_FACETS; at++)
        if (facet_at(text, at, &list[count]))
            at = list[count++].end - 1;
    *ret = list;
    return count;
}

static void put_facet(struct json_writer *w, const struct bluesky_facet *facet)
{
    static const struct {
        const char *type, *member;
    } kinds[] = {
        [FACET_LINK] = { "app.bsky.richtext.facet#link", "uri" },
        [FACET_NAME] = { "app.bsky.richtext.facet#mention", "did" },
        [FACET_TAG] = { "app.bsky.richtext.facet#tag", "tag" },
    };

    if (!facet->value.n)
        return;
    json_begin_object(w, NULL);
    json_begin_object(w, "index");
    json_put_int(w, "byteStart", (int64_t)facet->start);
    json_put_int(w, "byteEnd", (int64_t)facet->end);
    json_end_object(w);
    json_begin_array(w, "features");
    json_begin_object(w, NULL);
    json_put_c(w, "$type", kinds[facet->kind].type);
    json_put_text(w, kinds[facet->kind].member, facet->value);
    json_end_object(w);
    json_end_array(w);
    json_end_object(w);
}

void bluesky_put_facets(struct json_writer *w, const struct bluesky_facet *facets,
                        size_t count)
{
    json_begin_array(w, "facets");
    for (size_t i = 0; i < count; i++)
        put_facet(w, &facets[i]);
    json_end_array(w);
}
