/* read_again.h - how far a newer model is in reading the messages that are here already.
 *
 * One row for each workspace: which model reads, up to where it is, and how it ended. The
 * messages that came after it began were read when they came.
 */
#ifndef DIALOGUE_READ_AGAIN_H
#define DIALOGUE_READ_AGAIN_H

#include "dialogue/message.h"

struct read_again {
    struct str model;
    int64_t everything; /* 0: only what another model, or none, has read */
    int64_t account_id; /* who asked; 0: the program itself */
    int64_t begun_at, moved_at, busy_ms;
    int64_t cursor_id, until_id;
    int64_t total; /* -1: not counted yet */
    int64_t looked, changed;
    int64_t ended_at;
    struct str trouble; /* why it ended before the end */
};

enum { READ_AGAIN_NONE = 1 };
int read_again_get(struct op *op, struct read_again *ret) MUST_CHECK;
/* All of it; inside a write. */
int read_again_put(struct op *op, const struct read_again *row) MUST_CHECK;

/* The newest message there is, up to which is read; 0: there is none. */
int read_again_newest(struct op *op, int64_t *ret) MUST_CHECK;
/* How many are still to be looked at. */
int read_again_left(struct op *op, const struct read_again *row, int64_t *ret) MUST_CHECK;

/* A message that is to be looked at. */
struct to_read {
    int64_t id, version, conversation_id;
    bool wanted; /* else it was read by this model */
    struct str visibility, body, findings;
};
/* The next ones behind the cursor, at most `limit`. */
int read_again_list(struct op *op, const struct read_again *row, int64_t limit,
                    struct to_read **ret, size_t *ret_count) MUST_CHECK;

#endif
