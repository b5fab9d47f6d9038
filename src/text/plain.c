/* plain.c - the words of a piece of HTML, as plain text. */
#include "text/plain.h"

#include <libxml/HTMLparser.h>

#include "base/strbuf.h"
#include "base/utf8.h"

/* A longer tag is text: whoever opens many and closes none must not cost a walk to the
 * end for each. */
enum { MAX_QUOTES = 8, MAX_TAG_NAME = 16, MAX_TAG = 16 * 1024, MAX_ENTITY = 32 };

struct plain {
    struct strbuf out;
    struct str html;
    size_t at;
    bool lines;
    bool endless[2]; /* no declaration, no comment ends behind this point */
    unsigned breaks; /* line feeds that stand before what is written next: 0 to 2 */
    bool blank;      /* so does a blank */
    bool begun;      /* something was written on this line */
    unsigned quotes; /* how deep what is written is quoted */
    struct str href; /* of the link that is open */
    size_t href_at;  /* where its words begin in `out` */
};

struct tag {
    char name[MAX_TAG_NAME]; /* in lower case; longer ones are cut, and nobody knows them
                              */
    bool closing;
    struct str attributes;
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

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
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
    size_t n = 0;

    if (c < 0x80) {
        bytes[n++] = (char)c;
    } else if (c < 0x800) {
        bytes[n++] = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        bytes[n++] = (char)(0xe0 | c >> 12);
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    } else {
        bytes[n++] = (char)(0xf0 | c >> 18);
        bytes[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    if (c >= 0x80)
        bytes[n++] = (char)(0x80 | (c & 0x3f));
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

/* 0 to 0x10FFFF without surrogates and controls; everything else is U+FFFD, as in
 * browsers. The places between 0x80 and 0x9f are meant as Windows has them; of these
 * people use the quotes, dashes and dots. */
static uint32_t usable(uint64_t c)
{
    static const struct {
        uint32_t from, to;
    } windows[] = { { 0x80, 0x20ac }, { 0x84, 0x201e }, { 0x85, 0x2026 },
                    { 0x91, 0x2018 }, { 0x92, 0x2019 }, { 0x93, 0x201c },
                    { 0x94, 0x201d }, { 0x95, 0x2022 }, { 0x96, 0x2013 },
                    { 0x97, 0x2014 }, { 0x99, 0x2122 } };

    for (size_t i = 0; i < COUNT_OF(windows); i++)
        if (c == windows[i].from)
            return windows[i].to;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000) ||
        c > 0x10ffff)
        return 0xfffd;
    return (uint32_t)c;
}

/* "#8217" and "#x2019". */
static bool numeric(struct str name, uint32_t *ret)
{
    bool hex = name.n > 1 && (name.p[1] == 'x' || name.p[1] == 'X');
    uint64_t c = 0;
    size_t i = hex ? 2 : 1;

    if (i >= name.n)
        return false;
    for (; i < name.n; i++) {
        const char *digits = "0123456789abcdef";
        char lower = (char)(is_letter(name.p[i]) ? name.p[i] | 0x20 : name.p[i]);
        const char *found = lower ? strchr(digits, lower) : NULL;

        if (!found || (!hex && found - digits > 9))
            return false;
        c = c > 0x10ffff ? c : c * (hex ? 16 : 10) + (uint64_t)(found - digits);
    }
    *ret = usable(c);
    return true;
}

/* The character that begins with "&" at the front of `text`; its length, or 0. */
static size_t entity(struct str text, uint32_t *ret)
{
    char name[MAX_ENTITY];
    const htmlEntityDesc *known;
    size_t n = 1;

    while (n < text.n && n < MAX_ENTITY && text.p[n] != ';')
        n++;
    if (n >= text.n || n >= MAX_ENTITY || n < 2)
        return 0;
    if (text.p[1] == '#')
        return numeric(str_sub(text, 1, n - 1), ret) ? n + 1 : 0;
    memcpy(name, text.p + 1, n - 1);
    name[n - 1] = '\0';
    if (strcmp(name, "apos") == 0) { /* HTML has it since its fifth edition */
        *ret = '\'';
        return n + 1;
    }
    known = htmlEntityLookup((const xmlChar *)name);
    if (!known)
        return 0;
    *ret = known->value;
    return n + 1;
}

static void write_entity(struct plain *p)
{
    uint32_t c;
    size_t n = entity(str_sub(p->html, p->at, MAX_ENTITY + 1), &c);

    if (!n) {
        write_text(p, STR("&"));
        p->at++;
        return;
    }
    p->at += n;
    if (c == 0xa0)
        blank(p, ' ');
    else
        write_character(p, c);
}

/* Undo the entities of an attribute. */
static struct str unescape(struct plain *p, struct str text)
{
    struct plain value = { .out = STRBUF(p->out.arena), .html = text };

    while (value.at < text.n) {
        if (text.p[value.at] == '&')
            write_entity(&value);
        else if (is_blank(text.p[value.at]))
            blank(&value, text.p[value.at++]);
        else if ((unsigned char)text.p[value.at] < ' ')
            value.at++; /* a control character says nothing */
        else
            write_text(&value, str_sub(text, value.at++, 1));
    }
    return strbuf_str(&value.out);
}

/* The end of the tag that begins at `from`: behind its ">", quotes respected; 0: it has
 * none. */
static size_t tag_end(struct str html, size_t from)
{
    char quote = 0;

    for (size_t i = from; i < html.n && i - from < MAX_TAG; i++) {
        char c = html.p[i];

        if (quote) {
            if (c == quote)
                quote = 0;
            continue;
        }
        if (c == '>')
            return i + 1;
        if ((c == '"' || c == '\'') && i > from && html.p[i - 1] == '=')
            quote = c;
    }
    return 0;
}

/* The end of the word at `from`: before a blank or `mark`. */
static size_t word_end(struct str text, size_t from, char mark)
{
    while (from < text.n && !is_blank(text.p[from]) && text.p[from] != mark)
        from++;
    return from;
}

/* The value at `from`, quoted or not, and where it ends. */
static struct str value_at(struct str text, size_t from, size_t *ret_end)
{
    size_t end = from;
    char quote;

    if (from >= text.n || (text.p[from] != '"' && text.p[from] != '\'')) {
        *ret_end = word_end(text, from, ' ');
        return str_sub(text, from, *ret_end - from);
    }
    quote = text.p[from];
    do
        end++;
    while (end < text.n && text.p[end] != quote);
    *ret_end = end + (end < text.n);
    return str_sub(text, from + 1, end - from - 1);
}

/* The value of an attribute; empty when it has none. */
static struct str attribute(struct str attributes, const char *name)
{
    size_t i = 0;

    while (i < attributes.n) {
        size_t begin = i, end = word_end(attributes, i, '=');
        struct str value;

        i = end + 1;
        if (end == attributes.n || attributes.p[end] != '=')
            continue;
        value = value_at(attributes, i, &i);
        if (str_eq_ignore_case(str_sub(attributes, begin, end - begin), str_of(name)))
            return value;
    }
    return STR("");
}

/* Read the tag at p->at and step behind it. False: there is none. */
static bool read_tag(struct plain *p, struct tag *ret)
{
    struct str html = p->html;
    size_t i = p->at + 1, n = 0, end;

    *ret = (struct tag){ .closing = i < html.n && html.p[i] == '/' };
    i += ret->closing;
    if (i >= html.n || !is_letter(html.p[i]))
        return false;
    end = tag_end(html, i);
    if (!end)
        return false;
    for (; i < end - 1 && !is_blank(html.p[i]) && html.p[i] != '/'; i++)
        if (n < MAX_TAG_NAME - 1)
            ret->name[n++] = (char)(is_letter(html.p[i]) ? html.p[i] | 0x20 : html.p[i]);
    ret->attributes = str_sub(html, i, end - 1 - i);
    p->at = end;
    return true;
}

/* Behind "</name"; to the end when it never comes. */
static void skip_hidden(struct plain *p, const char *name)
{
    size_t n = strlen(name);

    for (; p->at + n + 2 <= p->html.n; p->at++) {
        struct str here = str_sub(p->html, p->at, n + 2);

        if (here.p[0] == '<' && here.p[1] == '/' &&
            str_eq_ignore_case(str_sub(here, 2, n), str_of(name)))
            return;
    }
    p->at = p->html.n;
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
    struct str href = str_trim(unescape(p, attribute(tag->attributes, "href")));

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
    struct str words = str_trim(unescape(p, attribute(tag->attributes, "alt")));

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
            skip_hidden(p, tag->name);
        break;
    case EFFECT_NONE:
        break;
    }
}

/* "<!-- … -->", "<!DOCTYPE …>", "<?xml … ?>": not for readers. False: it is none. */
static bool skip_declaration(struct plain *p)
{
    struct str rest = str_sub(p->html, p->at, p->html.n);
    bool comment = str_starts(rest, STR("<!--"));
    ptrdiff_t end;

    if (p->endless[comment] ||
        (!str_starts(rest, STR("<!")) && !str_starts(rest, STR("<?"))))
        return false;
    end = comment ? str_find(rest, STR("-->")) : str_find(rest, STR(">"));
    p->endless[comment] = end < 0;
    if (end < 0)
        return false;
    p->at += (size_t)end + (comment ? 3 : 1);
    return true;
}

static void step(struct plain *p)
{
    char c = p->html.p[p->at];
    struct tag tag;

    if (c == '<' && skip_declaration(p))
        return;
    if (c == '<' && read_tag(p, &tag)) {
        apply(p, &tag);
        return;
    }
    if (c == '&') {
        write_entity(p);
        return;
    }
    p->at++;
    if (is_blank(c))
        blank(p, c);
    else if ((unsigned char)c >= ' ' && c != 0x7f)
        write_text(p, (struct str){ &p->html.p[p->at - 1], 1 });
}

struct str text_plain(struct arena *arena, struct str html, bool lines)
{
    struct plain p = { .out = STRBUF(arena), .html = html, .lines = lines };

    while (p.at < html.n)
        step(&p);
    end_link(&p);
    return str_trim(utf8_repair(arena, strbuf_str(&p.out)));
}
