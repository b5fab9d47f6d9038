/* tag.c - the tags and characters of a piece of HTML, one after the other. */
#include "text/tag.h"

#include <libxml/HTMLparser.h>

#include "base/strbuf.h"

bool tag_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
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

size_t tag_character(struct str text, uint32_t *ret)
{
    char name[TAG_MAX_CHARACTER];
    const htmlEntityDesc *known;
    size_t n = 1;

    while (n < text.n && n < TAG_MAX_CHARACTER && text.p[n] != ';')
        n++;
    if (n >= text.n || n >= TAG_MAX_CHARACTER || n < 2)
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

size_t tag_utf8(uint32_t c, char *ret)
{
    size_t n = 0;

    if (c < 0x80) {
        ret[n++] = (char)c;
    } else if (c < 0x800) {
        ret[n++] = (char)(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        ret[n++] = (char)(0xe0 | c >> 12);
        ret[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    } else {
        ret[n++] = (char)(0xf0 | c >> 18);
        ret[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        ret[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    if (c >= 0x80)
        ret[n++] = (char)(0x80 | (c & 0x3f));
    return n;
}

/* The end of the tag that begins at `from`: behind its ">", quotes respected; 0: it has
 * none. */
static size_t tag_end(struct str html, size_t from)
{
    char quote = 0;

    for (size_t i = from; i < html.n && i - from < TAG_MAX; i++) {
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
    while (from < text.n && !tag_is_blank(text.p[from]) && text.p[from] != mark)
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

struct str tag_attribute(struct str attributes, const char *name)
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

bool tag_read(struct tag_source *source, struct tag *ret)
{
    struct str html = source->html;
    size_t i = source->at + 1, n = 0, end;

    *ret = (struct tag){ .closing = i < html.n && html.p[i] == '/' };
    i += ret->closing;
    if (i >= html.n || !is_letter(html.p[i]))
        return false;
    end = tag_end(html, i);
    if (!end)
        return false;
    for (; i < end - 1 && !tag_is_blank(html.p[i]) && html.p[i] != '/'; i++)
        if (n < TAG_MAX_NAME - 1)
            ret->name[n++] = (char)(is_letter(html.p[i]) ? html.p[i] | 0x20 : html.p[i]);
    ret->attributes = str_sub(html, i, end - 1 - i);
    source->at = end;
    return true;
}

void tag_skip_to(struct tag_source *source, const char *name)
{
    size_t n = strlen(name);

    for (; source->at + n + 2 <= source->html.n; source->at++) {
        struct str here = str_sub(source->html, source->at, n + 2);

        if (here.p[0] == '<' && here.p[1] == '/' &&
            str_eq_ignore_case(str_sub(here, 2, n), str_of(name)))
            return;
    }
    source->at = source->html.n;
}

bool tag_skip_declaration(struct tag_source *source)
{
    struct str rest = str_sub(source->html, source->at, source->html.n);
    bool comment = str_starts(rest, STR("<!--"));
    ptrdiff_t end;

    if (source->endless[comment] ||
        (!str_starts(rest, STR("<!")) && !str_starts(rest, STR("<?"))))
        return false;
    end = comment ? str_find(rest, STR("-->")) : str_find(rest, STR(">"));
    source->endless[comment] = end < 0;
    if (end < 0)
        return false;
    source->at += (size_t)end + (comment ? 3 : 1);
    return true;
}

/* One character, or what stands for one, of a value. */
static size_t value_character(struct strbuf *out, struct str text, bool *blank)
{
    char bytes[4] = { text.p[0] };
    uint32_t c = 0;
    size_t used =
        text.p[0] == '&' ? tag_character(str_sub(text, 0, TAG_MAX_CHARACTER + 1), &c) : 0;
    size_t n = used ? tag_utf8(c, bytes) : 1;

    if (used ? c == 0xa0 : tag_is_blank(bytes[0])) {
        *blank = out->n > 0;
    } else if ((unsigned char)bytes[0] >= ' ') { /* a control character says nothing */
        if (*blank)
            strbuf_char(out, ' ');
        *blank = false;
        strbuf_add(out, (struct str){ bytes, n });
    }
    return used ? used : 1;
}

struct str tag_unescape(struct arena *arena, struct str value)
{
    struct strbuf out = STRBUF(arena);
    bool blank = false;

    while (value.n)
        value = str_sub(value, value_character(&out, value, &blank), value.n);
    return strbuf_str(&out);
}
