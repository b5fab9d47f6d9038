/* verdict.h - what a person said of what was found in a message.
 *
 * A verdict confirms a finding or sets it right. It stands above whatever any run of the
 * model says, until it is taken back; and it is an example that the next guesses learn
 * from. It holds the words of nobody: those are the message's.
 */
#ifndef DIALOGUE_VERDICT_H
#define DIALOGUE_VERDICT_H

#include "event/record.h"

struct message;

struct verdict {
    int64_t id, message_id, message_version, account_id;
    struct str kind, value; /* as in text/finding.h */
    int64_t holds;
    struct str found_value; /* what the program had said */
    int64_t was_found, was_unsure, was_right;
    struct str model;
    int64_t made_at, taken_back_at, revision;
};

extern const struct record verdict_record;

/* Sets id, times and revision. */
int verdict_add(struct op *op, const struct message *msg,
                struct verdict *verdict) MUST_CHECK;

enum { VERDICT_NONE = 1 };
/* The newest of this kind that holds; the one before it holds again. */
int verdict_take_back(struct op *op, const struct message *msg,
                      struct str kind) MUST_CHECK;

/* Of one message, those that hold, the oldest first. */
int verdict_list(struct op *op, int64_t message_id, struct verdict **ret,
                 size_t *ret_count) MUST_CHECK;

/* Rises with every change; 0: there are none. */
int verdict_revision(struct op *op, int64_t *ret) MUST_CHECK;

/* One that holds, with the text that it is about. */
struct verdict_example {
    int64_t id;
    struct str kind, value;
    bool holds;
    struct str body, visibility;
};
/* The newest with an id below `below`, newest first, at most `limit`. */
int verdict_examples(struct op *op, int64_t below, int64_t limit,
                     struct verdict_example **ret, size_t *ret_count) MUST_CHECK;

/* The newest `limit` that hold, those of one text together, the oldest first. */
struct verdict_correction {
    int64_t message_id, version;
    struct str kind, value;
    bool holds;
    struct str body, visibility;
};
int verdict_corrections(struct op *op, int64_t limit, struct verdict_correction **ret,
                        size_t *ret_count) MUST_CHECK;

/* How often what was found was right: per kind, class and week (from Monday, UTC). */
enum { VERDICT_MAX_TALLIES = 2000 };
struct verdict_tally {
    struct str kind, value;
    int64_t week_at, count, right, unsure;
};
int verdict_tallies(struct op *op, int64_t from, struct verdict_tally **ret,
                    size_t *ret_count) MUST_CHECK;

#endif
