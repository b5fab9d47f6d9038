/* labelled.h - a file of examples: rows `label TAB text`, UTF-8. Empty lines do not
 * count. */
#ifndef TEXT_LABELLED_H
#define TEXT_LABELLED_H

#include "base/op.h"
#include "text/tally.h"

enum {
    LABELLED_MAX_BYTES = 64 * 1024 * 1024,
    LABELLED_MAX_LABELS = TALLY_MAX_LABELS,
    LABELLED_MAX_LABEL = 64, /* bytes */
};

struct labels {
    struct str names[LABELLED_MAX_LABELS];
    size_t count;
};

struct labelled {
    struct str *texts;
    uint8_t *labels; /* which of the names */
    size_t count;
};

/* `name` is the file's, for the failure's words, which give the line. New labels are
 * added to `labels`, which several files may share. */
int labelled_read(struct op *op, const char *name, struct str bytes,
                  struct labels *labels, struct labelled *ret) MUST_CHECK;

#endif
