/* event.h - the append-only log: source of every figure, id of the stream.
 *
 * `seq` rises by one per workspace and is given in the committing transaction,
 * under the lock that also carries the head of the hash chain (one row of
 * `chain`), so the log has no gap and no fork on either engine.
 *
 *     hash = BLAKE2b-256(previous hash || canonical row || H(salt || payload))
 *
 * The canonical row is the text "seq|at|actor_kind|actor_id|kind|conversation|
 * thread|person|channel|message|department|subject". The payload is JSON without words of
 * people; erasing it later erases payload and salt and keeps its hash, so the
 * chain can still be verified.
 */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include "db/db.h"

/* "conversation.created" and so on: also the names of server-sent events. */
struct event {
    const char *kind;
    int64_t conversation_id, thread_id, person_id, channel_id, message_id, department_id;
    int64_t subject_id; /* the row that the payload describes (record's id) */
    int64_t at;         /* when it happened; 0: op->now */
    struct str extra;   /* further members for the payload: "\"a\":1,\"b\":2" */
    struct str with;    /* other rows that are part of this: record_gathered() */
    bool joins;         /* told with what it is part of, where rows are gathered */
    /* Filled by event_add(): */
    struct str payload;
    int64_t seq;
};

/* Append. op->actor is the actor. Needs op->db inside a write. */
int event_add(struct op *op, struct event *event) MUST_CHECK;

struct event_row {
    int64_t seq, at;
    struct actor actor;
    struct str kind;
    int64_t conversation_id, thread_id, person_id, channel_id, message_id, department_id;
    int64_t subject_id;
    struct str payload; /* empty after erasure */
};

/* Rows with seq > after in rising order, at most `limit`, into `*ret`. */
int event_list(struct op *op, int64_t after, int64_t limit, struct event_row **ret,
               size_t *ret_count) MUST_CHECK;
/* The same for one conversation. */
/* Newest first, the rows below `below` (0: all). Looks at EVENT_WINDOW rows at most and
 * tells in `*ret_from` down to which seq it has looked: 1 is the end. */
enum { EVENT_WINDOW = 50000 };
struct event_search {
    struct str subject; /* "account": kinds that begin so; empty: all */
    int64_t account_id; /* who did it; 0: anybody */
    int64_t below, limit;
};
int event_search(struct op *op, const struct event_search *search, struct event_row **ret,
                 size_t *ret_count, int64_t *ret_from) MUST_CHECK;
int event_list_conversation(struct op *op, int64_t conversation_id, int64_t after,
                            int64_t limit, struct event_row **ret,
                            size_t *ret_count) MUST_CHECK;
/* When the newest event of any workspace happened; 0: there is none. The virtual
 * clock never goes below it. */
int event_newest_at(struct op *op, int64_t *ret) MUST_CHECK;
int event_last_seq(struct op *op, int64_t *ret) MUST_CHECK;
/* The newest row and its hash, which binds all rows before it; 0 and empty at first. */
int event_head(struct op *op, int64_t *ret_seq, struct str *ret_hash) MUST_CHECK;

/* Walk the chain of op->workspace. EVENT_BROKEN: `*ret_seq` is the first row
 * that does not fit and `*ret_why` says how in words. */
enum { EVENT_BROKEN = 1 };
int event_verify(struct op *op, int64_t *ret_count, int64_t *ret_seq,
                 struct str *ret_why) MUST_CHECK;

#endif
