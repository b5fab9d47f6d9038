/* plain.c - the words of a piece of HTML, as plain text. */
#include "text/plain.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "text/tag.h"

enum { MAX_QUOTES = 8 };

struct plain {
    struct strbuf out;
    struct tag_source in;
    bool lines;
    unsigned breaks; /* line feeds that stand before what is written next: 0 to 2 */
    bool blank;      /* so does a blank */
    bool begun;      /* something was written on this line */
    unsigned quotes; /* how deep what is written is quoted */
    struct str href; /* of the link that is open */
    size_t href_at;  /* where its words begin in `out` */
};

/* What a tag does to the text around it. */
enum effect {
    EFFECT_NONE,
    EFFECT_BREAK,     /* begins a line, and ends one */
    EFFECT_PARAGRAPH, /* with an empty one between */
    EFFECT_LINE,      /* <br> */
    EFFECT_ITEM,
    EFFECT_QUOTE,
    EFFECT_LINK,
    EFFECT_PICTURE,
    EFFECT_CELL,
    EFFECT_HIDDEN, /* what stands in it is not for readers */
};

static const struct {
    const char *name;
    enum effect effect;
} tags[] = {
    { "a", EFFECT_LINK },           { "address", EFFECT_BREAK },
    { "article", EFFECT_BREAK },    { "aside", EFFECT_BREAK },
    { "blockquote", EFFECT_QUOTE }, { "br", EFFECT_LINE },
    { "dd", EFFECT_BREAK },         { "details", EFFECT_BREAK },
    { "div", EFFECT_BREAK },        { "dl", EFFECT_PARAGRAPH },
    { "dt", EFFECT_BREAK },         { "figcaption", EFFECT_BREAK },
    { "figure", EFFECT_PARAGRAPH }, { "footer", EFFECT_BREAK },
    { "form", EFFECT_BREAK },       { "h1", EFFECT_PARAGRAPH },
    { "h2", EFFECT_PARAGRAPH },     { "h3", EFFECT_PARAGRAPH },
    { "h4", EFFECT_PARAGRAPH },     { "h5", EFFECT_PARAGRAPH },
    { "h6", EFFECT_PARAGRAPH },     { "header", EFFECT_BREAK },
    { "hr", EFFECT_PARAGRAPH },     { "iframe", EFFECT_HIDDEN },
    { "img", EFFECT_PICTURE },      { "li", EFFECT_ITEM },
    { "main", EFFECT_BREAK },       { "nav", EFFECT_BREAK },
    { "noembed", EFFECT_HIDDEN },   { "ol", EFFECT_PARAGRAPH },
    { "option", EFFECT_BREAK },     { "p", EFFECT_PARAGRAPH },
    { "pre", EFFECT_PARAGRAPH },    { "script", EFFECT_HIDDEN },
    { "section", EFFECT_BREAK },    { "style", EFFECT_HIDDEN },
    { "summary", EFFECT_BREAK },    { "table", EFFECT_PARAGRAPH },
    { "td", EFFECT_CELL },          { "template", EFFECT_HIDDEN },
    { "th", EFFECT_CELL },          { "tr", EFFECT_BREAK },
    { "ul", EFFECT_PARAGRAPH },
};

static enum effect effect_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (strcmp(tags[i].name, name) == 0)
            return tags[i].effect;
    return EFFECT_NONE;
}

static void want_breaks(struct plain *p, unsigned n)
{
    if (p->breaks < n)
        p->breaks = n;
    p->blank = false;
}

/* The breaks and the blank that were only wanted so far; none at the very beginning. */
static void settle(struct plain *p)
{
    if (p->out.n == 0)
        p->breaks = 0;
    for (unsigned i = 0; i < p->breaks; i++)
        strbuf_char(&p->out, '\n');
    if (p->breaks || p->out.n == 0) {
        p->begun = false;
        for (unsigned i = 0; i < p->quotes; i++)
            strbuf_add(&p->out, STR("> "));
    }
    if (p->blank && p->begun)
        strbuf_char(&p->out, ' ');
    p->breaks = 0;
    p->blank = false;
    p->begun = true;
}

static void write_text(struct plain *p, struct str text)
{
    settle(p);
    strbuf_add(&p->out, text);
}

static void write_character(struct plain *p, uint32_t c)
{
    char bytes[4];
    size_t n = tag_utf8(c, bytes);

    write_text(p, (struct str){ bytes, n });
}

/* A blank of the source; a line break where lines count. */
static void blank(struct plain *p, char c)
{
    if (p->lines && c == '\n') {
        p->breaks = p->breaks < 2 ? p->breaks + 1 : 2;
        p->blank = false;
    } else if (!p->breaks) {
        p->blank = true;
    }
}

static void write_entity(struct plain *p)
{
    uint32_t c;
    size_t n = tag_character(str_sub(p->in.html, p->in.at, TAG_MAX_CHARACTER + 1), &c);

    if (!n) {
        write_text(p, STR("&"));
        p->in.at++;
        return;
    }
    p->in.at += n;
    if (c == 0xa0)
        blank(p, ' ');
    else
        write_character(p, c);
}

/* The address behind the words of a link that do not name it. */
static void end_link(struct plain *p)
{
    struct str href = p->href, words;

    p->href = STR("");
    if (!href.n || p->href_at > p->out.n)
        return;
    words = str_trim(str_sub(strbuf_str(&p->out), p->href_at, p->out.n - p->href_at));
    if (str_find(words, href) >= 0 || (words.n && str_find(href, words) >= 0))
        return;
    if (words.n) {
        p->blank = true;
        write_text(p, STR("("));
        write_text(p, href);
        write_text(p, STR(")"));
        return;
    }
    write_text(p, href);
}

static void begin_link(struct plain *p, const struct tag *tag)
{
    struct str href =
        str_trim(tag_unescape(p->out.arena, tag_attribute(tag->attributes, "href")));

    end_link(p);
    if (!str_starts(href, STR("http://")) && !str_starts(href, STR("https://")))
        return;
    p->href = href;
    p->href_at = p->out.n;
}

static void quote(struct plain *p, bool closing)
{
    want_breaks(p, 2);
    if (closing)
        p->quotes -= p->quotes > 0;
    else
        p->quotes += p->quotes < MAX_QUOTES;
}

static void picture(struct plain *p, const struct tag *tag)
{
    struct str words =
        str_trim(tag_unescape(p->out.arena, tag_attribute(tag->attributes, "alt")));

    if (words.n)
        write_text(p, words);
}

static void apply(struct plain *p, const struct tag *tag)
{
    switch (effect_of(tag->name)) {
    case EFFECT_BREAK:
        want_breaks(p, 1);
        break;
    case EFFECT_PARAGRAPH:
        want_breaks(p, 2);
        break;
    case EFFECT_LINE:
        p->breaks = p->breaks < 2 ? p->breaks + 1 : 2;
        p->blank = false;
        break;
    case EFFECT_ITEM:
        want_breaks(p, 1);
        if (!tag->closing)
            write_text(p, STR("- "));
        break;
    case EFFECT_QUOTE:
        quote(p, tag->closing);
        break;
    case EFFECT_LINK:
        if (tag->closing)
            end_link(p);
        else
            begin_link(p, tag);
        break;
    case EFFECT_PICTURE:
        picture(p, tag);
        break;
    case EFFECT_CELL:
        blank(p, ' ');
        break;
    case EFFECT_HIDDEN:
        if (!tag->closing)
            tag_skip_to(&p->in, tag->name);
        break;
    case EFFECT_NONE:
        break;
    }
}

static void step(struct plain *p)
{
    char c = p->in.html.p[p->in.at];
    struct tag tag;

    if (c == '<' && tag_skip_declaration(&p->in))
        return;
    if (c == '<' && tag_read(&p->in, &tag)) {
        apply(p, &tag);
        return;
    }
    if (c == '&') {
        write_entity(p);
        return;
    }
    p->in.at++;
    if (tag_is_blank(c))
        blank(p, c);
    else if ((unsigned char)c >= ' ' && c != 0x7f)
        write_text(p, (struct str){ &p->in.html.p[p->in.at - 1], 1 });
}

struct str text_plain(struct arena *arena, struct str html, bool lines)
{
    struct plain p = { .out = STRBUF(arena), .in.html = html, .lines = lines };

    while (p.in.at < html.n)
        step(&p);
    end_link(&p);
    return str_trim(utf8_repair(arena, strbuf_str(&p.out)));
}
