/* leads.c - what in a text leads somewhere: addresses, names, tags. */
#include "text/leads.h"

#include <string.h>

#include "base/utf8.h"

static bool is_word(char c)
{
    return ((unsigned char)c >= 0x80) || (c >= '0' && c <= '9') ||
           (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool ends_address(char c)
{
    return (unsigned char)c <= ' ' || strchr("<>\"", c);
}

/* Up to a blank, without the punctuation at its end: as text/length.h counts one. */
static size_t address_end(struct str text, size_t at)
{
    size_t end = at;

    while (end < text.n && !ends_address(text.p[end]))
        end++;
    while (end > at && strchr(".,;:!?)]}'", text.p[end - 1]))
        end--;
    return end;
}

static bool goes_on(char c)
{
    return (unsigned char)c < 0x80 && c && (is_word(c) || strchr(".-@", c));
}

/* With the server that follows a second "@", as in the Fediverse. It has a ceiling, so
 * that a text of such signs alone is not read to its end at each of them. */
static size_t name_end(struct str text, size_t at)
{
    size_t end = at;

    while (end < text.n && end - at <= LEAD_MAX_NAME && goes_on(text.p[end]))
        end++;
    if (end - at > LEAD_MAX_NAME)
        return at;
    while (end > at && !is_word(text.p[end - 1]))
        end--;
    return end;
}

static size_t tag_end(struct str text, size_t at)
{
    size_t end = at;

    while (end < text.n && (is_word(text.p[end]) || text.p[end] == '-'))
        end++;
    if (utf8_graphemes(str_sub(text, at, end - at)) > LEAD_MAX_TAG)
        return at;
    for (size_t i = at; i < end; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return end;
    return at; /* a number alone is none */
}

bool lead_at(struct str text, size_t at, struct lead *ret)
{
    struct lead lead = { .start = at };
    struct str rest = str_sub(text, at, text.n);

    if (!rest.n || (at && is_word(text.p[at - 1])))
        return false;
    if (str_starts(rest, STR("https://")) || str_starts(rest, STR("http://"))) {
        lead.kind = LEAD_ADDRESS;
        lead.end = address_end(text, at);
        lead.value = str_sub(text, at, lead.end - at);
        *ret = lead;
        return lead.value.n > sizeof("https://");
    }
    if (rest.p[0] != '@' && rest.p[0] != '#')
        return false;
    lead.kind = rest.p[0] == '@' ? LEAD_NAME : LEAD_TAG;
    lead.end = lead.kind == LEAD_NAME ? name_end(text, at + 1) : tag_end(text, at + 1);
    lead.value = str_sub(text, at + 1, lead.end - at - 1);
    *ret = lead;
    return lead.value.n > 0;
}
