/* html.c - a writer of pages that escapes by default. */
#include "page/html.h"

#include "base/utf8.h"

/* Marks that only turn or join what stands around them: a name must not turn the rest
 * of the page round. */
static bool is_turning(uint32_t c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
           c == 0x200F || c == 0x061C || c == 0xFEFF;
}

static bool is_dropped(uint32_t c)
{
    return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0) ||
           is_turning(c) || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

static struct str entity(uint32_t c)
{
    switch (c) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    default:
        return (struct str){ NULL, 0 };
    }
}

static void escape(struct html *html, struct str text, bool lines)
{
    struct str rest = utf8_repair(html->out.arena, text);

    while (rest.n) {
        size_t n;
        uint32_t c = utf8_next(rest, &n);
        struct str special = entity(c);

        if (special.p)
            strbuf_add(&html->out, special);
        else if (c == '\n' && lines)
            strbuf_add(&html->out, STR("<br>\n"));
        else if (!is_dropped(c))
            strbuf_add(&html->out, str_sub(rest, 0, n));
        rest = str_sub(rest, n, rest.n);
    }
}

void html_text(struct html *html, struct str text)
{
    escape(html, text, false);
}

void html_lines(struct html *html, struct str text)
{
    escape(html, str_trim(text), true);
}

void html_attr(struct html *html, const char *name, struct str value)
{
    strbuf_fmt(&html->out, " %s=\"", name);
    escape(html, value, false);
    strbuf_char(&html->out, '"');
}

void html_attr_id(struct html *html, const char *name, int64_t id)
{
    strbuf_fmt(&html->out, " %s=\"%lld\"", name, (long long)id);
}

void html_int(struct html *html, int64_t number)
{
    strbuf_fmt(&html->out, "%lld", (long long)number);
}

struct str html_done(const struct html *html)
{
    return strbuf_str(&html->out);
}
