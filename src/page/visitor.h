/* visitor.h - who looks at a public page and who sends a form, without knowing who.
 *
 * No cookie, and no address is kept. A visitor is a keyed hash of address and browser
 * under a random salt of the day; salt and hashes go when the day ends (UTC), so that a
 * count remains and nothing that could be asked for a person. Programs that say they are
 * programs, browsers that fetch ahead, and browsers with a login of ours do not count.
 * A web server before us on the same machine says by X-Forwarded-For whom it speaks with.
 */
#ifndef PAGE_VISITOR_H
#define PAGE_VISITOR_H

#include "db/store.h"
#include "net/http.h"

/* How many forms of a kind one address may send within an hour, and how many readers it
 * may be. */
enum {
    VISITOR_MAX_READERS = 300,
    VISITOR_MAX_COMMENTS = 10,
    VISITOR_MAX_CONTACTS = 5,
    VISITOR_MAX_STATUS = 20,
    VISITOR_MAX_REPORTS = 10,
};

/* One more reader of a thread today, unless it was here or does not count. Called
 * without a transaction; `*ret` is the number of all days. */
int visitor_count_reader(struct op *op, const struct http_request *rq, int64_t thread_id,
                         int64_t *ret) MUST_CHECK;
int visitor_readers(struct op *op, int64_t thread_id, int64_t *ret) MUST_CHECK;

/* May this address send one more of `kind` ("comment")? VISITOR_TOO_MANY: not within
 * this hour. Called without a transaction. */
enum { VISITOR_TOO_MANY = 1 };
int visitor_may_send(struct op *op, const struct http_request *rq, const char *kind,
                     int64_t max) MUST_CHECK;

#endif
