/* attachment.h - files, kept in the database in chunks, since nodes share no
 * disk. Served as downloads only.
 */
#ifndef DIALOGUE_ATTACHMENT_H
#define DIALOGUE_ATTACHMENT_H

#include "db/db.h"

enum {
    ATTACHMENT_MAX_BYTES = 8 * 1024 * 1024,
    ATTACHMENT_MAX_PER_MESSAGE = 10,
    ATTACHMENT_CHUNK = 256 * 1024,
    ATTACHMENT_MAX_DESCRIPTION = 1500, /* characters */
};

struct attachment {
    int64_t id, message_id, account_id;
    struct str name, mime;
    int64_t size;
    int64_t created_at;
    struct str description; /* what it shows, for whoever does not see it; or empty */
};

/* Stores `bytes`; sets a->id. The name is cut to 200 characters and freed of
 * path separators and control characters; a mime type that is none becomes
 * application/octet-stream; a description is cut. */
int attachment_add(struct op *op, struct attachment *a, struct str bytes) MUST_CHECK;
/* An uploaded one becomes part of a message; only by who uploaded it. */
int attachment_attach(struct op *op, int64_t id, int64_t message_id) MUST_CHECK;
/* Say what an uploaded one shows; only by who uploaded it, before it is sent.
 * ERR_INVALID naming "description", ERR_NOT_FOUND. */
int attachment_describe(struct op *op, int64_t id, struct str description) MUST_CHECK;
enum { ATTACHMENT_NOT_FOUND = 1 };
int attachment_get(struct op *op, int64_t id, struct attachment *ret) MUST_CHECK;
int attachment_bytes(struct op *op, int64_t id, struct str *ret) MUST_CHECK;
int attachment_list(struct op *op, int64_t message_id, struct attachment **ret,
                    size_t *ret_count) MUST_CHECK;

#endif
