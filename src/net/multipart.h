/* multipart.h - the fields and files of a form, as browsers send them.
 *
 * multipart/form-data (RFC 7578) and application/x-www-form-urlencoded give the same
 * list of parts. The reader is strict about the frame (boundaries, line ends) and
 * takes everything else as bytes; names and file names are repaired to UTF-8.
 */
#ifndef NET_MULTIPART_H
#define NET_MULTIPART_H

#include "net/http.h"

enum {
    FORM_MAX_PARTS = 40,    /* fields and files of one form */
    FORM_MAX_BOUNDARY = 70, /* bytes; RFC 2046 5.1.1 */
    FORM_MAX_PART_HEAD = 2048,
};

struct form_part {
    struct str name;
    struct str file_name; /* `.p` NULL: a field, no file */
    struct str mime;      /* of a file; empty: not said */
    struct str value;     /* bytes; of a field, valid UTF-8 without NUL */
};

struct form {
    struct form_part parts[FORM_MAX_PARTS];
    size_t count;
};

/* The body of `rq` by its Content-Type. ERR_MALFORMED for what is no form,
 * ERR_TOO_LARGE above the ceilings. Views of the body where nothing was encoded. */
int form_read(struct op *op, const struct http_request *rq, struct form *ret) MUST_CHECK;

/* One body with this boundary; for form_read() and its fuzz target. */
int multipart_read(struct op *op, struct str body, struct str boundary,
                   struct form *ret) MUST_CHECK;

/* The first field of that name; empty when there is none. */
struct str form_field(const struct form *form, const char *name);

#endif
