/* feed.h - the parts of the connector that listens to feeds. */
#ifndef CHANNEL_FEED_H
#define CHANNEL_FEED_H

#include "channel/connector.h"

extern const struct connector connector_feed;

enum {
    FEED_MAX_BYTES = 4 * 1024 * 1024, /* of a feed */
    FEED_MAX_ENTRIES = 500,           /* of one; the first are the newest */
};

/* One entry as the feed has it: still HTML where the feed may have HTML. */
struct feed_entry {
    struct str id, link, title, html, text;
    struct str author, author_url;
    struct str content;            /* the whole, where it has a summary besides */
    struct str guid_link;          /* what RSS has for an address when there is no link */
    struct str reply_to;           /* the entry that this one comments on */
    struct str published, updated; /* as they stand there */
};
struct feed {
    struct str title, link, language;
    struct feed_entry *entries;
    size_t count;
};

/* feed_xml.c: RSS 0.9 to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0. Reads as far as it can be
 * read: a feed that breaks off gives the entries before the break. Nothing is fetched,
 * and no entity grows. FEED_NONE: it is no feed. */
enum { FEED_NONE = 1 };
int feed_read_xml(struct op *op, struct str bytes, struct feed *ret) MUST_CHECK;
/* feed_json.c: JSON Feed 1.0 and 1.1. */
int feed_read_json(struct op *op, struct str bytes, struct feed *ret) MUST_CHECK;
/* Whichever it is. */
int feed_read(struct op *op, struct str bytes, struct feed *ret) MUST_CHECK;

/* feed_item.c */
struct str feed_item(struct op *op, const struct feed *feed,
                     const struct feed_entry *entry);
int feed_parse(struct op *op, struct str bytes, struct item *ret);
/* RFC 822 as feeds write it, RFC 3339, or a part of ISO 8601; 0: it is none. */
int64_t feed_time(struct op *op, struct str text);

#endif
