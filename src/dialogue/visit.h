/* visit.h - a private talk as the person outside sees it, and what of it they saw.
 *
 * The one reader of messages whose answers leave the house: notes, drafts, answers that
 * wait for approval or have failed, and names of colleagues are not in it.
 */
#ifndef DIALOGUE_VISIT_H
#define DIALOGUE_VISIT_H

#include "dialogue/conversation.h"

struct visit_message {
    int64_t id;
    struct str external_id;
    bool from_us;
    int64_t account_id; /* who of us; never an address, the caller chooses a name */
    bool is_check_back; /* it asks whether it held */
    struct str body;    /* empty once it was taken back */
    int64_t at;         /* ours: when it arrived; theirs: when it was sent */
    int64_t edited_at, removed_at;
    bool automatic;
};

enum { VISIT_MAX_PAGE = 200 };
/* Newest first; before (0, 0: the newest) in the order of `at` and id. */
struct visit_page {
    int64_t thread_id, before_at, before_id, limit;
};
int visit_list(struct op *op, const struct visit_page *page, struct visit_message **ret,
               size_t *ret_count) MUST_CHECK;

enum { VISIT_NOT_FOUND = 1 };
/* One of them: VISIT_NOT_FOUND for a message of another talk, or one not to be seen. */
int visit_message(struct op *op, int64_t thread_id, int64_t message_id,
                  struct visit_message *ret) MUST_CHECK;

/* The concern of the talk, merges followed. VISIT_NOT_FOUND: there is none (yet). */
int visit_conversation(struct op *op, int64_t thread_id,
                       struct conversation *ret) MUST_CHECK;

struct visit_seen {
    int64_t message_id, message_at, seen_at;
};
int visit_seen(struct op *op, int64_t thread_id, struct visit_seen *ret) MUST_CHECK;
/* Up to this message of ours everything was on the screen. Never goes back; writes an
 * event "thread.seen" when it goes on. */
int visit_saw(struct op *op, int64_t thread_id, int64_t conversation_id,
              int64_t message_id) MUST_CHECK;

#endif
