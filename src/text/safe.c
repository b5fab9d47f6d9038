/* safe.c - a piece of foreign HTML made harmless. */
#include "text/safe.h"

#include "base/bytes.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "text/tag.h"

enum treatment {
    BARE,  /* not on the list: its words alone */
    KEPT,  /* with nothing but what `add_attributes` knows */
    ALONE, /* kept, and has no end */
    PICTURE,
    DROPPED, /* with all that is in it */
};

static const struct {
    const char *name;
    enum treatment treatment;
} elements[] = {
    { "a", KEPT },           { "abbr", KEPT },        { "address", KEPT },
    { "applet", DROPPED },   { "article", KEPT },     { "audio", DROPPED },
    { "b", KEPT },           { "big", KEPT },         { "blockquote", KEPT },
    { "br", ALONE },         { "caption", KEPT },     { "center", KEPT },
    { "cite", KEPT },        { "code", KEPT },        { "dd", KEPT },
    { "del", KEPT },         { "div", KEPT },         { "dl", KEPT },
    { "dt", KEPT },          { "em", KEPT },          { "figcaption", KEPT },
    { "figure", KEPT },      { "footer", KEPT },      { "h1", KEPT },
    { "h2", KEPT },          { "h3", KEPT },          { "h4", KEPT },
    { "h5", KEPT },          { "h6", KEPT },          { "header", KEPT },
    { "hr", ALONE },         { "i", KEPT },           { "iframe", DROPPED },
    { "img", PICTURE },      { "ins", KEPT },         { "kbd", KEPT },
    { "li", KEPT },          { "math", DROPPED },     { "noembed", DROPPED },
    { "noframes", DROPPED }, { "noscript", DROPPED }, { "object", DROPPED },
    { "ol", KEPT },          { "p", KEPT },           { "pre", KEPT },
    { "q", KEPT },           { "s", KEPT },           { "samp", KEPT },
    { "script", DROPPED },   { "section", KEPT },     { "select", DROPPED },
    { "small", KEPT },       { "span", KEPT },        { "strike", KEPT },
    { "strong", KEPT },      { "style", DROPPED },    { "sub", KEPT },
    { "sup", KEPT },         { "svg", DROPPED },      { "table", KEPT },
    { "tbody", KEPT },       { "td", KEPT },          { "template", DROPPED },
    { "textarea", DROPPED }, { "tfoot", KEPT },       { "th", KEPT },
    { "thead", KEPT },       { "title", DROPPED },    { "tr", KEPT },
    { "tt", KEPT },          { "u", KEPT },           { "ul", KEPT },
    { "var", KEPT },         { "video", DROPPED },    { "xmp", DROPPED },
};

/* What browsers read as text until their end, whatever stands in it. */
static const char *const raw_text[] = { "iframe", "noembed",  "noframes", "noscript",
                                        "script", "style",    "textarea", "title",
                                        "xmp",    "template", "select" };

struct safe {
    struct arena *arena;
    struct strbuf out;
    struct tag_source in;
    const struct safe_part *parts;
    size_t part_count;
    char open[SAFE_MAX_DEPTH][TAG_MAX_NAME];
    size_t depth;
    char hidden[TAG_MAX_NAME]; /* in an element that is left out with all it holds, */
    size_t hidden_depth;       /* ... and in so many of its name; 0: in none */
    struct str host;           /* of the link that is open */
    size_t host_at;            /* where its words begin in `out` */
    size_t pictures, left_out;
};

static enum treatment treatment_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(elements); i++)
        if (strcmp(elements[i].name, name) == 0)
            return elements[i].treatment;
    return BARE;
}

static bool is_raw_text(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(raw_text); i++)
        if (strcmp(raw_text[i], name) == 0)
            return true;
    return false;
}

static void add_escaped(struct strbuf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];

        if (c == '&')
            strbuf_add(out, STR("&amp;"));
        else if (c == '<')
            strbuf_add(out, STR("&lt;"));
        else if (c == '>')
            strbuf_add(out, STR("&gt;"));
        else if (c == '"')
            strbuf_add(out, STR("&quot;"));
        else if (c == '\'')
            strbuf_add(out, STR("&#39;"));
        else if ((unsigned char)c >= ' ' ? c != 0x7f : c == '\n' || c == '\t')
            strbuf_char(out, c);
    }
}

static bool starts_like(struct str text, const char *with)
{
    return str_eq_ignore_case(str_sub(text, 0, strlen(with)), str_of(with));
}

static struct str value_of(struct safe *s, const struct tag *tag, const char *name)
{
    return str_trim(tag_unescape(s->arena, tag_attribute(tag->attributes, name)));
}

/* "example.org" of "https://name@example.org:8080/way". */
static struct str host_of(struct str address)
{
    struct str rest, host;

    (void)str_cut(address, '/', &rest);
    (void)str_cut(rest, '/', &rest);
    host = str_cut(rest, '/', &rest);
    host = str_cut(str_cut(host, '?', &rest), '#', &rest);
    if (str_find(host, STR("@")) >= 0)
        (void)str_cut(host, '@', &host);
    return host;
}

static void open_link(struct safe *s, const struct tag *tag)
{
    struct str address = value_of(s, tag, "href");
    bool web = starts_like(address, "http://") || starts_like(address, "https://");

    strbuf_add(&s->out, STR("<a"));
    if (web || starts_like(address, "mailto:") || starts_like(address, "tel:")) {
        strbuf_add(&s->out, STR(" href=\""));
        add_escaped(&s->out, address);
        strbuf_add(&s->out, STR("\" target=\"_blank\" "
                                "rel=\"noopener noreferrer nofollow\""));
    }
    strbuf_char(&s->out, '>');
    s->host = web ? host_of(address) : STR("");
    s->host_at = s->out.n;
}

/* Where a link leads, when its words say something else. */
static void close_link(struct safe *s)
{
    struct str words = str_sub(strbuf_str(&s->out), s->host_at, s->out.n);

    strbuf_add(&s->out, STR("</a>"));
    if (s->host.n && str_find(words, s->host) < 0) {
        strbuf_add(&s->out, STR(" ["));
        add_escaped(&s->out, s->host);
        strbuf_char(&s->out, ']');
    }
    s->host = STR("");
}

static void close_one(struct safe *s)
{
    const char *name = s->open[--s->depth];

    if (strcmp(name, "a") == 0)
        close_link(s);
    else
        strbuf_fmt(&s->out, "</%s>", name);
}

/* How many cells it stretches over, where it begins to count: small numbers alone. */
static void add_number(struct safe *s, const struct tag *tag, const char *name)
{
    int64_t number = 0;

    if (str_to_i64(value_of(s, tag, name), &number) && number > 0 && number <= 100)
        strbuf_fmt(&s->out, " %s=\"%lld\"", name, (long long)number);
}

static void open_element(struct safe *s, const struct tag *tag)
{
    struct str dir = value_of(s, tag, "dir");

    if (s->depth == SAFE_MAX_DEPTH)
        return;
    if (strcmp(tag->name, "a") == 0) {
        for (size_t i = 0; i < s->depth; i++)
            if (strcmp(s->open[i], "a") == 0)
                return; /* a link in a link is none */
    }
    memcpy(s->open[s->depth++], tag->name, TAG_MAX_NAME);
    if (strcmp(tag->name, "a") == 0) {
        open_link(s, tag);
        return;
    }
    strbuf_fmt(&s->out, "<%s", tag->name);
    if (str_is(dir, "rtl") || str_is(dir, "ltr") || str_is(dir, "auto"))
        strbuf_fmt(&s->out, " dir=\"" STR_FMT "\"", STR_ARG(dir));
    if (strcmp(tag->name, "td") == 0 || strcmp(tag->name, "th") == 0) {
        add_number(s, tag, "colspan");
        add_number(s, tag, "rowspan");
    }
    if (strcmp(tag->name, "ol") == 0)
        add_number(s, tag, "start");
    strbuf_char(&s->out, '>');
}

/* Up to the innermost of that name; of one that is not open there is no end. */
static void close_element(struct safe *s, const char *name)
{
    size_t at = s->depth;

    while (at > 0 && strcmp(s->open[at - 1], name) != 0)
        at--;
    while (at > 0 && s->depth >= at)
        close_one(s);
}

static bool is_picture(struct str mime)
{
    return str_is(mime, "image/png") || str_is(mime, "image/jpeg") ||
           str_is(mime, "image/gif") || str_is(mime, "image/webp");
}

static const struct safe_part *part_named(const struct safe *s, struct str address)
{
    struct str id = str_sub(address, strlen("cid:"), address.n);

    for (size_t i = 0; i < s->part_count; i++)
        if (s->parts[i].id.n && str_eq(s->parts[i].id, id))
            return &s->parts[i];
    return NULL;
}

/* The picture that came along. False: it did not, or is too much. */
static bool add_picture(struct safe *s, struct str address, struct str words)
{
    const struct safe_part *part =
        starts_like(address, "cid:") ? part_named(s, address) : NULL;

    if (!part || !is_picture(part->mime) || part->bytes.n > SAFE_MAX_PICTURE ||
        s->pictures + part->bytes.n > SAFE_MAX_PICTURES)
        return false;
    s->pictures += part->bytes.n;
    strbuf_fmt(&s->out, "<img src=\"data:" STR_FMT ";base64," STR_FMT "\" alt=\"",
               STR_ARG(part->mime), STR_ARG(base64_encode(s->arena, part->bytes)));
    add_escaped(&s->out, words);
    strbuf_add(&s->out, STR("\">"));
    return true;
}

static void picture(struct safe *s, const struct tag *tag)
{
    struct str address = value_of(s, tag, "src"), words = value_of(s, tag, "alt");

    if (add_picture(s, address, words))
        return;
    s->left_out += address.n > 0;
    add_escaped(&s->out, words);
}

/* "display:none" and the attribute that says the same: what programs put before the
 * first line of a letter, and what is to be found but not seen. */
static bool is_hidden(struct safe *s, const struct tag *tag)
{
    struct str style = tag_attribute(tag->attributes, "style");
    struct strbuf tight = STRBUF(s->arena);

    for (size_t i = 0; i < style.n; i++)
        if (!tag_is_blank(style.p[i]))
            strbuf_char(&tight,
                        (char)(style.p[i] >= 'A' && style.p[i] <= 'Z' ? style.p[i] | 0x20
                                                                      : style.p[i]));
    return str_find(strbuf_str(&tight), STR("display:none")) >= 0;
}

static void hide(struct safe *s, const char *name)
{
    memcpy(s->hidden, name, TAG_MAX_NAME);
    s->hidden_depth = 1;
}

static void begin(struct safe *s, const struct tag *tag)
{
    enum treatment treatment = treatment_of(tag->name);

    if (treatment == DROPPED && is_raw_text(tag->name)) {
        tag_skip_to(&s->in, tag->name);
        return;
    }
    if (treatment == DROPPED || (treatment == KEPT && is_hidden(s, tag)))
        hide(s, tag->name);
    else if (treatment == PICTURE)
        picture(s, tag);
    else if (treatment == ALONE)
        strbuf_fmt(&s->out, "<%s>", tag->name);
    else if (treatment == KEPT)
        open_element(s, tag);
}

static void apply(struct safe *s, const struct tag *tag)
{
    if (s->hidden_depth) {
        if (strcmp(tag->name, s->hidden) == 0)
            s->hidden_depth += tag->closing ? (size_t)-1 : 1;
        return;
    }
    if (!tag->closing)
        begin(s, tag);
    else if (treatment_of(tag->name) == KEPT)
        close_element(s, tag->name);
}

/* A character, or what stands for one. */
static void words(struct safe *s)
{
    char bytes[4] = { s->in.html.p[s->in.at] };
    uint32_t c;
    size_t used = 0, n = 1;

    if (bytes[0] == '&')
        used = tag_character(str_sub(s->in.html, s->in.at, TAG_MAX_CHARACTER + 1), &c);
    if (used)
        n = tag_utf8(c, bytes);
    s->in.at += used ? used : 1;
    if (!s->hidden_depth)
        add_escaped(&s->out, (struct str){ bytes, n });
}

void text_safe(struct arena *arena, struct str html, const struct safe_part *parts,
               size_t count, struct safe_html *ret)
{
    struct safe *s = arena_new(arena, struct safe, 1);
    bool cut = html.n > SAFE_MAX_HTML;

    *s = (struct safe){ .arena = arena,
                        .out = STRBUF(arena),
                        .in.html = str_sub(html, 0, SAFE_MAX_HTML),
                        .parts = parts,
                        .part_count = count };
    while (s->in.at < s->in.html.n) {
        bool markup = s->in.html.p[s->in.at] == '<';
        struct tag tag;

        if (markup && tag_skip_declaration(&s->in))
            continue;
        if (markup && tag_read(&s->in, &tag))
            apply(s, &tag);
        else
            words(s);
    }
    while (s->depth)
        close_one(s);
    *ret = (struct safe_html){ .html = utf8_repair(arena, strbuf_str(&s->out)),
                               .left_out = s->left_out,
                               .cut = cut };
}

struct str text_safe_words(struct arena *arena, struct str text)
{
    struct strbuf out = STRBUF(arena);

    strbuf_add(&out, STR("<pre>"));
    add_escaped(&out, utf8_repair(arena, text));
    strbuf_add(&out, STR("</pre>"));
    return strbuf_str(&out);
}
