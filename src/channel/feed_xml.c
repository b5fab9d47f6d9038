/* feed_xml.c - RSS and Atom, read from the front to the end.
 *
 * libxml2's reader goes from node to node and keeps only the one it stands on. It has no
 * network and loads no DTD; its own ceilings (10 MB of a text, 256 levels, how far
 * entities may grow) stay on. A feed that is not well-formed is read as far as the reader
 * recovers.
 */
#include <libxml/xmlreader.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "channel/feed.h"

enum { MAX_FIELD = 256 * 1024 }; /* bytes of one field; the rest is cut */

struct reading {
    struct op *op;
    xmlTextReaderPtr reader;
    struct feed feed;
    size_t room;
    struct feed_entry *entry; /* the one that is open; NULL: the feed itself */
    int entry_depth;
    bool rss, atom; /* a root element that says so was seen */
};

static void free_reader(xmlTextReaderPtr *reader)
{
    if (*reader)
        xmlFreeTextReader(*reader);
}

static struct str keep(struct reading *r, const xmlChar *text)
{
    struct str view = str_of((const char *)text);

    return utf8_repair(r->op->arena, str_sub(view, 0, MAX_FIELD));
}

static bool is(const xmlChar *name, const char *wanted)
{
    return name && strcmp((const char *)name, wanted) == 0;
}

/* What RSS and Atom themselves say, and the three modules that say the same elsewhere.
 * What other modules call "title" or "content" is something else. */
static bool is_known_space(const xmlChar *space)
{
    static const char *const known[] = {
        "http://www.w3.org/2005/Atom",
        "http://purl.org/atom/ns#",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://channel.netscape.com/rdf/simple/0.9/",
        "http://purl.org/net/rss1.1#",
        "http://backend.userland.com/rss",
        "http://backend.userland.com/RSS2",
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://purl.org/rss/1.0/modules/content/",
        "http://purl.org/dc/elements/1.1/",
        "http://purl.org/dc/terms/",
        "http://purl.org/syndication/thread/1.0",
    };

    if (!space)
        return true;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (is(space, known[i]))
            return true;
    return false;
}

static struct str attribute(struct reading *r, const char *name)
{
    xmlChar *value = xmlTextReaderGetAttribute(r->reader, (const xmlChar *)name);
    struct str kept = STR("");

    if (value) {
        kept = arena_dup(r->op->arena, keep(r, value));
        xmlFree(value);
    }
    return kept;
}

/* The markup inside an element: Atom's xhtml. */
static struct str inner_markup(struct reading *r)
{
    xmlChar *text = xmlTextReaderReadInnerXml(r->reader);
    struct str kept = STR("");

    if (text) {
        kept = arena_dup(r->op->arena, keep(r, text));
        xmlFree(text);
    }
    return kept;
}

/* The words inside an element; the reader stands at its end afterwards. */
static struct str inner_text(struct reading *r)
{
    struct strbuf text = STRBUF(r->op->arena);
    int depth = xmlTextReaderDepth(r->reader);

    if (xmlTextReaderIsEmptyElement(r->reader))
        return STR("");
    while (xmlTextReaderRead(r->reader) == 1 && xmlTextReaderDepth(r->reader) > depth) {
        int type = xmlTextReaderNodeType(r->reader);
        const xmlChar *value = xmlTextReaderConstValue(r->reader);

        if (text.n >= MAX_FIELD)
            continue;
        if (type == XML_READER_TYPE_ENTITY_REFERENCE)
            strbuf_fmt(&text, "&%s;",
                       (const char *)xmlTextReaderConstLocalName(r->reader));
        else if (value &&
                 (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
                  type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE))
            strbuf_add(&text, keep(r, value));
    }
    return strbuf_str(&text);
}

static struct str field(struct reading *r)
{
    return str_trim(inner_text(r));
}

/* HTML, whichever way the feed wraps it. */
static struct str markup(struct reading *r)
{
    struct str type = attribute(r, "type");

    if (str_is(type, "xhtml") || (str_is(attribute(r, "mode"), "xml") && type.n))
        return str_trim(inner_markup(r));
    return field(r);
}

/* Atom's <link rel="alternate" href="…">, RSS's <link>…</link>. */
static void read_link(struct reading *r, struct str *ret)
{
    struct str href = attribute(r, "href"), rel = attribute(r, "rel");

    if (href.n) {
        if (!ret->n && (!rel.n || str_is(rel, "alternate")))
            *ret = href;
        return;
    }
    href = field(r);
    if (!ret->n)
        *ret = href;
}

static void read_author(struct reading *r, struct feed_entry *entry)
{
    int depth = xmlTextReaderDepth(r->reader);
    struct strbuf words = STRBUF(r->op->arena);

    if (xmlTextReaderIsEmptyElement(r->reader))
        return;
    while (xmlTextReaderRead(r->reader) == 1 && xmlTextReaderDepth(r->reader) > depth) {
        int type = xmlTextReaderNodeType(r->reader);
        const xmlChar *name = xmlTextReaderConstLocalName(r->reader);

        if (type == XML_READER_TYPE_ELEMENT && is(name, "name"))
            entry->author = field(r);
        else if (type == XML_READER_TYPE_ELEMENT && (is(name, "uri") || is(name, "url")))
            entry->author_url = field(r);
        else if (type == XML_READER_TYPE_ELEMENT)
            (void)field(r); /* an address of e-mail is not for us */
        else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA)
            strbuf_add(&words, keep(r, xmlTextReaderConstValue(r->reader)));
    }
    if (!entry->author.n)
        entry->author = str_trim(strbuf_str(&words));
}

static void put(struct str *to, struct str value)
{
    if (!to->n)
        *to = value;
}

/* The whole goes before a summary, whatever is longer: WordPress escapes its summaries
 * once more. */
static void put_content(struct feed_entry *entry, struct str value)
{
    if (value.n)
        entry->content = value;
}

/* RSS: the id is the address, too, unless it says that it is not. A link goes before. */
static void read_guid(struct reading *r, struct feed_entry *entry)
{
    bool address = !str_is(attribute(r, "isPermaLink"), "false");

    put(&entry->id, field(r));
    if (address &&
        (str_starts(entry->id, STR("http://")) || str_starts(entry->id, STR("https://"))))
        entry->guid_link = entry->id;
}

static void read_entry_field(struct reading *r, const xmlChar *name)
{
    struct feed_entry *entry = r->entry;

    if (is(name, "guid"))
        read_guid(r, entry);
    else if (is(name, "id") || is(name, "identifier"))
        put(&entry->id, field(r));
    else if (is(name, "title"))
        put(&entry->title, markup(r));
    else if (is(name, "link"))
        read_link(r, &entry->link);
    else if (is(name, "content") || is(name, "encoded"))
        put_content(entry, markup(r));
    else if (is(name, "description") || is(name, "summary"))
        put(&entry->html, markup(r));
    else if (is(name, "pubDate") || is(name, "published") || is(name, "issued") ||
             is(name, "created") || is(name, "date"))
        put(&entry->published, field(r));
    else if (is(name, "updated") || is(name, "modified"))
        put(&entry->updated, field(r));
    else if (is(name, "author") || is(name, "creator"))
        read_author(r, entry);
    else if (is(name, "in-reply-to"))
        put(&entry->reply_to, attribute(r, attribute(r, "ref").n ? "ref" : "href"));
}

static void read_feed_field(struct reading *r, const xmlChar *name)
{
    if (is(name, "title"))
        put(&r->feed.title, markup(r));
    else if (is(name, "link"))
        read_link(r, &r->feed.link);
    else if (is(name, "language"))
        put(&r->feed.language, field(r));
}

static void begin_entry(struct reading *r)
{
    struct feed_entry *entry;

    if (r->feed.count == FEED_MAX_ENTRIES)
        return;
    if (r->feed.count == r->room) {
        size_t room = r->room ? 2 * r->room : 16;
        struct feed_entry *more = arena_new(r->op->arena, struct feed_entry, room);

        if (r->feed.count)
            memcpy(more, r->feed.entries, r->feed.count * sizeof(*more));
        r->feed.entries = more;
        r->room = room;
    }
    entry = &r->feed.entries[r->feed.count++];
    *entry = (struct feed_entry){ .id = attribute(r, "rdf:about") };
    r->entry_depth = xmlTextReaderDepth(r->reader);
    r->entry = xmlTextReaderIsEmptyElement(r->reader) ? NULL : entry;
}

static void on_element(struct reading *r)
{
    const xmlChar *name = xmlTextReaderConstLocalName(r->reader);
    int depth = xmlTextReaderDepth(r->reader);

    if (!is_known_space(xmlTextReaderConstNamespaceUri(r->reader))) {
        r->rss = r->rss || (depth == 0 && is(name, "RDF"));
        return;
    }
    if (depth == 0) {
        r->rss = r->rss || is(name, "rss") || is(name, "rdf") || is(name, "Channel");
        r->atom = is(name, "feed") || is(name, "entry");
    }
    if (!r->entry && (is(name, "item") || is(name, "entry")))
        begin_entry(r);
    else if (r->entry && depth == r->entry_depth + 1)
        read_entry_field(r, name);
    else if (!r->entry && depth <= 2 && r->feed.count == 0)
        read_feed_field(r, name);
}

static void read_all(struct reading *r)
{
    while (xmlTextReaderRead(r->reader) == 1) {
        int type = xmlTextReaderNodeType(r->reader);

        if (type == XML_READER_TYPE_ELEMENT)
            on_element(r);
        else if (type == XML_READER_TYPE_END_ELEMENT && r->entry &&
                 xmlTextReaderDepth(r->reader) <= r->entry_depth)
            r->entry = NULL;
    }
    for (size_t i = 0; i < r->feed.count; i++) {
        struct feed_entry *entry = &r->feed.entries[i];

        put(&entry->link, entry->guid_link);
        if (entry->content.n)
            entry->html = entry->content;
    }
}

int feed_read_xml(struct op *op, struct str bytes, struct feed *ret)
{
    struct reading r = { .op = op };
    CLEANUP(free_reader)
    xmlTextReaderPtr reader = xmlReaderForMemory(
        bytes.n ? bytes.p : "", (int)bytes.n, NULL, NULL,
        XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    if (!reader)
        return op_fail(op, ERR_UNAVAILABLE, "there is no memory to read a feed");
    r.reader = reader;
    read_all(&r);
    if (!r.rss && !r.atom && !r.feed.count)
        return FEED_NONE;
    *ret = r.feed;
    return 0;
}
