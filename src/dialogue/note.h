/* note.h - what colleagues write to each other at a conversation: notes and
 * mentions, drafts, and who is answering right now. Never seen outside.
 */
#ifndef DIALOGUE_NOTE_H
#define DIALOGUE_NOTE_H

#include "db/db.h"

enum {
    NOTE_MAX_BODY = 16384,
    NOTE_MAX_MENTIONS = 32,
    DRAFT_MAX_BODY = 65536,
    DRAFT_MAX_FILES = 10,
};

struct note {
    int64_t id, conversation_id, account_id;
    struct str body;
    int64_t created_at;
    bool names_reader; /* when listed: the reader, who has not seen it yet */
};
/* Mentions are the given accounts and every "@Name" or "@e-mail" of an account in the
 * text. */
int note_add(struct op *op, struct note *note, const int64_t *mentions,
             size_t count) MUST_CHECK;
int note_list(struct op *op, int64_t conversation_id, int64_t reader_id,
              struct note **ret, size_t *ret_count) MUST_CHECK;

struct mention {
    int64_t note_id, conversation_id, created_at, seen_at;
};
int mention_list(struct op *op, int64_t account_id, int64_t before_note_id, int64_t limit,
                 struct mention **ret, size_t *ret_count) MUST_CHECK;
int mention_seen(struct op *op, int64_t account_id, int64_t conversation_id) MUST_CHECK;

struct draft {
    int64_t conversation_id, account_id;
    struct str body, visibility; /* of the reply */
    struct str note;
    int64_t parent_id;    /* the message that is answered; 0: none was chosen */
    const int64_t *files; /* uploaded for the reply */
    size_t file_count;
    int64_t updated_at;
};
/* One for each conversation and account. Without body, note and files it is gone. */
int draft_put(struct op *op, const struct draft *draft) MUST_CHECK;
/* The reply of it was sent: the note stays. */
int draft_sent(struct op *op, int64_t conversation_id, int64_t account_id) MUST_CHECK;
enum { DRAFT_NONE = 1 };
int draft_get(struct op *op, int64_t conversation_id, int64_t account_id,
              struct draft *ret) MUST_CHECK;

enum { ANSWERING_LEASE_MS = 60000 };
int answering_set(struct op *op, int64_t conversation_id, int64_t account_id,
                  bool active) MUST_CHECK;
/* Account ids of those who are answering now. */
int answering_list(struct op *op, int64_t conversation_id, int64_t **ret,
                   size_t *ret_count) MUST_CHECK;

#endif
