/* event_row.h - reading and hashing rows of the log, for the files of event/. */
#ifndef EVENT_EVENT_ROW_H
#define EVENT_EVENT_ROW_H

#include "event/event.h"

enum { EVENT_HASH_SIZE = 32, EVENT_SALT_SIZE = 16, EVENT_PAGE = 500 };

/* The payload of an event that only states facts, and appending with one that was made.
 */
struct str event_payload(struct op *op, const struct event *event);
int event_add_payload(struct op *op, struct event *event, struct str payload) MUST_CHECK;

struct event_hash {
    unsigned char bytes[EVENT_HASH_SIZE];
};

/* The first twelve columns and the payload, in the order of EVENT_LIST. */
void event_row_read(struct op *op, struct db_rows *rows, struct event_row *ret);

struct event_hash event_hash_payload(struct str salt, struct str payload);
struct event_hash event_hash_row(struct op *op, struct str previous,
                                 const struct event_row *row, struct str payload_hash);
struct str event_hash_str(const struct event_hash *hash);

/* Walking a long log page by page: `page` is a copy of `op` with an arena of its
 * own, and its failure must outlive that arena. Returns `r`. */
int event_keep_failure(struct op *op, const struct op *page, int r);

#endif
